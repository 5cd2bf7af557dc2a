#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay-filter` promises: rows, exit statuses, messages; SQLite says which rows pass.

    command.py INLAY_FILTER
"""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import pathlib
import pty
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

command = str(pathlib.Path(sys.argv[1]).resolve())
passed, failed = 0, 0


def run(*words, stdin=b""):
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run([command, *map(str, words)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def claim(what, holds, *seen):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}", *seen, sep="\n  ")


def gives(what, answer, status, out, *errors):
    """Exactly this output; these texts on standard error, and nothing there if there are none."""
    code, output, said = answer
    silent = bool(errors) or said == ""
    claim(what, code == status and output == out and silent and all(e in said for e in errors), f"status {code}", output[-600:], said[-600:])


def fails(what, answer, *errors):
    code, output, said = answer
    claim(what, code == 2 and all(e in said for e in errors), f"status {code}", output[-600:], said[-600:])


USERS = """name,age,balance,country
Zo,33,5000.5,NO
"O""Brien, X",44,12,SE
,12,,NO
"",50,0.1,DK
"""


def small(folder):
    users = folder / "users.csv"
    users.write_text(USERS)
    header = "name,age,balance,country\n"

    # Rows as they stood, and exit statuses.
    gives("rows that pass, as they stood", run("age > 40", users), 0, header + '"O""Brien, X",44,12,SE\n"",50,0.1,DK\n')
    gives("no row", run("age > 100", users), 1, header)
    gives("all rows", run("true", users), 0, USERS)
    gives("standard input without a name", run("age = 33", stdin=USERS), 0, header + "Zo,33,5000.5,NO\n")
    gives("standard input as -", run("age = 33", "-", stdin=USERS), 0, header + "Zo,33,5000.5,NO\n")
    gives("-- ends options", run("--", "-age < -40", users), 0, header + '"O""Brien, X",44,12,SE\n"",50,0.1,DK\n')
    gives("options behind", run("age = 33", users, "--count"), 0, "1\n")
    gives("no line end at the end of the file gets one", run("a > 1", stdin="a,b\n1,2\n3,4"), 0, "a,b\n3,4\n")
    gives("CRLF stays", run("a > 1", stdin="a,b\r\n1,2\r\n3,4\r\n"), 0, "a,b\r\n3,4\r\n")
    gives("lines inside of quotes", run("a > 1", stdin='a,b\n1,"x\ny"\n3,"z\n\nw"\n'), 0, 'a,b\n3,"z\n\nw"\n')
    gives("a column called merge", run('"merge"', stdin="merge,b\ntrue,1\nfalse,2\n"), 0, "merge,b\ntrue,1\n")

    # --select, --format
    gives("--select", run("--select", "country,age", "age > 40", users), 0, "country,age\nSE,44\nDK,50\n")
    gives("--select keeps what was written", run("--select", "b,a", "true", stdin="a,b\n1.50,007\n2.0,x\n"), 0, "b,a\n007,1.50\nx,2.0\n")
    gives("--select of expressions", run("--select", "upper(name) as n, age * 2, round(balance, 0) as \"the money\"", "age in (33, 12)", users), 0,
          "n,age * 2,the money\nZO,66,5001\n,24,\n")
    gives("NULL and empty", run("--select", "name, coalesce(name, 'none') as n", "age in (12, 50)", users), 0, 'name,n\n,none\n"",""\n')
    gives("quotes where they are needed", run("--select", "name || '\"' as n, age", "age = 44", users), 0, 'n,age\n"O""Brien, X""",44\n')
    gives("--format tsv", run("--format", "tsv", "age in (44, 12)", users), 0, 'name\tage\tbalance\tcountry\n"O""Brien, X"\t44\t12\tSE\n\t12\t\tNO\n')
    gives("--format jsonl", run("--format", "jsonl", "age in (44, 12)", users), 0,
          '{"name":"O\\"Brien, X","age":44,"balance":12,"country":"SE"}\n{"name":null,"age":12,"balance":null,"country":"NO"}\n')
    gives("JSON has no NaN", run("--format", "jsonl", "--types", "x=real", "--select", "x, d, b", "true", stdin="x,d,b\nnan,2024-02-29,true\n1e300,2024-03-01,false\n"), 0,
          '{"x":"NaN","d":"2024-02-29","b":true}\n{"x":1e+300,"d":"2024-03-01","b":false}\n')
    code, out, said = run("--format", "jsonl", "true", stdin=b"a,b\n\"\\\t\x01\x1b\xff\xc3\xa6\xed\xa0\x80\",1\n")
    claim("JSON of any bytes can be read", code == 0 and json.loads(out)["a"] == "\\\t\x01\x1b\ufffd\u00e6\ufffd\ufffd\ufffd", out, said)
    for text in ("a,b\n1,x\n", "a\tb\n1\tx\n"):
        gives("the output has the delimiter of --delimiter", run("--select", "b, a", "--delimiter", "\\t" if "\t" in text else ",", "true", stdin=text), 0,
              "b\ta\nx\t1\n" if "\t" in text else "b,a\nx,1\n")

    # How the input is read.
    (folder / "t.tsv").write_text("a\tb\n1\t2,5\n3\tx\n")
    gives("TSV by name", run("a = 1", folder / "t.tsv"), 0, "a\tb\n1\t2,5\n")
    gives("--input-format tsv", run("--input-format", "tsv", "a = 3", stdin="a\tb\n1\t2,5\n3\tx\n"), 0, "a\tb\n3\tx\n")
    gives("--delimiter", run("--delimiter", "#", "b = 'x;y'", stdin="a#b\n1#x;y\n2#z\n"), 0, "a#b\n1#x;y\n")
    gives("--no-header", run("--no-header", "column1 = 'a'", stdin="a,b\nc,d\n"), 0, "a,b\n")
    gives("--no-header has none in the output", run("--no-header", "--select", "column2", "true", stdin="a,b\nc,d\n"), 0, "b\nd\n")
    gives("--header", run("--header", "\"1\" = 3", stdin="1,2\n3,4\n5,6\n"), 0, "1,2\n3,4\n")
    gives("--types", run("--types", "a=text,b=real", "--select", "b + 0.5 as b", "a = '01'", stdin="a,b\n01,2\n1,2\n"), 0, "b\n2.5\n")
    (folder / "one.csv").write_text("a,b\n1,x\n")
    (folder / "t.jsonl").write_text('{"a":1,"b":"x"}\n{"a":2,"b":null}\n')
    gives("JSON Lines by name", run("a = 2", folder / "t.jsonl"), 0, '{"a":2,"b":null}\n')
    gives("JSON Lines from standard input", run("--input-format", "jsonl", "--select", "b", "a = 1", stdin='{"a":1,"b":"x"}\n'), 0, '{"b":"x"}\n')
    spelled = [r'{"a":1.50,"t":"x\u00e9\/\"","m":1.50,"o":{"k" : [1, 2]},"i":12345678901234567890,"d":"2024-01-01T10:00","f":true}', '{"a":2,"t":"y","m":"q","o":null,"i":1e2,"d":null,"f":false}',
               '{"a":"NaN","m": [ ] ,"i":0.10,"t":null}']
    (folder / "spelled.jsonl").write_text("\n".join(spelled) + "\n")
    same = '{"a":"NaN","t":null,"m":[ ],"o":null,"i":0.10,"d":null,"f":null}'
    for words in (["--select", "a,t,m,o,i,d,f"], ["--format", "jsonl"]):
        gives(f"values of JSON are written as they were: {words}", run(*words, "true", folder / "spelled.jsonl"), 0, "\n".join(spelled[:2]) + "\n" + same + "\n")
    gives("numbers of JSON stay as they were in CSV", run("--format", "csv", "--select", "a,t,m,o,i,d,f", "true", folder / "spelled.jsonl"), 0,
          'a,t,m,o,i,d,f\n1.50,"xé/""",1.50,"{""k"" : [1, 2]}",12345678901234567890,2024-01-01T10:00,true\n2,y,q,,1e2,,false\nNaN,,[ ],,0.10,,\n')
    gives("what is computed is written anew", run("--select", "a + 0 as b, m || '' as m, a", "a = 1.5", folder / "spelled.jsonl"), 0, '{"b":1.5,"m":"1.50","a":1.50}\n')
    gives("empty lines among them", run("--input-format", "jsonl", "--select", "a,b", "true", stdin='\n{"a":1.0,"b":"\\u0041"}\n\n{"b":"x","a":1.25e0}'), 0,
          '{"a":1.0,"b":"\\u0041"}\n{"a":1.25e0,"b":"x"}\n')
    (folder / "texts.jsonl").write_text('{"a":"\\u0041","b":"x"}\n')
    (folder / "texts.csv").write_text('a,b\nq,"z"\n')
    for files, wanted in ((("texts.jsonl", "texts.csv"), ['{"a":"\\u0041"}', '{"a":"q"}']), (("texts.csv", "texts.jsonl"), ['{"a":"q"}', '{"a":"\\u0041"}'])):
        gives(f"{files} have columns of one form", run("--format", "jsonl", "--select", "a", "b <> ''", *[folder / f for f in files]), 0, "\n".join(wanted) + "\n")
    for words in (["--select", "a, b as a"], ["--select", "a, a"], ["--agg", "sum(a) as b", "--group-by", "b"], ["--agg", "sum(a), sum(a)"]):
        fails(f"{words}: names of JSON are there once", run("--format", "jsonl", *words, "true", stdin="a,b\n1,x\n"), "two columns are called", "AS gives")
    gives("CSV has them as often as one likes", run("--select", "a, a", "true", stdin="a,b\n1,x\n"), 0, "a,a\n1,1\n")
    (folder / "twice").write_text(run("--shard", "1/1", "--agg", "sum(a), sum(a)", "true", folder / "one.csv")[1])
    fails("merge refuses them, too", run("merge", "--format", "jsonl", folder / "twice"), "two columns are called 'sum(a)'")
    gives("JSON Lines to CSV", run("--format", "csv", "true", folder / "t.jsonl"), 0, "a,b\n1,x\n2,\n")
    base = folder / "base"
    database = sqlite3.connect(base)
    database.executescript("create table t(a integer, b text); insert into t values(1,'x'),(2,null),(3,'z'); create table u(c real); insert into u values(0.5);")
    database.commit()
    database.close()
    gives("SQLite by its beginning", run("--input-format", "sqlite", "--table", "t", "b is null or a = 3", base), 0, "a,b\n2,\n3,z\n")
    gives("--table says that it is SQLite", run("--table", "u", "c < 1", base), 0, "c\n0.5\n")
    gives("--table with a query", run("--table", "select a * 2 as d from t", "d > 2", base), 0, "d\n4\n6\n")
    gives("--types of a table", run("--types", "a=text", "--table", "t", "a < '2'", base), 0, "a,b\n1,x\n")
    fails("a type of no column of a table", run("--types", "aa=text", "--table", "t", "a < '2'", base), "no column 'aa'", "'a'")
    code, out, said = run("--json", "--types", "a=text", "--table", "t", "a < '2'", base)
    claim("which are told", json.loads(said)["columns"] == [{"name": "a", "type": "text", "origin": "given"}, {"name": "b", "type": "text", "origin": "declared"}], said)
    fails("which table", run("a = 1", base), "several tables", "'t'")
    gives("options for the machine", run("--engine", "interpreted", "--cpu", "baseline", "-j", "1", "age = 33", "--count", users), 0, "1\n")
    for engine in ("tiered", "interpreted", "quick", "optimized"):
        gives(f"--engine {engine}", run("--engine", engine, "--count", "age > 30 and name like 'Z%'", users), 0, "1\n")

    # Aggregates.
    gives("--count", run("--count", "age > 30", users), 0, "3\n")
    gives("--count of nothing", run("--count", "age > 300", users), 1, "0\n")
    gives("--agg", run("--agg", "sum(age), avg(balance) as mean, min(name), max(country), count(balance), count(*)", "true", users), 0,
          'sum(age),mean,min(name),max(country),count(balance),count(*)\n139,1670.8666666666668,"",SE,3,4\n')
    gives("--agg of nothing", run("--agg", "sum(age), avg(balance), min(name), count(*)", "age < 0", users), 1, "sum(age),avg(balance),min(name),count(*)\n,,,0\n")
    gives("--group-by", run("--agg", "count(*) as n, sum(balance)", "--group-by", "country", "true", users), 0, "country,n,sum(balance)\nDK,1,0.1\nNO,2,5000.5\nSE,1,12\n")
    gives("--group-by an expression, NULL last", run("--count", "--group-by", "name is null as no, length(name)", "true", users), 0,
          "no,length(name),count(*)\nfalse,0,1\nfalse,2,1\nfalse,10,1\ntrue,,1\n")
    gives("groups as JSON Lines", run("--count", "--group-by", "country", "--format", "jsonl", "age > 40", users), 0, '{"country":"DK","count(*)":1}\n{"country":"SE","count(*)":1}\n')
    gives("sums of integers are exact", run("--agg", "sum(a)", "true", stdin="a,b\n" + "9223372036854775807,1\n" * 3), 0, "sum(a)\n27670116110564327421\n")
    gives("sums of reals are exact, then rounded", run("--agg", "sum(a)", "true", stdin="a,b\n1e100,1\n1,1\n-1e100,1\n0.25,1\n"), 0, "sum(a)\n1.25\n")
    fails("sum of a text", run("--agg", "sum(name)", "true", users), "sum(name)", "text")
    fails("what is no aggregate", run("--agg", "median(age)", "true", users), "count, sum, avg, min, max", "^~~~")
    fails("--count with --agg", run("--count", "--agg", "sum(age)", "true", users), "count(*)")
    fails("--group-by alone", run("--group-by", "age", "true", users), "--count or --agg")
    fails("--select with --count", run("--select", "age", "--count", "true", users), "--group-by")

    # Several files.
    (folder / "more.csv").write_text("name,age,balance,country\nMo,71,1,FI")
    (folder / "turned.csv").write_text("age,name\n71,Mo\n")
    gives("several files have one header", run("age in (33, 71)", users, folder / "more.csv", users), 0, header + "Zo,33,5000.5,NO\nMo,71,1,FI\nZo,33,5000.5,NO\n")
    gives("aggregates of several files", run("--agg", "sum(age)", "true", users, folder / "turned.csv"), 0, "sum(age)\n210\n")
    gives("--select from files of other columns", run("--select", "name", "age > 50", users, folder / "turned.csv"), 0, "name\nMo\n")
    fails("rows of other columns", run("age > 50", users, folder / "turned.csv"), "turned.csv", "other columns")
    (folder / "text.csv").write_text("name,age,balance,country\nMo,old,1,FI\n")
    fails("the first file tells the types", run("age > 50", users, folder / "text.csv"), "text.csv:2", "'old' is not an integer", "Mo,old,1,FI")
    (folder / "four.csv").write_text("a,b,c\n1,2,3\n")
    fails("a column that only a later file has", run("--format", "csv", "true", folder / "one.csv", folder / "four.csv"), "four.csv: error: has a column 'c', which the first file has not", "--select")
    fails("one that a later file has not", run("--format", "csv", "true", folder / "four.csv", folder / "one.csv"), "one.csv: error: has no column 'c'", "--select")
    fails("one of the condition", run("--count", "c > 1", folder / "four.csv", folder / "one.csv"), "no column is called 'c'", "one.csv")
    fails("a file that is not there", run("age > 50", users, folder / "none.csv"), "none.csv", "No such file")

    # Several inputs of different kinds.
    text_base = folder / "text.db"
    database = sqlite3.connect(text_base)
    database.executescript("create table t(a text, b text); insert into t values('p','q');")
    database.commit()
    database.close()
    (folder / "comma.csv").write_text("a,b\nx,y\n")
    (folder / "semicolon.csv").write_text("a;b\np;q\n")
    (folder / "tab.csv").write_text("a\tb\np\tq\n")
    (folder / "cr.csv").write_bytes(b"a,b\rp,q\rr,s")
    comma = folder / "comma.csv"
    fails("text, then a table of the same columns", run("true", comma, text_base), "text.db", "another format")
    fails("a table, then text of the same columns", run("true", text_base, comma), "comma.csv", "another format")
    gives("both written alike", run("--format", "csv", "true", comma, text_base, comma), 0, "a,b\nx,y\np,q\nx,y\n")
    gives("--select of both", run("--select", "b", "true", text_base, comma), 0, "b\nq\ny\n")
    gives("--count of both", run("--count", "true", comma, text_base), 0, "2\n")
    for other in ("semicolon.csv", "tab.csv", "cr.csv"):
        fails(f"rows as they stood in {other} behind others", run("true", comma, folder / other), other, "another format")
        gives(f"written as those before {other}", run("--format", "csv", "a <> 'r'", comma, folder / other), 0, "a,b\nx,y\np,q\n")
    gives("tabs that nobody told of are kept", run("--select", "b, a", "true", folder / "tab.csv"), 0, "b\ta\nq\tp\n")
    gives("semicolons before semicolons", run("true", folder / "semicolon.csv", folder / "semicolon.csv"), 0, "a;b\np;q\np;q\n")
    gives("the last row of a file with CR gets one", run("a = 'r'", folder / "cr.csv"), 0, "a,b\rr,s\r")
    for name, content, row in (("lf.csv", b"a,b\n1,2\r", "1,2\r\n"), ("lf.jsonl", b'{"a":2}\r', '{"a":2}\r\n')):
        (folder / name).write_bytes(content)
        gives(f"a CR at the end of {name} does not end a line", run("true", folder / name, folder / name), 0, ("a,b\n" if name == "lf.csv" else "") + 2 * row)
    (folder / "cr.csv").write_bytes(b'a,b\r1,"p\nq"\rx,"r"\r')
    gives("lines that end in CR are quoted where others are in a text", run("--types", "a=integer", "a = 1", folder / "cr.csv"), 2, 'a,b\r1,"p\nq"\r', "cr.csv:3:", '  x,"r"\n')

    # Pipes are read once, wherever they stand.
    def piped(content, *words, stdin=b""):
        reader, writer = os.pipe()
        os.write(writer, content)
        os.close(writer)
        done = subprocess.run([command, *[str(word).replace("PIPE", f"/dev/fd/{reader}") for word in words]], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(reader,), timeout=60)
        os.close(reader)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    gives("a pipe as the second file", piped(b"a,b\np,q\n", "true", comma, "PIPE"), 0, "a,b\nx,y\np,q\n")
    gives("a pipe of other columns", piped(b"b,c\n1,2\n", "--select", "b", "true", comma, "PIPE"), 0, "b\ny\n1\n")
    gives("standard input of other columns as the second file", run("--select", "b", "true", comma, "-", stdin="b,c\n1,2\n"), 0, "b\ny\n1\n")
    gives("a pipe as the first file", piped(b"a,b\np,q\n", "true", "PIPE", comma), 0, "a,b\np,q\nx,y\n")

    # --quiet, --explain, --json
    gives("--quiet", run("-q", "age > 40", users), 0, "")
    gives("--quiet without a row", run("-q", "age > 400", users), 1, "")
    gives("--quiet ends before an error", run("-q", "age > 30 or age / (age - 44) > 0", users), 0, "")
    code, out, said = run("--json", "--count", "age > 40", users)
    seen = json.loads(said)
    claim("--json", code == 0 and out == "2\n" and seen["rows"] == 4 and seen["passed"] == 2 and seen["files"] == 1 and seen["condition"]["expression"] == "age > 40", said)
    code, out, said = run("--explain", "age > 40 and name like 'a%'", users)
    claim("--explain", code == 1 and out == header and "tests, in order" in said and "runs by" in said, said)
    code, out, said = run("--help")
    claim("--help", code == 0 and "--group-by" in out and "Exit status" in out and said == "")
    claim("--version", run("--version")[1].startswith("inlay-filter "))
    claim("help of merge", run("merge", "--help")[0] == 0)

    # Wrong usage and broken input.
    fails("no condition", run(), "condition", "--help")
    fails("an option behind --", run("--", "age > 3", users, "--count"), "--count: error: cannot be read", "options go before it")
    fails("a table of what is no database", run("--table", "t", "age > 3", users), "users.csv: error: is no SQLite database; --table is of these")
    fails("nor is it one", run("--input-format", "sqlite", "age > 3", users), "users.csv: error: is no SQLite database [")
    for condition, advice in (("age & 1 = 1", "bits are not calculated with"), ("age << 1 > 3", "bits are not"), ("select * from users where age > 3", "only the condition"), ("SELECT name, age FROM users", "only the condition")):
        fails(f"{condition}", run(condition, users), advice, "^")
    changing = {"real": "1\n2.5\n", "text": "1\n07x\n", "timestamp": "2024-02-29\n2024-02-29 10:00\n"}
    for type, cells in changing.items():
        first, last = cells.split()[0], cells.splitlines()[1]
        content = "k,v\n" + f"1,{first}\n" * 90000 + f"1,{last}\n"
        fails(f"what would have read a {type} is told", run("--count", f"v <> v", stdin=content), "standard input:90002", f"--types 'v={type}' reads this one, too")
        fails("unless the user said otherwise", run("--count", "--types", "v=integer", "v <> v", stdin="k,v\n1,2.5\n"), "is not an integer")
        value = lambda text: text if type == "real" else json.dumps(text)
        content = f'{{"v":{first if type != "timestamp" else value(first)}}}\n' * 40000 + f'{{"v":{value(last)}}}\n'
        fails(f"in JSON Lines, too: {type}", run("--input-format", "jsonl", "--count", "v <> v", stdin=content), "standard input:40001", f"--types 'v={type}' reads this one, too") if type != "timestamp" else None
    claim("and not where it was given", "reads this" not in run("--count", "--types", "v=integer", "v <> v", stdin="k,v\n1,2.5\n")[2])
    fails("broken JSON before a column that is missing", run("--input-format", "jsonl", "b > 0", stdin='{"a":1,\n{"a":1,"b":2}\n'), "standard input:1: error:")
    claim("which is not told then", "no column" not in run("--input-format", "jsonl", "b > 0", stdin='{"a":1,\n{"a":1,"b":2}\n')[2])
    claim("many columns of one name", run("--count", "true", stdin=",".join(["c"] * 100_000) + "\n")[0] == 1)
    fails("a name that is empty", run("--select", '""', "true", stdin="a,,b\n1,2,3\n"), "called by its number")
    for word in ("--help", "--version"):
        with open("/dev/full", "w") as full:
            done = subprocess.run([command, word], stdout=full, stderr=subprocess.PIPE, timeout=60)
            claim(f"{word} on a full disk", done.returncode == 2 and b"No space left" in done.stderr, done.stderr)
    fails("an unknown column", run("agee > 3", users), "<expression>:1:1", "did you mean 'age'", "^~~~")
    fails("an unknown column of --select", run("--select", "age, nam", "true", users), "'nam'", "'name'")
    fails("not a condition", run("age + 1", users), "boolean")
    fails("an empty item", run("--select", "age,,name", "true", users), "an expression is missing")
    fails("an unknown type", run("--types", "age=number", "true", users), "age=number", "integer")
    fails("a type of no column", run("--types", "agee=integer", "true", users), "agee")
    fails("an unknown format", run("--format", "xml", "true", users), "xml", "csv")
    fails("an unknown engine", run("--engine", "fast", "true", users), "fast", "tiered")
    fails("an unknown processor", run("--cpu", "z80", "true", users), "z80")
    fails("no thread", run("-j", "0", "true", users), "0")
    fails("a delimiter of two", run("--delimiter", "ab", "true", users), "'ab'")
    fails("--header and --no-header", run("--header", "--no-header", "true", users), "header")
    fails("--table of a CSV file", run("--table", "t", "--input-format", "csv", "true", users), "SQLite")
    for option in ("--select", "--agg", "--group-by", "--types", "--delimiter", "--shard"):
        fails(f"nothing behind {option}", run(option, "", "--count", "true", users))
    with open("/dev/zero", "rb") as zeros:
        done = subprocess.run([command, "merge", "-"], stdin=zeros, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        claim("merge of what never ends", done.returncode == 2 and b"is not what --shard writes" in done.stderr, done.stderr)
    fails("SQLite from a pipe", run("--input-format", "sqlite", "true"), "standard input")
    fails("a folder", run("true", folder), str(folder))
    for suffix, packed, word in ((".gz", gzip.compress(USERS.encode()), "zcat"), (".bz2", bz2.compress(USERS.encode()), "bzcat"), (".xz", lzma.compress(USERS.encode()), "xzcat"),
                                 (".zst", b"\x28\xb5\x2f\xfd\0\0", "zstdcat"), (".parquet", b"PAR1\x15\0", "Parquet"), (".xlsx", b"PK\x03\x04\x14\0", "ZIP"), (".arrow", b"ARROW1\0\0\xff", "Arrow")):
        (folder / f"users.csv{suffix}").write_bytes(packed)
        fails(f"{suffix} is no text", run("age > 3", folder / f"users.csv{suffix}"), f"users.csv{suffix}: error: is ", word)
        fails(f"nor is it from a pipe: {suffix}", run("age > 3", stdin=packed), "standard input", word)
        fails(f"nor as JSON Lines: {suffix}", run("--input-format", "jsonl", "age > 3", stdin=packed), word)
    fails("a database from a pipe", run("a = 1", stdin=base.read_bytes()), "SQLite database", "file")
    fails("a database as text", run("--input-format", "csv", "a = 1", base), "SQLite database")
    fails("JSON that is taken for CSV", run("a = 1", stdin='{"a":1,"b":2}\n'), "--input-format jsonl")
    fails("an array of JSON", run("--input-format", "jsonl", "a = 1", stdin='[{"a":1}]\n'), "jq -c")

    # Options that are of no file, and operands that are not what they should be.
    for option in (["--delimiter", ","], ["--header"], ["--no-header"]):
        fails(f"{option} of JSON Lines", run(*option, "a = 1", folder / "t.jsonl"), "t.jsonl: error: is JSON Lines", option[0])
        fails(f"{option} of a table", run(*option, "--input-format", "sqlite", "--table", "t", "a = 1", base), "is an SQLite database", option[0])
        claim(f"{option} beside CSV", run(*option, "--count", "true", folder / "t.jsonl", users)[0] != 2)
    for condition in ("-age > -40", "-age>3", "-(age) = 3", "-j * 2 > 4"):
        fails(f"{condition} without --", run(condition, users), "--help", f"note: if '{condition}' is the condition, write -- before it")
    claim("other mistakes have no such hint", "note" not in run("--agee", "age > 3", users)[2] and "note" not in run("-x", "age > 3", users)[2])
    fails("the file before the condition", run(users, "age > 3"), f"'{users}' is a file; the condition comes first")
    fails("no condition but a file", run("--count", users), "the condition comes first", "true lets all rows pass")
    os.mkdir(folder / "here")
    (folder / "here" / "active").write_text("")
    done = subprocess.run([command, "active", users.with_name("active.csv")], cwd=folder / "here", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    claim("a column that is called as a file", b"is a file" not in done.stderr, done.stderr)
    fails("--select that cannot be read", run("--select", "age +", "true", users), "--select:1:6: error: the expression ends")
    fails("--select of no column", run("--select", "agee", "true", users), "--select:1:1: error: no column is called 'agee'")
    fails("--group-by of no column", run("--count", "--group-by", "agee", "true", users), "--group-by:1:1: error:")
    fails("--agg of no column", run("--agg", "sum(agee)", "true", users), "--agg:1:1: error:", "^~~~")
    fails("no shard", run("--shard", "5/4", "true", users), "--shard: ", "'5/4'")
    for condition, advice in (("age > 40 || age < 3", "'||' joins texts; conditions are joined with OR"), ("age > 40 && age < 3", "write AND"), ("!(age > 3)", "write NOT"), ("age => 3", "write >="),
                              ("where age > 3", "behind WHERE"), ("name regexp 'x'", "write x ~")):
        fails(f"another language: {condition}", run(condition, users), advice, "^")
    gives("signs that are spelled in two ways", run("--count", "age == 33 or age != 33 and age <> 44", users), 0, "3\n")
    gives("rows before an error are there", run("age / (age - 44) < 0", users), 2, header + "Zo,33,5000.5,NO\n", "users.csv:3:", "division by zero", "O\"\"Brien", "[trap]")
    gives("an error of --select, too", run("--select", "12 / (age - 44) as x", "true", users), 2, "x\n-1\n", "users.csv:3:", "division by zero")
    gives("no aggregates after an error", run("--agg", "sum(12 / (age - 44))", "true", users), 2, "", "users.csv:3:")
    gives("a row of too few fields", run("a > 0", stdin="a,b\n1,2\n3\n4,5\n"), 2, "a,b\n1,2\n", "standard input:3", "  3\n")
    gives("a quote that stays open", run("a > 0", stdin='a,b\n1,2\n3,"x\n4,5\n'), 2, "a,b\n1,2\n", "standard input:3")
    gives("a cell that is none, line told behind lines in quotes", run("a > 0", "--types", "a=integer", stdin='a,b\n1,"2\n3"\n\nx,"y"\n'), 2, 'a,b\n1,"2\n3"\n', "standard input:5:", "'x' is not an integer", "'a'")
    gives("broken JSON", run("--input-format", "jsonl", "a > 0", stdin='{"a":1}\n{"a":\n'), 2, '{"a":1}\n', "standard input:2")
    gives("lines that are no JSON, told rather than columns that are missing", run("--input-format", "jsonl", "a > 0", stdin='\n[1]\n{"a":1}\n'), 2, "", "standard input:2", "not a JSON object")
    gives("JSON that is no UTF-8", run("--input-format", "jsonl", "a > 0", stdin=b'{"a":"\xff"}\n'), 2, "", "standard input:1", "UTF-8")
    lines = '{"x":1.5}\n{"x":"NaN"}\n{"x":"-Infinity"}\n{"x":null}\n'
    gives("JSON Lines that were written are read", run("--input-format", "jsonl", "--format", "jsonl", "--select", "x", "x > 1 or x < 0 or x is null", stdin=lines), 0, lines)
    fails("other words are no numbers", run("--input-format", "jsonl", "--types", "x=real", "x > 1", stdin='{"x":"nan"}\n'), "standard input:1", '"nan", which is not a real')
    with open("/dev/full", "w") as full:
        done = subprocess.run([command, "true", users], stdout=full, stderr=subprocess.PIPE, timeout=60)
        claim("a full disk", done.returncode == 2 and b"No space left" in done.stderr, done.stderr)
        done = subprocess.run([command, "--count", "true", users], stdout=full, stderr=subprocess.PIPE, timeout=60)
        claim("a full disk for a count", done.returncode == 2 and b"No space left" in done.stderr, done.stderr)


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


def files_of_the_guide(folder):
    """docs/guide/filter-files.md."""
    def types(*cells, words=()):
        code, out, said = run("--json", *words, "--select", "x", "x is null or x is not null", stdin="k,x\n" + "".join(f"1,{cell}\n" for cell in cells))
        return json.loads(said.splitlines()[-1])["columns"][0]["type"]

    for wanted, cells in (("boolean", ["true", "False"]), ("integer", ["42", "-7"]), ("real", ["2.5"]), ("real", ["1e6", "7"]), ("date", ["2024-02-29"]), ("timestamp", ["2024-02-29 12:30"]),
                          ("timestamp", ["2024-02-29T12:30:00.25", "2024-03-01"]), ("text", ["007"]), ("text", ['"1,5"']), ("text", ["yes"]), ("text", ["29.02.2024"]), ("text", ["12345678901234567890"]),
                          ("text", ["2024-02-29T12:30:00Z"]), ("text", ["2024-02-29T12:30:00+02:00"]), ("text", ["1.5", "NaN"]), ("text", ["1", "inf"])):
        claim(f"{cells} are {wanted}", types(*cells) == wanted, types(*cells))
    zones = "k,t\n1,2024-02-29T12:30:00Z\n2,2024-02-29T12:30:00+02:00\n"
    gives("Z is read, other offsets are not", run("--types", "t=timestamp", "--select", "k", "t = '2024-02-29 12:30:00'", stdin=zones), 2, "k\n1\n", "standard input:3", "is not a timestamp")
    gives("nor cast", run("--format", "csv", "--select", "t::timestamp as t", "k = 1", stdin=zones), 0, "t\n2024-02-29 12:30:00\n")
    odd = "k,x\n1,nan\n2,INF\n3,-Infinity\n4,1e300\n5,0.10\n6,\n"
    gives("NaN and infinities of CSV", run("--types", "x=real", "--format", "jsonl", "--select", "x", "true", stdin=odd), 0,
          '{"x":"NaN"}\n{"x":"Infinity"}\n{"x":"-Infinity"}\n{"x":1e+300}\n{"x":0.1}\n{"x":null}\n')
    gives("which are computed with", run("--types", "x=real", "--select", "x * 2 as y", "true", stdin=odd), 0, "y\nNaN\nInfinity\n-Infinity\n2e+300\n0.2\n\n")
    gives("quotes of TSV", run("--input-format", "tsv", "--select", "a", "b = 'z'", stdin='a\tb\n"x\t""y"\tz\n'), 0, 'a\n"x\t""y"\n')
    fails("a quote in the middle", run("--input-format", "tsv", "true", stdin='a\tb\nx"y\tz\n'), "standard input:2", "a quote inside a field")
    gives("lines of nothing", run("--select", "a", "true", stdin="\na,b\n\n1,2\n\n\n3,4\n\n"), 0, "a\n1\n3\n")
    gives("where there is one column", run("--count", "a is null", stdin="a\n\n1\n\n"), 0, "2\n")
    gives("names that are there twice", run("--select", "a_2", "a = 1", stdin="a,a\n1,2\n"), 0, "a_2\n2\n")
    for expression, wanted in (("substr('abc', 0, 2)", "a"), ("substr('abc', 0)", "abc"), ("substr('abc', -2)", "bc"), ("substr('abc', 3, -2)", "ab"), ("substr('abc', 4)", '""'), ("substr('abc', -5, 3)", "a"),
                               ("date_trunc('week', date '2024-02-29')", "2024-02-26"), ("date_trunc('day', date '2024-02-29')", "2024-02-29"), ("date_trunc('quarter', date '2024-05-29')", "2024-04-01"),
                               ("'a\nb' ~ 'a.b'", "false"), ("'a\nb' ~ '(?s)a.b'", "true"), ("'a\nb' ~ '^b'", "false"), ("'a\nb' ~ '(?m)^b'", "true"), ("'é' ~ '^.$'", "true")):
        gives(expression, run("--select", f"{expression} as x", "true", stdin="k,l\n1,2\n"), 0, f"x\n{wanted}\n")
    groups = ["--agg", "count(*), sum(k), avg(k), min(s) as first", "--group-by", "s"]
    rows = "k,s\n2,b\n9223372036854775807,a\n1,\n9223372036854775807,a\n"
    gives("aggregates are a table", run(*groups, "true", stdin=rows), 0, "s,count(*),sum(k),avg(k),first\na,2,18446744073709551614,9.223372036854776e+18,a\nb,1,2,2,b\n,1,1,1,\n")
    gives("of JSON Lines, too, if that is said", run(*groups, "--format", "jsonl", "k < 3", stdin=rows), 0,
          '{"s":"b","count(*)":1,"sum(k)":2,"avg(k)":2,"first":"b"}\n{"s":null,"count(*)":1,"sum(k)":1,"avg(k)":1,"first":null}\n')


def types_of_nothing(folder):
    """Columns whose first rows have no value."""
    gives("a header only, and no row", run("age > 3", stdin="age,b\n"), 1, "age,b\n")
    for condition in ("age * 2 > 3 and b like 'x%'", "age between 1 and 2.5", "age", "not age and b::integer = 1", "age > date '2024-02-29'", "coalesce(age, 3) = 3 or upper(b) = 'X'",
                      "age in (1, 2)", "case when age > 3 then b else 'x' end = 'y'", "age + 1.5 > -b", "abs(age) > 3", "length(age) = 1", "year(age) = 2024", "age is null", "age = b"):
        gives(f"a header only: {condition}", run(condition, stdin="age,b\n"), 1, "age,b\n")
    gives("aggregates of a header", run("--agg", "sum(age), avg(age), min(age), count(*)", "age > 3", stdin="age,b\n"), 1, "sum(age),avg(age),min(age),count(*)\n,,,0\n")
    empty, full = folder / "empty.csv", folder / "full.csv"
    empty.write_text("age,b\n")
    full.write_text("age,b\n10,x\n9,y\n")
    gives("a header before other files", run("age > 9", empty, full), 0, "age,b\n10,x\n")
    gives("a header behind other files", run("age > 9", full, empty), 0, "age,b\n10,x\n")
    gives("aggregates of files, a header first", run("--agg", "max(age)", "true", empty, full, empty), 0, "max(age)\n10\n")
    sparse = folder / "sparse.csv"
    nothing = "id,v\n" + "".join(f"{i},\n" for i in range(60000))
    sparse.write_text(nothing + "7,9\n8,10\n9,2.5\n")
    fails("max of a column that nothing is known of", run("--agg", "max(v)", "true", sparse), "max(v)", "'v' has no values in the first rows", "--types 'v=integer'")
    gives("with a type it is computed", run("--agg", "max(v)", "--types", "v=real", "true", sparse), 0, "max(v)\n10\n")
    gives("counts need no type", run("--agg", "count(v)", "v is not null", sparse), 0, "count(v)\n3\n")
    gives("nor do rows as they stood", run("--select", "v", "v is not null", sparse), 0, "v\n9\n10\n2.5\n")
    gives("the type that a condition asks for", run("v > 9.5", sparse), 0, "id,v\n8,10\n")
    gives("what does not have it is told", run("v >= 10", sparse), 2, "id,v\n8,10\n", "sparse.csv:60004", "'2.5' is not an integer")
    gives("numbers where text was taken", run("v >= '10'", sparse), 2, "id,v\n", "sparse.csv:60002", "was taken as text", "--types 'v=integer'", "--types 'v=text'")
    gives("unless that is what is said", run("--types", "v=text", "v >= '10'", sparse), 0, "id,v\n7,9\n8,10\n9,2.5\n")
    fails("grouped by it", run("--count", "--group-by", "v", "true", sparse), "sparse.csv:60002", "was taken as text")
    lines = folder / "sparse.jsonl"
    lines.write_text('{"v":null,"w":null}\n' * 30000 + '{"v":"10","w":5}\n')
    gives("a string of digits in JSON is a text", run("v = '10'", lines), 0, '{"v":"10","w":5}\n')
    fails("a number of JSON is none", run("w = '5'", lines), "sparse.jsonl:30001", "was taken as text")
    gives("in JSON, too, a condition asks for a type", run("w + 1 = 6", lines), 0, '{"v":"10","w":5}\n')
    code, out, said = run("--explain", "--types", "b=text", "--select", "b", "id > 5 and v > 3 and b = 'x'", stdin="id,v,b\n6,,x\n")
    claim("--explain tells types", "columns: id integer (inferred), v integer (unknown), b text (given)" in said, said)
    code, out, said = run("--json", "--types", "b=text", "id > 5 and v > 3 and b = 'x'", stdin="id,v,b\n6,,x\n")
    claim("--json tells types", json.loads(said)["columns"] == [{"name": "id", "type": "integer", "origin": "inferred"}, {"name": "v", "type": "integer", "origin": "unknown"},
                                                               {"name": "b", "type": "text", "origin": "given"}], said)


def live(folder):
    """Input that comes slowly: rows are there when it pauses."""
    for form, beginning, more, wanted in (("csv", b"a,b\n1,x\n5,y\n", b"7,z\n2,z\n", (b"a,b\n5,y\n", b"7,z\n")), ("jsonl", b'{"a":1}\n{"a":5}\n', b'{"a":7}\n', (b'{"a":5}\n', b'{"a":7}\n'))):
        for words in (["-j", "1"], ["-j", "3"]):
            slow = subprocess.Popen([command, *words, "--input-format", form, "a > 2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for part, rows in zip((beginning, more), wanted):
                slow.stdin.write(part)
                slow.stdin.flush()
                seen = b"".join(slow.stdout.readline() for _ in rows.splitlines())  # waits for ever if it does not come
                claim(f"rows of {form} come before the input ends: {words}", seen == rows, seen)
            slow.stdin.close()
            claim("and nothing else", slow.stdout.read() == b"" and slow.wait(60) == 0)
    # A first row in two parts, and nothing that tells columns before it.
    slow = subprocess.Popen([command, "--input-format", "csv", "a > 2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for part in (b"a,", b"b\n", b'5,"x\n', b'y"\n'):
        slow.stdin.write(part)
        slow.stdin.flush()
        time.sleep(0.3)
    claim("a row that comes in parts is one", b"".join(slow.stdout.readline() for _ in range(3)) == b'a,b\n5,"x\ny"\n')
    slow.stdin.close()
    claim("to its end", slow.wait(60) == 0)
    ours, theirs = pty.openpty()
    typed = subprocess.Popen([command, "a > 2"], stdin=theirs, stdout=subprocess.PIPE)
    os.close(theirs)
    os.write(ours, b"a,b\n5,x\n")
    claim("rows that are typed", typed.stdout.readline() + typed.stdout.readline() == b"a,b\n5,x\n")
    os.write(ours, b"\x04")
    claim("until the end is", typed.wait(60) == 0)
    os.close(ours)


def limits_and_lists(folder):
    """--limit, --select '*', --null, --types."""
    users = folder / "users.csv"
    head = "name,age,balance,country\n"
    rows = USERS.splitlines(keepends=True)[1:]
    for count in range(6):
        gives(f"--limit {count}", run("--limit", count, "true", users), 0 if count else 1, head + "".join(rows[:count]))
        gives("of what is chosen", run("--limit", count, "--select", "age", "age > 12", users), 0 if count else 1, "age\n" + "".join(["33\n", "44\n", "50\n"][:count]))
    gives("--limit is of all files", run("--limit", "5", "--format", "jsonl", "--select", "age", "true", users, users), 0, "".join(f'{{"age":{age}}}\n' for age in (33, 44, 12, 50, 33)))
    gives("what is not read does not matter", run("--limit", "4", "true", users, folder / "not_there.csv"), 0, USERS)
    gives("nor do errors behind the last row", run("--limit", "1", "12 / (age - 44) < 0", users), 0, head + rows[0])
    gives("those before it do", run("--limit", "2", "12 / (age - 44) < 0", users), 2, head + rows[0], "users.csv:3:", "division by zero")
    gives("no end of the last line", run("--limit", "2", "true", stdin="a,b\n1,2\n3,4"), 0, "a,b\n1,2\n3,4\n")
    fails("--limit of counts", run("--limit", "1", "--count", "true", users), "--limit is of rows")
    fails("of shards", run("--limit", "1", "--shard", "1/2", "true", users), "--limit is of the rows of all shards")
    fails("less than none", run("--limit", "-1", "true", users), "-1")
    many = folder / "many.csv"
    many.write_text("k,v\n" + "".join(f'{i},"line\n{i}"\n' for i in range(100000)) + "x,y,z\n")
    for words in ([], ["--select", "v, k"]):
        for threads in ("1", "4"):
            code, out, said = run("-j", threads, *words, "--limit", "70001", "k % 1 = 0", many)
            claim(f"many rows, {threads} threads {words}", code == 0 and said == "" and out.count("\n") == 1 + 2 * 70001 and "70000" in out[-20:], out[-40:], said)
    stream = subprocess.Popen([command, "--limit", "2", "a > 1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    stream.stdin.write(b"a,b\n2,x\n3,y\n4,z\n")
    stream.stdin.flush()
    claim("--limit ends while the pipe is open", stream.wait(60) == 0 and stream.stdout.read() == b"a,b\n2,x\n3,y\n")
    stream.stdin.close()

    gives("--select '*'", run("--select", "*", "age = 33", users), 0, head + rows[0])
    gives("and more", run("--select", "age + 1 as next, *, upper(name)", "age = 33", users), 0, "next,name,age,balance,country,upper(name)\n34,Zo,33,5000.5,NO,ZO\n")
    gives("of JSON Lines", run("--input-format", "jsonl", "--select", "*, a + 1 as b", "true", stdin='{"a":1,"o":[1, 2]}\n'), 0, '{"a":1,"o":[1, 2],"b":2}\n')
    gives("nothing is lost with it", run("--select", "*", "a > 1", folder / "late.jsonl"), 2, '{"a":2}\n', "late.jsonl:40002", "'v'")
    gives("of several files", run("--select", "*, 1 as one", "age > 60", users, folder / "more.csv"), 0, head[:-1] + ",one\nMo,71,1,FI,1\n")
    fails("the columns twice", run("--format", "jsonl", "--select", "*, age", "true", users), "two columns are called 'age'")
    fails("groups have none", run("--count", "--group-by", "*", "true", users), "--group-by")

    code, out, said = run("--explain", "--limit", "0", "--select", "*", "true", users)
    claim("which columns there are", out == head and "columns: name text (inferred), age integer (inferred), balance real (inferred), country text (inferred)" in said, said)
    gives("what is no row does not come out", run("true", stdin=b"\xef\xbb\xbfa,b\n\n1,x\n\n2,y"), 0, "a,b\n1,x\n2,y\n")
    gives("cells that nobody asks for", run("--types", "b=integer", "a = 1", stdin="a,b\n1,x\n"), 0, "a,b\n1,x\n")

    missing = 'k,v\n1,NA\n2,"NA"\nNA,\\N\n4,""\n5,NAN\n'
    words = ["--null", "NA", "--null", "\\N"]
    gives("--null", run(*words, "--select", "k, v, v is null as n", "true", stdin=missing), 0, 'k,v,n\n1,,true\n2,"NA",false\n,,true\n4,"",false\n5,NAN,false\n'.replace('"NA"', "NA"))
    gives("rows as they stood have it", run(*words, "v is null", stdin=missing), 0, "k,v\n1,NA\nNA,\\N\n")
    for threads in ("1", "2"):
        gives("types are those of the others", run("-j", threads, *words, "--agg", "sum(k), count(*), count(v)", "true", stdin=missing), 0, "sum(k),count(*),count(v)\n12,5,3\n")
    gives("doubled quotes are text, whatever they give", run("--null", '"', "--select", "k", "v is null", stdin='k,v\n1,""""\n2,\n'), 0, "k\n2\n")
    fails("--null of JSON Lines", run("--null", "NA", "--input-format", "jsonl", "true", stdin='{"a":1}\n'), "--null is of CSV files")
    fails("a type twice", run("--types", "age=real,age=integer", "true", users), "'age' has a type already")


def empty(folder):
    """Inputs of nothing."""
    nothing, blank, lines, head, full = (folder / name for name in ("nothing.csv", "blank.jsonl", "nothing.jsonl", "head.csv", "some.csv"))
    nothing.write_text("")
    lines.write_text("")
    blank.write_bytes(b"\xef\xbb\xbf\n\r\n")
    head.write_text("a,b\n")
    full.write_text("a,b\n1,x\n5,y\n")
    for file in (lines, blank):
        gives(f"no row of {file.name}", run("a > 3 and b = 'x'", file), 1, "")
        gives("counted", run("--count", "a > 3", file), 1, "0\n")
        gives("added up", run("--agg", "sum(a), max(a + b), count(*)", "a > 3", file), 1, "sum(a),max(a + b),count(*)\n,,0\n")
        gives("chosen", run("--select", "a, b as c", "--format", "csv", "true", file), 1, "a,c\n")
        gives("of all columns there is no line of names", run("--format", "csv", "a > 3", file), 1, "")
    fails("a condition that is none", run("a >", lines), "<expression>:1:4")
    gives("from standard input", run("--input-format", "jsonl", "a > 3", stdin=""), 1, "")
    gives("CSV of nothing", run("true", nothing), 1, "")
    gives("from standard input", run("--count", "1 < 2", stdin=""), 1, "0\n")
    fails("columns of nothing", run("a > 3", nothing), "nothing.csv: error: is empty: there are no columns", "note: no column is called 'a'")
    fails("of --agg", run("--agg", "max(a)", "true", stdin="\n\n"), "standard input: error: is empty")
    for order in ((nothing, full), (full, nothing), (nothing, head, full), (nothing, full, nothing)):
        gives(f"{[file.name for file in order]}: nothing is no row", run("a > 3", *order), 0, "a,b\n5,y\n")
    for order in ((nothing, head), (head, nothing), (nothing, head, nothing)):
        gives(f"{[file.name for file in order]}: the header is", run("a > 3", *order), 1, "a,b\n")
    some = folder / "some.jsonl"
    some.write_text('{"a":5}\n')
    for order in ((lines, some), (some, lines), (blank, lines, some)):
        gives(f"{[file.name for file in order]}: JSON Lines, too", run("a > 3", *order), 0, '{"a":5}\n')
    gives("nothing but empty ones", run("a > 3", lines, blank), 1, "")
    code, out, said = run("--json", "a > 3", nothing, full, nothing)
    claim("they are counted", json.loads(said)["files"] == 3, said)
    parts = [folder / "part1", folder / "part2"]
    for i, part in enumerate(parts):
        code, out, said = run("--shard", f"{i + 1}/2", "--count", "a > 3", lines)
        part.write_text(out)
        claim("a shard of nothing has passed nothing", code == 1 and said == "", code, said)
    gives("merged", run("merge", *parts), 1, "0\n")


def json_columns(folder):
    """Which columns JSON Lines have, and of which types."""
    lines = lambda *rows: "".join(row + "\n" for row in rows)
    read = lambda text, *words: run("--input-format", "jsonl", *words, stdin=text)

    words = ['{"x":"NaN"}', '{"x":"Infinity"}', '{"x":"-Infinity"}']
    gives("words before numbers are numbers", read(lines(*words, '{"x":2}'), "x > 1.5"), 0, lines(words[0], words[1], '{"x":2}'))
    gives("words alone are", read(lines(*words), "x < 0"), 0, lines(words[2]))
    gives("NULL beside them", read(lines('{"x":null}', words[0]), "--agg", "max(x)", "true"), 0, "max(x)\nNaN\n")
    gives("words beside texts are texts", read(lines(words[0], '{"x":"Nancy"}', '{"x":1}'), "x like 'Na%'"), 0, lines(words[0], '{"x":"Nancy"}'))
    gives("and beside others", read(lines(words[0], '{"x":true}'), "x = 'true'"), 0, lines('{"x":true}'))
    for content in ("a,b\nnan,1\ninf,2\n", "a,b\n1,1\nnan,2\n"):
        written = run("--types", "a=real", "--format", "jsonl", "true", stdin=content)[1]
        gives("what --format jsonl wrote is read as it was", read(written, "--select", "a - 1 as a, b", "true"), 0, written.replace('"a":1,', '"a":0,'))
    huge = ['{"i":12345678901234567890}', '{"i":12345678901234567891}']
    gives("integers of more than 64 bits are texts, as in CSV", read(lines(*huge), "i = '12345678901234567890'"), 0, lines(huge[0]))
    gives("beside others, too", read(lines('{"i":1}', '{"i":2.5}', huge[1]), "i like '%1'"), 0, lines('{"i":1}', huge[1]))
    late = folder / "late.jsonl"
    many = '{"a":1}\n' * 40000
    late.write_text(many + '{"a":2,"v":null}\n{"a":3,"v":2}\n{"a":4,"o":{}}\n{"a":5,"v":3}\n')
    gives("rows as they stood lose nothing", run("a > 2", late), 0, '{"a":3,"v":2}\n{"a":4,"o":{}}\n{"a":5,"v":3}\n')
    gives("nor do chosen columns", run("--select", "a", "a > 2", late), 0, '{"a":3}\n{"a":4}\n{"a":5}\n')
    for form, before in (("csv", "a\n2\n"), ("tsv", "a\n2\n"), ("jsonl", '{"a":2}\n')):
        for threads in ("1", "3"):
            gives(f"a member that is no column is not lost in {form}", run("-j", threads, "--format", form, "a > 1", late), 2, before,
                  "late.jsonl:40002: error: member 'v' is no column", "--types 'v=integer'", "--select", '{"a":3,"v":2}')
    fails("an object is a text", run("--format", "csv", "a = 4", late), "late.jsonl:40003:", "--types 'o=text'")
    gives("rows that do not pass do not matter", run("--format", "csv", "a = 2", late), 0, "a\n2\n")
    gives("--types makes it a column", run("--types", "v=integer,o=text", "--format", "csv", "a > 2", late), 0, "a,v,o\n3,2,\n4,,{}\n5,3,\n")
    gives("nor is a count kept", run("--count", "a > 2", late), 0, "3\n")
    (folder / "first.jsonl").write_text('{"a":1}\n')
    (folder / "second.jsonl").write_text('{"a":1,"b":2}\n')
    gives("members of the second file", run("--format", "csv", "true", folder / "first.jsonl", folder / "second.jsonl"), 2, "a\n1\n", "second.jsonl:1:", "'b=integer'")
    gives("errors in order", run("--format", "csv", "--types", "a=integer", "a / (a - 3) > 0 or true", late), 2, "a\n" + "1\n" * 40000 + "2\n", "late.jsonl:40002", "division")
    fails("an unknown column tells what columns are", run("v > 1", late), "'v'", "members of the first rows", "--types 'name=integer'")
    claim("but not where all was looked at", "first rows" not in run("v > 1", folder / "first.jsonl")[2])
    gives("unless --types says something else", read(lines(huge[0], '{"i":7}'), "--types", "i=real", "i > 1e10"), 0, lines(huge[0]))


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


def threads_and_shards(folder):
    big = folder / "big.csv"
    rng = random.Random(3)
    with open(big, "w") as file:
        file.write("id,age,balance,name,note\n")
        for i in range(120000):
            note = '"two\nlines, ""quoted"""' if i % 97 == 0 else "plain"
            file.write(f"{i},{rng.randrange(90)},{rng.gauss(0, 1e6)!r},{rng.choice(['Ann', 'Bob', 'Zo', ''])},{note}\n")
    content = big.read_bytes()
    claim("several batches", len(content) > 3_000_000)
    asked = [["age < 40 and name like '%o%'"], ["--select", "id, balance * 2 as b, note", "age = 30 or note like 'two%'"], ["--format", "jsonl", "id % 7 = 0"],
             ["--agg", "sum(balance), avg(balance), min(id), max(name), count(*)", "age > 10"], ["--agg", "sum(balance), count(name)", "--group-by", "name, age % 3", "age > 10"],
             ["--count", "age < 5"], ["--count", "age > 100"]]
    for words in asked:
        code, whole, said = run("-j", "1", *words, big)
        claim(f"{words}: no error", code in (0, 1) and said == "", said)
        for threads in ("2", "5"):
            claim(f"{words}: -j {threads} gives the same", run("-j", threads, *words, big) == (code, whole, said))
        claim(f"{words}: so does a pipe", run("-j", "3", *words, stdin=content) == (code, whole, said))
        parts, texts = [], []
        for i in range(1, 4):
            _, text, said = run("--shard", f"{i}/3", *words, big)
            claim(f"{words}: shard {i}", said == "", said)
            texts.append(text)
            parts.append(folder / f"part{i}")
            parts[-1].write_text(text)
        if "--agg" in words or "--count" in words:
            gives(f"{words}: merged shards are the whole", run("merge", *reversed(parts)), code, whole)
            fails("a shard is missing", run("merge", parts[0], parts[2]), "missing: 2")
            fails("a shard is there twice", run("merge", parts[0], parts[0]), "a second time")
            parts[1].write_text(texts[1][:-5])
            fails("a part that was cut", run("merge", *parts), "part2", "damaged")
            parts[1].write_text(texts[1].replace("passed ", "passed x"))
            fails("a part that was changed", run("merge", *parts), "part2", "damaged")
        else:
            claim(f"{words}: the shards' rows are the whole", "".join(texts) == whole)
            claim("each has some", all(t.count("\n") > 100 for t in texts))
    run_parts = [folder / "x1", folder / "x2"]
    run_parts[0].write_text(run("--shard", "1/2", "--count", "age > 3", big)[1])
    run_parts[1].write_text(run("--shard", "2/2", "--count", "age > 4", big)[1])
    fails("parts of different conditions", run("merge", *run_parts), "another command")
    gives("merge with --format", run("merge", "--format", "jsonl", folder / "one"), 2, "", "one")
    (folder / "one").write_text(run("--shard", "1/1", "--count", "age > 3", big)[1])
    code, out, said = run("merge", "--format", "jsonl", folder / "one")
    claim("merge with --format", code == 0 and json.loads(out)["count(*)"] == int(run("--count", "age > 3", big)[1]), out, said)
    gives("a part from standard input", run("merge", "-", stdin=(folder / "one").read_bytes()), 0, run("--count", "age > 3", big)[1])
    said = "is of another command than"
    other = folder / "other.csv"
    other.write_bytes(content.replace(b",Zo,", b",Ze,"))
    (folder / "apart").mkdir()
    same, changed = folder / "apart" / "big.csv", folder / "apart" / "changed" / "big.csv"
    changed.parent.mkdir()
    same.write_bytes(content)
    changed.write_bytes(other.read_bytes())
    whole = ["--agg", "sum(id) as s", "--group-by", "name as n", "age > 3"]
    first, second = folder / "y1", folder / "y2"
    first.write_text(run("--shard", "1/2", *whole, big)[1])
    for what, words, file, errors in (
            ("aggregates", ["--agg", "sum(age) as s", *whole[2:]], big, ["--agg is 'sum(age) as s' here, 'sum(id) as s' there"]),
            ("keys", [*whole[:3], "note as n", "age > 3"], big, ["--group-by", "'note as n'"]),
            ("conditions", [*whole[:4], "age > 4"], big, ["the condition", "'age > 4'"]),
            ("files", whole, other, ["input 1", "other.csv"]), ("files of one name", whole, changed, ["input 1", "beginning"]),
            ("types", ["--types", "id=real", *whole], big, ["--types", "'id=real'"]), ("kinds of input", ["--delimiter", ",", *whole], big, ["--delimiter", "not given"])):
        second.write_text(run("--shard", "2/2", *words, file)[1])
        fails(f"parts of different {what}", run("merge", first, second), "y2", said, "y1", *errors)
    second.write_text(run("--shard", "2/3", *whole, big)[1])
    fails("parts of different numbers of shards", run("merge", first, second), "y2", "one of 3 shards here, of 2 there")
    second.write_text(run("--shard", "2/2", "--format", "jsonl", *whole, big)[1])
    fails("parts of different formats", run("merge", first, second), "--format")
    gives("unless merge has one", run("merge", "--format", "tsv", first, second), 0, run("--format", "tsv", *whole, big)[1])
    second.write_text(run("--shard", "2/2", *whole, same)[1])
    gives("the same file in another folder", run("merge", first, second), 0, run(*whole, big)[1])
    for form in (["--format", "jsonl"], ["--format", "tsv"], ["--format", "csv", "--count"]):
        words = form + (whole[2:] if "--count" in form else whole)
        for i, part in enumerate((first, second)):
            part.write_text(run("--shard", f"{i + 1}/2", *words, big)[1])
        gives(f"merge writes what shards were asked for: {form}", run("merge", first, second), 0, run(*words, big)[1])
    first.write_text(first.read_text().replace("inlay-filter-partial 2", "inlay-filter-partial 1"))
    fails("parts of another version", run("merge", second, first), "y1", "another version")
    fails("rows are no part", run("merge", big), "big.csv", "cat")
    fails("no shard", run("--shard", "4/3", "true", big), "4/3")
    fails("shards of a pipe", run("--shard", "1/3", "true", stdin=content), "standard input")
    base = folder / "shards.db"
    database = sqlite3.connect(base)
    database.execute("create table t(a integer)")
    database.executemany("insert into t values(?)", [(i,) for i in range(50000)])
    database.commit()
    database.close()
    rows = [run("--shard", f"{i}/3", "--select", "a", "a % 2 = 0", base)[1].split() for i in range(1, 4)]
    claim("shards of a table", sorted(int(a) for part in rows for a in part if a != "a") == list(range(0, 50000, 2)) and all(len(part) > 4000 for part in rows))

    # A late error: what comes before is the same on any number of threads.
    late = folder / "late.csv"
    late.write_bytes(content + b"x,1,2,3,4\n" + content.split(b"\n", 1)[1])
    one = run("-j", "1", "--types", "id=integer", "id % 5 = 1", late)
    claim("a late error", one[0] == 2 and "'x' is not an integer" in one[2] and f"late.csv:{content.count(bytes([10])) + 1}:" in one[2], one[2])
    claim("with threads, too", run("-j", "4", "--types", "id=integer", "id % 5 = 1", late) == one)

    # Pipes: who reads no more ends it; slow ones are passed on; -q waits for nothing.
    reading = subprocess.Popen([command, "-j", "3", "true", big], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    reading.stdout.read(10)
    reading.stdout.close()
    claim("a closed pipe ends it quietly", reading.wait(60) == -signal.SIGPIPE and reading.stderr.read() == b"")
    slow = subprocess.Popen([command, "-j", "3", "a > 1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    slow.stdin.write(b"a,b\n1,2\n3,4\n" * 1 + b"2,2\n" * 80000)
    slow.stdin.flush()
    claim("the header comes at once", slow.stdout.readline() == b"a,b\n" and slow.stdout.readline() == b"3,4\n")
    slow.stdin.close()
    claim("and all of it", slow.stdout.read().count(b"\n") == 80000 and slow.wait(60) == 0)
    quiet = subprocess.Popen([command, "-j", "3", "-q", "a = 2"], stdin=subprocess.PIPE)
    quiet.stdin.write(b"a,b\n1,2\n3,4\n" + b"2,2\n" * 160000)
    quiet.stdin.flush()
    claim("-q ends while the pipe is open", quiet.wait(60) == 0)
    quiet.stdin.close()

    # Files that somebody cuts while they are read: behind what is mapped, and within.
    for kept in (9_000_000, 100):
        cut = folder / "cut.csv"
        cut.write_bytes(b"a,b\n" + b"1,some text that fills the line\n" * 700_000)
        reading = subprocess.Popen([command, "-j", "2", "a = 1", cut], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        reading.stdout.read(1000)
        os.truncate(cut, kept)
        out, said = reading.communicate(timeout=60)
        claim(f"a file that is cut to {kept} bytes while it is read", reading.returncode == 2 and b"cut.csv: error: was cut short while it was read [file]" in said, reading.returncode, said)

    # A terminal gets progress on standard error, nobody else does.
    ours, theirs = pty.openpty()
    feed = subprocess.Popen([command, "--count", "age >= 0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    head, rest = content.split(b"\n", 1)
    feed.stdin.write(head + b"\n")
    for _ in range(8):
        feed.stdin.write(rest[: rest.index(b"\n1000,") + 1] * 40)
        feed.stdin.flush()
        time.sleep(0.25)
    feed.stdin.close()
    counted = feed.stdout.read()
    seen = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:
            break
        if not block:
            break
        seen += block
    claim("progress on a terminal", feed.wait(60) == 0 and counted == b"320000\n" and b"M rows" in seen and b"MB/s" in seen and seen.endswith(b"\r\033[K"), counted, seen)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    small(folder)
    files_of_the_guide(folder)
    types_of_nothing(folder)
    live(folder)
    empty(folder)
    json_columns(folder)
    limits_and_lists(folder)
    against_sqlite(folder)
    threads_and_shards(folder)

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
