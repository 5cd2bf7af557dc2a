# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tests of gdb and perf have in common."""
import os
import re
import shutil
import subprocess
import sys

SKIP = 77


def need(tool):
    """Skips the test where the tool is not installed."""
    if not shutil.which(tool):
        print(f"{tool} is not installed (scripts/packages.txt names its package)")
        sys.exit(SKIP)


def run(command, inlay_jit="", check=True, timeout=90):
    """Standard output and error of a command, which must succeed."""
    environment = dict(os.environ, INLAY_JIT=inlay_jit, LC_ALL="C", DEBUGINFOD_URLS="")
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", stdin=subprocess.DEVNULL, timeout=timeout)
    if check and done.returncode != 0:
        fail(f"{' '.join(command)} ended with {done.returncode}", done.stdout)
    return done.stdout


def fail(reason, text):
    sys.exit(f"{reason}\n--- what was said:\n{text}")


def expect_lines(text, patterns, what):
    """Lines that match the patterns, in this order; others may stand between them."""
    at = 0
    for pattern in patterns:
        found = re.compile(rf"^{pattern}$", re.MULTILINE).search(text, at)
        if not found:
            fail(f"{what}: no line {pattern!r} where it is expected", text)
        at = found.end()
