# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a program prints, says and returns, and how that differs from what was expected. For the judges of the apps."""
import dataclasses
import os
import signal
import subprocess


@dataclasses.dataclass
class Outcome:
    status: str  # "exit N", "killed by SIGNAL" or "still ran after N s"
    stdout: bytes
    stderr: bytes


def run(command, timeout, stdin=b"", folder=None, environment=None):
    """The outcome of a command; it and what it started end after `timeout` seconds."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True)
    try:
        stdout, stderr = process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        # A script may have started others: all of its session ends.
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        return Outcome(f"still ran after {timeout:g} s", stdout, stderr)
    if process.returncode < 0:
        return Outcome(f"killed by {signal.Signals(-process.returncode).name}", stdout, stderr)
    return Outcome(f"exit {process.returncode}", stdout, stderr)


def shown(line):
    text = line.decode("utf-8", "backslashreplace")
    return text if len(text) <= 300 else text[:300] + "..."


def text_difference(title, expected, got, sides=("reference", "candidate")):
    """The first line that differs, with two lines before it."""
    left, right = expected.split(b"\n"), got.split(b"\n")
    at = 0
    while at < len(left) and at < len(right) and left[at] == right[at]:
        at += 1
    lines = [f"  {title} differs at line {at + 1}"]
    lines += [f"    both       | {shown(line)}" for line in left[max(0, at - 2):at]]
    for who, text in zip(sides, (left, right)):
        if at >= len(text):
            lines.append(f"    {who}  ends here")
        lines += [f"    {who}  | {shown(line)}" for line in text[at:at + 3]]
    return lines


def difference(expected, got):
    """Lines that tell how a candidate's outcome differs from the reference's; none if it does not."""
    lines = []
    if expected.status != got.status:
        lines.append(f"  status: reference {expected.status}, candidate {got.status}")
    if expected.stdout != got.stdout:
        lines += text_difference("stdout", expected.stdout, got.stdout)
    if expected.stderr != got.stderr:
        lines += text_difference("stderr", expected.stderr, got.stderr)
    return lines
