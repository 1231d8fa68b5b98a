#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What CPUs execute while an update of the TDX module has them stopped, by the counts of
the virtual TDX host (emulator/README.md, Sections).

    bench.py options SYSTEM.MAP          options of the plugin for this kernel
    bench.py analyse ... SECTIONS CALLS  counts of one kernel and number of CPUs, as JSON
    bench.py show FILE...                the same as text
    bench.py report DIR FILE...          a table, and plots as SVG, of several"""

import argparse
import collections
import json
import re
import sys

# Nothing but sources is in the directories of the project.
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import model
import report

# The function that stop_machine() has all CPUs execute: of the series, and of mainline
FUNCTION = "update_cpu|do_seamldr_install_module"
ROLES = [
    ("function", FUNCTION),
    ("caller", "multi_cpu_stop"),
    ("wait", "(native_)?queued_spin_lock_slowpath"),
    ("lock", "_raw_spin_lock"),
    ("unlock", "_raw_spin_unlock"),
    # Between the state machine and the instruction; what the compiler inlined is not seen.
    ("glue", r"__seamcall(_saved)?(_ret)?|seamcall_[a-z_]*|seamldr_call(\.part\.0)?|"
             r"seamldr_install|step_install(\.isra\.0)?|ask_session|try_init_module_global|"
             "tdx_module_(shutdown|cpu_init|run_update)|tdx_cpu_enable|tdx_(sys|lp)_init"),
    ("update", r"seamldr_[a-z_]*(\.part\.0)?|[a-z_]*sha(384|512)[a-z_0-9]*"),
]
NEEDED = {"function", "caller", "wait", "lock", "unlock", "glue"}


class Wrong(Exception):
    """What is read cannot be right; one sentence."""


def functions(path):
    """(begin, end, name) of all in a System.map; each ends where the next one begins."""
    with open(path, encoding="utf-8") as file:
        symbols = [line.split() for line in file]
    symbols = [(address, name) for address, kind, name in symbols if kind in "tTwW"]
    for n, (address, name) in enumerate(symbols):
        end = next((other for other, _ in symbols[n + 1:n + 100] if other > address), None)
        if end:
            yield address, end, name


def options(path):
    out, seen = [], set()
    symbols = list(functions(path))
    for role, expression in ROLES:
        ranges = []
        for start, end, name in symbols:
            if not re.fullmatch(expression, name):
                continue
            seen.add(role)
            # Functions that are counted alike are one range where they are neighbours.
            if ranges and ranges[-1][1] == start and role in ("glue", "update"):
                ranges[-1][1] = end
            else:
                ranges.append([start, end])
        out += [f"section={role}:{start}-{end}" for start, end in ranges]
    missing = NEEDED - seen
    if missing:
        raise Wrong(f"{path} has no code for: {', '.join(sorted(missing))}")
    return ",".join(out)


def read_calls(path):
    """SEAMCALLs by leaf between the marks of each update, and names of leaf words."""
    leaves, updates, current = {}, [], None
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            if event["type"] == "seamcall":
                leaves[event["rax"]] = event["leaf"] or event["rax"]
                if current is not None:
                    current[leaves[event["rax"]]] += 1
            elif re.match(r"mark: update \d+ begins", event.get("text", "")):
                current = collections.Counter()
                updates.append(current)
            elif re.match(r"mark: update \d+ ends", event.get("text", "")):
                current = None
    return updates, leaves


def read_sections(path, cpus):
    """For each update, {cpu: events}."""
    found = collections.defaultdict(dict)
    with open(path, encoding="utf-8") as file:
        for line in file:
            section = json.loads(line)
            found[section["section"]][section["cpu"]] = [model.Event(*e) for e in section["events"]]
    for number, by_cpu in found.items():
        if len(by_cpu) != cpus:
            raise Wrong(f"update {number} stopped {len(by_cpu)} CPUs of {cpus}")
    return [found[number] for number in sorted(found)]


def one_update(events, total_calls, leaves, costs):
    """What is said of one update, as JSON has it."""
    stop = model.Stop(events, leaves)
    inside = stop.calls()
    zero = stop.critical_path({})
    return {
        "critical_path": zero,
        "critical_path_with_costs": stop.critical_path(costs),
        "serial_calls": {leaf: stop.serial_calls(leaf) for leaf in sorted(inside)},
        "total": sum(stop.work(cpu) for cpu in stop.cpus),
        "glue": sum(stop.glue(cpu) for cpu in stop.cpus),
        "per_cpu": {str(cpu): {"work": stop.work(cpu), "glue": stop.glue(cpu),
                               "acknowledging": stop.work(cpu) - stop.glue(cpu),
                               "waiting": stop.waiting(cpu)} for cpu in stop.cpus},
        "waiting": sum(stop.waiting(cpu) for cpu in stop.cpus),
        "barriers": stop.barriers(),
        "calls_inside": dict(sorted(inside.items())),
        "calls_outside": dict(sorted((total_calls - inside).items())),
    }


def outside_work(sections):
    """Instructions of an update outside of the stop, from the end of one to the next."""
    out = []
    for before, after in zip(sections, sections[1:]):
        out.append(sum(after[cpu][0].update - before[cpu][-1].update for cpu in after))
    return out


def analyse(args):
    costs = {}
    for cost in args.cost:
        leaf, _, value = cost.partition("=")
        if not value.isdigit():
            raise Wrong(f"--cost={cost} is not LEAF=INSTRUCTIONS")
        costs[leaf] = int(value)
    updates, leaves = read_calls(args.calls)
    sections = read_sections(args.sections, args.cpus)
    if len(updates) != args.updates or len(sections) != args.updates:
        raise Wrong(f"{len(updates)} updates have marks and {len(sections)} were counted, "
                    f"there should be {args.updates}")
    runs = [one_update(events, calls, leaves, costs) for events, calls in zip(sections, updates)]
    return {"kernel": args.kernel, "cpus": args.cpus, "costs": costs, "runs": runs,
            "outside": outside_work(sections)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("options").add_argument("map")
    sub = commands.add_parser("analyse")
    sub.add_argument("--kernel", required=True)
    sub.add_argument("--cpus", type=int, required=True)
    sub.add_argument("--updates", type=int, required=True)
    sub.add_argument("--cost", action="append", default=[], metavar="LEAF=INSTRUCTIONS")
    sub.add_argument("sections")
    sub.add_argument("calls")
    commands.add_parser("show").add_argument("files", nargs="+")
    sub = commands.add_parser("report")
    sub.add_argument("directory")
    sub.add_argument("files", nargs="+")
    args = parser.parse_args()
    if args.command == "options":
        print(options(args.map))
    elif args.command == "analyse":
        print(json.dumps(analyse(args), indent=1))
    elif args.command == "show":
        for path in args.files:
            print("\n".join(report.text(report.load(path))))
    else:
        report.write(args.directory, [report.load(path) for path in args.files])


if __name__ == "__main__":
    try:
        main()
    except (Wrong, model.Wrong, OSError) as wrong:
        sys.exit(f"bench: {wrong}.")
