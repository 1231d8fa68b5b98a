#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# CPUs that go offline and come back while images are uploaded.  All CPUs of the
# platform have to take part in an update.
DIR="$(dirname "$(readlink -f "$0")")"

. "${DIR}"/tdx_host_lib.sh
. "${DIR}"/tdx_host_image.sh

UPLOADS=10
# Each one that is not refused uses one of few up.
UPDATES=3

hotplug_loop()
{
	trap 'running=' TERM
	running=1
	while [ "$running" ]; do
		echo 0 >"$TDX_CPUS/cpu$cpu/online"
		echo 1 >"$TDX_CPUS/cpu$cpu/online"
		echo >>"$tdx_tmp/rounds"
	done 2>/dev/null
}

hotplug_start()
{
	: >"$tdx_tmp/rounds"
	hotplug_loop &
	tdx_background=$!
	tdx_offline=$cpu
}

hotplug_stop()
{
	kill "$tdx_background"
	wait "$tdx_background"
	tdx_background=
	rounds=$(wc -l <"$tdx_tmp/rounds")
	tdx_cpu_online "$cpu"
}

# upload_meanwhile COUNT FILE: the different answers
upload_meanwhile()
{
	hotplug_start
	uploads=$1
	while [ "$uploads" -gt 0 ]; do
		tdx_upload "$2"
		echo "$tdx_error"
		uploads=$((uploads - 1))
	done | sort -u >"$tdx_tmp/answers"
	# At least once, however fast the uploads are
	until [ -s "$tdx_tmp/rounds" ]; do
		tdx_pause
	done
	hotplug_stop
}

answers()
{
	tr '\n' ' ' <"$tdx_tmp/answers"
}

check_all_online()
{
	tdx_expect "$1: all CPUs are online again" "$(cat $TDX_CPUS/present)" \
		"$(cat $TDX_CPUS/online)"
}

check_refused()
{
	image_empty "$image" 2
	before=$(tdx_module)
	upload_meanwhile $UPLOADS "$image"
	tdx_expect "image without a module: the answer is always the same" \
		"preparing:invalid-file-size " "$(answers)"
	tdx_expect "image without a module: the module is untouched" "$before" \
		"$(tdx_module)"
	check_all_online "image without a module"
}

check_one_offline()
{
	image_v2 "$image" 1
	if [ "${TDX_DESTRUCTIVE:-}" != 1 ]; then
		ktap_test_skip "a CPU is offline: needs TDX_DESTRUCTIVE=1"
		ktap_test_skip "the CPU is back: needs TDX_DESTRUCTIVE=1"
		return
	fi
	tdx_cpu_offline "$cpu"
	tdx_expect_refused "a CPU is offline: that refuses every image" \
		"$image" preparing:device-busy cpus-online
	tdx_cpu_online "$cpu"
	tdx_expect_refused "the CPU is back: that refuses no image" "$image" \
		preparing:firmware-invalid sigstruct
}

check_update()
{
	if [ "${TDX_DESTRUCTIVE:-}" != 1 ] || [ ! -r "${TDX_IMAGE:-}" ]; then
		for name in "answers" "state" "CPUs" "afterwards"; do
			ktap_test_skip "good image: $name: needs TDX_DESTRUCTIVE=1 and TDX_IMAGE="
		done
		return
	fi
	upload_meanwhile $UPDATES "$TDX_IMAGE"
	ktap_print_msg "$rounds rounds of hotplug, answers:" "$(answers)"
	# The CPU may go before the first checks, or between them and the second.
	tdx_expect "good image: it is taken, or a CPU is missing" "" \
		"$(grep -vxE '|(preparing|transferring):device-busy' "$tdx_tmp/answers")"
	tdx_expect "good image: the module is ready" ready "$(tdx_attr state)"
	check_all_online "good image"
	tdx_upload "$TDX_IMAGE"
	tdx_expect "good image: with all CPUs online it is taken" "" "$tdx_error"
}

tdx_need_upload
tdx_need_ready
tdx_need_cpus_online
tdx_need_updates $((UPDATES + 2))
cpu=$(tdx_last_cpu)
[ -n "$cpu" ] || tdx_skip_all "no CPU can be taken offline"

ktap_print_header
ktap_set_plan 9

image=$tdx_tmp/image
check_refused
check_one_offline
check_update

ktap_finished
