#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay-6502` answers to files, commands and surroundings that are none: an exit status and a message, never a
crash, and never a run without end.

    hostile.py INLAY_6502 [--rounds N] [--seed S]
"""

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ENGINES = ("step", "interpreter", "jit")
LOOP = bytes.fromhex("A200E84C0210")  # LDX #0; INX; JMP to that: it never ends, and is no trap
COUNT = bytes.fromhex("A205CAD0FD8510A941850F4C0C10")  # ends in a trap
passed, problems = 0, []


def claim(what, holds, *seen):
    global passed
    passed += holds
    if not holds:
        problems.append(what)
        print(f"FAILED: {what}", *seen, sep="\n  ")


class Command:
    def __init__(self, path, folder):
        self.path, self.folder = str(pathlib.Path(path).resolve()), folder

    def __call__(self, *words, stdin=b"", program=None):
        try:
            done = subprocess.run([program or self.path, *map(str, words)], input=stdin, capture_output=True, timeout=100, cwd=self.folder)
        except subprocess.TimeoutExpired:
            return "none", "", "it never ends"
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def answers(self, what, statuses, *words, stdin=b"", program=None, says=""):
        status, out, said = self(*words, stdin=stdin, program=program)
        sound = status in statuses and says in said and "Sanitizer" not in said and "runtime error" not in said
        claim(what, sound, [str(word)[:60] for word in words], status, said[-1500:])
        return out


def images(run):
    nothing = run.folder / "nothing"
    nothing.write_bytes(b"")
    for kind in ("binary", "hex", "prg", "sim65", "nes"):
        run.answers(f"no bytes as {kind}", {2}, "run", nothing, "--format", kind, says="nothing: error: ")
    for fill in (0x00, 0xFF, 0x02):
        whole = run.folder / f"all{fill}"
        whole.write_bytes(bytes([fill]) * 65536)
        for engine in ENGINES:
            for words in (["--cycles", 1], ["--cycles", 300_000], ["--cycles", 300_000, "--heat", 1, "--compile-at-once"]):
                run.answers(f"vectors into nothing but {fill}, {engine}", {0, 1}, "run", whole, "--engine", engine, *words, says="cycle")
        game = run.folder / f"game{fill}"
        run.answers(f"an executable of nothing but {fill}", {0}, "build", whole, "-o", game)
        for cycles in (1, 300_000):
            run.answers(f"it runs for {cycles} cycles", {0, 1}, "--cycles", cycles, program=game, says="cycle")
    (run.folder / "loop").write_bytes(LOOP)
    for engine in ENGINES:
        for start in ("1000", "FFFD", "FFFE", "FFFF"):
            run.answers(f"from {start} to a last cycle, {engine}", {0, 1}, "run", "loop", "--load", "1000", "--pc", start, "--engine", engine, "--cycles", 100_000, says="cycle")
        for opcode in ("02", "12", "F2"):
            run.answers(f"JAM {opcode}, {engine}", {1}, "run", "-", "--load", "FFFF", "--engine", engine, stdin=bytes.fromhex(opcode), says=f"jammed at $FFFF in cycle 3 (opcode ${opcode})")
    for option, text in (("--load", "10000"), ("--load", "-1"), ("--load", "$"), ("--pc", "99999999999999999999"), ("--pc", "0x"), ("--cycles", "0"), ("--cycles", "-1"),
                         ("--cycles", "9223372036854775808"), ("--cycles", "1e3"), ("--heat", "0"), ("--heat", "256"), ("--success", "zz")):
        run.answers(f"{option} {text}", {2}, "run", "loop", *([] if option == "--load" else ["--load", "1000"]), f"{option}={text}")


def surroundings(run):
    """Full disks, ends of pipes, and Ctrl-C."""
    run.answers("no room for --dump", {2}, "run", "loop", "--load", "1000", "--cycles", 10, "--dump", "/dev/full", says="No space left")
    run.answers("no room for a trace that never ends", {2}, "run", "loop", "--load", "1000", "--trace=/dev/full", says="No space left")
    run.answers("an executable over a device", {2}, "build", "loop", "--load", "1000", "-o", "/dev/full", says="/dev/full")
    run.answers("a folder as program", {2}, "run", "/", says="directory")
    # A pipe that nobody reads any more, whether its signal comes or not; Python ignores it.
    for ignore in (False, True):
        process = subprocess.Popen([run.path, "run", "loop", "--load", "1000", "--trace"], cwd=run.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=not ignore)
        process.stdout.read(100)
        process.stdout.close()
        try:
            status = process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            status = "none"
        claim(f"a closed output ends a trace (signal ignored: {ignore})", status == -signal.SIGPIPE, status, process.stderr.read())
    # What was traced before Ctrl-C is there, whole.
    trace = run.folder / "trace"
    process = subprocess.Popen([run.path, "run", "loop", "--load", "1000", f"--trace={trace}"], cwd=run.folder, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while (not trace.exists() or trace.stat().st_size < 10_000) and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    status = process.wait(timeout=60)
    lines = trace.read_bytes().split(b"\n")
    claim("Ctrl-C ends a run, and its trace is whole", status == -signal.SIGINT and lines[-1] == b"" and len({len(line.split(b"CYC:")[0]) for line in lines[:-1]}) == 1, status, lines[-2:])


def noise(random_, size):
    return bytes(random_.choice((0, 0x20, 0x0A, 0x3A, 0x30, 0x41, 0xFF, random_.randrange(256))) for _ in range(random_.randrange(size)))


def files(run, random_, rounds):
    hexadecimal = b":0E100000" + COUNT.hex().upper().encode()
    sum_ = -(0x0E + 0x10 + sum(COUNT)) & 255
    whole = {"hex": hexadecimal + b"%02X\n:00000001FF\n" % sum_, "prg": b"\x00\x10" + COUNT,
             "sim65": b"sim65\x02\x00\x00\x00\x10\x00\x10" + COUNT, "nes": b"NES\x1a\x01\x01\0\0" + bytes(8) + bytes(0x4000)}
    for kind, data in whole.items():
        run.answers(f"a {kind} file as it should be", {0}, "run", "-", "--format", kind, "--cycles", 2000, stdin=data)
    for _ in range(rounds):
        kind = random_.choice(list(whole))
        data = bytearray(whole[kind])
        for _ in range(random_.randrange(4)):
            data[random_.randrange(min(len(data), 40))] = random_.randrange(256)
        data = data[: random_.randrange(len(data) + 1)] if random_.random() < 0.3 else data
        data += noise(random_, 20) if random_.random() < 0.3 else b""
        run.answers(f"a damaged {kind} file", {0, 1, 2, *range(256)} if kind == "sim65" else {0, 1, 2}, "run", "-", "--format", kind, "--cycles", 2000, "--no-files", "--engine", random_.choice(ENGINES), stdin=bytes(data))
        (run.folder / "labels").write_bytes(random_.choice((b"al 001002 .loop\n", b"a = $1000\n", b"")) + noise(random_, 60))
        run.answers("labels", {0, 2}, "run", "loop", "--load", "1000", "--cycles", 10, "--labels", "labels")


def monitor(run, random_, rounds):
    (run.folder / "count").write_bytes(COUNT)
    words = ("step", "next", "break", "watch", "delete", "registers", "memory", "disassemble", "help", "d", "r", "s", "m", "labels", "load", "assemble", "fill", "?", "#")
    values = ("1000", "$FFFF", "0", "pc=100C", "a=FF", "p=", "=", "a=100", "10000", "-1", "1000-1010", "FFFF-0", "99999999999999999999", "loop", "2", "\x00", "\xff", "x" * 3000, "%s%n")
    for _ in range(rounds):
        lines = [" ".join([random_.choice(words), *random_.choices(values, k=random_.randrange(4))]) for _ in range(40)]
        lines = [line for line in lines if not line.startswith(("next", "step")) or not any(number in line for number in ("1000", "10000", "9999"))]
        lines.append(f"until {random_.randrange(1, 5000)}")
        text = "\n".join(lines).encode("latin-1") + noise(random_, 100)
        run.answers("monitor", {0, 2}, "monitor", "count", "--load", "1000", "--engine", random_.choice(ENGINES), stdin=text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run = Command(options.command, pathlib.Path(name))
        os.environ["HOME"] = name
        images(run)
        surroundings(run)
        files(run, random.Random(options.seed), options.rounds)
        monitor(run, random.Random(options.seed), options.rounds)
    print(f"{passed} passed, {len(problems)} failed")
    return 1 if problems else 0


sys.exit(main())
