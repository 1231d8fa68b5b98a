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
