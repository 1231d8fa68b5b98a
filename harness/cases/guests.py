# SPDX-License-Identifier: GPL-2.0
"""What all who run cases in guests share: where things are, the images of a table, what
a guest has printed, and the order of lines in a trace."""

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
GUESTS = int(os.environ.get("GUESTS") or 2)
TOOL = os.path.join(BUILD, "emulator", "tdx-image")

# What all modules share; small, because an emulated CPU has to hash it.
MODULE = "--version 2.0.09 --handoff-pages 25 --svn 1.11 --pages 20"
# They know two handoff versions, so that there is something to choose.
MODULE_HV = f"{MODULE} --hv 2 --min-hv 1"

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


def make_images(directory, place, images, machines, files):
    """DIRECTORY/files/PLACE, for the initramfs, with (NAME, BUILD, DAMAGE) as NAME.bin and
    with {NAME: TEXT}; and DIRECTORY/NAME.machine, by (NAME, OPTIONS of the plugin, BUILD of
    the module that BIOS loads, what TDs execute if not the usual). Made anew only if any of
    that has changed."""
    tools = [lines_of(__file__), hashlib.sha256(open(TOOL, "rb").read()).hexdigest()]
    wanted = hashlib.sha256(repr([directory, images, machines, files, tools]).encode()).hexdigest()
    stamp = os.path.join(directory, "stamp")
    if lines_of(stamp) == [wanted]:
        return
    say(f"making the images of {os.path.relpath(directory, BUILD)}")
    # What is half made counts for nothing.
    if os.path.exists(stamp):
        os.remove(stamp)
    inside = os.path.join(directory, "files", place)
    shutil.rmtree(os.path.join(directory, "files"), ignore_errors=True)
    os.makedirs(inside)
    for name, build, damage in images:
        make_image(os.path.join(inside, name + ".bin"), build, damage)
    for name, options, build, program in machines:
        module, text = (os.path.join(directory, name + end) for end in (".module", ".program"))
        make_image(module, build)
        if program:
            write(text, program + "\n")
        write(os.path.join(directory, name + ".machine"),
              f"{options},module={module}{f',td-program={text}' if program else ''}\n")
    for name, text in files.items():
        write(os.path.join(inside, name), text)
    write(stamp, wanted + "\n")


def pack(path, directory, names=None):
    """The initramfs PATH: the usual one, and what DIRECTORY/files has, or the NAMES below it."""
    files = os.path.join(directory, "files")
    if names is None:
        names = [os.path.relpath(os.path.join(top, name), files)
                 for top, dirs, found in os.walk(files) for name in dirs + found]
    with open(path, "wb") as out, open(f"{BUILD}/initramfs-{FLAVOUR}.cpio", "rb") as usual:
        shutil.copyfileobj(usual, out)
        out.flush()
        subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=files, check=True,
                       input="".join(n + "\n" for n in sorted(names)).encode(), stdout=out)


def initramfs():
    subprocess.run([f"{HARNESS}/vm/initramfs"], check=True)


def boot(name, machine, *script, stdout=subprocess.DEVNULL, **env):
    """Boot a machine of make_images() with a script of harness/guest."""
    subprocess.run([f"{HARNESS}/cases/boot", name, machine, *script], env=dict(os.environ, **env),
                   stdin=subprocess.DEVNULL, stdout=stdout, stderr=stdout, check=False)


def misplaced(wanted, lines):
    """What is wrong if lines do not match these expressions in this order, or a line matches
    the RE of "!RE" before one matches the next expression."""
    at, banned = 0, None
    for want in wanted:
        if want.startswith("!"):
            banned = want[1:]
            continue
        while at < len(lines) and not re.search(want, lines[at]):
            if banned and re.search(banned, lines[at]):
                return f"in the trace, \"{banned}\" must not come before \"{want}\": {lines[at]}"
            at += 1
        if at == len(lines):
            return f"in the trace, no line matches \"{want}\" in its turn"
        at, banned = at + 1, None
    if banned and any(re.search(banned, line) for line in lines[at:]):
        return f"in the trace, \"{banned}\" must not come at the end"
    return None
