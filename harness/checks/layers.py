#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Are the folders of emulator/ the layers that emulator/Makefile says they are?

  layers.py EMULATOR OBJECTS

Lowest first, they are in LAYERS. No file may include, and no object in OBJECTS (as
make has compiled them for the plugin) may call or use, what is in a later one. The
tools around it have their own rules, below. A file and the header of the same name
are one; no two may need each other. Prints a result for each folder, and one for
the circles."""

import glob
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
# Folders outside the layers: all that each may need, itself apart.
AROUND = {"image": "seam blob platform cpu tdxmod pseamldr".split(), "guest": []}
# Nobody needs these.
FREE = ["tests", "host"]


def fail(text):
    sys.exit(print(f"not ok layers: {text}") or 1)


def layers(makefile):
    with open(makefile, encoding="utf-8") as file:
        return re.search(r"^LAYERS := (.*)$", file.read(), re.M).group(1).split()


def includes(path):
    """What a file includes, relative to emulator/."""
    with open(path, encoding="utf-8") as file:
        for name in INCLUDE.findall(file.read()):
            yield name if "/" in name else os.path.join(os.path.dirname(path), name)


def symbols(objects):
    """({file: symbols that it needs}, {symbol: file}) of the plugin's objects."""
    needs, home = {}, {}
    for path in glob.glob("*/*.o", root_dir=objects):
        if not os.path.exists(path[:-1] + "c"):
            continue            # of a source that is gone
        out = subprocess.check_output(["nm", "-g", os.path.join(objects, path)], text=True)
        for line in out.splitlines():
            kind, name = line.split()[-2:]
            if kind == "U":
                needs.setdefault(path[:-1] + "c", []).append(name)
            else:
                home[name] = path[:-1] + "c"
    return needs, home


def arrows(files, objects):
    """(file, file that it needs, how)"""
    for path in files:
        for other in includes(path):
            yield path, other, f"includes {other}"
    needs, home = symbols(objects)
    if not needs:
        fail(f"the plugin's objects are not in {objects}")
    for path, names in sorted(needs.items()):
        for name in names:
            if name in home:
                yield path, home[name], f"uses {name} of {home[name]}"


def circle(graph):
    """The first one that is found, as a list, or None."""
    done, path = set(), []

    def visit(room):
        if room in path:
            return path[path.index(room):] + [room]
        if room in done:
            return None
        path.append(room)
        for other in sorted(graph.get(room, ())):
            found = visit(other)
            if found:
                return found
        done.add(path.pop())
        return None

    for room in sorted(graph):
        found = visit(room)
        if found:
            return found
    return None


def main():
    emulator, objects = sys.argv[1:]
    objects = os.path.abspath(objects)
    os.chdir(emulator)
    order = layers("Makefile")
    allowed = {name: order[:i] for i, name in enumerate(order)} | AROUND
    files = sorted(glob.glob("*/*.[ch]"))
    wrong = {name: [] for name in allowed}
    graph, seen = {}, 0
    for path, other, how in arrows(files, objects):
        here, there = os.path.dirname(path), os.path.dirname(other)
        if here in FREE:
            continue
        if here not in allowed:
            fail(f"{here}/ is neither a layer nor known as something else")
        seen += 1
        if there not in [here] + allowed[here]:
            wrong[here].append(f"{path} {how}")
        rooms = os.path.splitext(path)[0], os.path.splitext(other)[0]
        if rooms[0] != rooms[1]:
            graph.setdefault(rooms[0], set()).add(rooms[1])
    bad = False
    for name, lines in wrong.items():
        bad = bad or bool(lines)
        print(f"{'not ok' if lines else 'ok'} layers: {name}/ needs {' '.join(allowed[name]) or 'nothing'}")
        for line in lines:
            print(f"# {line}")
    found = circle(graph)
    print(f"{'not ok' if found else 'ok'} layers: no two files need each other ({seen} arrows)")
    if found:
        print(f"# {' -> '.join(found)}")
    sys.exit(bad or bool(found))


if __name__ == "__main__":
    main()
