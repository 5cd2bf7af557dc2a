#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""SQLite says which rows `inlay-filter` lets pass, and what their aggregates are.

    command_sqlite.py INLAY_FILTER
"""

import csv
import io
import random
import sqlite3

from command_subject import run  # first: it knows where claims are
from claims import claim, try_parts


def rows_of(count):
    """id, n, m (integers), r (real), s, t (texts), with NULLs."""
    rng = random.Random(7)
    maybe = lambda value: None if rng.random() < 0.15 else value
    words = ["", "a", "abc", "Abc", "x%y", "under_score", "son", "Johnson", "sonar", "it's", "comma, quote\"", "æble", "line\nend"]
    return [(i, maybe(rng.randrange(-50, 50)), maybe(rng.randrange(1, 1000)), maybe(rng.randrange(-4000, 4000) / 16), maybe(rng.choice(words)),
             maybe(rng.choice(words) + rng.choice(words))) for i in range(count)]


def write_csv(path, rows):
    with open(path, "w") as file:
        file.write("id,n,m,r,s,t\n")
        for row in rows:
            cells = ["" if v is None else '"' + v.replace('"', '""') + '"' if isinstance(v, str) else str(v) for v in row]
            file.write(",".join(cells) + "\n")


CONDITIONS = [
    "n > 10", "n >= -5 and n < 30", "n = 7 or m = 7", "not (n > 0)", "n <> m", "n between -10 and 10", "n not between -10 and 10", "n is null", "n is not null and r is null",
    "n in (1, 2, 3, -4)", "n not in (1, 2, 3)", "n in (1, null)", "n not in (1, null)", "s = 'abc'", "s < 'b'", "s >= t", "s is distinct from t", "s is not distinct from 'a'",
    "s like '%son%'", "s not like '%son'", "t like 'a%b_'", "s like 'x!%y' escape '!'", "s like 'under!_%' escape '!'", "s || t = 'abcson'", "length(s) = 3", "length(t) > 6",
    "upper(s) = 'ABC'", "lower(t) like '%abc%'", "substr(t, 2, 3) = 'bcs'", "abs(n) > 40", "n + m > 900", "n * 3 - m < -500", "m / 7 = 12", "m % 10 = 3", "-n > 45",
    "r > 100.5", "r + n < -200", "r * 2 = 2 * r", "r / m > 0.5", "round(r) = 12", "round(r, 1) < -240", "coalesce(n, m) > 500", "nullif(n, 5) is null",
    "case when n > 0 then 'p' when n < 0 then 'm' else 'z' end = 'm'", "case n when 1 then true when 2 then false end is null", "n > 0 and (s = 'a' or t like '%a') and m < 700",
    "(n > 0 or s is null) and not (m > 500 and r < 0)", "n > 0 is not true", "(n > 0) is null", "cast(n as text) like '1%'", "cast(m as real) / 2 > 400.25", "replace(s, 'o', '0') = 's0n'",
    "trim(' ' || s || ' ') = s", "n = null", "n + null is null", "true", "false", ("position('o' in s) > 2", "instr(s, 'o') > 2"), ("starts_with(t, 'son')", "substr(t, 1, 3) = 'son'"),
    ("ends_with(t, 'c')", "t like '%c'"), ("contains(t, 'Abc')", "instr(t, 'Abc') > 0"), ("greatest(n, m) = n", "coalesce(max(n, m), n, m) = n"), ("s ~ '^a.*c$'", "s like 'a%c' and s not like '%\n%'"),
]


def against_sqlite(folder):
    rows = rows_of(3000)
    data, base = folder / "data.csv", folder / "data.db"
    write_csv(data, rows)
    database = sqlite3.connect(base)
    database.execute("pragma case_sensitive_like = on")
    database.execute("create table data(id integer, n integer, m integer, r real, s text, t text)")
    database.executemany("insert into data values(?,?,?,?,?,?)", rows)
    database.commit()
    for i, entry in enumerate(CONDITIONS):
        condition, theirs = entry if isinstance(entry, tuple) else (entry, entry)
        wanted = [str(id) for (id,) in database.execute(f"select id from data where {theirs} order by id")]
        engine = ("tiered", "interpreted", "quick", "optimized")[i % 4]
        for file in (data, base):
            code, out, said = run("--engine", engine, "--select", "id", "--", condition, file)
            claim(f"SQLite's rows of {file.name} where {condition}", out.split() == ["id", *wanted] and code == (0 if wanted else 1), said, len(out.split()) - 1, len(wanted))
    for aggregates in ("count(*), count(n), sum(n), min(n), max(n), avg(n)", "sum(r), avg(r), min(r), max(r)", "min(s), max(t), count(s)"):
        for group, order in ((None, "1"), ("s", "1"), ("n % 3, m > 500", "1, 2")):
            words = ["--agg", aggregates] + (["--group-by", group.replace("m > 500", "m > 500 as b")] if group else [])
            code, out, said = run(*words, "m <> 5", data)
            seen = [[{"true": "1", "false": "0"}.get(cell, cell) for cell in row] for row in csv.reader(io.StringIO(out))][1:]
            keys = (group + ", ") if group else ""
            grouping = f" group by {group} order by {', '.join(g + ' nulls last' for g in order.split(', '))}" if group else ""
            wanted = [["" if v is None else str(v).removesuffix(".0") for v in row] for row in database.execute(f"select {keys}{aggregates} from data where m <> 5{grouping}")]
            # SQLite's averages of integers are not rounded otherwise: data are small. Sums of sixteenths are exact in both.
            claim(f"SQLite's {aggregates} by {group}", [["%.12g" % float(c) if c and c[0] in "-.0123456789" else c for c in row] for row in seen] ==
                  [["%.12g" % float(c) if c and c[0] in "-.0123456789" else c for c in row] for row in wanted], said, seen[:3], wanted[:3])
    database.close()


try_parts(against_sqlite)
