#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""words.py TOP WORDS: look for the words of the file WORDS in the text of the project
at TOP, and say for each part of it whether there are any."""

import collections
import fnmatch
import os
import re
import subprocess
import sys

# What the default kernel's series makes of the kernel, whole, in directories as there
KERNEL_FILES = ("arch", "drivers", "Documentation", "tools", "MAINTAINERS")
# Not written by the project, or the list itself
NOT_READ = ["COPYING", "harness/words", "harness/checks/words*", "*/SHA256SUMS", "*.pem", "*.bin"]
# The end of a line, and what begins the next one in a comment, a patch or a quotation
SPACE = r"(?:[ \t]|\n[ \t+]*(?://+|/?\*+|#+|>|\||--)?[ \t]*)+"
# In place of a line that is not read; no words go on behind it.
NO_TEXT = "\0"
SHOWN = 100


class Wrong(Exception):
    """A line of WORDS that cannot be right."""


def read_words(path):
    banned, allowed = [], []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            kind, _, rest = line.rstrip("\n").partition(" ")
            columns = [c.strip() for c in re.split(r"\s\|(?=\s)", rest)]
            if kind == "not" and len(columns) == 2:
                # A blank in a look-behind stays one: that has to have a fixed width.
                pattern = "".join(p if p.startswith("(?<!") else p.replace(" ", SPACE)
                                  for p in re.split(r"(\(\?<![^)]*\))", rest.split(" | ")[0].strip()))
                banned.append((re.compile(pattern, re.IGNORECASE), columns[1]))
            elif kind == "allow" and len(columns) == 3:
                allowed.append([columns[0], columns[1], False])
            elif line.strip() and not line.startswith(("#", "\t")):
                raise Wrong(f"{path}:{number}: {line.rstrip()}: neither \"not\" nor \"allow\"")
    return banned, allowed


def of_a_patch(text):
    """Its message, and the lines that it adds; nothing else is its own text."""
    out, message = [], True
    for line in text.split("\n"):
        message = message and line != "---"
        added = line.startswith("+") and not line.startswith("+++ ")
        out.append(line if message else line[1:] if added else NO_TEXT)
    return "\n".join(out)


def files(top):
    listed = subprocess.run(["git", "-C", top, "ls-files", "-co", "--exclude-standard", "-z"],
                            capture_output=True, check=True)
    for name in sorted(listed.stdout.decode().split("\0")):
        path = os.path.join(top, name)
        if name and os.path.isfile(path) and not any(fnmatch.fnmatch(name, n) for n in NOT_READ):
            with open(path, encoding="utf-8", errors="replace") as text:
                yield name, text.read()


def part_of(name):
    top, *below = name.split("/")
    if top == "patches" and len(below) > 1:
        return f"patches/{below[0]}"
    if top in KERNEL_FILES:
        return "the kernel's files"
    return top if top in ("emulator", "harness") else "the rest"


def is_allowed(allowed, name, said, lines):
    for entry in allowed:
        path, text, _ = entry
        if fnmatch.fnmatch(name, path) and (not text or said in text and text in lines):
            entry[2] = True
            return True
    return False


def main():
    top, words = sys.argv[1:]
    banned, allowed = read_words(words)
    found, read = collections.defaultdict(list), collections.Counter()
    for name, text in files(top):
        part = part_of(name)
        read[part] += 1
        if name.endswith(".patch"):
            text = of_a_patch(text)
        for pattern, instead in banned:
            for match in pattern.finditer(text):
                begin = text.rfind("\n", 0, match.start()) + 1
                end = text.find("\n", match.end())
                lines = text[begin:end if end >= 0 else None]
                said = " ".join(match.group(0).split())
                if not is_allowed(allowed, name, said, lines):
                    number = text.count("\n", 0, match.start()) + 1
                    found[part].append(f"{name}:{number}: \"{said}\": {instead}")
    for part in sorted(read):
        lines = found[part]
        print(f"{'not ok' if lines else 'ok'} words: {part}, {read[part]} files")
        for line in lines[:SHOWN]:
            print(f"#   {line}")
        if len(lines) > SHOWN:
            print(f"#   and {len(lines) - SHOWN} more")
    for path, text, used in allowed:
        if not used:
            print(f"not ok words: \"allow {path} | {text}\" allows nothing any more")


if __name__ == "__main__":
    try:
        main()
    except (Wrong, re.error) as error:
        sys.exit(str(error))
