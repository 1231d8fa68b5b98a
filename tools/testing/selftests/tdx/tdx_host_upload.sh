#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The protocol of the upload node, with images that are far too short to be
# images.  What happens while an upload runs is in tdx_host_test.
DIR="$(dirname "$(readlink -f "$0")")"

. "${DIR}"/tdx_host_lib.sh

TOO_SHORT=preparing:invalid-file-size

# expect_write NAME WANTED FILE VALUE: "" is success, otherwise the message
expect_write()
{
	tdx_expect "$1" "$2" "$(echo "$4" | dd of="$TDX_FW/$3" conv=notrunc 2>&1 |
		sed -n 's/^dd: .*: //p')"
}

tdx_need_upload
tdx_need_ready

ktap_print_header
ktap_set_plan 24

before=$(tdx_module)
echo "not an image" >"$tdx_tmp/short"
: >"$tdx_tmp/empty"

# Every later test can tell an upload that was made from one that was not.
tdx_upload "$tdx_tmp/short"
tdx_expect "what is too short is refused" $TOO_SHORT "$tdx_error"
tdx_expect "remaining_size is what was not written" \
	"$(wc -c <"$tdx_tmp/short")" "$(cat "$TDX_FW/remaining_size")"

expect_write "cancel without an upload fails" "No such device" cancel 1
expect_write "cancel takes nothing but 1" "Invalid argument" cancel 0

expect_write "loading can be begun" "" loading 1
tdx_expect "loading says so" 1 "$(cat "$TDX_FW/loading")"
tdx_expect "that is not an upload yet" idle "$(cat "$TDX_FW/status")"
expect_write "it can be aborted before there is data" "" loading -1
tdx_expect "it is over then" 0 "$(cat "$TDX_FW/loading")"
tdx_expect "an abort without data does not upload" idle "$(cat "$TDX_FW/status")"
tdx_expect "an abort without data leaves the error" $TOO_SHORT "$(cat "$TDX_FW/error")"

echo 1 >"$TDX_FW/loading"
expect_write "data can be written" "" data "half of it"
expect_write "it can be aborted after there is data" "" loading -1
tdx_expect "an abort after data does not upload" idle "$(cat "$TDX_FW/status")"
tdx_expect "an abort after data leaves the error" $TOO_SHORT "$(cat "$TDX_FW/error")"

# A second start forgets the data of the first one.
echo 1 >"$TDX_FW/loading"
cat "$tdx_tmp/short" "$tdx_tmp/short" >"$TDX_FW/data"
tdx_upload "$tdx_tmp/short"
tdx_expect "loading can be begun again" $TOO_SHORT "$tdx_error"
tdx_expect "what was written before that is gone" \
	"$(wc -c <"$tdx_tmp/short")" "$(cat "$TDX_FW/remaining_size")"

tdx_upload "$tdx_tmp/empty"
tdx_expect "no data at all is too short" $TOO_SHORT "$tdx_error"
tdx_expect "it does not reach the driver" "" "$(tdx_log | grep seamldr)"

tdx_log_mark
expect_write "loading that was not begun can be ended" "" loading 0
tdx_expect "which starts nothing" idle "$(cat "$TDX_FW/status")"
tdx_expect "and does not reach the driver" "" "$(tdx_log | grep seamldr)"

tdx_upload "$tdx_tmp/short"
tdx_expect "after all that an upload works as before" $TOO_SHORT "$tdx_error"
tdx_expect "the module is untouched" "$before" "$(tdx_module)"

ktap_finished
