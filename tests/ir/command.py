#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay build`, run, check, print and serve promise: exit statuses, messages, files.

    command.py INLAY
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

inlay = str(pathlib.Path(sys.argv[1]).resolve())
passed, failed = 0, 0

# Each traps by a function that is not exported, and whose name another library has, too.
LIBRARY = """func @helper(%x: i64) -> i64 HINT {
  %z = div i64 100, %x
  return i64 %z
}
export func @NAME(%x: i64) -> i64 {
  %r = call fn(i64) -> i64 @helper(%x)
  %s = add i64 %r, 1
  return i64 %s
}
"""
USER = """#include <stdio.h>
#include <stdlib.h>
long one(long), two(long), three(long);
int main(int count, char** values) { (void)values; return one(50) + two(20) + three(count > 1 ? 0 : 10) == 20 ? 0 : 1; }
"""

HELLO = """data @text = "Hello World\\n"
func @write(i64, ptr, i64) -> i64 asm x86_64 { mov eax, 1
  syscall
  ret }
export func @main() -> i32 {
  %n = call fn(i64, ptr, i64) -> i64 @write(1, @text, 12)
  return i32 STATUS
}
"""
ARGUMENTS = """extern func @puts(ptr) -> i32
export func @main(%count: i32, %values: ptr) -> i32 {
  %at = offset ptr %values, 1
  %first = load ptr %at
  %n = call fn(ptr) -> i32 @puts(%first)
  return i32 %count
}
"""


def run(*words, stdin=b""):
    done = subprocess.run([inlay, *map(str, words)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def execute(*words):
    done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def claim(what, holds, *seen):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}", *seen, sep="\n  ")


def contains(what, answer, status, *texts):
    code, out, err = answer
    claim(what, code == status and all(text in out + err for text in texts), f"status {code}", out[-600:], err[-600:])


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    hello = folder / "hello.inlay"
    hello.write_text(HELLO.replace("STATUS", "0"))

    for engine in ("jit", "interpret", "all"):
        answer = run("run", "--engine", engine, hello)
        claim(f"run by {engine}", answer[:2] == (0, "Hello World\n"), *answer[1:])
    contains("a program from standard input", run("run", "-", stdin=hello.read_bytes()), 0, "Hello World")
    arguments = folder / "arguments.inlay"
    arguments.write_text(ARGUMENTS)
    for engine in ("jit", "interpret", "all"):
        contains(f"arguments, by {engine}", run("run", "--engine", engine, arguments, "--argument", "one"), 2, "one\n")
    contains("what follows -- goes to the program", run("run", arguments, "--", "two", "three"), 3, "two\n")

    out = folder / "hello"
    contains("build", run("build", hello, "-o", out), 0)
    contains("the executable runs", execute(out), 0, "Hello World")
    contains("build with debug information", run("build", "-g", hello, "-o", folder / "debug"), 0)
    contains("that runs too", execute(folder / "debug"), 0, "Hello World")
    contains("with the C library", run("build", arguments, "-o", folder / "arguments"), 0)
    contains("that runs, too", execute(folder / "arguments", "x"), 2, "x")
    for ending, magic in ((".o", b"\x7fELF"), (".so", b"\x7fELF"), (".a", b"!<arch>"), (".inlaylib", b"inlaylib")):
        path = folder / f"out{ending}"
        contains(f"build {ending}", run("build", hello, "-o", path), 0)
        claim(f"{ending} is one", path.read_bytes().startswith(magic))
    for level in ("-O0", "-O2"):
        for name, hint, ending in (("one", "noinline", ".a"), ("two", "inline", ".a"), ("three", "noinline", ".so")):
            (folder / f"{name}.inlay").write_text(LIBRARY.replace("NAME", name).replace("HINT", hint))
            contains(f"{name}{ending} at {level}", run("build", level, folder / f"{name}.inlay", "-o", folder / f"lib{name}{ending}"), 0)
        (folder / "user.c").write_text(USER)
        built = execute("clang-22", "-w", folder / "user.c", folder / "libone.a", folder / "libtwo.a", folder / "libthree.so",
                        f"-Wl,-rpath,{folder}", "-o", folder / "user")
        contains(f"libraries with functions of the same name go together, {level}", built, 0)
        contains(f"and run, {level}", execute(folder / "user"), 0)
        contains(f"and trap, {level}", execute(folder / "user", "x"), -6, "three.inlay:2: trap: division by zero in @helper", "@three")
        contains(f"a static library becomes a shared one, {level}", execute("clang-22", "-shared", "-Wl,--whole-archive", folder / "libone.a", "-Wl,--no-whole-archive", "-o", folder / "libother.so"), 0)
    contains("a library can be printed", run("print", folder / "out.inlaylib"), 0, "export func @main() -> i32 {", "Hello World\\n")
    contains("and built", run("build", folder / "out.inlaylib", "-o", folder / "again"), 0)
    contains("and that runs", execute(folder / "again"), 0, "Hello World")
    printed = run("print", hello)[1]
    (folder / "printed.inlay").write_text(printed)
    claim("what was printed prints the same", run("print", folder / "printed.inlay")[1] == printed, printed)

    (folder / "silent.inlay").write_text("export func @main() {\n  return_void\n}\n")
    for engine in ("jit", "interpret", "all"):
        contains(f"a main without a status, by {engine}", run("run", "--engine", engine, folder / "silent.inlay"), 0)
    contains("check is silent", run("check", hello), 0)
    (folder / "bad.inlay").write_text("func @f() -> i32 {\n  %x = ad i32 1, 2\n  return i32 %x\n}\n")
    contains("an error of the text has its place and a suggestion", run("check", folder / "bad.inlay"), 1, "bad.inlay:2:8", "did you mean 'add'", "^")
    (folder / "wrong.inlay").write_text("export func @main() -> i32 {\n  return i64 1\n}\n")
    for words in (["run"], ["build", "-o", folder / "wrong"]):
        contains(f"{words[0]} refuses what check refuses", run(*words, folder / "wrong.inlay"), 1, "wrong.inlay:2")
    claim("no file is left of it", not (folder / "wrong").exists())
    contains("no such file", run("run", folder / "none.inlay"), 1, "none.inlay", "cannot be read")
    contains("no program", run("run", folder / "hello"), 1, "is no program")
    (folder / "empty.inlay").write_text("")
    contains("no main", run("run", folder / "empty.inlay"), 1, "no function '@main'")
    contains("no main to build", run("build", folder / "empty.inlay", "-o", folder / "x"), 1, "main")
    mains = folder / "mains.inlay"
    for form, good in (("() -> i32", True), ("(%n: i32, %v: ptr) -> i32", True), ("(%n: i64) -> i32", False), ("() -> i64", False)):
        result = form.rpartition(" ")[2]
        mains.write_text(f"export func @main{form} {{\n  return {result} 0\n}}\n")
        for words in (["run"], ["build", "-o", folder / "mains"], ["build", "-g", "-o", folder / "mains"]):
            contains(f"{words[0]} of a main{form}", run(*words, mains), 0 if good else 1, *([] if good else ["it has to be a fn() -> i32"]))
    mains.write_bytes(b"\xef\xbb\xbf" + HELLO.replace("STATUS", "3").encode())
    contains("a mark of the encoding is no part of a text", run("run", mains), 3, "Hello World")
    contains("a device is no output", run("build", hello, "-o", "/dev/null"), 1, "not a file")
    contains("the output is no input", run("build", hello, "-o", hello), 1, "is read for this build")
    claim("which is still there", hello.read_text().startswith("data"))
    contains("wrong usage", run("build", hello), 2, "--output")
    contains("help", run("build", "--help"), 0, "--no-server")
    contains("which version", run("--version"), 0, ".")
    contains("an unknown level", run("run", "-O7", hello), 2)
    contains("an unknown stage lists all", run("build", "--dump=nothing", hello, "-o", folder / "x"), 1, "the stages here are read verify expand lower join optimize emit link")
    for stage, text in (("read", "func @write"), ("lower", "define"), ("optimize", "define"), ("emit", "main:")):
        contains(f"--dump={stage}", run("build", f"--dump={stage}", hello, "-o", folder / "x"), 0, text)
    contains("--time", run("build", "--time", hello, "-o", folder / "x"), 0, " ms", "all")

    trap = folder / "trap.inlay"
    trap.write_text("export func @main() -> i32 {\n  %z = sub i32 1, 1\n  %x = div i32 1, %z\n  return i32 %x\n}\n")
    for engine in ("jit", "interpret", "all"):
        contains(f"a trap, by {engine}", run("run", "--engine", engine, trap), 134, "trap.inlay:3: trap: division by zero in @main")

    (folder / "runtime.c").write_text("long thrice(long x) { return 3 * x; }\n")
    calls = folder / "calls.inlay"
    calls.write_text("extern func @thrice(i64) -> i64\nexport func @main() -> i32 {\n  %x = call fn(i64) -> i64 @thrice(14)\n"
                     "  %s = trunc i32 %x\n  return i32 %s\n}\n")
    for engine in ("jit", "interpret", "all"):
        contains(f"a runtime, by {engine}", run("run", "--engine", engine, "--runtime", folder / "runtime.c", calls), 42)
    contains("a runtime is inlined", run("build", "--dump=emit", "--runtime", folder / "runtime.c", calls, "-o", folder / "calls"), 0, "main:")
    contains("and carried", execute(folder / "calls"), 42)
    contains("what is missing is said", run("run", calls), 1, "thrice")
    contains("also when it is built", run("build", calls, "-o", folder / "missing"), 1, "thrice")
    contains("a runtime that is none", run("run", "--runtime", folder / "none.c", calls), 1, "none.c")

    # A server gives the same files.
    socket = folder / "socket"
    (folder / "precious").write_text("precious")
    contains("a server leaves files alone", run("serve", "--socket", folder / "precious"), 1, "no socket")
    claim("all of them", (folder / "precious").read_text() == "precious")
    server = subprocess.Popen([inlay, "serve", "--socket", socket, "--store", folder / "store"])
    for _ in range(200):
        if socket.exists():
            break
        time.sleep(0.05)
    for status in (0, 1, 2):
        hello.write_text(HELLO.replace("STATUS", str(status)))
        contains("a server builds", run("build", "--socket", socket, hello, "-o", folder / "served"), 0)
        contains("so does the command", run("build", "--no-server", hello, "-o", folder / "own"), 0)
        claim("the same", (folder / "served").read_bytes() == (folder / "own").read_bytes())
        contains("what was changed", execute(folder / "served"), status, "Hello World")
    contains("an error comes through", run("build", "--socket", socket, folder / "wrong.inlay", "-o", folder / "x2"), 1, "wrong.inlay:2")
    contains("what needs the C library is built all the same", run("build", "--socket", socket, arguments, "-o", folder / "x3"), 0)
    # `inlay` asks the server by itself, without the rest of the command, which it becomes for everything else.
    (folder / "link").symlink_to(inlay)
    contains("through a link", execute(folder / "link", "build", "--time", "--socket", socket, hello, "-o", folder / "x4"), 0, "look up")
    contains("the rest, too", execute(folder / "link", "check", folder / "wrong.inlay"), 1, "wrong.inlay:2")
    (folder / "alone").mkdir()
    alone = shutil.copy(inlay, folder / "alone" / "inlay")
    if not subprocess.run([alone, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        contains("alone, it asks a server", execute(alone, "build", "--socket", socket, hello, "-o", folder / "x5"), 0)
        claim("who makes the same", (folder / "x5").read_bytes() == (folder / "served").read_bytes())
        contains("and says what is missing", execute(alone, "run", hello), 127, "inlay-tool", "install Inlay again")
    server.send_signal(signal.SIGTERM)
    claim("it ends when told to", server.wait(timeout=20) == 0)
    contains("without it, too", run("build", "--socket", socket, hello, "-o", folder / "served"), 0)

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
