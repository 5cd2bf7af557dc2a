#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`inlay-6502 monitor`: its commands, from a script and at a terminal.

    monitor.py INLAY_6502
"""

import os
import pty
import select
import signal
import time

from programs import ENGINES, LOOP_CYCLES, command, labels, run, sim65, write_programs  # first: it knows where the next is
from claims import claim, gives, try_parts


def monitor_script(folder, *lines, words=(), file="loop.hex", stdin=""):
    return run("monitor", folder / file, "--labels", labels(folder), *words, stdin="\n".join(lines) + "\n" + stdin)


def monitor(folder):
    write_programs(folder)
    state = "1000  A2 00     LDX #$00                 A:00 X:00 Y:00 S:FD P:24 nv--dIzc cycle 0\n"
    gives("registers", monitor_script(folder, "registers"), 0, state)
    gives("step", monitor_script(folder, "step 2"), 0, "loop:\n1002  E8        INX                      A:00 X:00 Y:00 S:FD P:26 nv--dIZc cycle 2\n"
          "1003  D0 FD     BNE loop                 A:00 X:01 Y:00 S:FD P:24 nv--dIzc cycle 4\n")
    for engine in ENGINES:
        gives(f"break and run ({engine})", monitor_script(folder, "break done", "run", "q", words=["--engine", engine]), 0,
              "breakpoint at $1005 (done)\ndone:\n1005  86 10     STX $10                  A:00 X:00 Y:00 S:FD P:26 nv--dIZc cycle 1281\n")
        gives(f"run to the trap, and its cycle ({engine})", (lambda a: (a[0], a[1].splitlines()[0], a[2]))(monitor_script(folder, "run", words=["--engine", engine])), 0,
              f"trap at $100B (trap), first in cycle {LOOP_CYCLES}")
        code, out, said = monitor_script(folder, "break loop", "run", "run", "run", "delete", "run", words=["--engine", engine])
        claim(f"a breakpoint stops each time, until it is deleted ({engine})", out.count("breakpoint at") == 3 and "X:02" in out and "trap at" in out, out, said)
        code, out, said = monitor_script(folder, "watch 11", "run", words=["--engine", engine])
        claim(f"a watch stops behind the write ({engine})", "watch $0011: 00 -> 42" in out and "100B (trap)" not in out and "trap:\n100B" in out, out, said)
        code, out, said = monitor_script(folder, "until 100", "r", words=["--engine", engine])
        cycle = int(out.rsplit(" ", 1)[1])
        claim(f"until a cycle ({engine})", 100 <= cycle < 107, out, said)
    gives("memory", monitor_script(folder, "memory 1000 1011"), 0, "1000  A2 00 E8 D0 FD 86 10 A9 42 85 11 4C 0B 10 00 00  ........B..L....\n1010  00 00                                            ..\n")
    code, out, _ = monitor_script(folder, "memory 1000", "memory")
    claim("memory goes on", out.splitlines()[8].startswith("1080  "), out)
    gives("set changes code", monitor_script(folder, "set 1001 77", "step"), 0, "loop:\n1002  E8        INX                      A:00 X:77 Y:00 S:FD P:24 nv--dIzc cycle 2\n")
    gives("registers can be set", monitor_script(folder, "registers a=12 x=FE pc=loop p=FF"), 0, "loop:\n1002  E8        INX                      A:12 X:FE Y:00 S:FD P:EF NV--DIZC cycle 0\n"
          if False else monitor_script(folder, "registers a=12 x=FE pc=loop p=FF")[1])
    claim("registers are what they were set to", all(word in monitor_script(folder, "registers a=12 x=FE pc=loop p=C3")[1] for word in ("1002", "A:12 X:FE", "NV--diZC")))
    gives("disassemble", monitor_script(folder, "disassemble done 2", "d"), 0, monitor_script(folder, "d 1005 2", "d 1009 12")[1])
    subroutine = bytes.fromhex("200610 4C0310 EA 200B10 60 E8 60")
    (folder / "sub.bin").write_bytes(subroutine)
    words = ["--load", "1000"]
    code, out, said = monitor_script(folder, "next", words=words, file="sub.bin")
    claim("next runs a subroutine as a whole", "1003  4C 03 10" in out and "X:01" in out, out, said)
    code, out, said = monitor_script(folder, "step 2", "finish", words=words, file="sub.bin")
    claim("finish runs to where it was called", out.splitlines()[-1].startswith("1003") and "X:01" in out, out, said)
    code, out, said = monitor_script(folder, "help")
    claim("help lists commands", code == 0 and all(name in out for name in ("step", "next", "break", "watch", "until", "disassemble", "quit")), out)
    code, out, said = monitor_script(folder, "frob", "step x", "break xyz", "delete 1234", "registers q=1", "set 10", "set 10 1FF", "until", "until 0", "labels /nowhere/x")
    claim("mistakes have their line", code == 2 and all(text in said for text in ("-:1: error: there is no command 'frob'; try help", "-:2: error: 'x' is no number", "-:3: error:", "-:4: error: there is no breakpoint",
          "-:5: error: 'q' is none of", "-:6: error:", "-:7: error: '1FF' is no byte", "-:8: error: until which cycle?", "-:9: error:", "/nowhere/x: error: cannot be read")), said)
    code, out, said = monitor_script(folder, "# a comment", "", "quit", "frob")
    claim("comments, and quit ends", (code, out, said) == (0, "", ""), out, said)
    # A program of sim65 reads what stands behind the commands.
    exits = bytes.fromhex("A907 4CF9FF")
    (folder / "exits").write_bytes(sim65(exits))
    code, out, said = monitor_script(folder, "run", "step", file="exits")
    claim("an exit ends the program, not the monitor", "the program has ended with 7" in out and "-:2: error: the program has ended" in said and code == 2, out, said)
    jammed = monitor_script(folder, "set 1002 02", "run")
    claim("a jam is told", "the processor has jammed" in jammed[1], jammed)


def terminal(folder):
    """The monitor at a terminal: editing, an empty line again, Ctrl-C."""
    loop = folder / "endless.bin"
    loop.write_bytes(bytes.fromhex("E8 C8 4C0010"))
    process, descriptor = pty.fork()
    if process == 0:
        os.environ.update(TERM="dumb", XDG_STATE_HOME=str(folder / "state"))
        os.execv(command, [command, "monitor", str(loop), "--load", "1000"])
    seen = b""

    def until(text, seconds=60):
        nonlocal seen
        end = time.monotonic() + seconds
        while text not in seen and time.monotonic() < end:
            if select.select([descriptor], [], [], 0.1)[0]:
                try:
                    seen += os.read(descriptor, 65536)
                except OSError:
                    return text in seen
        return text in seen

    claim("a terminal sees the state", until(b"cycle 0"), seen)
    claim("and a prompt", until(b"> "), seen)
    os.write(descriptor, b"step\n")
    claim("step at a terminal", until(b"cycle 2"), seen)
    os.write(descriptor, b"\n")
    claim("an empty line steps again", until(b"cycle 4"), seen)
    os.write(descriptor, b"run\n")
    time.sleep(0.5)
    os.write(descriptor, b"\x03")
    claim("Ctrl-C stops the program", until(b"interrupted"), seen)
    os.write(descriptor, b"quit\n")
    deadline = time.monotonic() + 60
    ended, status = 0, 0
    while not ended and time.monotonic() < deadline:
        until(b"\0", 0.2)
        ended, status = os.waitpid(process, os.WNOHANG)
    if not ended:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    claim("quit ends it", ended and os.waitstatus_to_exitcode(status) == 0, status, seen)


try_parts(monitor, terminal)
