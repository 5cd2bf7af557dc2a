#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Takes the times of inlay-filter beside what people would write or type instead, on the same generated rows.

    run.py [--build build/release] [--quick] [--peers] [--rounds N] [--only memory csv peers] [--json FILE]

`memory`: bench_filter: the queries of queries.h on C++ rows and Arrow columns, by hand, as closures, and by each tier;
what compiling takes; sweeps. `csv`: whole processes that read the file: the command, bounds by hand (csv_bound.cpp), rg,
mawk. `peers` (only with --peers): DuckDB in memory and on the file, SQLite, PostgreSQL 15, one thread each.

Rivals take turns, and each has to give the same answer. CPU times are those of the process with all its threads, so
compiling in the background counts; cells are medians, ratios are medians of the turns' ratios.

Rows are generated once into --data (~/.cache/inlay-bench), where npm installs DuckDB, too, and where SQLite's database
is kept. The PostgreSQL server lives in a temporary folder while it is measured; as root, it runs as `postgres`.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "common"))
import peers  # noqa: E402
from queries import QUERIES, WHERE, regular_expression, awk_program  # noqa: E402
from rivals import RunError  # noqa: E402


def timed(command, timeout=600):
    """What it printed, CPU and wall milliseconds."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process.stdout, process.stderr:
        output = process.stdout.read()
        errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RunError(f"{' '.join(command)[:200]}: exit {process.returncode}: {errors.decode(errors='replace')[:300]}")
    return output.decode(), 1e3 * (usage.ru_utime + usage.ru_stime), 1e3 * wall


def same(query, answer, expected):
    if query != "Q3":
        return answer == expected
    return abs(answer - expected) <= 1e-9 * abs(expected)


def number_of(text):
    """The last number of what a rival printed."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", text)
    if not numbers:
        raise RunError(f"no number: {text[:200]!r}")
    return float(numbers[-1])


def csv_rivals(query, options, path):
    bench = options.build / "bench" / "filter"
    command = str(options.build / "apps" / "filter" / "inlay-filter")
    what = (["--agg", f"sum({QUERIES['Q3']})"] if query == "Q3" else ["--count"]) + [WHERE[query], str(path)]
    rivals = {}
    for compiler in ("gcc", "clang"):
        program = bench / f"bench_filter_csv_{compiler}"
        if program.exists():
            name = compiler.replace("gcc", "g++")
            rivals[f"bound, no quotes, {name}"] = [str(program), str(path), query[1]]
            rivals[f"bound, quotes, {name}"] = [str(program), str(path), query[1], "quotes"]
    rivals["inlay-filter -j1"] = [command, "-j1"] + what
    rivals["inlay-filter"] = [command] + what
    rivals["inlay-filter -j1 --engine interpreted"] = [command, "-j1", "--engine", "interpreted"] + what
    if shutil.which("rg") and query != "Q3":
        rivals["rg -c"] = ["rg", "-c", "-N", "--no-config", regular_expression(query), str(path)]
    if shutil.which("mawk"):
        rivals["mawk"] = ["mawk", "-F,", awk_program(query), str(path)]
    return rivals


def measure_csv(options, path, figures, label, quoted=False):
    for query in QUERIES:
        rivals = csv_rivals(query, options, path)
        if quoted:
            rivals = {name: command for name, command in rivals.items() if name.startswith(("bound, quotes", "inlay"))}
        times, expected = {name: [] for name in rivals}, None
        slow = {"rg -c", "mawk"}
        for turn in range(options.rounds):
            for name, command in rivals.items():
                if name in slow and turn >= max(2, options.rounds // 4):
                    continue
                text, cpu, wall = timed(command)
                answer = number_of(text)
                expected = answer if expected is None else expected
                if not same(query, answer, expected):
                    raise RunError(f"{query}: {name} says {answer}, another {expected}")
                times[name].append((cpu, wall))
        bounds = {kind: [n for n in rivals if n.startswith(f"bound, {kind}")] for kind in ("no quotes", "quotes")}

        def turn_best(kind, turn, what):
            return min(times[name][turn][what] for name in bounds[kind])
        title = f"{query} on {label}"
        print(f"\n{title}: milliseconds; how many times the better bound's, by CPU and by wall time", flush=True)
        kinds = [kind for kind in bounds if bounds[kind]]
        print(f"{'':40}{'CPU':>9}{'wall':>9}" + "".join(f"{kind + ', CPU':>18}{'wall':>9}" for kind in kinds))
        rows = []
        for name, of_rival in times.items():
            row = {"rival": name, "CPU ms": statistics.median(t[0] for t in of_rival),
                   "wall ms": statistics.median(t[1] for t in of_rival)}
            for kind in kinds:
                for i, what in enumerate(("CPU", "wall")):
                    row[f"of bound, {kind}, {what}"] = statistics.median(
                        t[i] / turn_best(kind, turn, i) for turn, t in enumerate(of_rival))
            print(f"{name:40}{row['CPU ms']:9.0f}{row['wall ms']:9.0f}" + "".join(
                f"{row[f'of bound, {kind}, CPU']:18.2f}{row[f'of bound, {kind}, wall']:9.2f}" for kind in kinds),
                flush=True)
            rows.append(row)
        figures.append({"title": title, "rows": rows, "notes": [f"answer {expected:g}"]})


def measure_peers(options, path, figures):
    """Each peer yields (query, answer, CPU ms, wall ms), many times."""
    expected = {}
    rows = []
    print(f"\npeers, one thread: {'':21}" + "".join(f"{q + ' CPU ms':>12}{'M rows/s':>10}" for q in QUERIES))
    for name, run in peers.all_of(options, path):
        times = {query: [] for query in QUERIES}
        try:
            for query, answer, cpu, wall in run():
                if not same(query, answer, expected.setdefault(query, answer)):
                    raise RunError(f"{query}: {name} says {answer}, another {expected[query]}")
                times[query].append((cpu, wall))
        except peers.Missing as missing:
            print(f"{name:40}{missing}")
            continue
        row = {"rival": name}
        for query, of_query in times.items():
            if of_query:
                row[f"{query} CPU ms"] = statistics.median(t[0] for t in of_query)
                row[f"{query} wall ms"] = statistics.median(t[1] for t in of_query)
        rows.append(row)
        print(f"{name:40}" + "".join(
            f"{row[f'{q} CPU ms']:12.0f}{options.rows / row[f'{q} CPU ms'] / 1e3:10.2f}" for q in QUERIES), flush=True)
    for query, answer in expected.items():
        text, _, _ = timed(csv_rivals(query, options, path)["inlay-filter -j1"])
        if not same(query, number_of(text), answer):
            raise RunError(f"{query}: peers say {answer}, inlay-filter {number_of(text)}")
    figures.append({"title": "peers", "rows": rows, "notes": []})


def save(options, figures):
    if options.json:
        options.json.write_text(json.dumps({"benchmark": "filter", "tables": figures}, indent=1) + "\n")


def measure_memory(options, path, figures):
    command = [str(options.build / "bench" / "filter" / "bench_filter"), str(path)]
    command += ["--quick"] if options.quick else []
    if options.json:
        text, _, _ = timed(command + ["--json"], 3600)
        figures += json.loads(text)["tables"]
        save(options, figures)
    elif subprocess.run(command).returncode != 0:
        raise RunError("bench_filter failed")


def generated(options, name, more):
    path = options.data / name
    if not path.exists():
        options.data.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with open(unfinished, "wb") as file:
            subprocess.run([options.build / "bench" / "filter" / "bench_filter_generate", "--rows", str(options.rows)]
                           + more, stdout=file, check=True)
        unfinished.rename(path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "inlay-bench")
    parser.add_argument("--rows", type=int, help="rows to generate (5,000,000)")
    parser.add_argument("--rounds", type=int, help="turns of whole processes (11)")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller, to see that everything works")
    parser.add_argument("--peers", action="store_true", help="DuckDB, SQLite and PostgreSQL, too")
    parser.add_argument("--only", nargs="+", choices=["memory", "csv", "peers"], default=["memory", "csv", "peers"])
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    options = parser.parse_args()
    options.rows = options.rows or (200_000 if options.quick else 5_000_000)
    options.rounds = options.rounds or (2 if options.quick else 11)
    figures = []
    try:
        path = generated(options, f"users-{options.rows}.csv", [])
        if "memory" in options.only:
            measure_memory(options, path, figures)
        if "csv" in options.only:
            measure_csv(options, path, figures, "CSV")
            save(options, figures)
            quoted = generated(options, f"users-{options.rows}-quoted.csv", ["--quotes", "50"])
            measure_csv(options, quoted, figures, "CSV with half of the texts in quotes", quoted=True)
        if options.peers and "peers" in options.only:
            measure_peers(options, path, figures)
    except (RunError, subprocess.CalledProcessError) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    save(options, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
