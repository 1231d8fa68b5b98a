#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The files of the tdx_host device and of its upload node: names, permissions
# and formats, as Documentation/ABI/testing/sysfs-devices-faux-tdx-host has
# them.  Nothing is uploaded.
DIR="$(dirname "$(readlink -f "$0")")"

. "${DIR}"/tdx_host_lib.sh

VERSION='[0-9]+\.[0-9]+\.[0-9]{2,}'

# file NAME MODE PATH
check_mode()
{
	tdx_expect "$1 has mode $2" "$2" "$(stat -c %a "$3" 2>&1)"
}

# One value, and a newline behind it
check_format()
{
	tdx_expect_match "$1 has the form $2" "$2" "$(tdx_attr "$1")"
}

check_one_line()
{
	tdx_expect "$1 is one line" 1 "$(wc -l <"$TDX_HOST/$1")"
}

check_read_only()
{
	if (echo 1 >"$TDX_HOST/$1") 2>/dev/null; then
		ktap_print_msg "a write to $1 succeeds"
		ktap_test_fail "$1 cannot be written"
	else
		ktap_test_pass "$1 cannot be written"
	fi
}

check_skip_refused()
{
	if (echo "$2" >"$TDX_SKIP") 2>/dev/null; then
		ktap_print_msg "skip_checks takes $2"
		ktap_test_fail "skip_checks does not take $1"
	else
		ktap_test_pass "skip_checks does not take $1"
	fi
}

check_pinned()
{
	if [ ! -e /sys/module/tdx_host/refcnt ]; then
		ktap_test_skip "$1: the driver is built in"
	elif [ "$(cat /sys/module/tdx_host/refcnt)" = 0 ]; then
		ktap_print_msg "nobody holds the driver"
		ktap_test_fail "$1"
	elif rmmod tdx_host 2>/dev/null; then
		ktap_print_msg "it could be unloaded"
		ktap_test_fail "$1"
	else
		ktap_test_pass "$1"
	fi
}

tdx_need_upload

ktap_print_header
ktap_set_plan 33

check_mode version 444 "$TDX_HOST/version"
check_mode state 444 "$TDX_HOST/state"
check_mode seamldr_version 400 "$TDX_HOST/seamldr_version"
check_mode num_remaining_updates 400 "$TDX_HOST/num_remaining_updates"
check_mode skip_checks 644 "$TDX_SKIP"
check_mode loading 644 "$TDX_FW/loading"
check_mode data 644 "$TDX_FW/data"
check_mode cancel 200 "$TDX_FW/cancel"
check_mode status 444 "$TDX_FW/status"
check_mode error 444 "$TDX_FW/error"
check_mode remaining_size 444 "$TDX_FW/remaining_size"

check_format state 'ready|stopped|lost'
check_format seamldr_version "$VERSION"
check_format num_remaining_updates '0|[1-9][0-9]*'
if [ "$(tdx_attr state)" = ready ]; then
	check_format version "$VERSION"
	check_one_line version
else
	tdx_expect "version is not known while the module is not ready" \
		"No such device or address" "$(tdx_attr version)"
	ktap_test_skip "version is one line: the module is not ready"
fi
check_one_line state
check_one_line seamldr_version
check_one_line num_remaining_updates

check_read_only version
check_read_only state
check_read_only seamldr_version
check_read_only num_remaining_updates

echo checksum,sigstruct >"$TDX_SKIP"
tdx_expect "skip_checks can be set" sigstruct,checksum "$(cat "$TDX_SKIP")"
check_skip_refused "an unknown check" checks
check_skip_refused "a check without which TDs are lost" checksum,hash
tdx_expect "skip_checks stays as it is then" sigstruct,checksum "$(cat "$TDX_SKIP")"
echo >"$TDX_SKIP"
tdx_expect "skip_checks can be cleared" "" "$(cat "$TDX_SKIP")"

tdx_expect "the check node belongs to tdx_host" "$TDX_HOST/firmware/tdx_module_check" \
	"$(readlink -f $TDX_CHECK)"
tdx_expect "the upload node belongs to tdx_host" "$TDX_HOST/firmware/tdx_module" \
	"$(readlink -f $TDX_FW)"
tdx_expect "no upload is under way" idle "$(cat "$TDX_FW/status")"
tdx_expect_match "error has the form PHASE:WORD" '([a-z-]+:[a-z-]+)?' \
	"$(cat "$TDX_FW/error")"
check_pinned "the driver cannot be unloaded while its node exists"

ktap_finished
