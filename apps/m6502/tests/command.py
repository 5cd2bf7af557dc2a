#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay-6502` promises: programs of all formats in all engines, exit statuses, messages, traces, listings.

    command.py INLAY_6502
"""

import json
import os
import pathlib
import shutil
import subprocess

from programs import ENGINES, LOOP, LOOP_CYCLES, LOOP_TRAP, command, labels, run, sim65, write_programs  # first: it knows where the next is
from claims import claim, fails, gives, try_parts


def formats(folder):
    write_programs(folder)
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
    (folder / "end.hex").write_text(":00000001FF\n")
    fails("records without data", run("run", folder / "end.hex"), "end.hex:1: error: there is no data")
    fails("a header without a program", run("run", "-", stdin=sim65(b"")), "there is no program behind the header")
    for words in (["--dump", folder / "x", f"--trace={folder / 'x'}"], ["--profile", folder / "y", "--dump", f"{folder}/./y"], ["--profile", folder / "z", f"--trace={folder / 'z'}"]):
        fails(f"one file for two: {words}", run("run", folder / "loop.hex", *words), "error: --", "would replace what --")
    claim("but what is nowhere may be two", run("run", folder / "loop.hex", "--dump", "/dev/null", "--trace=/dev/null")[0] == 0)
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
    ends = set()
    for engine in ENGINES:
        _, _, said = run("run", folder / "noise", "--pc", "1234", "--cycles", "3000000", "--json", "--engine", engine)
        told = json.loads(said.splitlines()[-1])
        ends.add(tuple(told[key] for key in ("end", "cycles", "pc", "a", "x", "y", "s", "p")))
    claim("noise is the same in all engines", len(ends) == 1, ends)


def help_texts(folder):
    code, out, said = run("--help")
    claim("--help has examples", code == 0 and "Examples:" in out and "--success 3469" in out and said == "", out)
    for verb in ("run", "monitor", "disassemble", "build"):
        code, out, said = run(verb, "--help")
        claim(f"{verb} --help", code == 0 and "--labels" in out and said == "", out)
    code, out, _ = run("--version")
    claim("--version", code == 0 and out.startswith("inlay-6502 0."), out)
    full = os.open("/dev/full", os.O_WRONLY)
    write_programs(folder)
    for words in (["monitor", folder / "loop.hex"], ["disassemble", folder / "loop.hex"]):
        done = subprocess.run([command, *words], input=b"registers\nstep\n", stdout=full, stderr=subprocess.PIPE, timeout=60)
        claim(f"{words} that cannot be written", done.returncode == 2 and b"standard output: error: cannot be written: No space" in done.stderr, done)
        done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", command, *words], input=b"registers\nstep\n", stderr=subprocess.PIPE, timeout=60)
        claim(f"{words} with a closed standard output", done.returncode == 2 and b"standard output: error: cannot be written" in done.stderr, done)
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


try_parts(formats, mistakes, traces, disassembly, help_texts, completions)
