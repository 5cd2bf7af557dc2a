#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs Lox programs under several candidates, and compares what each prints, says and returns with the first one.

    compare.py --candidate "inlay-lox --jit=off" --candidate "inlay-lox --jit=always" programs
    compare.py --candidate "inlay-lox --jit=off" --candidate "inlay-lox --jit=always" --generated 1 200 -j 2
    compare.py --candidate "inlay-lox --jit=off" --build inlay-lox --generated 1 5

A subject is a script or a folder of scripts; `--generated` adds programs of generate.py. Standard output, exit status and
standard error must be the same bytes, save after `Stack overflow.`: how deep that was may differ.

The last line is `N passed, N failed`; the exit code is 0 only if nothing failed and something passed.
"""
import argparse
import concurrent.futures
import pathlib
import re
import sys
import tempfile

import generate
from candidates import SubjectError, add_arguments, candidates_of, outcomes, scripts_of

OVERFLOW = b"Stack overflow.\n"


def comparable(outcome):
    said = OVERFLOW if outcome.stderr.startswith(OVERFLOW) else outcome.stderr
    return outcomes.Outcome(outcome.status, outcome.stdout, said)


def judge(path, reference, candidates, timeout):
    """A list of lines for each candidate that failed. Where the reference dies, all have."""
    expected = comparable(reference.outcome(path, timeout))
    failures = []
    for candidate in candidates:
        if not expected.status.startswith("exit"):
            lines = [f"  the reference {expected.status}"]
        else:
            lines = outcomes.difference(expected, comparable(candidate.outcome(path, timeout)))
        if lines:
            failures.append([f"FAILED {candidate.shown(path)}"] + lines)
    return failures


def generated(first, last, size, folder):
    for seed in range(first, last + 1):
        path = folder / f"generated_{seed}.lox"
        path.write_text(generate.program(seed, size))
        yield path.name, path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--generated", nargs=2, type=int, metavar=("FIRST", "LAST"), help="programs of these seeds")
    parser.add_argument("--size", type=int, default=generate.DEFAULT_SIZE, help="functions in a generated program")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder to write the generated programs to")
    options = parser.parse_args()
    if len(options.candidate) + len(options.build) < 2:
        parser.error("nothing to compare: --candidate and --build name at least two")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            reference, *candidates = candidates_of(options)
            scripts = scripts_of(options.subjects)
        except SubjectError as error:
            print(f"compare.py: {error}", file=sys.stderr)
            return 2
        if options.generated:
            scripts += generated(*options.generated, options.size, folder)
        paths = [path for name, path in scripts if re.search(options.filter, name)]
        failed = 0
        with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
            jobs = [pool.submit(judge, path, reference, candidates, options.timeout) for path in paths]
            for job in jobs:
                failures = job.result()
                failed += len(failures)
                for lines in failures:
                    print("\n".join(lines), flush=True)
    passed = len(paths) * len(candidates) - failed
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
