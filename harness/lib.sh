# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by every script of the harness: where things are, how to say what
# is going on, how to fail. Paths inside the private root are the same as
# outside, so one set of variables serves both sides.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
HARNESS=$TOP/harness
BUILD=$(realpath -m "${BUILD:-$TOP/build}")
ROOT=$BUILD/root
LOG=$BUILD/log
# Its series is the one whose result stands as whole files at their kernel paths.
DEFAULT_KERNEL=6.18
KERNEL=${KERNEL:-$DEFAULT_KERNEL}
# The same source in another configuration: VARIANT=debug adds what
# harness/config/debug.config says, and has its own kernel, modules, initramfs.
VARIANT=${VARIANT:-}
FLAVOUR=${FLAVOUR:-$KERNEL${VARIANT:+-$VARIANT}}
JOBS=${JOBS:-$(nproc)}

# At the peak: the private root, and a kernel with its tree, build and results.
ROOT_MIB=2000
KERNEL_MIB=3500

# The start of the whole command, kept across the scripts that it calls.
export HARNESS_T0=${HARNESS_T0:-$(date +%s)}

elapsed()
{
	echo $(($(date +%s) - HARNESS_T0))
}

# say TEXT: one line of progress, with the time since the command started.
say()
{
	printf '[%4d s] %s\n' "$(elapsed)" "$*" >&2
}

# die TEXT: one sentence that says what is wrong and what to do. The step that this
# belongs to finds it in the file that it asks for.
die()
{
	[ -z "${STEP_DIED:-}" ] || printf '%s\n' "$*" >"$STEP_DIED"
	printf '%s: %s\n' "${HARNESS_NAME:-harness}" "$*" >&2
	exit 1
}

# ending STATUS: how a command came to its end, in words.
ending()
{
	if [ "$1" -gt 128 ] && kill -l "$1" >/dev/null 2>&1; then
		echo "was killed from outside by SIG$(kill -l "$1")"
	else
		echo "failed with status $1"
	fi
}

# step LOGNAME TEXT COMMAND...: run a long command with its output in a log
# file, say how long it took, and when it fails, why. If a script of the harness
# died at its end, that sentence is all that has to be said; whoever else knows
# better what a failure means sets STEP_FAILED to the sentence.
step()
{
	local log=$LOG/$1.log text=$2 died=$LOG/.$1.died start status

	shift 2
	mkdir -p "$LOG"
	start=$(date +%s)
	say "$text (log: ${log#"$TOP"/})"
	rm -f "$died"
	# Not in a condition: there, a function would go on after a failure.
	set +e
	{
		(set -e; export STEP_DIED=$died; "$@") >"$log" 2>&1 </dev/null
		status=$?
	} 2>/dev/null	# bash's own note about a signal
	set -e
	if [ $status != 0 ]; then
		# One that something went on after is not why.
		if [ -f "$died" ] && [[ "$(tail -n 1 "$log")" = *": $(cat "$died")" ]]; then
			die "$(cat "$died")"
		fi
		[ -z "${STEP_FAILED:-}" ] || [ $status -gt 128 ] ||
			die "$STEP_FAILED (${log#"$TOP"/} has the details)."
		tail -n 15 "$log" >&2
		die "\"$text\" $(ending $status) after $(($(date +%s) - start)) s; $([ -s "$log" ] &&
			echo "the whole output is in" || echo "there was no output in") ${log#"$TOP"/}."
	fi
	say "  done in $(($(date +%s) - start)) s"
}

# hash_of FILE...: one hash over names and contents.
hash_of()
{
	sha256sum -- "$@" | sed "s,$TOP/,," | sha256sum | cut -d' ' -f1
}

# stamp_is FILE TEXT: is the product that FILE describes up to date?
stamp_is()
{
	[ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# One harness command at a time changes build/; the lock goes away with the
# process that holds it. Scripts called by a locked script inherit the lock.
lock_build()
{
	case $TOP$BUILD in
	*[[:space:]:]*) die "the kernel's build takes no path with spaces or colons; move the clone, or set BUILD=." ;;
	esac
	mkdir -p "$BUILD" "$LOG" 2>/dev/null && [ -w "$BUILD" ] && [ -w "$LOG" ] ||
		die "$BUILD cannot be written; use a clone of your own, or set BUILD= to a directory of yours."
	[ -z "${HARNESS_LOCKED:-}" ] || return 0
	exec 9>"$BUILD/.lock"
	flock -n 9 || {
		say "another harness command is at work in $BUILD; waiting for it"
		flock 9
	}
	export HARNESS_LOCKED=1
}

free_mib()
{
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

# need_disk DIR MIB VARIABLE: the one by which the user chooses another DIR.
need_disk()
{
	local free

	free=$(free_mib "$1")
	[ "$free" -ge "$2" ] ||
		die "$1 has $free MiB free and $2 are needed; make room or set $3= to a directory with more."
}

# The file that pins the kernel's source.
base_file()
{
	local f

	for f in "$TOP/patches/$KERNEL/BASE" "$HARNESS/bases/$KERNEL"; do
		if [ -f "$f" ]; then
			echo "$f"
			return
		fi
	done
	die "KERNEL=$KERNEL is not known; it is one of: $(cd "$TOP" && ls -d patches/*/BASE harness/bases/* 2>/dev/null |
		sed 's,/BASE$,,; s,.*/,,' | tr '\n' ' ')."
}

# base_field NAME: one of its fields.
base_field()
{
	local f

	f=$(base_file) || return
	sed -n "s/^$1: *//p" "$f"
}

# packaged_tarball FILE: the tarball in Debian's package linux-source-VERSION
packaged_tarball()
{
	dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz'
}
