# SPDX-License-Identifier: GPL-2.0
"""The tables of cases, read, checked, and expanded into cells: what a guest does, step by step,
and what each step must answer. The steps are those of kvm.cases, whichever table they are in."""

import os
import re
from collections import namedtuple

CASES = os.path.dirname(os.path.abspath(__file__))

# What all modules share; small, because an emulated CPU has to hash it.
MODULE = "--version 2.0.09 --handoff-pages 25 --svn 1.11 --pages 20"
# They know two handoff versions, so that there is something to choose.
MODULE_HV = f"{MODULE} --hv 2 --min-hv 1"

# What a step answers if the table does not say it, and how many words it has. The
# verbs are those of harness/guest/cases ...
VERBS = {
    "td": ("runs", 1, 6), "tdrun": ("done", 1, 6), "kill": ("gone", 1, 1), "on": ("done", 2, 2),
    "build-moved": ("done", 2, 2),
    "send-kill": ("sent", 1, 1), "gone": ("gone", 1, 1), "charge": ("0", 1, 1),
    "misc": (None, 1, 1), "slab": ("done", 1, 1), "slab-per": (None, 2, 2),
    "cpu-time": (None, 1, 1), "stop": ("stopped", 0, 0), "lose": ("lost", 0, 0),
    "resume": ("ready", 0, 0), "upload": (None, 1, 1), "race": (None, 1, 1), "fault": ("done", 1, 1),
    "hits": (None, 0, 0), "clear": ("done", 0, 0), "hold": ("done", 1, 1), "release": ("done", 1, 1),
    "skip": ("done", 0, 1), "cpu": ("done", 1, 2), "smt": ("done", 0, 1),
    "suspend": ("done", 0, 1), "kvm": ("done", 1, 2),
    "log": ("yes", 1, 99), "stat": (None, 2, 2), "state": (None, 0, 0), "attr": (None, 1, 1),
    "sleep": ("done", 1, 1), "left": ("none", 0, 0),
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

Image = namedtuple("Image", "name build damage")
Machine = namedtuple("Machine", "name plugin module cpus memory append", defaults=("", "", ""))
# What it is to a reader of results is in "what".
Step = namedtuple("Step", "phase text want within what")
# One run of a case. It ends in: resume, lost, or none. In a state "stopped" something may happen,
# at a place. Cells whose "tds" are the same share these TDs, and leave a module that is ready.
Cell = namedtuple("Cell", "id case what end steps machine needs alone repeat place stopping trace "
                          "tds facts",
                  defaults=("none", [], "usual", [], False, 1, "", None, [], None, {}))


class Wrong(Exception):
    """A line of a table that cannot be right."""


class Table:
    """A file of lines "KIND COLUMN | COLUMN...". A line that is indented by one tab is
    a column, too, and one that is indented by more goes on with the last column. "-" is nothing.
    What there is of a KIND is in of[KIND], by the first column."""

    kinds = {}
    images = [Image("good", MODULE_HV, "")]
    # What is printed before the name of a cell
    label = ""
    # Does a kernel that complains fail a cell?
    quiet = True

    def __init__(self):
        self.name = type(self).__name__.lower()
        self.path, self.entry = f"harness/cases/{self.name}.cases", []
        self.of = {kind: {} for kind in self.kinds}
        with open(os.path.join(CASES, f"{self.name}.cases"), encoding="utf-8") as lines:
            for line in lines:
                if line.strip() and not line.lstrip().startswith("#"):
                    self.line(line.rstrip("\n"))
        self.flush()
        self.machines = {name: m._replace(module=f"{MODULE_HV} {m.module}")
                         for kind in ("machine", "platform") for name, m in self.of.get(kind, {}).items()}

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
            kind, *columns = self.entry
            if kind not in self.kinds:
                raise self.wrong(f"\"{kind}\" is not a kind of line: {' | '.join(columns)}")
            if columns[0] in self.of[kind]:
                raise self.wrong(f"{kind} {columns[0]}: is there twice")
            self.of[kind][columns[0]] = self.made(kind, columns)
        self.entry = []

    def made(self, kind, columns):
        try:
            return self.kinds[kind](*["" if x == "-" else x for x in columns])
        except TypeError:
            raise self.wrong(f"wrong number of columns: {kind} {' | '.join(columns)}") from None

    def wrong(self, text):
        return Wrong(f"{self.path}: {text}")

    def step(self, case, tds, phase, text, what=""):
        """A step, checked; tds are the names of those that there are."""
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
        if verb in ("upload", "race", "upload-begin") and args[0] not in [i.name for i in self.images]:
            raise self.wrong(f"case {case}: there is no image \"{args[0]}\"")
        if verb in ("counts", "counted"):
            words += f" {within or LOOK_MS.get(want, LOOK_MS['runs'])}"
        elif verb == "ended":
            words += f" {ENDED_MS}"
        return Step(phase, words, want, int(within) if within else None, what)

    def steps(self, case, tds, phase, text, what=""):
        """Those of a text: separated by a semicolon and a space, or on lines of their own."""
        return [self.step(case, tds, phase, one.strip(), what)
                for one in re.split(r";\s|\n", text) if one.strip()]

    def cells(self):
        """All of them, in the order of the table."""
        raise NotImplementedError

    def unreachable(self):
        """Lines about what the table leaves out for a reason."""
        return []


Place = namedtuple("Place", "name leaf page which")
PAGES = {"TDCX": "5", "TDVPR": "6", "TDR": "4", "SEPT": "8"}
FIELDS = ("what", "needs", "machine", "alone", "repeat", "ready", "at", "stopping", "stopped", "resume",
          "lost", "then", "trace")
PHASES = {"ready": "ready", "stopped": "stopped", "resume": "after", "lost": "after",
          "then": "after"}
NEEDS = ("full", "rt", "debug", "distro", "builtin", "core-starts", "kvm-starts")


class Kvm(Table):
    """What else happens while an update fails."""

    kinds = {"image": Image, "machine": Machine, "place": Place, "case": None,
             "program": namedtuple("Program", "name text")}

    def __init__(self):
        super().__init__()
        self.images = [i._replace(build=f"{MODULE_HV} {i.build}") for i in self.of["image"].values()]

    def made(self, kind, columns):
        if kind == "case":
            return self.fields(columns[0], columns[1:])
        return super().made(kind, columns)

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
        if fields.get("machine", "usual") not in self.of["machine"]:
            raise self.wrong(f"case {name}: there is no machine \"{fields['machine']}\"")
        if not re.fullmatch(r"[1-9]\d*", fields.get("repeat", "1")):
            raise self.wrong(f"case {name}: \"repeat\" is a count")
        if ("at" in fields) != ("stopping" in fields):
            raise self.wrong(f"case {name}: \"at\" and \"stopping\" go together")
        for place in fields.get("at", "").split():
            if place != "/" and place not in self.of["place"]:
                raise self.wrong(f"case {name}: there is no place \"{place}\"")
        if not {"resume", "lost", "then"} & set(fields) or \
           "then" in fields and {"stopping", "stopped", "resume", "lost"} & set(fields):
            raise self.wrong(f"case {name}: ends by resume or lost, or has then and no other state")
        return fields

    def cell(self, case, end, place, needs):
        fields, tds = self.of["case"][case], set()
        steps = [step for field in ("ready", "stopping", "stopped", end)
                 for step in self.steps(case, tds, PHASES.get(field, field), fields.get(field, ""))]
        stopping = [s for s in steps if s.phase == "stopping"]
        if len(stopping) > 1:
            raise self.wrong(f"case {case}: \"stopping\" is one step")
        return Cell("/".join(filter(None, [case, place, end])), case, fields["what"],
                    "none" if end == "then" else end, [s for s in steps if s.phase != "stopping"],
                    fields.get("machine", "usual"), fields.get("needs", "").split() + needs,
                    "alone" in fields, int(fields.get("repeat", 1)), place,
                    stopping[0] if stopping else None,
                    [line for line in fields.get("trace", "").split("\n") if line])

    def places_of(self, case):
        """(place, what it needs): those of a case, or none."""
        often, _, seldom = self.of["case"][case].get("at", "").partition("/")
        return [(p, []) for p in often.split()] + [(p, ["full"]) for p in seldom.split()] or \
            [("", [])]

    def cells(self):
        return [self.cell(case, end, place, needs)
                for case, fields in self.of["case"].items()
                for place, needs in self.places_of(case)
                for end in ("resume", "lost", "then") if end in fields]


# How a step that comes before an upload is undone behind it
UNDO = {"fault": "clear", "cpu": "cpu 2 online", "skip": "skip", "tdrun": "kill n"}


class Updates(Table):
    """Updates that go wrong one after the other, under the same TDs: "running" are two whose vCPUs
    are in KVM_RUN most of the time, and one that sleeps between two exits; or "absent"."""

    tds = {"running": ("a", "b", "idle"), "absent": ()}

    def begin(self, shared):
        return self.steps("", set(), "ready", "td a vcpus=2; td b vcpus=2; td idle interval=2000"
                          if shared == "running" else "")

    def end(self, shared, lost=False):
        """They end. Nobody can reclaim their pages if the module is lost."""
        steps = [f"{td} quit -> {'broken' if lost else 'unbroken'}" for td in self.tds[shared]]
        # The one that sleeps finds out when it wakes up.
        if lost and "idle" in self.tds[shared]:
            steps.insert(0, "idle ended 0 -> /^(?!no$)/")
        return self.steps("", set(self.tds[shared]), "ready",
                          "; ".join(steps + [f"left -> {'/tdr=/' if lost else 'none'}"]))

    def counts(self, tds, want, what=""):
        """Steps that look at TDs "a" and "b": each runs, waits, or is lost. No steps without TDs."""
        if want == "none":
            return []
        found = self.steps("", tds, "ready", "; ".join(
            f"{td} counts -> {'ended' if want == 'lost' else want}" for td in ("a", "b")), what)
        if want == "lost":
            # Each vCPU has.
            found += self.steps("", tds, "ready", "; ".join(
                f"{td} ended {vcpu} -> /^(?!no$)/" for td in ("a", "b") for vcpu in (0, 1)))
        return found

    def update(self, case, shared, row, before="", done="", upload="upload", image="good", hits=""):
        """Steps of a cell: a ROW with error, state, log, after (TDs after it), next."""
        tds, has_tds = {"a", "b", "n"}, shared == "running"

        def steps(text, what=""):
            return self.steps(case, tds, "ready", text, what)

        def each(text):
            return steps("; ".join(text.format(td) for td in ("a", "b")) if has_tds else "")
        after = row.after if has_tds else "none"
        then = "runs" if has_tds and row.next != "refused" else after
        good = "ready done"
        undo = [UNDO[verb] for verb in dict.fromkeys(s.split()[0] for s in done.split("; ") if s)
                if verb in UNDO]
        found = steps(before) + steps(done)
        found += steps(f"{upload} {image} -> {row.state} {row.error or 'done'}", "upload")
        found += steps(f"hits -> {hits}" if hits else "") + steps("; ".join(undo))
        found += steps(f"log {row.log or '[sS][eE][aA][mM][lL][dD][rR] -> no'}")
        # Wherever they run, and whatever memory they will touch
        if after == "waits":
            found += each("on {0} 0; {0} hole used")
        found += self.counts(tds, after, "tds")
        if after == "waits":
            found += each("on {0} 1")
        if "n build" in before:
            found += steps("n finalize; n run; n counts -> runs; n quit; kill n")
        if row.next in ("refused", "again"):
            found += steps(f"upload good -> /^(?!{good})/", "next")
        else:
            found += steps(f"upload good -> {good}", "next")
        if row.next == "again":
            found += steps(f"upload {image} -> {good}", "again")
        found += each("on {0} 0-2") + self.counts(tds, then, "after")
        # Nothing can follow in that guest.
        return found + (self.end(shared, has_tds) if row.after == "lost" else [])


class Proof(Updates):
    """What can go wrong with an update, and what it must come to."""

    kinds = {"platform": Machine,
             "row": namedtuple("Row", "name platform build damage done error state log after next")}

    def __init__(self):
        super().__init__()
        self.images = self.images + [Image("other", f"{MODULE_HV} --version 2.0.10", "")] + [
            Image(r.name, f"{MODULE_HV} {r.build}", r.damage) for r in self.of["row"].values()]

    def cells(self):
        found = []
        for row in self.of["row"].values():
            if row.platform not in self.machines:
                raise self.wrong(f"row {row.name}: there is no platform \"{row.platform}\"")
            race = row.done == "race"
            steps = self.update(row.name, "running", row, done="" if race else row.done,
                                upload="race" if race else "upload", image=row.name)
            found.append(Cell(
                row.name, row.name, f"{row.error or 'done'}, {row.state}, TDs {row.after}, then {row.next}",
                "none", steps, row.platform, ["series"] if race else [],
                row.next in ("refused", "again"), tds="running"))
        return found


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


class Matrix(Updates):
    """Each call of an update, with each status that it can have, under each kind of TD."""

    kinds = {"machine": Machine, "status": Status, "leaf": Leaf, "rule": Rule, "unreachable": Gap,
             "tds": namedtuple("Tds", "name text")}

    def __init__(self):
        self.gaps = []
        super().__init__()
        self.check()

    def flush(self):
        # These have no name.
        if self.entry and self.entry[0] == "unreachable":
            self.gaps.append(self.made(self.entry[0], self.entry[1:]))
            self.entry = []
        super().flush()

    def made(self, kind, columns):
        made = super().made(kind, columns)
        if kind not in ("leaf", "rule", "unreachable"):
            return made
        # These columns are lists, whose only member is "-" if it was nothing.
        return made._replace(**{f: getattr(made, f).split() or ["-"] for f in made._fields
                                if f in ("where", "statuses", "rdx", "tds")})

    def cell(self, rule, where, status, rdx, td):
        leaf = self.of["leaf"][rule.leaf]
        place, cpu = PLACES.get(rule.leaf, PLACES[None])[where]
        times, _, other = rule.times.partition(" + ")
        s = self.of["status"].get(status) or Status(status, status, status)
        fault = f"fault {leaf.full}{place}:status={s.value}"
        fault += (f":rdx={rdx}" if rdx != "-" else "") + f":times={times}"
        ready = td != "waiting"
        row = rule._replace(
            state=("ready" if ready else "stopped") if rule.state == "same" else rule.state,
            log=rule.log.replace("{name}", s.word).replace("{cpu}", cpu),
            after=("runs" if ready else "waits") if rule.after == "same" else rule.after)
        shared = "absent" if td == "absent" else "running"
        before = {"waiting": "stop; a counts -> waits; b counts -> waits", "building": "tdrun n; n build"}
        done = fault + (f"; fault {other}" if other else "")
        # A fault that was never hit shows nothing; in these the call is not made.
        hits = "0" if td == "building" and rule.name.startswith("no-") else ">=1"
        ident = "/".join([rule.name, where, status, rdx, td])
        return Cell(ident, rule.name, f"{done.replace('fault ', '')}: {row.error or 'done'}, {row.state}",
                    "none", self.update(ident, shared, row, before.get(td, ""), done, hits=hits),
                    alone=row.next == "refused", tds=shared,
                    facts={"rule": rule.name, "leaf": rule.leaf, "where": where, "status": status,
                           "rdx": rdx, "times": times, "td": td})

    def cells(self, first=False):
        """All cells, in the order of the rules, or the first one of each rule."""
        def some(values):
            return values[:1] if first else values
        return [self.cell(r, w, s, x, t) for r in self.of["rule"].values() for t in some(r.tds)
                for s in some(r.statuses) for x in some(r.rdx) for w in some(r.where)]

    def combinations(self):
        return [(leaf.name, w, s, x, t) for leaf in self.of["leaf"].values() for w in leaf.where
                for s in leaf.statuses for x in leaf.rdx for t in self.of["tds"]]

    def gapped(self):
        """(combination, why) of those that cannot be had."""
        for combination in self.combinations():
            for gap in self.gaps:
                if combination[0] == gap.leaf and all(
                        g == ["*"] or c in g for c, g in zip(combination[1:], gap[1:5])):
                    yield combination, gap.why
                    break

    def unreachable(self):
        gaps = list(self.gapped())
        return [f"unreachable {'/'.join(combination)}: {why}" for combination, why in gaps] + [
            f"{len(self.cells())} cells, {len(gaps)} unreachable of {len(self.combinations())} combinations"]

    def check(self):
        """Every combination is in a rule or unreachable, and nothing else is."""
        all_of_them = set(self.combinations())
        done = {(r.leaf, w, s, x, t) for r in self.of["rule"].values() for w in r.where
                for s in r.statuses for x in r.rdx for t in r.tds}
        not_had = {c for c, _ in self.gapped()}
        wrong = [("no rule and no reason", c) for c in sorted(all_of_them - done - not_had)]
        wrong += [("not what the leaf can answer", c) for c in sorted(done - all_of_them)]
        # "In build" rules show that a call is not made: that is why it is unreachable.
        wrong += [("in a rule, and unreachable", c) for c in sorted(done & not_had)
                  if c[4] != "building"]
        if wrong:
            raise self.wrong("\n".join(f"{why}: {'/'.join(c)}" for why, c in wrong))


class Conformance(Table):
    """The firmware's side of the contract: what comes of the steps is in the trace."""

    kinds = {"row": namedtuple("Scenario", "name kernels leave plugin boot build damage steps trace")}
    label = "scenario "
    quiet = False

    def __init__(self):
        super().__init__()
        rows = self.of["row"].values()
        self.images = [Image("good", MODULE, "")] + [
            Image(r.name, f"{MODULE} {r.build}", r.damage) for r in rows]
        self.machines = {r.name: Machine(r.name, ",".join(filter(None, ["cpu=gnr", r.plugin])),
                                         f"{MODULE} --version 2.0.08 {r.boot}") for r in rows}

    def cells(self):
        found = []
        for row in self.of["row"].values():
            steps = f" {row.steps};"
            for short, step in (("td", "td a"), ("upload", f"upload {row.name} -> /./"),
                                ("good", "upload good -> /./"), ("look", "sleep 3000"),
                                ("info", "attr num_remaining_updates -> /./")):
                steps = steps.replace(f" {short};", f" {step};")
            if row.leave:
                steps += f" a quit -> /./; left{' -> /tdr=/' if row.leave == 'leaked' else ''};"
            kernels = row.kernels.split()
            found.append(Cell(row.name, row.name, row.steps, "none",
                              self.steps(row.name, set(), "ready", steps + " "), row.name,
                              [] if len(kernels) > 1 else kernels, True,
                              trace=[x.strip() for x in row.trace.split(";")]))
        return found


TABLES = {"kvm": Kvm, "matrix": Matrix, "proof": Proof, "conformance": Conformance}
