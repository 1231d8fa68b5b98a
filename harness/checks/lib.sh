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

# in_guest NAME LOG SCRIPT [ARG...]: boot, and take what a script of harness/guest observes, behind
# NAME; whether it was through, and what the kernel complains of. The machine is chosen by the
# environment variables of harness/vm/qemu.
in_guest()
{
	local name=$1 log=$2 status=0 out=

	shift 2
	rm -f "$LOG/$log".{guest.log,console.log,trace}
	out=$(APPEND="msr.allow_writes=on ${APPEND:-}" PLUGIN="trace=$LOG/$log.trace${PLUGIN:+,$PLUGIN}" \
		"$HARNESS/vm/qemu" "$log" "$@" 2>&1) || status=$?
	if [ ! -f "$LOG/$log.guest.log" ]; then
		fail "$name: the machine was started" "$out"
		return
	fi
	sed -nE "s/^(ok|not ok) [0-9]+ - /\1 $name: /p; s/^# /#   /p" "$LOG/$log.guest.log"
	if ! all_made "$LOG/$log.guest.log"; then
		fail "$name: it was through, $made observations" "$out"
	elif [ $status != 0 ] && ! grep -q '^not ok' "$LOG/$log.guest.log"; then
		fail "$name: the machine ended by itself" "$out"
	fi
	complaints "$name" "$log"
	# Why a TD died only the virtual host knows.
	! grep -q '^not ok' "$LOG/$log.guest.log" || alerts "$LOG/$log.qemu.log"
}

# alerts LOG: what the virtual host has noticed, as TAP's comments. A kernel that switches
# the machine off makes calls when VMX is off already, which explains nothing.
alerts()
{
	sed -n '/vmx-off/!s/.*!!! /#   virtual TDX host: /p' "$1" | tail -n 5
}

# complaints NAME LOG: the kernel has none about itself.
complaints()
{
	local out

	if out=$("$HARNESS/vm/complaints" "$2" 2>&1); then
		pass "$1: the kernel has no complaint"
	else
		fail "$1: the kernel has no complaint" "$out"
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
