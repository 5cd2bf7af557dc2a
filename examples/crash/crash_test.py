# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the example: it must end by SIGSEGV, and its trace must lead from the host's read through every guest function."""
import re
import signal
import subprocess
import sys

program, guest = sys.argv[1:]
done = subprocess.run([program, guest], capture_output=True, text=True, timeout=50)
if done.returncode != -signal.SIGSEGV:
    sys.exit(f"ended with {done.returncode}\n{done.stdout}\n{done.stderr}")

place = re.escape(guest)
wanted = [
    r"crashed:",
    r"    host    peek, \S*examples/crash/interpreter\.cpp:\d+",
    r"    host    interpret, \S*examples/crash/interpreter\.cpp:\d+",
    rf"  guest     first, {place}:21",
    rf"  guest     walk, {place}:15",
    rf"  guest     walk, {place}:12",
    rf"  guest     main, {place}:4",
    r"    code    crash::interpret\(.*\) \[clone \.inlay\] \+ \d+",
    r"  program   main at [0-9a-f]+",
]
at = 0
for pattern in wanted:
    found = re.compile(rf"^{pattern}$", re.MULTILINE).search(done.stderr, at)
    if not found:
        sys.exit(f"after {at} characters there is no line {pattern}\n{done.stderr}")
    at = found.end()
if len(re.findall(rf"^  guest     walk, {place}:12$", done.stderr, re.MULTILINE)) != 3:
    sys.exit(f"walk called itself three times\n{done.stderr}")
