#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How `inlay-filter` reads files, tables and pipes, one or several, and what types it finds in them.

    command_inputs.py INLAY_FILTER
"""

import json
import os
import subprocess

from command_subject import HEADER, command, database_of, late_of, run, tables_of, users_of, written  # first: it knows where claims are
from claims import claim, fails, gives, try_parts


def forms(folder):
    """How the input is read."""
    users = users_of(folder)
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
    base = tables_of(folder)
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


def several_files(folder):
    users = users_of(folder)
    (folder / "more.csv").write_text("name,age,balance,country\nMo,71,1,FI")
    (folder / "turned.csv").write_text("age,name\n71,Mo\n")
    gives("several files have one header", run("age in (33, 71)", users, folder / "more.csv", users), 0, HEADER + "Zo,33,5000.5,NO\nMo,71,1,FI\nZo,33,5000.5,NO\n")
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


def several_kinds(folder):
    """Several inputs of different kinds."""
    text_base = database_of(folder / "text.db", "create table t(a text, b text); insert into t values('p','q');")
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


def pipes(folder):
    """They are read once, wherever they stand."""
    comma = written(folder, "comma.csv", "a,b\nx,y\n")

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
    late = late_of(folder)
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


try_parts(forms, several_files, several_kinds, pipes, files_of_the_guide, types_of_nothing, empty, json_columns)
