# SPDX-License-Identifier: GPL-2.0
"""Counts of several kernels and numbers of CPUs, as text, Markdown and plots."""

import json
import math
import os
import platform
import time
from xml.sax.saxutils import escape

# Runs that differ by more have a minimum and a spread, and no ratio.
AGREE = 0.01
METRICS = [("critical_path", "critical path"), ("total", "all CPUs"), ("glue", "of it glue"),
           ("waiting", "waiting")]
MAINLINE = "mainline-"


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def values(report, metric):
    return [run[metric] for run in report["runs"]]


def spread(numbers):
    return (max(numbers) - min(numbers)) / min(numbers) if min(numbers) else 0


def agree(numbers):
    return len(numbers) > 1 and spread(numbers) <= AGREE


def said(numbers):
    """A number if all agree exactly, else the least and by how much others exceed it."""
    if min(numbers) == max(numbers):
        return f"{min(numbers)}"
    return f"{min(numbers)} +{spread(numbers):.1%}"


def most_per_cpu(report):
    return [max(cpu["work"] for cpu in run["per_cpu"].values()) for run in report["runs"]]


def calls(counts):
    return ", ".join(f"{n} {leaf}" for leaf, n in sorted(counts.items())) or "none"


def least_calls(report, where):
    """Of runs that differ, the one with the fewest"""
    return min((run[where] for run in report["runs"]), key=lambda counts: sum(counts.values()))


def text(report):
    yield (f"{report['kernel']}, {report['cpus']} CPUs, {len(report['runs'])} updates; guest "
           "instructions while the CPUs are stopped:")
    for metric, name in METRICS:
        yield f"  {name:14} {said(values(report, metric))}"
    yield f"  {'busiest CPU':14} {said(most_per_cpu(report))}"
    first = report["runs"][0]
    yield f"  {'in series':14} {calls(first['serial_calls'])}"
    yield f"  {'SEAMCALLs':14} {calls(least_calls(report, 'calls_inside'))}"
    yield f"  {'outside':14} {calls(least_calls(report, 'calls_outside'))}"
    if report["outside"]:
        yield f"  {'work outside':14} {said(report['outside'])} instructions of its functions and SHA-384"


def ratio(ours, mainline, metric):
    a, b = values(ours, metric), values(mainline, metric)
    if not agree(a) or not agree(b):
        return "runs differ"
    return f"{min(a) / min(b):.2f}"


def table(reports):
    by = {(r["kernel"], r["cpus"]): r for r in reports}
    kernels = sorted({r["kernel"] for r in reports})
    base = next((k for k in kernels if k.startswith(MAINLINE)), None)
    for metric, name in METRICS:
        yield f"\n## {name[0].upper()}{name[1:]}\n"
        ratios = [k for k in kernels if base and k != base and metric in ("critical_path", "total")]
        yield "| CPUs | " + " | ".join(kernels + [f"{k} / {base}" for k in ratios]) + " |"
        yield "|---|" + "---|" * (len(kernels) + len(ratios))
        for cpus in sorted({r["cpus"] for r in reports}):
            row = [said(values(by[k, cpus], metric)) if (k, cpus) in by else "not measured"
                   for k in kernels]
            row += [ratio(by[k, cpus], by[base, cpus], metric)
                    if (k, cpus) in by and (base, cpus) in by else "" for k in ratios]
            yield f"| {cpus} | " + " | ".join(row) + " |"
    yield "\n## SEAMCALLs of an update\n"
    yield "| kernel | CPUs | while stopped | of them in series | before and after |"
    yield "|---|---|---|---|---|"
    for report in sorted(reports, key=lambda r: (r["kernel"], r["cpus"])):
        yield (f"| {report['kernel']} | {report['cpus']} | "
               f"{calls(least_calls(report, 'calls_inside'))} | "
               f"{calls(report['runs'][0]['serial_calls'])} | "
               f"{calls(least_calls(report, 'calls_outside'))} |")


COLOURS = ["#2f6db5", "#b5482f", "#3f8f4f", "#8a56a8"]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 360, 70, 20, 40, 50


def plot(reports, metric, title):
    """Number of CPUs and least count, both on scales of powers of two and ten"""
    points = {}
    for report in reports:
        points.setdefault(report["kernel"], []).append((report["cpus"], min(values(report, metric))))
    least = math.floor(math.log10(max(1, min(v for line in points.values() for _, v in line))))
    most = math.ceil(math.log10(max(10 ** (least + 1), *(v for line in points.values() for _, v in line))))
    wide = max(1, math.ceil(math.log2(max(n for line in points.values() for n, _ in line))))

    def x(cpus):
        return round(LEFT + math.log2(cpus) / wide * (WIDTH - LEFT - RIGHT), 1)

    def y(value):
        part = (math.log10(max(value, 10 ** least)) - least) / (most - least)
        return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
           f'height="{HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
           f'<text x="{LEFT}" y="20">{escape(title)}</text>']
    for power in range(least, most + 1):
        out.append(f'<path d="M{LEFT} {y(10 ** power)}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 6}" y="{y(10 ** power) + 4}" text-anchor="end">{10 ** power}</text>')
    for power in range(wide + 1):
        out.append(f'<path d="M{x(2 ** power)} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
                   f'<text x="{x(2 ** power)}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{2 ** power}</text>')
    out.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end">CPUs</text>')
    for n, (kernel, line) in enumerate(sorted(points.items())):
        colour = COLOURS[n % len(COLOURS)]
        where = [(x(cpus), y(value)) for cpus, value in sorted(line)]
        out.append(f'<path d="M{" L".join(f"{a} {b}" for a, b in where)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{a}" cy="{b}" r="3" fill="{colour}"/>' for a, b in where]
        out.append(f'<rect x="{LEFT + 10}" y="{TOP + 8 + 18 * n}" width="12" height="12" fill="{colour}"/>'
                   f'<text x="{LEFT + 28}" y="{TOP + 18 + 18 * n}">{escape(kernel)}</text>')
    return "\n".join(out + ["</svg>", ""])


def write(directory, reports):
    os.makedirs(directory, exist_ok=True)
    head = ["# What an update costs while the CPUs are stopped\n",
            f"`make bench`, {time.strftime('%d %B %Y', time.gmtime())}, {platform.machine()} with "
            f"{os.cpu_count()} CPUs; virtual TDX host, guest instructions.",
            "A number alone: all updates agree exactly. `+x%`: the least, and by how much the most "
            "exceeds it.",
            "Waiting is the emulator's as much as the kernel's, and is not compared."]
    with open(os.path.join(directory, "bench.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(head + list(table(reports))) + "\n")
    with open(os.path.join(directory, "bench.json"), "w", encoding="utf-8") as file:
        json.dump(reports, file, indent=1)
    for metric, title in (("critical_path", "Instructions one after the other, firmware at no cost"),
                          ("total", "Instructions of all CPUs, without waiting")):
        with open(os.path.join(directory, metric.replace("_", "-") + ".svg"), "w",
                  encoding="utf-8") as file:
            file.write(plot(reports, metric, title))
