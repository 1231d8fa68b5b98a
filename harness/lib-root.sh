# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by scripts that do their work inside the private root: started
# outside, they start themselves again inside.

# shellcheck source=harness/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ ! -f /etc/harness-stamp ]; then
	exec "$HARNESS/inroot" "$(realpath "$0")" "$@"
fi

TREE=${TREE:-$BUILD/linux-$KERNEL}
OUT=${OUT:-$BUILD/kernel-$FLAVOUR}
MODULES=${MODULES:-$BUILD/modules-$FLAVOUR}
PATCHES=$TOP/patches/$KERNEL

# pack DIR: as an archive for the kernel, which takes several, one behind the other. Not
# compressed: the emulated CPU would take longer than the copy does.
pack()
{
	(cd "$1" && find . -print0 | sort -z | cpio --quiet -0 -o -H newc -R 0:0)
}

# all_made LOG: has a guest made as many observations as it planned? A guest that died half
# way has not passed. How many there are is in $made, in words.
all_made()
{
	local planned seen

	planned=$(sed -n 's/^1\.\.//p' "$1")
	seen=$(grep -cE '^(ok|not ok) ' "$1" || true)
	made="${seen:-0} of ${planned:-an unknown number of}"
	[ "${seen:-0}" != 0 ] && [ "$planned" = "$seen" ]
}
