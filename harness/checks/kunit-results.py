#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""One line for each test of a result that kunit.py wrote as JSON."""

import json
import sys

WORDS = {"PASS": "ok {}", "SKIP": "ok {} # SKIP by the test"}


def leaves(group, path):
    """Yield (name, status) of each case of @group and its sub-groups."""
    for case in group.get("test_cases", []):
        yield " ".join(path + [case["name"]]), case["status"]
    for sub in group.get("sub_groups", []):
        yield from leaves(sub, path + [sub["name"]])


count = 0
for name, status in leaves(json.load(sys.stdin), []):
    print(WORDS.get(status, "not ok {}").format("KUnit: " + name))
    count += 1
if not count:
    print("not ok KUnit: no test was found in the kernel's log")
