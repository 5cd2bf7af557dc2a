#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests `inlay-lox build` as its users meet it; conformance.py --build tests that what it writes does what it should.

    build_test.py INLAY_LOX [CLAIM ...]

The claims are the functions below that do not start with an underscore.
"""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
from claims import expect, try_functions  # noqa: E402

INLAY_LOX = os.path.abspath(sys.argv[1])


def _run(command, folder, **more):
    # Nothing of the environment, so nothing that leads to Inlay.
    process = subprocess.run(command, cwd=folder, env={}, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                             timeout=120, **({"stdout": subprocess.PIPE} | more))
    return process.returncode, process.stdout, process.stderr


def _built(folder, text, program="program"):
    (folder / "script.lox").write_text(text)
    result = _run([INLAY_LOX, "build", "script.lox", "-o", program], folder)
    expect(result == (0, "", ""), result)
    return str(folder / program)


def _expect_refusal(folder, script, output, status, pattern):
    result = _run([INLAY_LOX, "build", script, "-o", output], folder)
    expect(result[:2] == (status, "") and re.search(pattern, result[2]), f"{script} -o {output}: {result}")
    expect(not (folder / "program").exists(), f"{script} -o {output}: wrote a program")


def says_what_it_cannot_build(folder):
    (folder / "wrong.lox").write_text("var x = 1;\nvar y = = 2;\n")
    (folder / "right.lox").write_text("print 1;\n")
    _expect_refusal(folder, "wrong.lox", "program", 65, r"^\[line 2\] Error at '=': Expect expression\.\n")
    _expect_refusal(folder, "right.lox", "absent/program", 74, r"^inlay-lox: .*absent/program")
    _expect_refusal(folder, "right.lox", "./right.lox", 74, r"^inlay-lox: './right\.lox' is the script")
    expect((folder / "right.lox").read_text() == "print 1;\n", "the script was overwritten")


def program_stands_alone(folder):
    program = _built(folder, """class Greeting { init(text) { this.text = text; } say() { print this.text + "!"; } }
fun fib(n) { if (n < 2) return n; return fib(n - 1) + fib(n - 2); }
Greeting("hello").say();
print fib(20);""")
    (folder / "script.lox").unlink()
    empty = folder / "empty"
    empty.mkdir()
    expect(_run([program], empty) == (0, "hello!\n6765\n", ""), "what it does")
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", subprocess.run(["readelf", "-d", program], capture_output=True,
                                                                text=True, check=True).stdout)
    expect("libc.so.6" in needed, needed)
    expect(set(needed) <= {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6"}, needed)


def program_fails_as_a_script_does(folder):
    program = _built(folder, "fun f(n) {\n  if (n == 0) return -nil;\n  return f(n - 1);\n}\nprint 1;\nf(2);")
    result = _run([program], folder)
    expect(result == (70, "1\n", "Operand must be a number.\n" + "[line 2] in f()\n" + 2 * "[line 3] in f()\n" +
                       "[line 6] in script\n"), result)
    expect(result == _run([INLAY_LOX, "--jit=off", "script.lox"], folder), "another result than the script's")
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = _run([_built(folder, "print 1;")], folder, stdout=full)
    expect(result[0] == 74 and result[2].startswith("program: cannot write to standard output: "), result)


def program_has_room_for_deep_calls(folder):
    program = _built(folder, """fun deep(n) { if (n > 0) deep(n - 1); return n; }
print deep(100000);
fun endless(n) { return 1 + endless(n); }
endless(1);""")
    status, stdout, stderr = _run([program], folder)
    expect((status, stdout) == (70, "100000\n") and stderr.startswith("Stack overflow.\n[line 3] in endless()\n"), stderr)


def building_again_gives_the_same_bytes(folder):
    text = """class A { init(x) { this.x = x; } get() { return this.x; } }
class B < A { get() { return super.get() + "b"; } }
fun f(n) { var s = ""; for (var i = 0; i < n; i = i + 1) s = s + B("a").get(); return s; }
print f(3);"""
    first, second = (pathlib.Path(_built(folder, text, program)).read_bytes() for program in ("program", "again"))
    expect(first == second, "two builds of a script differ")


try_functions(sys.modules[__name__], sys.argv[2:])
