# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What tests take and say that make programs from seeds."""
import argparse
import pathlib


def options_of(programs):
    """The command, how many programs from which seed on, and where those are kept that went wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--programs", type=int, default=programs)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for programs that went wrong")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    return options


def status_of(summary, problems, too_little):
    """Says how it went; `too_little`, where the test itself had too little to say, or nothing."""
    print(f"{summary}, {len(problems)} problems")
    for text in [*problems, *([too_little] if too_little else [])]:
        print("FAILED:", text)
    return 1 if problems or too_little else 0
