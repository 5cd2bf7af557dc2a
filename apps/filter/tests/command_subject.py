# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command that the claims of command_*.py are about, and inputs that several of them read."""
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "common"))
import claims  # noqa: E402

command = str(pathlib.Path(sys.argv[1]).resolve())
HEADER = "name,age,balance,country\n"
USERS = HEADER + """Zo,33,5000.5,NO
"O""Brien, X",44,12,SE
,12,,NO
"",50,0.1,DK
"""
LATE_ROWS = 40000


def run(*words, **options):
    return claims.answer_of([command, *words], **options)


def written(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


def users_of(folder):
    return written(folder, "users.csv", USERS)


def late_of(folder):
    """Members that the first rows do not have, behind LATE_ROWS of them."""
    return written(folder, "late.jsonl", '{"a":1}\n' * LATE_ROWS + '{"a":2,"v":null}\n{"a":3,"v":2}\n{"a":4,"o":{}}\n{"a":5,"v":3}\n')


def database_of(path, script):
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.executescript(script)
    database.commit()
    database.close()
    return path


def tables_of(folder):
    return database_of(folder / "base", "create table t(a integer, b text); insert into t values(1,'x'),(2,null),(3,'z'); create table u(c real); insert into u values(0.5);")
