# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random rows, and random expressions on them in the languages of inlay-filter, SQLite and DuckDB. For differential.py."""

import json
import math
import re
import sqlite3

B, I, R, T, D, S = TYPES = ("boolean", "integer", "real", "text", "date", "timestamp")
DAY = 86_400_000_000
MIN, MAX = -(2**63), 2**63 - 1


# Dates, for all years.
def civil(days):
    days += 719468
    era, doe = divmod(days, 146097)
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    return yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) // 5 + 1


def days_of(year, month, day):
    year -= month <= 2
    era, yoe = divmod(year, 400)
    doy = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


def date_text(days):
    year, month, day = civil(days)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{month:02}-{day:02}"


def timestamp_text(micros):
    days, rest = divmod(micros, DAY)
    seconds, part = divmod(rest, 1_000_000)
    text = f"{date_text(days)} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text + (f".{part:06}" if part else "")


def timestamp_value(text):
    date, time = text.rsplit(" ", 1)
    hour, minute, second = time.split(":")
    whole, _, part = second.partition(".")
    return date_value(date) * DAY + ((int(hour) * 60 + int(minute)) * 60 + int(whole)) * 1_000_000 + int(part.ljust(6, "0") if part else 0)


def date_value(text):
    year, month, day = text.rsplit("-", 2)
    return days_of(int(year), int(month), int(day))


# An expression in the three languages; None where it is not said there.
class E:
    def __init__(self, type, ours, sqlite, duck, raises=False):
        self.type, self.ours, self.sqlite, self.duck, self.raises = type, ours, sqlite, duck, raises


def make(type, ours, sqlite, duck, *parts, raises=False):
    def say(form, words):
        return None if form is None or None in words else "(" + form.format(*words) + ")"

    return E(type, say(ours, [p.ours for p in parts]), say(sqlite, [p.sqlite for p in parts]), say(duck, [p.duck for p in parts]),
             raises or any(p.raises for p in parts))


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


WORDS = ["", "a", "b", "ab", "Ab", "abc", "ABC", "ba", "aab", "x%y", "x_y", "son", "Johnson", "it's", "say \"so\"", "a,b", " a ", "  ", "line\nend", "a\r\nb", "tab\tb",
         "12", "-7", " 5 ", "3.25", "1e3", "true", "f", "back\\slash", "\u00e9t\u00e9", "\u00c9T\u00c9", "\u03a9\u03c9", "\u0416\u0436", "\u65e5\u672c", "\U0001f600b", "2024-02-29", "a" * 17, "ab" * 20 + "c"]
PATTERNS = ["%", "a%", "%b", "%b%", "_", "a_", "_b%", "a%b%c", "%a%b", "", "abc", "%%", "__", "%\u00e9%", "A%", "%,%", "%\\%", "%a_b%", "x!%y", "!_%", "%!!%"]
REGULAR = ["a", "^a", "b$", "^$", "a.*b", "[0-9]+", "^[a-c]+$", "x|y", "(?i)ab", "\u00e9", "^.$", "(ab)+", "a{2,3}", "\\d", "[^a]b", "^a.b$", "son$"]
DATES = [0, -1, 19782, 11016, 19723, 20088, -25567, 18321, 47541]


class Data:
    """Columns and rows. `wild`: all that can be there; else what SQLite and DuckDB know as well."""

    def __init__(self, rng, wild, count):
        self.rng, self.wild = rng, wild
        types = list(TYPES) + [rng.choice(TYPES) for _ in range(rng.randrange(5))]
        rng.shuffle(types)
        self.names = ["id"] + [rng.choice(["c{}", "c{}", "Col {}", "x-{}", "case{}"]).format(i) for i in range(len(types))]
        self.types = [I] + types
        nulls = [0] + [rng.choice([0, 0.1, 0.3, 0.9]) for _ in types]
        self.finite = not wild or rng.random() < 0.4
        self.utf8 = not wild or rng.random() < 0.5
        self.negative_zero = rng.random() < 0.3  # SQLite's files do not keep its sign
        self.zeros = wild and rng.random() < 0.3
        self.rows = [[i] + [None if rng.random() < nulls[k] else self.value(self.types[k]) for k in range(1, len(self.types))] for i in range(count)]

    def value(self, type):
        rng = self.rng
        if type == B:
            return rng.random() < 0.5
        if type == I:
            if self.wild and rng.random() < 0.15:
                return rng.choice([MIN, MAX, MIN + 1, MAX - 1, 2**53 + 1, -(2**53) - 1, 2**31, -(2**31) - 1])
            return rng.choice([rng.randrange(-12, 13), rng.randrange(-12, 13), rng.randrange(-2000, 2000), rng.randrange(-(2**33), 2**33)])
        if type == R:
            if self.wild and rng.random() < 0.2:
                return rng.choice([1e308, -1e308, 5e-324, 2.0**63, -(2.0**63), 1e22] + ([] if self.finite else [math.nan, math.inf, -math.inf]))
            return rng.choice([0.0, -0.0 if self.negative_zero else 0.5, 1.0, -1.5, 0.1, 2.5, 3.0, rng.randrange(-200, 200) / 8, rng.uniform(-100, 100), float(rng.randrange(-9, 9))])
        if type == D:
            if self.wild and rng.random() < 0.1:
                return rng.choice([days_of(-9999, 1, 1), days_of(9999, 12, 31), days_of(0, 2, 29), days_of(1, 1, 1)])
            return rng.choice(DATES) + rng.choice([0, 0, rng.randrange(-40, 40)])
        if type == S:
            if self.wild and rng.random() < 0.1:
                return rng.choice([days_of(-9999, 1, 1) * DAY, days_of(9999, 12, 31) * DAY + DAY - 1])
            return (rng.choice(DATES) + rng.choice([0, rng.randrange(-9, 9)])) * DAY + rng.choice([0, 0, 1, DAY - 1, rng.randrange(DAY), rng.randrange(86400) * 1_000_000])
        text = rng.choice(WORDS) + (rng.choice(WORDS) if rng.random() < 0.3 else "")
        data = text.encode()
        if self.wild:
            if rng.random() < 0.004:
                data = data * 40 + b"x" * rng.choice([4095, 65536, 200_000]) + data
            if not self.utf8 and rng.random() < 0.1:
                data += rng.choice([b"\xff", b"\xc3", b"\xe6\x97", b"\xed\xa0\x80", b"a\x80b"])
            if self.zeros and data.isascii() and rng.random() < 0.05:
                data = data[: len(data) // 2] + b"\0" + data[len(data) // 2 :]
        return data

    # The files. Cells may be written in more than one way.
    def csv(self, path):
        rng, out, line = self.rng, [], 2
        self.csv_lines = []
        quote = lambda data: b'"' + data.replace(b'"', b'""') + b'"'
        out.append(b",".join(quote(n.encode()) for n in self.names) + b"\n")
        for row in self.rows:
            cells = []
            for type, value in zip(self.types, row):
                if value is None:
                    cells.append(b"")
                elif type == T:
                    plain = value and not re.search(rb'[",\r\n]', value) and rng.random() < 0.5
                    cells.append(value if plain else quote(value))
                else:
                    cell = self.spelling(type, value).encode()
                    if type == I and value >= 0 and rng.random() < 0.1:
                        cell = rng.choice([b"00", b"+", b" "]) + cell
                    if rng.random() < 0.05:
                        cell = quote(cell)
                    cells.append(cell)
            out.append(b",".join(cells) + b"\n")
            self.csv_lines.append(line)
            line += out[-1].count(b"\n")
        path.write_bytes(b"".join(out))

    @staticmethod
    def spelling(type, value):
        if type == B:
            return "true" if value else "false"
        if type == R:
            return repr(value)
        return date_text(value) if type == D else timestamp_text(value) if type == S else str(value)

    def jsonl(self, path):
        if not self.utf8:
            return False
        with open(path, "w") as file:
            for row in self.rows:
                members = {}
                for name, type, value in zip(self.names, self.types, row):
                    if value is None and self.rng.random() < 0.5:
                        continue
                    if value is not None and type == T:
                        value = value.decode()
                    elif value is not None and type in (D, S):
                        value = self.spelling(type, value)
                    if isinstance(value, float) and not math.isfinite(value):
                        value = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
                    members[name] = value
                file.write(json.dumps(members, ensure_ascii=self.rng.random() < 0.5) + "\n")
        return True

    def table(self, path):
        # There, NaN is NULL.
        if any(isinstance(v, float) and (v != v or (v == 0 and math.copysign(1, v) < 0)) for row in self.rows for v in row):
            return False
        database = sqlite3.connect(path)
        database.execute("create table t(" + ", ".join(f'"{n}" {t}' for n, t in zip(self.names, self.types)) + ")")
        places = ", ".join("cast(? as text)" if t == T else "?" for t in self.types)
        rows = [[self.spelling(t, v) if v is not None and t in (D, S) else v for t, v in zip(self.types, row)] for row in self.rows]
        database.executemany(f"insert into t values({places})", rows)
        database.commit()
        database.close()
        return True


class Writer:
    """Random expressions on the columns of some data."""

    def __init__(self, rng, data):
        self.rng, self.data = rng, data

    def pick(self, *options):
        return self.rng.choice(options)

    def value(self, type, depth):
        rng = self.rng
        if depth <= 0 or rng.random() < 0.12:
            return self.column(type) if rng.random() < 0.75 else self.literal(type)
        if rng.random() < 0.15:
            return self.general(type, depth - 1)
        return {B: self.boolean, I: self.integer, R: self.real, T: self.text, D: self.date, S: self.timestamp}[type](depth - 1)

    def column(self, type):
        names = [n for n, t in zip(self.data.names, self.data.types) if t == type]
        if not names:
            return self.literal(type)
        name = '"' + self.rng.choice(names) + '"'
        return E(type, name, name, name)

    def literal(self, type):
        if self.rng.random() < 0.06:
            duck = {B: "boolean", I: "bigint", R: "double", T: "varchar", D: "date", S: "timestamp"}[type]
            return E(type, f"cast(null as {type})", "null", f"cast(null as {duck})")
        value = self.data.value(type)
        if type == B:
            return E(B, str(value).lower(), str(int(value)), str(value).lower())
        if type == I:
            return E(I, f"({value})", f"({value})" if value != MIN else f"(-{MAX}-1)", f"cast('{value}' as bigint)")
        if type == R:
            theirs = f"({value!r})" if math.isfinite(value) else None
            return E(R, f"(real '{value!r}')" if "n" in repr(value) else f"({value!r})", theirs, f"cast('{value!r}' as double)")
        if type == D:
            return E(D, f"date '{date_text(value)}'", f"({value})", f"(date '1970-01-01' + {value})")
        if type == S:
            return E(S, f"timestamp '{timestamp_text(value)}'", f"({value})", f"make_timestamp({value})")
        text = self.word()
        return E(T, quoted(text), quoted(text), quoted(text))

    def word(self):
        text = self.rng.choice(WORDS)
        return text if self.rng.random() < 0.7 else self.rng.choice(["a", "b", "o", ""]) + text[:3]

    def any_type(self):
        return self.rng.choice(TYPES)

    def general(self, type, depth):
        v = lambda t=type: self.value(t, depth)
        k = self.rng.randrange(8)
        if k == 0:
            return make(type, "case when {} then {} else {} end", "case when {} then {} else {} end", "case when {} then {} else {} end", v(B), v(), v())
        if k == 1:
            return make(type, "case when {} then {} when {} then {} end", "case when {} then {} when {} then {} end", "case when {} then {} when {} then {} end", v(B), v(), v(B), v())
        if k == 2:
            t = self.any_type()
            form = "case {} when {} then {} when {} then {} else {} end"
            return make(type, form, form, form, v(t), self.value(t, 0), v(), self.literal(t), v(), v())
        if k in (3, 4):
            return make(type, "coalesce({}, {})", "coalesce({}, {})", "coalesce({}, {})", v(), v())
        if k == 5:
            # DuckDB folds constants: its nullif(NaN, NaN) and so on agree.
            return make(type, "nullif({}, {})", "nullif({}, {})", "nullif({}, {})", v(), v())
        name, theirs = self.pick(("greatest", "max"), ("least", "min"))
        return make(type, name + "({0}, {1})", "coalesce(" + theirs + "({0}, {1}), {0}, {1})", name + "({0}, {1})", v(), v())

    def boolean(self, depth):
        v = lambda t: self.value(t, depth)
        k = self.rng.randrange(20)
        if k < 4:
            word = self.pick("and", "or")
            parts = [v(B) for _ in range(self.rng.randrange(2, 5))]
            form = f" {word} ".join(["{}"] * len(parts))
            return make(B, form, form, form, *parts)
        if k == 4:
            return make(B, "not {}", "not {}", "not {}", v(B))
        if k < 9:
            t = self.any_type()
            sign = self.pick("=", "<>", "<", "<=", ">", ">=", "==", "!=")
            duck = "=" if sign == "==" else sign
            a, b = v(t), self.pick(v(t), self.literal(t), self.column(t))
            return make(B, "{} " + sign + " {}", "{} " + sign + " {}", "{} " + duck + " {}", a, b)
        if k == 9:
            # Integer with real; SQLite is exact, so its integers stay small.
            a, b = self.small(depth), v(R)
            sign = self.pick("=", "<", ">=")
            form = self.pick("{0} " + sign + " {1}", "{1} " + sign + " {0}")
            return make(B, form, form, form.replace("{0}", "cast({0} as double)"), a, b)
        if k == 10:
            t = self.any_type()
            n = self.pick(" not ", " ")
            return make(B, "{} is" + n + "distinct from {}", "{} is" + (" " if n == " not " else " not ") + "{}", "{} is" + n + "distinct from {}", v(t), v(t))
        if k == 11:
            n = self.pick(" not ", " ")
            return make(B, "{} is" + n + "null", "{} is" + n + "null", "{} is" + n + "null", v(self.any_type()))
        if k == 12:
            word, n = self.pick("true", "false"), self.pick(" not ", " ")
            return make(B, f"{{}} is{n}{word}", f"{{}} is{n}{word}", f"{{}} is{' ' if n == ' not ' else ' not '}distinct from {word}", v(B))
        if k == 13:
            t, n = self.any_type(), self.pick(" not", "")
            form = "{}" + n + " between {} and {}"
            return make(B, form, form, form, v(t), self.literal(t), v(t))
        if k == 14:
            t, n = self.any_type(), self.pick(" not", "")
            list = [self.literal(t) for _ in range(self.pick(1, 2, 3, 5, 12, 40))]
            if self.rng.random() < 0.2:
                list.append(v(t))
            form = "{}" + n + " in (" + ", ".join(["{}"] * len(list)) + ")"
            return make(B, form, form, form, v(t), *list)
        if k in (15, 16):
            pattern, n = self.rng.choice(PATTERNS), self.pick(" not", "")
            escape = " escape '!'" if "!" in pattern else ""
            held = pattern.replace("{", "{{")
            form = "{}" + n + " like " + quoted(held) + escape
            return make(B, form, form, form, v(T))
        if k == 17:
            pattern = self.rng.choice(PATTERNS)
            escape = " escape '!'" if "!" in pattern else ""
            ours = "{} ilike " + quoted(pattern) + escape
            return make(B, ours, "lower({}) like " + quoted(pattern.lower()) + escape, ours, v(T))
        if k == 18:
            pattern = self.rng.choice(REGULAR)
            held = quoted(pattern.replace("{", "{{").replace("}", "}}"))
            ours = self.pick("{} ~ " + held, "regexp_matches({}, " + held + ")")
            return make(B, ours, "searched({}, " + held + ")", "regexp_matches({}, " + held + ")", v(T))
        name = self.pick("starts_with", "ends_with", "contains")
        theirs = {"starts_with": "substr({0}, 1, length({1})) = {1}", "ends_with": "(length({0}) >= length({1}) and substr({0}, length({0}) - length({1}) + 1) = {1})",
                  "contains": "instr({0}, {1}) > 0"}[name]
        # DuckDB calls it suffix, too; contains('', '') is true there as here.
        return make(B, name + "({0}, {1})", theirs, name + "({0}, {1})", v(T), self.pick(self.literal(T), v(T)))

    def small(self, depth):
        """An integer of which SQLite knows nothing that a real does not."""
        return self.pick(self.column(I), make(I, "length({})", "length({})", "length({})", self.value(T, depth)))

    def integer(self, depth):
        v = lambda t=I: self.value(t, depth)
        k = self.rng.randrange(14)
        if k < 3:
            sign = self.pick("+", "-", "*")
            return make(I, "{} " + sign + " {}", "{} " + sign + " {}", "{} " + sign + " {}", v(), self.pick(v(), self.literal(I)), raises=True)
        if k == 3:
            sign = self.pick("/", "%")
            return make(I, "{} " + sign + " {}", "{} " + sign + " {}", "{} " + ("//" if sign == "/" else "%") + " {}", v(), self.pick(v(), self.literal(I)), raises=True)
        if k == 4:
            return make(I, "- {}", "- {}", "- {}", v(), raises=True)
        if k == 5:
            return make(I, "abs({})", "abs({})", "abs({})", v(), raises=True)
        if k < 8:
            return make(I, "length({})", "length({})", "length({})", v(T))
        if k == 8:
            # SQLite finds the empty text at 1, too, as DuckDB does.
            return make(I, "position({1} in {0})", "instr({0}, {1})", "instr({0}, {1})", v(T), self.literal(T))
        if k == 9:
            name = self.pick("year", "month", "day")
            return make(I, name + "({})", name + "_of({})", name + "({})", v(D))
        if k == 10:
            name = self.pick("year", "month", "day", "hour", "minute", "second")
            return make(I, f"extract({name} from {{}})", f"t{name}_of({{}})", name + "({})", v(S))
        if k == 11:
            return make(I, "{} - {}", "{} - {}", "date_diff('day', {1}, {0})", v(D), v(D), raises=True)
        if k == 12:
            return self.pick(make(I, "cast({} as integer)", "{}", "cast({} as bigint)", v(B)),
                             make(I, "cast({} as integer)", None, "try_cast({} as bigint)", v(R), raises=True))
        return self.pick(make(I, "cast(cast({0} as text) as integer)", "{0}", "{0}", v(), raises=True), make(I, "{}::integer", "cast({} as integer)", None, v(T), raises=True),
                         make(I, "octet_length({})", "length(cast({} as blob))", "strlen({})", v(T)),
                         make(I, "{} - {}", "{} - {}", "epoch_us({}) - epoch_us({})", v(S), v(S), raises=True))

    def real(self, depth):
        v = lambda t=R: self.value(t, depth)
        k = self.rng.randrange(10)
        finite = not self.data.wild
        if k < 3:
            sign = self.pick("+", "-", "*")
            form = "{} " + sign + " {}"
            return make(R, form, form if finite else None, form, v(), self.pick(v(), self.literal(R)))
        if k == 3:
            form = "{} / {}"
            return make(R, form, form if finite else None, form, v(), self.pick(v(), self.literal(R)), raises=True)
        if k == 4:
            form = self.pick("{0} + {1}", "{1} * {0}")
            return make(R, form, form if finite else None, form, v(), self.small(depth))
        if k == 5:
            name = self.pick("abs", "-", "floor", "ceil")
            return make(R, name + "({})", name + "({})", name + "({})", v())
        if k == 6:
            # SQLite rounds by printing what is not beyond 2^52; the same for halves.
            return make(R, "round({})", "rounded({})", "round({})", v())
        if k == 7:
            return make(R, "cast({} as real)", "cast({} as real)", "cast({} as double)", self.pick(v(I), v(B)))
        if k == 8:
            return make(R, "cast(cast({0} as text) as real)", "{0}", "{0}", v(), raises=True)
        return self.pick(make(R, "cast({} as real)", None, None, v(T), raises=True), make(R, "{} % {}", None, "{} % {}", v(), self.literal(R), raises=True),
                         make(R, "round({}, " + str(self.rng.randrange(-2, 4)) + ")", None, None, v()))

    def text(self, depth):
        v = lambda t=T: self.value(t, depth)
        k = self.rng.randrange(12)
        if k < 2:
            return make(T, "{} || {}", "{} || {}", "{} || {}", v(), v())
        if k < 4:
            name = self.pick("lower", "upper")
            return make(T, name + "({})", name + "({})", name + "({})", v())
        if k == 4:
            first = self.pick(1, 2, 3, 5, -1, -2, -4, 0, 100, MAX, MIN) if self.data.wild else self.pick(1, 2, 3, 5, -1, -2, -4, 0, 100)
            # DuckDB counts places before the first character otherwise.
            return make(T, f"substr({{}}, {first})", f"substr({{}}, {first})" if abs(first) < 2**31 else None, f"substr({{}}, {first})" if 0 < first < 2**31 else None, v())
        if k == 5:
            first, count = self.pick(1, 2, 3, -1, -3, 0), self.pick(0, 1, 2, 5, 1000, -1, -3)
            duck = f"substr({{}}, {first}, {count})" if first > 0 and count >= 0 else None
            return make(T, f"substr({{}}, {first}, {count})", f"substr({{}}, {first}, {count})", duck, v())
        if k == 6:
            # DuckDB trims more than spaces.
            name = self.pick("trim", "ltrim", "rtrim")
            return make(T, name + "({})", name + "({})", name + "({}, ' ')", v())
        if k == 7:
            name, what = self.pick("trim", "ltrim", "rtrim"), self.pick("'a'", "'ab '", "'\u00e9a'", "'xyz'")
            return make(T, f"{name}({{}}, {what})", f"{name}({{}}, {what})", f"{name}({{}}, {what})", v())
        if k == 8:
            return make(T, "replace({}, {}, {})", "replace({}, {}, {})", "replace({}, {}, {})", v(), self.literal(T), self.literal(T))
        if k == 9:
            return make(T, "cast({} as text)", "cast({} as text)", "cast({} as varchar)", v(I))
        if k == 10:
            return make(T, "{}::text", "case {} when 1 then 'true' when 0 then 'false' end", "cast({} as varchar)", v(B))
        return self.pick(make(T, "cast({} as text)", "date_text({})", None, v(D)), make(T, "cast({} as text)", "timestamp_text({})", None, v(S)), make(T, "cast({} as text)", None, None, v(R)))

    def date(self, depth):
        v = lambda t=D: self.value(t, depth)
        k = self.rng.randrange(5)
        if k == 0:
            n, sign = self.rng.randrange(400), self.pick("+", "-")
            return make(D, f"{{}} {sign} {n}", f"{{}} {sign} {n}", f"{{}} {sign} {n}", v(), raises=True)
        if k == 1:
            return make(D, "cast({} as date)", "floored({})", "cast({} as date)", v(S))
        if k == 2:
            return make(D, "cast(cast({0} as text) as date)", "{0}", "{0}", v(), raises=True)
        if k == 3:
            part = self.pick("year", "quarter", "month", "week")
            return make(D, f"date_trunc('{part}', {{}})", f"truncated('{part}', {{}})", f"cast(date_trunc('{part}', {{}}) as date)", v())
        return self.pick(make(D, "cast({} as date)", None, None, v(T), raises=True), make(D, "{} + {}", "{} + {}", None, v(), v(I), raises=True))

    def timestamp(self, depth):
        v = lambda t=S: self.value(t, depth)
        k = self.rng.randrange(3)
        if k == 0:
            return make(S, "cast({} as timestamp)", "{} * 86400000000", "cast({} as timestamp)", v(D))
        if k == 1:
            return make(S, "cast(cast({0} as text) as timestamp)", "{0}", "{0}", v(), raises=True)
        part = self.pick("year", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond")
        return make(S, f"date_trunc('{part}', {{}})", None, f"cast(date_trunc('{part}', {{}}) as timestamp)", v())
