#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what the help of a command offers with its manual page and its three completions: each subcommand and each
long option has to be in all of them, and the manual page may name no other.

    check_command.py COMMAND ROOT
"""

import pathlib
import re
import subprocess
import sys

command, root = sys.argv[1], pathlib.Path(sys.argv[2])
subject = pathlib.Path(command).name


def help_of(*words):
    return subprocess.run([command, *words, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout


def options_of(text):
    lines = [line for line in text.splitlines() if re.match(r"\s+-", line)]
    return {option for line in lines for option in re.findall(r"(?<!\S)(?:-\w,)?--([a-z][\w+-]*)", line)}


def subcommands_of(text):
    listed = text.split("Subcommands:")[1].split("\nExamples")[0] if "Subcommands:" in text else ""
    return re.findall(r"^  ([a-z][\w-]*)  ", listed, re.M)


subcommands = subcommands_of(help_of())
options = options_of(help_of())
for subcommand in list(subcommands):
    options |= options_of(help_of(subcommand))
    subcommands += subcommands_of(help_of(subcommand))
if not subcommands or "help" not in options:
    sys.exit(f"check_command: the usage of {subject} is not in the expected form")

problems = []
page = f"docs/man/{subject}.1"
manual = (root / page).read_text().replace("\\-", "-")
pages = {page: manual}
for name in (f"completions/{subject}.bash", f"completions/_{subject}", f"completions/{subject}.fish"):
    pages[name] = (root / name).read_text()
for name, text in pages.items():
    for subcommand in subcommands:
        if not re.search(rf"\b{subcommand}\b", text):
            problems.append(f"{name}: the subcommand {subcommand} is missing")
    for option in sorted(options):
        dashes = "-l " if name.endswith(".fish") else "--"
        if not re.search(rf"{dashes}{re.escape(option)}(?![\w+-])", text):
            problems.append(f"{name}: the option --{option} is missing")
# What the environment may say is in the guide, in the manual page too.
table = (root / "docs/guide/tiers.md").read_text().split("### From outside")[1].split("```sh")[0]
words = {word for row in re.findall(r"^\| (`.*?) \|", table, re.M) for word in re.findall(r"`([\w-]+=?(?:map|dump)?)", row)}
if "trace=" not in words or "off" not in words:
    sys.exit("check_command: the table of words in docs/guide/tiers.md is not in the expected form")
environment = manual.split(".SH ENVIRONMENT")[-1].split(".SH EXIT")[0] if ".SH ENVIRONMENT" in manual else ""
for word in sorted(words) if subject == "inlay" else ():
    if not re.search(rf"(?<![\w-]){re.escape(word)}", environment):
        problems.append(f"docs/man/inlay.1: ENVIRONMENT lacks the word {word} of INLAY_JIT")
for option in sorted(set(re.findall(r"--([a-z][a-z+-]*)", manual)) - options):
    problems.append(f"{page}: {subject} has no option --{option}")

print("\n".join(problems) if problems else f"check_command: {len(subcommands)} subcommands, {len(options)} options, ok")
sys.exit(1 if problems else 0)
