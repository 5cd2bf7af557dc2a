#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`inlay-6502 build`, and C programs in every engine and as executables, beside Debian's sim65.

    executables.py INLAY_6502
"""

import json
import shutil
import subprocess

from programs import ENGINES, LOOP, LOOP_CYCLES, LOOP_TRAP, command, hexadecimal, run, sim65, write_programs  # first: it knows where the next is
from claims import answer_of, claim, fails, gives, try_parts


def play(game, *words, stdin=b"", folder=None):
    return answer_of([game, *words], stdin, cwd=folder)


def executables(folder):
    write_programs(folder)
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
    # Nothing will wake it: that is an end, in every engine and executable, whatever the limit is.
    waits = f"the processor waits at $0203 in cycle 5 for an interrupt, and there is none\n"
    wai = ["run", folder / "wai.bin", "--load", "200", "--variant", "65c02"]
    for limit in ([], ["--cycles", "1000"], ["--cycles", "6"], ["--cycles", str(1 << 62)]):
        gives(f"an executable that waits for ever {limit}", play(game, *limit), 1, "", "game: " + waits)
        for engine in ENGINES:
            gives(f"what waits for ever ({engine}) {limit}", run(*wai, "--engine", engine, *limit), 1, "", "inlay-6502: " + waits)
    for limit in ("5", "3"):
        over = run(*wai, "--cycles", limit)
        gives(f"what has no time to wait ({limit})", play(game, "--cycles", limit), over[0], "", over[2].replace("inlay-6502:", "game:"))
        claim(f"and says so ({limit})", over[0] == 0 and "the cycles of --cycles are over" in over[2], over)
    code, out, said = run(*wai, "--trace", "--json")
    claim("a trace ends where the processor waits", code == 1 and len(out.splitlines()) == 2 and json.loads(said.splitlines()[-1])["end"] == "wait", out, said)
    gives("what waits, with --success", run(*wai, "--success", "300"), 1, "", waits)
    code, out, said = run("monitor", *wai[1:], stdin="run\n")
    claim("the monitor says that it waits", code == 0 and "waits for an interrupt since cycle 5" in out, out, said)
    code, out, said = run("explain", *wai[1:])
    claim("explain ends where it waits", code == 0 and "waits at $0203" in said, out, said)
    gives("a profile of what waits ends", run("build", *wai[1:], "--profile", str(1 << 40), "-o", game), 0, "")
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


def image(parts):
    memory = bytearray(65536)
    for address, code in parts.items():
        memory[address : address + len(bytes.fromhex(code))] = bytes.fromhex(code)
    return bytes(memory)


def traps(folder):
    """The cycle of a trap is the one in which a trace comes to it, whatever the program reads and rewrites."""
    game = folder / "trap.exe"
    delay = "A000 A200 CA D0FD 88 D0F8 C620 D0F2"  # LDY #0; LDX #0; DEX; BNE; DEY; BNE; DEC $20; BNE: some 330000 cycles each time
    programs = {
        "a branch that is written to be a trap": {0x400: "A201 D010 EE0020 4C0404", 0x414: "A9FE 8D0304 4C0204"},
        "a program that reads its trap": {0x400: "AD1004 C94C D003 4C1004 A200 CAD0FD EA4C1004"},
        "a program that looks for its trap and ends elsewhere": {0x400: "AD1004 C94C D003 4C1004 4C0A04", 0x410: "4C1004"},
        "a program that reads its trap late": {0x20: "05", 0x400: delay, 0x40E: "AD3004 C94C D003 4C3004 4C1804", 0x430: "4C3004"},
        "a trap where it begins": {0x400: "4C0004"},
    }
    for name, parts in programs.items():
        (folder / "trap.bin").write_bytes(image(parts))
        words = [folder / "trap.bin", "--pc", "400"]
        traced = run("run", *words, "--trace=/dev/null")
        claim(f"a trace of {name} ends", traced[0] == 0 and "trap at" in traced[2], traced)
        for engine in ENGINES:
            gives(f"{name} ({engine})", run("run", *words, "--engine", engine), *traced)
        gives(f"{name} (compiled)", run("run", *words, "--patience", "0", "--heat", "2", "--compile-at-once"), *traced)
        claim(f"{name} is built", run("build", *words, "-o", game)[0] == 0)
        gives(f"{name} (executable)", play(game), 0, "", traced[2].replace("inlay-6502:", "trap.exe:"))
        # Where the trap is the good end, nobody has to change its bytes to see it. A branch may be passed: that is good, too.
        if "branch" in name:
            continue
        place, good = traced[2].split("$")[1][:4], traced[2].replace("trap", "success")
        for options in (["--trace=/dev/null"], *(["--engine", engine] for engine in ENGINES)):
            gives(f"{name} at --success {options}", run("run", *words, "--success", place, *options), 0, "", good)
    # LDA #9; LDX #0; JSR close; JMP *: behind a call no time passes.
    (folder / "call").write_bytes(sim65(bytes.fromhex("A909 A200 20F5FF 4C0702")))
    traced = run("run", folder / "call", "--trace=/dev/null")
    for engine in ENGINES:
        gives(f"a trap behind a system call ({engine})", run("run", folder / "call", "--engine", engine), *traced)
    claim("a trap behind a system call is built", "trap at $0207" in traced[2] and run("build", folder / "call", "-o", game)[0] == 0, traced)
    gives("a trap behind a system call (executable)", play(game), 0, "", traced[2].replace("inlay-6502:", "trap.exe:"))
    # LDA #RTS; STA $0410; JSR $0410: what was a jump to itself is none when the program comes there.
    (folder / "trap.bin").write_bytes(image({0x400: "A960 8D1004 201004 4C0804", 0x410: "4C1004"}))
    for engine in ENGINES:
        gives(f"a place that is rewritten in time is no trap ({engine})", run("run", folder / "trap.bin", "--pc", "400", "--engine", engine), 0, "", "trap at $0408")


try_parts(executables, traps, c_programs)
