#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Show an update of the TDX module: CPUs as rows, steps as bars, firmware calls as
ticks, exits of TDs before and after as dots.

The trace is either what the virtual TDX host writes with trace-json=FILE, or what
"trace-cmd report" or tracefs print of the events seamldr:seamldr_update_step and
kvm:kvm_exit, on any host. "-" is standard input."""

import argparse
import collections
import json
import re
import sys
from xml.sax.saxutils import escape

STEPS = ["START", "SHUTDOWN", "CPU_INSTALL", "CPU_INIT", "RUN_UPDATE"]
# The step that a call of the firmware belongs to
LEAVES = {"TDH.SYS.SHUTDOWN": "SHUTDOWN", "SEAMLDR.INSTALL": "CPU_INSTALL",
          "TDH.SYS.INIT": "CPU_INIT", "TDH.SYS.LP.INIT": "CPU_INIT",
          "TDH.SYS.UPDATE": "RUN_UPDATE"}
ENTER = "TDH.VP.ENTER"
FTRACE = re.compile(r"\[(\d+)\]\s+(?:\S+\s+)?(\d+\.\d+):\s+(?:\w+:)?(\w+):\s+(.*)")
FTRACE_STEP = re.compile(r"step=(\w+) called=([01]) status=(0x[0-9a-f]+|0) rdx=\d+")

Call = collections.namedtuple("Call", "time cpu name status")
Exit = collections.namedtuple("Exit", "time cpu reason")
# A CPU has done its part of a step.
Part = collections.namedtuple("Part", "time cpu step")


class Wrong(Exception):
    """The trace cannot be shown; one sentence."""


class Trace:
    def __init__(self, source):
        self.source = source
        self.parts, self.calls, self.exits = [], [], []


def read_emulator(lines):
    """Only calls are in it, so a part of a step ends with the CPU's last call there."""
    trace = Trace("emulator")
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
            if event["type"] != "seamcall":
                continue
            time, cpu, leaf = event["time"], event["cpu"], event["leaf"] or event["rax"]
            status = event.get("status", event["outcome"])
        except (ValueError, KeyError, TypeError) as error:
            raise Wrong(f"line {number} is not one of the virtual TDX host's JSON trace") from error
        if leaf == ENTER:
            trace.exits.append(Exit(time, cpu, status))
            continue
        trace.calls.append(Call(time, cpu, leaf, status))
        if leaf in LEAVES:
            trace.parts.append(Part(time, cpu, LEAVES[leaf]))
    return trace


def read_ftrace(lines):
    trace = Trace("ftrace")
    for number, line in enumerate(lines, 1):
        match = FTRACE.search(line)
        if not match:
            continue
        cpu, time, event, fields = int(match[1]), float(match[2]), match[3], match[4]
        if event == "kvm_exit":
            reason = re.search(r"reason (\S+)", fields)
            trace.exits.append(Exit(time, cpu, reason[1] if reason else "?"))
        elif event == "seamldr_update_step":
            step = FTRACE_STEP.match(fields)
            if not step or step[1] not in STEPS:
                raise Wrong(f"line {number} has a seamldr_update_step of another form")
            trace.parts.append(Part(time, cpu, step[1]))
            if step[2] == "1":
                trace.calls.append(Call(time, cpu, step[1], step[3]))
    return trace


def read(path):
    try:
        with (sys.stdin if path == "-" else open(path, encoding="utf-8")) as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path} cannot be read: {error}") from error
    first = next((line for line in lines if line.strip()), "")
    trace = read_emulator(lines) if first.startswith("{") else read_ftrace(lines)
    for events in (trace.parts, trace.calls, trace.exits):
        events.sort(key=lambda event: event.time)
    return trace


class Update:
    """Steps in their order: [name, begin, end, {cpu: when its part was done}].

    A step begins when the last CPU has done the one before. An attempt to do a step
    again is a part of it."""

    def __init__(self, parts):
        self.cpus = sorted({part.cpu for part in parts})
        self.steps = []
        begin = parts[0].time
        for name in STEPS:
            done = {p.cpu: p.time for p in parts if p.step == name}
            if done:
                end = max(done.values())
                self.steps.append((name, begin, end, done))
                begin = end
        self.begin, self.end = parts[0].time, begin

    def calls(self, trace):
        return [call for call in trace.calls if self.begin <= call.time <= self.end]


def find_updates(trace):
    """An update goes on as long as no step comes that was over, and installs something.
    CPUs are initialized at other times, too."""
    found, current = [], []
    over = True
    for part in trace.parts:
        if over or STEPS.index(part.step) < STEPS.index(current[-1].step):
            current = []
            found.append(current)
        current.append(part)
        over = trace.source == "emulator" and part.step == STEPS[-1] and \
            succeeded(trace, part)
    return [Update(parts) for parts in found if any(p.step == "CPU_INSTALL" for p in parts)]


def succeeded(trace, part):
    return any(call.time == part.time and call.cpu == part.cpu and call.status == "TDX_SUCCESS"
               for call in trace.calls)


def microseconds(seconds):
    return f"{seconds * 1e6:.0f}"


def summary(trace, updates):
    for number, update in enumerate(updates, 1):
        total = update.end - update.begin
        yield (f"update {number}: {len(update.cpus)} CPUs, {microseconds(total)} us from the "
               f"first {update.steps[0][0]} to the last {update.steps[-1][0]}")
        yield f"  {'step':12}{'us':>9}{'share':>8}{'calls':>8}  last CPU"
        for name, begin, end, done in update.steps:
            calls = sum(1 for c in update.calls(trace) if LEAVES.get(c.name, c.name) == name)
            share = (end - begin) / total if total else 0
            yield (f"  {name:12}{microseconds(end - begin):>9}{share:>8.0%}{calls:>8}  "
                   f"CPU {max(done, key=done.get)}")
        before = [e.time for e in trace.exits if e.time < update.begin]
        after = [e.time for e in trace.exits if e.time > update.end]
        if before and after:
            yield f"  no TD exits for {microseconds(after[0] - before[-1])} us"


def bars(update):
    """(cpu, step, begin, end, whether it waits for others)"""
    for name, begin, end, done in update.steps:
        for cpu in update.cpus:
            own = done.get(cpu, begin)
            if own > begin:
                yield cpu, name, begin, own, False
            if end > own:
                yield cpu, name, own, end, True


def perfetto(trace, updates):
    """The JSON of Chrome's trace viewer, which the Perfetto UI opens, too."""
    events = [{"ph": "M", "name": "process_name", "pid": 1, "args": {"name": "TDX host"}}]
    for cpu in sorted({event.cpu for event in trace.parts + trace.calls + trace.exits}):
        events.append({"ph": "M", "name": "thread_name", "pid": 1, "tid": cpu,
                       "args": {"name": f"CPU {cpu}"}})

    def add(phase, cpu, name, time, **more):
        events.append({"ph": phase, "pid": 1, "tid": cpu, "name": name,
                       "ts": round(time * 1e6, 3), **more})

    for update in updates:
        for cpu, name, begin, end, waits in bars(update):
            add("X", cpu, f"{name}: waits" if waits else name, begin,
                dur=round((end - begin) * 1e6, 3), cat="wait" if waits else "step")
    for call in trace.calls:
        add("i", call.cpu, call.name, call.time, s="t", cat="firmware",
            args={"status": call.status})
    for leave in trace.exits:
        add("i", leave.cpu, "TD exit", leave.time, s="t", cat="td", args={"reason": leave.reason})
    return {"displayTimeUnit": "ns", "traceEvents": events}


COLOURS = {"START": "#8a8a8a", "SHUTDOWN": "#b5482f", "CPU_INSTALL": "#2f6db5",
           "CPU_INIT": "#3f8f4f", "RUN_UPDATE": "#8a56a8"}
WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 960, 70, 20, 66, 26, 16
# What is shown of the time before and after: so many exits, in these parts of the
# update's own time
EXITS_AROUND, LEAST_AROUND, MOST_AROUND = 12, 0.2, 2
# A drawing has a limit; exits beyond it are left out evenly.
MOST_EXITS = 400


def nice_step(span):
    step = 10 ** len(str(int(span * 1e6))) / 1e8
    return next(s for s in (step / 5, step / 2, step, step * 2, step * 5, step * 10)
                if span / s <= 10)


def thinned(exits, begin, end):
    shown = [e for e in exits if begin <= e.time <= end]
    stride = len(shown) // MOST_EXITS + 1
    return shown[::stride], stride


def view(trace, update):
    """(begin, end) of what is drawn"""
    span = (update.end - update.begin) or 1e-6
    before = [e.time for e in trace.exits if e.time < update.begin][-EXITS_AROUND:]
    after = [e.time for e in trace.exits if e.time > update.end][:EXITS_AROUND]

    def around(time):
        return min(max(time, LEAST_AROUND * span), MOST_AROUND * span)

    return (update.begin - around(update.begin - before[0] if before else 0),
            update.end + around(after[-1] - update.end if after else 0))


class Drawing:
    def __init__(self, begin, end, zero, rows):
        self.begin, self.end, self.zero = begin, end, zero
        self.rows = {cpu: TOP + ROW * n for n, cpu in enumerate(rows)}
        self.bottom = TOP + ROW * len(rows)
        self.out = []

    def x(self, time):
        return round(LEFT + (time - self.begin) / (self.end - self.begin) *
                     (WIDTH - LEFT - RIGHT), 1)

    def rect(self, x, y, width, height, colour, title="", **more):
        style = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())
        body = f"><title>{escape(title)}</title></rect>" if title else "/>"
        self.out.append(f'<rect x="{x}" y="{y}" width="{round(max(width, 0.5), 1)}" '
                        f'height="{height}" fill="{colour}"{style}{body}')

    def text(self, x, y, text, anchor="start", colour="#222"):
        self.out.append(f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{colour}">'
                        f'{escape(text)}</text>')

    def axis(self):
        step = nice_step(self.end - self.begin)
        n = int((self.begin - self.zero) / step)
        while self.zero + n * step <= self.end:
            x = self.x(self.zero + n * step)
            self.out.append(f'<path d="M{x} {TOP - 4}V{self.bottom}" stroke="#ddd"/>')
            self.text(x, self.bottom + 16, f"{n * step * 1e3:g}", "middle", "#555")
            n += 1
        self.text(WIDTH - RIGHT, self.bottom + 32, "ms", "end", "#555")
        for cpu, y in self.rows.items():
            self.text(LEFT - 8, y + BAR - 3, f"CPU {cpu}", "end")

    def legend(self, steps):
        x = LEFT
        for name in steps:
            self.rect(x, 34, 12, 12, COLOURS[name])
            self.text(x + 16, 44, name)
            x += 34 + 8 * len(name)
        self.rect(x, 34, 12, 12, "#8a8a8a", fill_opacity="0.25")
        self.text(x + 16, 44, "waits for others")
        self.out.append(f'<path d="M{x + 136} 32V48" stroke="#000"/>')
        self.text(x + 142, 44, "firmware call")
        self.out.append(f'<circle cx="{x + 244}" cy="40" r="2.5" fill="#d08a00"/>')
        self.text(x + 252, 44, "TD exit")

    def svg(self):
        height = self.bottom + 42
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            *self.out, "</svg>", ""])


def draw(trace, update, title):
    begin, end = view(trace, update)
    exits, stride = thinned(trace.exits, begin, end)
    rows = sorted(set(update.cpus) | {e.cpu for e in exits})
    drawing = Drawing(begin, end, update.begin, rows)
    if stride > 1:
        title += f", one TD exit of {stride}"
    drawing.text(LEFT, 20, title)
    drawing.legend([name for name, *_ in update.steps])
    drawing.axis()
    for cpu, name, begin, end, waits in bars(update):
        drawing.rect(drawing.x(begin), drawing.rows[cpu], drawing.x(end) - drawing.x(begin), BAR,
                     COLOURS[name], f"CPU {cpu} {name}{', waits' if waits else ''}: "
                     f"{microseconds(end - begin)} us", fill_opacity="0.25" if waits else "1")
    for call in trace.calls:
        if call.cpu in drawing.rows and drawing.begin <= call.time <= drawing.end:
            x, y = drawing.x(call.time), drawing.rows[call.cpu]
            drawing.out.append(f'<path d="M{x} {y - 3}V{y + BAR + 3}" stroke="#000">'
                               f'<title>{escape(call.name)}: {escape(call.status)}</title></path>')
    for leave in exits:
        drawing.out.append(f'<circle cx="{drawing.x(leave.time)}" '
                           f'cy="{drawing.rows[leave.cpu] + BAR / 2}" r="2.5" fill="#d08a00"/>')
    return drawing.svg()


def write(path, text):
    if path == "-":
        sys.stdout.write(text)
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("--update", type=int, default=1, metavar="N",
                        help="the update that --svg draws (1)")
    parser.add_argument("--title", help="text above the drawing")
    parser.add_argument("--svg", metavar="FILE")
    parser.add_argument("--perfetto", metavar="FILE", help="for ui.perfetto.dev")
    args = parser.parse_args()
    trace = read(args.trace)
    updates = find_updates(trace)
    if not updates:
        raise Wrong(f"there is no update in {args.trace}")
    if not 1 <= args.update <= len(updates):
        raise Wrong(f"there is no update {args.update}, there are {len(updates)}")
    if args.perfetto:
        write(args.perfetto, json.dumps(perfetto(trace, updates), indent=0) + "\n")
    if args.svg:
        update = updates[args.update - 1]
        title = args.title or (f"Update of the TDX module on {len(update.cpus)} CPUs, "
                               f"{microseconds(update.end - update.begin)} us")
        write(args.svg, draw(trace, update, title))
    if "-" not in (args.svg, args.perfetto):
        print("\n".join(summary(trace, updates)))


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(f"timeline: {wrong}.")
    except BrokenPipeError:
        sys.exit(1)
