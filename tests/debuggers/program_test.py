# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""gdb on programs that were written ahead of time: program_test.py CASE WRITER PROGRAMS."""
import os
import subprocess
import sys
import tempfile

import tool

case, writer, programs = sys.argv[1:]
tool.need("gdb")
source = os.path.join(programs, "weigh.inlay")
PROGRAM = r"\S*/weigh\.inlay"
RUNTIME = r"\S*/program_runtime\.cpp"
FRAME = r"#\d+ +(?:0x[0-9a-f]+ in )?"


def line_of(path, text):
    with open(path, encoding="utf-8") as file:
        return next(number for number, line in enumerate(file, 1) if text in line)


def gdb(level, commands, source=source):
    """What gdb prints of the program, written at that level."""
    with tempfile.TemporaryDirectory() as folder:
        executable = os.path.join(folder, "weigh")
        subprocess.run([writer, source, level, executable], check=True, timeout=90)
        script = os.path.join(folder, "script.gdb")
        with open(script, "w", encoding="utf-8") as file:
            file.write("set pagination off\nset confirm off\nset width 0\nset debuginfod enabled off\n"
                       + "\n".join(commands) + "\n")
        text = tool.run(["gdb", "-nx", "-q", "-batch", "-x", script, executable], check=False)
    for refused in ("could not trace the inferior", "Could not trace the inferior", "ptrace: Operation not permitted"):
        if refused in text:
            print("this machine does not let gdb trace a process:\n" + text)
            sys.exit(tool.SKIP)
    return text


add = line_of(source, "%total.1 = add")
call = line_of(source, "call fn([]i64)")
if case == "lines":
    # A breakpoint on a line, locals of the second round, a step, the way back, and the end.
    text = gdb("0", [f"break weigh.inlay:{add}", "run", "continue", "delete", "info args", "print total", "print weight",
                     "print numbers.length", "next", "bt", "finish", "continue"])
    tool.expect_lines(text, [rf"Breakpoint 1, .*sum \(.*\) at {PROGRAM}:{add}", rf"{add}\s+%total\.1 = add .*",
                             rf"Breakpoint 1, .*sum \(.*\) at {PROGRAM}:{add}", r"numbers = .*length = 4.*",
                             r"\$1 = 20", r"\$2 = 30", r"\$3 = 4", rf"{add + 1}\s+%i\.1 = add .*",
                             rf"{FRAME}sum \(.*\) at {PROGRAM}:{add + 1}", rf"{FRAME}main \(.*\) at {PROGRAM}:{call}",
                             r"Value returned is \$4 = 170", r"\[Inferior 1 .* exited with code 0252\]"],
                      "the session")
elif case == "inlined":
    # Through the runtime's function, which is inlined, down to its line in C++.
    runtime = os.path.join(os.path.dirname(programs), "program_runtime.cpp")
    stop = line_of(runtime, "a breakpoint is here")
    text = gdb("2", [f"break program_runtime.cpp:{stop}", "run", "bt", "info frame", "up", "list"])
    tool.expect_lines(text, [rf"{FRAME}weigh \(.*\) at {RUNTIME}:{stop}", rf"{FRAME}sum \(.*\) at {PROGRAM}:{add - 1}",
                             rf"{FRAME}main \(.*\) at {PROGRAM}:{call}", r" *inlined into frame 1.*",
                             rf"{add - 1}\s+%weight = call .*"], "the backtrace")
elif case == "slots":
    # A slot has what was stored into it last, not the zero that it had before.
    slots = os.path.join(programs, "slots.inlay")
    for level in ("0", "1", "2"):
        text = gdb(level, [f"break slots.inlay:{line_of(slots, '%one = call')}",
                           f"break slots.inlay:{line_of(slots, '%two = call')}",
                           "run", "print limit", "print kept", "continue", "print limit", "print kept"], slots)
        tool.expect_lines(text, [r"\$1 = 1", r"\$2 = 0", r"\$3 = 1", r"\$4 = 1"], f"slots at -O{level}")
else:
    sys.exit(f"no case {case}")
