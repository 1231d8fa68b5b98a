#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the model of a stop, of the report and of the options, by updates of two or
three CPUs that were thought out by hand."""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import bench
import model
import report

POLLED, ACK, LOCK, OTHER = "0x100", "0x104", "0x200", "0x300"
LEAVES = {"0x8000000000000001": "SEAMLDR.INSTALL", "0x7": "OTHER"}
INSTALL = "0x8000000000000001"


def result(good, name, detail=""):
    print(f"{'ok' if good else 'not ok'} bench: {name}")
    if not good and detail:
        print("#   " + str(detail).replace("\n", "\n#   "))


def expect(name, wanted, got):
    result(wanted == got, name, f"expected {wanted}, got {got}")


class Cpu:
    """What one CPU does; counts begin anywhere."""

    def __init__(self, start):
        self.all, self.wait, self.glue, self.update = start, start, start, start
        self.events = []
        self("enter", work=0)

    def __call__(self, kind, value="0x0", work=0, glue=0, times=1):
        self.all += work
        self.glue += glue
        self.events.append(model.Event(kind, value, times, self.all, self.wait, self.glue,
                                       self.update))
        return self

    def spin(self, instructions):
        """It looks in vain, waits, and looks when there is something."""
        self("pause", "0x999", work=1, times=50)
        return self("load", POLLED, work=instructions - 1)

    def contend(self, instructions):
        self.all += instructions
        self.wait += instructions
        return self


def stop(*cpus):
    return model.Stop({n: cpu.events for n, cpu in enumerate(cpus)}, LEAVES)


def barrier():
    """Two CPUs, one of which is slower and publishes."""
    a, b = Cpu(1000), Cpu(77)
    a("load", POLLED, 10)("call", INSTALL, 20, glue=6)("store", ACK, 5)("load", POLLED, 3).spin(900)
    b("load", POLLED, 10)("store", ACK, 30)("load", POLLED, 3)("store", POLLED, 4)("load", POLLED, 2)
    a("leave", work=4)
    b("leave", work=4)
    s = stop(a, b)
    expect("the polled word is found", (POLLED, ACK), (s.polled, s.ack))
    expect("work is without waiting", [42, 53], [s.work(0), s.work(1)])
    expect("waiting", [900, 0], [s.waiting(0), s.waiting(1)])
    expect("glue", [6, 0], [s.glue(0), s.glue(1)])
    expect("a state begins when the last one has published it", 10 + 30 + 7 + 2 + 4,
           s.critical_path({}))
    expect("a call on the other CPU takes longer than all that", 10 + 20 + 100 + 5 + 7 + 2 + 4,
           s.critical_path({"SEAMLDR.INSTALL": 100}))
    expect("one call in series", 1, s.serial_calls("SEAMLDR.INSTALL"))
    expect("one state is published", 1, s.barriers())


def locks():
    """Three CPUs whose calls one lock has in series, and whose others are side by side"""
    cpus = [Cpu(5 * n) for n in range(3)]
    for n, cpu in enumerate(cpus):
        cpu("load", POLLED, 10)("call", "0x7", 2)("lock", LOCK, 1).contend(1000 * n)
        cpu("call", INSTALL, 8)("unlock", LOCK, 4)("store", ACK, 5)
        if n == 2:
            cpu("store", POLLED, 3)
        cpu("load", POLLED, 2)
        if n != 2:
            cpu.spin(300)
        cpu("leave", work=1)
    s = stop(*cpus)
    expect("a lock has calls in series", 10 + 2 + 1 + 3 * 12 + 5 + 3 + 2 + 1, s.critical_path({}))
    expect("and their costs", 10 + 2 + 1 + 3 * (12 + 50) + 5 + 3 + 2 + 1,
           s.critical_path({"SEAMLDR.INSTALL": 50}))
    expect("as many as there are CPUs", 3, s.serial_calls("SEAMLDR.INSTALL"))
    expect("others are side by side", 1, s.serial_calls("OTHER"))
    expect("waiting for a lock is not work", [33, 33, 36], [s.work(n) for n in range(3)])
    expect("it is waiting", [300, 1300, 2000], [s.waiting(n) for n in range(3)])


def counter_in_a_lock():
    """As mainline's: who acknowledges has a lock, publishes in it, and spins on two words."""
    a, b = Cpu(0), Cpu(50)
    for cpu in (a, b):
        cpu("load", POLLED, 10)("lock", LOCK, 6)("store", OTHER, 1)("store", ACK, 1)
    a("unlock", LOCK, 3)("load", OTHER, 2)("load", POLLED, 1)
    a("pause", "0x999", work=1, times=9)("load", OTHER, 60)("load", POLLED, 1)
    b("load", POLLED, 4)("store", ACK, 1)("store", POLLED, 1)("unlock", LOCK, 3)
    b("load", OTHER, 2)("load", POLLED, 1)
    for cpu in (a, b):
        cpu("leave", work=5)
    s = stop(a, b)
    expect("a counter in a lock: words", (POLLED, ACK), (s.polled, s.ack))
    expect("a counter in a lock: work", [29, 35], [s.work(0), s.work(1)])
    expect("a counter in a lock: waiting", [62, 0], [s.waiting(0), s.waiting(1)])
    # Both come to the lock at 16, and have it for 2 to acknowledge and 3 more.
    expect("a counter in a lock: acknowledging is in series", 16 + 5 + 2 + 6 + 6 + 5,
           s.critical_path({}))


def refused():
    a = Cpu(0)
    a("load", POLLED, 1)("leave", work=1)
    expect("one CPU alone has no barrier", (2, 0),
           (stop(a).critical_path({}), stop(a).barriers()))
    a, b = Cpu(0), Cpu(0)
    a("store", ACK)("load", POLLED).spin(5)("leave")
    b("store", ACK)("load", POLLED).spin(5)("store", ACK)("load", POLLED).spin(5)("leave")
    for name, cpus in (("CPUs that saw different states", (a, b)),
                       ("CPUs that never wait", (Cpu(0)("leave"), Cpu(0)("leave"))),
                       ("a section without its end", (Cpu(0)("load", POLLED),))):
        try:
            stop(*cpus).critical_path({})
            result(False, f"{name} are refused", "they are not")
        except model.Wrong:
            result(True, f"{name} are refused")


def made(kernel, cpus, paths):
    run = {"total": 100, "glue": 1, "waiting": 5, "per_cpu": {"0": {"work": 1}},
           "calls_inside": {"A": 1}, "calls_outside": {}, "serial_calls": {"A": 1}}
    return {"kernel": kernel, "cpus": cpus, "outside": [],
            "runs": [dict(run, critical_path=path) for path in paths]}


def reports():
    reports_ = [made("6.18", 1, [100, 100]), made("mainline-7.3", 1, [200, 201]),
                made("6.18", 2, [100, 102]), made("mainline-7.3", 2, [200, 200]),
                made("6.18", 4, [100])]
    with tempfile.TemporaryDirectory() as directory:
        report.write(directory, reports_)
        with open(os.path.join(directory, "bench.md"), encoding="utf-8") as file:
            text = file.read()
        for name, line in (("exact runs are a number, others a minimum and a spread, and a ratio",
                            "| 1 | 100 | 200 +0.5% | 0.50 |"),
                           ("runs that differ have no ratio", "| 2 | 100 +2.0% | 200 | runs differ |"),
                           ("what was not measured says so", "| 4 | 100 | not measured |  |")):
            result(line in text.split("\n"), name, text)
        root = ET.parse(os.path.join(directory, "critical-path.svg")).getroot()
        expect("the plot has all points", 5,
               len(list(root.iter("{http://www.w3.org/2000/svg}circle"))))


SYSTEM_MAP = """\
ffffffff81000000 T __seamcall
ffffffff81000010 T __seamcall_ret
ffffffff81000010 T alias
ffffffff81000020 t update_cpu
ffffffff81000030 t multi_cpu_stop
ffffffff81000040 T _raw_spin_lock
ffffffff81000050 D _raw_spin_unlock
ffffffff81000060 T _raw_spin_unlock
ffffffff81000070 T queued_spin_lock_slowpath
ffffffff81000080 T last
"""


def options():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "System.map")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SYSTEM_MAP)
        expect("ranges of functions", "section=function:ffffffff81000020-ffffffff81000030,"
               "section=caller:ffffffff81000030-ffffffff81000040,"
               "section=wait:ffffffff81000070-ffffffff81000080,"
               "section=lock:ffffffff81000040-ffffffff81000060,"
               "section=unlock:ffffffff81000060-ffffffff81000070,"
               "section=glue:ffffffff81000000-ffffffff81000020", bench.options(path))
        with open(path, "w", encoding="utf-8") as file:
            file.write(SYSTEM_MAP.replace("update_cpu", "something"))
        run = subprocess.run([sys.executable, os.path.join(HERE, "..", "bench.py"), "options", path],
                             capture_output=True, text=True, check=False)
        expect("a kernel without the function is refused",
               (1, f"bench: {path} has no code for: function.\n"), (run.returncode, run.stderr))


barrier()
locks()
counter_in_a_lock()
refused()
reports()
options()
