# SPDX-License-Identifier: GPL-2.0
#
# What the tests of the TDX module runtime update have in common.  They are
# plain POSIX shell, so that they run where there is nothing but busybox.
#
# Without TDX_DESTRUCTIVE=1 in the environment only that is done which cannot
# cost a TD even if the kernel is broken: images whose geometry is wrong are
# all that is uploaded, and nobody could begin to install those.
#
#   TDX_DESTRUCTIVE=1	images are uploaded that only the checks of the kernel
#			keep from being installed, and the module is replaced
#   TDX_IMAGE=FILE	an image that can replace the running module

. "${DIR}"/../kselftest/ktap_helpers.sh

TDX_HOST=/sys/devices/faux/tdx_host
TDX_FW=/sys/class/firmware/tdx_module
TDX_CHECK=/sys/class/firmware/tdx_module_check
TDX_SKIP=/sys/module/tdx_host/parameters/skip_checks
TDX_CPUS=/sys/devices/system/cpu

# Far more than any upload takes, and less than the timeout of a test
TDX_WAIT_S=120

# The messages of the tools are looked at.
export LC_ALL=C

tdx_skip_all()
{
	ktap_print_header
	ktap_skip_all "$1"
	exit "$KSFT_SKIP"
}

tdx_need_host()
{
	[ "$(id -u)" = 0 ] || tdx_skip_all "must be run as root"
	[ -d "$TDX_HOST" ] ||
		tdx_skip_all "no tdx_host device: no TDX, or tdx-host is not loaded"
}

# Everything that uploads something begins with this.
tdx_need_upload()
{
	tdx_need_host
	[ -e "$TDX_FW/loading" ] ||
		tdx_skip_all "no upload node: the TDX module cannot be updated at run time"
	# Only who checks images before the shutdown has it.
	[ -e "$TDX_HOST/state" ] ||
		tdx_skip_all "no tdx_host/state: this kernel does not check images"
	[ "$(cat "$TDX_FW/status")" = idle ] ||
		tdx_skip_all "somebody else is uploading an image"
	tdx_setup
}

tdx_need_ready()
{
	[ "$(tdx_attr state)" = ready ] ||
		tdx_skip_all "the TDX module is $(tdx_attr state), not ready"
}

tdx_need_destructive()
{
	[ "${TDX_DESTRUCTIVE:-}" = 1 ] ||
		tdx_skip_all "could cost TDs if the kernel is broken: needs TDX_DESTRUCTIVE=1"
}

tdx_need_image()
{
	[ -n "${TDX_IMAGE:-}" ] ||
		tdx_skip_all "TDX_IMAGE= does not name an image that can be installed"
	[ -r "$TDX_IMAGE" ] ||
		tdx_skip_all "TDX_IMAGE=$TDX_IMAGE cannot be read"
}

# tdx_need_updates N
tdx_need_updates()
{
	[ "$(tdx_attr num_remaining_updates)" -ge "$1" ] ||
		tdx_skip_all "fewer than $1 updates are left until the next boot"
}

tdx_need_cpus_online()
{
	[ "$(cat $TDX_CPUS/online)" = "$(cat $TDX_CPUS/present)" ] ||
		tdx_skip_all "not all CPUs are online"
}

# From here on there is something to put back, however the test ends.
tdx_setup()
{
	tdx_tmp=$(mktemp -d) || tdx_skip_all "no place for temporary files"
	tdx_skip=$(cat "$TDX_SKIP" 2>/dev/null)
	tdx_offline=
	tdx_background=
	trap tdx_restore EXIT
	trap 'exit 1' HUP INT PIPE TERM
}

tdx_restore()
{
	trap '' HUP INT PIPE TERM
	if [ -n "$tdx_background" ]; then
		kill "$tdx_background" 2>/dev/null
		wait "$tdx_background"
	fi
	tdx_wait_idle
	[ "$(cat "$TDX_FW/loading")" = 0 ] || echo -1 >"$TDX_FW/loading"
	echo "$tdx_skip" >"$TDX_SKIP"
	[ -z "$tdx_offline" ] || tdx_cpu_online "$tdx_offline"
	# A test that can leave more than this says how to mend it.
	tdx_restore_module
	rm -rf "$tdx_tmp"
}

tdx_restore_module()
{
	:
}

# tdx_attr NAME: the value of an attribute, or why it has none
tdx_attr()
{
	# shellcheck disable=SC2002 # the message is that of cat
	cat "$TDX_HOST/$1" 2>&1 | sed 's/^cat: .*: //'
}

# What no refused image may change
tdx_module()
{
	echo "$(tdx_attr state), $(tdx_attr version)," \
	     "$(tdx_attr num_remaining_updates) updates left"
}

tdx_pause()
{
	# POSIX knows whole seconds only.
	sleep 0.1 2>/dev/null || sleep 1
}

tdx_wait_idle()
{
	tdx_end=$(($(date +%s) + TDX_WAIT_S))

	while [ "$(cat "${1:-$TDX_FW}/status")" != idle ]; do
		[ "$(date +%s)" -lt "$tdx_end" ] || return 1
		tdx_pause
	done
}

# tdx_upload FILE: upload an image and wait.  The answer is in $tdx_error, which
# is empty if there is no error.
tdx_upload()
{
	tdx_upload_to "$TDX_FW" "$1"
}

# tdx_check FILE: the same, and only ask if the image would be accepted
tdx_check()
{
	tdx_upload_to "$TDX_CHECK" "$1"
}

tdx_upload_to()
{
	tdx_log_mark
	tdx_error="cannot be uploaded"
	echo 1 >"$1/loading" || return
	cat "$2" >"$1/data" || return
	echo 0 >"$1/loading" || return
	tdx_error="does not end"
	tdx_wait_idle "$1" || return
	tdx_error=$(cat "$1/error")
}

tdx_log_mark()
{
	tdx_log_last=$(dmesg | tail -n 1)
}

# The messages since then.  Older ones may be gone from the buffer.
tdx_log()
{
	tdx_log_line=$(dmesg | grep -nxF -e "$tdx_log_last" | tail -n 1)
	dmesg | tail -n "+$((${tdx_log_line%%:*} + 1))"
}

tdx_cpu_offline()
{
	tdx_offline=$1
	echo 0 >"$TDX_CPUS/cpu$1/online"
}

tdx_cpu_online()
{
	echo 1 >"$TDX_CPUS/cpu$1/online" && tdx_offline=
}

# The last CPU that can be taken offline
tdx_last_cpu()
{
	ls -d $TDX_CPUS/cpu[0-9]*/online 2>/dev/null |
		sed 's,.*/cpu\([0-9]*\)/online,\1,' | sort -n | tail -n 1
}

# tdx_expect NAME WANTED GOT
tdx_expect()
{
	if [ "$2" = "$3" ]; then
		ktap_test_pass "$1"
	else
		ktap_print_msg "expected \"$2\", got \"$3\""
		ktap_test_fail "$1"
	fi
}

# tdx_expect_match NAME PATTERN TEXT: the whole of it, one line
tdx_expect_match()
{
	if echo "$3" | grep -Eqx "$2"; then
		ktap_test_pass "$1"
	else
		ktap_print_msg "\"$3\" is not of the form \"$2\""
		ktap_test_fail "$1"
	fi
}

# tdx_expect_refused NAME FILE ERROR CHECK: with that error, by that check, and
# nothing is changed
tdx_expect_refused()
{
	tdx_before=$(tdx_module)
	tdx_upload "$2"
	tdx_after=$(tdx_module)
	if [ "$tdx_error" != "$3" ]; then
		ktap_print_msg "expected the error \"$3\", got \"$tdx_error\""
		ktap_test_fail "$1"
	elif ! tdx_log | grep -q "image refused ($4): "; then
		ktap_print_msg "the log does not name the check \"$4\":" \
			"$(tdx_log | grep seamldr)"
		ktap_test_fail "$1"
	elif [ "$tdx_before" != "$tdx_after" ]; then
		ktap_print_msg "\"$tdx_before\" became \"$tdx_after\""
		ktap_test_fail "$1"
	else
		ktap_test_pass "$1"
	fi
}
