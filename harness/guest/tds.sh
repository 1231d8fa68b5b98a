# SPDX-License-Identifier: GPL-2.0
# TDs that are watched while updates go wrong, and the faults that make them go
# wrong. Two TDs are in KVM_RUN most of the time, one sleeps between two exits.
# tdrun holds each counter to "one more than before" and ends otherwise.

TDS=2
TDS_VCPUS=2
TDS_LOG=/tmp/tds.log
TDS_IDLE_LOG=/tmp/tds-idle.log
TDS_ERRORS=/tmp/tds.errors
TD_BUILD_LOG=/tmp/td-build.log

TDS_START_S=120
# Those that run are seen at once, unless the machine is slow. While the module
# is stopped none may count: after a time in which each would have, 20 times.
TDS_LOOK_MS=30000
TDS_QUIET_MS=400
# What was counted before is written down by then.
TDS_SETTLE_MS=150
TDS_POLL_MS=50
TDS_PARTLY_TRIES=4

# All vCPUs counted since the log was emptied.
tds_counted()
{
	[ "$(sed -n 's/^\(td [0-9]* vcpu [0-9]*\) counter .*/\1/p' "$TDS_LOG" | sort -u | wc -l)" = \
		$((TDS * TDS_VCPUS)) ]
}

# One that ended is there until the shell has waited for it.
tds_alive()
{
	grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$td_pid/status"
}

tds_start()
{
	local t=$((TDS_START_S * 10))

	modprobe kvm-intel tdx=1
	: >"$TDS_LOG"
	tdrun -v -t $TDS -c $TDS_VCPUS -i 20 >>"$TDS_LOG" 2>&1 &
	td_pid=$!
	tdrun -v -i 2000 >"$TDS_IDLE_LOG" 2>&1 &
	idle_pid=$!
	while ! tds_counted; do
		t=$((t - 1))
		[ $t != 0 ] && tds_alive || return 1
		usleep 100000
	done
}

# tds_watch MS: runs, lost, or after that time waits or partly
tds_watch()
{
	local t=$(($1 / TDS_POLL_MS))

	usleep $((TDS_SETTLE_MS * 1000))
	grep '^tdrun:' "$TDS_LOG" >>$TDS_ERRORS
	: >"$TDS_LOG"
	while [ $t -gt 0 ]; do
		if ! tds_alive; then
			echo lost
			return
		fi
		if tds_counted; then
			echo runs
			return
		fi
		t=$((t - 1))
		usleep $((TDS_POLL_MS * 1000))
	done
	if [ -s "$TDS_LOG" ]; then
		echo partly
	else
		echo waits
	fi
}

# tds_look: runs (all go on), waits (none goes on, none ends), lost (they end),
# or "partly" for what must not be. A kernel that has no "state" is watched long.
tds_look()
{
	local tries=$TDS_PARTLY_TRIES ms=$TDS_LOOK_MS seen

	[ "$(attr state)" != stopped ] || ms=$TDS_QUIET_MS
	[ "$(attr state)" != "no such attribute" ] || ms=4000
	while :; do
		seen=$(tds_watch $ms)
		tries=$((tries - 1))
		# A line that came late does not mean that the vCPU runs.
		[ "$seen" = partly ] && [ $tries != 0 ] || break
	done
	echo "$seen"
}

# tds_stop: tear both groups down; fails if a counter was ever broken.
tds_stop()
{
	local broken=0

	kill -TERM "$td_pid" "$idle_pid" 2>/dev/null
	wait "$td_pid" || broken=1
	wait "$idle_pid" || broken=1
	return $broken
}

# What tdrun said besides counting
tds_words()
{
	cat $TDS_ERRORS "$TDS_LOG" "$TDS_IDLE_LOG" 2>/dev/null | grep -v 'counter [0-9]*$' | tail -n 5
}

# The host takes memory back that the TDs will touch again.
tds_give_back()
{
	kill -USR1 "$td_pid"
}

# Have vCPUs run on another CPU than the one that they are associated with.
tds_move()
{
	taskset -apc "$1" "$td_pid" >/dev/null 2>&1
}

# td_build_start [PREFIX...]: begin to build a TD, and do not finish it.
td_build_start()
{
	"$@" tdrun -u -v -i 20 >$TD_BUILD_LOG 2>&1 &
	build_pid=$!
}

td_build_wait()
{
	local t=300

	while ! grep -q 'are built' $TD_BUILD_LOG; do
		t=$((t - 1))
		[ $t != 0 ] || break
		usleep 100000
	done
}

# td_build_finish: the TD is finalised and runs; fails if it does not.
td_build_finish()
{
	local t=300

	kill -USR1 "$build_pid"
	while ! grep -q 'counter 3$' $TD_BUILD_LOG; do
		t=$((t - 1))
		[ $t != 0 ] || break
		usleep 100000
	done
	kill -TERM "$build_pid"
	wait "$build_pid" && [ $t != 0 ]
}
