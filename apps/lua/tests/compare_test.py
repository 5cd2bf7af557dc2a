#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests what judges: compare.py must see what differs, and the scripts must use every instruction of Lua 5.4.

    compare_test.py CLAIM

The claims are the functions below that do not start with an underscore. Exit code 77 says that lua5.4 is missing.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
COMPARE = [sys.executable, str(HERE / "compare.py")]
# Instructions of Lua 5.4 as luac5.4 names them; LOADKX needs more constants than a file should have, so opcodes.lua
# makes them with load().
OPCODES = """MOVE LOADI LOADF LOADK LOADFALSE LFALSESKIP LOADTRUE LOADNIL GETUPVAL SETUPVAL GETTABUP GETTABLE GETI GETFIELD
SETTABUP SETTABLE SETI SETFIELD NEWTABLE SELF ADDI ADDK SUBK MULK MODK POWK DIVK IDIVK BANDK BORK BXORK SHRI SHLI ADD SUB
MUL MOD POW DIV IDIV BAND BOR BXOR SHL SHR MMBIN MMBINI MMBINK UNM BNOT NOT LEN CONCAT CLOSE TBC JMP EQ LT LE EQK EQI LTI
LEI GTI GEI TEST TESTSET CALL TAILCALL RETURN RETURN0 RETURN1 FORLOOP FORPREP TFORPREP TFORCALL TFORLOOP SETLIST CLOSURE
VARARG VARARGPREP EXTRAARG""".split()


def _compare(*arguments):
    process = subprocess.run(COMPARE + list(arguments), capture_output=True, text=True, timeout=120)
    return process.returncode, process.stdout


def _candidate(folder, name, body):
    """A command that wraps lua5.4: `body` is what its shell does."""
    path = pathlib.Path(folder) / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def _expect(condition, what):
    if not condition:
        raise AssertionError(what)


def sees_what_differs():
    script = "scripts/exit_nil.lua"
    wrong = {
        "output": ('lua5.4 "$@"; code=$?; echo more; exit $code', "stdout differs"),
        "status": ('lua5.4 "$@"; exit 3', "status: reference exit 1, candidate exit 3"),
        "errors": ('lua5.4 "$@"; code=$?; echo more >&2; exit $code', "stderr differs"),
        "killed": ("kill -SEGV $$", "killed by SIGSEGV"),
        "stuck": ("exec sleep 60", "still ran after 1 s"),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (body, expected) in wrong.items():
            code, text = _compare("--timeout", "1", "--candidate", _candidate(folder, name, body), script)
            _expect(code == 1 and expected in text and text.endswith("0 passed, 1 failed\n"), f"{name}: {code}\n{text}")
        # Messages start with the name of the program, which is no difference.
        right = pathlib.Path(folder) / "right"
        right.symlink_to(shutil.which("lua5.4"))
        code, text = _compare("--candidate", str(right), "--candidate", "lua5.4", script)
        _expect(code == 0 and text == "2 passed, 0 failed\n", text)


def judges_what_is_built():
    # Builders whose programs are lua5.4 with the script's name.
    program = """printf '#!/bin/bash\\nexec -a lua lua5.4 %s "$@"\\n' "$2" >"$4"; chmod +x "$4"; """
    script = "scripts/exit_nil.lua"
    with tempfile.TemporaryDirectory() as folder:
        right = _candidate(folder, "right", program)
        code, text = _compare("--build", right, script, "cases.txt", "--filter", "exit_nil|^arguments$|^execute$")
        _expect(code == 0 and text == "2 passed, 0 failed\n", text)  # `-e` is no script that can be built
        wrong = {
            "output": (program + """sed -i '1aecho more' "$4" """, "stdout differs"),
            "status": (program + """sed -i 's/exec//; s/-a lua//; $aexit 3' "$4" """, "status: reference exit 1, candidate exit 3"),
            "refuses": ("echo no >&2; exit 1", "stderr differs"),
            "fails": ("exit 2", "status: reference exit 1, candidate exit 2"),
        }
        for name, (body, expected) in wrong.items():
            code, text = _compare("--build", _candidate(folder, name, body), script)
            _expect(code == 1 and expected in text and text.endswith("0 passed, 1 failed\n"), f"{name}: {code}\n{text}")


def sees_one_wrong_result_in_generated_programs():
    # The candidate has a `select` that counts wrong from three values on.
    with tempfile.TemporaryDirectory() as folder:
        count = "if n == '#' then return s(n, ...) % 3 end"
        wrong = _candidate(folder, "wrong", f'''exec lua5.4 -e "local s = select
          select = function(n, ...) {count} return s(n, ...) end" "$@"''')
        code, text = _compare("--candidate", wrong, "--generated", "1", "3")
        _expect(code == 1 and "differs at line" in text, text)


def fails_when_nothing_is_compared():
    code, text = _compare("--candidate", "lua5.4", "--filter", "no such case", "cases.txt")
    _expect(code == 1 and text == "0 passed, 0 failed\n", text)


def refuses_cases_it_cannot_read():
    with tempfile.TemporaryDirectory() as folder:
        for text in ("args = before a name\n", "[a]\nwhat = unknown\n", "[a]\nargs\n", "[a]\n[a]\n"):
            path = pathlib.Path(folder) / "cases.txt"
            path.write_text(text)
            code, _ = _compare("--candidate", "lua5.4", str(path))
            _expect(code == 2, f"{code} for {text!r}")


def scripts_use_every_instruction():
    used = set()
    for path in sorted((HERE / "scripts").glob("*.lua")):
        listing = subprocess.run(["luac5.4", "-l", "-l", "-p", str(path)], capture_output=True, text=True, timeout=60)
        used |= set(re.findall(r"^\t\d+\t\[[\d-]+\]\t([A-Z0-9]+)", listing.stdout, re.M))
    missing = [name for name in OPCODES if name not in used]
    _expect(not missing, f"no script has {', '.join(missing)}")


def generated_programs_repeat_themselves():
    def text(*arguments):
        return subprocess.run([sys.executable, str(HERE / "generate.py"), *arguments], capture_output=True, timeout=60).stdout
    _expect(text("7") == text("7") and len(text("7")) > 5000, "seed 7 gives two programs")
    _expect(text("7") != text("8"), "seeds 7 and 8 give one program")
    large = len(text("7", "--bytes", "200000"))
    _expect(200000 <= large < 220000, f"{large} bytes")


def main():
    if not shutil.which("lua5.4") or not shutil.which("luac5.4"):
        print("lua5.4 is not installed")
        return 77
    claims = {name: claim for name, claim in globals().items()
              if callable(claim) and not name.startswith("_") and name != "main"}
    if len(sys.argv) != 2 or sys.argv[1] not in claims:
        print(f"usage: compare_test.py CLAIM\nclaims: {' '.join(claims)}")
        return 2
    claims[sys.argv[1]]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
