# SPDX-License-Identifier: GPL-2.0
#
# TDX module images made from nothing, and damage to images.  None of them is
# signed, so none of them can be installed anywhere.
# shellcheck disable=SC2034 # not each test uses all of the names

IMAGE_PAGE=4096
IMAGE_SIGNATURE="54 44 58 2d 42 4c 4f 42"	# TDX-BLOB

# Offsets in the header of version 0x100
V1_OFFSET_OF_MODULE=4
V1_SIGNATURE=8
V1_LENGTH=16
V1_RESERVED=20

# Offsets in the header of version 0x200
V2_SIGNATURE=4
V2_SIGSTRUCT_PAGES=12
V2_MODULE_PAGES=16
V2_RESERVED=20

# Offsets in the sigstruct, which is the second page
SIG_HEADER_TYPE=0
SIG_HEADER_LENGTH=4
SIG_HEADER_VERSION=8
SIG_MODULE_TYPE=12
SIG_VENDOR=16
SIG_SIZE=24
SIG_KEY_SIZE=28
SIG_MODULUS_SIZE=32
SIG_EXPONENT_SIZE=36
SIG_RESERVED0=40
SIG_EXPONENT=512
SIG_SIGNATURE=516
SIG_SEAMSVN_MAJOR=949
SIG_ATTRIBUTES=950
SIG_PAMT_ENTRY_SIZE=972
SIG_RESERVED1=978
SIG_MODULE_HV=984		# and the lowest one behind it
SIG_MIN_UPDATE_HV=986
SIG_HANDOFF_PAGES=990
SIG_GDT_IDT=992			# and the fault wrapper behind it
SIG_RESERVED3=1008
SIG_CPUID_TABLE_SIZE=1024
SIG_CPUID_TABLE=1028

# le16 NUMBER, le32 NUMBER: the bytes as they are in memory, in hexadecimal
le16()
{
	printf '%02x %02x' $(($1 & 255)) $((($1 >> 8) & 255))
}

le32()
{
	echo "$(le16 $(($1 & 65535)))" "$(le16 $((($1 >> 16) & 65535)))"
}

# image_put FILE OFFSET BYTES: overwrite what is there
image_put()
{
	image_octal=
	for image_byte in $3; do
		image_octal=$image_octal$(printf '\\%03o' "0x$image_byte")
	done
	# shellcheck disable=SC2059 # the octal numbers are the format
	printf "$image_octal" |
		dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# sig_put FILE OFFSET BYTES: the same in the sigstruct
sig_put()
{
	image_put "$1" $((IMAGE_PAGE + $2)) "$3"
}

# image_flip FILE OFFSET: change all bits of one byte
image_flip()
{
	image_byte=$(od -An -v -tu1 -j "$2" -N 1 "$1")
	image_put "$1" "$2" "$(printf %02x $((255 - image_byte)))"
}

image_size()
{
	wc -c <"$1"
}

# image_empty FILE PAGES
image_empty()
{
	dd if=/dev/zero of="$1" bs=$IMAGE_PAGE count="$2" 2>/dev/null
}

# image_v1 FILE MODULE-PAGES: a header of version 0x100 that is right
image_v1()
{
	image_empty "$1" $(($2 + 2))
	image_header_v1 "$1"
}

image_header_v1()
{
	dd if=/dev/zero of="$1" bs=$IMAGE_PAGE count=1 conv=notrunc 2>/dev/null
	image_put "$1" 0 "$(le16 256)"
	image_put "$1" $V1_OFFSET_OF_MODULE "$(le32 $((2 * IMAGE_PAGE)))"
	image_put "$1" $V1_SIGNATURE "$IMAGE_SIGNATURE"
	image_put "$1" $V1_LENGTH "$(le32 "$(image_size "$1")")"
}

# image_checksum FILE: what makes the sum of all 16-bit words zero
image_checksum()
{
	od -An -v -tu2 "$1" | awk '
		{ for (i = 1; i <= NF; i++) sum = (sum + $i) % 65536 }
		END { print (65536 - sum) % 65536 }'
}

# image_v2 FILE MODULE-PAGES: a header of version 0x200 that is right
image_v2()
{
	image_empty "$1" $(($2 + 2))
	image_header_v2 "$1"
}

# Without a checksum, which nobody looks for then
image_header_v2()
{
	dd if=/dev/zero of="$1" bs=$IMAGE_PAGE count=1 conv=notrunc 2>/dev/null
	image_put "$1" 0 "$(le16 512)"
	image_put "$1" $V2_SIGNATURE "$IMAGE_SIGNATURE"
	image_put "$1" $V2_SIGSTRUCT_PAGES "$(le32 1)"
	image_put "$1" $V2_MODULE_PAGES \
		"$(le32 $(($(image_size "$1") / IMAGE_PAGE - 2)))"
}

# image_sigstruct FILE: the fields of the sigstruct that are the same in all
# images, and a CPU table for no CPU that exists
image_sigstruct()
{
	sig_put "$1" $SIG_HEADER_TYPE "$(le32 6)"
	sig_put "$1" $SIG_HEADER_LENGTH "$(le32 225)"
	sig_put "$1" $SIG_HEADER_VERSION "$(le32 65536)"
	sig_put "$1" $SIG_VENDOR "$(le32 32902)"
	sig_put "$1" $SIG_SIZE "$(le32 512)"
	sig_put "$1" $SIG_KEY_SIZE "$(le32 96)"
	sig_put "$1" $SIG_MODULUS_SIZE "$(le32 96)"
	sig_put "$1" $SIG_EXPONENT_SIZE "$(le32 1)"
	sig_put "$1" $SIG_EXPONENT "$(le32 65537)"
	sig_put "$1" $SIG_CPUID_TABLE_SIZE "$(le32 1)"
	sig_put "$1" $SIG_CPUID_TABLE "ff ff ff ff"
}
