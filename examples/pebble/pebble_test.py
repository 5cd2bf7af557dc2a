# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs each program in the process and as an executable; shows what is wrong with wrong ones; stops at lines in gdb."""
import pathlib
import re
import subprocess
import sys
import tempfile

pebble, programs, *debugger = sys.argv[1:]
work = pathlib.Path(tempfile.mkdtemp())
problems = []
STATUS = {"words": 7, "fib": None}  # None: ends by a trap


def call(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=100, stdin=subprocess.DEVNULL)


def check(what, done, output, status):
    if done.stdout != output or (status is not None and done.returncode != status) or (status is None and done.returncode == 0):
        problems.append(f"{what}: ended with {done.returncode}\n{done.stdout}\n{done.stderr}")


def refused(text, place, message, line, column):
    file = work / "wrong.pebble"
    file.write_text(text)
    done = call(pebble, "run", str(file))
    wanted = f"{file}:{place}: error: {message} [invalid-program]\n  {line}\n  {' ' * (column - 1)}^\n"
    if done.returncode != 1 or done.stderr != wanted:
        problems.append(f"wanted\n{wanted}and got {done.returncode}\n{done.stderr}")


names = sorted(pathlib.Path(programs).glob("*.pebble"))
assert len(names) == 4, names
for file in names:
    output, status = file.with_suffix(".out").read_text(), STATUS.get(file.stem, 0)
    done = call(pebble, "run", str(file))
    check(f"run {file.stem}", done, output, status)
    program = work / file.stem
    built = call(pebble, "build", str(file), "-o", str(program), "-g")
    if built.returncode != 0:
        problems.append(f"build {file.stem}: {built.stderr}")
        continue
    check(f"built {file.stem}", call(str(program)), output, status)

done = call(work / "fib")
if not re.search(r"index 3 is out of bounds of length 3", done.stderr) or "fib.pebble:10" not in done.stderr:
    problems.append(f"the trap does not tell its place\n{done.stderr}")

main = "fn main() -> int {\n"
refused(main + "  return 1 +;\n}", "2:13", "expected a name", "  return 1 +;", 13)
refused(main + "  let x = 1 + 2.0;\n}", "2:13", "this is of type float, and int is wanted", "  let x = 1 + 2.0;", 13)
refused(main + "  return y;\n}", "2:10", "there is no 'y' here", "  return y;", 10)
refused(main + "  1 = 2;\n}", "2:3", "this cannot be assigned to", "  1 = 2;", 3)
refused(main + '  let s = "abc', "2:11", "this is no word, no number and no text on one line", '  let s = "abc', 11)
refused("fn f() {}", "1:10", "the program has no 'fn main() -> int'", "fn f() {}", 10)
refused("fn f(p: Point) {}", "1:9", "there is no type 'Point'", "fn f(p: Point) {}", 9)
refused("struct P { x: int; }\nfn f(p: P) { p.y = 1; }", "2:16", "P has no field 'y'", "fn f(p: P) { p.y = 1; }", 16)
refused("fn f() {}\nfn f() {}", "2:4", "there is a function 'f' already", "fn f() {}", 4)
refused("fn f() { f(1); }", "1:10", "it takes 0 arguments", "fn f() { f(1); }", 10)
refused("fn f() {", "1:9", "expected '}'", "fn f() {", 9)
deep = work / "deep.pebble"
many = 5000
for text in (main + "return " + "(" * many + "}", main + "{" * many + "}" * (many + 1), main + "return " + "-" * many + "1; }",
             main + "if true {" * many + "}" * (many + 1), main + "if true {} else " * many + "{} }",
             "fn f(x: " + "[" * many, "", "fn", "struct", "\0"):
    deep.write_text(text)
    if call(pebble, "run", str(deep)).returncode != 1:
        problems.append(f"{text[:40]}... is not refused")
if call(pebble, "run", "/nowhere").returncode != 1:
    problems.append("a file that is not there is run")

if debugger:
    done = call(debugger[0], "-batch", "-nx", "-ex", "set breakpoint pending on", "-ex", "break sieve.pebble:11", "-ex", "run",
                "-ex", "backtrace", "-ex", "info locals", "-ex", "info args", str(work / "sieve"))
    if not re.search(r"sieve\.pebble:11", done.stdout) or not re.search(r"found = 1\b", done.stdout):
        problems.append(f"gdb does not stop at line 11\n{done.stdout}\n{done.stderr}")

sys.exit("\n".join(problems) or 0)
