#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs Lox scripts that say in their comments what running them must give.

    conformance.py --candidate "inlay-lox --jit=always" [--build inlay-lox] [-j 2] [FOLDER or SCRIPT ...]

The comments, anywhere on a line:

    // expect: TEXT                         the next line of standard output
    // expect runtime error: TEXT           the first line of standard error; below it, the first `[line N]` names the
                                            line of this comment
    // expect trace: [line 3] in foo()      the next line below that message: given one, all are given, and no others
    // Error at 'X': TEXT                   a compile error on this line
    // [line N] Error at 'X': TEXT          a compile error on line N; `[c line N]`, too
    // [java line N] Error at 'X': TEXT     means nothing: that interpreter differs

The exit code is 65 where compile errors are expected, 70 where a runtime error is, otherwise 0. Where no error is
expected, standard error is empty. Of compile errors only the lines `[line N] Error...` count: what else is shown with
them, like the line of the source, may differ.

Without a folder, it is programs/, our own. The format is that of the tests of Crafting Interpreters, save the trace. Of
those tests some state what is not asked of us; they are skipped, with the reason. `--build` judges the programs that a
command writes with `build SCRIPT -o PROGRAM`.

The last line is `N passed, N failed`; the exit code is 0 only if nothing failed and something passed.
"""
import argparse
import concurrent.futures
import dataclasses
import re
import sys

from candidates import HERE, SubjectError, add_arguments, candidates_of, outcomes, scripts_of

CHAPTERS = "of an early chapter, whose interpreter prints tokens or trees"
LIMIT = "a limit of the bytecode of the C interpreter"
SKIPPED = {
    r"scanning/.*": CHAPTERS,
    r"expressions/.*": CHAPTERS,
    r"limit/(loop_too_large|no_reuse_constants|too_many_constants|too_many_locals|too_many_upvalues)\.lox": LIMIT,
}
SIDES = ("expected ", "candidate")


@dataclasses.dataclass
class Expectation:
    stdout: list = dataclasses.field(default_factory=list)
    errors: list = dataclasses.field(default_factory=list)  # as standard error has them
    runtime_error: str | None = None
    line: int = 0
    trace: list = dataclasses.field(default_factory=list)

    def status(self):
        return "exit 65" if self.errors else "exit 70" if self.runtime_error is not None else "exit 0"


class FormatError(Exception):
    """A script whose comments make no sense."""


def expectation_of(name, text):
    expected = Expectation()
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if match := re.search(r"// expect: ?(.*)", line):
            expected.stdout.append(match[1])
        elif match := re.search(r"// expect runtime error: (.+)", line):
            if expected.runtime_error is not None:
                raise FormatError(f"{name}:{number}: a second runtime error")
            expected.runtime_error, expected.line = match[1], number
        elif match := re.search(r"// expect trace: (.+)", line):
            expected.trace.append(match[1])
        elif match := re.search(r"// (?:\[(java |c )?line (\d+)\] )?(Error.*)", line):
            if match[1] != "java ":
                expected.errors.append(f"[line {match[2] or number}] {match[3]}")
        elif re.search(r"//\s*expect\b.*:", line):
            raise FormatError(f"{name}:{number}: an expectation of an unknown kind")
    if expected.errors and (expected.runtime_error is not None or expected.stdout):
        raise FormatError(f"{name}: a compile error, and something of a run")
    return expected


def as_text(lines):
    return "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")


def difference(expected, got):
    lines = []
    if got.status != expected.status():
        lines.append(f"  status: expected {expected.status()}, candidate {got.status}")
    if got.stdout != as_text(expected.stdout):
        lines += outcomes.text_difference("stdout", as_text(expected.stdout), got.stdout, SIDES)
    said = got.stderr.decode("utf-8", "surrogateescape").split("\n")
    if expected.errors:
        errors = [line.rstrip("\r") for line in said if re.match(r"\[line \d+\] Error", line)]
        if errors != expected.errors:
            lines += outcomes.text_difference("compile errors", as_text(expected.errors), as_text(errors), SIDES)
    elif expected.runtime_error is not None:
        if said[0] != expected.runtime_error:
            lines.append(f"  runtime error: expected {expected.runtime_error!r}, candidate {said[0]!r}")
        places = [int(match[1]) for line in said[1:] if (match := re.search(r"\[line (\d+)\]", line))]
        if places[:1] != [expected.line]:
            lines.append(f"  runtime error: expected on line {expected.line}, candidate on {places[0] if places else 'none'}")
        if expected.trace and said[1:] != expected.trace + [""]:
            lines += outcomes.text_difference("trace", as_text(expected.trace), "\n".join(said[1:]).encode(), SIDES)
    elif got.stderr:
        lines += outcomes.text_difference("stderr", b"", got.stderr, SIDES)
    return lines


def judge(path, expected, candidates, timeout):
    """A list of lines for each candidate that failed."""
    failures = []
    for candidate in candidates:
        lines = difference(expected, candidate.outcome(path, timeout))
        if lines:
            failures.append([f"FAILED {candidate.shown(path)}"] + lines)
    return failures


def reason_to_skip(path):
    place = f"{path.resolve().parent.name}/{path.name}"
    return next((reason for pattern, reason in SKIPPED.items() if re.fullmatch(pattern, place)), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    options = parser.parse_args()
    if not (options.candidate or options.build):
        parser.error("nothing to judge: --candidate or --build names it")
    try:
        candidates = candidates_of(options)
        scripts = scripts_of(options.subjects or [HERE / "programs"])
        scripts = [(name, path) for name, path in scripts if re.search(options.filter, name)]
        skipped = {name: reason for name, path in scripts if (reason := reason_to_skip(path))}
        cases = [(path, expectation_of(name, path.read_bytes().decode("utf-8", "surrogateescape")))
                 for name, path in scripts if name not in skipped]
    except (SubjectError, FormatError) as error:
        print(f"conformance.py: {error}", file=sys.stderr)
        return 2
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        jobs = [pool.submit(judge, path, expected, candidates, options.timeout) for path, expected in cases]
        for job in jobs:
            failures = job.result()
            failed += len(failures)
            for lines in failures:
                print("\n".join(lines), flush=True)
    for name, reason in skipped.items():
        print(f"skipped {name}: {reason}")
    passed = len(cases) * len(candidates) - failed
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
