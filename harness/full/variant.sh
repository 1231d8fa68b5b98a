# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by parts that test the kernel of VARIANT=: it builds, KUnit, updates,
# kselftests, the rows of harness/proof, a selection of the matrix, platforms, stress.
# Whatever the kernel says about its own bugs fails.

# shellcheck source=harness/lib-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib-root.sh"

for check in link kunit run selftests proof matrix platforms; do
	"$HARNESS/checks/$check" | sed -E "s/^(ok|not ok) /\1 $VARIANT: /"
done
"$HARNESS/stress" | sed -E "s/^(ok|not ok) /\1 $VARIANT: stress: /" || true
