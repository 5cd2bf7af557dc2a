#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Takes the times of the Lox programs under rivals, side by side; beside them the same programs in Lua.

    run.py --candidate "closures=inlay-lox --jit=off" --candidate "inlay=inlay-lox" [--build "built=inlay-lox"] [fib ...]
    run.py --candidate "inlay=inlay-lox" --collector [--size 10000]

Rivals are the candidates, `name=command`, which run NAME.lox; programs that a `--build` writes of NAME.lox; and lua5.4
and luajit, with and without its compiler, where they are installed, which run NAME.lua. The first candidate is what the
others are compared with; name plain closures there. A last table has the geometric means of all against all.

Each process runs a program for some rounds and takes the time of each; the first ones (--warm) are not counted. Rivals
take turns, a process each (--repeats), so that what else the machine does falls on all of them. A cell is the median of
the rounds that count, of all processes. Each round of each rival must give the same checksum.

The time of a round is CPU time of the process, as clock() has it: compiling in other threads counts, too. The time of a
whole process is wall time, from its start to its end, with all its rounds.

Lox programs have no arguments: what runs is a copy, in which the lines marked `size of a round` and `rounds` are others.

`--collector` runs the programs of collector/: each builds a heap of small objects that live (--size of them), and then
makes garbage. Candidates are given `--gc-statistics`, and say on standard error what their collector did.

The exit code is 0 only if every run succeeded.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "common"))
from rivals import RunError, as_json, geometric_mean, named_command, print_table, ratios, run  # noqa: E402

MARK = r"(?m)^((?:var|local) \w+ = )(\d+)(;? (?://|--) {}$)"
SIZE, ROUNDS = "size of a round", "rounds"
LUA = {"lua5.4": ["lua5.4"], "luajit -joff": ["luajit", "-joff"], "luajit": ["luajit"]}


@dataclasses.dataclass
class Rival:
    command: list
    language: str = ".lox"
    builds: bool = False

    def prepared(self, script, timeout):
        """What runs the script: the command, or the program that the command has built of it."""
        if not self.builds:
            return self.command + [str(script)]
        program = pathlib.Path(tempfile.mkdtemp(dir=script.parent)) / script.stem
        built = run(self.command + ["build", str(script), "-o", str(program)], timeout)
        if built.returncode != 0:
            raise RunError(f"{script.name} was not built: {built.stderr.decode(errors='replace')[:500]}")
        return [str(program)]


def rivals_of(options):
    rivals = {}
    for texts, builds in ((options.candidate, False), (options.build, True)):
        for text in texts:
            name, command = named_command(text)
            if name in rivals or name in LUA:
                raise RunError(f"two rivals are called {name}")
            rivals[name] = Rival(command, builds=builds)
    for name, command in LUA.items():
        if shutil.which(command[0]) and name not in options.without:
            rivals[name] = Rival(command, ".lua")
    return rivals


def with_constant(text, mark, value, name):
    changed, count = re.subn(MARK.format(mark), lambda match: f"{match[1]}{value or match[2]}{match[3]}", text)
    if count != 1:
        raise RunError(f"{name}: {count} lines are marked `{mark}`")
    return changed


def copied(path, folder, constants):
    """A copy of a program with other constants."""
    text = path.read_text()
    for mark, value in constants.items():
        text = with_constant(text, mark, value, path.name)
    copy = folder / path.name
    copy.write_text(text)
    return copy


def checked(command, process):
    if process.returncode != 0:
        said = process.stderr.decode(errors="replace")[:500]
        raise RunError(f"{' '.join(command)}: exit {process.returncode}: {said}")
    return process.stdout.decode().split()


def numbers(words, command, count):
    """The checksums and the times: they take turns."""
    try:
        values = [float(word) for word in words]
    except ValueError as error:
        raise RunError(f"{' '.join(command)}: {error}") from error
    if len(values) != count:
        raise RunError(f"{' '.join(command)}: {len(values)} numbers, not {count}")
    return values[::2], values[1::2]


def measure(program, rivals, options, folder):
    """Rival -> seconds of a warm round, of the first round, of the whole process."""
    constants = {SIZE: options.size, ROUNDS: options.rounds}
    copies = {language: copied(HERE / "programs" / (program + language), folder, constants)
              for language in {rival.language for rival in rivals.values()}}
    commands = {name: rival.prepared(copies[rival.language], options.timeout) for name, rival in rivals.items()}
    warm, first, total, checksum = {}, {}, {}, None
    for _ in range(options.repeats):
        for name, command in commands.items():
            start = time.perf_counter()
            process = run(command, options.timeout)
            total.setdefault(name, []).append(time.perf_counter() - start)
            checksums, times = numbers(checked(command, process), command, 2 * options.rounds)
            checksum = checksums[0] if checksum is None else checksum
            if set(checksums) != {checksum}:
                raise RunError(f"{program}: {name} says {checksums}, another round or rival {checksum!r}")
            warm.setdefault(name, []).extend(times[options.warm:])
            first.setdefault(name, []).append(times[0])
    return {name: {"warm": statistics.median(warm[name]), "first": statistics.median(first[name]),
                   "total": statistics.median(total[name])} for name in rivals}


def print_means(results, rivals, what, title):
    print(f"\n{title}, geometric means: how many times as fast as the one above the column")
    width = max(map(len, rivals)) + 2
    print(" " * width + "".join(f"{name[:16]:>18}" for name in rivals))
    for name in rivals:
        cells = [geometric_mean(ratios(results, name, what, base).values()) for base in rivals]
        print(f"{name:{width}}" + "".join(f"{cell:>17.2f}x" for cell in cells))


def measure_memory(command, timeout):
    """What `command` printed and said, and the most memory that it had, in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    timer = threading.Timer(timeout, process.kill)
    timer.start()
    with process.stdout, process.stderr:
        # Standard error is a few lines: it waits in its pipe.
        stdout, stderr = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if not timer.is_alive():
        raise RunError(f"{' '.join(command)}: still ran after {timeout:g} s")
    timer.cancel()
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr), usage.ru_maxrss / 1024


def collector_statistics(stderr):
    """What `--gc-statistics` printed: the last line that is an object of JSON."""
    for line in reversed(stderr.decode(errors="replace").splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return {}


def collect(rivals, options, folder):
    """Prints and returns, of each program and rival, what the collector did in the median process."""
    rows = []
    columns = {"build, s": ".3f", "garbage, s": ".3f", "peak, MiB": ".0f", "collections": "g", "longest pause, ms": ".2f",
               "all pauses, ms": ".1f", "live, MiB": ".0f", "heap peak, MiB": ".0f"}
    print(f"{'':12}{'':16}" + "".join(f"{column:>19}" for column in columns))
    for path in sorted((HERE / "collector").glob("*.lox")):
        if options.programs and path.stem not in options.programs:
            continue
        runs, checksum = {name: [] for name in rivals}, None
        copies = {language: copied(path.with_suffix(language), folder, {"live objects": options.size})
                  for language in {rival.language for rival in rivals.values()}}
        for _ in range(options.repeats):
            for name, rival in rivals.items():
                command = rival.prepared(copies[rival.language], options.timeout)
                if rival.language == ".lox":
                    command.insert(1, "--gc-statistics")
                process, peak = measure_memory(command, options.timeout)
                checksums, times = numbers(checked(command, process), command, 4)
                checksum = checksum or checksums
                if checksums != checksum:
                    raise RunError(f"{path.stem}: {name} says {checksums}, another {checksum}")
                said = collector_statistics(process.stderr)
                values = [times[0], times[1], peak, said.get("collections"), said.get("longest_pause_ms"),
                          said.get("total_pause_ms")]
                values += [said[key] / 2**20 if key in said else None for key in ("live_bytes", "peak_bytes")]
                runs[name].append(dict(zip(columns, values)))
        for name, of_rival in runs.items():
            median = sorted(of_rival, key=lambda row: row["build, s"] + row["garbage, s"])[len(of_rival) // 2]
            rows.append({"program": path.stem, "rival": name, **median})
            print(f"{path.stem:12}{name[:15]:16}" + "".join(
                f"{'-' if median[column] is None else format(median[column], form):>19}"
                for column, form in columns.items()), flush=True)
    return {"benchmark": "lox collector", "tables": [{"title": "collector", "rows": rows, "notes": []}]}


def measure_all(rivals, options, folder):
    programs = [path.stem for path in sorted((HERE / "programs").glob("*.lox"))]
    unknown = set(options.programs) - set(programs)
    if unknown:
        raise RunError(f"there is no program called {', '.join(sorted(unknown))}")
    results = {}
    for program in options.programs or programs:
        results[program] = measure(program, rivals, options, folder)
        print(f"{program}: " + ", ".join(f"{name} {row['warm']:.4f}" for name, row in results[program].items()),
              file=sys.stderr, flush=True)
    base = next(iter(rivals))
    whats = [("warm", "warm rounds"), ("total", "whole processes")]
    for what, title in whats:
        print_table(results, rivals, what, title, base)
        print_means(results, rivals, what, title)
    return as_json("lox", results, whats + [("first", "first rounds")])


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", help="names of programs (all of them)")
    parser.add_argument("--candidate", action="append", default=[], help="name=command; may be given many times")
    parser.add_argument("--build", action="append", default=[], help="name=command: the programs it builds are a rival")
    parser.add_argument("--without", action="append", default=[], help="leave out a rival of this name")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of a process (7)")
    parser.add_argument("--warm", type=int, default=3, help="rounds that are not counted (3)")
    parser.add_argument("--repeats", type=int, default=3, help="processes of each rival, in turn (3)")
    parser.add_argument("--size", type=int, help="size of a round, or live objects, instead of what stands in the program")
    parser.add_argument("--collector", action="store_true", help="the programs of collector/ instead")
    parser.add_argument("--timeout", type=float, default=600, help="seconds that one process may take (600)")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    options = parser.parse_args()
    if options.rounds <= options.warm:
        parser.error("--rounds must be more than --warm")
    if options.repeats < 1:
        parser.error("--repeats must be at least 1")
    if not (options.candidate or options.build):
        parser.error("nothing to measure: --candidate or --build names it")
    return options


def main():
    options = parse_arguments()
    try:
        rivals = rivals_of(options)
        with tempfile.TemporaryDirectory() as folder:
            if options.collector:
                candidates = {named_command(text)[0] for text in options.candidate}
                rivals = {name: rival for name, rival in rivals.items() if name == "lua5.4" or name in candidates}
                figures = collect(rivals, options, pathlib.Path(folder))
            else:
                figures = measure_all(rivals, options, pathlib.Path(folder))
    except RunError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
