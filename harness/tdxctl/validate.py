#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Hold what tdxctl prints as JSON to its schema: validate.py SCHEMA FILE..."""

import json
import sys

import jsonschema

# Each status has its word.
RESULTS = ["done", "error", "nothing-to-do", "not-checkable", "refused", "tds-wait", "tds-lost"]


def no_twins(pairs):
    """A name that is there twice is legal JSON, and of no use."""
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a name is there twice: {names}")
    return dict(pairs)


def main():
    with open(sys.argv[1], encoding="utf-8") as schema:
        validator = jsonschema.Draft202012Validator(json.load(schema))
    bad = 0
    for name in sys.argv[2:]:
        try:
            with open(name, encoding="utf-8") as file:
                said = json.load(file, object_pairs_hook=no_twins)
            errors = [e.message for e in validator.iter_errors(said)]
            if RESULTS[said["exit"]] != said["result"]:
                errors.append("exit and result do not fit")
            if said["exit"] not in (0, 2) and not said["errors"] and said["exit"] != 5:
                errors.append("it failed and does not say why")
        except (ValueError, KeyError) as error:
            errors = [str(error)]
        for error in errors:
            print(f"{name}: {error}")
        bad += bool(errors)
    return 1 if bad or len(sys.argv) < 3 else 0


if __name__ == "__main__":
    sys.exit(main())
