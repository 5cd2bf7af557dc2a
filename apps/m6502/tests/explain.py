#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay-6502 explain`, `run --profile` and the monitor's `stats` promise.

    explain.py INLAY_6502
"""

import html.parser
import json
import os
import pathlib
import pty
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
from claims import answer_of, claim, try_parts  # noqa: E402

command = str(pathlib.Path(sys.argv[1]).resolve())

# LDX #0; loop: INX; BNE loop; INC $10; JMP loop
LOOP = bytes.fromhex("A200 E8 D0FD E610 4C0210")
# start: LDA #0, whose operand INC changes; CLC; INX; NOP; INC $1001; BNE start, until that is 0; JMP to itself
CHANGING = bytes.fromhex("A900 18 E8 EA EE0110 D0F6 4C0A10")


def run(*words, **options):
    return answer_of([command, *words], **options)


class Page(html.parser.HTMLParser):
    """Whether the tags of a page match, and what its links lead to."""

    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.links, self.ids = [], False, set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)
        if tag == "a":
            self.links.add(attributes.get("href", "")[1:])
        if "id" in attributes:
            self.wrong |= attributes["id"] in self.ids
            self.ids.add(attributes["id"])

    def handle_endtag(self, tag):
        self.wrong |= not self.open or self.open.pop() != tag


def explained(folder):
    words = ["loop.bin", "--load", "1000", "--compile-at-once", "--cycles", 3_000_000]
    code, text, said = run("explain", *words, "--labels", "loop.lbl")
    claim("explain tells of a region", code == 0 and "region" in text and said == "", text, said)
    claim("explain lists guest instructions with labels", "\nloop:\n1002  E8        INX\n" in text and "BNE loop" in text, text)
    claim("explain lists machine code", re.search(r"^ +[0-9a-f]+  j\w+ 0x[0-9a-f]+$", text, re.M), text)
    claim("explain without a terminal has no colors", "\x1b" not in text, text)

    code, text, said = run("explain", *words, "--json", "--all")
    made = json.loads(text)
    hottest = made["regions"][0]
    claim("json has the regions, the hottest first", code == 0 and hottest["entry"] == 0x1002 and hottest["cycles"] > 2_000_000, text)
    claim("json has all cycles", made["cycles"] >= 3_000_000 and made["cycles_in_regions"] <= made["cycles"], text)
    claim("--all lists each", all("listing" in region for region in made["regions"]), text)
    listed = [each["pc"] for each in hottest["listing"]]
    claim("all instructions of the loop are listed", listed == [0x1002, 0x1003, 0x1005, 0x1007], listed)
    offsets = [line["offset"] for each in hottest["listing"] for line in each["code"]] + [line["offset"] for line in hottest["around"]]
    claim("each machine instruction is listed once", len(offsets) == len(set(offsets)) and 0 in offsets, sorted(offsets))

    code, text, said = run("explain", *words, "--html", folder / "loop.html")
    page = Page((folder / "loop.html").read_text())
    claim("--html writes a page and nothing else", code == 0 and text == "" and said == "", text, said)
    claim("the page is whole", not page.wrong and not page.open, page.open)
    claim("links of the page lead somewhere", page.links and page.links <= page.ids, page.links - page.ids)
    source = (folder / "loop.html").read_text()
    claim("the page needs nothing else", "src=" not in source and "<script" not in source and "url(" not in source)


def places(folder):
    code, text, said = run("explain", "loop.bin", "--load", "1000", "--at", "1002")
    claim("--at needs no run", code == 0 and "Region $1002" in text and "cycles were spent" not in text, text, said)
    code, text, said = run("explain", "loop.bin", "--load", "1000", "--at", "loop", "--labels", "loop.lbl")
    claim("--at takes a label", code == 0 and "Region $1002 (loop)" in text, text, said)
    code, text, said = run("explain", "loop.bin", "--load", "1000", "--at", "1100")
    claim("--at says why nothing is compiled", code == 2 and text == "" and "nothing is compiled at $1100: BRK is left to the interpreter" in said, text, said)
    code, text, said = run("explain", "changing.bin", "--load", "1000", "--all", "--compile-at-once", "--heat", 1, "--cycles", 100_000)
    claim("an operand that keeps changing is told", code == 0 and "keeps changing" in text, text, said)
    code, text, said = run("explain", "jam.bin", "--load", "1000", "--cycles", 1000)
    claim("a program that jams is explained", code == 0 and "jammed" in said and "0 regions" in text, text, said)


def wrong(folder):
    for words, message in (
        (["--html", "/nowhere/page.html"], "/nowhere/page.html"),
        (["--at", "nowhere"], "'nowhere' is no hexadecimal address"),
        (["--engine", "step"], "--engine"),
        (["--cycles", "0"], "--cycles"),
    ):
        code, text, said = run("explain", "loop.bin", "--load", "1000", "--cycles", 1000, *words) if "--cycles" not in words else run("explain", "loop.bin", *words)
        claim(f"explain {words} is an error", code == 2 and message in said and text == "", code, text, said)
    with open("/dev/full", "w") as full:
        code = subprocess.run([command, "explain", "loop.bin", "--load", "1000", "--at", "1002"], stdout=full, stderr=subprocess.DEVNULL).returncode
    claim("output that cannot be written is an error", code == 2, code)


def terminal(folder):
    def at_terminal(env):
        master, slave = pty.openpty()
        child = subprocess.Popen([command, "explain", "loop.bin", "--load", "1000", "--at", "1002"], stdout=slave, env=env)
        os.close(slave)
        text = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            text += more
        child.wait()
        os.close(master)
        return text

    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    claim("a terminal gets colors", b"\x1b[" in at_terminal(plain))
    claim("NO_COLOR takes them away", b"\x1b[" not in at_terminal({**plain, "NO_COLOR": "1"}))


def profiles(folder):
    code, text, said = run("run", "changing.bin", "--load", "1000", "--labels", "changing.lbl", "--profile", "changing.profile")
    reference = run("run", "changing.bin", "--load", "1000")
    claim("a profile changes nothing of the run", (code, text, said) == reference, said, reference)
    lines = (folder / "changing.profile").read_text().splitlines()
    table = {line.split()[0]: line.split() for line in lines if not line.startswith("#")}
    claim("instructions are counted", table["1003"][3] == "256" and table["1003"][2] == "512", table.get("1003"))
    claim("changed operands are marked", table["1000"][5] == "j1", table.get("1000"))
    claim("labels have sums", any(line.endswith("  start") for line in lines), *lines[:12])
    cycles = sum(int(line[2]) for line in table.values())
    claim("all cycles are there", f"{cycles} cycles" in lines[1] and f"in cycle {cycles}\n" in said, lines[1], said)

    code, text, said = run("build", "changing.bin", "--load", "1000", "--profile", "changing.profile", "-o", "changing", "--stats")
    claim("build takes a profile", code == 0 and "regions of" in said, said)
    done = subprocess.run([folder / "changing", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    said = done.stderr.decode().splitlines()[-1]
    claim("what was built takes the same cycles", json.loads(said)["cycles"] == cycles, said)

    (folder / "bad.profile").write_text("# inlay-6502 profile, 6502\nwords\n")
    for name, message in (("bad.profile", "bad.profile:2"), ("loop.bin", "loop.bin:1"), ("none.profile", "none.profile")):
        code, text, said = run("build", "loop.bin", "--load", "1000", "--profile", name, "-o", "x")
        claim(f"a profile that is none is an error: {name}", code == 2 and message in said, said)
    code, text, said = run("build", "loop.bin", "--load", "1000", "--variant", "65c02", "--profile", "changing.profile", "-o", "x")
    claim("so is one of another processor", code == 2 and "another processor" in said, said)
    for count in ("0", "99999999999999999999"):
        code, text, said = run("build", "loop.bin", "--load", "1000", "--profile", count, "-o", "x")
        claim(f"--profile {count} is an error", code == 2 and "2^40" in said, said)
    code, text, said = run("run", "loop.bin", "--load", "1000", "--engine", "jit", "--profile", "x")
    claim("profiles are of the engine 'step'", code == 2 and "'step'" in said, said)
    code, text, said = run("run", "loop.bin", "--load", "1000", "--cycles", 100, "--profile", "/dev/full")
    claim("a profile that cannot be written is an error", code == 2 and "/dev/full" in said, said)


def statistics(folder):
    code, text, said = run("monitor", "loop.bin", "--load", "1000", "--compile-at-once", stdin=b"stats\nuntil 2000000\nstats\n")
    claim("stats tells cycles and regions", code == 0 and "0 cycles in 0.000 s: 0.0 MHz" in text and re.search(r"^20000\d\d cycles in \d", text, re.M), text)
    claim("stats tells of regions", re.search(r"^[1-9]\d* regions of", text, re.M), text)


def programs(folder):
    os.chdir(folder)
    (folder / "loop.bin").write_bytes(LOOP)
    (folder / "loop.lbl").write_text("loop = $1002\n")
    (folder / "changing.bin").write_bytes(CHANGING)
    (folder / "changing.lbl").write_text("start = $1000\n")
    (folder / "jam.bin").write_bytes(bytes([0xEA, 0x02]))


try_parts(programs, explained, places, wrong, terminal, profiles, statistics)
