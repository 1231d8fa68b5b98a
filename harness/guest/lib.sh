# SPDX-License-Identifier: GPL-2.0
# For scripts that run in the virtual TDX host: TAP and the update interface.

TDX_HOST=/sys/devices/faux/tdx_host
TDX_FW=/sys/class/firmware/tdx_module
CONTROL_MSR=$((0x400000f0))
# The CPU that writes it
CONTROL_CPU=0
REPLY_MSR=$((0x400000f8))
REPLY_WORDS=40

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

# tell TEXT: a line of what make run shows to people
tell()
{
	echo "| $*"
}

# tell_log: what the kernel has said of updates since the last log_mark
tell_log()
{
	dmesg | tail -n "+$((log_seen + 1))" | sed -nE 's,^\[[^]]*\] (virt/(tdx|seamldr): .*),|   kernel: \1,p'
}

tap_done()
{
	[ "$tap_failed" = 0 ]
}

# load_drivers: afterwards there is the device, if the TDX module is initialized. Some
# kernels do that at boot, in others KVM does it when it is loaded.
load_drivers()
{
	modprobe tdx-host
	kvm_initializes=
	if [ ! -e "$TDX_HOST" ]; then
		kvm_initializes=yes
		modprobe kvm-intel tdx=1
	fi
}

# attr NAME: the value of an attribute of the tdx_host device, or why none.
attr()
{
	# No look before the read: the device can go in between.
	cat "$TDX_HOST/$1" 2>&1 | sed 's/^cat: .*: //; s/^No such file or directory$/no such attribute/'
}

# control COMMAND: what the virtual TDX host takes at run time.
control()
{
	printf '%s\0' "$*" | dd of=/dev/cpu/$CONTROL_CPU/msr bs=8 conv=sync,notrunc \
		seek=$((CONTROL_MSR / 8)) 2>/dev/null
}

# tdxhost COMMAND: the same, and print what it answers
tdxhost()
{
	control "$@"
	dd if=/dev/cpu/$CONTROL_CPU/msr bs=8 count=$REPLY_WORDS skip=$((REPLY_MSR / 8)) 2>/dev/null |
		tr -d '\0' | sed 's/^ok *//'
}

# What TDs own when there is none
NO_PAGES="tdr=0 tdcx=0 tdvpr=0 sept=0 regular=0 keyids=0 flushed=0"
PAGES_WAIT_S=10

# pages_left: what of ended TDs the module still holds. The end may take a moment.
pages_left()
{
	local t=$((PAGES_WAIT_S * 10)) seen

	while :; do
		seen=$(tdxhost pages)
		t=$((t - 1))
		[ "$seen" != "$NO_PAGES" ] && [ $t != 0 ] || break
		usleep 100000
	done
	echo "$seen"
}

# expect_pages NAME none|leaked: behind the end of all TDs. Where a leak is expected
# its absence is news, too.
expect_pages()
{
	local seen

	if [ "$2" = none ]; then
		expect "$1: no page and no KeyID is left" "$NO_PAGES" "$(pages_left)"
		return
	fi
	seen=$(tdxhost pages)
	case $seen in
	"$NO_PAGES") tap_result 1 "$1: pages are leaked, as expected" "nothing is" ;;
	tdr=*) tap_result 0 "$1: pages are leaked, as expected: $seen" ;;
	*) tap_result 1 "$1: pages can be counted" "$seen" ;;
	esac
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
		# In some kernels it goes with kvm_intel.
		if [ ! -e "$TDX_FW" ]; then
			fw_error="the node is gone"
			return
		fi
		if [ "$t" = 0 ]; then
			fw_error="still $(cat "$TDX_FW/status") after $UPDATE_TIMEOUT_S s"
			return
		fi
		usleep 100000
	done
	fw_error=$(cat "$TDX_FW/error") || fw_error="the node is gone"
}
