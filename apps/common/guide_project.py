#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds the project of a page of the guide with the installed package, and runs it.

    guide_project.py PAGE --prefix FOLDER --work FOLDER --compiler COMPILER

Blocks whose fence says `file=NAME` are its files; a block `text output` is what it prints. The program is called as the
project is.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("page", type=pathlib.Path)
parser.add_argument("--prefix", required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
parser.add_argument("--compiler", required=True)
arguments = parser.parse_args()


def call(*command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, text=True)
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}\n{done.stdout}")
    return done.stdout


blocks = re.findall(r"^```(\w+) ([^\n]*)\n(.*?)^```$", arguments.page.read_text(), re.S | re.M)
files = {words[5:]: text for _, words, text in blocks if words.startswith("file=")}
outputs = [text for language, words, text in blocks if (language, words) == ("text", "output")]
if "CMakeLists.txt" not in files or len(outputs) != 1:
    sys.exit(f"{arguments.page} has no project, or not one output")
shutil.rmtree(arguments.work, ignore_errors=True)
arguments.work.mkdir(parents=True)
for name, text in files.items():
    (arguments.work / name).write_text(text)
build = arguments.work / "build"
call("cmake", "-G", "Ninja", "-S", arguments.work, "-B", build, f"-DCMAKE_PREFIX_PATH={arguments.prefix}", f"-DCMAKE_CXX_COMPILER={arguments.compiler}",
     "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON", "--no-warn-unused-cli")
call("cmake", "--build", build)
printed = call(build / re.search(r"project\((\w+)", files["CMakeLists.txt"]).group(1))
if printed != outputs[0]:
    sys.exit(f"it printed\n{printed}instead of\n{outputs[0]}")
