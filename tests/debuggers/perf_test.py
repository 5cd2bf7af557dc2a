# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""perf on compiled code: perf_test.py CASE SUBJECT PROGRAMS. Samples by the software clock, so that any machine will do
whose kernel lets a user measure his own processes."""
import glob
import os
import re
import subprocess
import sys
import tempfile

import tool

case, subject, programs = sys.argv[1:]
guest = os.path.join(programs, "spin.guest")


def record(work, inlay_jit, *options):
    """Runs the subject under perf; returns the file of samples."""
    tool.need("perf")
    data = os.path.join(work, "perf.data")
    trial = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock:u", "-o", data, "true"], capture_output=True,
                           text=True, timeout=60)
    if trial.returncode != 0:
        print("perf cannot record here: " + trial.stderr)
        sys.exit(tool.SKIP)
    tool.run(["perf", "record", "-q", "-e", "cpu-clock:u", "-g", *options, "-o", data, subject, guest, "spin", "0"],
             inlay_jit)
    return data


def samples(data, fields, *options):
    return tool.run(["perf", "script", "-i", data, "-F", fields, *options])


with tempfile.TemporaryDirectory(prefix="inlay-perf-") as work:
    if case == "map":
        # The file itself, which needs no perf.
        command = [subject, guest, "spin", "0"]
        process = subprocess.Popen(command, env=dict(os.environ, INLAY_JIT="perf=map"), stdout=subprocess.DEVNULL)
        process.wait(timeout=60)
        path = f"/tmp/perf-{process.pid}.map"
        with open(path) as file:
            lines = file.read().splitlines()
        mode = os.stat(path).st_mode & 0o777
        os.unlink(path)
        if not lines or not all(re.fullmatch(r"[0-9a-f]+ [0-9a-f]+ \S.*", line) for line in lines):
            tool.fail("this is no map", "\n".join(lines))
        if not any(re.search(r" crash::interpret\(.*\) \[clone \.inlay\]$", line) for line in lines):
            tool.fail("the compiled function has another name", "\n".join(lines))
        if mode != 0o600:
            sys.exit(f"others may read or write the map: {mode:o}")
    elif case == "map_report":
        data = record(work, "perf=map")
        text = samples(data, "ip,sym,dso")
        for path in set(re.findall(r"\((/tmp/perf-\d+\.map)\)", text)):
            os.unlink(path)
        # Through compiled code to the program's main.
        if not re.search(r"inlay.*\(/tmp/perf-\d+\.map\)\n(?:.*\n)?(?:.*\n)?\s+[0-9a-f]+ main \(", text):
            tool.fail("no sample in compiled code leads to main", text[-6000:])
    elif case == "dump":
        options = ["-k", "mono"]
        data = record(work, "perf=dump", *options)
        injected = os.path.join(work, "injected.data")
        tool.run(["perf", "inject", "-j", "-i", data, "-o", injected])
        everything = samples(injected, "ip,sym,dso")
        process = re.search(r"jitted-(\d+)-\d+\.so", everything)
        if not process:
            tool.fail("perf inject found no code", everything[-6000:])
        libraries = glob.glob(f"/tmp/jitted-{process[1]}-*.so")
        # Asking for lines is slow: only of what lies in compiled code.
        text = samples(injected, "ip,sym,srcline", "--dsos", ",".join(libraries))
        for path in [f"/tmp/jit-{process[1]}.dump", *libraries]:
            os.unlink(path)
        in_loop = len(re.findall(r"^\s+spin\.guest:1[6-9]$|^\s+spin\.guest:2[01]$", text, re.MULTILINE))
        if in_loop < 10:
            tool.fail(f"{in_loop} samples are in the guest's loop", text[-6000:])
        tool.expect_lines(text, [r"\s+[0-9a-f]+ .*inlay.*", r"\s+spin\.guest:\d+", r"\s+[0-9a-f]+ main.*"], "samples")
    else:
        sys.exit(f"no case {case}")
