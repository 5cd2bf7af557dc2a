#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests the REPL of inlay-lox at a pseudo terminal, as its users meet it.

    repl_test.py INLAY_LOX [CLAIM ...]

The claims are the functions below that do not start with an underscore.
"""
import os
import pathlib
import pty
import select
import signal
import sys
import termios
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
from claims import expect, try_functions  # noqa: E402

INLAY_LOX = os.path.abspath(sys.argv[1])
PROMPT, MORE = "> ", "| "
CONTROL_C, CONTROL_D, UP, LEFT, BACKSPACE = "\x03", "\x04", "\x1b[A", "\x1b[D", "\x7f"


class _Repl:
    """A REPL that runs, and what stands on its screen."""

    def __init__(self, folder, *words, environment=None):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            environment = {"TERM": "xterm", "XDG_STATE_HOME": str(folder)} | (environment or {})
            os.execve(INLAY_LOX, [INLAY_LOX, *words], environment)
        self.wait_for(PROMPT)

    def wait_for(self, end):
        """What it writes up to a line that ends with this, and nothing behind."""
        shown, deadline = "", time.monotonic() + 60
        while not shown.endswith(end) and time.monotonic() < deadline:
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    shown += os.read(self.terminal, 4096).decode()
                except OSError:  # it has ended
                    break
        expect(shown.endswith(end), f"waited for {end!r}, and saw {shown!r}")
        # libedit writes its prompt a moment before it turns off what the terminal does by itself.
        while termios.tcgetattr(self.terminal)[3] & termios.ICANON and time.monotonic() < deadline:
            time.sleep(0.001)
        return shown

    def type(self, text, end=PROMPT):
        """What it writes behind the line that was typed."""
        os.write(self.terminal, text.encode())
        shown = self.wait_for("\n" + end)
        return shown.split("\n", 1)[1].removesuffix(end).replace("\r", "")

    def status(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                return os.waitstatus_to_exitcode(status)
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    os.read(self.terminal, 4096)
                except OSError:
                    time.sleep(0.05)
        os.kill(self.process, signal.SIGKILL)
        raise AssertionError("it did not end")


def _gives(got, expected):
    expect(got == expected, f"{got!r}, not {expected!r}")


def prints_expressions(folder):
    for mode in ("off", "on", "always"):
        repl = _Repl(folder, f"--jit={mode}")
        _gives(repl.type("1 + 2\n"), "3\n")
        _gives(repl.type('"text" + "s"  // said\n'), "texts\n")
        _gives(repl.type("var a = 1;\n"), "")
        _gives(repl.type("a = a + 1\n"), "2\n")
        _gives(repl.type("a = a + 1;\n"), "")
        _gives(repl.type("print a;\n"), "3\n")
        _gives(repl.type("\n"), "")
        _gives(repl.type('"ü"\n'), "ü\n")
        os.write(repl.terminal, CONTROL_D.encode())
        _gives(repl.status(), 0)


def goes_on_with_what_is_unfinished(folder):
    repl = _Repl(folder)
    _gives(repl.type("fun twice(n) {\n", MORE), "")
    _gives(repl.type("  return 2 *\n", MORE), "")
    _gives(repl.type("n; }\n"), "")
    _gives(repl.type("twice(\n", MORE), "")
    _gives(repl.type("21)\n"), "42\n")
    _gives(repl.type('"a\n', MORE), "")
    _gives(repl.type('b"\n'), "a\nb\n")
    expect("Error at end: Expect ';' after variable declaration." in repl.type("var a = 1\n"), "a semicolon")


def goes_on_after_errors(folder):
    repl = _Repl(folder)
    repl.type("var a = 1; fun f() { return nil.x; }\n")
    _gives(repl.type("f();\n"), "Only instances have properties.\n[line 1] in f()\n[line 1] in script\n")
    expect("[line 1] Error at ')': Expect expression." in repl.type("1 + );\n"), "a compile error")
    expect("Stack overflow." in repl.type("fun r() { r(); } r();\n"), "an overflow")
    _gives(repl.type("a\n"), "1\n")


def drops_a_line(folder):
    repl = _Repl(folder)
    _gives(repl.type("var a = 1" + CONTROL_C), "")
    _gives(repl.type("{\n", MORE), "")
    _gives(repl.type("print 1;" + CONTROL_C), "")
    _gives(repl.type("2\n"), "2\n")
    os.write(repl.terminal, CONTROL_D.encode())
    _gives(repl.status(), 0)


def ends_a_program_that_runs(folder):
    repl = _Repl(folder)
    os.write(repl.terminal, b"print 1; while (true) {}\n")
    time.sleep(1)
    os.write(repl.terminal, CONTROL_C.encode())
    _gives(repl.status(), -signal.SIGINT)


def edits_and_remembers(folder):
    repl = _Repl(folder)
    expect(repl.type("1 + 3" + LEFT + BACKSPACE + "- \n").endswith("-2\n"), "editing")
    repl.type("var text = \"a  b\";\n")
    os.write(repl.terminal, CONTROL_D.encode())
    _gives(repl.status(), 0)
    history = folder / "inlay-lox" / "history"
    expect(history.stat().st_mode & 0o077 == 0, "the history is for everybody")
    repl = _Repl(folder)
    _gives(repl.type(UP + "print text;\n").endswith("a  b\n"), True)
    repl = _Repl(folder, environment={"XDG_STATE_HOME": "", "HOME": str(folder / "home")})
    repl.type("1\n")
    expect((folder / "home" / ".local" / "state" / "inlay-lox" / "history").exists(), "no history at home")
    repl = _Repl(folder, environment={"XDG_STATE_HOME": "/dev/null/none"})
    _gives(repl.type("1\n"), "1\n")


def stops_and_continues(folder):
    repl = _Repl(folder)
    os.kill(repl.process, signal.SIGWINCH)
    os.kill(repl.process, signal.SIGTSTP)
    time.sleep(0.3)
    os.kill(repl.process, signal.SIGCONT)
    time.sleep(0.3)
    expect(repl.type("1 + 1\n").endswith("2\n"), "it does not go on")


try_functions(sys.modules[__name__], sys.argv[2:])
