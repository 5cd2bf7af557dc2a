#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests `inlay-lua --build` as its users meet it; compare.py --build tests that what it writes does what lua5.4 does.

    build_test.py INLAY_LUA [CLAIM ...]

The claims are the functions below that do not start with an underscore.
"""
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
from claims import expect, try_functions  # noqa: E402

INLAY_LUA = os.path.abspath(sys.argv[1])


def _run(command, folder, stdin=""):
    # Nothing of the environment, so nothing that leads to Inlay.
    process = subprocess.run(command, cwd=folder, env={}, input=stdin, capture_output=True, text=True, timeout=120)
    return process.returncode, process.stdout, process.stderr


def _build(folder, *words):
    return _run([INLAY_LUA, "--build", *words], folder)


def _built(folder, text, name="script.lua"):
    (folder / name).write_text(text)
    code, stdout, stderr = _build(folder, name, "-o", "program")
    expect((code, stdout, stderr) == (0, "", ""), stderr)
    return str(folder / "program")


def _expect_refusal(folder, words, pattern):
    code, stdout, stderr = _build(folder, *words)
    expect(code == 1 and stdout == "" and re.search(pattern, stderr), f"{words}: {code} {stderr}")
    expect(not (folder / "program").exists(), f"{words}: wrote a program")


def says_what_it_cannot_build(folder):
    (folder / "wrong.lua").write_text("local x = 1\nlocal y = = 2\n")
    (folder / "right.lua").write_text("print(1)\n")
    _expect_refusal(folder, ["none.lua", "-o", "program"], r"^inlay-lua: cannot open none\.lua: No such file or directory\n$")
    _expect_refusal(folder, ["wrong.lua", "-o", "program"],
                    r"^inlay-lua: wrong\.lua:2: unexpected symbol near '='\n$")
    _expect_refusal(folder, ["right.lua", "-o", "absent/program"], r"^inlay-lua: .*absent/program")
    _expect_refusal(folder, ["right.lua", "-o", "./right.lua"], r"^inlay-lua: './right\.lua' is the script")
    expect((folder / "right.lua").read_text() == "print(1)\n", "the script was overwritten")
    _expect_refusal(folder, ["right.lua"], r"takes a script and -o.*\nusage: ")
    _expect_refusal(folder, ["-o", "program"], r"takes a script and -o.*\nusage: ")
    _expect_refusal(folder, ["right.lua", "-o"], r"takes a script and -o.*\nusage: ")
    _expect_refusal(folder, ["right.lua", "-o", "program", "more.lua"], r"takes one script; what is 'more.lua'\?\n")


def program_needs_no_script_and_no_inlay(folder):
    program = _built(folder, """local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
print(fib(20), ...)""")
    (folder / "script.lua").unlink()
    expect(_run([program, "one", "-e", "--"], "/") == (0, "6765\tone\t-e\t--\n", ""), "arguments")
    libraries = _run(["ldd", program], "/")[1].lower()
    expect("libc.so" in libraries and "inlay" not in libraries and "llvm" not in libraries, libraries)


def program_knows_its_script_and_itself(folder):
    program = _built(folder, "print(arg[-1], arg[0], arg[1], #arg) error('here')", "-odd name.lua")
    code, stdout, stderr = _run([program, "a"], folder)
    expect(stdout == "--\t-odd name.lua\ta\t1\n", stdout)
    expect(code == 1 and stderr.startswith("lua: -odd name.lua:1: here\nstack traceback:"), stderr)


def program_reads_its_input_and_loads_more(folder):
    (folder / "more.lua").write_text("return function(n) local s = 0 for i = 1, n do s = s + i end return s end")
    program = _built(folder, """local more = require "more"
local add = load("local a, b = ... return a + b")
for line in io.lines() do print(add(tonumber(line), more(100))) end
print(string.dump(more) ~= nil, select(2, pcall(load("error('in it')", "=it"))))
os.exit(7)""")
    result = _run([program], folder, "1\n2.5\n")
    expect(result == (7, "5051\n5052.5\ntrue\tit:1: in it\n", ""), result)


def functions_are_freed_and_dumped(folder):
    # What the collector frees must not be the program's own instructions; a dump must have them.
    program = _built(folder, """local function make() return load(string.dump(function(x) return x * 2 end)) end
local copy = make()
make = nil
for i = 1, 3 do collectgarbage() end
print(copy(21), debug.getinfo(1, "l").currentline)
local lines = {}
debug.sethook(function(_, line) lines[#lines + 1] = line end, "l")
local x = 1
x = x + 1
debug.sethook()
print(table.concat(lines, " "))""")
    result = _run([program], folder)
    expect(result == (0, "42\t5\n8 9 10\n", ""), result)


try_functions(sys.modules[__name__], sys.argv[2:])
