#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Takes the times of the Lua programs under rivals, side by side, and compares them with lua5.4.

    run.py --candidate "inlay=build/inlay-lua" [--rounds 7] [--warm 3] [--json FILE] [nbody ...]
    run.py --candidate "inlay=build/inlay-lua" --startup

Rivals are lua5.4, luajit with and without its compiler (where they are installed), and the candidates, `name=command`.
Each process runs a program for some rounds and takes the time of each; the first ones (--warm) are not counted. Rivals
take turns, a process each (--repeats), so that what else the machine does falls on all of them. A cell is the median of
the rounds that count, of all processes; beside it is its ratio to lua5.4: more is faster. Each round of each rival must
give the same checksum.

The time of a round is CPU time of the process, as os.clock() has it: compiling in other threads counts, too. The time of
a whole process is wall time, from its start to its end, with all its rounds.

Programs named integer_* need Lua 5.4: luajit does not run them. So there is a second mean, of the programs that every
rival runs. The exit code is 0 only if every run succeeded.
"""
import argparse
import json
import pathlib
import shlex
import shutil
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "common"))
from rivals import RunError, as_json, named_command, print_table, run  # noqa: E402

PROGRAMS = HERE / "programs"
BASE = "lua5.4"
# What stands in the text of a program: a size with rounds of some 0.2 s in lua5.4.
SIZE_MARK = "-- size of a round: "
# A script that works for about 10 ms in lua5.4, in several functions, as most scripts do.
SHORT_SCRIPT = """
local function words(n) local t = {} for i = 1, n do t[i] = "w" .. i % 97 end return t end
local function count(t) local c = {} for _, w in ipairs(t) do c[w] = (c[w] or 0) + 1 end return c end
local function sum(c) local s = 0 for _, n in pairs(c) do s = s + n * n end return s end
local function work(n) local s = 0 for i = 1, n do s = s + i % 7 * 0.5 end return s end
print(sum(count(words(20000))), work(400000))
"""


def rivals_of(options):
    rivals = {}
    for name, command in ((BASE, ["lua5.4"]), ("luajit -joff", ["luajit", "-joff"]), ("luajit", ["luajit"])):
        if shutil.which(command[0]) and name not in options.without:
            rivals[name] = command
    for text in options.candidate:
        name, command = named_command(text)
        rivals[name] = command
    if BASE not in rivals:
        raise RunError("lua5.4 is not installed: nothing to compare with")
    return rivals


def size_of_round(path):
    for line in path.read_text().splitlines():
        if line.startswith(SIZE_MARK):
            return int(line[len(SIZE_MARK):])
    raise RunError(f"{path.name}: no line `{SIZE_MARK}N`")


def runs_under(name, program):
    return not (program.startswith("integer_") and name.startswith("luajit"))


def run_rounds(command, path, size, rounds, timeout):
    """The checksum, the times of the rounds, and that of the whole process."""
    start = time.perf_counter()
    process = run(command + [str(path), str(size), str(rounds)], timeout)
    total = time.perf_counter() - start
    if process.returncode != 0:
        raise RunError(f"{shlex.join(command)} {path.name}: exit {process.returncode}: {process.stderr.decode()[:500]}")
    times = [float(line.split()[2]) for line in process.stderr.decode().splitlines() if line.startswith("round ")]
    if len(times) != rounds:
        raise RunError(f"{shlex.join(command)} {path.name}: {len(times)} rounds of {rounds}")
    return process.stdout, times, total


def measure(path, rivals, options):
    """Of one program: rival -> seconds of a warm round, of the first round, of all."""
    size = options.size or size_of_round(path)
    warm, first, total, checksums = {}, {}, {}, {}
    for _ in range(options.repeats):
        for name, command in rivals.items():
            if not runs_under(name, path.stem):
                continue
            checksum, times, whole = run_rounds(command, path, size, options.rounds, options.timeout)
            checksums[name] = checksum
            warm.setdefault(name, []).extend(times[options.warm:])
            first.setdefault(name, []).append(times[0])
            total.setdefault(name, []).append(whole)
            if checksum != checksums[BASE]:
                raise RunError(f"{path.name}: {name} says {checksum!r}, {BASE} says {checksums[BASE]!r}")
    return {name: {"warm": statistics.median(warm[name]), "first": statistics.median(first[name]),
                   "total": statistics.median(total[name])} for name in warm}


def startup(rivals, options):
    """Rival -> seconds of an empty script and of one of about 10 ms, as medians of whole processes."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        scripts = {"empty": "", "about 10 ms": SHORT_SCRIPT}
        for label, text in scripts.items():
            path = pathlib.Path(folder) / "script.lua"
            path.write_text(text)
            times, outputs = {name: [] for name in rivals}, {}
            for _ in range(options.runs):
                for name, command in rivals.items():
                    start = time.perf_counter()
                    process = run(command + [str(path)], options.timeout)
                    times[name].append(time.perf_counter() - start)
                    if process.returncode != 0:
                        raise RunError(f"{name}: {process.stderr.decode()[:500]}")
                    outputs[name] = process.stdout.split()
            # luajit writes floats without `.0`: numbers are compared as numbers.
            for name, words in outputs.items():
                if [float(word) for word in words] != [float(word) for word in outputs[BASE]]:
                    raise RunError(f"{label}: {name} says {words}, {BASE} says {outputs[BASE]}")
            results[label] = {name: {"total": statistics.median(values)} for name, values in times.items()}
    return results


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", help="names of programs (all of them)")
    parser.add_argument("--candidate", action="append", default=[], help="name=command; may be given many times")
    parser.add_argument("--without", action="append", default=[], help="leave out a rival of this name")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of a process (7)")
    parser.add_argument("--warm", type=int, default=3, help="rounds that are not counted (3)")
    parser.add_argument("--repeats", type=int, default=3, help="processes of each rival, in turn (3)")
    parser.add_argument("--size", type=int, help="size, instead of what stands in the program")
    parser.add_argument("--startup", action="store_true", help="an empty script and one of about 10 ms instead")
    parser.add_argument("--runs", type=int, default=30, help="runs of --startup (30)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds that one process may take (300)")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    options = parser.parse_args()
    if options.rounds <= options.warm:
        parser.error("--rounds must be more than --warm")
    if options.repeats < 1 or options.runs < 1:
        parser.error("--repeats and --runs must be at least 1")
    return options


def main():
    options = parse_arguments()
    try:
        rivals = rivals_of(options)
        if options.startup:
            whats = [("total", "start-up")]
            results = startup(rivals, options)
        else:
            paths = [path for path in sorted(PROGRAMS.glob("*.lua")) if not options.programs or path.stem in options.programs]
            unknown = set(options.programs) - {path.stem for path in paths}
            if unknown:
                raise RunError(f"there is no program called {', '.join(sorted(unknown))}")
            results = {}
            for path in paths:
                results[path.stem] = measure(path, rivals, options)
                print(f"{path.stem}: " + ", ".join(f"{name} {row['warm']:.4f}" for name, row in results[path.stem].items()),
                      file=sys.stderr, flush=True)
            whats = [("warm", "warm rounds"), ("total", "whole processes")]
    except RunError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    for what, title in whats:
        print_table(results, rivals, what, title, BASE)
    if options.json:
        if not options.startup:
            whats.append(("first", "first rounds"))
        options.json.write_text(json.dumps(as_json("lua", results, whats), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
