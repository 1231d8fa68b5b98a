# SPDX-License-Identifier: GPL-2.0
"""The tables of cases, read and expanded into cells: matrix.cases, the faults of an update;
proof.cases, images and what becomes of TDs; conformance.cases, the firmware's side; and
kvm.cases, what else happens while an update fails."""

import os
import re
from collections import namedtuple

CASES = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(CASES, "matrix.cases")
PROOF = os.path.join(CASES, "proof.cases")
CONFORMANCE = os.path.join(CASES, "conformance.cases")
KVM = os.path.join(CASES, "kvm.cases")

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
    """A line of a table that cannot be right."""


class Table:
    """A file of lines "KIND COLUMN | COLUMN...". A line that is indented by one tab is
    a column, too, and one that is indented by more goes on with the last column."""

    def __init__(self, path):
        self.path, self.entry = os.path.relpath(path, os.path.dirname(os.path.dirname(CASES))), []
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if line.strip() and not line.lstrip().startswith("#"):
                    self.line(line.rstrip("\n"))
        self.flush()

    def line(self, line):
        if line.startswith("\t\t"):
            self.entry[-1] += "\n" + line.strip()
        elif line.startswith("\t"):
            self.entry.append(line.strip())
        else:
            self.flush()
            kind, rest = line.split(None, 1)
            # Only columns are separated by " | ": expressions have bars, too.
            self.entry = [kind] + [x.strip() for x in re.split(r"(?<!\S)\|(?!\S)", rest)]

    def flush(self):
        if self.entry:
            self.add(self.entry[0], self.entry[1:])
        self.entry = []

    def wrong(self, text):
        return Wrong(f"{self.path}: {text}")

    def add(self, kind, c):
        raise NotImplementedError


Platform = namedtuple("Platform", "name plugin build")
Proof = namedtuple("Proof", "name platform build damage done error state log td next")
Scenario = namedtuple("Scenario", "name kernels leave plugin boot build damage steps trace")


class Rows(Table):
    """A table whose lines are all there is to know, as {name: line} for each kind."""

    def __init__(self, path, **kinds):
        self.kinds, self.of = kinds, {kind: {} for kind in kinds}
        super().__init__(path)

    def add(self, kind, c):
        if kind not in self.kinds:
            raise self.wrong(f"\"{kind}\" is not a kind of line: {' | '.join(c)}")
        if len(c) != len(self.kinds[kind]._fields):
            raise self.wrong(f"wrong number of columns: {kind} {' | '.join(c)}")
        if c[0] in self.of[kind]:
            raise self.wrong(f"{kind} {c[0]}: is there twice")
        self.of[kind][c[0]] = self.kinds[kind](*c)

    def chosen(self, kind, names):
        """Those of these names, or all."""
        for name in names:
            if name not in self.of[kind]:
                raise self.wrong(f"there is no {kind} \"{name}\"")
        return [x for x in self.of[kind].values() if not names or x.name in names]


def proof():
    table = Rows(PROOF, platform=Platform, row=Proof)
    for row in table.of["row"].values():
        if row.platform not in table.of["platform"]:
            raise table.wrong(f"row {row.name}: there is no platform \"{row.platform}\"")
    return table


def conformance():
    return Rows(CONFORMANCE, row=Scenario)


class Rules(Table):
    """The faults of an update: a list for each kind of line."""

    def __init__(self, path=RULES):
        self.leaves, self.statuses, self.rules, self.gaps, self.tds = {}, {}, [], [], []
        super().__init__(path)

    def add(self, kind, c):
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
                raise self.wrong(f"\"{kind}\" is not a kind of line: {' | '.join(c)}")
        except (TypeError, IndexError):
            raise self.wrong(f"wrong number of columns: {kind} {' | '.join(c)}") from None

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
            raise self.wrong("\n".join(f"{why}: {'/'.join(c)}" for why, c in wrong))


Image = namedtuple("Image", "name build damage")
Machine = namedtuple("Machine", "name plugin module cpus memory append")
Program = namedtuple("Program", "name text")
Place = namedtuple("Place", "name leaf page which")
Step = namedtuple("Step", "phase text want within")
# One run of a case: in state "stopped" something happens, and END ends that state.
KvmCell = namedtuple("KvmCell", "id case end place steps stopping trace machine needs alone repeat")

# What a step answers if the table does not say it, and how many words it has. The
# verbs are those of harness/guest/kvm-cases ...
VERBS = {
    "td": ("runs", 1, 6), "tdrun": ("done", 1, 6), "kill": ("gone", 1, 1),
    "send-kill": ("sent", 1, 1), "gone": ("gone", 1, 1), "charge": ("0", 1, 1),
    "misc": (None, 1, 1), "slab": ("done", 1, 1), "slab-per": (None, 2, 2),
    "cpu-time": (None, 1, 1), "stop": ("stopped", 0, 0), "lose": ("lost", 0, 0),
    "resume": ("ready", 0, 0), "upload": (None, 1, 1), "fault": ("done", 1, 1),
    "clear": ("done", 0, 0), "hold": ("done", 1, 1), "release": ("done", 1, 1),
    "cpu": ("done", 1, 2), "smt": ("done", 0, 1), "kvm": ("done", 1, 2), "log": ("yes", 1, 99),
    "stat": (None, 2, 2), "state": (None, 0, 0), "sleep": ("done", 1, 1), "left": ("none", 0, 0),
    "watch": ("done", 1, 1), "poison": ("done", 1, 1), "fail": ("done", 1, 2),
    "loop": ("done", 1, 1), "uploads": (None, 3, 3), "memory": (None, 1, 1),
    "bug": ("yes", 1, 1), "table": ("read", 1, 1), "boot-log": ("yes", 1, 99),
    "host": ("done", 1, 1), "shown": (None, 0, 0), "upload-begin": ("done", 1, 1),
    "upload-end": (None, 0, 0), "storm": ("done", 2, 9), "free": ("done", 0, 0),
    "free-lost": (None, 0, 0), "mark": ("done", 1, 1),
}
# ... and those of a TD are those of emulator/guest/script.h.
TD_VERBS = {
    "build": ("done", 0, 1), "finalize": ("done", 0, 0), "run": ("done", 0, 4),
    "counts": (None, 0, 0), "counted": (None, 0, 0),
    "ended": (None, 1, 1), "kick": ("done", 0, 4),
    "move": ("done", 2, 2), "nmi": ("done", 1, 1), "self-nmi": ("done", 1, 1),
    "hole": ("done", 1, 3), "share": ("done", 1, 3), "private": ("done", 1, 3),
    "slot": ("done", 2, 2), "prefault": ("done", 1, 3), "tdx": ("done", 1, 1),
    "vm": ("done", 1, 1), "types": (None, 0, 0), "quit": ("unbroken", 0, 0),
    "exit": ("gone", 0, 0), "die": ("gone", 0, 0),
}
# A TD that must not count would do so every 20 ms.
LOOK_MS = {"runs": 20000, "ended": 20000, "waits": 500, "partly": 20000}
ENDED_MS = 10000
FIELDS = ("what", "needs", "machine", "alone", "repeat", "ready", "at", "stopping", "stopped", "resume",
          "lost", "then", "trace")
PHASES = {"ready": "ready", "stopped": "stopped", "resume": "after", "lost": "after",
          "then": "after"}
NEEDS = ("full", "rt", "debug", "distro", "builtin", "core-starts", "kvm-starts",
         "build-gate", "tables")
PAGES = {"TDCX": "5", "TDVPR": "6", "TDR": "4", "SEPT": "8"}


class Kvm(Table):
    """What else happens while an update fails."""

    def __init__(self, path=KVM):
        self.images, self.machines, self.programs, self.places, self.cases = {}, {}, {}, {}, {}
        super().__init__(path)

    def add(self, kind, c):
        kinds = {"image": (Image, self.images), "machine": (Machine, self.machines),
                 "program": (Program, self.programs), "place": (Place, self.places)}
        if kind in kinds:
            make, where = kinds[kind]
            if len(c) != len(make._fields):
                raise self.wrong(f"wrong number of columns: {kind} {' | '.join(c)}")
            # "-" is nothing
            where[c[0]] = make(*["" if x == "-" else x for x in c])
        elif kind == "case":
            if c[0] in self.cases:
                raise self.wrong(f"case {c[0]}: is there twice")
            self.cases[c[0]] = self.fields(c[0], c[1:])
        else:
            raise self.wrong(f"\"{kind}\" is not a kind of line: {' | '.join(c)}")

    def fields(self, name, columns):
        fields = {}
        for column in columns:
            field, colon, value = column.partition(":")
            if not colon or field not in FIELDS or field in fields:
                raise self.wrong(f"case {name}: \"{field}\" is not a field, or is there twice; "
                                 f"the fields are {', '.join(FIELDS)}")
            fields[field] = value.strip()
        if "what" not in fields:
            raise self.wrong(f"case {name}: says nowhere what it is about")
        for need in fields.get("needs", "").split():
            if need not in NEEDS:
                raise self.wrong(f"case {name}: needs \"{need}\", expected one of "
                                 f"{', '.join(NEEDS)}")
        if fields.get("machine", "usual") not in self.machines:
            raise self.wrong(f"case {name}: there is no machine \"{fields['machine']}\"")
        if not re.fullmatch(r"[1-9]\d*", fields.get("repeat", "1")):
            raise self.wrong(f"case {name}: \"repeat\" is a count")
        if ("at" in fields) != ("stopping" in fields):
            raise self.wrong(f"case {name}: \"at\" and \"stopping\" go together")
        for place in fields.get("at", "").split():
            if place != "/" and place not in self.places:
                raise self.wrong(f"case {name}: there is no place \"{place}\"")
        if not {"resume", "lost", "then"} & set(fields) or \
           "then" in fields and {"stopping", "stopped", "resume", "lost"} & set(fields):
            raise self.wrong(f"case {name}: ends by resume or lost, or has then and no other state")
        return fields

    def step(self, case, tds, phase, text):
        """A step of the table, checked."""
        words, _, want = (x.strip() for x in text.partition(" -> "))
        want, _, within = (x.strip() for x in want.partition(" within "))
        verb, *args = words.split()
        if verb in tds and args:
            verb, *args = args
            verbs = TD_VERBS
        else:
            verbs = VERBS
        if verb not in verbs:
            raise self.wrong(f"case {case}: \"{words}\": there is no step and no TD \"{verb}\"")
        usual, least, most = verbs[verb]
        if not least <= len(args) <= most:
            raise self.wrong(f"case {case}: \"{words}\": {verb} has {least} to {most} words")
        if verb in ("td", "tdrun"):
            tds.add(args[0])
        want = want or usual
        if want is None:
            raise self.wrong(f"case {case}: \"{words}\": say what it must answer, behind ->")
        if verb in ("upload", "upload-begin") and args[0] not in self.images:
            raise self.wrong(f"case {case}: there is no image \"{args[0]}\"")
        if verb in ("counts", "counted"):
            words += f" {within or LOOK_MS.get(want, LOOK_MS['runs'])}"
        elif verb == "ended":
            words += f" {ENDED_MS}"
        return Step(phase, words, want, int(within) if within else None)

    def steps_of(self, case, end):
        tds, steps = set(), []
        for field in ("ready", "stopping", "stopped", end):
            text = self.cases[case].get(field, "")
            for one in re.split(r";\s|\n", text):
                if one.strip():
                    steps.append(self.step(case, tds, PHASES.get(field, field), one.strip()))
        return steps

    def cell(self, case, end, place, needs):
        fields = self.cases[case]
        steps = self.steps_of(case, end)
        stopping = [s for s in steps if s.phase == "stopping"]
        if len(stopping) > 1:
            raise self.wrong(f"case {case}: \"stopping\" is one step")
        return KvmCell("/".join(filter(None, [case, place, end])), case, end, place,
                       [s for s in steps if s.phase != "stopping"],
                       stopping[0] if stopping else None,
                       fields.get("trace", "").split("\n") if fields.get("trace") else [],
                       fields.get("machine", "usual"), fields.get("needs", "").split() + needs,
                       "alone" in fields, int(fields.get("repeat", 1)))

    def places_of(self, case):
        """(place, what it needs): those of a case, or none."""
        often, _, seldom = self.cases[case].get("at", "").partition("/")
        return [(p, []) for p in often.split()] + [(p, ["full"]) for p in seldom.split()] or \
            [("", [])]

    def cells(self):
        """All cells, in the order of the table."""
        return [self.cell(case, end, place, needs)
                for case, fields in self.cases.items()
                for place, needs in self.places_of(case)
                for end in ("resume", "lost", "then") if end in fields]
