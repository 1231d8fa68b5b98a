# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by parts that test the kernel of VARIANT=: the checks of PIECES, and stress if
# that is among them. Whatever the kernel says about its own bugs fails.

# shellcheck source=harness/lib-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib-root.sh"

for check in "${PIECES[@]}"; do
	"$HARNESS/checks/$check" | sed -E "s/^(ok|not ok) /\1 $VARIANT: /"
done
