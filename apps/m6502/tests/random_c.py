# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random C programs for cc65. They end, and print all that they have computed; what C leaves open does not matter,
since both sides run the same code."""

import random

TYPES = ["unsigned char", "signed char", "unsigned", "int", "unsigned long", "long"]
SIZES = [7, 16, 33, 64, 200]


class Program:
    def __init__(self, seed, status):
        self.r = random.Random(seed)
        self.types = TYPES
        self.status = status
        self.arrays = []  # (name, size)
        self.scalars = []
        self.functions = []  # (name, number of parameters)
        self.depth = 0
        self.loops = 0

    def text(self):
        lines = ["#include <stdio.h>", "#include <stdlib.h>", "#include <string.h>", ""]
        for k in range(self.r.randint(2, 4)):
            size = self.r.choice(SIZES)
            lines.append(f"static {self.r.choice(self.types)} a{k}[{size}];")
            self.arrays.append((f"a{k}", size))
        for k in range(self.r.randint(3, 6)):
            lines.append(f"static {self.r.choice(self.types)} g{k} = {self.r.randint(0, 200)};")
            self.scalars.append(f"g{k}")
        lines += [
            "struct pair { unsigned char low; int high; };",
            "static struct pair pairs[9];",
            "static unsigned char rotate(unsigned char v) { return (v << 1) | (v >> 7); }",
            "static int by_value(const void* x, const void* y) { return *(const int*)x - *(const int*)y; }",
            "static int sorted[24];",
            "/* Instructions that C does not use. */",
            "static unsigned char decimal;",
            "static void add_decimal(unsigned char v) {",
            "  decimal = v;",
            '  __asm__("sed"); __asm__("lda %v", decimal); __asm__("adc #$19"); __asm__("sta %v", decimal); __asm__("cld");',
            f'  __asm__("php"); __asm__("pla"); __asm__("and #${self.status:02X}");',
            '  __asm__("eor %v", decimal); __asm__("sta %v", decimal);',
            "}",
            "",
        ]
        for k in range(self.r.randint(2, 5)):
            lines += self.function(k)
        lines += self.main()
        return "\n".join(lines) + "\n"

    # Expressions

    def value(self, names, depth=0):
        r = self.r
        if depth > 2 or r.random() < 0.3:
            kind = r.randrange(5)
            if kind == 0:
                return str(r.choice([0, 1, 2, 3, 7, 10, 127, 128, 255, 256, 1000, 32767]))
            if kind == 1:
                return f"pairs[{self.index(names, 9)}].{r.choice(['low', 'high'])}"
            if kind == 2 and self.arrays:
                name, size = r.choice(self.arrays)
                return f"{name}[{self.index(names, size)}]"
            return r.choice(names)
        if r.random() < 0.08:
            return f"rotate({self.value(names, depth + 1)})"
        if r.random() < 0.06 and self.functions and self.depth == 0:
            return self.call(names, depth + 1)
        left, right = self.value(names, depth + 1), self.value(names, depth + 1)
        operator = r.choice(["+", "-", "*", "&", "|", "^", "+", "-", "<<", ">>", "/", "%", "<", ">", "==", "!=", "<=", "&&"])
        if operator in ("<<", ">>"):
            return f"({left} {operator} ({right} & 7))"
        if operator in ("/", "%"):
            return f"({left} {operator} (({right} & 63) + 1))"
        return f"({left} {operator} {right})"

    def index(self, names, size):
        # Nobody writes outside of an array: that might be the program.
        return f"(unsigned char)({self.r.choice(names)} + {self.r.randrange(size)}) % {size}"

    def call(self, names, depth=0):
        name, count = self.r.choice(self.functions)
        return f"{name}({', '.join(self.value(names, depth + 1) for _ in range(count))})"

    def place(self, names):
        kind = self.r.randrange(4)
        if kind == 0:
            return f"pairs[{self.index(names, 9)}].{self.r.choice(['low', 'high'])}"
        if kind == 1:
            name, size = self.r.choice(self.arrays)
            return f"{name}[{self.index(names, size)}]"
        return self.r.choice(self.scalars)

    # Statements

    def statements(self, names, indent, count, nested):
        lines = []
        for _ in range(count):
            lines += self.statement(names, indent, nested)
        return lines

    def statement(self, names, indent, nested):
        r = self.r
        space = "  " * indent
        kind = r.randrange(14 if nested < 2 else 8)
        if kind < 4:
            return [f"{space}{self.place(names)} {r.choice(['=', '=', '+=', '-=', '^=', '|='])} {self.value(names)};"]
        if kind < 5:
            return [f"{space}add_decimal({self.value(names)}); {r.choice(self.scalars)} += decimal;"]
        if kind < 6:
            (to, size), (source, other) = r.choice(self.arrays), r.choice(self.arrays)
            count = r.randrange(min(size, other)) + 1
            return [f"{space}{r.choice(['memcpy', 'memmove'])}({to}, {source}, {count});"]
        if kind < 7:
            return [f"{space}memset({r.choice(self.arrays)[0]}, {self.value(names)}, {r.randrange(7) + 1});"]
        if kind < 8:
            if self.functions and self.depth == 0:
                return [f"{space}{r.choice(self.scalars)} ^= {self.call(names)};"]
            return [f"{space}{r.choice(self.scalars)}++;"]
        if kind < 10:
            return [f"{space}if ({self.value(names)}) {{", *self.statements(names, indent + 1, r.randint(1, 3), nested + 1),
                    f"{space}}} else {{", *self.statements(names, indent + 1, r.randint(1, 2), nested + 1), f"{space}}}"]
        if kind < 13:
            self.loops += 1
            counter = f"i{self.loops}"
            times = r.choice([3, 9, 20]) if nested else r.choice([10, 40, 250])
            return [f"{space}{{ {r.choice(['unsigned char', 'int'])} {counter};",
                    f"{space}for ({counter} = 0; {counter} < {times}; ++{counter}) {{",
                    *self.statements(names + [counter], indent + 1, r.randint(1, 3), nested + 1), f"{space}}} }}"]
        cases = []
        for k in range(r.randint(3, 8)):
            cases += [f"{space}case {k}:", *self.statements(names, indent + 1, 1, nested + 1),
                      f"{space}  break;" if r.random() < 0.8 else f"{space}  /* and on */"]
        return [f"{space}switch ((unsigned char){self.value(names)} & 7) {{", *cases, f"{space}}}"]

    def function(self, number):
        r = self.r
        count = r.randint(1, 3)
        parameters = [f"p{k}" for k in range(count)]
        declared = ", ".join(f"{r.choice(self.types)} {name}" for name in parameters)
        lines = [f"static {r.choice(self.types)} f{number}({declared}) {{"]
        names = parameters + self.scalars
        self.depth = r.random() < 0.5
        lines += self.statements(names, 1, r.randint(1, 4), 1)
        if r.random() < 0.4:
            rest = ", ".join(["p0 / 2"] + parameters[1:])
            lines.append(f"  if ((unsigned char)p0 > 3) return f{number}({rest}) + 1;")
            # It ends, since p0 is halved.
        lines += [f"  return {self.value(names)};", "}", ""]
        self.depth = 0
        self.functions.append((f"f{number}", count))
        return lines

    def main(self):
        lines = ["int main(int argc, char** argv) {", "  unsigned k; unsigned long sum = 0; unsigned char* bytes;",
                 "  for (k = 1; k < argc; ++k) { printf(\"%s,\", argv[k]); g0 += argv[k][0]; }",
                 "  for (k = 0; k < 24; ++k) sorted[k] = (int)(rotate(k * 7) ^ 0x55) - 90;"]
        lines += self.statements(self.scalars, 1, self.r.randint(4, 9), 0)
        lines += ["  qsort(sorted, 24, sizeof sorted[0], by_value);",
                  "  for (k = 0; k < 24; ++k) sum = sum * 31 + sorted[k];"]
        for name, size in self.arrays + [("pairs", 9)]:
            lines += [f"  bytes = (unsigned char*){name};",
                      f"  for (k = 0; k < sizeof {name}; ++k) sum = (sum << 1 | sum >> 31) ^ bytes[k];",
                      f'  printf("{name} %08lx\\n", sum);']
        for name in self.scalars:
            lines.append(f'  printf("{name} %ld\\n", (long){name});')
        lines += ["  return (unsigned char)sum;", "}"]
        return lines


def program(seed, status=0xC3):
    """`status`: the flags behind a decimal addition that it may look at."""
    return Program(seed, status).text()
