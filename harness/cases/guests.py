# SPDX-License-Identifier: GPL-2.0
"""Guests that do cells: their images, their boots, and what they have printed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

HARNESS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ["BUILD"]
KERNEL = os.environ["KERNEL"]
VARIANT = os.environ.get("VARIANT") or ""
FLAVOUR = "-".join(filter(None, [KERNEL, VARIANT]))
LOG = os.path.join(BUILD, "log")
TOOL = os.path.join(BUILD, "emulator", "tdx-image")

start = time.time()


def say(text):
    print(f"[{time.time() - start:4.0f} s] {text}", file=sys.stderr, flush=True)


def lines_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            return [line.rstrip("\n") for line in lines]
    except FileNotFoundError:
        return []


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def tool(*words):
    # It says itself what is wrong.
    if subprocess.run([TOOL, *words], check=False).returncode:
        sys.exit(f"tdx-image {' '.join(words)} failed")


def make_image(path, build, damage=""):
    """An image, by the options of tdx-image build, damaged by those of tdx-image damage."""
    tool("build", "-o", path, *build.split())
    kind, *options = damage.split() or [""]
    if kind == "line-feed":     # what an editor leaves at the end
        with open(path, "ab") as image:
            image.write(b"\n")
    elif kind == "first-page":
        os.truncate(path, 4096)
    elif kind:
        tool("damage", kind, path, "-o", path, *options)


def make_images(directory, table):
    """What guests of a table need: its images as DIRECTORY/files/cases/NAME.bin, and its machines
    as DIRECTORY/NAME.machine, which has options of the plugin. Made anew only if any of that has
    changed."""
    programs = table.of.get("program", {})
    tools = [lines_of(__file__), hashlib.sha256(open(TOOL, "rb").read()).hexdigest()]
    inputs = [directory, table.images, table.machines, programs, tools]
    wanted = hashlib.sha256(repr(inputs).encode()).hexdigest()
    stamp = os.path.join(directory, "stamp")
    if lines_of(stamp) != [wanted]:
        say(f"making the images of {os.path.relpath(directory, BUILD)}")
        shutil.rmtree(directory, ignore_errors=True)
        inside = os.path.join(directory, "files", "cases")
        os.makedirs(inside)
        for image in table.images:
            make_image(os.path.join(inside, image.name + ".bin"), image.build, image.damage)
        for name, machine in table.machines.items():
            module, program = (os.path.join(directory, name + end) for end in (".module", ".program"))
            make_image(module, machine.module)
            options = f"{machine.plugin},module={module}"
            if name in programs:
                write(program, programs[name].text + "\n")
                options += f",td-program={program}"
            write(os.path.join(directory, name + ".machine"), options + "\n")
        write(stamp, wanted + "\n")
    subprocess.run([f"{HARNESS}/vm/initramfs"], check=True)


def pack(path, directory, batch=None):
    """The initramfs PATH: the usual one, and the images, and the batch of that name."""
    files = os.path.join(directory, "files")
    names = ["cases"] + [f"cases/{n}" for n in sorted(os.listdir(f"{files}/cases"))
                         if n.endswith(".bin") or n == batch]
    with open(path, "wb") as out, open(f"{BUILD}/initramfs-{FLAVOUR}.cpio", "rb") as usual:
        shutil.copyfileobj(usual, out)
        out.flush()
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=files, check=True,
                       input="".join(f"{n}\n" for n in names).encode(), stdout=out)


class Guest:
    """A guest that does the groups of a batch, and what it had to say about its cells."""

    def __init__(self, directory, log, batch, machine, seconds):
        self.log, self.machine = log, machine
        self.answers, self.notes, self.said, self.done, self.ended = {}, {}, {}, set(), False
        self.boot(directory, f"batch-{log}", batch, seconds)
        for line in lines_of(f"{LOG}/{log}.guest.log"):
            if line.startswith("# answer|"):
                _, cell, step, rest = line.split("|", 3)
                answer, _, ms = rest.rpartition("|")
                self.answers[cell, step] = (answer, int(ms or 0))
            elif line.startswith(("# note|", "# said|")):
                kind, cell, text = line.split("|", 2)
                (self.notes if kind == "# note" else self.said).setdefault(cell, []).append(text)
            elif line.startswith("# done|"):
                self.done |= set(line.split("|", 1)[1].split())
            elif line == "# end":
                self.ended = True
        self.complaints = self.sections(f"{LOG}/{log}.console.log", r"case: (\w+) (.*)$",
                                        f"{LOG}/{log}.complaints")
        self.trace = self.sections(f"{LOG}/{log}.trace", r"mark: case (\w+) (.*)$")

    def boot(self, directory, name, batch, seconds):
        write(f"{directory}/files/cases/{name}", "".join(batch) + "end\n")
        initrd = f"{directory}/initramfs-{name}.cpio"
        pack(initrd, directory, name)
        # A host that does not get round to a vCPU for half a minute looks like a lockup.
        env = dict(os.environ, MACHINE=lines_of(f"{directory}/{self.machine.name}.machine")[0], INITRD=initrd,
                   PLUGIN=f"trace={LOG}/{self.log}.trace", CPUS=self.machine.cpus or "4",
                   MEMORY=self.machine.memory or "2G", TIMEOUT=str(seconds),
                   APPEND=f"msr.allow_writes=on oops=panic watchdog_thresh=60 {self.machine.append}")
        for kind in ("trace", "guest.log", "console.log"):
            if os.path.exists(f"{LOG}/{self.log}.{kind}"):
                os.remove(f"{LOG}/{self.log}.{kind}")
        with open(f"{LOG}/{self.log}.boot.log", "w", encoding="utf-8") as out:
            subprocess.run([f"{HARNESS}/vm/qemu", self.log, "cases", name], env=env,
                           stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False)
        with open(f"{LOG}/{self.log}.complaints", "w", encoding="utf-8") as out:
            subprocess.run([f"{HARNESS}/vm/complaints", self.log], stdout=out, check=False)
        os.remove(initrd)

    @staticmethod
    def sections(path, mark, only=None):
        """Lines by cell and by what was done in it: {cell: [(part, line)]}"""
        wanted = None
        if only:
            wanted = {int(c.split(":", 1)[0]) for c in lines_of(only) if c.split(":", 1)[0].isdigit()}
        found, cells, part = {"boot": []}, ["boot"], ""
        for number, line in enumerate(lines_of(path), 1):
            match = re.search(mark, line)
            if match:
                part, cells = match.group(1), match.group(2).split()
                for cell in cells:
                    found.setdefault(cell, [])
            elif wanted is None or number in wanted:
                for cell in cells:
                    found[cell].append((part, line))
        return found
