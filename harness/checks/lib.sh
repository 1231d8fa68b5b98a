# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by checks that do their work inside the private root.

# shellcheck source=harness/lib-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib-root.sh"
# shellcheck source=harness/checks/results.sh
. "$HARNESS/checks/results.sh"

# skip_without_checks NAME: ends the check where the series makes none of an image.
skip_without_checks()
{
	[ -f "$TREE/arch/x86/virt/vmx/tdx/seamldr_preflight.c" ] || {
		skip "$1" "this kernel makes no checks before the shutdown"
		exit
	}
}

# take NAME LOGNAME COMMAND...: the lines of a command that prints ok and not ok itself,
# behind NAME. One that fails, and does not say at what, has failed.
take()
{
	local name=$1 log=$CHECK_LOG/$2.log out status=0

	shift 2
	out=$("$@" 2>"$log") || status=$?
	sed -E "s/^(ok|not ok) ([0-9]+ - )?/\1 $name: /" <<<"$out"
	if [ $status != 0 ] && ! grep -q '^not ok' <<<"$out"; then
		fail "$name" "$(tail -n 5 "$log")
it ended with status $status"
	fi
}

# take_from KERNEL NAME LOGNAME COMMAND...: the same with that kernel, if it is built, in
# the usual configuration
take_from()
{
	local kernel=$1 name="$2, $1"

	if ! [ -f "$BUILD/kernel-$kernel/.harness-stamp" ]; then
		skip "$name" "make run KERNEL=$kernel builds what it needs"
		return
	fi
	shift 2
	KERNEL=$kernel VARIANT='' TREE=$BUILD/linux-$kernel OUT=$BUILD/kernel-$kernel take "$name" "$@"
}
