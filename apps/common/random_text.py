# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What makers of random programs share, whatever the language."""
import argparse
import sys


class Writer:
    """A text that is being written, and the choices that are made of it."""

    def __init__(self, rng):
        self.rng = rng
        self.lines = []
        self.depth = 0
        self.next_name = 0
        self.loops = 0
        self.function_depth = 0
        self.budget = 0

    def line(self, text):
        self.lines.append("  " * self.depth + text)

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    def pick(self, items):
        return items[self.rng.randrange(len(items))]

    def fresh(self, kind):
        self.next_name += 1
        return f"{kind}{self.next_name}"


def main(description, program, program_of_bytes, default_size):
    """The command line of a maker: writes one to standard output."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("--size", type=int, default=default_size, help="functions in the program")
    parser.add_argument("--bytes", type=int, help="so many bytes instead, about or at least")
    options = parser.parse_args()
    sys.stdout.write(program_of_bytes(options.seed, options.bytes) if options.bytes else program(options.seed, options.size))
    return 0
