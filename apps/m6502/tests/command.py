#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay-6502` promises: programs of all formats in all engines and as executables, exit statuses, messages,
traces, the monitor.

    command.py INLAY_6502
"""

import json
import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
from claims import answer_of, claim, fails, gives, try_parts  # noqa: E402

command = str(pathlib.Path(sys.argv[1]).resolve())
ENGINES = ("step", "interpreter", "jit")


def run(*words, **options):
    return answer_of([command, *words], **options)


def hexadecimal(address, data, end=True):
    lines = []
    for at in range(0, len(data), 16):
        record = bytes([len(data[at : at + 16]), (address + at) >> 8, (address + at) & 255, 0]) + data[at : at + 16]
        lines.append(":" + (record + bytes([-sum(record) & 255])).hex().upper())
    return "\n".join(lines + [":00000001FF"] * end) + "\n"


# LDX #0; loop: INX; BNE loop; STX $10; LDA #$42; STA $11; trap: JMP trap. 2 + 256 * 2 + 255 * 3 + 2 + 3 + 2 + 3 cycles.
LOOP = bytes.fromhex("A200 E8 D0FD 8610 A942 8511 4C0B10")
LOOP_CYCLES, LOOP_TRAP = 2 + 256 * 2 + 255 * 3 + 2 + 3 + 2 + 3, 0x100B


def sim65(code, variant=0, start=0x200):
    return b"sim65" + bytes([2, variant, 0, start & 255, start >> 8, start & 255, start >> 8]) + code


def formats(folder):
    (folder / "loop.bin").write_bytes(LOOP)
    (folder / "loop.hex").write_text(hexadecimal(0x1000, LOOP))
    (folder / "loop.prg").write_bytes(bytes([0, 0x10]) + LOOP)
    whole = bytearray(65536)
    whole[0x1000 : 0x1000 + len(LOOP)] = LOOP
    (folder / "whole.bin").write_bytes(whole)
    for engine in ENGINES:
        trapped = f"inlay-6502: trap at $100B in cycle {LOOP_CYCLES}\n"
        for name, words in (("loop.bin", ["--load", "1000"]), ("loop.bin", ["--load", "$1000", "--pc", "0x1000"]), ("loop.hex", []), ("loop.prg", []),
                            ("whole.bin", ["--pc", "1000"]), ("loop.prg", ["--format", "prg"])):
            answer = run("run", folder / name, *words, "--engine", engine)
            claim(f"{name} {words} {engine} ends at its trap, and says in which cycle", answer == (0, "", trapped), answer)
    gives("standard input", run("run", "-", "--load", "1000", stdin=LOOP), 0, "", trapped)
    gives("--success where the program comes to", run("run", folder / "loop.hex", "--success", "100B"), 0, "", f"success at $100B in cycle {LOOP_CYCLES}")
    gives("--success in the middle", run("run", folder / "loop.hex", "--success", "$1005"), 0, "", "success at $1005 in cycle 1281")
    gives("--success elsewhere", run("run", folder / "loop.hex", "--success", "2000"), 1, "", "trap at $100B")
    gives("--cycles", run("run", folder / "loop.hex", "--cycles", "100"), 0, "", "the cycles of --cycles are over at $100")
    gives("--cycles with --success", run("run", folder / "loop.hex", "--cycles", "100", "--success", "100B"), 1, "", "over at")
    gives("JAM", run("run", "-", "--load", "0200", stdin=b"\xea\x12"), 1, "", "jammed at $0201 in cycle", "(opcode $12)")
    gives("STP of a 65C02", run("run", "-", "--load", "0200", "--variant", "65c02", stdin=b"\xea\xdb"), 1, "", "jammed at $020")
    # A branch that was passed before it became a trap; and a jump that was written over another instruction.
    for engine in ENGINES:
        passes = bytes.fromhex("A205 CA D0FD A900 F0FE")
        gives(f"a branch to itself ({engine})", run("run", "-", "--load", "1000", "--engine", engine, stdin=passes), 0, "", f"trap at $1007 in cycle {2 + 5 * 2 + 4 * 3 + 2 + 2}")
        # LDX #3; loop: JSR $1010; DEX; BNE loop; LDX #0 ... the BNE at 1010 is passed with Z set, then taken for ever.
        again = bytes.fromhex("A203 201010 CA D0FA A200 E8 4C1010 0000 D0FE 60".replace(" ", ""))
        code, out, said = run("run", "-", "--load", "1000", "--engine", engine, "--cycles", "5000", stdin=again)
        claim(f"a branch that is not always a trap ({engine})", code == 0 and "trap at $1010" in said, said)
    gives("labels in messages", run("run", folder / "loop.hex", "--labels", labels(folder)), 0, "", "trap at $100B (trap)")
    gives("labels as addresses", run("run", folder / "loop.hex", "--labels", labels(folder), "--pc", "loop", "--success", "done"), 0, "", "success at $1005 (done)")
    code, out, said = run("run", folder / "loop.hex", "--json", "--stats")
    told = json.loads(said.splitlines()[-1])
    claim("--json tells how it ended", code == 0 and told["end"] == "trap" and told["cycles"] == LOOP_CYCLES and told["pc"] == LOOP_TRAP and told["x"] == 0 and told["a"] == 0x42, said)
    claim("--stats tells the speed", "MHz" in said, said)
    for engine in ENGINES:
        run("run", folder / "loop.hex", "--dump", folder / engine, "--engine", engine)
        memory = (folder / engine).read_bytes()
        claim(f"--dump has the memory ({engine})", len(memory) == 65536 and memory[0x10:0x12] == b"\x00\x42" and memory[0x1000:0x1000 + len(LOOP)] == LOOP)


def labels(folder):
    file = folder / "loop.lbl"
    file.write_text("al 001002 .loop\nal 001005 .done\ntrap = $100B\n")
    return file


def mistakes(folder):
    fails("no command", run(), "subcommand is required", "--help")
    fails("no file", run("run"), "file is required")
    fails("a file that is not there", run("run", folder / "none"), "none: error: cannot be read: No such file")
    fails("a folder", run("run", folder), "cannot be read: Is a directory")
    fails("a binary without a place", run("run", folder / "loop.bin"), "loop.bin: error: a binary of 14 bytes", "--load", "--format")
    fails("an empty file", run("run", "-", "--load", "0"), "the file is empty")
    fails("a place that is none", run("run", folder / "loop.bin", "--load", "xyz"), "--load: 'xyz' is no hexadecimal address")
    fails("a place beyond memory", run("run", folder / "loop.bin", "--load", "10000"), "--load: '10000' is beyond FFFF")
    fails("a binary beyond memory", run("run", folder / "loop.bin", "--load", "FFF8"), "beyond $FFFF")
    fails("--load of what says where it goes", run("run", folder / "loop.hex", "--format", "hex", "--load", "0"), "--load is for binaries")
    fails("a format that is none", run("run", folder / "loop.bin", "--format", "elf"), "'elf' is none of binary, hex, nes, prg, sim65")
    fails("an engine that is none", run("run", folder / "loop.hex", "--engine", "fast"), "'fast' is none of interpreter, jit, step")
    fails("a variant that is none", run("run", folder / "loop.hex", "--variant", "z80"), "'z80' is none of 2a03, 6502, 65c02")
    fails("an option that is none", run("run", folder / "loop.hex", "--frobnicate"), "--frobnicate")
    fails("--trace with another engine", run("run", folder / "loop.hex", "--trace", "--engine", "jit"), "--trace", "'step'")
    fails("heat beyond its limits", run("run", folder / "loop.hex", "--heat", "1000"), "--heat")
    fails("arguments for who takes none", run("run", folder / "loop.hex", "one"), "'one': only programs of sim65 take arguments")
    fails("a trace that cannot be written", run("run", folder / "loop.hex", "--trace=/nowhere/x"), "/nowhere/x: error: cannot be written")
    fails("a dump that cannot be written", run("run", folder / "loop.hex", "--dump", "/nowhere/x"), "/nowhere/x: error: cannot be written")
    fails("memory that cannot be written", run("run", folder / "loop.hex", "--dump", "/dev/full"), "/dev/full: error: cannot be written")
    (folder / "bad.hex").write_text(":0210000011EC\n:00000001FF\n")
    fails("a wrong record", run("run", folder / "bad.hex"), "bad.hex:1: error: the length says 2 bytes of data, but there are 1")
    (folder / "short.nes").write_bytes(b"NES\x1a\x01" + bytes(20))
    fails("a short cartridge", run("run", folder / "short.nes"), "short.nes: error: the file is cut off")
    (folder / "big").write_bytes(bytes(5 << 20))
    fails("a file that is far too large", run("run", folder / "big"), "more than 4 MiB")
    (folder / "bad.lbl").write_text("al 1000 .here\nnonsense\n")
    fails("labels that are none", run("run", folder / "loop.hex", "--labels", folder / "bad.lbl"), "bad.lbl:2: error: not a label")
    for nothing in (b"", b"sim65", b"sim65\x02", b"sim65\x01" + bytes(20), b"NES\x1a", bytes(7)):
        code, _, said = run("run", "-", stdin=nothing)
        claim(f"a bad image is refused: {nothing}", code == 2 and "error" in said, said)
    for engine in ENGINES:
        # Starts into nothing: 00 is BRK, which goes through $FFFE to $0000, and so on for ever.
        gives(f"a start into nothing ends with its cycles ({engine})", run("run", "-", "--load", "C000", "--pc", "0300", "--cycles", "100000", "--engine", engine, stdin=b"\xea"), 0, "", "over")
        for start in ("FFFE", "FFFF", "00FF", "01FF"):
            code, _, said = run("run", "-", "--load", "0", "--pc", start, "--cycles", "50000", "--engine", engine, stdin=bytes(range(256)) * 256)
            claim(f"a program of anything from {start} ends ({engine})", code in (0, 1), code, said)
    (folder / "noise").write_bytes(bytes((i * 7919 + (i >> 8) * 31) & 255 for i in range(65536)))
    ends = set()
    for engine in ENGINES:
        _, _, said = run("run", folder / "noise", "--pc", "1234", "--cycles", "3000000", "--json", "--engine", engine)
        told = json.loads(said.splitlines()[-1])
        ends.add(tuple(told[key] for key in ("end", "cycles", "pc", "a", "x", "y", "s", "p")))
    claim("noise is the same in all engines", len(ends) == 1, ends)


def play(game, *words, stdin=b"", folder=None):
    return answer_of([game, *words], stdin, cwd=folder)


def executables(folder):
    game, dump = folder / "game", folder / "dump"
    for name, words in (("loop.bin", ["--load", "1000"]), ("loop.hex", []), ("loop.prg", []), ("whole.bin", ["--pc", "1000"]), ("loop.hex", ["--profile", "1000"])):
        gives(f"build {name} {words}", run("build", folder / name, *words, "-o", game), 0, "")
        gives(f"the executable of {name} {words}", play(game), 0, "", f"game: trap at $100B in cycle {LOOP_CYCLES}\n")
    answer = run("build", folder / "loop.hex", "-o", game, "--stats")
    claim("--stats of build", answer[0] == 0 and "1 regions of" in answer[2], answer)
    code, out, said = play(game, "--json", "--dump", dump)
    told = json.loads(said.splitlines()[-1])
    claim("--json of an executable", told["end"] == "trap" and told["cycles"] == LOOP_CYCLES and told["entered"] > 0 and told["pc"] == LOOP_TRAP, said)
    claim("--dump of an executable", dump.read_bytes()[0x10:0x12] == b"\0\x42" and dump.stat().st_size == 65536)
    gives("--cycles of an executable", play(game, "--cycles", "100"), 0, "", "over at $10", "in cycle 10")
    gives("no number of cycles", play(game, "--cycles", "many"), 2, "", "game: many: no number of cycles")
    gives("--cycles without a number", play(game, "--cycles"), 2, "", "--cycles: what it is to be is missing")
    gives("arguments for an executable that takes none", play(game, "one"), 2, "", "takes no arguments")
    gives("a dump of an executable that cannot be written", play(game, "--dump", "/dev/full"), 2, "", "/dev/full: cannot be written")
    (folder / "jam.bin").write_bytes(bytes.fromhex("A901 02"))
    claim("build of what jams", run("build", folder / "jam.bin", "--load", "200", "-o", game)[0] == 0)
    gives("an executable that jams", play(game), 1, "", "has jammed at $0202 in cycle", "opcode $02")
    (folder / "wai.bin").write_bytes(bytes.fromhex("A901 CB"))
    claim("build of what waits", run("build", folder / "wai.bin", "--load", "200", "--variant", "65c02", "-o", game)[0] == 0)
    gives("an executable that waits for ever says so", play(game), 1, "", "for an interrupt, and there is none")
    waits = run("run", folder / "wai.bin", "--load", "200", "--variant", "65c02", "--cycles", "1000")
    gives("an executable that waits for its cycles", play(game, "--cycles", "1000"), waits[0], "", waits[2].replace("inlay-6502:", "game:"))
    # LDX #0; loop: INC operand; LDA #0; STA $20; INX; BNE loop; JMP *: an operand that is written each time.
    (folder / "self.bin").write_bytes(bytes.fromhex("A200 EE0602 A900 8520 E8 D0F6 4C0C02"))
    for words in ([], ["--profile", "5000"]):
        claim("build of what changes itself", run("build", folder / "self.bin", "--load", "200", *words, "-o", game)[0] == 0)
        wanted = run("run", folder / "self.bin", "--load", "200", "--engine", "step", "--dump", dump)
        memory = dump.read_bytes()
        got = play(game, "--dump", dump)
        claim("what changes itself", got == (0, "", wanted[2].replace("inlay-6502:", "game:")) and dump.read_bytes() == memory, got, wanted)
    program = hexadecimal(0x1000, LOOP).encode()
    claim("build of standard input", run("build", "-", "--format", "hex", "-o", game, stdin=program)[0] == 0 and play(game)[0] == 0)
    gives("build over the program", run("build", folder / "loop.prg", "-o", folder / "loop.prg"), 2, "", "loop.prg: error: is the program")
    gives("build into nowhere", run("build", folder / "loop.prg", "-o", "/nowhere/x"), 2, "", "/nowhere/x")
    fails("build without a name", run("build", folder / "loop.prg"), "--output is required")
    cartridge = b"NES\x1a\x01\x01" + bytes(10) + bytes(0x4000) + bytes(0x2000)
    gives("build of a cartridge", run("build", "-", "-o", game, stdin=cartridge), 2, "", "not of cartridges")
    claim("build of noise", run("build", folder / "noise", "--pc", "1234", "-o", game)[0] == 0)
    ends = [run("run", folder / "noise", "--pc", "1234", "--cycles", "3000000", "--json", "--engine", "interpreter"), play(game, "--cycles", "3000000", "--json")]
    told = [json.loads(said.splitlines()[-1]) for _, _, said in ends]
    claim("an executable of noise ends as the interpreter", all(told[0][key] == told[1][key] for key in ("end", "cycles", "pc", "a", "x", "y", "s", "p")), ends)


def help_texts(_):
    code, out, said = run("--help")
    claim("--help has examples", code == 0 and "Examples:" in out and "--success 3469" in out and said == "", out)
    for verb in ("run", "monitor", "disassemble", "build"):
        code, out, said = run(verb, "--help")
        claim(f"{verb} --help", code == 0 and "--labels" in out and said == "", out)
    code, out, _ = run("--version")
    claim("--version", code == 0 and out.startswith("inlay-6502 0."), out)
    full = os.open("/dev/full", os.O_WRONLY)
    claim("help that cannot be written", subprocess.run([command, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=60).returncode == 2)
    os.close(full)


def traces(folder):
    code, out, said = run("run", folder / "loop.hex", "--trace")
    lines = out.splitlines()
    claim("a trace has a line for each instruction", len(lines) == 1 + 512 + 4 and code == 0, len(lines))
    claim("in nestest's form", lines[0] == "1000  A2 00     LDX #$00                        A:00 X:00 Y:00 P:24 SP:FD PPU:  0,  0 CYC:0", lines[0])
    claim("with the state before it", lines[3] == "1002  E8        INX                             A:00 X:01 Y:00 P:24 SP:FD PPU:  0, 21 CYC:7", lines[3])
    claim("and what operands lead to", lines[-4].startswith("1005  86 10     STX $10 = 00                    A:00 X:00 Y:00 P:26"), lines[-4])
    run("run", folder / "loop.hex", f"--trace={folder / 'trace'}")
    claim("--trace=FILE is the same", (folder / "trace").read_text() == out)
    # A cartridge: 2 KiB of memory four times, and ROM. LDA #5; STA $0801; STA $C000; LDX $0001; LDY $4015; JMP *.
    program = bytes.fromhex("A905 8D0108 8D00C0 AE0100 AC1540 4C0EC0")
    bank = bytearray(16384)
    bank[: len(program)] = program
    bank[0x3FFC:0x3FFE] = b"\x00\xc0"
    (folder / "game.nes").write_bytes(b"NES\x1a\x01" + bytes(11) + bank)
    code, out, said = run("run", folder / "game.nes", "--trace")
    lines = out.splitlines()
    claim("a cartridge begins at cycle 7", lines[0] == "C000  A9 05     LDA #$05                        A:00 X:00 Y:00 P:24 SP:FD PPU:  0, 21 CYC:7", out)
    claim("ROM cannot be written", "LDA #$05" in run("run", folder / "game.nes", "--trace", "--cycles", "30")[1] and " X:05 Y:FF" in lines[-1], out)
    for engine in ("interpreter", "jit"):
        code, _, said = run("run", folder / "game.nes", "--engine", engine, "--json")
        told = json.loads(said.splitlines()[-1])
        claim(f"a cartridge in the engine {engine}", told["x"] == 5 and told["y"] == 255 and "trap at $C00E" in said and told["cycles"] == int(lines[-1].rsplit(":", 1)[1]), said, lines[-1])


def disassembly(folder):
    code, out, said = run("disassemble", folder / "loop.hex", "--labels", labels(folder))
    gives("a listing", (code, out, said), 0, """1000  A2 00     LDX #$00
loop:
1002  E8        INX
1003  D0 FD     BNE loop
done:
1005  86 10     STX $10
1007  A9 42     LDA #$42
1009  85 11     STA $11
trap:
100B  4C 0B 10  JMP trap
""")
    gives("--from and --to", run("disassemble", folder / "loop.hex", "--from", "1002", "--to", "1004"), 0, "1002  E8        INX\n1003  D0 FD     BNE $1002\n")
    gives("an instruction that is cut off is bytes", run("disassemble", folder / "loop.hex", "--from", "1009", "--to", "100C"), 0, "1009  85 11     STA $11\n100B  4C        .byte $4C\n100C  0B        .byte $0B\n")
    gives("nothing there", run("disassemble", folder / "loop.hex", "--from", "2000"), 0, "")
    gives("undocumented ones are marked", run("disassemble", "-", "--load", "0", stdin=b"\xa7\x10\x02"), 0, "0000  A7 10    *LAX $10\n0002  02       *JAM\n")
    gives("as the variant has them", run("disassemble", "-", "--load", "0", "--variant", "65c02", stdin=b"\xa7\x10\xdb"), 0, "0000  A7 10     SMB2 $10\n0002  DB        STP\n")
    fails("--from behind --to", run("disassemble", folder / "loop.hex", "--from", "2", "--to", "1"), "--from is behind --to")


def monitor_script(folder, *lines, words=(), file="loop.hex", stdin=""):
    return run("monitor", folder / file, "--labels", labels(folder), *words, stdin="\n".join(lines) + "\n" + stdin)


def monitor(folder):
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


ECHO = r"""
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
int main(int argc, char** argv) {
  int k, file; static char text[80];
  for (k = 1; k < argc; ++k) printf("[%s]", argv[k]);
  puts("");
  while (fgets(text, sizeof text, stdin)) printf("read %s", text);
  file = open("made.txt", O_RDWR | O_CREAT | O_TRUNC, 0644);
  printf("file %d wrote %d closed %d\n", file, write(file, "hello", 5), close(file));
  file = open("made.txt", O_RDONLY);
  k = read(file, text, 80); text[k > 0 ? k : 0] = 0;
  printf("got %d %s, then %d\n", k, text, read(file, text, 80));
  printf("%d %d %d\n", open("none", O_RDONLY), close(99), write(98, text, 1));
  close(file);
  file = open("made.txt", O_WRONLY | O_APPEND); write(file, "!!", 2); close(file);
  printf("exclusive %d\n", open("made.txt", O_WRONLY | O_CREAT | O_EXCL));
  fprintf(stderr, "to stderr\n");
  return 42;
}
"""


def c_programs(folder):
    if not shutil.which("cl65"):
        print("no cc65 (scripts/setup --develop): C programs are not tried")
        return
    (folder / "echo.c").write_text(ECHO)
    for target in ("sim6502", "sim65c02"):
        image = folder / target
        subprocess.run(["cl65", "-t", target, "-O", "-Ln", folder / "echo.lbl", folder / "echo.c", "-o", image], check=True, stderr=subprocess.DEVNULL, timeout=120)
        words, lines = ["one", "two words", "", "--stats"], b"first\nsecond\n"
        made = folder / "made.txt"
        reference = subprocess.run(["sim65", image, *words], input=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=120)
        claim("sim65 itself", reference.returncode == 42 and made.read_bytes() == b"hello!!", reference)
        for engine in ENGINES:
            made.unlink(missing_ok=True)
            done = subprocess.run([command, "run", "--engine", engine, image, "--", *words], input=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=120)
            same = (done.returncode, done.stdout, done.stderr) == (reference.returncode, reference.stdout, reference.stderr)
            claim(f"a C program does what it does in sim65 ({target}, {engine})", same and made.read_bytes() == b"hello!!", done, reference)
        game = folder / f"{target}.exe"
        for options in ([], ["--profile", "100000"]):
            made.unlink(missing_ok=True)
            built = run("build", image, "-o", game, *options, cwd=folder)
            made.unlink(missing_ok=True)
            done = subprocess.run([game, *words], input=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=120)
            claim(f"an executable does what the program does in sim65 ({target}, {options})", built[0] == 0 and (done.returncode, done.stdout, done.stderr) == (reference.returncode, reference.stdout, reference.stderr) and made.read_bytes() == b"hello!!", built, done, reference)
        done = subprocess.run([game, "--", "--json"], input=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=120)
        claim("what stands behind -- is the program's", b"[--json]" in done.stdout and b"{" not in done.stderr, done)
        made.unlink(missing_ok=True)
        claim("build --no-files", run("build", "--no-files", image, "-o", game)[0] == 0)
        done = subprocess.run([game], input=b"", stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=120)
        claim("its executable opens none", done.returncode == 42 and b"file -1 wrote -1" in done.stdout and not made.exists(), done)
        made.unlink(missing_ok=True)
        done = subprocess.run([command, "run", "--no-files", image], input=b"", stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=120)
        claim("--no-files lets it open none", done.returncode == 42 and b"file -1 wrote -1" in done.stdout and not made.exists(), done)
        done = subprocess.run([command, "run", image], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, timeout=120)
        claim("no input, no output", done.returncode == 42, done)
    gives("a C program in the monitor", (lambda a: (a[0], a[1][: a[1].find("\n")], a[2]))(run("monitor", image, "--labels", folder / "echo.lbl", stdin="break _main\nrun\n")), 0, "breakpoint at $" + address_of(folder / "echo.lbl", "_main") + " (_main)")
    code, out, _ = run("monitor", image, "--labels", folder / "echo.lbl", stdin="run\nline for the program\n", cwd=folder)
    claim("a program in the monitor reads what stands behind the commands", "read line for the program" in out and "ended with 42" in out, out)
    (folder / "endless.c").write_text("int main(void) { volatile unsigned char k; for (k = 0; k < 9; ++k); while (1); return 0; }")
    subprocess.run(["cl65", "-t", "sim6502", folder / "endless.c", "-o", folder / "endless"], check=True, timeout=120)
    found = {run("run", folder / "endless", "--engine", engine)[2] for engine in ENGINES}
    claim("an endless loop in C is built", run("build", folder / "endless", "-o", folder / "endless.exe")[0] == 0)
    found.add(play(folder / "endless.exe")[2].replace("endless.exe:", "inlay-6502:"))
    claim("an endless loop in C is a trap, in the same cycle in all engines", len(found) == 1 and "trap at" in next(iter(found)), found)
    (folder / "talk.c").write_text('#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c + 1); puts("end"); while (1); return 0; }')
    subprocess.run(["cl65", "-t", "sim6502", folder / "talk.c", "-o", folder / "talk"], check=True, stderr=subprocess.DEVNULL, timeout=120)
    found = {run("run", folder / "talk", "--engine", engine, stdin="HAL" * 300) for engine in ENGINES} | {run("run", folder / "talk", "--trace=/dev/null", stdin="HAL" * 300)}
    claim("a program that talks is built", run("build", folder / "talk", "-o", folder / "talk.exe")[0] == 0)
    code, out, said = play(folder / "talk.exe", stdin=b"HAL" * 300)
    found.add((code, out, said.replace("talk.exe:", "inlay-6502:")))
    claim("behind system calls, too, which are made once", len(found) == 1 and next(iter(found))[1] == "IBM" * 300 + "end\n", found)
    (folder / "busy.c").write_text("int main(void) { unsigned k = 0; while (1) ++k; return 0; }")
    subprocess.run(["cl65", "-t", "sim6502", folder / "busy.c", "-o", folder / "busy"], check=True, stderr=subprocess.DEVNULL, timeout=120)
    for engine in ENGINES:
        gives(f"an endless loop ends with its cycles ({engine})", run("run", folder / "busy", "--cycles", "3000000", "--engine", engine), 0, "", "over")


def address_of(file, name):
    for line in file.read_text().splitlines():
        if line.endswith(" ." + name):
            return line.split()[1][2:]


def completions(_):
    folder = pathlib.Path(__file__).resolve().parents[3] / "completions"
    texts = {name: (folder / name).read_text() for name in ("inlay-6502.bash", "_inlay-6502", "inlay-6502.fish")}
    man = (folder.parent / "docs" / "man" / "inlay-6502.1").read_text().replace("\\-", "-")
    for verb in ("run", "monitor", "disassemble", "build"):
        _, out, _ = run(verb, "--help")
        options = {word.rstrip(",").split("=")[0] for word in out.split() if word.startswith("--") and len(word) > 2 and word[2].isalpha()}
        for option in sorted(options):
            for name, text in texts.items():
                claim(f"{name} knows {option}", option[2:].rstrip(";:,.") in text)
            claim(f"the manual knows {option}", option.rstrip(";:,.") in man)
    if shutil.which("bash"):
        script = f"source {folder / 'inlay-6502.bash'}; COMP_WORDS=(inlay-6502 run --engine ''); COMP_CWORD=3; _inlay_6502; echo ${{COMPREPLY[@]}}"
        done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        claim("bash completes engines", set(done.stdout.split()) == {b"step", b"interpreter", b"jit"}, done)


try_parts(formats, mistakes, traces, disassembly, monitor, terminal, executables, c_programs, help_texts, completions)
