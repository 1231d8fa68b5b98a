# SPDX-License-Identifier: GPL-2.0
# For scripts that run in the virtual TDX host: TAP and the update interface.

TDX_HOST=/sys/devices/faux/tdx_host
TDX_FW=/sys/class/firmware/tdx_module
CONTROL_MSR=$((0x400000f0))

# An update under TCG takes well under a second; a loaded machine needs more.
UPDATE_TIMEOUT_S=120

tap_n=0
tap_failed=0

# tap_plan N: say first how many results will come, so that a guest that dies
# half way cannot pass for one that was through.
tap_plan()
{
	echo "1..$1"
}

tap_result()
{
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_n - $2"
		[ -z "${3:-}" ] || echo "# $3"
	fi
}

# expect NAME WANTED GOT
expect()
{
	if [ "$2" = "$3" ]; then
		tap_result 0 "$1: $3"
	else
		tap_result 1 "$1" "expected \"$2\", got \"$3\""
	fi
}

# expect_log NAME PATTERN: a kernel message since the last log_mark matches.
expect_log()
{
	if dmesg | tail -n "+$((log_seen + 1))" | grep -qiE "$2"; then
		tap_result 0 "$1"
	else
		tap_result 1 "$1" "no kernel message matches \"$2\""
		dmesg | tail -n "+$((log_seen + 1))" | sed 's/^/#   /'
	fi
}

# expect_no_log NAME PATTERN
expect_no_log()
{
	if dmesg | tail -n "+$((log_seen + 1))" | grep -iE "$2" >/tmp/found; then
		tap_result 1 "$1" "kernel messages match \"$2\""
		sed 's/^/#   /' /tmp/found
	else
		tap_result 0 "$1"
	fi
}

log_mark()
{
	log_seen=$(dmesg | wc -l)
}

tap_done()
{
	[ "$tap_failed" = 0 ]
}

# attr NAME: the value of an attribute of the tdx_host device, or why none.
attr()
{
	if [ ! -e "$TDX_HOST/$1" ]; then
		echo "no such attribute"
	else
		cat "$TDX_HOST/$1" 2>&1 | sed 's/^cat: .*: //'
	fi
}

# control COMMAND: what the virtual TDX host takes at run time.
control()
{
	printf '%s\0' "$*" | dd of=/dev/cpu/0/msr bs=8 conv=sync,notrunc \
		seek=$((CONTROL_MSR / 8)) 2>/dev/null
}

# upload FILE: one update through the firmware upload interface. Returns when
# it is over, with the verdict in $fw_error ("" is success).
upload()
{
	local t=$((UPDATE_TIMEOUT_S * 10))

	fw_error=
	log_mark
	if ! echo 1 >"$TDX_FW/loading"; then
		fw_error="loading cannot be set"
		return
	fi
	cat "$1" >"$TDX_FW/data" || fw_error="data cannot be written"
	echo 0 >"$TDX_FW/loading" || fw_error="loading cannot be cleared"
	[ -z "$fw_error" ] || return
	while [ "$(cat "$TDX_FW/status")" != idle ]; do
		t=$((t - 1))
		if [ "$t" = 0 ]; then
			fw_error="still $(cat "$TDX_FW/status") after $UPDATE_TIMEOUT_S s"
			return
		fi
		usleep 100000
	done
	fw_error=$(cat "$TDX_FW/error")
}
