# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Where harness/full/bisect keeps what it makes.

# shellcheck source=harness/checks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../checks/lib.sh"

DIR=$BUILD/bisect
# shellcheck disable=SC2034 # used by scripts that source this
PASSED=$DIR/passed

# means DEPTH: a commit that passed has passed for as long as these are the same.
means()
{
	echo "$1" | hash_of /dev/stdin "$HARNESS/config/kernel.config" "$HARNESS/kernel" "$HARNESS/compile" \
		"$HARNESS/guest/bisect" "$HARNESS/bisect/stream" /etc/harness-stamp
}
