#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Images whose geometry is right and that must not be installed nevertheless.
# Only the checks of the kernel keep P-SEAMLDR from finding that out, after the
# running module was shut down.
DIR="$(dirname "$(readlink -f "$0")")"

. "${DIR}"/tdx_host_lib.sh
. "${DIR}"/tdx_host_image.sh

refused()
{
	tdx_expect_refused "$1" "$image" preparing:firmware-invalid "$2"
}

# made_with NAME CHECK OFFSET BYTES: a sigstruct from nothing, with these bytes
made_with()
{
	cp "$tdx_tmp/made" "$image"
	sig_put "$image" "$3" "$4"
	refused "$1" "$2"
}

# damaged NAME CHECK OFFSET BYTES: $TDX_IMAGE with these bytes in its sigstruct.
# One in the module is damaged too: a kernel that lacks the check that is looked
# for finds that at least.
damaged()
{
	cp "$TDX_IMAGE" "$image"
	image_flip "$image" $((2 * IMAGE_PAGE))
	sig_put "$image" "$3" "$4"
	refused "$1" "$2"
}

damaged_cpu_table()
{
	cp "$TDX_IMAGE" "$image"
	image_flip "$image" $((2 * IMAGE_PAGE))
	sig_put "$image" $SIG_CPUID_TABLE_SIZE "$(le32 1)"
	sig_put "$image" $SIG_CPUID_TABLE "ff ff ff ff"
	refused "image for other CPUs" cpu-table
}

# The same answer, and nothing is installed even if there is nothing to refuse.
check_node()
{
	before=$(tdx_module)
	tdx_check "$image"
	tdx_expect "check node: a damaged image is refused" preparing:firmware-invalid \
		"$tdx_error"
	tdx_expect "check node: the log says why" 1 \
		"$(tdx_log | grep -c "image refused (hash): ")"
	tdx_check "$TDX_IMAGE"
	tdx_expect "check node: a good image is accepted" "" "$tdx_error"
	tdx_expect "check node: the module is untouched" "$before" "$(tdx_module)"
}

# The checksum is all that is wrong: skipped, and the hash still refuses.
skipped()
{
	cp "$TDX_IMAGE" "$image"
	image_header_v1 "$image"
	image_flip "$image" $((2 * IMAGE_PAGE))
	refused "skip_checks: not set" checksum
	echo checksum >"$TDX_SKIP"
	tdx_check "$image"
	tdx_expect "skip_checks: a check leaves it" checksum "$(cat "$TDX_SKIP")"
	tdx_expect "skip_checks: the log says what is skipped" 1 \
		"$(tdx_log | grep -c "checks skipped (checksum): ")"
	refused "skip_checks: another check refuses" hash
	tdx_expect "skip_checks: an upload empties it" "" "$(cat "$TDX_SKIP")"
	refused "skip_checks: it does not hold for the next upload" checksum
}

from_nothing()
{
	image_v2 "$image" 1
	refused "sigstruct of zeros" sigstruct

	made_with "another header type" sigstruct $SIG_HEADER_TYPE 07
	made_with "another header length" sigstruct $SIG_HEADER_LENGTH 00
	made_with "another header version" sigstruct $SIG_HEADER_VERSION 01
	made_with "another module type" sigstruct $SIG_MODULE_TYPE 01
	made_with "another vendor" sigstruct $SIG_VENDOR 00
	made_with "another size" sigstruct $SIG_SIZE 01
	made_with "another key size" sigstruct $SIG_KEY_SIZE 61
	made_with "another modulus size" sigstruct $SIG_MODULUS_SIZE 61
	made_with "another exponent size" sigstruct $SIG_EXPONENT_SIZE 02
	made_with "another exponent" sigstruct $SIG_EXPONENT 03
	made_with "attributes" sigstruct $SIG_ATTRIBUTES 01
	made_with "first reserved field" sigstruct $SIG_RESERVED0 01
	made_with "second reserved field" sigstruct $SIG_RESERVED1 01
	made_with "CPU table longer than the sigstruct" sigstruct \
		$SIG_CPUID_TABLE_SIZE "$(le32 256)"
	made_with "lowest handoff version above the native one" sigstruct \
		$SIG_MIN_UPDATE_HV 01
	# The module has two pages.
	made_with "GDT without a fault wrapper" sigstruct-offsets $SIG_GDT_IDT \
		"$(le32 $IMAGE_PAGE) $(le32 0)"
	made_with "fault wrapper without a GDT" sigstruct-offsets $SIG_GDT_IDT \
		"$(le32 0) $(le32 1)"
	made_with "GDT not at a page" sigstruct-offsets $SIG_GDT_IDT \
		"$(le32 1) $(le32 1)"
	made_with "GDT behind the module" sigstruct-offsets $SIG_GDT_IDT \
		"$(le32 $((2 * IMAGE_PAGE))) $(le32 1)"
	made_with "fault wrapper reaches behind the module" sigstruct-offsets \
		$SIG_GDT_IDT "$(le32 $IMAGE_PAGE) $(le32 $((2 * IMAGE_PAGE - 511)))"
	made_with "no major security version" svn-major $SIG_SEAMSVN_MAJOR 00
}

from_image()
{
	cp "$TDX_IMAGE" "$image"
	image_header_v2 "$image"
	image_flip "$image" $((2 * IMAGE_PAGE))
	refused "first byte of the module damaged" hash
	check_node
	cp "$TDX_IMAGE" "$image"
	image_header_v2 "$image"
	image_flip "$image" $(($(image_size "$image") - 1))
	refused "last byte of the module damaged" hash
	image_put "$image" 2 "$(le16 $(($(image_checksum "$image") ^ 1)))"
	refused "0x200: wrong checksum" checksum
	cp "$TDX_IMAGE" "$image"
	image_header_v1 "$image"
	image_put "$image" 2 "$(le16 $(($(image_checksum "$image") ^ 1)))"
	refused "0x100: wrong checksum" checksum

	damaged "vendor of another image" sigstruct $SIG_VENDOR 00
	damaged "major security version of no image" svn-major $SIG_SEAMSVN_MAJOR ff
	damaged "PAMT entries of 255 bytes" pamt-size $SIG_PAMT_ENTRY_SIZE "ff 00"
	damaged "reserved field of P-SEAMLDR" seamldr-generation $SIG_RESERVED3 01
	damaged "handoff data of one page" handoff-pages $SIG_HANDOFF_PAGES "00 00"
	damaged_cpu_table

	damaged "handoff version of no image" handoff-version $SIG_MODULE_HV "ff ff ff ff"
	skipped
}

tdx_need_upload
tdx_need_ready
tdx_need_destructive
tdx_need_cpus_online
tdx_need_updates 1

ktap_print_header
ktap_set_plan 43

image=$tdx_tmp/image
image_v2 "$tdx_tmp/made" 2
image_sigstruct "$tdx_tmp/made"

from_nothing
if [ -r "${TDX_IMAGE:-}" ]; then
	from_image
else
	for name in "first byte damaged" "check node: refused" "check node: log" \
		    "check node: accepted" "check node: module" \
		    "last byte damaged" "0x200: checksum" "0x100: checksum" \
		    "vendor" "security version" "PAMT" "P-SEAMLDR" "handoff data" \
		    "CPU table" "handoff version" "skip_checks: not set" \
		    "skip_checks: check" "skip_checks: log" "skip_checks: hash" \
		    "skip_checks: empty" "skip_checks: next"; do
		ktap_test_skip "$name: TDX_IMAGE= does not name an image"
	done
fi

ktap_finished
