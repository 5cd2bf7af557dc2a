#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random C programs, compiled by cc65, in each engine and built ahead of time against Debian's sim65: the same output,
exit code and cycles; and the same memory in all engines.

    differential.py INLAY_6502 [--programs N] [--seed S] [--keep FOLDER]

sim65 2.19 does not count the jump to its exit, 3 cycles, and counts some instructions wrongly, which this knows: a
branch crosses a page if its target is not in the page of the next instruction, not in its own, as sim65 has it; on a
65C02 JMP (abs) takes 6 cycles and not 5; ASL, LSR and ROR abs,X take a seventh where a page is crossed, and ROL
abs,X only then. On a 6502 it takes ROL abs,X to be of two bytes, so programs with it are left out there. Of
decimal arithmetic it has ADC right, but for N, V and Z on a 65C02; SBC is wrong on both.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import random_c
import seeded

EXIT_JUMP = 3
ENGINES = {
    "step": ["--engine", "step"],
    "interpreter": ["--engine", "interpreter"],
    "jit": ["--engine", "jit", "--patience", "0"],
    "jit that waits": ["--engine", "jit", "--heat", "255", "--compile-at-once"],
}
SKIPPED = 77
BRANCHES = {b"10", b"30", b"50", b"70", b"90", b"B0", b"D0", b"F0", b"80"}
LIMIT_S = 120
LONGEST = 20_000_000  # cycles; what takes longer is left out
LONGEST_COMPILED = 2_000_000

problems = []


def execute(*words):
    done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def sim65(image, arguments):
    code, out, said = execute("sim65", "-c", "-x", LONGEST, image, *arguments)
    found = re.search(rb"(\d+) cycles\n\Z", out)
    if not found:
        return None
    return code, out[: found.start()], int(found[1])


def taken_to_next(branch, following):
    """Whether a branch to the next instruction was taken: by the cycles it took here."""
    return int(following.rsplit(b":", 1)[1]) - int(branch.rsplit(b":", 1)[1]) > 2


def miscounted(command, image, arguments, variant):
    """By how many cycles sim65 is wrong, and whether it can run the program at all. From a trace, line by line."""
    more = 0
    words = [command, "run", "--trace=/dev/stderr", str(image), "--", *arguments]
    branch = None  # one that was the line before
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as traced:
        for line in traced.stderr:
            try:
                pc = int(line[:4], 16)
            except ValueError:
                continue  # the command's last words
            if branch is not None and (pc != branch + 2 or taken_to_next(before, line)):
                more += ((branch + 2) >> 8 != pc >> 8) - (branch >> 8 != pc >> 8)
            opcode = line[6:8]
            branch, before = pc if opcode in BRANCHES else None, line
            if variant == "6502":
                if opcode == b"3E":
                    return 0, False
            elif opcode == b"6C":
                more += 1
            elif opcode in (b"1E", b"3E", b"5E", b"7E"):
                base = int(line[12:14] + line[9:11], 16)
                x = int(line[line.index(b" X:") + 3 :][:2], 16)
                crosses = (base & 0xFF) + x > 0xFF
                more += crosses if opcode != b"3E" else crosses - 1
    return more, True


def ahead(command, folder, image, arguments, options, answers, memories, wrong):
    """As an executable. Building it takes its time: some of the programs."""
    game, dump = folder / "game", folder / "memory"
    dump.unlink(missing_ok=True)
    code, _, said = execute(command, "build", image, "-o", game, *options)
    if code != 0:
        return wrong.append(f"build: exit code {code}, and says {said[-300:]}")
    # Under the image's name, which is the program's first argument.
    got, out, said = execute("bash", "-c", 'exec -a "$0" "$@"', image, game, "--json", "--dump", dump, "--", *arguments)
    try:
        answers["ahead"] = (got, out, json.loads(said.splitlines()[-1])["cycles"])
        memories.add(dump.read_bytes())
    except (ValueError, IndexError, OSError):
        wrong.append(f"ahead: exit code {got}, and says {said[-300:]}")


def check(command, folder, seed, keep):
    variant, target = [("6502", "sim6502"), ("65c02", "sim65c02")][seed % 2]
    source, image = folder / f"p{seed}.c", folder / f"p{seed}"
    source.write_text(random_c.program(seed, 0xC3 if variant == "6502" else 0x01))
    flags = [["-Oirs"], ["-O"], [], ["-Oi", "-Cl"]][seed // 2 % 4]
    code, _, said = execute("cl65", "-t", target, *flags, source, "-o", image)
    if code != 0:
        problems.append(f"seed {seed}: cl65 refuses the program: {said[:500]}")
        return False
    arguments = ["one", "two words"][: seed % 3]
    expected = sim65(image, arguments)
    if expected is None:
        return False  # too long for us
    status, output, cycles = expected
    wanted = (status, output, cycles + EXIT_JUMP)
    memories, wrong, answers = set(), [], {}
    for name, options in ENGINES.items():
        # Compiling takes its time: some of the short programs, all of whose hot places are compiled.
        if "--compile-at-once" in options and (seed % 4 > 1 or cycles > LONGEST_COMPILED):
            continue
        dump = folder / "memory"
        dump.unlink(missing_ok=True)
        got, out, said = execute(command, "run", "--json", "--dump", dump, *options, image, "--", *arguments)
        try:
            answers[name] = (got, out, json.loads(said.splitlines()[-1])["cycles"])
            memories.add(dump.read_bytes())
        except (ValueError, IndexError, OSError):
            wrong.append(f"{name}: exit code {got}, and says {said[-300:]}")
    if seed % 4 == 1:
        ahead(command, folder, image, arguments, ["--profile", 100_000] if seed % 8 == 1 else [], answers, memories, wrong)
    comparable = True
    if any(answer != wanted for answer in answers.values()):
        # A trace tells whether that is sim65's fault. It is long, so not before.
        more, comparable = miscounted(command, image, arguments, variant)
        wanted = (status, output, cycles + EXIT_JUMP + more)
    for name, answer in answers.items():
        if comparable and answer != wanted:
            wrong.append(f"{name}: exit code, output, cycles {(answer[0], answer[1][-100:], answer[2])} for {(wanted[0], wanted[1][-100:], wanted[2])}")
    if len(memories) > 1 or len({answer[2] for answer in answers.values()}) > 1:
        wrong.append("the engines differ in memory or cycles")
    problems.extend(f"seed {seed} ({variant}, cl65 {' '.join(flags)}): {text}" for text in wrong)
    if wrong and keep:
        for file in (source, image):
            shutil.copy(file, keep)
    return comparable


def main():
    options = seeded.options_of(programs=12)
    if not shutil.which("cl65") or not shutil.which("sim65"):
        print("skipped: cc65 is not installed (scripts/setup --develop)")
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        compared = 0
        for seed in range(options.seed, options.seed + options.programs):
            compared += check(options.command, pathlib.Path(name), seed, options.keep)
    return seeded.status_of(f"{compared} of {options.programs} programs compared with sim65 in up to {len(ENGINES)} engines and ahead of time",
                            problems, compared * 2 < options.programs and "fewer than half of the programs could be compared")


sys.exit(main())
