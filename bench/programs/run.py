#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long `inlay build` takes: a program of 10,000 functions at -O0 and -O2, a new executable after one of them has
changed, and "Hello World"; side by side with clang, lld and tcc on the same in C.

    run.py --inlay build/release/src/tool/inlay [--quick] [--json FILE]
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--inlay", required=True, help="the inlay command")
parser.add_argument("--quick", action="store_true", help="smaller and fewer, to see that everything works")
parser.add_argument("--json", help="a file for the figures")
arguments = parser.parse_args()
inlay = str(pathlib.Path(arguments.inlay).resolve())
clang = shutil.which("clang-22")
lld = shutil.which("ld.lld-22") or shutil.which("ld.lld") or "/usr/lib/llvm-22/bin/ld.lld"
tcc = shutil.which("tcc")
FUNCTIONS = 500 if arguments.quick else 10_000

HELLO_INLAY = """
data @text = "Hello World\\n"
func @write(i64, ptr, i64) -> i64 asm x86_64 {
  mov eax, 1
  syscall
  ret
}
export func @main() -> i32 {
  %n = call fn(i64, ptr, i64) -> i64 @write(1, @text, 12)
  return i32 0
}
"""
HELLO_BARE = """
static long call3(long n, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
void _start(void) {
  call3(1, 1, (long)"Hello World\\n", 12);
  call3(60, 0, 0, 0);
}
"""
HELLO_LIBC = '#include <stdio.h>\nint main(void) { puts("Hello World"); return 0; }\n'


def inlay_function(i, factor):
    call = f"%r = call fn(i64, i64) -> i64 @f{i - 1}" if i else None
    out = [f"func @f{i}(%x: i64, %y: i64) -> i64 noinline {{",
           f"  %p = mul i64 %x, {factor}", "  %x.1 = add i64 %p, %y", "  %s = shr i64 %x.1, 7", "  %y.1 = xor i64 %s, %y"]
    if i % 2 == 0:
        out += ["  %n = and i64 %y.1, 15", "  jump head(0, %x.1)", "head(%i: i64, %sum: i64):", "  %more = lt i64 %i, %n",
                "  branch %more, body, done", "body:", "  %m = mul i64 %sum, 31", "  %sum.1 = add i64 %m, %i",
                "  %i.1 = add i64 %i, 1", "  jump head(%i.1, %sum.1)", "done:"]
        out += [f"  {call}(%sum, %n)", "  return i64 %r"] if call else ["  return i64 %sum"]
    else:
        out += ["  %bit = and i64 %x.1, 1", "  %even = eq i64 %bit, 0", "  branch %even, even, odd", "odd:",
                "  %t = rotl i64 %x.1, 5", "  %u = sub i64 %t, %y.1", "  return i64 %u", "even:",
                f"  {call}(%y.1, %x.1)", "  return i64 %r"]
    return "\n".join(out + ["}", ""])


def c_function(i, factor):
    call = f"f{i - 1}" if i else None
    head = f"__attribute__((noinline)) static u64 f{i}(u64 x, u64 y) {{\n  x = x * {factor} + y;\n  y = (x >> 7) ^ y;\n"
    if i % 2 == 0:
        body = ("  u64 n = y & 15, sum = x;\n  for (u64 i = 0; i < n; ++i) sum = sum * 31 + i;\n"
                + (f"  return {call}(sum, n);\n" if call else "  return sum;\n"))
    else:
        body = f"  if ((x & 1) == 0) return {call}(y, x);\n  return ((x << 5) | (x >> 59)) - y;\n"
    return head + body + "}\n"


def inlay_program(factors):
    last = len(factors) - 1
    main = (f"export func @main() -> i32 {{\n  %r = call fn(i64, i64) -> i64 @f{last}(1, 2)\n  %t = trunc i32 %r\n"
            "  %s = and i32 %t, 63\n  return i32 %s\n}\n")
    return "".join(inlay_function(i, f) for i, f in enumerate(factors)) + main


def c_program(factors):
    last = len(factors) - 1
    return ("typedef unsigned long long u64;\n" + "".join(c_function(i, f) for i, f in enumerate(factors))
            + f"int main(void) {{ return (int)(f{last}(1, 2) & 63); }}\n")


def cpu_ms(*command, **options):
    """CPU time of a command and its children."""
    before = os.times()
    subprocess.run(command, check=True, **options)
    after = os.times()
    return 1000 * (after.children_user + after.children_system - before.children_user - before.children_system)


def wall_ms(*command, **options):
    begin = time.perf_counter()
    subprocess.run(command, check=True, **options)
    return 1000 * (time.perf_counter() - begin)


def stages_of(*command):
    """What --time says: stage to milliseconds."""
    text = subprocess.run([*command, "--time"], check=True, stderr=subprocess.PIPE, text=True).stderr
    return {name: float(ms) for name, ms in re.findall(r"^(\w+) +([\d.]+) ms$", text, re.M)}


def interleaved(rivals, rounds):
    """Medians of rivals that take turns."""
    times = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, measure in rivals.items():
            times[name].append(measure())
    return {name: statistics.median(values) for name, values in times.items()}


tables = []


def table(title, columns, rows, *notes):
    tables.append({"title": title, "columns": columns, "rows": rows, "notes": notes})
    widths = [max(len(columns[0]), *(len(row[0]) for row in rows))] + [max(12, len(c)) for c in columns[1:]]
    print(f"\n{title}")
    print("  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(columns, widths))))
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [("-" if v is None else f"{v:,.2f}").rjust(w) for v, w in zip(row[1:], widths[1:])]
        print("  ".join(cells))
    for note in notes:
        print(note)


def throughput(folder):
    factors = [i + 3 for i in range(FUNCTIONS)]
    program, c = folder / "program.inlay", folder / "program.c"
    program.write_text(inlay_program(factors))
    c.write_text(c_program(factors))
    rows = []
    for level in ("0", "2"):
        if level == "2" and arguments.quick:
            continue
        rivals = {"inlay build": lambda: cpu_ms(inlay, "build", "--no-server", f"-O{level}", program, "-o", folder / "p.o"),
                  "clang": lambda: cpu_ms(clang, f"-O{level}", "-c", c, "-o", folder / "c.o")}
        if tcc and level == "0":
            rivals["tcc"] = lambda: cpu_ms(tcc, "-c", c, "-o", folder / "t.o")
        for name, ms in interleaved(rivals, 5 if level == "0" else 1).items():
            rows.append([f"{name} -O{level}" if name != "tcc" else name, ms, FUNCTIONS / ms * 1000])
    stages = stages_of(inlay, "build", "--no-server", "-O0", program, "-o", folder / "p.o")
    compiling = stages.get("emit", 0) + stages.get("optimize", 0)
    table(f"{FUNCTIONS:,} functions to an object", ["", "CPU ms", "functions/s"], rows,
          f"At -O0 LLVM itself takes {compiling:.0f} ms of {stages['all']:.0f}: {100 * compiling / stages['all']:.0f} %.")


def incremental(folder):
    factors = [i + 3 for i in range(FUNCTIONS)]
    program, c, executable = folder / "program.inlay", folder / "program.c", folder / "program"
    program.write_text(inlay_program(factors))
    socket = folder / "socket"
    server = subprocess.Popen([inlay, "serve", "--socket", socket, "--store", folder / "store"])
    try:
        for _ in range(200):
            if socket.exists():
                break
            time.sleep(0.05)
        command = [inlay, "build", "--socket", socket, "-O2", program, "-o", executable]
        first = wall_ms(*command)
        times = []
        for change in range(5 if arguments.quick else 25):
            factors[(change * 397) % FUNCTIONS] += 1_000_000
            program.write_text(inlay_program(factors))
            times.append(wall_ms(*command))
        rows = [["inlay serve, first build", first], ["inlay serve, one function changed", statistics.median(times)]]
    finally:
        server.terminate()
        server.wait()
    fresh = folder / "fresh"
    if arguments.quick:
        subprocess.run([inlay, "build", "--no-server", "-O2", program, "-o", fresh], check=True)
        assert fresh.read_bytes() == executable.read_bytes(), "the server's executable differs from a fresh one"
    c.write_text(c_program(factors))
    begin = time.perf_counter()
    subprocess.run([clang, "-O2", "-c", c, "-o", folder / "c.o"], check=True)
    subprocess.run([clang, "-fuse-ld=lld", folder / "c.o", "-o", folder / "c"], check=True)
    rows.append(["clang -O2 and lld", 1000 * (time.perf_counter() - begin)])
    expected = subprocess.run([folder / "c"]).returncode
    got = subprocess.run([executable]).returncode
    assert got == expected, f"the program answers {got}, in C {expected}"
    table(f"A new executable of {FUNCTIONS:,} functions at -O2 after one has changed", ["", "wall ms"], rows, "Goal: 10 ms, better 5.")


def hello(folder):
    texts = {"hello.inlay": HELLO_INLAY, "bare.c": HELLO_BARE, "libc.c": HELLO_LIBC}
    for name, text in texts.items():
        (folder / name).write_text(text)
    builds = {
        "inlay build": [inlay, "build", "--no-server", "-s", folder / "hello.inlay", "-o", folder / "hello"],
        "clang, no libc, lld": [clang, "-Os", "-s", "-static", "-nostdlib", "-fuse-ld=lld", "-fno-asynchronous-unwind-tables",
                                "-Wl,--build-id=none", folder / "bare.c", "-o", folder / "bare"],
        "clang, libc, lld": [clang, "-O2", "-s", "-fuse-ld=lld", folder / "libc.c", "-o", folder / "libc"],
    }
    outputs = {"inlay build": folder / "hello", "clang, no libc, lld": folder / "bare", "clang, libc, lld": folder / "libc"}
    rounds = 5 if arguments.quick else 40
    building = interleaved({name: (lambda c=command: wall_ms(*c)) for name, command in builds.items()}, rounds)
    quiet = {"stdout": subprocess.DEVNULL}
    starting = interleaved({name: (lambda p=path: wall_ms(p, **quiet)) for name, path in outputs.items()}, rounds * 3)
    rows = [[name, outputs[name].stat().st_size, starting[name], building[name]] for name in builds]
    table('"Hello World"', ["", "bytes", "start ms", "build ms"], rows, "Wall times, medians; starting includes what it takes to spawn a process from here.")


with tempfile.TemporaryDirectory() as path:
    throughput(pathlib.Path(path))
    incremental(pathlib.Path(path))
    hello(pathlib.Path(path))
if arguments.json:
    pathlib.Path(arguments.json).write_text(json.dumps({"benchmark": "builds", "tables": tables}))
sys.exit(0)
