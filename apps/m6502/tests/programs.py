# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tests of `inlay-6502` have in common: the command, and small programs for it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
from claims import answer_of  # noqa: E402

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


def write_programs(folder):
    """The loop in all formats, and 64 KiB of anything."""
    (folder / "loop.bin").write_bytes(LOOP)
    (folder / "loop.hex").write_text(hexadecimal(0x1000, LOOP))
    (folder / "loop.prg").write_bytes(bytes([0, 0x10]) + LOOP)
    whole = bytearray(65536)
    whole[0x1000 : 0x1000 + len(LOOP)] = LOOP
    (folder / "whole.bin").write_bytes(whole)
    (folder / "noise").write_bytes(bytes((i * 7919 + (i >> 8) * 31) & 255 for i in range(65536)))


def labels(folder):
    file = folder / "loop.lbl"
    file.write_text("al 001002 .loop\nal 001005 .done\ntrap = $100B\n")
    return file
