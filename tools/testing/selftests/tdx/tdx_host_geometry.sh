#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Images whose geometry is wrong: the kernel cannot find their parts, and so
# can do nothing but refuse them.
DIR="$(dirname "$(readlink -f "$0")")"

. "${DIR}"/tdx_host_lib.sh
. "${DIR}"/tdx_host_image.sh

MAX_MODULE_PAGES=496

# wrong_size NAME, wrong NAME CHECK: what is in $image
wrong_size()
{
	tdx_expect_refused "$1" "$image" preparing:invalid-file-size "$2"
}

wrong()
{
	tdx_expect_refused "$1" "$image" preparing:firmware-invalid "$2"
}

v1_with()
{
	image_v1 "$image" 1
	image_put "$image" "$1" "$2"
}

v2_with()
{
	image_v2 "$image" 1
	image_put "$image" "$1" "$2"
}

tdx_need_upload
tdx_need_ready

ktap_print_header
ktap_set_plan 24

image=$tdx_tmp/image

echo >"$image"
wrong_size "one byte" size
image_empty "$image" 2
wrong_size "a page fewer than the least" size
image_v2 "$image" $((MAX_MODULE_PAGES + 1))
wrong_size "a page more than the most" size
image_v2 "$image" 1
echo >>"$image"
wrong_size "a byte behind the last page" size

v1_with 0 "00 03"
wrong "another header version" header-version
image_empty "$image" 3
wrong "nothing but zeros" header-version

v1_with $V1_SIGNATURE 00
wrong "0x100: wrong signature" header-signature
v1_with $V1_RESERVED 01
wrong "0x100: first reserved byte" header-reserved
v1_with $((IMAGE_PAGE - 1)) 01
wrong "0x100: last reserved byte" header-reserved
v1_with $V1_LENGTH "$(le32 $((2 * IMAGE_PAGE)))"
wrong_size "0x100: length too small" length
v1_with $V1_LENGTH "$(le32 $((4 * IMAGE_PAGE)))"
wrong_size "0x100: length too large" length
v1_with $V1_OFFSET_OF_MODULE "$(le32 0)"
wrong "0x100: module in the header" header-offset
v1_with $V1_OFFSET_OF_MODULE "$(le32 $((2 * IMAGE_PAGE + 1)))"
wrong "0x100: module not at a page" header-offset
v1_with $V1_OFFSET_OF_MODULE "00 f0 ff ff"
wrong "0x100: module behind the end" header-offset
v1_with $V1_OFFSET_OF_MODULE "$(le32 $IMAGE_PAGE)"
wrong "0x100: no sigstruct" sigstruct-pages
v1_with $V1_OFFSET_OF_MODULE "$(le32 $((3 * IMAGE_PAGE)))"
wrong "0x100: two pages of sigstruct" sigstruct-pages

v2_with $V2_SIGNATURE 00
wrong "0x200: wrong signature" header-signature
v2_with $V2_RESERVED 01
wrong "0x200: first reserved byte" header-reserved
v2_with $((IMAGE_PAGE - 1)) 01
wrong "0x200: last reserved byte" header-reserved
v2_with $V2_SIGSTRUCT_PAGES "$(le32 0)"
wrong "0x200: no sigstruct" sigstruct-pages
v2_with $V2_MODULE_PAGES "$(le32 0)"
wrong "0x200: no module" module-pages
v2_with $V2_MODULE_PAGES "ff ff ff ff"
wrong "0x200: as many pages as can be said" module-pages
# 1 + 1 + 0x100001 pages are 0x100003000 bytes, the low half of which is right.
v2_with $V2_MODULE_PAGES "01 00 10 00"
wrong "0x200: a count that overflows 32 bits of length" module-pages
v2_with $V2_MODULE_PAGES "$(le32 2)"
wrong_size "0x200: a page more than there is" length

ktap_finished
