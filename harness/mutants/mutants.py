# SPDX-License-Identifier: GPL-2.0
"""Changes of one line, one after the other, and what becomes of them: what
harness/checks/mutants-kernel and mutants-model have in common. A subclass knows the
files, what finds a change, and how a change is built."""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter

HARNESS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(HARNESS)
BUILD = os.environ.get("BUILD") or os.path.join(TOP, "build")

start = time.time()


def say(text):
    print(f"[{time.time() - start:5.0f} s] {text}", file=sys.stderr, flush=True)


def run(*command, timeout=None, **env):
    """Status and output; a command that takes too long has failed."""
    full = dict(os.environ, **env)
    with subprocess.Popen(command, env=full, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace",
                          start_new_session=True) as child:
        try:
            out, _ = child.communicate(timeout=timeout)
            return child.returncode, out
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            out, _ = child.communicate()
            return 1, out + "\nnot ok it took too long\n"


def identity(*parts):
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:10]


def functions(lines):
    """{name: (first line, last line)} of a file in kernel style, from 0."""
    found, name, begin = {}, None, 0
    for i, line in enumerate(lines):
        match = re.match(r"[a-z][\w\s*]*?(\w+)\(", line)
        if match and not line.rstrip().endswith(";"):
            name, begin = match.group(1), i
        elif line.startswith("}") and name:
            found[name] = (begin, i)
            name = None
    return found


def is_code(line):
    text = line.strip()
    return text and not text.startswith(("/*", "*", "//", "#", "lockdep_", "EXPORT_",
                                         "static_assert")) and \
        not re.match(r"(const |struct |unsigned |u\d+ |int |bool |static )", text)


SWAPS = ((r"return -E\w+;", "return 0;"), (r"return 0;", "return -EIO;"),
         (r"return true;", "return false;"), (r"return false;", "return true;"),
         (r"\bTDX_HOST_STOPPED\b", "TDX_HOST_LOST"),
         (r"\bTDX_HOST_LOST\b", "TDX_HOST_STOPPED"),
         (r"\bTDX_HOST_READY\b", "TDX_HOST_STOPPED"),
         (r" < ", " <= "), (r" > ", " >= "), (r" >= ", " > "),
         (r"\+\+;", "--;"), (r" \+ 1\b", ""), (r" = true;", " = false;"),
         (r" = false;", " = true;"))


def swapped(line, swaps):
    for pattern, other in swaps:
        if re.search(pattern, line):
            yield re.sub(pattern, other, line, count=1)


def variants(line):
    """(kind, changed line) for a line of code."""
    if not is_code(line):
        return
    match = re.match(r"(\s*)((?:\} else )?(?:if|while)) \((.*)\)( \{)?$", line)
    if match:
        indent, word, condition, brace = match.groups()
        yield "negate", f"{indent}{word} (!({condition})){brace or ''}"
        for operator in (" && ", " || "):
            if operator in condition and condition.count("(") == condition.count(")"):
                left = condition.split(operator)[0]
                if left.count("(") == left.count(")"):
                    yield "drop", f"{indent}{word} ({left}){brace or ''}"
    if re.match(r"\s+[\w>.()\-\[\]*&]+\(.*\);$", line) and not re.match(r"\s*(return|if|while|for)\b",
                                                                      line):
        yield "remove", re.match(r"\s+", line).group(0) + ";"
    if re.match(r"\s+\S.* = .*;$", line) and not re.match(r"\s+(for)\b", line):
        yield "remove", re.match(r"\s+", line).group(0) + ";"
    for new in swapped(line, SWAPS):
        yield "swap", new


def spread(found):
    """The first ones of these, however many, are spread over all files."""
    count, at = Counter(m["file"] for m in found), Counter()
    for m in sorted(found, key=lambda m: m["id"]):
        at[m["file"]] += 1
        m["rank"] = (at[m["file"]] - 0.5) / count[m["file"]]
    return sorted(found, key=lambda m: (m["rank"], m["id"]))


def short(mutant):
    old, new = (" ".join(mutant[k].split()) for k in ("old", "new"))
    return f"{mutant['function']}: \"{old}\" -> \"{new}\""


def cell(text):
    return "`" + " ".join(text.split()).replace("|", "\\|") + "`"


class Mutants:
    """name: of the tool and its report; tree: the copy; skipped: results of changes
    that do not count"""

    name = tree = None
    table = "kernel"
    skipped = ("does not compile",)
    columns = {"change": 5, "explains": 3}

    def __init__(self):
        # What became of each, a line each, beside the report: it takes hours.
        self.results_file = f"{HARNESS}/report/{self.name}.json"
        self.results = {}
        if os.path.exists(self.results_file):
            with open(self.results_file, encoding="utf-8") as file:
                self.results = json.load(file)

    # What a subclass knows

    def prepare(self):
        """Make the copy, once."""

    def generated(self):
        """Changes that are not in the table, best first."""
        raise NotImplementedError

    def equip(self, mutant):
        """Say what finds it."""

    def baseline(self, work):
        """What fails without any change says nothing."""

    def judge(self, mutant):
        """What became of it, and more about it."""
        raise NotImplementedError

    def report(self):
        raise NotImplementedError

    # What is the same for all

    def rows(self, kind):
        """Lines of the table of this kind, in columns."""
        path, found = f"{HARNESS}/mutants/{self.table}", []
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                if not line.strip() or line.startswith("#"):
                    continue
                first, _, rest = line.rstrip("\n").partition(" ")
                columns = [c.strip() for c in re.split(r"\s\|\s", rest)]
                if self.columns.get(first) != len(columns):
                    sys.exit(f"{self.name}: {path}: what is this? {line}")
                if first == kind:
                    found.append(columns)
        return found

    def path(self, file):
        return os.path.join(self.tree, file)

    def source(self, file):
        with open(self.path(file), encoding="utf-8") as text:
            return text.read().split("\n")

    def write(self, file, lines):
        with open(self.path(file), "w", encoding="utf-8") as out:
            out.write("\n".join(lines))

    def wanted(self):
        """Changes of the table."""
        found = []
        for name, file, function, part, instead in self.rows("change"):
            lines = self.source(file)
            first, last = (0, len(lines) - 1) if function == "-" else \
                functions(lines).get(function, (0, -1))
            hits = [i for i in range(first, last + 1) if part in lines[i]]
            if len(hits) != 1:
                sys.exit(f"{self.name}: change {name}: {len(hits)} lines of {function} in {file} "
                         "have that part")
            found.append({"id": name, "file": file, "function": function, "line": hits[0], "old": lines[hits[0]],
                          "new": lines[hits[0]].replace(part, instead)})
        return found

    def why(self, mutant):
        """Why no test finds it, as the table explains that."""
        return next((text for function, part, text in self.rows("explains")
                     if function == mutant["function"] and part in mutant["old"]), "")

    def mutants(self):
        """All of them, in the order in which they are made."""
        wanted = self.wanted()
        made = {(m["file"], m["old"], m["new"]) for m in wanted}
        rest = [m for m in self.generated() if (m["file"], m["old"], m["new"]) not in made]
        found = wanted + spread(rest)
        for m in found:
            self.equip(m)
        return found

    def save(self):
        with open(self.results_file + ".new", "w", encoding="utf-8") as file:
            rows = (f"{json.dumps(name)}: {json.dumps(row)}" for name, row in self.results.items())
            file.write("{\n" + ",\n".join(rows) + "\n}\n")
        os.rename(self.results_file + ".new", self.results_file)

    def make(self, mutant):
        lines = self.source(mutant["file"])
        first, count = mutant["line"], mutant["old"].count("\n") + 1
        self.write(mutant["file"], lines[:first] + mutant["new"].split("\n") + lines[first + count:])
        try:
            result, detail = self.judge(mutant)
        finally:
            self.write(mutant["file"], lines)
        self.results[mutant["id"]] = {k: mutant[k] for k in ("file", "function", "line", "old", "new")} | \
            {"result": result, "detail": "" if result in self.skipped else detail}
        self.save()
        say(f"{result}: {mutant['id']} {short(mutant)} {detail}")

    def done(self):
        """Those that were made and count."""
        return [d for d in self.results.values() if d["result"] not in self.skipped]

    def summary(self, everything):
        known = [{"id": m["id"]} | self.results[m["id"]] for m in everything
                 if m["id"] in self.results]
        real = [d for d in known if d["result"] not in self.skipped]
        killed = [d for d in real if d["result"] == "killed"]
        print(f"{len(everything)} changes, {len(real)} made, {len(killed)} found"
              f"{f' ({100 * len(killed) // len(real)} %)' if real else ''}"
              + "".join(f"; {s}: {sum(d['result'] == s for d in known)}" for s in self.skipped))
        for d in real:
            if d["result"] == "survived":
                print(f"survived: {d['id']} {d['file']}: {short(d)}: {self.why(d) or 'why?'}")

    def main(self):
        if "--report" in sys.argv:
            self.report()
            return
        self.prepare()
        everything = self.mutants()
        if "--list" in sys.argv:
            for m in everything:
                state = self.results.get(m["id"], {}).get("result", "not made")
                print(f"{m['id']} {m['file']} {short(m)}: {state}")
            self.summary(everything)
            return
        if "--again" in sys.argv:
            self.results = {k: v for k, v in self.results.items()
                                       if v["result"] != "survived" or self.why(v)}
        limit = next((int(a) for a in sys.argv[1:] if a.isdigit()), len(everything))
        work = [m for m in everything if m["id"] not in self.results][:limit]
        self.baseline(work)
        for m in work:
            self.make(m)
        self.summary(everything)
