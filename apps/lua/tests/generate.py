#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a random Lua program to standard output: the same program for the same seed.

    generate.py SEED [--size FUNCTIONS] [--bytes N]

Each program ends, whatever its functions do: loops have bounds, functions call only those written before them and burn
fuel when they are entered. It prints what does not depend on addresses, times or the order of hashes. Variables are
named after the kind they mostly hold (n integers, x floats, s strings, t tables, f functions, v anything), so most
operations succeed; some do not, and errors are caught and printed.
"""
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common"))
import random_text  # noqa: E402

DEFAULT_SIZE = 12
PRELUDE = pathlib.Path(__file__).resolve().parent / "generate_prelude.lua"
INTEGERS = ["0", "1", "2", "3", "-1", "-7", "10", "100", "127", "128", "255", "65535", "65537", "-129", "1 << 40",
            "math.maxinteger", "math.mininteger", "9007199254740993"]
FLOATS = ["0.0", "-0.0", "0.5", "1.0", "2.0", "-1.5", "3.25", "1e15", "1e300", "2.0^53", "1/0", "-1/0"]
STRINGS = ["''", "'a'", "'abc'", "'10'", "'0x1F'", "'2.5'", "'-7'", "' 3 '", "'text with words'"]


class Writer(random_text.Writer):
    """The text of one function, and what is in scope while it is written."""

    def __init__(self, rng, callable_count):
        super().__init__(rng)
        self.callable_count = callable_count
        self.names = {"n": [], "x": [], "s": [], "t": [], "f": [], "v": []}
        self.fixed = set()  # loop variables and constants: not assigned
        self.has_varargs = False
        self.in_coroutine = False

    def declare(self, kind, name):
        self.names[kind].append(name)

    # Expressions ------------------------------------------------------------------------------------------------------

    def variable(self, kind):
        if self.chance(2):
            kind = self.pick("nxstv")
        names = self.names[kind]
        return self.pick(names) if names else {"n": "1", "x": "1.5", "s": "'s'", "t": "{}", "f": "text", "v": "nil"}[kind]

    def integer(self, depth=2):
        if depth == 0 or self.chance(25):
            return self.variable("n") if self.chance(70) else self.pick(INTEGERS[:14] if self.chance(80) else INTEGERS)
        a, b = self.integer(depth - 1), self.integer(depth - 1)
        form = self.rng.randrange(14)
        if form < 6:
            return f"({a} {self.pick(['+', '-', '*'])} {b})"
        if form < 8:
            return f"({a} {self.pick(['//', '%'])} {self.pick(['3', '-5', '7', f'divisor({b})'])})"
        if form < 11:
            return f"({a} {self.pick(['&', '|', '~', '<<', '>>'])} {b})"
        return self.pick([f"(- {a})", f"(~ {a})", f"#{self.variable('s')}", f"len({self.variable('t')})", f"#{{{self.any(0)}, {self.integer(0)}}}",
                          f"({self.condition(0)} and {a} or {b})", f"math.max({a}, {b})", f"select('#', {a}, {b})"])

    def real(self, depth=2):
        if depth == 0 or self.chance(25):
            return self.variable("x") if self.chance(70) else f"({self.pick(FLOATS)})"
        a = self.real(depth - 1)
        b = self.real(depth - 1) if self.chance(60) else self.integer(depth - 1)
        form = self.rng.randrange(10)
        if form < 6:
            return f"({a} {self.pick(['+', '-', '*', '/'])} {b})"
        if form < 8:
            return f"({a} {self.pick(['//', '%', '^'])} divisor({b}))"
        return self.pick([f"(- {a})", f"({self.integer(0)} / {b})", f"math.floor({a})", f"math.abs({b})",
                          f"({self.variable('s')} + {a})"])

    def string(self, depth=2):
        if depth == 0 or self.chance(30):
            return self.variable("s") if self.chance(60) else self.pick(STRINGS)
        a, b = self.string(depth - 1), self.string(depth - 1)
        number = self.integer(1)
        return self.pick([f"({a} .. {b})", f"({a} .. {b} .. '-' .. {self.variable('n')})", f"plain({number})",
                          f"({a}):sub(2, {self.pick(['-1', '3', '-2'])})", f"({a}):upper()", f"({a}):rep(2, ',')",
                          f"(({a}):gsub('%d', '#'))", f"string.format('%d|%s', {self.variable('n')}, plain({b}))",
                          f"(str({self.any(1)}) .. {b})", f"type({self.any(0)})"])

    def table(self, depth=1):
        form = self.rng.randrange(10)
        if form < 5 or depth == 0:
            return self.variable("t")
        if form == 5:
            return f"box({self.any(1)})"
        if form == 6:
            return f"lazy({self.any(0)})"
        rest = ", ..." if self.has_varargs and self.chance(40) else ""
        return f"{{{self.any(1)}, {self.integer(0)}, k = {self.any(0)}{rest}}}"

    def any(self, depth=2):
        form = self.rng.randrange(16)
        if form < 4:
            return self.integer(depth)
        if form < 7:
            return self.real(depth)
        if form < 9:
            return self.string(depth)
        if form < 12:
            return self.variable("v")
        if form < 14:
            return f"{self.table(0)}{self.pick(['.k', '[1]', '[2]', '.v', '[' + self.integer(0) + ']'])}"
        if form == 14 and self.has_varargs:
            return self.pick(["(...)", "select('#', ...)", "(select(-1, 0, ...))"])
        return self.pick(["nil", "true", "false", self.table(depth and 1), self.call()])

    def condition(self, depth=1):
        form = self.rng.randrange(9)
        if form < 3:
            return f"{self.integer(depth)} {self.pick(['<', '<=', '>', '>=', '==', '~='])} {self.integer(0)}"
        if form < 5:
            return f"{self.real(depth)} {self.pick(['<', '<=', '>', '>='])} {self.integer(0)}"
        if form == 5:
            return f"{self.string(0)} {self.pick(['<', '<=', '==', '~='])} {self.string(0)}"
        if form == 6:
            return f"{self.any(0)} {self.pick(['==', '~='])} {self.any(0)}"
        if form == 7 and depth:
            return f"not ({self.condition(0)}) {self.pick(['and', 'or'])} {self.condition(0)}"
        return self.variable("v")

    def arguments(self):
        values = [self.integer(1), self.real(1), self.string(0), self.table(0)]
        values = values[:self.rng.randrange(1, 5)]
        if self.has_varargs and self.chance(30):
            values.append("...")
        return ", ".join(values)

    def callee(self):
        """A function and its arguments, as text."""
        if self.names["f"] and self.chance(50):
            return self.variable("f"), self.arguments()
        if self.callable_count and self.chance(50):
            return f"F[{self.rng.randrange(1, self.callable_count + 1)}]", self.arguments()
        if self.chance(30):
            return self.variable("t"), self.arguments()
        return "unbox", self.table(0)

    def call(self):
        if self.chance(15):
            return f"{self.variable('t')}:{self.pick(['get', 'get', 'put'])}({self.integer(0)})"
        function, arguments = self.callee()
        return f"{function}({arguments})"

    # Statements -------------------------------------------------------------------------------------------------------

    def value_of(self, kind):
        return {"n": self.integer, "x": self.real, "s": lambda: f"clip({self.string()})", "t": self.table,
                "f": lambda: self.variable("f"), "v": lambda: f"clip({self.any()})"}[kind]()

    def assignable(self, kind):
        return [name for name in self.names[kind] if name not in self.fixed]

    def scoped(self, write):
        """Writes a block: what it declares ends with it."""
        saved = {kind: list(names) for kind, names in self.names.items()}
        self.depth += 1
        write()
        self.depth -= 1
        self.names = saved

    def block(self, size=None):
        for _ in range(size or self.rng.randrange(1, 5)):
            self.statement()

    def statement(self):
        self.budget -= 1
        if self.budget < 0:
            return self.assignment()
        forms = [(self.assignment, 22), (self.local, 10), (self.swap, 4), (self.store, 10), (self.branch, 10),
                 (self.note, 5), (self.calls, 9), (self.throw, 2)]
        if self.loops < 3:
            forms += [(self.numeric_for, 12), (self.while_loop, 5), (self.repeat_loop, 3), (self.list_for, 4)]
        if self.function_depth < 2:
            forms += [(self.closure, 5), (self.protected, 6), (self.coroutine, 3)]
        if self.loops:
            forms += [(self.leave, 3)]
        if self.in_coroutine:
            forms += [(self.yields, 12)]
        forms += [(self.closes, 1), (self.metatable, 1), (self.collect, 1)]
        at = self.rng.randrange(sum(weight for _, weight in forms))
        for write, weight in forms:
            at -= weight
            if at < 0:
                return write()

    def assignment(self):
        kind = self.pick("nnnxxsvt")
        names = self.assignable(kind)
        if names:
            self.line(f"{self.pick(names)} = {self.value_of(kind)}")

    def local(self):
        kind = self.pick("nnxxsvt")
        name = self.fresh(kind)
        constant = self.chance(10)
        self.line(f"local {name}{' <const>' if constant else ''} = {self.value_of(kind)}")
        self.declare(kind, name)
        if constant:
            self.fixed.add(name)

    def swap(self):
        names = self.assignable(self.pick("nxv"))
        if len(names) >= 2:
            a, b = self.rng.sample(names, 2)
            self.line(f"{a}, {b} = {b}, {a}")

    def store(self):
        key = self.pick([".k", "[1]", "[2]", f"[{self.variable('n')} % 7 + 1]", f"['a' .. {self.variable('n')} % 3]"])
        self.line(f"{self.variable('t')}{key} = clip({self.any(1)})")

    def branch(self):
        self.line(f"if {self.condition()} then")
        self.scoped(self.block)
        if self.chance(30):
            self.line(f"elseif {self.condition()} then")
            self.scoped(self.block)
        if self.chance(50):
            self.line("else")
            self.scoped(self.block)
        self.line("end")

    def note(self):
        values = ", ".join(self.variable(kind) for kind in self.rng.sample("nxstv", 3))
        self.line(f"note({values})")

    def calls(self):
        if self.chance(40):
            self.line(f"note('call', pcall({', '.join(self.callee())}))")
        else:
            names = self.assignable("v")
            target = self.pick(names) if names else "_G.unused"
            self.line(f"{target} = clip({self.call()})")

    def throw(self):
        error = self.pick(["error('thrown')", "error('thrown', 0)", "error('thrown', 2)", "error({code = 5})", "error()",
                           f"error({{code = {self.integer(0)}}})", "_G.undefined.field = 1", "local gone; gone()"])
        self.line(f"if {self.condition()} then {error} end")

    def loop_body(self):
        # Loops inside of loops burn, without a call.
        if self.loops:
            self.line("fuel = fuel - 1")
            self.line("if fuel < 0 then break end")
        self.loops += 1
        label = self.fresh("next_")
        continues = self.chance(25)
        self.block()
        if continues:
            self.line(f"if {self.condition(0)} then goto {label} end")
            self.line("do")
            self.scoped(self.block)
            self.line("end")
            self.line(f"::{label}::")
        self.loops -= 1

    def numeric_for(self):
        # Loops that are not inside of another may be long.
        bound = self.rng.randrange(2, 60 if self.loops == 0 else 8)
        kind = "x" if self.chance(20) else "n"
        name = self.fresh(kind)
        if kind == "x":
            head = self.pick([f"0.5, {bound}", f"1, {bound}, 0.75", f"{bound}.5, 0, -1.25"])
        else:
            head = self.pick([f"1, {bound}", f"1, {bound}", f"{bound}, 1, -1", f"1, {bound * 2}, 2",
                              f"math.maxinteger - {bound}, math.maxinteger", f"1, {self.variable('n')} % {bound} + 1"])
        self.line(f"for {name} = {head} do")

        def body():
            self.declare(kind, name)
            if self.chance(80):
                self.fixed.add(name)
            self.loop_body()
        self.scoped(body)
        self.line("end")

    def while_loop(self):
        name = self.fresh("count_")
        bound = self.rng.randrange(2, 30 if self.loops == 0 else 7)
        self.line(f"local {name} = 0")
        self.line(f"while {name} < {bound} do")

        def body():
            self.line(f"{name} = {name} + 1")
            self.loop_body()
        self.scoped(body)
        self.line("end")

    def repeat_loop(self):
        name = self.fresh("count_")
        self.line(f"local {name} = {self.rng.randrange(1, 9)}")
        self.line("repeat")

        def body():
            # What ends the loop is counted first: a jump must not pass the declaration of what `until` sees.
            self.line(f"{name} = {name} - 1")
            self.line("do")
            self.scoped(self.loop_body)
            self.line("end")
        self.scoped(body)
        self.line(f"until {name} <= 0")

    def list_for(self):
        index, value = self.fresh("n"), self.fresh("v")
        self.line(f"for {index}, {value} in ipairs({{{self.any(1)}, {self.any(1)}, {self.any(0)}}}) do")

        def body():
            self.declare("n", index)
            self.declare("v", value)
            self.fixed.add(index)
            self.loop_body()
        self.scoped(body)
        self.line("end")

    def leave(self):
        self.line(f"if {self.condition()} then break end")

    def function_body(self, parameters, size, varargs, coroutine=False):
        """The inside of a nested function: its own loops and varargs, the outer variables as upvalues."""
        outer = (self.loops, self.has_varargs, self.in_coroutine)
        self.loops, self.has_varargs, self.in_coroutine = 0, varargs, coroutine
        self.function_depth += 1

        def body():
            for parameter in parameters:
                self.declare(parameter[0], parameter)
            self.block(size)
            self.line(f"return {self.any()}, {self.any(0)}")
        self.scoped(body)
        self.function_depth -= 1
        self.loops, self.has_varargs, self.in_coroutine = outer

    def closure(self):
        name, varargs = self.fresh("f"), self.chance(25)
        parameters = [self.fresh(kind) for kind in "nx"[:self.rng.randrange(3)]]
        self.line(f"local function {name}({', '.join(parameters + ['...'] * varargs)})")
        self.depth += 1
        self.line("burn()")
        self.depth -= 1
        self.function_body(parameters, self.rng.randrange(1, 4), varargs)
        self.line("end")
        self.declare("f", name)

    def protected(self):
        handler = self.chance(20)
        self.line("note('caught', " + ("xpcall" if handler else "pcall") + "(function(...)")
        self.function_body([], self.rng.randrange(1, 4), True)
        self.line("end" + (", function(e) return texts('handler', e) end" if handler else "") + f", {self.arguments()}))")

    def coroutine(self):
        name, step, value = self.fresh("thread_"), self.fresh("n"), self.fresh("v")
        self.line(f"local {name} = coroutine.create(function(...)")
        self.function_body([], self.rng.randrange(2, 5), True, coroutine=True)
        self.line("end)")
        self.line(f"for {step} = 1, {self.rng.randrange(2, 9)} do")
        self.depth += 1
        self.line(f"local ok, {value} = coroutine.resume({name}, {self.arguments()})")
        self.line(f"note('resumed', {step}, ok, {value}, coroutine.status({name}))")
        self.line("if not ok then break end")
        self.depth -= 1
        self.line("end")
        if self.chance(30):
            self.line(f"note('close', pcall(coroutine.close, {name}))")

    def yields(self):
        names = self.assignable("v")
        target = f"{self.pick(names)} = " if names else ""
        self.line(f"{target}coroutine.yield({self.any(1)}, {self.integer(0)})")

    def closes(self):
        self.line(f"local {self.fresh('closer_')} <close> = {self.pick(['lazy(7)', 'lazy(8)', 'nil', 'lazy()'])}")

    def metatable(self):
        self.line(f"setmetatable({self.variable('t')}, {self.pick(['Box', 'Lazy', 'nil'])})")

    def collect(self):
        self.line(f"collectgarbage({self.pick(['', chr(39) + 'step' + chr(39)])})" if self.chance(30) else "collectgarbage('step')")


def function_text(rng, index):
    writer = Writer(rng, index - 1)
    writer.budget = rng.randrange(8, 40)
    writer.has_varargs = writer.chance(30)
    parameters = ["n0", "x0", "s0", "t0"]
    writer.line(f"F[{index}] = function({', '.join(parameters + ['...'] * writer.has_varargs)})")
    writer.depth = 1
    for parameter in parameters:
        writer.declare(parameter[0], parameter)
    writer.line("burn()")
    writer.line("local v0, v00, t00 = n0, s0, {x0, n0, s0}")
    writer.declare("v", "v0")
    writer.declare("v", "v00")
    writer.declare("t", "t00")
    writer.block(rng.randrange(4, 9))
    if writer.callable_count and writer.chance(15):
        writer.line(f"return F[{rng.randrange(1, index)}]({writer.arguments()})")
    else:
        writer.line(f"return {writer.integer()}, {writer.any()}, {writer.variable('t')}, {writer.variable('s')}")
    writer.depth = 0
    writer.line("end")
    return "\n".join(writer.lines) + "\n"


def program(seed, size=DEFAULT_SIZE):
    """A program of `size` functions, each called often enough to become hot."""
    rng = random.Random(seed)
    parts = [f"-- Generated from seed {seed}.\n", PRELUDE.read_text()]
    parts += [function_text(rng, index) for index in range(1, size + 1)]
    parts.append(f"for index = 1, {size} do drive(index, 120) end\n")
    return "".join(parts)


def program_of_bytes(seed, size):
    """A program of about `size` bytes: many functions, each called a few times."""
    rng = random.Random(seed)
    parts = [f"-- Generated from seed {seed}.\n", PRELUDE.read_text()]
    length, index = sum(map(len, parts)), 0
    while length < size:
        index += 1
        parts.append(function_text(rng, index))
        length += len(parts[-1])
    parts.append(f"for index = 1, {index} do drive(index, 3) end\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(random_text.main(__doc__, program, program_of_bytes, DEFAULT_SIZE))
