#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Input that comes slowly, threads, shards, and readers and writers that go.

    command_streams.py INLAY_FILTER
"""

import json
import os
import pty
import random
import signal
import sqlite3
import subprocess
import time

from command_subject import command, run  # first: it knows where claims are
from claims import claim, fails, gives, try_parts


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


try_parts(live, threads_and_shards)
