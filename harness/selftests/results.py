#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""One line for each result in the output of the kernel's kselftest runner.

   results.py PREFIX FILE

The runner has a result for each program, and the program's own output in front
of it with "# ". A program counts with its own results: as many as it planned,
at least one, and none that the runner's result contradicts.
"""

import re
import sys

PROGRAM = re.compile(r"# selftests: (\S+): (\S+)$")
PLAN = re.compile(r"# 1\.\.(\d+)(?: # SKIP (.*))?$")
RESULT = re.compile(r"# (ok|not ok) \d+ (.*)$")
VERDICT = re.compile(r"(ok|not ok) \d+ selftests: \S+: (\S+)(?: # (.*))?$")


class Program:
    """What one program has said so far."""

    def __init__(self, name):
        self.name = name
        self.planned = None
        self.skipped = None
        self.results = []
        self.notes = []

    def read(self, line):
        """Read a line of its output."""
        if match := PLAN.match(line):
            self.planned, self.skipped = int(match[1]), match[2]
        elif match := RESULT.match(line):
            name, skip, reason = match[2].partition("# SKIP")
            self.results.append((match[1], name.strip(), skip and (reason.strip() or "see the name")))
            if match[1] != "ok":
                self.notes.append(f"#   before {name.strip()}:")
        elif line.startswith("# #"):
            self.notes.append("#   " + line[4:])

    def report(self, prefix, verdict, reason):
        """Print its results, and what is wrong with them."""
        wrong = []
        failed = 0
        for status, name, skip in self.results:
            print(f"{status} {prefix}{self.name}: {name}" + (f" # SKIP {skip}" if skip else ""))
            failed += status != "ok"
        if self.planned is None:
            wrong.append("it made no plan")
        elif self.planned != len(self.results):
            wrong.append(f"it planned {self.planned} results and made {len(self.results)}")
        elif not self.planned:
            if verdict == "ok" and self.skipped:
                print(f"ok {prefix}{self.name} # SKIP {self.skipped}")
            else:
                wrong.append("it made no result and did not say why")
        if (verdict == "ok") != (failed == 0):
            wrong.append(f"the runner says \"{verdict} {reason or ''}\"")
        for text in wrong:
            print(f"not ok {prefix}{self.name}: {text}")
        if wrong or failed:
            print("\n".join(self.notes))


def main():
    """Read the runner's output."""
    prefix, path = sys.argv[1:]
    program = None
    planned = None
    seen = 0
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in map(str.rstrip, lines):
            if match := PROGRAM.match(line):
                program = Program(match[2])
            elif match := VERDICT.match(line):
                seen += 1
                if program is None or program.name != match[2]:
                    print(f"not ok {prefix}{match[2]}: it has a result without output")
                else:
                    program.report(prefix, match[1], match[3])
                program = None
            elif program:
                program.read(line)
            elif match := re.match(r"1\.\.(\d+)$", line):
                planned = int(match[1])
    if program:
        program.report(prefix, "no result", None)
    if not seen:
        print(f"not ok {prefix}no test was run")
    elif planned is not None and planned != seen:
        print(f"not ok {prefix}{planned} programs were planned and {seen} were run")


main()
