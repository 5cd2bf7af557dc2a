# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Programs under rivals, side by side: running them, means, tables. For the benchmarks of the apps.

Results are program -> rival -> what was measured -> seconds.
"""
import math
import os
import shlex
import subprocess


class RunError(Exception):
    """A rival that cannot be run, fails, or computes something else."""


def named_command(text):
    """`name=command`, or a command that is its own name. A program named by a path keeps its meaning elsewhere."""
    name, equals, command = text.partition("=")
    if not equals or "/" in name or " -" in name:
        name, command = text, text
    words = shlex.split(command)
    if words and "/" in words[0]:
        words[0] = os.path.abspath(words[0])
    return name, words


def run(command, timeout):
    try:
        return subprocess.run(command, capture_output=True, timeout=timeout)
    except OSError as error:
        raise RunError(f"{command[0]}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise RunError(f"{shlex.join(command)}: still ran after {timeout:g} s") from error


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def ratios(results, name, what, base):
    """Of each program that both have run: how many times as fast as `base`."""
    # A clock that saw nothing pass would be a ratio of nothing.
    least = 1e-6
    return {program: max(row[base][what], least) / max(row[name][what], least)
            for program, row in results.items() if name in row and base in row}


def print_table(results, rivals, what, title, base):
    print(f"\n{title}: seconds, and how many times as fast as {base}")
    width = max(max(map(len, results)), len("mean, all run")) + 2
    by_rival = {name: ratios(results, name, what, base) for name in rivals}
    everywhere = {program for program, row in results.items() if len(row) == len(rivals)}

    def line(label, cells):
        print(f"{label:{width}}" + "".join(f"{cell:>22}" for cell in cells))

    line("", [name[:20] for name in rivals])
    for program, row in results.items():
        line(program, [f"{row[name][what]:.4f} {by_rival[name][program]:6.2f}x" if name in row else "-"
                       for name in rivals])
    line("geometric mean", [f"{geometric_mean(values.values()):.2f}x" if values else "-"
                            for values in by_rival.values()])
    if everywhere and len(everywhere) < len(results):
        shared = [[values[program] for program in everywhere] for values in by_rival.values()]
        line("mean, all run", [f"{geometric_mean(values):.2f}x" for values in shared])
    line("worst", [f"{min(values.values()):.2f}x" if values else "-" for values in by_rival.values()])
    line("worst is", [min(values, key=values.get) if values else "-" for values in by_rival.values()])


def as_json(benchmark, results, whats):
    """The figures as the other benchmarks print theirs."""
    return {"benchmark": benchmark, "tables": [
        {"title": title, "rows": [{"program": program, **{f"{name}, s": row[name][what] for name in row}}
                                  for program, row in results.items()], "notes": []} for what, title in whats]}
