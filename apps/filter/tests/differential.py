#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random expressions on random rows: all engines, all inputs, SQLite and DuckDB must agree.

    differential.py INLAY_FILTER [--rounds N] [--seed S]

Each round makes a schema, rows and expressions. The rows are written as CSV, JSON Lines and as a table of SQLite, which
`inlay-filter` reads with each engine: the output must be the same to the byte among engines, and to the value among
inputs; so must errors, by row and by text. What the values ought to be is asked of SQLite (Python's), and of DuckDB if
INLAY_DUCKDB names a folder with the npm package @duckdb/node-api. Aggregates are added up here.

What differs by design is not compared:
  - Overflow and division by zero raise here. SQLite goes on with reals and NULL, DuckDB with NULL or infinity. The rows
    before the error are compared.
  - SQLite has no NaN; there, and where NaN may come about, it is not asked. It compares large integers with reals
    exactly, here (as in DuckDB) the integer is converted: data that SQLite is asked about have no integers beyond 2^53
    but where arithmetic makes them, which SQLite is not asked to compare with reals.
  - SQLite casts any text to a number, and reals to integers by cutting; max(a, b) is NULL if one is. `/` of integers is
    `//` in DuckDB. Both write reals as text differently; DuckDB takes '1.5' for an integer.
  - Texts with a zero byte end there for some of SQLite's functions, and bytes that are no UTF-8 are not accepted by
    DuckDB, and not told by JSON. What SQLite has no function for is written here, in Python.
"""

import argparse
import json
import math
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from random_expressions import B, D, DAY, I, R, S, T, Data, Writer, civil, date_text, date_value, days_of, quoted, timestamp_text, timestamp_value

ENGINES = ("interpreted", "quick", "optimized", "tiered")


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)
    return a == b and type(a) == type(b)


def truncated(part, days):
    year, month, day = civil(days)
    if part == "week":
        return days - (days + 3) % 7
    month = {"year": 1, "quarter": (month - 1) // 3 * 3 + 1, "month": month}[part]
    return days_of(year, month, 1)


def rounded(value):
    if abs(value) >= 2**52:
        return value
    whole = math.floor(abs(value))
    return math.copysign(whole + (abs(value) - whole >= 0.5), value)


class Sqlite:
    def __init__(self, data):
        self.data = data
        self.base = base = sqlite3.connect(":memory:")
        base.execute("pragma case_sensitive_like = on")

        def add(name, count, function):
            base.create_function(name, count, lambda *a: None if None in a else function(*a), deterministic=True)

        add("searched", 2, lambda text, pattern: int(re.search(pattern.replace("$", "\\Z"), text, re.ASCII if "\\d" in pattern else 0) is not None))
        add("lower", 1, str.lower)
        add("upper", 1, str.upper)
        add("rounded", 1, rounded)
        add("floored", 1, lambda t: t // DAY)
        add("date_text", 1, date_text)
        add("timestamp_text", 1, timestamp_text)
        add("truncated", 2, truncated)
        for i, name in enumerate(("year", "month", "day")):
            add(name + "_of", 1, lambda d, i=i: civil(d)[i])
            add("t" + name + "_of", 1, lambda t, i=i: civil(t // DAY)[i])
        add("thour_of", 1, lambda t: t % DAY // 3_600_000_000)
        add("tminute_of", 1, lambda t: t % DAY // 60_000_000 % 60)
        add("tsecond_of", 1, lambda t: t % DAY // 1_000_000 % 60)
        # No types: nothing is converted on its own.
        base.execute("create table t(" + ", ".join(f'"{n}"' for n in data.names) + ")")
        rows = [[v.decode() if isinstance(v, bytes) else int(v) if isinstance(v, bool) else v for v in row] for row in data.rows]
        base.executemany(f"insert into t values({', '.join('?' * len(data.names))})", rows)

    def values(self, expression):
        try:
            rows = self.base.execute(f'select {expression.sqlite} from t order by "id"').fetchall()
        except sqlite3.Error as error:
            # What it cannot do, such as abs(-2^63), is not asked.
            return None if "overflow" in str(error) or "user-defined function" in str(error) else str(error)
        return [self.read(expression.type, v) for (v,) in rows]

    @staticmethod
    def read(type, v):
        if v is None:
            return None
        if type == B:
            return bool(v)
        if type == R:
            return float(v)
        return v.encode() if isinstance(v, str) else v


DUCK = """
const { DuckDBInstance } = require('@duckdb/node-api');
const plain = v => typeof v === 'bigint' ? v.toString() : typeof v === 'number' && !Number.isFinite(v) ? String(v) : v;
(async () => {
  const base = await (await DuckDBInstance.create(':memory:')).connect();
  await base.run('set threads = 1');
  // Not sooner: lines that come before somebody waits for them are lost.
  const lines = require('readline').createInterface({ input: process.stdin });
  for await (const line of lines) {
    let answer;
    try {
      const reader = await base.runAndReadAll(JSON.parse(line));
      answer = { rows: reader.getRows().map(row => row.map(plain)) };
    } catch (error) { answer = { error: String(error.message) }; }
    process.stdout.write(JSON.stringify(answer) + '\\n');
  }
})();
"""


class Duck:
    NAMES = {B: "boolean", I: "bigint", R: "double", T: "varchar", D: "date", S: "timestamp"}

    def __init__(self, folder):
        self.process = subprocess.Popen(["node", "-e", DUCK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder,
                                        env={**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")}, text=True)

    def ask(self, query):
        self.process.stdin.write(json.dumps(query) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def fill(self, data):
        self.ask("drop table if exists t")
        self.ask("create table t(" + ", ".join(f'"{n}" {self.NAMES[t]}' for n, t in zip(data.names, data.types)) + ")")

        def literal(type, v):
            if v is None:
                return "null"
            if type == T:
                return quoted(v.decode())
            if type == D:
                return f"date '1970-01-01' + {v}"
            return f"make_timestamp({v})" if type == S else f"'{v!r}'::double" if type == R else f"'{v}'::bigint" if type == I else str(v).lower()

        for begin in range(0, len(data.rows), 200):
            rows = ", ".join("(" + ", ".join(literal(t, v) for t, v in zip(data.types, row)) + ")" for row in data.rows[begin : begin + 200])
            answer = self.ask("insert into t values " + rows)
            if "error" in answer:
                return answer["error"]
        return None

    def values(self, expression):
        form = {D: "date_diff('day', date '1970-01-01', {})", S: "epoch_us({})"}.get(expression.type, "{}")
        answer = self.ask(f'select {form.format(expression.duck)} from t order by "id"')
        if "error" in answer:
            error = answer["error"]
            # Overflows, dates out of range: where it looks for them is its own affair.
            return None if re.search("Out of Range|Conversion Error|[Oo]verflow", error) else error
        return [self.read(expression.type, v) for (v,) in answer["rows"]]

    @staticmethod
    def read(type, v):
        if v is None:
            return None
        if type == B:
            return bool(v)
        if type == R:
            return float(v)
        return v.encode() if type == T else int(v)


CELL = re.compile(rb'(?:"((?:[^"]|"")*)"|([^,\n]*))([,\n])', re.S)


def read_csv(out):
    rows, row, at = [], [], 0
    while at < len(out):
        match = CELL.match(out, at)
        if not match:
            raise ValueError(f"no CSV at {at}: {out[at:at + 40]!r}")
        held, plain, end = match.groups()
        row.append(held.replace(b'""', b'"') if held is not None else plain if plain else None)
        if end == b"\n":
            rows.append(row)
            row = []
        at = match.end()
    return rows[1:]


def read_value(type, cell):
    if cell is None or type == T:
        return cell
    text = cell.decode()
    if type == B:
        return {"true": True, "false": False}[text]
    return int(text) if type == I else float(text) if type == R else date_value(text) if type == D else timestamp_value(text)


class Differential:
    def __init__(self, command, folder, duck):
        self.command, self.folder, self.duck = command, folder, duck
        self.compared = {"engines": 0, "inputs": 0, "SQLite": 0, "DuckDB": 0, "conditions": 0, "errors": 0, "aggregates": 0}
        self.failures = 0

    def fail(self, *what):
        self.failures += 1
        print(f"FAILED (seed {self.seed}):", *what, sep="\n  ", flush=True)

    def run(self, file, *words):
        done = subprocess.run([self.command, *words, self.folder / file], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        return done.returncode, done.stdout, done.stderr.decode(errors="replace")

    def words(self, file, engine):
        words = ["--engine", engine, "-j", str(self.rng.choice([1, 1, 2, 4]))]
        if engine in ("quick", "optimized") and self.rng.random() < 0.3:
            words += ["--cpu", self.rng.choice(["baseline", "native"])]
        return words + (["--types", self.types] if file != "t.db" else [])

    def fault(self, file, said):
        """The number of the row, from 0, and what is said of it."""
        first = said.split("\n", 1)[0]
        match = re.fullmatch(r".*?/t\.(?:(?:csv|jsonl):(\d+)|db): error: (?:row (\d+): )?(.*)", first)
        if not match or (match[1] is None) == (match[2] is None):
            return None
        number = int(match[1] or match[2])
        if file == "t.csv":
            number = self.data.csv_lines.index(number) if number in self.data.csv_lines else -number
        else:
            number -= 1
        return number, match[3]

    def read(self, file, type_list, code, out, said):
        """Rows of values, and the fault."""
        rows = [[read_value(t, c) for t, c in zip(type_list, row)] for row in read_csv(out)]
        if code == 2:
            fault = self.fault(file, said)
            if fault is None:
                raise ValueError("an error without a row: " + said)
            return rows, fault
        if said or code != (0 if rows else 1):
            raise ValueError(f"status {code}: {said}")
        return rows, None

    def everywhere(self, expressions, condition):
        """What all engines and inputs make of it, or nothing if they do not agree."""
        select = ", ".join(["id"] + [f"{e.ours} as v{i}" for i, e in enumerate(expressions)])
        type_list = [I] + [e.type for e in expressions]
        ask = lambda file, engine: self.run(file, *self.words(file, engine), "--format", "csv", "--select", select, "--", condition)
        first = ask("t.csv", ENGINES[0])
        what = f"--select {select!r} -- {condition!r}"
        for engine in ENGINES[1:] if self.many or self.rng.random() < 0.5 else ENGINES[1:3]:
            answer = ask("t.csv", engine)
            self.compared["engines"] += 1
            if answer != first:
                return self.fail(f"{engine} differs from {ENGINES[0]}", what, f"{first[0]} {first[1][-300:]} {first[2]}", f"{answer[0]} {answer[1][-300:]} {answer[2]}")
        try:
            rows, fault = self.read("t.csv", type_list, *first)
            for file in self.files[1:]:
                answer = ask(file, self.rng.choice(ENGINES))
                self.compared["inputs"] += 1
                other, other_fault = self.read(file, type_list, *answer)
                equal = len(rows) == len(other) and all(same(a, b) for x, y in zip(rows, other) for a, b in zip(x, y))
                # Cells of CSV may raise when they are read, so COALESCE of them is CASE in the message's last words.
                plain = lambda f: f and (f[0], f[1].split(" in '")[0])
                if not equal or plain(fault) != plain(other_fault):
                    different = next(((x, y) for x, y in zip(rows, other) if not all(map(same, x, y))), (len(rows), len(other)))
                    return self.fail(f"{file} differs from t.csv", what, fault, other_fault, *map(lambda d: repr(d)[:400], different))
        except ValueError as error:
            return self.fail(what, error)
        if fault:
            self.compared["errors"] += 1
            if fault[0] < 0:
                return self.fail("an error at a line that is no row", what, first[2])
        return rows, fault

    def ask_others(self, expressions, rows):
        """`rows`: id and values of the rows in front, as many as there are."""
        for i, expression in enumerate(expressions):
            others = []
            if self.sqlite and expression.sqlite:
                others.append(("SQLite", self.sqlite.values(expression), expression.sqlite))
            if self.duck_filled and expression.duck:
                others.append(("DuckDB", self.duck.values(expression), expression.duck))
            for name, theirs, query in others:
                if isinstance(theirs, str):
                    self.fail(f"{name} does not understand", query, theirs)
                    continue
                if theirs is None:
                    continue
                self.compared[name] += 1
                for row in rows:
                    if not same(row[i + 1], theirs[row[0]]):
                        self.fail(f"{name} has {theirs[row[0]]!r} instead of {row[i + 1]!r}", expression.ours, query, f"row {self.data.rows[row[0]]}"[:1000])
                        break

    def check_condition(self, writer):
        condition = writer.value(B, 3)
        answer = self.everywhere([condition], "true")
        if not answer:
            return
        rows, fault = answer
        self.ask_others([condition], rows)
        passing = self.everywhere([], condition.ours)
        if not passing:
            return
        self.compared["conditions"] += 1
        # AND ends at NULL, too, in a condition, so it may raise later than the value, but not sooner.
        found, its_fault = passing
        if its_fault and (not fault or its_fault[0] < fault[0]):
            return self.fail("a condition raises, its value does not", condition.ours, fault, its_fault)
        end = fault[0] if fault else len(self.data.rows)
        if [r[0] for r in found if r[0] < end] != [r[0] for r in rows if r[1] is True]:
            return self.fail("rows that pass are not those where the value is true", condition.ours)
        count = self.run("t.csv", *self.words("t.csv", "tiered"), "--count", "--", condition.ours)
        if not its_fault and count[1] != b"%d\n" % len(found):
            self.fail("the count is another", condition.ours, count, len(found))

    def check_values(self, writer):
        expressions = [writer.value(writer.any_type(), 4) for _ in range(10)]
        calm = [e for e in expressions if not e.raises]
        answer = self.everywhere(calm, "true") if calm else None
        if answer:
            if answer[1]:
                self.fail("what never raises raised", [e.ours for e in calm], answer[1])
            self.ask_others(calm, answer[0])
        for expression in [e for e in expressions if e.raises][: 4 if self.many else 2]:
            answer = self.everywhere([expression], "true")
            if answer:
                self.ask_others([expression], answer[0])

    def check_aggregates(self, writer):
        key = writer.value(writer.any_type(), 2)
        argument = writer.value(self.rng.choice([I, R]), 2)
        extreme = writer.value(writer.any_type(), 2)
        answer = self.everywhere([key, argument, extreme], "true")
        if not answer or answer[1]:
            return
        groups = {}
        for _, k, a, e in answer[0]:
            k = "nan" if k != k else k  # one group, as they are equal
            groups.setdefault(k, []).append((a, e))
        order = lambda v: (v is None, v == "nan" and key.type == R, 0 if v is None or (v == "nan" and key.type == R) else v)
        largest = lambda values: max(values, key=lambda v: (v != v, 0 if v != v else v))
        smallest = lambda values: min(values, key=lambda v: (v != v, 0 if v != v else v))
        expected = []
        for k in sorted(groups, key=order):
            values = [a for a, _ in groups[k] if a is not None]
            extremes = [e for _, e in groups[k] if e is not None]
            total = None
            if values:
                total = sum(values) if argument.type == I else exact_sum(values)
            expected.append([math.nan if k == "nan" and key.type == R else k, len(groups[k]), len(values), total, smallest(extremes) if extremes else None, largest(extremes) if extremes else None])
        words = ["--agg", f"count(*), count({argument.ours}) as n, sum({argument.ours}) as s, min({extreme.ours}) as x, max({extreme.ours}) as y", "--group-by", f"{key.ours} as k", "--", "true"]
        code, out, said = self.run("t.csv", *self.words("t.csv", self.rng.choice(ENGINES)), *words)
        type_list = [key.type, I, I, argument.type, extreme.type, extreme.type]
        seen = [[read_value(t, c) for t, c in zip(type_list, row)] for row in read_csv(out)]
        self.compared["aggregates"] += 1
        if code == 2 or len(seen) != len(expected) or not all(same(a, b) for x, y in zip(seen, expected) for a, b in zip(x, y)):
            different = next(((x, y) for x, y in zip(seen, expected) if not all(map(same, x, y))), (len(seen), len(expected)))
            return self.fail("aggregates", words, said, *different)
        parts = []
        for i in (3, 1, 2):
            parts.append(self.folder / f"part{i}")
            parts[-1].write_bytes(self.run("t.csv", *self.words("t.csv", "tiered"), "--shard", f"{i}/3", *words)[1])
        merged = subprocess.run([self.command, "merge", *parts], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        if merged.stdout != out:
            self.fail("merged shards are not the whole", words, merged.stderr, merged.stdout[:500], out[:500])

    def round(self, seed, many):
        self.seed, self.many = seed, many
        self.rng = rng = random.Random(seed)
        wild = rng.random() < 0.4
        rows = rng.choice([0, 1, 5, 70, 300, 300, 300]) if not many or rng.random() < 0.95 else 30_000
        self.data = data = Data(rng, wild, rows)
        self.types = ",".join(f"{n}={t}" for n, t in zip(data.names, data.types))
        self.files = ["t.csv"]
        data.csv(self.folder / "t.csv")
        if rows and data.jsonl(self.folder / "t.jsonl"):
            self.files.append("t.jsonl")
        (self.folder / "t.db").unlink(missing_ok=True)
        if data.table(self.folder / "t.db"):
            self.files.append("t.db")
        self.sqlite = Sqlite(data) if not wild else None
        self.duck_filled = False
        if self.duck and data.utf8 and not data.zeros and rows <= 300:
            error = self.duck.fill(data)
            self.duck_filled = error is None
            if error:
                self.fail("DuckDB does not take the rows", error)
        writer = Writer(rng, data)
        self.check_values(writer)
        self.check_condition(writer)
        self.check_condition(writer)
        self.check_aggregates(writer)


def exact_sum(values):
    """The true sum, rounded once."""
    if all(map(math.isfinite, values)):
        try:
            return math.fsum(values)
        except OverflowError:
            from fractions import Fraction

            total = sum(map(Fraction, values))
            try:
                return float(total)
            except OverflowError:
                return math.inf if total > 0 else -math.inf
    infinite = {v for v in values if math.isinf(v)}
    return math.nan if any(map(math.isnan, values)) or len(infinite) == 2 else infinite.pop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    duck = Duck(os.environ["INLAY_DUCKDB"]) if os.environ.get("INLAY_DUCKDB") else None
    with tempfile.TemporaryDirectory() as name:
        test = Differential(str(pathlib.Path(options.command).resolve()), pathlib.Path(name), duck)
        for seed in range(options.seed, options.seed + options.rounds):
            test.round(seed, options.rounds > 12)
            if test.failures >= 10:
                break
    if duck:
        duck.process.stdin.close()
        duck.process.wait()
    print(f"{options.rounds} rounds; compared:", ", ".join(f"{name} {count}" for name, count in test.compared.items()) + f"; {test.failures} failed")
    sys.exit(1 if test.failures else 0)


main()
