# SPDX-License-Identifier: GPL-2.0
"""The results of the fault matrix as one table, for readers."""

import os
import time


def outcome(r):
    """A few words for what a cell came to."""
    m = r["said"]
    if not m["upload"]:
        return "**died**"
    state, error = m["upload"].split()
    words = [error, state, f"TDs: {m['tds']}" if r["td"] != "absent" else "", f"next: {next_upload(m)}"]
    return ", ".join(w for w in words if w)


def next_upload(said):
    """What the next good upload does: works, resumes, or is refused; "again" if the image of the
    failed one resumes behind that"""
    if said.get("again", "").endswith(" done"):
        return "again"
    if not said["next"].endswith(" done"):
        return "refused"
    waits = said["upload"].startswith("stopped") or said.get("tds") == "waits"
    return "resumes" if waits else "works"


def markdown(rules, results, facts):
    failed = [r for r in results if r["wrong"]]
    gaps = {}
    for combination, why in rules.gapped():
        gaps.setdefault((combination[0], why), []).append(combination)
    yield "# Fault matrix\n"
    yield (f"Kernel {facts['kernel']} on the virtual TDX host with 4 CPUs, {facts['date']}, "
           f"{facts['cpus']} host CPUs, {facts['guests']} guests at a time, "
           f"{facts['seconds']} s: `{facts['command']}`.\n")
    yield f"**{len(results) - len(failed)} cells passed, {len(failed)} failed.**\n"
    yield ("A cell is one call of an update that fails, on one CPU, with one status, under one kind "
           "of TD. What must come of it\nis in `harness/cases/matrix.cases`, which was written before "
           "the first run. Its words: the answer to the upload, the state\nof the module, the TDs "
           "by their own counters, and the next upload of a good image. TDs that were waiting or "
           "are\nresumed go on in the same process, no count lost.\n")
    yield "| call | CPU | status | RDX | times | TDs before | what came of it | as expected |"
    yield "|---|---|---|---|---|---|---|---|"
    # Kinds of TDs that differ in nothing share a line.
    lines = {}
    for r in results:
        key = (r["rule"], r["leaf"], r["where"], r["status"], r["rdx"], r["times"],
               outcome(r).replace(f"TDs: {r['said'].get('tds')}, ", "") if not r["wrong"] else r["id"])
        lines.setdefault(key, []).append(r)
    for (_, leaf, where, status, rdx, times, _), same in lines.items():
        said = max((outcome(r) for r in same), key=len)
        mark = "; ".join(w for r in same for w in r["wrong"])
        yield (f"| {leaf} | {where} | {status} | {rdx} | {times} | "
               f"{', '.join(r['td'] for r in same)} | {said} | "
               f"{'**no**: ' + mark.replace('|', '/') if mark else 'yes'} |")
    yield "\n## What cannot occur\n"
    yield "| call | combinations | why |"
    yield "|---|---|---|"
    for (leaf, why), combinations in gaps.items():
        yield f"| {leaf} | {len(combinations)} | {why} |"


def write(directory, rules, results, **facts):
    """Write table.md"""
    facts.update(date=time.strftime("%d %B %Y", time.gmtime()), cpus=os.cpu_count())
    with open(os.path.join(directory, "table.md"), "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in markdown(rules, results, facts))
