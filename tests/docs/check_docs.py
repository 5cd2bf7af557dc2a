#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks every fenced code block of README.md and docs/**/*.md against the installed package.

What the words after a fence's language ask for; a block without a word gets the first line of its language:

  cpp with a `main`     built with the host's compiler and run; it must exit with 0
  cpp runtime           the same, but compiled by inlay_add_runtime, as code that Inlay may inline
                        in both, what follows `// NAME.cpp, …` is a file: of several, each must compile alone as well
  cpp                   a fragment: must compile after prelude.h, at namespace scope or in a function
  cpp file=NAME         no program of its own: written to NAME, for later blocks of the same page to include
  cpp no-compile        left alone; say in the text why it cannot be compiled
  cmake                 must parse
  sh                    must parse (bash -n)
  sh run                executed beside the page's files, with the installed `inlay`; must exit with 0
  inlay                 a program: `inlay check` must find nothing wrong
  inlay file=NAME       the same, and written to NAME, for later blocks of the same page
  c file=NAME           written to NAME likewise
  text output           what the block before it prints, to the letter

Other languages are left alone."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FENCE = re.compile(r"^( *)(`{3,})([^\n`]*)\n(.*?)^ *\2[ \t]*$", re.S | re.M)
FILES = re.compile(r"^(?=// [\w-]+\.cpp\b)", re.M)
MAIN = re.compile(r"^\s*(?:int|auto)\s+main\s*\(", re.M)


class Block:
    def __init__(self, page, line, language, words, text):
        self.page, self.line, self.language, self.words, self.text = page, line, language, words, text
        self.name = re.sub(r"\W+", "_", f"{page}_{line}")
        self.expected = None  # of its output
        self.folder = None  # of its page

    def file(self):
        return next((w[5:] for w in self.words if w.startswith("file=")), None)

    def __str__(self):
        return f"{self.page}:{self.line}: {' '.join([self.language, *self.words])}"


def blocks_of(page, text):
    found = []
    for match in FENCE.finditer(text):
        words = match.group(3).split()
        indent = len(match.group(1))
        body = "".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in match.group(4).splitlines(True))
        line = text.count("\n", 0, match.start()) + 1
        block = Block(page, line, words[0] if words else "", words[1:], body)
        if block.language == "text" and "output" in block.words and found:
            found[-1].expected = body
        else:
            found.append(block)
    return found


class Checker:
    def __init__(self, arguments):
        self.work, self.prefix, self.compiler = arguments.work, arguments.prefix, arguments.compiler
        self.checked = 0
        self.problems = []

    def problem(self, block, text):
        self.problems.append(f"{block}\n{text}".rstrip())

    def call(self, command, folder, timeout=300):
        try:
            path = f"{self.prefix.resolve()}/bin:{os.environ['PATH']}"
            done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout, text=True, errors="replace")
            return done.returncode, done.stdout
        except subprocess.TimeoutExpired:
            return -1, f"did not end within {timeout} s"

    def run(self, pages):
        """pages: (name, text) pairs."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.precompile_prelude()
        programs = []
        for page, text in pages:
            folder = self.work / re.sub(r"\W+", "_", page)
            folder.mkdir(parents=True)
            for block in blocks_of(page, text):
                block.folder = folder
                if block.language == "cpp" and "no-compile" not in block.words:
                    self.checked += 1
                    if block.file():
                        (folder / block.file()).write_text(block.text)
                    elif MAIN.search(block.text):
                        self.check_files(block)
                        programs.append(block)
                    else:
                        self.check_fragment(block)
                elif block.language == "inlay":
                    self.checked += 1
                    self.check_program_text(block)
                elif block.language == "c" and block.file():
                    (folder / block.file()).write_text(block.text)
                elif block.language == "cmake":
                    self.checked += 1
                    self.check_cmake(block)
                elif block.language == "sh":
                    self.checked += 1
                    self.check_shell(block)
        if programs:
            self.check_programs(programs)

    def fragment_command(self, *arguments):
        return [self.compiler, "-std=c++20", "-w", f"-I{self.prefix}/include", *arguments]

    def precompile_prelude(self):
        """Most of what a fragment costs."""
        self.prelude = self.work / "prelude.h"
        shutil.copy(HERE / "prelude.h", self.prelude)
        code, printed = self.call(self.fragment_command("-x", "c++-header", self.prelude, "-o", f"{self.prelude}.gch"), self.work)
        if code != 0:
            sys.exit(f"the prelude of the fragments does not compile\n{printed}")

    def check_fragment(self, block):
        includes = "".join(l for l in block.text.splitlines(True) if l.lstrip().startswith("#include"))
        rest = "".join(("\n" if l.lstrip().startswith("#include") else l) for l in block.text.splitlines(True))
        line = f'#line {block.line + 1} "{block.page}"\n'
        shapes = {
            "in a function": f"void {block.name}() {{\n{line}{rest}\n}}\n",
            "at namespace scope": f"namespace {block.name} {{\n{line}{rest}\n}}\n",
        }
        complaints = ""
        for shape, text in shapes.items():
            source = block.folder / f"{block.name}.cpp"
            source.write_text(f"{includes}{text}")
            code, printed = self.call(self.fragment_command("-fsyntax-only", f"-I{block.folder}", "-include", self.prelude,
                                                            source.name), block.folder)
            if code == 0:
                return
            complaints += f"{shape}:\n{printed}"
        self.problem(block, complaints)

    def check_files(self, block):
        """Files that are shown as one."""
        files = FILES.split(block.text)
        if len(files) < 3:  # before the first one, there is nothing
            return
        for number, text in enumerate(files):
            source = block.folder / f"{block.name}_{number}.cpp"
            source.write_text(text)
            code, printed = self.call(self.fragment_command("-fsyntax-only", source.name), block.folder)
            if code != 0:
                self.problem(block, f"{text.splitlines()[0]}\n{printed}")

    def check_cmake(self, block):
        source = block.folder / f"{block.name}.cmake"
        source.write_text(f"function(parsed_only)\n{block.text}\nendfunction()\n")
        code, printed = self.call(["cmake", "-P", source.name], block.folder)
        if code != 0:
            self.problem(block, printed)

    def check_program_text(self, block):
        source = block.folder / (block.file() or f"{block.name}.inlay")
        source.write_text(block.text)
        code, printed = self.call([self.prefix / "bin/inlay", "check", source.name], block.folder)
        if code != 0:
            self.problem(block, printed)

    def check_shell(self, block):
        source = block.folder / f"{block.name}.sh"
        source.write_text(block.text)
        code, printed = self.call(["bash", "-n", source.name], block.folder)
        if code == 0 and "run" in block.words:
            code, printed = self.call(["bash", "-eu", source.name], block.folder)
            self.check_output(block, printed)
        if code != 0:
            self.problem(block, printed)

    def check_output(self, block, printed):
        if block.expected is not None and printed != block.expected:
            self.problem(block, f"printed\n{printed}\ninstead of\n{block.expected}")

    def check_programs(self, programs):
        """One outside project for all of them: find_package(inlay) is slow beside a small program."""
        project = self.work / "programs"
        project.mkdir()
        lines = ["cmake_minimum_required(VERSION 3.25)", "project(docs LANGUAGES CXX)", "set(CMAKE_CXX_STANDARD 20)",
                 "find_package(inlay REQUIRED)"]
        (project / "empty.cpp").write_text("")
        for block in programs:
            (project / f"{block.name}.cpp").write_text(f'#line {block.line + 1} "{block.page}"\n{block.text}')
            source, extra = f"{block.name}.cpp", ""
            if "runtime" in block.words:
                lines.append(f"inlay_add_runtime({block.name}_runtime SOURCES {source})")
                lines.append(f'target_include_directories({block.name}_runtime PUBLIC "{self.prefix}/include")')
                source, extra = "empty.cpp", f"{block.name}_runtime "
            lines.append(f"add_executable({block.name} {source})")
            lines.append(f'target_include_directories({block.name} PRIVATE "{block.folder}")')
            lines.append(f"target_link_libraries({block.name} PRIVATE {extra}inlay::inlay inlay::recorder)")
        (project / "CMakeLists.txt").write_text("\n".join(lines) + "\n")
        code, printed = self.call(["cmake", "-G", "Ninja", "-B", "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                                   f"-DCMAKE_CXX_COMPILER={self.compiler}", "-DCMAKE_BUILD_TYPE=Release"], project)
        if code != 0:
            self.problem(programs[0], f"the project of the programs could not be configured\n{printed}")
            return
        for block in programs:
            code, printed = self.call(["cmake", "--build", "build", "--target", block.name], project)
            if code != 0:
                self.problem(block, printed)
                continue
            code, printed = self.call([str(project / "build" / block.name)], block.folder, timeout=120)
            if code != 0:
                self.problem(block, f"exit code {code}\n{printed}")
            else:
                self.check_output(block, printed)


def self_test(arguments):
    """One good block and one bad block of each kind."""
    cases = [
        ("cpp", "int main() { return 0; }", True),
        ("cpp", "int main() { return 1; }", False),
        ("cpp", "int main() { retrun 0; }", False),
        ("cpp", "// a.cpp\nint f() { return 0; }\n// main.cpp\nint f();\nint main() { return f(); }", True),
        ("cpp", "// a.cpp\nint f() { return 0; }\n// main.cpp\nint main() { return f(); }", False),
        ("cpp", "int x = 1;\nx += 2;", True),
        ("cpp", "template <class T> T twice(T x) { return x + x; }", True),
        ("cpp", "int x = nothing_of_that_name;", False),
        ("cpp no-compile", "int x = nothing_of_that_name;", True),
        ("cmake", "find_package(inlay REQUIRED)", True),
        ("cmake", "find_package(inlay REQUIRED", False),
        ("sh", "no-such-command", True),
        ("sh", "if", False),
        ("sh run", "echo hello", True),
        ("sh run", "false", False),
        ("inlay", "export func @main() -> i32 {\n  return i32 0\n}", True),
        ("inlay", "export func @main() -> i32 {\n  return i64 0\n}", False),
        ("inlay file=a.inlay", "export func @main() -> i32 {\n  return i32 0\n}\n```\n\n```sh run\ninlay run a.inlay", True),
    ]
    outputs = [("sh run", "echo hello", "hello", True), ("sh run", "echo hello", "goodbye", False)]
    pages = [(f"page{i}.md", f"text\n\n```{head}\n{body}\n```\n", good) for i, (head, body, good) in enumerate(cases)]
    pages += [(f"output{i}.md", f"```{head}\n{body}\n```\nprints\n```text output\n{out}\n```\n", good)
              for i, (head, body, out, good) in enumerate(outputs)]
    checker = Checker(arguments)
    checker.run([(page, text) for page, text, _ in pages])
    failures = 0
    for page, text, good in pages:
        complaints = [p for p in checker.problems if p.startswith(f"{page}:")]
        if bool(complaints) == good:
            failures += 1
            print(f"self-test: {text}\nis {'good' if good else 'bad'}, but: {complaints}")
    print(f"self-test: {len(pages) - failures} of {len(pages)} pages as expected")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=HERE.parent.parent)
    parser.add_argument("--prefix", type=pathlib.Path, required=True, help="where inlay is installed")
    parser.add_argument("--work", type=pathlib.Path, help="folder to work in, emptied first")
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.work is None:
        arguments.work = pathlib.Path(tempfile.mkdtemp(prefix="inlay-docs-")) / "work"
    arguments.work = arguments.work.resolve()
    if arguments.self_test:
        return self_test(arguments)

    pages = [p for p in [arguments.root / "README.md", *sorted((arguments.root / "docs").rglob("*.md"))] if p.is_file()]
    checker = Checker(arguments)
    checker.run([(p.relative_to(arguments.root).as_posix(), p.read_text()) for p in pages])
    for problem in checker.problems:
        print(f"{problem}\n")
    print(f"docs: {len(pages)} pages, {checker.checked} blocks checked, {len(checker.problems)} problems")
    return 1 if checker.problems else 0


if __name__ == "__main__":
    sys.exit(main())
