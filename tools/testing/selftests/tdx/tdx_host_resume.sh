#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# An update that fails after the running module was shut down, and the one that
# resumes it.  P-SEAMLDR looks at the signature before it gives the old module
# up, and the kernel leaves signatures to it: a wrong one is the one damage that
# gets that far, and no TD is lost by it.
DIR="$(dirname "$(readlink -f "$0")")"

. "${DIR}"/tdx_host_lib.sh
. "${DIR}"/tdx_host_image.sh

# TDs wait until the module is back.
tdx_restore_module()
{
	if [ "$(tdx_attr state)" = stopped ]; then
		tdx_upload "$TDX_IMAGE"
	fi
}

check_log()
{
	if tdx_log | grep -q "$2"; then
		ktap_test_pass "$1"
	else
		ktap_print_msg "no \"$2\" in:" "$(tdx_log | grep seamldr)"
		ktap_test_fail "$1"
	fi
}

tdx_need_upload
tdx_need_ready
tdx_need_destructive
tdx_need_image
tdx_need_cpus_online
tdx_need_updates 3

ktap_print_header
ktap_set_plan 19

image=$tdx_tmp/image
cp "$TDX_IMAGE" "$image"
image_header_v2 "$image"
image_flip "$image" $((IMAGE_PAGE + SIG_SIGNATURE))

tdx_upload "$image"
tdx_expect "wrong signature: P-SEAMLDR refuses it" transferring:hw-error "$tdx_error"
tdx_expect "wrong signature: the module is stopped" stopped "$(tdx_attr state)"
check_log "wrong signature: the log says that TDs wait" "update failed.*TDs wait"
tdx_expect "stopped: there is no version" "No such device or address" \
	"$(tdx_attr version)"
tdx_expect_match "stopped: P-SEAMLDR can be asked" '[0-9]+' \
	"$(tdx_attr num_remaining_updates)"

# Without this CPU nothing could be resumed.
cpu=$(tdx_last_cpu)
if [ -z "$cpu" ]; then
	ktap_test_skip "stopped: CPUs stay online: none can be taken offline"
	ktap_test_skip "stopped: the CPU is online: none can be taken offline"
else
	tdx_cpu_offline "$cpu" 2>/dev/null
	tdx_expect "stopped: CPUs stay online" 1 $?
	tdx_expect "stopped: the CPU is online" 1 "$(cat $TDX_CPUS/cpu"$cpu"/online)"
	tdx_offline=
fi

image_empty "$tdx_tmp/empty" 2
tdx_expect_refused "stopped: bad geometry is refused" "$tdx_tmp/empty" \
	preparing:invalid-file-size size
image_v2 "$tdx_tmp/zeros" 1
tdx_expect_refused "stopped: bad content is refused" "$tdx_tmp/zeros" \
	preparing:firmware-invalid sigstruct

tdx_upload "$image"
tdx_expect "wrong signature again: it is the same" transferring:hw-error "$tdx_error"
tdx_expect "wrong signature again: the module is stopped" stopped "$(tdx_attr state)"

updates=$(tdx_attr num_remaining_updates)
tdx_upload "$TDX_IMAGE"
tdx_expect "resume: there is no error" "" "$tdx_error"
tdx_expect "resume: the module is ready" ready "$(tdx_attr state)"
tdx_expect_match "resume: the module tells its version" \
	'[0-9]+\.[0-9]+\.[0-9]{2,}' "$(tdx_attr version)"
tdx_expect "resume: one update fewer is left" $((updates - 1)) \
	"$(tdx_attr num_remaining_updates)"
check_log "resume: the log says so" "TDX module updated"

if [ -z "$cpu" ]; then
	ktap_test_skip "resumed: a CPU goes offline: none can be taken offline"
else
	tdx_cpu_offline "$cpu"
	tdx_expect "resumed: a CPU goes offline" 0 "$(cat $TDX_CPUS/cpu"$cpu"/online)"
	tdx_cpu_online "$cpu"
fi
tdx_upload "$TDX_IMAGE"
tdx_expect "resumed: the next update succeeds" "" "$tdx_error"
tdx_expect "resumed: the module is ready" ready "$(tdx_attr state)"

ktap_finished
