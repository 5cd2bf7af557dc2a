# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Databases with the same rows. Each runs in a process of its own, on one thread, and is asked each query some times."""
import csv
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time

from queries import QUERIES, sql

COLUMNS = [("id", "integer")] + [(name, "text") for name in
                                 "first_name last_name email phone country city state street zip".split()] + [
    ("age", "integer"), ("balance", "double precision"), ("score", "integer")]


class Missing(Exception):
    """It is not installed."""


DUCKDB = """
const { DuckDBInstance } = require('@duckdb/node-api');
const [path, where, rounds, queries] = JSON.parse(process.argv[2]);
(async () => {
  const db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  let from = `read_csv('${path}')`;
  if (where === 'memory') {
    await db.run(`create table users as select * from ${from}`);
    from = 'users';
  }
  for (let round = 0; round < rounds; ++round)
    for (const [name, query] of queries) {
      const cpu = process.cpuUsage(), wall = process.hrtime.bigint();
      const rows = await (await db.runAndReadAll(query.replace('from users', 'from ' + from))).getRows();
      const took = process.cpuUsage(cpu), elapsed = Number(process.hrtime.bigint() - wall) / 1e6;
      console.log(JSON.stringify([name, Number(rows[0][0]), (took.user + took.system) / 1e3, elapsed]));
    }
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(2); });
"""


def duckdb(options, path, where):
    folder = options.data / "node"
    if not shutil.which("node") or not shutil.which("npm"):
        raise Missing("node and npm are not installed")
    if not (folder / "node_modules" / "@duckdb" / "node-api").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "@duckdb/node-api"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
    script = folder / "peer.js"
    script.write_text(DUCKDB)
    rounds = options.rounds if where == "memory" else max(2, options.rounds // 3)
    arguments = json.dumps([str(path), where, rounds, [[q, sql(q)] for q in QUERIES]])
    done = subprocess.run(["node", str(script), arguments], cwd=folder, capture_output=True, check=True)
    for line in done.stdout.decode().splitlines():
        yield json.loads(line)


def sqlite(options, path):
    database = path.with_suffix(".sqlite")
    if not database.exists():
        unfinished = path.with_suffix(".sqlite-part")
        unfinished.unlink(missing_ok=True)
        connection = sqlite3.connect(unfinished)
        kinds = {"integer": "integer", "text": "text", "double precision": "real"}
        connection.execute("pragma journal_mode = off")
        connection.execute(f"create table users ({', '.join(f'{n} {kinds[t]}' for n, t in COLUMNS)})")
        with open(path, newline="") as file:
            rows = csv.reader(file)
            next(rows)
            connection.executemany(f"insert into users values ({', '.join('?' * len(COLUMNS))})", rows)
        connection.commit()
        connection.close()
        unfinished.rename(database)
    connection = sqlite3.connect(database)
    connection.execute("pragma case_sensitive_like = on")
    connection.execute("pragma mmap_size = 4000000000")
    for _ in range(max(2, options.rounds // 3)):
        for query in QUERIES:
            cpu, wall = time.thread_time(), time.perf_counter()
            answer = connection.execute(sql(query)).fetchone()[0]
            yield query, float(answer), 1e3 * (time.thread_time() - cpu), 1e3 * (time.perf_counter() - wall)


class PostgreSQL:
    """A server of its own, in a temporary folder, on a socket there."""

    def __init__(self):
        self.programs = pathlib.Path("/usr/lib/postgresql/15/bin")
        if not (self.programs / "initdb").exists():
            raise Missing("PostgreSQL 15 is not installed")
        self.folder = tempfile.mkdtemp(prefix="inlay-bench-")
        self.wrapper = []
        if os.geteuid() == 0:  # initdb refuses
            shutil.chown(self.folder, "postgres")
            self.wrapper = ["runuser", "-u", "postgres", "--"]
        self.run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "--no-sync")
        settings = (f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c shared_buffers=3GB "
                    "-c max_parallel_workers_per_gather=0 -c fsync=off -c autovacuum=off")
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", settings, "start")
        user = "postgres" if self.wrapper else os.environ.get("USER", "postgres")
        self.client = subprocess.Popen(
            self.wrapper + [str(self.programs / "psql"), "-h", self.folder, "-U", user, "-AtqX", "postgres"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.folder)
        self.backend = self.ask("select pg_backend_pid()")

    def run(self, program, *arguments):
        subprocess.run(self.wrapper + [str(self.programs / program), *arguments], check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(self, text):
        self.client.stdin.write(text + ";\n")
        self.client.stdin.flush()
        return self.client.stdout.readline().strip()

    def load(self, path):
        self.ask(f"create unlogged table users ({', '.join(f'{n} {t}' for n, t in COLUMNS)}); select 1")
        # Through the client: the server's user may not read the file.
        self.client.stdin.write("copy users from stdin with (format csv, header);\n")
        with open(path) as file:
            shutil.copyfileobj(file, self.client.stdin)
        self.client.stdin.write("\\.\n")
        self.ask("select 1")
        self.client.stdin.write("vacuum analyze users;\n")
        self.ask("select count(*) from users")

    def cpu(self):
        with open(f"/proc/{self.backend}/schedstat") as file:
            return int(file.read().split()[0]) / 1e6

    def close(self):
        self.client.stdin.close()
        self.client.wait()
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def postgresql(options, path):
    """Three rivals of one server: (settings, runner) pairs share it."""
    server = PostgreSQL()
    try:
        server.load(path)
        for name, settings in (("jit off", "set jit = off"), ("jit on", "set jit = on")):
            server.ask(settings + "; select 1")
            for _ in range(max(2, options.rounds // 3)):
                for query in QUERIES:
                    cpu, wall = server.cpu(), time.perf_counter()
                    answer = float(server.ask(sql(query)))
                    yield name, (query, answer, server.cpu() - cpu, 1e3 * (time.perf_counter() - wall))
    finally:
        server.close()


def all_of(options, path):
    """(name, function that yields (query, answer, CPU ms, wall ms))."""
    yield "DuckDB, in memory", lambda: duckdb(options, path, "memory")
    yield "DuckDB, on CSV", lambda: duckdb(options, path, "csv")
    yield "SQLite", lambda: sqlite(options, path)
    results = {}
    try:
        for name, result in postgresql(options, path):
            results.setdefault(name, []).append(result)
    except Missing as missing:
        def fail(missing=missing):
            raise missing
        yield "PostgreSQL 15", fail
        return
    for name, of_name in results.items():
        yield f"PostgreSQL 15, {name}", lambda of_name=of_name: iter(of_name)
