# SPDX-License-Identifier: GPL-2.0
# TDs that a guest script makes, watches and ends. Each has a name and is a process of its own:
# emulator/guest/tdrun, which is told what to do (see script.h there), and holds each counter to
# "one more than before". What it answers is in $answer, and how long it took in $answer_ms.

CGROUP=/sys/fs/cgroup
TD_DIR=/tmp/td
# Where they may run, if it is not everywhere
td_cpus=
# Only set where all patience has to be multiplied: by a kernel that watches itself
slow=$(sed -n 's/.*tdxhost\.slow=\([0-9]*\).*/\1/p' /proc/cmdline)
slow=${slow:-1}

TD_POLL_US=20000
# Whatever goes through a TD's memory has a second more for so many pages.
TD_ANSWER_S=30
TD_PAGES_S=1000
TD_GONE_S=60
# One that goes on is seen at once, unless the machine is slow; one that must not would count
# 50 times a second.
TD_COUNTS_MS=20000
TD_WAITS_MS=500

now_ms()
{
	# Hundredths of a second since boot
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}0"
}

# wait_for SECONDS COMMAND...: until it succeeds, or fail
wait_for()
{
	local end=$(($(now_ms) + $1 * slow * 1000))

	shift
	while ! "$@"; do
		[ "$(now_ms)" -lt $end ] || return 1
		usleep $TD_POLL_US
	done
}

# Has a fault hit since the last clear? Every CPU but this one may be held up.
hits()
{
	[ "$(tdxhost hits)" != 0 ]
}

# The file of a TD: NAME.{in,out,log,n,wait,pid,hung}
td_file()
{
	echo "$TD_DIR/$1.$2"
}

# td_open NAME [vcpus=N] [pages=N] [interval=MS] [cgroup=NAME] [cpus=LIST] [idle=N]: not built
# yet; in a cgroup of its own, or in that one, where there are cgroups
td_open()
{
	local name=$1 vcpus=1 pages=0 interval=20 cgroup=$1 cpus=$td_cpus option in out

	shift
	for option in "$@"; do
		case $option in
		vcpus=*) vcpus=${option#*=} ;;
		pages=*) pages=${option#*=} ;;
		interval=*) interval=${option#*=} ;;
		cgroup=*) cgroup=${option#*=} ;;
		cpus=*) cpus=${option#*=} ;;
		esac
	done
	in=$(td_file "$name" in) out=$(td_file "$name" out)
	mkdir -p $TD_DIR
	rm -f "$TD_DIR/$name".*
	mkfifo "$in" "$out"
	# Its output is charged to whoever writes it to a file.
	cat "$out" >"$(td_file "$name" log)" &
	(
		if [ -e $CGROUP/cgroup.procs ]; then
			mkdir -p "$CGROUP/$cgroup"
			read -r self _ </proc/self/stat
			echo "$self" >"$CGROUP/$cgroup/cgroup.procs"
		fi
		exec ${cpus:+taskset -c $cpus} tdrun -e "$in" -c "$vcpus" -m "$pages" -i "$interval" >"$out" 2>&1
	) &
	echo $! >"$(td_file "$name" pid)"
	echo 0 >"$(td_file "$name" n)"
	echo $((TD_ANSWER_S + pages / TD_PAGES_S)) >"$(td_file "$name" wait)"
	answer="done"
}

# td_start NAME [OPTION...]: one that runs, all its vCPUs but the last idle=N; with cpuid=LEAF,
# what it has there is in $td_cpuid
td_start()
{
	local step idle=0 option vcpus=1 run='' cpuid=

	for option in "$@"; do
		case $option in
		idle=*) idle=${option#*=} ;;
		vcpus=*) vcpus=${option#*=} ;;
		cpuid=*) cpuid=${option#*=} ;;
		esac
	done
	[ "$idle" = 0 ] || run=$(seq -s' ' 0 $((vcpus - idle - 1)))
	[ -e /dev/kvm ] || modprobe kvm-intel tdx=1
	td_open "$@"
	for step in build ${cpuid:+"cpuid $cpuid"} finalize "run $run"; do
		td_tell "$1" "$step"
		case $step:$answer in
		cpuid*:\(*) return 1 ;;
		cpuid*) td_cpuid=$answer ;;
		*:done) ;;
		*) return 1 ;;
		esac
	done
	td_counts "$1"
}

# td_words NAME: what tdrun said by itself
td_words()
{
	grep '^tdrun:' "$(td_file "$1" log)" | tail -n 2
}

td_pid()
{
	cat "$(td_file "$1" pid)"
}

# One that ended is there until the shell has waited for it.
td_gone()
{
	! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$(td_pid "$1")/status"
}

td_has_answered()
{
	grep -q "^answer $2: " "$(td_file "$1" log)" || td_gone "$1"
}

# td_tell NAME COMMAND...
td_tell()
{
	local name=$1 n line

	shift
	answer_ms=
	if [ -e "$(td_file "$name" hung)" ]; then
		answer="hangs"
		return
	fi
	answer="gone"
	! td_gone "$name" || return 0
	n=$(($(cat "$(td_file "$name" n)") + 1))
	echo $n >"$(td_file "$name" n)"
	echo "$*" >"$(td_file "$name" in)"
	if ! wait_for "$(cat "$(td_file "$name" wait)")" td_has_answered "$name" $n; then
		touch "$(td_file "$name" hung)"
		answer="hangs"
		return
	fi
	line=$(grep "^answer $n: " "$(td_file "$name" log)") || return 0
	line=${line#* -> }
	answer=${line% (*}
	answer_ms=${line##*(}
	answer_ms=${answer_ms% ms)}
}

# td_counts NAME [MS]: do all its vCPUs that run go on?
td_counts()
{
	td_tell "$1" counts $((${2:-$TD_COUNTS_MS} * slow))
	[ "$answer" = runs ]
}

td_kill()
{
	kill -KILL "$(td_pid "$1")" 2>/dev/null
	answer="sent"
}

# td_wait_gone NAME [START]: the time since START, or since now
td_wait_gone()
{
	local start

	start=${2:-$(now_ms)}
	if ! wait_for $TD_GONE_S td_gone "$1"; then
		answer="stays"
		return 1
	fi
	wait "$(td_pid "$1")" 2>/dev/null
	answer="gone"
	answer_ms=$(($(now_ms) - start))
}

# td_stop NAME: tear it down; fails if a counter was ever broken.
td_stop()
{
	local seen

	td_tell "$1" quit
	seen=$answer
	td_wait_gone "$1"
	answer=$seen
	[ "$seen" = unbroken ]
}

# The TDs of most scripts that watch what a failing update costs: two whose vCPUs are in KVM_RUN
# most of the time, one that sleeps between two exits
tds_start()
{
	td_start a vcpus=2 && td_start b vcpus=2 && td_start idle interval=2000
}

# tds_look: runs (all go on), waits (none goes on, none ends), lost (they end), or what else they
# do. A module that is stopped lets none go on; otherwise they have time.
tds_look()
{
	local ms=$TD_COUNTS_MS seen

	[ "$(attr state)" != stopped ] || ms=$TD_WAITS_MS
	td_counts a $ms
	seen=$answer
	td_counts b $ms
	case $seen:$answer in
	ended:ended) echo lost ;;
	"$answer:$seen") echo "$seen" ;;
	*) echo "a $seen, b $answer" ;;
	esac
}

# tds_stop: tear them down; fails if a counter was ever broken.
tds_stop()
{
	local broken='' name

	for name in a b idle; do
		td_stop $name || broken="$broken $name: $answer, $(td_words $name)"
	done
	answer=$broken
	[ -z "$broken" ]
}

# expect_td_starts NAME [OPTION...]: TD "a"
expect_td_starts()
{
	local name=$1

	shift
	if td_start a "$@"; then
		td_tell a counters
		tap_result 0 "$name, its count is ${answer%% *}"
	else
		tap_result 1 "$name" "it $answer: $(td_words a)"
	fi
}

# expect_td_stops NAME: TD "a" is torn down, and its count was never broken.
expect_td_stops()
{
	td_stop a
	tap_result $? "$1" "it is $answer: $(td_words a)"
}

# expect_td NAME: TD "a" goes on after what was done last.
expect_td()
{
	local from to

	td_tell a counters
	from=${answer%% *}
	if td_counts a; then
		td_tell a counters
		to=${answer%% *}
		tell "  TD: its count goes from $from to $to"
		tap_result 0 "$1: its count goes from $from to $to"
	else
		tap_result 1 "$1" "it $answer, its count was $from: $(td_words a)"
	fi
}

# expect_td_waits NAME: it is there, and does not go on.
expect_td_waits()
{
	local look_s=2

	td_counts a $((look_s * 1000))
	if [ "$answer" = waits ]; then
		td_tell a counters
		tell "  TD: its count stays at ${answer%% *} for $look_s s"
		tap_result 0 "$1: its count stays at ${answer%% *}"
	else
		tap_result 1 "$1" "it $answer: $(td_words a)"
	fi
}
