#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests what inlay-lox does with its command line, its input and output, and when there is too little of something.

    command_line_test.py INLAY_LOX [CLAIM ...]

The claims are the functions below that do not start with an underscore. odd_input.py tests odd scripts and odd files.
"""
import json
import os
import pathlib
import shlex
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
from claims import expect, try_functions  # noqa: E402

INLAY_LOX = os.path.abspath(sys.argv[1])
SANITIZED = os.environ.get("ASAN_OPTIONS") or os.environ.get("TSAN_OPTIONS")  # which need address space


def _run(*words, stdin="", **options):
    process = subprocess.run([INLAY_LOX, *words], input=stdin, stdout=options.pop("stdout", subprocess.PIPE),
                             stderr=subprocess.PIPE, text=True, timeout=120, **options)
    return process.returncode, process.stdout, process.stderr


def _shell(command, stdin=""):
    process = subprocess.run(["bash", "-c", command.replace("inlay-lox", shlex.quote(INLAY_LOX))], input=stdin,
                             capture_output=True, text=True, timeout=120)
    return process.returncode, process.stdout, process.stderr


def _gives(got, code, stdout, *words):
    """`words` are in the one line of standard error; without any, there is none."""
    right = got[0] == code and got[1] == stdout and got[2].count("\n") == bool(words)
    expect(right and all(word in got[2] for word in words), f"{got}; not {code}, {stdout!r}, {words}")


def joins_lines(folder):
    _gives(_run("-e", "var a = 6;", "-e", "print a * 7;"), 0, "42\n")
    _gives(_run("-e", "-1; print 2;"), 0, "2\n")
    code, _, stderr = _run("-e", "print 1;", "-e", "print")
    expect(code == 65 and stderr.startswith("[line 2] Error at end: "), stderr)


def takes_a_script_from_standard_input(folder):
    (folder / "script.lox").write_text("print 2;")
    _gives(_run(stdin="print 1;"), 0, "1\n")
    _gives(_run("-", stdin="print 1;"), 0, "1\n")
    _gives(_run(str(folder / "script.lox"), stdin="print 1;"), 0, "2\n")


def takes_one_program_only(folder):
    for words in (["-e", "1;", "script.lox"], ["-i", "script.lox"], ["-i", "-e", "1;"]):
        _gives(_run(*words), 64, "", "exclude one another")
    _gives(_run("one.lox", "two.lox"), 64, "", "two.lox", "inlay-lox --help")


def compiles_as_told(folder):
    for words in (["--jit=off"], ["--jit=on"], ["--jit=always"], ["--jit", "off"], []):
        _gives(_run(*words, "-e", "fun f(n) { if (n < 2) return n; return f(n - 1) + f(n - 2); } print f(20);"), 0, "6765\n")
    _gives(_run("--jit=never", "-e", "1;"), 64, "", "'never' is none of off, on, always")


def tells_what_was_collected(folder):
    script = "var s = \"\"; for (var i = 0; i < 2000; i = i + 1) s = s + \"longer than what is shared\"; print 1;"
    code, stdout, stderr = _run("--gc-statistics", "-e", script)
    told = json.loads(stderr)
    expect((code, stdout) == (0, "1\n") and set(told) == {
        "collections", "longest_pause_ms", "total_pause_ms", "live_bytes", "peak_bytes"}, stderr)
    expect(told["peak_bytes"] >= 52000 and told["total_pause_ms"] >= told["longest_pause_ms"], stderr)
    code, stdout, stderr = _run("--gc-statistics", "--gc-stress", "-e", script)
    expect((code, stdout) == (0, "1\n") and json.loads(stderr)["collections"] >= 1000, stderr)
    code, _, stderr = _run("--gc-statistics", "-e", "nil();")  # also behind an error
    expect(code == 70 and "collections" in json.loads(stderr.splitlines()[-1]), stderr)


def says_which_script_there_is_not(folder):
    _gives(_run("none.lox", cwd=folder), 66, "", "inlay-lox: cannot read 'none.lox': No such file", "check the name")
    _gives(_run(str(folder)), 66, "", "Is a directory", "name a script in it")
    _gives(_run("/dev/zero"), 66, "", "longer than 256 MiB")
    for command in (["build", "-o", "program"], ["explain"]):
        _gives(_run(*command, "none.lox", cwd=folder), 66, "", "none.lox")


def says_what_commands_need(folder):
    _gives(_run("build"), 64, "", "script is required")
    _gives(_run("build", "script.lox"), 64, "", "--output is required")
    _gives(_run("explain"), 64, "", "script is required")
    _gives(_run("explain", "--html", "page.html"), 64, "", "script is required")


def says_that_output_was_not_written(folder):
    for words in ("-e 'print 1;'", "--help", "--version"):
        _gives(_shell(f"inlay-lox {words} > /dev/full"), 74, "", "cannot write to standard output: No space left on device")
    _gives(_shell("inlay-lox -e 'print 1;' >&-"), 74, "", "Bad file descriptor")
    _gives(_shell("inlay-lox -e 'while (true) print 1;' > /dev/full"), 74, "", "No space left on device")
    code, _, stderr = _shell("inlay-lox -e 'print 1; nil();' > /dev/full")  # the first thing that went wrong
    expect(code == 70 and "Can only call" in stderr and stderr.count("No space left on device") == 1, stderr)


def keeps_closed_streams_closed(folder):
    _gives(_shell("inlay-lox - <&-"), 66, "", "standard input", "Bad file descriptor")
    (folder / "script.lox").write_text("print 1;")
    script = shlex.quote(str(folder / "script.lox"))
    _gives(_shell(f"inlay-lox {script} <&- 2>&-"), 0, "1\n")
    _gives(_shell(f"inlay-lox --jit=always {script} >&-"), 74, "", "Bad file descriptor")


def says_that_memory_is_out(folder):
    if SANITIZED:
        return
    for mode in ("off", "on"):
        for script in ('var s = "0123456789abcdef"; print 1; while (true) s = s + s;',
                       "class A {} var l; print 1; while (true) { var a = A(); a.next = l; l = a; }"):
            got = _shell(f"ulimit -v 2500000; inlay-lox --jit={mode} -e {shlex.quote(script)}")
            _gives(got, 70, "1\n", "inlay-lox: not enough memory")
    # Not enough for the stack alone: its thread, or what comes before.
    code, stdout, stderr = _shell("ulimit -v 280000; inlay-lox --jit=off -e 'print 1;'")
    expect(code in (70, 127) and stdout == "" and stderr.count("\n") == 1, (code, stdout, stderr))


def has_its_own_stack(folder):
    recursion = "fun f(n) { if (n > 0) f(n - 1); } f(20000); print 1;"
    nesting = "print " + "1 + (" * 900 + "1" + ")" * 900 + ";"
    for limit in ("128", "8192", "unlimited"):
        _gives(_shell(f"ulimit -s {limit} 2>/dev/null; inlay-lox --jit=off -e '{recursion} {nesting}'"), 0, "1\n901\n")


def says_that_calls_are_too_deep(folder):
    # Where calls end, there is room for one more function, with deep expressions and many arguments.
    deep = ("fun g(a, b, c, d, e, f, h) { return g; }\nfun deep() { g" + "(1, 2, 3, 4, 5, 6, 7)" * 100 + "; return 1"
            + " + 1" * 3000 + "; }\n")
    script = folder / "script.lox"
    for mode in ("off", "on", "always"):
        def entries_of_trace(deep_at):
            script.write_text(f"{deep}fun f(n) {{ if (n == {deep_at}) deep(); f(n + 1); }}\nf(0);")
            code, _, stderr = _run(f"--jit={mode}", str(script))
            expect(code == 70 and stderr.startswith("Stack overflow.\n"), (mode, deep_at, code, stderr[:300]))
            return 50 + int(stderr.split("\n... and ")[1].split(" more calls")[0])
        depth = entries_of_trace(deep_at=-1)
        for less in (1, 3):
            entries_of_trace(deep_at=depth - less)


def reads_lines_without_a_terminal(folder):
    _gives(_run("-i", stdin='1 + 2\n"a"\nprint 3; // here\n1 // there\n\n'), 0, "3\na\n3\n1\n")
    _gives(_run("-i", stdin="fun f() {\n  return 7;\n}\nf()\n(1\n+ 2)\n\"a\nb\"\n"), 0, "7\n3\na\nb\n")
    code, stdout, stderr = _run("-i", stdin="nil();\nvar a = 1;\nprint ;\nvar b = 2\na\nb\n1 +")
    expect((code, stdout) == (0, "1\n"), (code, stdout, stderr))
    for message in ("Can only call functions and classes.\n[line 1] in script\n", "[line 1] Error at ';': Expect expression.",
                    "Error at end: Expect ';' after variable declaration.", "Undefined variable 'b'.",
                    "[line 2] Error at end: Expect expression."):
        expect(message in stderr, stderr)
    _gives(_shell("inlay-lox -i > /dev/full", "print 1;\n"), 74, "", "No space left on device")


try_functions(sys.modules[__name__], sys.argv[2:])
