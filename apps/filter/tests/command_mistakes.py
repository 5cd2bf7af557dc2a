#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `inlay-filter` says of wrong usage, wrong conditions and broken input.

    command_mistakes.py INLAY_FILTER
"""

import bz2
import gzip
import json
import lzma
import os
import subprocess

from command_subject import HEADER, USERS, command, run, tables_of, users_of, written  # first: it knows where claims are
from claims import claim, fails, gives, try_parts


def usage(folder):
    """Wrong usage and broken input."""
    users, base = users_of(folder), tables_of(folder)
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


def operands(folder):
    """Options that are of no file, and operands that are not what they should be."""
    users, base = users_of(folder), tables_of(folder)
    lines = written(folder, "t.jsonl", '{"a":1,"b":"x"}\n{"a":2,"b":null}\n')
    for option in (["--delimiter", ","], ["--header"], ["--no-header"]):
        fails(f"{option} of JSON Lines", run(*option, "a = 1", lines), "t.jsonl: error: is JSON Lines", option[0])
        fails(f"{option} of a table", run(*option, "--input-format", "sqlite", "--table", "t", "a = 1", base), "is an SQLite database", option[0])
        claim(f"{option} beside CSV", run(*option, "--count", "true", lines, users)[0] != 2)
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
    gives("rows before an error are there", run("age / (age - 44) < 0", users), 2, HEADER + "Zo,33,5000.5,NO\n", "users.csv:3:", "division by zero", "O\"\"Brien", "[trap]")
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


try_parts(usage, operands)
