# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""gdb in batch mode on compiled code: gdb_test.py CASE SUBJECT PROGRAMS."""
import os
import re
import subprocess
import sys
import tempfile

import tool

case, subject, programs = sys.argv[1:]
tool.need("gdb")
guest = os.path.join(programs, "ask.guest")
GUEST = r"\S*/ask\.guest"
HOST = r"\S*/examples/crash/interpreter\.cpp"
FRAME = r"#\d+ +(?:0x[0-9a-f]+ in )?"
# The stack where compiled code calls `ask`: host over guest over host over guest, the compiled function, the program.
THROUGH_CODE = [
    rf"{FRAME}(?:crash::)?ask \(.*",
    rf"{FRAME}interpret \(\) at {HOST}:\d+",
    rf"{FRAME}loop \(\) at {GUEST}:9",
    rf"{FRAME}interpret \(\) at {HOST}:\d+",
    rf"{FRAME}main \(\) at {GUEST}:3",
    rf"{FRAME}crash::interpret\(.*\[clone \.inlay\] \(\)",
    rf"{FRAME}main \(.*subject\.cpp:\d+",
]


def gdb(commands, mode, argument="3", inlay_jit="gdb", process=None):
    """What gdb prints; on a new process, or on one that runs."""
    on = ["-p", str(process)] if process else ["--args", subject, guest, mode, argument]
    with tempfile.NamedTemporaryFile("w", suffix=".gdb") as script:
        script.write("set pagination off\nset confirm off\nset width 0\nset debuginfod enabled off\n"
                     "set breakpoint pending on\n" + "\n".join(commands) + "\n")
        script.flush()
        text = tool.run(["gdb", "-nx", "-q", "-batch", "-x", script.name, *on], inlay_jit, check=False)
    for refused in ("could not trace the inferior", "Could not trace the inferior", "ptrace: Operation not permitted"):
        if refused in text:
            print("this machine does not let gdb trace a process:\n" + text)
            sys.exit(tool.SKIP)
    return text


if case == "backtrace":
    text = gdb(["break host_stops_here", "run", "bt", "frame level 3", "list", "frame level 6", "info symbol $pc",
                "continue", "bt"], "stop")
    stack = [rf"{FRAME}host_stops_here \(question=(?:question@entry=)?{{}}\).*"] + THROUGH_CODE
    tool.expect_lines(text, [stack[0].format(3), *stack[1:], r"9\s+ask r1 r0", r"8\s+again:", r"10\s+add r2 r1",
                             r"crash::interpret\(.*\.inlay.* in section \.text of .*", stack[0].format(2), *stack[1:]], "the backtrace")
elif case == "finish":
    PC = r"(?:0x[0-9a-f]+ in )?"  # said where a line is not entered at its beginning
    # Out of the host's functions into compiled code, by what unwinding tells; then to the result, 4 + 2.
    text = gdb(["break host_stops_here", "run", "delete", "finish", "finish", "bt 1", "continue"], "stop", "2")
    tool.expect_lines(text, [rf"{PC}crash::ask \(question=2\) at .*", r"Value returned is \$1 = 4",
                             rf"{PC}loop \(\) at {GUEST}:10", r"10\s+add r2 r1", r"Value returned is \$2 = 4",
                             rf"{FRAME}.*loop \(\).*", r"6"], "finish")
elif case == "throw":
    text = gdb(["catch throw", "run", "bt", "continue"], "throw")
    tool.expect_lines(text, [rf"{FRAME}.*__cxa_throw.*", rf"{FRAME}host_throws_here \(.*", *THROUGH_CODE,
                             r"caught: the host refuses"], "the exception")
elif case == "attach":
    # gdb comes when the code is there already.
    waiting = subprocess.Popen([subject, guest, "pause", "3"], env=dict(os.environ, INLAY_JIT="gdb"),
                               stdout=subprocess.PIPE, text=True)
    try:
        waiting.stdout.readline()
        text = gdb(["bt", "detach"], "pause", process=waiting.pid)
    finally:
        waiting.kill()
        waiting.wait()
    tool.expect_lines(text, THROUGH_CODE, "the backtrace")
elif case == "break_in_guest":
    # Set before the code is there, by the names of functions of the guest.
    text = gdb(["break loop", "run", "bt 2", "continue"], "stop")
    tool.expect_lines(text, [r"Breakpoint 1 \(loop\) pending\.", r"Breakpoint 1, .*", rf"{FRAME}.*loop \(\).*"],
                      "the breakpoint")
elif case == "off":
    # Nothing of it without being asked.
    text = gdb(["break host_stops_here", "run", "bt", "continue"], "stop", inlay_jit="")
    if not re.search(rf"^{FRAME}host_stops_here", text, re.MULTILINE):
        tool.fail("gdb did not stop", text)
    if "ask.guest:9" in text or "[clone .inlay]" in text:
        tool.fail("gdb knows compiled code that nobody told it of", text)
else:
    sys.exit(f"no case {case}")
