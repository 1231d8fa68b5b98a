# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by checks that do their work inside the private root.

# shellcheck source=harness/lib-root.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib-root.sh"
# shellcheck source=harness/checks/results.sh
. "$HARNESS/checks/results.sh"
