#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes a random Lox program to standard output: the same program for the same seed.

    generate.py SEED [--size FUNCTIONS] [--bytes N]

Each program ends: loops have bounds, functions and methods burn fuel when they are entered. Lox cannot catch errors nor
ask for the kind of a value, so each variable is named after the kind it holds (n number, b truth, s string, t Text,
o object, k function of a number, c Changing, v anything), and operations suit their operands; what changes its kind is a
Changing, which knows it, or a v, which is only compared, passed and printed. Now and then the last thing is an error.
"""
import contextlib
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "common"))
import random_text  # noqa: E402

DEFAULT_SIZE = 10
PRELUDE = pathlib.Path(__file__).resolve().parent / "generate_prelude.lox"
KINDS = "nbstokcv"
NUMBERS = ["0", "1", "2", "3", "7", "10", "100", "255", "0.5", "1.25", "-1", "-0", "65536", "4294967296", "0.1",
           "9007199254740991", "1000000.5"]
STRINGS = ['""', '"a"', '"abc"', '"text with words"', '"1"', '"nil"', '"ü"']
METHODS = ["first", "second", "third", "fourth"]
ERRORS = ["-nil", '1 + "one"', '"one" - 1', "nil < 2", "undefined_name", "undefined_name = 1", "nil.field",
          "C0(1).missing", "C0()", "C0(1).first()", "nil.field = 3", '"text"()', "C0(1).missing(1, 2)", "plain(1, 2)",
          "C0.first", "Text(1, 2).add(3)", "Changing(nil, 0).grow(1)"]


class Writer(random_text.Writer):
    """The text of a program, and what is in scope where it goes on."""

    def __init__(self, rng):
        super().__init__(rng)
        self.scopes = []  # of each block that is open: kind -> names declared in it
        self.globals = {kind: [] for kind in KINDS}
        self.functions = []  # (name, the kind it returns)
        self.class_count = 0
        self.fixed = set()  # what counts turns: not assigned
        self.method = None  # the method that is being written, and whether it has a super

    def weighted(self, forms):
        at = self.rng.randrange(sum(weight for _, weight in forms))
        for form, weight in forms:
            at -= weight
            if at < 0:
                return form
        raise AssertionError("no form")

    def declare(self, kind, name):
        (self.scopes[-1] if self.scopes else self.globals)[kind].append(name)

    @contextlib.contextmanager
    def scope(self):
        self.scopes.append({kind: [] for kind in KINDS})
        self.depth += 1
        yield
        self.depth -= 1
        self.scopes.pop()

    def names(self, kind):
        found = list(self.globals[kind])
        for scope in self.scopes:
            found += scope[kind] * 2  # what is near is used more often
        return found

    # Expressions ------------------------------------------------------------------------------------------------------

    def variable(self, kind):
        names = self.names(kind)
        if names and self.chance(85):
            return self.pick(names)
        return {"n": self.pick(NUMBERS), "b": self.pick(["true", "false"]), "s": self.pick(STRINGS),
                "t": 'Text("x", 1)', "o": f"make({self.rng.randrange(9)}, 1)", "k": "plain", "c": "Changing(1, 0)",
                "v": self.pick(["nil", "plain", "Text", "clock"])}[kind]

    def choose(self, forms):
        """The text that one of these gives; only that one is asked for."""
        return self.weighted(forms)()

    def number(self, depth=2):
        if depth == 0 or self.chance(25):
            return self.variable("n") if self.chance(70) else self.pick(NUMBERS)

        def number():
            return self.number(depth - 1)
        forms = [(lambda: f"({number()} {self.pick('+-*/')} {number()})", 12),
                 (lambda: f"{number()} {self.pick('+-')} {number()} * {number()}", 3),
                 (lambda: f"(-{number()})", 2),
                 (lambda: f"{self.object()}.n", 4),
                 (lambda: f"{self.variable('t')}.size", 1),
                 (lambda: f"{self.variable('c')}.number()", 3),
                 (lambda: f"{self.callable()}({number()})", 4),
                 (lambda: f"{self.object()}.{self.pick(METHODS)}({number()})", 4),
                 (lambda: f"bounded({number()})", 2),
                 (lambda: f"({self.truth(0)} and {number()} or {number()})", 2)]
        if name := self.assignable("n"):
            forms.append((lambda: f"({name} = {number()})", 1))
        if self.functions_of("n"):
            forms.append((lambda: self.call_of("n"), 3))
        if self.method and self.method[1]:
            forms.append((lambda: f"super.{self.method[0]}({number()})", 4))
        return self.choose(forms)

    def truth(self, depth=1):
        if depth == 0 and self.chance(40):
            return self.variable("b")
        equal = self.pick(["==", "!="])
        forms = [(lambda: f"{self.number(depth)} {self.pick(['<', '<=', '>', '>='])} {self.number(0)}", 6),
                 (lambda: f"{self.number(depth)} {equal} {self.number(0)}", 3),
                 (lambda: f"{self.string(0)} {equal} {self.string(1)}", 2),
                 (lambda: f"{self.any(0)} {equal} {self.any(0)}", 3),
                 (lambda: f"!{self.variable('b')}", 2),
                 (lambda: f"{self.variable('t')}.same({self.text(0)})", 1)]
        if depth:
            forms += [(lambda: f"({self.truth(0)}) {self.pick(['and', 'or'])} ({self.truth(0)})", 4),
                      (lambda: f"!({self.truth(0)})", 2)]
        return f"({self.choose(forms)})"

    def string(self, depth=1):
        """Of no more than some hundred bytes: the variables are not added to each other."""
        if depth == 0:
            return self.variable("s") if self.chance(60) else self.pick(STRINGS)
        atoms = [self.pick(STRINGS) if self.chance(50) else f"{self.variable('t')}.text"
                 for _ in range(self.rng.randrange(1, 4))]
        return "(" + " + ".join(atoms) + ")"

    def text(self, depth=1):
        literal = self.pick(STRINGS)
        forms = [(lambda: self.variable("t"), 5)]
        if depth:
            forms += [(lambda: f"{self.variable('t')}.add({self.text(depth - 1)})", 5),
                      (lambda: f"Text({literal}, {len(literal) - 2})", 2),
                      (lambda: f"{self.object()}.text", 2)]
            if self.functions_of("t"):
                forms.append((lambda: self.call_of("t"), 2))
        return self.choose(forms)

    def object(self, depth=1):
        forms = [(lambda: self.variable("o"), 6)]
        if self.method:
            forms.append((lambda: "this", 5))
        if depth:
            forms += [(lambda: f"make({self.rng.randrange(9)}, {self.number(0)})", 2),
                      (lambda: f"{self.variable('o')}.near()", 2)]
            if self.functions_of("o"):
                forms.append((lambda: self.call_of("o"), 1))
        return self.choose(forms)

    def callable(self, depth=1):
        forms = [(lambda: self.variable("k"), 6), (lambda: f"{self.variable('o')}.{self.pick(METHODS)}", 2)]
        if self.method and self.method[1]:
            forms.append((lambda: f"super.{self.method[0]}", 1))
        if depth and self.functions_of("k"):
            forms.append((lambda: self.call_of("k"), 1))
        return self.choose(forms)

    def changing(self):
        return self.choose([(lambda: self.variable("c"), 4),
                            (lambda: f"{self.pick(['Changing', 'Reversed'])}({self.with_kind()})", 3),
                            (lambda: f"{self.variable('c')}.become({self.with_kind()})", 2),
                            (lambda: f"{self.object(0)}.value", 2)])

    def with_kind(self):
        """A value of any kind, and the number of the kind."""
        kind = self.rng.randrange(5)
        value = [lambda: self.number(1), lambda: self.text(0), lambda: self.string(1), lambda: "nil",
                 lambda: self.truth(0)][kind]
        return f"{value()}, {kind}"

    def any(self, depth=1):
        return self.choose([(lambda: self.number(depth), 5), (lambda: self.truth(0), 1),
                            (lambda: self.string(depth), 2), (lambda: self.variable("v"), 5),
                            (lambda: self.object(0), 2), (lambda: self.variable("k"), 1),
                            (lambda: f"{self.variable('c')}.value", 3),
                            (lambda: f"{self.object(0)}.{self.pick(['extra', 'text', 'n'])}", 3), (lambda: "nil", 1)])

    def value_of(self, kind):
        return {"n": self.number, "b": self.truth, "s": self.string, "t": self.text, "o": self.object,
                "k": self.callable, "c": self.changing, "v": self.any}[kind]()

    def arguments(self):
        return f"{self.number(1)}, {self.variable('s')}, {self.text(0)}, {self.object(0)}, {self.variable('k')}"

    def functions_of(self, kind):
        return [name for name, returned in self.functions if returned == kind]

    def call_of(self, kind):
        """A call of one of the functions so far that return this kind."""
        return f"{self.pick(self.functions_of(kind))}({self.arguments()})"

    # Statements -------------------------------------------------------------------------------------------------------

    def assignable(self, kind):
        names = [name for name in self.names(kind) if name not in self.fixed]
        return self.pick(names) if names else None

    def statements(self, count=None):
        for _ in range(count or self.rng.randrange(1, 5)):
            self.statement()

    def statement(self):
        self.budget -= 1
        if self.budget < 0:
            return self.assignment()
        forms = [(self.assignment, 20), (self.local, 10), (self.branch, 10), (self.field, 12), (self.note, 3),
                 (self.change, 6), (self.block, 3)]
        if self.loops < 2:
            forms += [(self.for_loop, 10), (self.while_loop, 5)]
        if self.function_depth < 3:
            forms += [(self.closure, 8), (self.local_class, 1)]
        self.weighted(forms)()

    def assignment(self):
        kind = self.pick("nnnnbstokcvv")
        if name := self.assignable(kind):
            self.line(f"{name} = {self.value_of(kind)};")

    def local(self):
        kind = self.pick("nnnbstokcv")
        value = self.value_of(kind)
        outer = [name for scope in self.scopes[:-1] for name in scope[kind] if name not in self.fixed]
        here = {name for names in self.scopes[-1].values() for name in names}
        # Sometimes it hides one of further out; what it begins with does not name that.
        if outer and self.chance(15) and (name := self.pick(outer)) not in here:
            value = {"n": "5", "b": "true", "s": '"hides"', "t": 'Text("hides", 5)', "o": "make(1, 2)", "k": "plain",
                     "c": "Reversed(2, 0)", "v": "nil"}[kind]
        else:
            name = self.fresh(kind)
        self.line(f"var {name} = {value};")
        self.declare(kind, name)

    def branch(self):
        self.line(f"if {self.truth()} {{")
        with self.scope():
            self.statements()
        if self.chance(50):
            self.line("} else {" if self.chance(70) else f"}} else if {self.truth()} {{")
            with self.scope():
                self.statements()
        self.line("}")

    def block(self):
        self.line("{")
        with self.scope():
            self.statements()
        self.line("}")

    def field(self):
        target = self.object(0)
        self.line(self.choose([
            (lambda: f"{target}.n = {self.number()};", 6), (lambda: f"{target}.text = {self.text()};", 3),
            (lambda: f"{target}.extra = {self.any()};", 4), (lambda: f"{target}.value = {self.changing()};", 2),
            (lambda: f"{target}.next = {self.object()};", 2),
            (lambda: f"{target}.{self.pick(METHODS)} = {self.callable()};", 1),
            (lambda: f"{target}.n = {target}.n + {self.number(0)};", 4)]))

    def note(self):
        self.line(f'note("{self.fresh("note_")}", {self.any()});')

    def change(self):
        name = self.variable("c")
        self.line(f"{name}.grow({self.number(0)});" if self.chance(50) else f"{name}.become({self.with_kind()});")

    def turn(self):
        """The body of a loop. Loops inside of others burn fuel."""
        self.loops += 1
        with self.scope():
            if self.loops > 1:
                self.line("fuel = fuel - 1;")
            if self.function_depth and self.chance(20):
                self.leave()
            self.statements()
        self.loops -= 1

    def for_loop(self):
        bound = self.rng.randrange(2, 40 if self.loops == 0 else 7)
        name = self.fresh("n")
        fuel = " and fuel > 0" if self.loops else ""
        head = self.pick([f"var {name} = 0; {name} < {bound}{fuel}; {name} = {name} + 1",
                          f"var {name} = {bound}; {name} > 0{fuel}; {name} = {name} - 1",
                          f"var {name} = 1; {name} < {2 ** min(bound, 10)}{fuel}; {name} = {name} * 2"])
        # The variable of the loop is in a scope of its own, outside of the block.
        self.line(f"for ({head}) {{")
        self.scopes.append({kind: [] for kind in KINDS})
        self.declare("n", name)
        self.fixed.add(name)
        self.turn()
        self.scopes.pop()
        self.line("}")

    def while_loop(self):
        name = self.fresh("n")
        self.line(f"var {name} = 0;")
        self.declare("n", name)
        self.fixed.add(name)
        bound = self.rng.randrange(2, 20 if self.loops == 0 else 6)
        more = f" and {self.truth(0)}" if self.chance(30) else " and fuel > 0" if self.loops else ""
        self.line(f"while ({name} < {bound}{more}) {{")
        self.depth += 1
        self.line(f"{name} = {name} + 1;")
        self.depth -= 1
        self.turn()
        self.line("}")

    def leave(self):
        self.line(f"if {self.truth()} return {self.value_of(self.returned)};")

    def function_body(self, parameters, size, returned, default):
        """What follows a head: the statements of a function, and its end."""
        outer = self.loops, getattr(self, "returned", None)
        self.loops, self.returned = 0, returned
        self.function_depth += 1
        with self.scope():
            for parameter in parameters:
                self.declare(parameter[0], parameter)
            self.line(f"if (fuel <= 0) return {default};")
            self.line("fuel = fuel - 1;")
            self.statements(size)
            self.line(f"return {self.value_of(returned)};")
        self.function_depth -= 1
        self.loops, self.returned = outer
        self.line("}")

    def closure(self):
        name, parameter = self.fresh("k"), self.fresh("n")
        if self.chance(40):
            self.declare("k", name)  # it may call itself
        self.line(f"fun {name}({parameter}) {{")
        self.function_body([parameter], self.rng.randrange(1, 4), "n", parameter)
        if name not in self.scopes[-1]["k"]:
            self.declare("k", name)

    def methods(self, names, above):
        for name in names:
            self.line(f"{name}(n0) {{")
            self.method = (name, above)
            self.function_body(["n0"], self.rng.randrange(1, 4), "n", "n0")
            self.method = None

    def local_class(self):
        if self.class_count == 0 or self.method:
            return
        self.next_name += 1
        name, outer = f"Local{self.next_name}", self.method
        self.line(f"class {name} < C{self.rng.randrange(self.class_count)} {{")
        self.depth += 1
        self.methods(self.rng.sample(METHODS, self.rng.randrange(1, 3)), True)
        self.depth -= 1
        self.method = outer
        self.line("}")
        instance = self.fresh("o")
        self.line(f"var {instance} = {name}({self.number(0)});")
        self.declare("o", instance)

    # Whole programs ---------------------------------------------------------------------------------------------------

    def classes(self, count):
        """A family of classes, all with the same methods; the fields come in orders of their own."""
        for index in range(count):
            above = self.rng.randrange(index) if index else None
            self.line(f"class C{index}" + (f" < C{above}" if index else "") + " {")
            self.depth += 1
            if index == 0 or self.chance(60):
                self.initializer(index)
            if index == 0:
                self.line("near() {")
                self.line("  if (this.next == nil) return this;")
                self.line("  return this.next;")
                self.line("}")
            named = METHODS if index == 0 else self.rng.sample(METHODS, self.rng.randrange(0, 4))
            self.methods(named, index > 0)
            self.depth -= 1
            self.line("}")
            self.class_count = index + 1

    def initializer(self, index):
        self.line("init(n) {")
        self.depth += 1
        if index and self.chance(70):
            self.line("super.init(n);")
        fields = ["this.n = n;", f"this.text = Text(\"t{index}\", 2);", "this.next = nil;", f"this.extra = {self.pick(['nil', 'n', 'true'])};",
                  f"this.value = {self.pick(['Changing', 'Reversed'])}(n, 0);"]
        self.rng.shuffle(fields)
        if self.chance(40):
            self.line(f"if (n > 2) this.late{index} = n;")
        for field in fields:
            self.line(field)
        self.line(f"this.own{index} = {index};")
        self.depth -= 1
        self.line("}")

    def maker(self, count):
        """All of them are made here, so what calls their methods sees many classes."""
        self.line("fun make(which, n) {")
        for index in range(1, count):
            self.line(f"  if (which == {index}) return C{index}(n);")
        self.line("  return C0(n);")
        self.line("}")

    def global_variables(self):
        """Declared after the classes, whose methods use them when they run."""
        for name in [name for kind in KINDS for name in self.globals[kind]]:
            kind = name[0]
            value = {"n": self.pick(NUMBERS), "b": "true", "s": self.pick(STRINGS), "t": 'Text("start", 5)',
                     "o": f"make({self.rng.randrange(5)}, 3)", "k": self.pick(["plain", "bounded"]),
                     "c": self.pick(['Changing("", 2)', "Reversed(5, 0)", "Changing(nil, 3)"]), "v": "nil"}[kind]
            self.line(f"var {name} = {value};")

    def function(self):
        name, returned = f"f{len(self.functions)}", self.pick("nnnntok")
        self.budget = self.rng.randrange(8, 30)
        self.line(f"fun {name}(n0, s0, t0, o0, k0) {{")
        default = {"n": "n0", "t": "t0", "o": "o0", "k": "k0"}[returned]
        self.function_body(["n0", "s0", "t0", "o0", "k0"], self.rng.randrange(4, 9), returned, default)
        self.functions.append((name, returned))

    def drive(self, name, returned, turns):
        """Calls a function until it is hot, and notes what comes."""
        self.line("notes = 0;")
        self.line(f"for (var turn = 0; turn < {turns}; turn = turn + 1) {{")
        self.line("  fuel = 100;")
        other = self.globals["k"]
        self.line(f"  var result = {name}(turn, \"s\", Text(\"t\", 1), make(turn - 3, turn), {self.pick(other)});")
        if returned == "n":
            self.line("  add_up(result);")
        elif returned == "t":
            self.line("  result = result.text;")
        elif returned == "o":
            self.line("  add_up(result.n);")
        else:
            self.line("  add_up(result(turn));")
        self.line(f'  if (turn < 3 or turn == {turns - 1}) note("{name}", result);')
        self.line("}")
        # Another function of that kind under this name: what is hot must notice.
        same = [other for other, kind in self.functions if kind == returned and other < name]
        if same and self.chance(30):
            self.line(f"{name} = {self.pick(same)};")

    def state(self):
        self.line("notes = 0;")
        for kind in KINDS:
            for name in self.globals[kind]:
                if kind == "o":
                    for field in ("n", "extra", "text.text", "value.kind", "near().n"):
                        self.line(f'note("{name}.{field}", {name}.{field});')
                else:
                    self.line(f'note("{name}", {name}{".text" if kind == "t" else ".value" if kind == "c" else ""});')
        self.line('note("total", total);')

    def error(self):
        self.line("fun fails(n) {")
        self.line(f"  if (n == 0) return {self.pick(ERRORS)};")
        self.line("  return fails(n - 1);")
        self.line("}")
        self.line("class Fails < C0 {")
        self.line("  init(n) {")
        self.line("    super.init(n);")
        self.line("    if (n == 17) fails(3);")
        self.line("  }")
        self.line("}")
        self.line("for (var i = 0; i < 20; i = i + 1) Fails(i);")
        self.line('print "never";')


def program(seed, size=DEFAULT_SIZE, turns=100):
    """A program of `size` functions, each called often enough to become hot."""
    writer = Writer(random.Random(seed))
    writer.line(f"// Generated from seed {seed}.")
    writer.lines += PRELUDE.read_text().splitlines()
    count = writer.rng.randrange(3, 8)
    for kind in "nnbsstookkccvv":
        writer.declare(kind, writer.fresh(kind))
    writer.budget = 60
    writer.classes(count)
    writer.maker(count)
    writer.global_variables()
    for _ in range(size):
        writer.function()
    for name, returned in list(writer.functions):
        writer.drive(name, returned, turns)
    writer.state()
    if writer.chance(30):
        writer.error()
    return "\n".join(writer.lines) + "\n"


def program_of_bytes(seed, size):
    """A program of at least `size` bytes: many functions, each called a few times."""
    functions = 10
    while len(text := program(seed, functions, 3)) < size:
        functions = functions * size // len(text) + 1
    return text


if __name__ == "__main__":
    sys.exit(random_text.main(__doc__, program, program_of_bytes, DEFAULT_SIZE))
