#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Updates of the TDX module that succeed, with both versions of the header.
DIR="$(dirname "$(readlink -f "$0")")"

. "${DIR}"/tdx_host_lib.sh
. "${DIR}"/tdx_host_image.sh

# check_update NAME FILE
check_update()
{
	updates=$(tdx_attr num_remaining_updates)
	tdx_upload "$2"
	tdx_expect "$1: there is no error" "" "$tdx_error"
	tdx_expect "$1: nothing remains to be written" 0 \
		"$(cat "$TDX_FW/remaining_size")"
	tdx_expect "$1: the module is ready" ready "$(tdx_attr state)"
	tdx_expect_match "$1: the module tells its version" \
		'[0-9]+\.[0-9]+\.[0-9]{2,}' "$(tdx_attr version)"
	tdx_expect "$1: one update fewer is left" $((updates - 1)) \
		"$(tdx_attr num_remaining_updates)"
	if tdx_log | grep -q "TDX module updated.*$(tdx_attr version)"; then
		ktap_test_pass "$1: the log says so"
	else
		ktap_print_msg "$(tdx_log | grep seamldr)"
		ktap_test_fail "$1: the log says so"
	fi

	times=$(tdx_log |
		sed -n 's/.*updated: .* for \([0-9]*\) us, \([0-9]*\) us of it .*/\1 \2/p')
	if [ "0${times#* }" -gt 0 ] && [ "0${times#* }" -lt "0${times% *}" ]; then
		ktap_test_pass "$1: the firmware took a part of the time"
	else
		ktap_print_msg "stopped, and in the firmware: \"$times\" us"
		ktap_test_fail "$1: the firmware took a part of the time"
	fi
}

tdx_need_upload
tdx_need_ready
tdx_need_destructive
tdx_need_image
tdx_need_cpus_online
tdx_need_updates 4

ktap_print_header
ktap_set_plan 22

check_update "first update" "$TDX_IMAGE"
version=$(tdx_attr version)

# Version and security version are the same, which is no reason to refuse it.
check_update "the same module again" "$TDX_IMAGE"
tdx_expect "the same module has the same version" "$version" "$(tdx_attr version)"

cp "$TDX_IMAGE" "$tdx_tmp/image"
image_header_v1 "$tdx_tmp/image"
image_put "$tdx_tmp/image" 2 "$(le16 "$(image_checksum "$tdx_tmp/image")")"
check_update "header 0x100" "$tdx_tmp/image"

ktap_finished
