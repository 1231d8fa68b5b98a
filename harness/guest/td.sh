# SPDX-License-Identifier: GPL-2.0
# A TD that runs while a guest script does something else. emulator/guest/tdrun
# holds each counter to "one more than before" and exits non-zero otherwise.

TD_LOG=/tmp/td.log
TD_TIMEOUT_S=60

# How long a TD is watched that must not go on: it would count 50 times a second.
TD_LOOK_S=2

# td_start OPTION...: returns when the TD counts, or when it does not.
td_start()
{
	modprobe kvm-intel tdx=1
	tdrun -v -i 20 "$@" >"$TD_LOG" 2>&1 &
	td_pid=$!
	td_counts_on
}

td_read_counter()
{
	td_counter=$(sed -n 's/.* counter \([0-9]*\)$/\1/p' "$TD_LOG" | tail -n 1)
	td_counter=${td_counter:-0}
}

# td_counts_on: does the counter grow from now on?
td_counts_on()
{
	local t=$((TD_TIMEOUT_S * 10))

	td_read_counter
	td_last=$td_counter
	while [ "$t" -gt 0 ]; do
		td_read_counter
		[ "$td_counter" -le "$td_last" ] || return 0
		kill -0 "$td_pid" 2>/dev/null || return 1
		t=$((t - 1))
		usleep 100000
	done
	return 1
}

# td_stop: tear it down; the status says whether any counter ever jumped.
td_stop()
{
	kill -TERM "$td_pid"
	wait "$td_pid"
}

# expect_td NAME: the TD goes on after what was done last.
expect_td()
{
	if td_counts_on; then
		tell "  TD: its count goes from $td_last to $td_counter"
		tap_result 0 "$1: its count goes from $td_last to $td_counter"
	else
		tap_result 1 "$1" "its count stays at $td_counter: $(tail -n 1 "$TD_LOG")"
	fi
}

# expect_td_waits NAME: the TD is there, and does not go on.
expect_td_waits()
{
	# What it had counted may take a moment to be written.
	sleep 1
	td_read_counter
	td_last=$td_counter
	sleep "$TD_LOOK_S"
	td_read_counter
	if [ "$td_counter" != "$td_last" ]; then
		tap_result 1 "$1" "its count goes from $td_last to $td_counter"
	elif ! kill -0 "$td_pid" 2>/dev/null; then
		tap_result 1 "$1" "it has ended: $(tail -n 1 "$TD_LOG")"
	else
		tell "  TD: its count stays at $td_counter for $TD_LOOK_S s"
		tap_result 0 "$1: its count stays at $td_counter"
	fi
}
