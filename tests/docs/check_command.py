#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what `inlay --help` offers with the manual page and the three completions: each subcommand and each long
option has to be in all of them, and the manual page may name no other."""

import pathlib
import re
import subprocess
import sys

command, root = sys.argv[1], pathlib.Path(sys.argv[2])


def help_of(*words):
    return subprocess.run([command, *words, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout


def options_of(text):
    lines = [line for line in text.splitlines() if re.match(r"\s+-", line)]
    return {option for line in lines for option in re.findall(r"(?<!\S)(?:-\w,)?--([a-z][\w+-]*)", line)}


subcommands = re.findall(r"^  ([a-z][\w-]*)  ", help_of().split("Subcommands:")[1].split("\nExamples")[0], re.M)
options = options_of(help_of())
for subcommand in subcommands:
    options |= options_of(help_of(subcommand))
if not subcommands or "help" not in options:
    sys.exit("check_command: the usage of inlay is not in the expected form")

problems = []
manual = (root / "docs/man/inlay.1").read_text().replace("\\-", "-")
pages = {"docs/man/inlay.1": manual}
for name in ("completions/inlay.bash", "completions/_inlay", "completions/inlay.fish"):
    pages[name] = (root / name).read_text()
for name, text in pages.items():
    for subcommand in subcommands:
        if not re.search(rf"\b{subcommand}\b", text):
            problems.append(f"{name}: the subcommand {subcommand} is missing")
    for option in sorted(options):
        dashes = "-l " if name.endswith(".fish") else "--"
        if not re.search(rf"{dashes}{re.escape(option)}(?![\w+-])", text):
            problems.append(f"{name}: the option --{option} is missing")
for option in sorted(set(re.findall(r"--([a-z][a-z+-]*)", manual)) - options):
    problems.append(f"docs/man/inlay.1: inlay has no option --{option}")

print("\n".join(problems) if problems else f"check_command: {len(subcommands)} subcommands, {len(options)} options, ok")
sys.exit(1 if problems else 0)
