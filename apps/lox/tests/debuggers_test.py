# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""gdb and perf on compiled Lox: debuggers_test.py CASE INLAY_LOX."""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../tests/debuggers"))
import tool  # noqa: E402

STOPS = """\
class Shape {
  init(name) {
    this.name = name;
  }
  show(depth) {
    if (depth > 0) {
      return this.show(depth - 1);
    }
    print this.name;
    return depth;
  }
}

fun outer(shape) {
  var total = 0;
  for (var i = 0; i < 1; i = i + 1) {
    total = total
        + shape.show(2);
  }
  return total;
}

outer(Shape("square"));
"""
SPINS = """\
fun mix(a, b) {
  return a * 3 + b
      - a / 2;
}

fun spin(count) {
  var total = 0;
  for (var i = 0; i < count; i = i + 1) {
    total = mix(total, i) / 7;
  }
  return total;
}

for (var i = 0; i < 60; i = i + 1) spin(200000);
"""
FRAME = r"#\d+ +(?:0x[0-9a-f]+ in )?"

case, executable = sys.argv[1:]


def gdb(work, commands, inlay_jit="gdb"):
    tool.need("gdb")
    script = os.path.join(work, "stops.lox")
    with open(script, "w") as file:
        file.write(STOPS)
    with open(os.path.join(work, "commands.gdb"), "w") as file:
        file.write("set pagination off\nset confirm off\nset width 0\nset debuginfod enabled off\n"
                   "set breakpoint pending on\n" + "\n".join(commands) + "\n")
    text = tool.run(["gdb", "-nx", "-q", "-batch", "-x", file.name, "--args", executable, "--jit=always", script],
                    inlay_jit, check=False)
    for refused in ("could not trace the inferior", "Could not trace the inferior", "ptrace: Operation not permitted"):
        if refused in text:
            print("this machine does not let gdb trace a process:\n" + text)
            sys.exit(tool.SKIP)
    return text


def lox_frames(text):
    """`show:9` for each frame of a backtrace that is Lox's."""
    return [f"{name}:{line}" for name, line in re.findall(rf"^{FRAME}(\S+) \(\) at \S*/stops\.lox:(\d+)$", text, re.MULTILINE)]


def record(work, inlay_jit, *options):
    """Runs a program under perf; the file of samples."""
    tool.need("perf")
    data = os.path.join(work, "perf.data")
    script = os.path.join(work, "spins.lox")
    with open(script, "w") as file:
        file.write(SPINS)
    trial = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock:u", "-o", data, "true"], capture_output=True,
                           text=True, timeout=60)
    if trial.returncode != 0:
        print("perf cannot record here: " + trial.stderr)
        sys.exit(tool.SKIP)
    tool.run(["perf", "record", "-q", "-e", "cpu-clock:u", *options, "-o", data, executable, "--jit=always", script],
             inlay_jit)
    return data


with tempfile.TemporaryDirectory(prefix="inlay-lox-tools-") as work:
    if case == "backtrace":
        # Each activation once, at the line that it executes; `total` of line 17 goes on in line 18.
        text = gdb(work, ["break lox::print(lox::Vm&, lox::Value)", "run", "bt"])
        expected = ["show:9", "show:7", "show:7", "outer:18", "script:23"]
        if lox_frames(text) != expected:
            tool.fail(f"the Lox frames are {lox_frames(text)}, not {expected}", text)
        if "closures.cpp" in text:
            tool.fail("closures are in the backtrace", text)
    elif case == "hosts":
        text = gdb(work, ["break lox::print(lox::Vm&, lox::Value)", "run", "bt"], "gdb,hosts")
        if "closures.cpp" not in text or "show:9" not in lox_frames(text):
            tool.fail("the closures are not in the backtrace", text)
    elif case == "break_in_lox":
        # Before the code is there, by the name of a function of the program.
        text = gdb(work, ["break outer", "run", "bt 1", "list"])
        tool.expect_lines(text, [r"Breakpoint 1 \(outer\) pending\.", r".*Breakpoint 1, .*", rf"{FRAME}.*outer \(\).*"],
                          "the breakpoint")
    elif case == "break_at_line":
        # While no code of the line is there, gdb takes the next line that there is code of.
        text = gdb(work, ["break stops.lox:9", "run", "bt", "echo \\nnext\\n", "continue", "bt", "echo \\nnext\\n",
                          "continue", "bt"])
        if not any(lox_frames(stop)[:2] == ["show:9", "show:7"] for stop in text.split("\nnext\n")):
            tool.fail("gdb does not stop in the line", text)
    elif case == "map":
        data = record(work, "perf=map")
        text = tool.run(["perf", "script", "-i", data, "-F", "ip,sym,dso"])
        for path in set(re.findall(r"\((/tmp/perf-\d+\.map)\)", text)):
            os.unlink(path)
        names = set(re.findall(r"(\S+) \(/tmp/perf-\d+\.map\)", text))
        if not names & {"mix", "spin"}:
            tool.fail(f"the samples are in {names}, and in no Lox function", text[-3000:])
    elif case == "dump":
        data = record(work, "perf=dump", "-k", "mono")
        injected = os.path.join(work, "injected.data")
        tool.run(["perf", "inject", "-j", "-i", data, "-o", injected])
        everything = tool.run(["perf", "script", "-i", injected, "-F", "ip,sym,dso"])
        process = re.search(r"jitted-(\d+)-\d+\.so", everything)
        if not process:
            tool.fail("perf inject found no code", everything[-3000:])
        libraries = glob.glob(f"/tmp/jitted-{process[1]}-*.so")
        text = tool.run(["perf", "script", "-i", injected, "-F", "ip,sym,srcline", "--dsos", ",".join(libraries)])
        for path in [f"/tmp/jit-{process[1]}.dump", *libraries]:
            os.unlink(path)
        in_loop = len(re.findall(r"^\s+spins\.lox:(?:1|2|3|8|9)$", text, re.MULTILINE))
        others = len(re.findall(r"^\s+\w+\.(?:cpp|h):\d+$", text, re.MULTILINE))
        if in_loop < 10 or others > in_loop:
            tool.fail(f"{in_loop} samples are in the loop and what it calls, {others} in the host", text[-3000:])
        if not re.search(r"^\s+[0-9a-f]+ (mix|spin)", text, re.MULTILINE):
            tool.fail("no sample has a Lox function", text[-3000:])
    else:
        sys.exit(f"no case {case}")
