#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Does what the project says of the firmware contract stand there?

  contract.py TOP LIST

Reads emulator/doc/seam-abi.md, and in all other files what they write as "SEAM
ABI 3.4 step 16", "SEAM ABI 7.1, 7.2" or 'SEAM ABI 3.3, "ENOMEM test"': the
section, the step, row or item and the words must exist. Writes all references
to LIST, and prints a result for each kind of thing that was looked at."""

import os
import re
import subprocess
import sys

CONTRACT = "emulator/doc/seam-abi.md"
README = "emulator/README.md"
ANSWERS = "emulator/platform/unconfirmed.c"
LEAVES = "emulator/seam/leaves.def"

HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", re.M)
ENTRY = re.compile(r"^(?:\| (\d+[a-z]?) \||(\d+)\. )", re.M)
PLACE = r"\d+(?:\.\d+)?(?: (?:steps?|rows?|items?) \d+[a-z]?(?: (?:to|and) \d+[a-z]?)?)?"
REFERENCE = re.compile(rf"SEAM ABI(?: ({PLACE}(?:(?:, and |, | and ){PLACE})*)(?:, \"([^\"]*)\")?)?")


class Contract:
    """The sections of the document, and what each one numbers."""

    def __init__(self, text):
        found = list(HEADING.finditer(text)) + [None]
        self.text = {}
        for here, following in zip(found, found[1:]):
            body = text[here.start():following.start() if following else len(text)]
            self.text[here.group(1)] = body
            # A chapter is what its sections are.
            chapter = here.group(1).split(".")[0]
            if chapter != here.group(1):
                self.text[chapter] += body

    def entries(self, section):
        """The numbers of steps, rows and items that a section has."""
        return {a or b for a, b in ENTRY.findall(self.text[section])}

    def wrong(self, place):
        """What is wrong with one place, or None."""
        section, *entry = place.split(" ", 1)
        if section not in self.text:
            return f"there is no section {section}"
        for number in re.findall(r"\d+[a-z]?", entry[0]) if entry else []:
            if number not in self.entries(section):
                return f"section {section} has no {entry[0]}"
        return None


def plain(text):
    """Text without what continues a comment or breaks a line."""
    return re.sub(r"\s*\n\s*(?:\*(?!/)|#|//)?\s*", " ", text)


def references(top):
    """(file, the reference as written, its places, quoted words) of all files."""
    files = subprocess.run(["git", "-C", top, "ls-files", "-z"], check=True,
                           capture_output=True, text=True).stdout.split("\0")
    for name in files:
        path = os.path.join(top, name)
        if name in ("", CONTRACT, "harness/checks/contract.py") or not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            text = plain(file.read())
        for match in REFERENCE.finditer(text):
            places = re.findall(PLACE, match.group(1) or "")
            yield name, match.group(0), places, match.group(2)


def result(name, wrong):
    """One line of a check, with what is wrong below."""
    print(f"{'not ok' if wrong else 'ok'} {name}")
    for line in wrong:
        print(f"#   {line}")


def check_references(contract, top, listing):
    """Every reference says where in the document it is, and that exists."""
    wrong, count = [], 0
    with open(listing, "w", encoding="utf-8") as out:
        for name, written, places, words in references(top):
            count += 1
            print(f"{name}: {written}", file=out)
            found = [contract.wrong(p) for p in places] if places else ["it names no section"]
            wrong += [f"{name}: \"{written}\": {f}" for f in found if f]
            if words and not any(found) and not any(
                    words in plain(contract.text[p.split()[0]]) for p in places):
                wrong.append(f"{name}: \"{written}\": these words are not in that section")
    if not count:
        wrong.append("no file has any reference, that cannot be")
    result(f"contract: {count} references to it name what it has", wrong)


def check_answers(contract, top):
    """The README lists each question that an option answers, with its section."""
    with open(os.path.join(top, ANSWERS), encoding="utf-8") as file:
        code = set(re.findall(r"^\t\t\.name = \"([^\"]+)\"", file.read(), re.M))
    with open(os.path.join(top, README), encoding="utf-8") as file:
        rows = re.findall(r"^\| `([a-z0-9-]+)` \| ([0-9., ]+) \|", file.read(), re.M)
    listed = {name for name, _ in rows}
    wrong = [f"{README} does not list {n}" for n in sorted(code - listed)]
    wrong += [f"{README} lists {n}, which {ANSWERS} does not have" for n in sorted(listed - code)]
    for name, sections in rows:
        wrong += [f"{README}, {name}: there is no section {s}"
                  for s in re.findall(r"[\d.]+", sections) if s not in contract.text]
    if not code:
        wrong.append(f"{ANSWERS} has no question, that cannot be")
    result(f"contract: the {len(code)} answers that an option changes are listed", wrong)


def check_leaves(contract, top):
    """Both tables of leaves name them as the list does, and have each that is modelled."""
    with open(os.path.join(top, LEAVES), encoding="utf-8") as file:
        rows = re.findall(r'^TDX_(LEAF|NAME)\((\d+), \w+, "([^"]+)"', file.read(), re.M)
    name_of = {number: name for _, number, name in rows}
    tables = contract.text["4.3"] + contract.text["7.2"]
    wrong, seen = [], set()
    # "7/38/29 | RANGE.BLOCK / TRACK / PAGE.REMOVE": prefixes may be left out
    for numbers, names in re.findall(r"^\| (\d+(?: ?/ ?\d+)*) \| ([A-Z][A-Z. /]+) \|", tables, re.M):
        for number, name in zip(re.split(r" ?/ ?", numbers), names.split(" / ")):
            seen.add(number)
            known = name_of.get(number, "no leaf")
            if known != name and not known.endswith("." + name):
                wrong.append(f"leaf {number} is {name}, and in {LEAVES} {known}")
    wrong += [f"leaf {number}, {name}, is modelled, and in no table"
              for kind, number, name in rows if kind == "LEAF" and number not in seen]
    if not rows:
        wrong.append(f"{LEAVES} has no leaf, that cannot be")
    result(f"contract: its {len(seen)} leaves are those of {LEAVES}", wrong)


def main():
    top, listing = sys.argv[1:]
    path = os.path.join(top, CONTRACT)
    if not os.path.isfile(path):
        result(f"contract: {CONTRACT} is there", ["it is not"])
        return
    with open(path, encoding="utf-8") as file:
        contract = Contract(file.read())
    check_references(contract, top, listing)
    if os.path.isfile(os.path.join(top, ANSWERS)):
        check_answers(contract, top)
    if os.path.isfile(os.path.join(top, LEAVES)):
        check_leaves(contract, top)
    with open(os.path.join(top, README), encoding="utf-8") as file:
        linked = "(doc/seam-abi.md)" in file.read()
    result(f"contract: {README} links to it", [] if linked else ["no link to doc/seam-abi.md"])


if __name__ == "__main__":
    main()
