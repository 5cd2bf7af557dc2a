#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What compiling costs in the Lua programs: time and code for each instruction of bytecode, time until warm, memory.

    costs.py build/release/apps/lua/inlay-lua [--source build/lua-5.4.4/src/lvm.c] [nbody ...]

Each program runs for some rounds with --jit=on --jit-explain, and once under lua5.4. `warm after` is the wall time until
a round took no more than 1.1 times the median of the last three. Code is the size of the objects. The second table has
the opcodes that became most LLVM instructions, of all programs together: how many for one instruction of bytecode.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

from run import PROGRAMS, RunError, size_of_round

COMPILED = re.compile(r"specialize ([\d.]+) ms, optimize ([\d.]+) ms, emit ([\d.]+) ms, link ([\d.]+) ms")
BYTECODE = re.compile(r"the program: (\d+) instructions became (\d+) of IR")
OBJECT = re.compile(r"an object of (\d+) bytes")
OPCODE = re.compile(r"^ +(\d+) of IR for (\d+) times \d+, .*lvm\.c:(\d+):\d+$", re.M)


def run_measured(command):
    """Standard error, with the wall time at which each line of a round came, and the most memory in MiB."""
    rounds = []
    with tempfile.TemporaryFile("w+") as rest:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if line.startswith("round "):
                rounds.append((time.perf_counter() - start, float(line.split()[2])))
            else:
                rest.write(line)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            raise RunError(f"{' '.join(command)}: status {status}")
        rest.seek(0)
        return rest.read(), rounds, usage.ru_maxrss / 1024


def warm_after(rounds):
    """Of a round that was quick: when it began."""
    quick = 1.1 * statistics.median(seconds for _, seconds in rounds[-3:])
    return next((max(0.0, ended - seconds) for ended, seconds in rounds if seconds <= quick), rounds[-1][0])


def opcode_names(source):
    """Line of lvm.c -> the opcode whose code is there; none where the source is not at hand."""
    names, current = {}, None
    if source.exists():
        for number, line in enumerate(source.read_text(errors="replace").splitlines(), 1):
            found = re.search(r"vmcase\(OP_(\w+)\)", line)
            current = found.group(1) if found else current
            names[number] = current
    return names


def costs_of(program, command, rounds):
    path = PROGRAMS / f"{program}.lua"
    arguments = [str(path), str(size_of_round(path)), str(rounds)]
    text, measured, memory = run_measured(command + ["--jit=on", "--jit-explain"] + arguments)
    _, _, plain_memory = run_measured(["lua5.4"] + arguments[:-1] + ["2"])
    bytecode = [tuple(map(int, found)) for found in BYTECODE.findall(text)]
    return {
        "pieces": len(bytecode),
        "bytecode": sum(count for count, _ in bytecode),
        "ir": sum(became for _, became in bytecode),
        "ms": sum(sum(map(float, found)) for found in COMPILED.findall(text)),
        "bytes": sum(map(int, OBJECT.findall(text))),
        "warm": warm_after(measured),
        "memory": memory,
        "plain": plain_memory,
        "opcodes": [tuple(map(int, found)) for found in OPCODE.findall(text)],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inlay_lua", help="the program")
    parser.add_argument("programs", nargs="*", help="names of programs (all of them)")
    parser.add_argument("--source", type=pathlib.Path, default=pathlib.Path("build/lua-5.4.4/src/lvm.c"))
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_intermixed_args()
    programs = options.programs or sorted(path.stem for path in PROGRAMS.glob("*.lua"))
    names, opcodes, all_rows = opcode_names(options.source), {}, []
    print(f"{'':18}{'pieces':>8}{'bytecode':>10}{'IR/instr.':>11}{'bytes/instr.':>14}{'ms/instr.':>11}"
          f"{'warm after s':>14}{'MiB':>8}{'lua5.4 MiB':>12}")
    for program in programs:
        try:
            row = costs_of(program, [os.path.abspath(options.inlay_lua)], options.rounds)
        except (RunError, OSError) as error:
            print(f"costs.py: {error}", file=sys.stderr)
            return 1
        all_rows.append(row)
        count = max(row["bytecode"], 1)
        print(f"{program:18}{row['pieces']:8}{row['bytecode']:10}{row['ir'] / count:11.1f}{row['bytes'] / count:14.1f}"
              f"{row['ms'] / count:11.2f}{row['warm']:14.2f}{row['memory']:8.0f}{row['plain']:12.0f}", flush=True)
        for became, times, line in row["opcodes"]:
            total = opcodes.setdefault(names.get(line, f"line {line}"), [0, 0])
            total[0] += became
            total[1] += times
    count = max(sum(row["bytecode"] for row in all_rows), 1)
    print(f"{'all':18}{sum(row['pieces'] for row in all_rows):8}{count:10}"
          f"{sum(row['ir'] for row in all_rows) / count:11.1f}{sum(row['bytes'] for row in all_rows) / count:14.1f}"
          f"{sum(row['ms'] for row in all_rows) / count:11.2f}")
    print(f"\n{'opcode':18}{'instructions':>14}{'IR for one':>12}")
    for name, (became, times) in sorted(opcodes.items(), key=lambda item: -item[1][0])[:15]:
        print(f"{name:18}{times:14}{became / times:12.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
