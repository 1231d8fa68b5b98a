# SPDX-License-Identifier: GPL-2.0
# Do what a row of /proof/rows says, and see what comes of it: out_error,
# out_state, out_td, out_next and out_after (the TDs after the next upload). Wants
# tds.sh.

PROOF=/proof

# P-SEAMLDR holds an upload up in the middle of its checks.
HOLD_CHECKS=SEAMLDR.SEAMINFO:delay=6000
BETWEEN_TRIES=4
# How long an upload may take to get to its checks, on a machine with other work
CHECKS_BEGIN_S=60

# A CPU that goes offline waits for an RCU grace period, and there is none while
# P-SEAMLDR holds the upload up. So a real-time task keeps the upload's CPU from
# going on right behind that, until the other one has got ahead of it.
offline_between()
{
	(checks_begin; sleep 1; echo 0 >/sys/devices/system/cpu/cpu3/online) &
	between_pids=$!
	(checks_begin; sleep 3; exec taskset -c 1 chrt -f 10 sh -c "while :; do :; done") &
	hog_pid=$!
	(checks_begin; sleep 8; kill -KILL $hog_pid) &
	between_pids="$between_pids $hog_pid $!"
	taskset -pc 1 $$ >/dev/null
	control "fault $HOLD_CHECKS"
}

checks_begin()
{
	local t=$((CHECKS_BEGIN_S * 100))

	while [ "$(cat "$TDX_FW/status")" != preparing ] && [ $t != 0 ]; do
		t=$((t - 1))
		usleep 10000
	done
}

# row_read NAME: its columns, as row_*
row_read()
{
	row_line=$(grep "^$1|" $PROOF/rows) || return
	IFS='|' read -r _ row_done row_error row_state row_log row_td row_next <<-EOF
		$row_line
	EOF
}

provoke()
{
	local spec

	case $row_done in
	offline-no-seaminfo)
		control "fault SEAMLDR.SEAMINFO:times=always:status=EBADPARAM"
		echo 0 >/sys/devices/system/cpu/cpu3/online ;;
	offline)
		echo 0 >/sys/devices/system/cpu/cpu3/online ;;
	build)
		td_build_start
		td_build_wait ;;
	older)
		echo handoff-older >/sys/module/tdx_host/parameters/skip_checks ;;
	offline-between)
		offline_between ;;
	fault\ *)
		for spec in ${row_done#fault }; do
			control "fault $spec"
		done ;;
	esac
}

undo()
{
	case $row_done in
	offline-between)
		# One that comes too late for this upload would take the CPU from the next.
		# shellcheck disable=SC2086 # one word for each process
		kill -KILL $between_pids 2>/dev/null
		# shellcheck disable=SC2086
		wait $between_pids 2>/dev/null ;;
	esac
	case $row_done in
	offline*)
		control clear
		taskset -pc 0-3 $$ >/dev/null
		echo 1 >/sys/devices/system/cpu/cpu3/online ;;
	build*)
		taskset -pc 0-3 $$ >/dev/null
		kill -TERM "$build_pid"
		wait "$build_pid" ;;
	older)
		echo >/sys/module/tdx_host/parameters/skip_checks ;;
	fault\ *)
		control clear ;;
	esac
}

proof_upload()
{
	if [ -e "$TDX_FW/loading" ]; then
		upload "$1"
	else
		fw_error=no-node
	fi
}

# An upload that was refused by the first checks came too late to show what
# happens behind them, and one that went through came too early: again.
missed()
{
	case $row_done:$fw_error in
	*-between:preparing:* | *-between:) return 0 ;;
	*) return 1 ;;
	esac
}

# row_do NAME
row_do()
{
	local tries=$BETWEEN_TRIES

	row_read "$1" || return
	while :; do
		log_mark
		provoke
		proof_upload "$PROOF/$1.bin"
		undo
		tries=$((tries - 1))
		missed && [ $tries != 0 ] || break
		echo "# $1: missed, again"
	done
	out_error=$fw_error
	out_state=$(attr state)
	dmesg | tail -n "+$((log_seen + 1))" >/tmp/proof-log
	if [ "$row_td" = waits ]; then
		tds_move 0
		tds_give_back
	fi
	out_td=$(tds_look)
	[ "$row_td" != waits ] || tds_move 1

	proof_upload $PROOF/good.bin
	out_next=refused
	if [ -z "$fw_error" ]; then
		out_next=works
		[ "$out_td" != waits ] || out_next=resumes
	elif [ "$row_next" = again ]; then
		proof_upload "$PROOF/$1.bin"
		[ -n "$fw_error" ] || out_next=again
	fi
	out_next_error=$fw_error
	tds_move 0-3
	out_after=$(tds_look)
	echo "# measured|$1|$out_error|$out_state|$out_td|$out_next|$out_next_error|$out_after"
}
