#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Executables that were built ahead of time against the stepping engine, on random programs of machine code that call,
loop, compute addresses, and write to themselves: the same end, registers, cycles and memory wherever they are stopped.

    ahead.py INLAY_6502 [--programs N] [--seed S] [--keep FOLDER]
"""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import seeded

MAIN, SUBROUTINES, END = 0x0400, 0x0700, 0x0900
LOW = 0x0080  # code in page 0
STOPS = 3  # cycles at which each executable is stopped
KEYS = ("end", "status", "cycles", "pc", "a", "x", "y", "s", "p")
VARIANTS = ("6502", "2a03", "65c02")
# By the low five bits of the opcode.
ONE_BYTE, THREE_BYTES = {0x08, 0x0A, 0x18, 0x1A}, {0x0C, 0x0D, 0x0E, 0x0F, 0x19, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F}
JUMPS = {0x00, 0x20, 0x40, 0x60, 0x4C, 0x6C, 0x7C, 0x80}
JAMS = {0x02, 0x12, 0x22, 0x32, 0x42, 0x52, 0x62, 0x72, 0x92, 0xB2, 0xD2, 0xF2}
LDX_TXS, TXS = 0xA2, 0x9A


seen = {"entered": 0, "invalidated": 0}  # compiled code, by executables


class Program:
    """64 KiB of memory, drawn from a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.variant = VARIANTS[seed % 3]
        self.memory = bytearray(self.random.choice((0, self.random.randrange(256))) for _ in range(65536))
        self.changes = self.random.choice((0, 0.02, 0.1))  # how often code is written to
        self.operands, self.opcodes, self.subroutines = [], [], []
        handler = 0x0A00
        self.set(handler, 0xE6, 0x20, 0x40)  # INC $20; RTI
        self.word(0xFFFE, handler)
        self.code(SUBROUTINES, END, True)
        if self.random.random() < 0.3:
            self.code(LOW, 0x00E0, True)
        self.code(MAIN, SUBROUTINES, False)

    def set(self, address, *values):
        for value in values:
            self.memory[address & 0xFFFF] = value & 0xFF
            address += 1

    def word(self, address, value):
        self.set(address, value, value >> 8)

    def data(self):
        return self.random.choice((self.random.randrange(0x200, 0x400), self.random.randrange(0x10, 0x80), self.random.randrange(0x10000)))

    def put(self, *values):
        self.set(self.at, *values)
        self.at += len(values)

    def plain(self):
        """An instruction that control goes on behind. Addresses are mostly those of data."""
        opcode = self.random.randrange(256)
        while opcode in JUMPS | JAMS | {TXS} or opcode & 0x1F == 0x10 or (self.variant == "65c02" and opcode & 7 in (3, 7)):
            opcode = self.random.randrange(256)
        self.opcodes.append(self.at)
        column = opcode & 0x1F
        length = 1 if column in ONE_BYTE else 3 if column in THREE_BYTES else 2
        if self.variant == "65c02" and opcode == 0x5C:
            length = 3
        if length > 1:
            self.operands.append(self.at + 1)
        if length == 1:
            self.put(opcode)
        elif length == 2:
            self.put(opcode, self.random.randrange(0x10, 0x80))
        else:
            address = self.data()
            self.put(opcode, address, address >> 8)

    def change(self):
        """Writes to an operand or, seldom, an opcode; or to some place computed from an index."""
        kind = self.random.random()
        if kind < 0.5:  # LDX #n; INC operand,X; ADC #operand: the next instruction, by an address that nobody sees
            index = self.random.randrange(256)
            address = self.at + 6 - index
            self.put(0xA2, index, 0xFE, address, address >> 8, self.random.choice((0x69, 0x49, 0xA9)), self.random.randrange(256))
            self.put(0x18, 0x6D, 0x00, 0x7F, 0x8D, 0x00, 0x7F)  # a sum that remembers it: CLC; ADC $7F00; STA $7F00
            return
        places = self.operands if kind < 0.85 else self.opcodes
        if not places:
            return
        address = self.random.choice(places)
        if kind < 0.95:
            self.put(self.random.choice((0x8D, 0xEE, 0x8E)), address, address >> 8)
        else:
            self.put(0xA2, self.random.randrange(16), 0x9D, address, address >> 8)

    def loop(self, depth, end):
        counter = 0xF0 + depth
        self.put(0xA9, self.random.randrange(2, 40), 0x85, counter)
        head = self.at
        for _ in range(self.random.randrange(1, 8)):
            self.step(depth + 1, end)
        self.put(0xC6, counter)
        if self.at - head < 120:
            self.put(0xD0, head - self.at - 2)
        else:
            self.put(0xF0, 3, 0x4C, head, head >> 8)

    def step(self, depth, end):
        if self.at > end - 60:
            return
        kind = self.random.random()
        if kind < self.changes:
            self.change()
        elif kind < 0.2 and depth < 4:
            self.loop(depth, end)
        elif kind < 0.3 and self.subroutines:
            target = self.random.choice(self.subroutines)
            self.put(0x20, target, target >> 8)
        elif kind < 0.4:
            self.put(self.random.choice((0x10, 0x30, 0x50, 0x70, 0x90, 0xB0, 0xD0, 0xF0)), 2, 0xE8, 0xC8)
        elif kind < 0.42:
            self.put(0x00, 0xEA)  # BRK
        elif kind < 0.45:
            self.put(0x48, *([0x0A] * self.random.randrange(3)), 0x68)
        elif kind < 0.47:  # a pointer to behind it
            self.put(0xA9, self.at + 13, 0x85, 0x0E, 0xA9, (self.at + 13) >> 8, 0x85, 0x0F, 0x6C, 0x0E, 0x00, 0xEA, 0xEA)
        else:
            self.plain()

    def code(self, start, end, subroutines):
        self.at = start
        while self.at < end - 80:
            if subroutines:
                begin = self.at
                for _ in range(self.random.randrange(1, 20)):
                    self.step(2, end)
                self.put(0x60)
                self.subroutines.append(begin)
            else:
                self.step(0, end)
        if not subroutines:
            self.put(0xA2, 0xFF, TXS)
            if self.random.random() < 0.3:
                self.put(0xE6, 0x0D, 0xD0, 3, 0x4C, self.at + 4, (self.at + 4) >> 8)  # after 256 rounds a trap
            self.put(0x4C, MAIN, MAIN >> 8)


def execute(words):
    done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, done.stderr.decode(errors="replace")


def outcome(words, dump):
    dump.unlink(missing_ok=True)
    code, said = execute([*words, "--json", "--dump", dump])
    try:
        answer = json.loads(said.splitlines()[-1])
        seen["entered"] += answer["entered"]
        seen["invalidated"] += answer["invalidated"]
        return code, {key: answer[key] for key in KEYS}, dump.read_bytes()
    except (ValueError, IndexError, KeyError, OSError):
        return code, said[-500:], b""


def check(command, folder, seed, problems):
    program = Program(seed)
    image, game, dump = folder / f"p{seed}.bin", folder / f"p{seed}", folder / "memory"
    image.write_bytes(program.memory)
    words = [image, "--variant", program.variant, "--pc", f"{MAIN:X}"]
    profile = ["--profile", 20_000] if seed % 2 else []
    code, said = execute([command, "build", *words, *profile, "-o", game])
    if code != 0:
        problems.append(f"seed {seed}: build: {code} {said[-500:]}")
        return 0
    ran = 0
    for stop in range(STOPS):
        cycles = program.random.randrange(1, 10 ** (4 + stop))
        wanted = outcome([command, "run", *words, "--engine", "step", "--cycles", cycles], dump)
        got = outcome([game, "--cycles", cycles], dump)
        if isinstance(wanted[1], dict):
            ran += wanted[1]["cycles"]
        if got[:2] != wanted[:2]:
            problems.append(f"seed {seed} ({program.variant}), {cycles} cycles: {got[:2]} for {wanted[:2]}")
        elif got != wanted:
            differ = [f"{at:04X}" for at in range(len(wanted[2])) if got[2][at : at + 1] != wanted[2][at : at + 1]]
            problems.append(f"seed {seed} ({program.variant}), {cycles} cycles: memory differs at {differ[:10]}")
    return ran


def main():
    options = seeded.options_of(programs=24)
    problems, cycles = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for seed in range(options.seed, options.seed + options.programs):
            before = len(problems)
            cycles += check(options.command, folder, seed, problems)
            if options.keep and len(problems) > before:
                shutil.copy(folder / f"p{seed}.bin", options.keep)
            for file in (folder / f"p{seed}.bin", folder / f"p{seed}"):
                if file.exists():
                    os.unlink(file)
    few = cycles < options.programs * 1000 or min(seen.values()) < options.programs // 2
    return seeded.status_of(f"{options.programs} programs, {cycles} cycles, compiled code {seen}", problems,
                            few and "the programs end too soon, or too little of them was compiled or changed")


sys.exit(main())
