#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay-filter` writes: rows, columns, aggregates, how it ends.

    command_rows.py INLAY_FILTER
"""

import json
import subprocess

from command_subject import HEADER, USERS, command, late_of, run, users_of, written  # first: it knows where claims are
from claims import claim, fails, gives, try_parts


def rows_and_statuses(folder):
    """Rows as they stood, and exit statuses."""
    users = users_of(folder)
    gives("rows that pass, as they stood", run("age > 40", users), 0, HEADER + '"O""Brien, X",44,12,SE\n"",50,0.1,DK\n')
    gives("no row", run("age > 100", users), 1, HEADER)
    gives("all rows", run("true", users), 0, USERS)
    gives("standard input without a name", run("age = 33", stdin=USERS), 0, HEADER + "Zo,33,5000.5,NO\n")
    gives("standard input as -", run("age = 33", "-", stdin=USERS), 0, HEADER + "Zo,33,5000.5,NO\n")
    gives("-- ends options", run("--", "-age < -40", users), 0, HEADER + '"O""Brien, X",44,12,SE\n"",50,0.1,DK\n')
    gives("options behind", run("age = 33", users, "--count"), 0, "1\n")
    gives("no line end at the end of the file gets one", run("a > 1", stdin="a,b\n1,2\n3,4"), 0, "a,b\n3,4\n")
    gives("CRLF stays", run("a > 1", stdin="a,b\r\n1,2\r\n3,4\r\n"), 0, "a,b\r\n3,4\r\n")
    gives("lines inside of quotes", run("a > 1", stdin='a,b\n1,"x\ny"\n3,"z\n\nw"\n'), 0, 'a,b\n3,"z\n\nw"\n')
    gives("a column called merge", run('"merge"', stdin="merge,b\ntrue,1\nfalse,2\n"), 0, "merge,b\ntrue,1\n")


def select_and_format(folder):
    users = users_of(folder)
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


def aggregates(folder):
    users = users_of(folder)
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


def other_outputs(folder):
    """--quiet, --explain, --json, --help."""
    users = users_of(folder)
    gives("--quiet", run("-q", "age > 40", users), 0, "")
    gives("--quiet without a row", run("-q", "age > 400", users), 1, "")
    gives("--quiet ends before an error", run("-q", "age > 30 or age / (age - 44) > 0", users), 0, "")
    code, out, said = run("--json", "--count", "age > 40", users)
    seen = json.loads(said)
    claim("--json", code == 0 and out == "2\n" and seen["rows"] == 4 and seen["passed"] == 2 and seen["files"] == 1 and seen["condition"]["expression"] == "age > 40", said)
    code, out, said = run("--explain", "age > 40 and name like 'a%'", users)
    claim("--explain", code == 1 and out == HEADER and "tests, in order" in said and "runs by" in said, said)
    code, out, said = run("--help")
    claim("--help", code == 0 and "--group-by" in out and "Exit status" in out and said == "")
    claim("--version", run("--version")[1].startswith("inlay-filter "))
    claim("help of merge", run("merge", "--help")[0] == 0)


def limits_and_lists(folder):
    """--limit, --select '*', --null, --types."""
    users = users_of(folder)
    rows = USERS.splitlines(keepends=True)[1:]
    for count in range(6):
        gives(f"--limit {count}", run("--limit", count, "true", users), 0 if count else 1, HEADER + "".join(rows[:count]))
        gives("of what is chosen", run("--limit", count, "--select", "age", "age > 12", users), 0 if count else 1, "age\n" + "".join(["33\n", "44\n", "50\n"][:count]))
    gives("--limit is of all files", run("--limit", "5", "--format", "jsonl", "--select", "age", "true", users, users), 0, "".join(f'{{"age":{age}}}\n' for age in (33, 44, 12, 50, 33)))
    gives("what is not read does not matter", run("--limit", "4", "true", users, folder / "not_there.csv"), 0, USERS)
    gives("nor do errors behind the last row", run("--limit", "1", "12 / (age - 44) < 0", users), 0, HEADER + rows[0])
    gives("those before it do", run("--limit", "2", "12 / (age - 44) < 0", users), 2, HEADER + rows[0], "users.csv:3:", "division by zero")
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

    gives("--select '*'", run("--select", "*", "age = 33", users), 0, HEADER + rows[0])
    gives("and more", run("--select", "age + 1 as next, *, upper(name)", "age = 33", users), 0, "next,name,age,balance,country,upper(name)\n34,Zo,33,5000.5,NO,ZO\n")
    gives("of JSON Lines", run("--input-format", "jsonl", "--select", "*, a + 1 as b", "true", stdin='{"a":1,"o":[1, 2]}\n'), 0, '{"a":1,"o":[1, 2],"b":2}\n')
    gives("nothing is lost with it", run("--select", "*", "a > 1", late_of(folder)), 2, '{"a":2}\n', "late.jsonl:40002", "'v'")
    gives("of several files", run("--select", "*, 1 as one", "age > 60", users, written(folder, "more.csv", "name,age,balance,country\nMo,71,1,FI")), 0, HEADER[:-1] + ",one\nMo,71,1,FI,1\n")
    fails("the columns twice", run("--format", "jsonl", "--select", "*, age", "true", users), "two columns are called 'age'")
    fails("groups have none", run("--count", "--group-by", "*", "true", users), "--group-by")

    code, out, said = run("--explain", "--limit", "0", "--select", "*", "true", users)
    claim("which columns there are", out == HEADER and "columns: name text (inferred), age integer (inferred), balance real (inferred), country text (inferred)" in said, said)
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


try_parts(rows_and_statuses, select_and_format, aggregates, other_outputs, limits_and_lists)
