# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs each program in the process and as an executable, without calls into the runtime; shows what is wrong with wrong
ones; stops at lines in gdb; keeps the compiler as small as the guide says."""
import pathlib
import re
import subprocess
import sys
import tempfile

pebble, programs, nm, *debugger = sys.argv[1:]
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


size = sum(len(f.read_text().splitlines()) for f in pathlib.Path(programs).parent.iterdir() if f.suffix in (".h", ".cpp"))
if not 300 < size < 600:
    problems.append(f"the compiler has {size} lines of C++: they must be fewer than 600")


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
    # What is called has a symbol, as `fib` has, which calls itself.
    symbols = call(nm, str(program)).stdout
    called = re.findall(r" [tT] (pebble[._]\w+)", symbols)
    if called != (["pebble.fib"] if file.stem == "fib" else []):
        problems.append(f"{file.stem}: {called} are not inlined\n{symbols}")

done = call(work / "fib")
if not re.search(r"index 3 is out of bounds of length 3", done.stderr) or "fib.pebble:10" not in done.stderr:
    problems.append(f"the trap does not tell its place\n{done.stderr}")

main = "fn main() -> int {\n"
refused(main + "  return 1 +;\n}", "2:13", "expected a name", "  return 1 +;", 13)
refused(main + "  let x = 1 + 2.0;\n}", "2:15", "this is of type float, and int is wanted", "  let x = 1 + 2.0;", 15)
refused(main + "  return y;\n}", "2:10", "there is no 'y' here", "  return y;", 10)
refused(main + "  1 = 2;\n}", "2:3", "this cannot be assigned to", "  1 = 2;", 3)
refused(main + '  let s = "abc', "2:11", "this is no word", '  let s = "abc', 11)
refused("fn f() {}", "1:10", "there is no 'fn main() -> int'", "fn f() {}", 10)
refused("fn f(p: Point) {}", "1:9", "there is no type 'Point'", "fn f(p: Point) {}", 9)
refused("fn f(p: [int]) { p[0] = true; }", "1:25", "this is of type bool, and int is wanted",
        "fn f(p: [int]) { p[0] = true; }", 25)
refused("fn f(p: [int]) { print(p); }", "1:24", "a value of type [int] cannot be printed", "fn f(p: [int]) { print(p); }", 24)
refused("fn f() { g(); }", "1:10", "there is no function 'g'", "fn f() { g(); }", 10)
refused("fn f() { let a = 1 < 2 < 3; }", "1:26", "this is of type int, and bool is wanted", "fn f() { let a = 1 < 2 < 3; }", 26)
refused("fn f() { let a = f(); }", "1:10", "this has no value", "fn f() { let a = f(); }", 10)
refused("fn f() { 1[0] = 2; }", "1:11", "only lists and texts have elements", "fn f() { 1[0] = 2; }", 11)
refused("fn f() { true = 1.5 % 2.0; }", "1:10", "this cannot be assigned to", "fn f() { true = 1.5 % 2.0; }", 10)
refused("fn f() { print(1.5 % 2.0); }", "1:20", "'%' is not there for float", "fn f() { print(1.5 % 2.0); }", 20)
refused("fn f() {}\nfn f() {}", "2:4", "there is a function 'f' already", "fn f() {}", 4)
refused("fn f() { f(1); }", "1:12", "expected ')'", "fn f() { f(1); }", 12)
refused("fn f() { } }", "1:12", "expected 'fn'", "fn f() { } }", 12)
refused("fn f() {", "1:9", "expected '}'", "fn f() {", 9)
deep = work / "deep.pebble"
many = 5000
for text in (main + "return " + "(" * many + "}", main + "{" * many + "}" * (many + 1), main + "return " + "-" * many + "1; }",
             main + "if true {" * many + "}" * (many + 1), main + "if true {} else " * many + "{} }",
             "fn f(x: " + "[" * many, "", "fn", "let", "\0"):
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
