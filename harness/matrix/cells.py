# SPDX-License-Identifier: GPL-2.0
"""harness/matrix/rules, read and expanded into cells."""

import os
import re
from collections import namedtuple

RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules")

# Which calls a place means: the specification of a fault, and the CPU if the
# place names one. There are 4 CPUs.
PLACES = {
    "INSTALL": {"first": (":arrival=1", ""), "middle": (":arrival=2", ""),
                "last": (":arrival=last", "")},
    "LP.INIT": {"first": (":cpu=0", "0"), "middle": (":cpu=2", "2"),
                "last": (":cpu=3", "3")},
    None: {"any": ("", ""), "checks": ("", ""), "second": (":nth=2", "")},
}

Leaf = namedtuple("Leaf", "name full where statuses rdx")
Status = namedtuple("Status", "name value word")
Rule = namedtuple("Rule", "name leaf where statuses rdx times tds error state log after next")
Gap = namedtuple("Gap", "leaf where statuses rdx tds why")
# What is done in one cell, and what must come of it
Cell = namedtuple("Cell", "id rule leaf where status rdx times td faults error state log after next")


class Wrong(Exception):
    """A line of the rules that cannot be right."""


class Rules:
    """The file, a list for each kind of line."""

    def __init__(self, path=RULES):
        self.leaves, self.statuses, self.rules, self.gaps, self.tds = {}, {}, [], [], []
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    self.add(line.rstrip("\n"))

    def add(self, line):
        kind, rest = line.split(None, 1)
        # Only columns are separated by " | ": expressions have bars, too.
        c = [x.strip() for x in re.split(r"(?:^|\s)\|(?:\s|$)", rest)]
        try:
            if kind == "status":
                self.statuses[c[0]] = Status(*c)
            elif kind == "tds":
                self.tds.append(c[0])
            elif kind == "leaf":
                self.leaves[c[0]] = Leaf(c[0], c[1], c[2].split(), c[3].split(), c[4].split())
            elif kind == "rule":
                self.rules.append(Rule(c[0], c[1], c[2].split(), c[3].split(), c[4].split(),
                                       c[5], c[6].split(), *c[7:]))
            elif kind == "unreachable":
                self.gaps.append(Gap(c[0], *[x.split() for x in c[1:5]], c[5]))
            else:
                raise Wrong(f"harness/matrix/rules: \"{kind}\" is no kind of line: {line}")
        except (TypeError, IndexError):
            raise Wrong(f"harness/matrix/rules: wrong number of columns: {line}") from None

    def status(self, name):
        s = self.statuses.get(name)
        return s or Status(name, name, name)

    def cell(self, rule, where, status, rdx, td):
        leaf = self.leaves[rule.leaf]
        place, cpu = PLACES.get(rule.leaf, PLACES[None])[where]
        times, _, other = rule.times.partition(" + ")
        s = self.status(status)
        fault = f"{leaf.full}{place}:status={s.value}"
        fault += (f":rdx={rdx}" if rdx != "-" else "") + f":times={times}"
        before = "stopped" if td == "waiting" else "ready"
        state = before if rule.state == "same" else rule.state
        runs = {"ready": "runs", "stopped": "waits"}
        after = runs[before] if rule.after == "same" else rule.after
        following = {"ready": "works", "stopped": "resumes"}[before] \
            if rule.next == "same" else rule.next
        return Cell("/".join([rule.name, where, status, rdx, td]), rule.name, rule.leaf, where,
                    status, rdx, times, td, [fault] + ([other] if other else []),
                    "" if rule.error == "-" else rule.error, state,
                    rule.log.replace("{name}", re.escape(s.word)).replace("{cpu}", cpu),
                    "none" if td == "absent" else after, following)

    def cells(self):
        """All cells, in the order of the rules."""
        return [self.cell(r, w, s, x, t) for r in self.rules for t in r.tds
                for s in r.statuses for x in r.rdx for w in r.where]

    def firsts(self):
        """One cell of each rule."""
        return [self.cell(r, r.where[0], r.statuses[0], r.rdx[0], r.tds[0]) for r in self.rules]

    def combinations(self):
        for leaf in self.leaves.values():
            for w in leaf.where:
                for s in leaf.statuses:
                    for x in leaf.rdx:
                        for t in self.tds:
                            yield leaf.name, w, s, x, t

    def unreachable(self):
        """(combination, why) of those that cannot be had."""
        for combination in self.combinations():
            for gap in self.gaps:
                if combination[0] == gap.leaf and all(
                        g == ["*"] or c in g for c, g in zip(combination[1:], gap[1:5])):
                    yield combination, gap.why
                    break

    def check(self):
        """Every combination is in a rule or unreachable, and nothing else is."""
        all_of_them = set(self.combinations())
        done = {(c.leaf, c.where, c.status, c.rdx, c.td) for c in self.cells()}
        not_had = {c for c, _ in self.unreachable()}
        wrong = [("no rule and no reason", c) for c in sorted(all_of_them - done - not_had)]
        wrong += [("not what the leaf can answer", c) for c in sorted(done - all_of_them)]
        # "In build" rules show that a call is not made: that is why it is unreachable.
        wrong += [("in a rule, and unreachable", c) for c in sorted(done & not_had)
                  if c[4] != "building"]
        if wrong:
            raise Wrong("harness/matrix/rules: " + "\n".join(f"{why}: {'/'.join(c)}"
                                                               for why, c in wrong))
