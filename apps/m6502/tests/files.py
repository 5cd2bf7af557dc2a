#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests that are not part of the tree, from a folder that INLAY_6502_FILES names: Klaus Dormann's 6502_functional_test.bin
and 65C02_extended_opcodes_test.bin, as he assembled them, and nestest.nes with nestest.log. What is not there is skipped.

    INLAY_6502_FILES=FOLDER files.py INLAY_6502
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ENGINES = ("step", "interpreter", "jit")
SKIPPED = 77
problems, tried = [], 0


def run(*words):
    done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    return done.returncode, done.stderr.decode(errors="replace")


def functional(command, image, success, cycles, *options):
    """It gets to its end, in all engines in the same cycle; in this one, if it is known."""
    seen = set()
    for engine in ENGINES:
        status, said = run(command, "run", image, "--pc", "400", "--success", success, "--engine", engine, "--cycles", 500_000_000, "--json", *options)
        told = json.loads(said.splitlines()[-1])
        seen.add(told["cycles"])
        if status != 0:
            problems.append(f"{image.name}, {engine}: {said}")
    if len(seen) != 1 or (cycles and seen != {cycles}):
        problems.append(f"{image.name}: cycles {seen}, not {cycles or 'the same'}")


def nestest(command, image, log):
    with tempfile.TemporaryDirectory() as folder:
        trace = pathlib.Path(folder) / "trace"
        expected = log.read_text().splitlines()
        run(command, "run", image, "--pc", "C000", f"--trace={trace}", "--cycles", 26555)
        lines = trace.read_text().splitlines()
    # Older logs count dots instead of cycles: their lines are compared up to there.
    width = None if "PPU:" in expected[0] else len("C000  4C F5 C5  JMP $C5F5                       A:00 X:00 Y:00 P:24 SP:FD")
    for number, (line, wanted) in enumerate(zip(lines, expected), 1):
        if line[:width] != wanted.rstrip()[:width]:
            problems.append(f"nestest, line {number}:\n  {line}\n  {wanted}")
            return
    if len(lines) != len(expected):
        problems.append(f"nestest: {len(lines)} lines, not {len(expected)}")


def main():
    global tried
    command = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(os.environ.get("INLAY_6502_FILES", "/nonexistent"))
    for name, *arguments in (("6502_functional_test.bin", "3469", 96_241_364), ("65C02_extended_opcodes_test.bin", "24F1", None, "--variant", "65c02")):
        if (folder / name).exists():
            tried += 1
            functional(command, folder / name, *arguments)
    if (folder / "nestest.nes").exists() and (folder / "nestest.log").exists():
        tried += 1
        nestest(command, folder / "nestest.nes", folder / "nestest.log")
    if tried == 0:
        print("skipped: INLAY_6502_FILES names no folder with 6502_functional_test.bin or nestest.nes and nestest.log")
        return SKIPPED
    for text in problems:
        print("FAILED:", text)
    print(f"{tried} programs, {len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())
