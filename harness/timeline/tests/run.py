#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of timeline.py with small traces; what they expect was counted by hand."""

import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.path.join(HERE, "..", "timeline.py")
SVG = "{http://www.w3.org/2000/svg}"


def result(good, name, detail=""):
    print(f"{'ok' if good else 'not ok'} timeline: {name}")
    if not good and detail:
        print("#   " + str(detail).replace("\n", "\n#   "))


def tool(*args, text=None):
    return subprocess.run([sys.executable, TOOL, *args], input=text, capture_output=True,
                          text=True, check=False)


def trace(name):
    return os.path.join(HERE, name + ".trace")


def summaries():
    for name in ("kernel", "trace-cmd", "emulator"):
        with open(os.path.join(HERE, name + ".expected"), encoding="utf-8") as file:
            expected = file.read()
        run = tool(trace(name))
        result(run.stdout == expected and not run.returncode, f"{name}: the time of each step",
               run.stdout + run.stderr)


def chrome(name):
    return json.loads(tool("--perfetto", "-", trace(name)).stdout)["traceEvents"]


def perfetto():
    for name, bars, ticks, exits in (("kernel", 14, 6, 2), ("trace-cmd", 14, 8, 1),
                                     ("emulator", 10, 15, 2)):
        events = chrome(name)
        seen = [sum(1 for e in events if e.get("cat") in cats) for cats in
                (("step", "wait"), ("firmware",), ("td",))]
        result(seen == [bars, ticks, exits], f"{name}: all bars, calls and exits are there",
               f"expected {[bars, ticks, exits]}, got {seen}")
        overlaps = []
        for cpu in {e["tid"] for e in events if e["ph"] == "X"}:
            row = sorted((e["ts"], e["ts"] + e["dur"]) for e in events
                         if e["ph"] == "X" and e["tid"] == cpu)
            overlaps += [(a, b) for a, b in zip(row, row[1:]) if b[0] < a[1] - 0.01]
        result(not overlaps, f"{name}: no two bars of a CPU overlap", overlaps)
    install = [e for e in chrome("kernel") if e["name"] == "CPU_INSTALL" and e["ph"] == "X" and
               e["tid"] == 1]
    result([(e["ts"], e["dur"]) for e in install] == [(10000300, 400)],
           "a step begins when the last CPU has done the one before", install)


def svg():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "x.svg")
        for name, update, parts, calls in (("kernel", 1, 14, 6), ("trace-cmd", 2, 8, 5)):
            run = tool("--svg", path, "--update", str(update), "--title", "a < b", trace(name))
            if run.returncode:
                result(False, f"{name}: a drawing", run.stderr)
                continue
            root = ET.parse(path).getroot()
            titles = [t.text for t in root.iter(SVG + "title")]
            bars = [r for r in root.iter(SVG + "rect") if r.get("height") == "16"]
            ticks = [t for t in titles if ": 0x" in t]
            right = max(float(r.get("x")) + float(r.get("width")) for r in bars)
            rows = {r.get("y") for r in bars}
            good = len(bars) == parts and len(ticks) == calls and right <= 960 and \
                len(rows) == 2 and \
                any(t.text == "a < b" for t in root.iter(SVG + "text"))
            result(good, f"{name}: the drawing has all bars and calls of its update",
                   f"{len(bars)} bars, {len(ticks)} calls, to {right}, {len(rows)} rows")


def refusals():
    for name, text, expected in (
            ("no update", "nothing\n", "timeline: there is no update in -.\n"),
            ("an empty file", "", "timeline: there is no update in -.\n"),
            ("a line that is cut off", '{"time": 1.0, "type": "seam\n',
             "timeline: line 1 is not one of the virtual TDX host's JSON trace.\n"),
            ("another form of event", "x-1 [000] d..1. 1.000000: seamldr_update_step: step=BUY called=0\n",
             "timeline: line 1 has a seamldr_update_step of another form.\n")):
        run = tool("-", text=text)
        result(run.returncode == 1 and run.stderr == expected, f"{name} is refused",
               run.stdout + run.stderr)
    run = tool("--update", "3", trace("trace-cmd"))
    result(run.returncode == 1 and run.stderr == "timeline: there is no update 3, there are 2.\n",
           "an update that is not there is refused", run.stderr)


summaries()
perfetto()
svg()
refusals()
