#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs Lua programs under a reference and under candidates, and compares what each prints, says and returns.

    compare.py --candidate "build/inlay-lua --jit=always" scripts/strings.lua
    compare.py --candidate "build/inlay-lua --jit=off" --candidate "build/inlay-lua --jit=always" scripts cases.txt
    compare.py --candidate "build/inlay-lua --jit=always" --generated 1 200
    compare.py --candidate "build/inlay-lua --jit=always" --bytes 5000000
    compare.py --build build/inlay-lua scripts ../bench/programs

A subject is a script (.lua), a folder of scripts, or a file of cases (.txt, its format is told at the top of
cases.txt). Scripts and cases run in the folder of this file. Standard output, exit status and standard error must be
the same bytes, save that the name of a program is `lua` wherever it stands in front of a message. `--build` judges the
programs that a command writes with `--build SCRIPT -o PROGRAM`: of cases that are a script and its arguments, no others.

The last line is `N passed, N failed`; the exit code is 0 only if nothing failed and something passed.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shlex
import shutil
import sys
import tempfile

import generate

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "common"))
import outcomes  # noqa: E402

# What stands in front of a script: how the collector is made to run.
COLLECTORS = {
    "normal": [],
    "generational": ["-e", "collectgarbage('generational')"],
    # A pause and a step of nearly nothing: the collector works at every allocation, and never rests.
    "stress": ["-e", "collectgarbage('incremental', 4, 1000, 1)"],
}


@dataclasses.dataclass
class Case:
    """One run, the same for each rival."""

    name: str
    arguments: list
    stdin: bytes = b""
    environment: dict = dataclasses.field(default_factory=dict)
    folder: pathlib.Path = HERE
    # So many lines of standard error count, or all (None): the rest of a usage text may differ.
    stderr_lines: int | None = None


@dataclasses.dataclass
class Candidate:
    """A command to judge, or one that builds the programs to judge."""

    command: list
    builds: bool = False

    def can_run(self, case):
        return not self.builds or (case.arguments and case.arguments[0].endswith(".lua"))


class CaseError(Exception):
    """A file of cases that cannot be read."""


def read_cases(path):
    cases = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        place = f"{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            cases.append(Case(line[1:-1], []))
            continue
        key, equals, value = line.partition("=")
        key = key.strip()
        value = value[1:] if value.startswith(" ") else value
        if not equals or not cases:
            raise CaseError(f"{place}: neither `[name]` nor `key = value`")
        case = cases[-1]
        if key == "args":
            case.arguments += shlex.split(value)
        elif key == "stdin":
            case.stdin += value.encode() + b"\n"
        elif key == "env":
            name, _, text = value.partition("=")
            case.environment[name] = text
        elif key == "stderr-lines":
            case.stderr_lines = int(value)
        else:
            raise CaseError(f"{place}: unknown key `{key}`")
    names = [case.name for case in cases]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise CaseError(f"{path.name}: named twice: {', '.join(sorted(twice))}")
    return cases


def script_case(path, collector):
    path = path.resolve()
    inside = path.is_relative_to(HERE)
    folder = HERE if inside else path.parent
    shown = str(path.relative_to(folder))
    return Case(shown, COLLECTORS[collector] + [shown], folder=folder)


def cases_of(subject, collector):
    path = pathlib.Path(subject)
    if not path.exists() and (HERE / subject).exists():
        path = HERE / subject
    if path.is_dir():
        return [script_case(script, collector) for script in sorted(path.glob("*.lua"))]
    if not path.exists():
        raise CaseError(f"{subject}: no such file")
    if path.suffix == ".txt":
        return read_cases(path)
    return [script_case(path, collector)]


def run(command, case, timeout):
    environment = {name: text for name, text in os.environ.items() if not name.startswith("LUA_")}
    environment.update({"LC_ALL": "C", "LUA_PATH": "modules/?.lua", "LUA_CPATH": "modules/?.so"})
    environment.update(case.environment)
    return outcomes.run(command + case.arguments, timeout, case.stdin, case.folder, environment)


def normalize(outcome, command, case):
    """The outcome, with `lua` for the program's own name where a message starts with it or the usage has it."""
    program = command[0].encode()
    names = b"|".join(re.escape(name) for name in {program, os.path.basename(program)})
    stderr = re.sub(rb"(?m)^(usage: )?(?:" + names + rb")(:| \[)", rb"\1lua\2", outcome.stderr)
    if case.stderr_lines is not None:
        stderr = b"\n".join(stderr.split(b"\n")[:case.stderr_lines])
    return outcomes.Outcome(outcome.status, outcome.stdout, stderr)


def run_built(command, case, timeout):
    """The outcome of the program that is built; or of building it, where that fails as lua fails to load the script."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "program")
        script, *arguments = case.arguments
        building = dataclasses.replace(case, arguments=["--build", script, "-o", program])
        built = run(command, building, timeout)
        if built.status != "exit 0":
            return normalize(built, command, case)
        return normalize(run([program], dataclasses.replace(case, arguments=arguments), timeout), [program], case)


def outcome_of(candidate, case, timeout):
    if candidate.builds:
        return run_built(candidate.command, case, timeout)
    return normalize(run(candidate.command, case, timeout), candidate.command, case)


def judge(case, reference, candidates, timeout):
    """How many candidates agreed, and what to print of each other one. Where the reference dies, none has agreed."""
    expected = normalize(run(reference, case, timeout), reference, case)
    if not expected.status.startswith("exit"):
        lines = [f"FAILED {case.name}: the reference {expected.status}"]
        return 0, [lines + outcomes.text_difference("stderr", b"", expected.stderr)]
    failures = []
    candidates = [candidate for candidate in candidates if candidate.can_run(case)]
    for candidate in candidates:
        lines = outcomes.difference(expected, outcome_of(candidate, case, timeout))
        if lines:
            command = shlex.join(candidate.command + ["--build"] * candidate.builds + case.arguments)
            failures.append([f"FAILED {case.name}: {command}"] + lines)
    return len(candidates) - len(failures), failures


def generated_cases(first, last, size, folder, collector):
    cases = []
    for seed in range(first, last + 1):
        path = folder / f"generated_{seed}.lua"
        path.write_text(generate.program(seed, size))
        cases.append(script_case(path, collector))
    return cases


def generated_bytes(seed, size, folder, collector):
    path = folder / f"bytes_{seed}.lua"
    path.write_text(generate.program_of_bytes(seed, size))
    return script_case(path, collector)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", help="a script, a folder of scripts, a file of cases")
    parser.add_argument("--reference", default="lua5.4", help="the command that is right (lua5.4)")
    parser.add_argument("--candidate", action="append", default=[], help="a command to judge; may be given many times")
    parser.add_argument("--build", action="append", default=[], help="a command whose built programs are judged")
    parser.add_argument("--generated", nargs=2, type=int, metavar=("FROM", "TO"), help="programs of these seeds")
    parser.add_argument("--size", type=int, default=generate.DEFAULT_SIZE, help="functions in a generated program")
    parser.add_argument("--bytes", type=int, help="one generated program of about so many bytes")
    parser.add_argument("--seed", type=int, default=1, help="the seed of --bytes")
    parser.add_argument("--collector", choices=COLLECTORS, default="normal", help="how the garbage collector runs")
    parser.add_argument("--filter", default="", help="only the cases whose name matches this expression")
    parser.add_argument("--timeout", type=float, default=60, help="seconds that one run may take (60)")
    parser.add_argument("--jobs", "-j", type=int, default=1, help="cases at a time (1)")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder to write the generated programs to")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and stop")
    options = parser.parse_args()
    if not (options.candidate or options.build or options.list):
        parser.error("nothing to judge: --candidate or --build names it")
    return options


def main():
    options = parse_arguments()
    reference = shlex.split(options.reference)
    # Runs have another working folder: a program named by a path keeps its meaning.
    candidates = [Candidate(shlex.split(text)) for text in options.candidate]
    candidates += [Candidate(shlex.split(text), builds=True) for text in options.build]
    for command in [reference] + [candidate.command for candidate in candidates]:
        if "/" in command[0]:
            command[0] = os.path.abspath(command[0])
        if not shutil.which(command[0]):
            print(f"compare.py: {command[0]}: no such program", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            cases = [case for subject in options.subjects for case in cases_of(subject, options.collector)]
        except CaseError as error:
            print(f"compare.py: {error}", file=sys.stderr)
            return 2
        if options.generated:
            cases += generated_cases(*options.generated, options.size, folder, options.collector)
        if options.bytes:
            cases.append(generated_bytes(options.seed, options.bytes, folder, options.collector))
        cases = [case for case in cases if re.search(options.filter, case.name)]
        if options.list:
            print("\n".join(case.name for case in cases))
            return 0
        passed = failed = 0
        with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
            jobs = [pool.submit(judge, case, reference, candidates, options.timeout) for case in cases]
            for job in jobs:
                agreed, failures = job.result()
                for lines in failures:
                    print("\n".join(lines), flush=True)
                failed += len(failures)
                passed += agreed
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
