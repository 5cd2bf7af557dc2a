#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay build`, run, check, print and serve promise: exit statuses, messages, files.

    command.py INLAY
"""

import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "common"))
from claims import answer_of, claim, contains, try_parts  # noqa: E402

inlay = str(pathlib.Path(sys.argv[1]).resolve())

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

CAPTURED = """export func @memset(%p: ptr, %c: i32, %n: i64) -> ptr {
  return ptr %p
}
func @use(%n: i64) -> i64 noinline {
  %s = slot [400]i64
  %i = and i64 %n, 255
  %e = at [400]i64 %s, %i
  fill i8 %s, 3, 3200
  %b = load i64 %e
  %r = and i64 %b, 127
  return i64 %r
}
export func @main() -> i32 {
  %a = call fn(i64) -> i64 @use(77)
  %q = call fn(ptr, i32, i64) -> ptr @memset(null, 1, 5)
  %r = trunc i32 %a
  return i32 %r
}
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


def run(*words, **options):
    return answer_of([inlay, *words], **options)


def execute(*words):
    return answer_of(words, timeout=60)


def hello_of(folder):
    hello = folder / "hello.inlay"
    hello.write_text(HELLO.replace("STATUS", "0"))
    return hello


def arguments_of(folder):
    arguments = folder / "arguments.inlay"
    arguments.write_text(ARGUMENTS)
    return arguments


def programs(folder):
    """What is built of a program, and that it runs."""
    hello, arguments = hello_of(folder), arguments_of(folder)

    for engine in ("jit", "interpret", "all"):
        answer = run("run", "--engine", engine, hello)
        claim(f"run by {engine}", answer[:2] == (0, "Hello World\n"), *answer[1:])
    # Its number is another in each process, so all of them are told apart.
    (folder / "number.inlay").write_text(HELLO.replace("STATUS", "0").replace('data @text = "Hello World\\n"', "var @text : [2]i64 = zero").replace(
        "  %n = call", "  %p = call fn() -> i64 @getpid()\n  store i64 %p, @text\n  %n = call") + "func @getpid() -> i64 asm x86_64 { mov eax, 39\n  syscall\n  ret }\n")
    contains("all engines are compared, with both ways to build", run("run", "--engine", "all", folder / "number.inlay"), 1,
             "jit -O0", "jit -O3", "build -O0", "build -O2", "build --whole -O0", "build --whole -O2")
    for name in ("inlay.end", "inlay.put_digits", "inlay_functions"):
        (folder / "taken.inlay").write_text(f"func @{name}() {{ return_void }}\nexport func @main() {{\n  return_void\n}}\n")
        contains(f"@{name} is taken", run("build", "--no-server", folder / "taken.inlay", "-o", folder / "taken"), 1, "give it another one")
    contains("a program from standard input", run("run", "-", stdin=hello.read_bytes()), 0, "Hello World")
    for engine in ("jit", "interpret", "all"):
        contains(f"arguments, by {engine}", run("run", "--engine", engine, arguments, "--argument", "one"), 2, "one\n")
    contains("what follows -- goes to the program", run("run", arguments, "--", "two", "three"), 3, "two\n")

    out = folder / "hello"
    contains("build", run("build", hello, "-o", out), 0)
    contains("the executable runs", execute(out), 0, "Hello World")
    contains("build with debug information", run("build", "-g", hello, "-o", folder / "debug"), 0)
    contains("that runs too", execute(folder / "debug"), 0, "Hello World")
    everywhere = folder / "everywhere.inlay"
    everywhere.write_text(HELLO.replace("STATUS", "0").replace("ret }", """ret } asm aarch64 { mov x8, 64
  svc 0
  ret } asm riscv64 { li a7, 64
  ecall
  ret }"""))
    for architecture, starter in (("x86_64", []), ("aarch64", ["qemu-aarch64"]), ("riscv64", ["qemu-riscv64"])):
        path = folder / f"everywhere.{architecture}"
        for flag in ("--strip", "--debug"):
            contains(f"for {architecture}", run("build", flag, "--target", architecture, everywhere, "-o", path), 0)
            claim("assembly alone needs no library", b"/lib/ld" not in path.read_bytes() and b"libc.so" not in path.read_bytes())
            claim("and so takes little", flag == "--debug" or path.stat().st_size < 1024, path.stat().st_size)
            if not starter or shutil.which(starter[0]):
                contains(f"that runs on {architecture}", execute(*starter, path), 0, "Hello World")
    (folder / "needs.inlay").write_text("""func @letter() asm x86_64 { mov edi, 65
  jmp putchar@PLT }
export func @main() -> i32 {
  call fn() @letter()
  return i32 0
}
""")
    for flag in ("-O2", "-g"):
        contains("what assembly needs is linked with", run("build", flag, folder / "needs.inlay", "-o", folder / "needs"), 0)
        contains("and found", execute(folder / "needs"), 0, "A")
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


def programs_and_options(folder):
    """Programs that are not what they should be, and options."""
    hello = hello_of(folder)
    (folder / "silent.inlay").write_text("export func @main() {\n  return_void\n}\n")
    for engine in ("jit", "interpret", "all"):
        contains(f"a main without a status, by {engine}", run("run", "--engine", engine, folder / "silent.inlay"), 0)
    captured = folder / "captured.inlay"
    captured.write_text(CAPTURED)
    contains("what is called like a function of the C library is not called for it", run("run", "--engine", "all", captured), 3)
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
    with open("/dev/full", "w") as full:
        done = subprocess.run([inlay, "print", hello], stdout=full, stderr=subprocess.PIPE, timeout=60)
    claim("an answer that cannot be written is an error", done.returncode == 1 and b"standard output cannot be written: No space" in done.stderr, done)
    contains("wrong usage", run("build", hello), 2, "--output")
    contains("help", run("build", "--help"), 0, "--no-server")
    contains("which version", run("--version"), 0, ".")
    contains("an unknown level", run("run", "-O7", hello), 2)
    contains("an unknown stage lists all", run("build", "--dump=nothing", hello, "-o", folder / "x"), 1, "the stages here are read verify expand lower join optimize emit link")
    for stage, text in (("read", "func @write"), ("lower", "define"), ("optimize", "define"), ("emit", "main:")):
        contains(f"--dump={stage}", run("build", f"--dump={stage}", hello, "-o", folder / "x"), 0, text)
    contains("--time", run("build", "--time", hello, "-o", folder / "x"), 0, " ms", "all")


def runtimes(folder):
    """Traps, runtimes, and what neither has."""
    hello = hello_of(folder)
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
    contains("how long clang took for it is told", run("build", "--time", "--runtime", folder / "runtime.c", calls, "-o", folder / "calls"), 0, "runtime ")
    claim("without -g, nothing is there for a debugger", b".debug_" not in (folder / "calls").read_bytes())
    contains("with -g", run("build", "-g", "--runtime", folder / "runtime.c", calls, "-o", folder / "calls"), 0)
    claim("the runtime's lines are there, too", b".debug_line" in (folder / "calls").read_bytes())
    (folder / "back.cpp").write_text('extern "C" __attribute__((noinline)) void back(void (*f)()) { f(); }\n')
    (folder / "back.inlay").write_text("extern func @back(fn())\nfunc @fails() { trap \"no\" }\nexport func @main() -> i32 {\n"
                                       "  call fn(fn()) @back(@fails)\n  return i32 0\n}\n")
    contains("a runtime's function", run("build", "--runtime", folder / "back.cpp", folder / "back.inlay", "-o", folder / "back"), 0)
    contains("is named with its file by a trap all the same", execute(folder / "back"), -signal.SIGABRT, "at @back", "back.cpp:1")
    contains("what is missing is said", run("run", calls), 1, "thrice")
    contains("also when it is built", run("build", calls, "-o", folder / "missing"), 1, "thrice")
    (folder / "several.inlay").write_text("".join(f"extern func @{n}_of() -> i64\n" for n in "cab") + "export func @main() -> i32 {\n"
                                          + "".join(f"  %{n} = call fn() -> i64 @{n}_of()\n" for n in "cab") + "  return i32 0\n}\n")
    for words in (["run"], ["run", "--engine", "interpret"], ["build", "-o", folder / "several"]):
        answer = run(*words, folder / "several.inlay")
        contains("what is missing, in one line and in order", answer, 1, "nothing defines 'a_of', 'b_of', 'c_of'; define them in a runtime (--runtime FILE)")
        claim("with who needs it, at most, beside", answer[2].count("\n") <= 2, answer[2])
    (folder / "private.inlay").write_text("func @main() -> i32 { return i32 0 }\n")
    contains("a main that is not exported", run("build", folder / "private.inlay", "-o", folder / "x"), 1, "private.inlay:1", "not exported")
    (folder / "endless.inlay").write_text("""type P<!T> = struct { x: !T, y: !T }
func @m<!T>(%n: i64) -> i64 {
  %r = call fn(i64) -> i64 @m<P<!T>>(%n)
  %s = add i64 %r, sizeof(!T)
  return i64 %s
}
export func @main() -> i32 {
  %r = call fn(i64) -> i64 @m<i64>(5)
  return i32 0
}
""")
    endless = run("run", folder / "endless.inlay")
    contains("instances without an end", endless, 1, "endless.inlay:2", "too deep", "'@m'")
    claim("are not written out", len(endless[2]) < 400, endless[2])
    contains("an unknown command", run("biuld"), 2, "unknown command 'biuld'", "did you mean 'build'")
    for command in ("build", "run", "check", "print", "serve"):
        answer = run(command, "--help")
        examples = [line.strip() for line in answer[1].split("xamples:")[-1].splitlines() if line.startswith("  inlay ")]
        claim(f"{command} --help shows {command}", answer[0] == 0 and examples and all(f"inlay {command}" in e for e in examples), answer[1])
    claim("options are words", "{false}" not in run("build", "--help")[1])
    for stage in [w for e in run("build", "--help")[1].splitlines() for w in e.split() if w.startswith("--dump=")]:
        contains(f"{stage}, as the help has it", run("build", stage, hello, "-o", folder / "x"), 0)
    contains("a stage of build", run("run", "--dump=optimize", hello), 1, "`inlay build` has it")
    contains("a server that is not there is said", run("build", "--socket", folder / "nobody", hello, "-o", folder / "x"), 0, "no server", "nobody")
    bad = run("check", folder / "bad.inlay")[2].splitlines()
    claim("the caret stands below", bad[1].index("ad ") == bad[2].index("^"), *bad)

    # What is declared otherwise than the runtime has it.
    (folder / "other.cpp").write_text("""#include <cstdint>
extern "C" double half(double x) { return x / 2; }
extern "C" long clamp(long a, long b, long c) { return a < b ? b : a > c ? c : a; }
extern "C" std::uintptr_t moved(std::uintptr_t p, int n) { return p + n; }
extern "C" int state;
int state = 3;
""")
    other = folder / "other.inlay"
    for signature, call, said in (
            ("half(i64) -> i64", "%x = call fn(i64) -> i64 @half(1)", "defines '@half' as fn(f64) -> f64, the program declares it as fn(i64) -> i64"),
            ("clamp(i64, i64) -> i64", "%x = call fn(i64, i64) -> i64 @clamp(1, 2)", "as fn(i64, i64, i64) -> i64"),
            ("state() -> i64", "%x = call fn() -> i64 @state()", "defines '@state' as a variable"),
            ("moved(ptr, i64) -> ptr", "%x = call fn(ptr, i64) -> ptr @moved(null, 5)", None)):
        other.write_text(f"extern func @{signature}\nexport func @main() -> i32 {{\n  {call}\n"
                         "  %y = bitcast i64 %x\n  %z = trunc i32 %y\n  return i32 %z\n}\n")
        if said:
            other.write_text(other.read_text().replace("%y = bitcast i64 %x", "%y = add i64 %x, 0"))
        for words in (["check"], ["run"], ["run", "--engine", "interpret"], ["build", "-o", folder / "other"]):
            good = 5 if words[0] == "run" else 0
            contains(f"{' '.join(map(str, words))} of {signature}", run(*words, "--runtime", folder / "other.cpp", other),
                     1 if said else good, *([said, "other.inlay:1"] if said else []))
        if not said:
            contains("what is only said in another way is built", execute(folder / "other"), 5)
    contains("a runtime that is none", run("run", "--runtime", folder / "none.c", calls), 1, "none.c")


def server(folder):
    """It gives the same files as the command by itself."""
    hello, arguments = hello_of(folder), arguments_of(folder)
    socket = folder / "socket"
    (folder / "precious").write_text("precious")
    contains("a server leaves files alone", run("serve", "--socket", folder / "precious"), 1, "no socket")
    claim("all of them", (folder / "precious").read_text() == "precious")
    # A plain name is one of the current folder.
    process = subprocess.Popen([inlay, "serve", "--socket", socket.name, "--store", folder / "store"], cwd=folder)
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
    process.send_signal(signal.SIGTERM)
    claim("it ends when told to", process.wait(timeout=20) == 0)
    contains("without it, too", run("build", "--socket", socket, hello, "-o", folder / "served"), 0)


try_parts(programs, programs_and_options, runtimes, server)
