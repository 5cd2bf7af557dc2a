#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the rules of docs/architecture.md that a compiler does not: which room includes which, where LLVM may show,
what apps and examples may include, which room of an app which other one, who may print or exit, how long a file may be, the licence line, and that the links
of the documents lead somewhere. `--self-test` breaks each rule once and fails if that goes unnoticed."""

import argparse
import pathlib
import re
import sys
import tempfile

# The room table, in order: a room includes only rooms above it, and of those only the ones that its CMakeLists.txt
# names after USES. `llvm` says whether its files may include LLVM's headers.
ROOMS = {
    "base": {"llvm": False},
    "ir": {"llvm": False},
    "runtime": {"llvm": True},
    "frozen": {"llvm": False},
    "lift": {"llvm": True},
    "specialize": {"llvm": True},
    "codegen": {"llvm": True},
    "cache": {"llvm": False},
    "jit": {"llvm": True},
    "aot": {"llvm": True},
    "tool": {"llvm": False},
}
ORDER = list(ROOMS)
# Rooms of apps are folders of their src, and include these others, or single public headers; tests, fuzzers and what is
# in no folder may include all.
APP_ROOMS = {
    "filter": {
        "runtime": "",
        "language": "runtime",
        "plan": "runtime interpret",
        "interpret": "runtime plan",
        "compile": "runtime plan interpret",
        "engine": "runtime language plan interpret compile",
        "input": "",
        "output": "runtime language engine input",
        "command": "runtime language engine input output",
    },
    "m6502": {
        "core": "",
        "jit": "core inlay/m6502/machine.h",  # for its options and statistics
        "formats": "core",
        "machine": "core jit",
        "system": "core formats machine",
        "player": "core system",
        "explain": "core jit formats machine",
        "aot": "core jit formats machine system player",
        "command": "core formats machine system explain aot",
    },
}
# Which room of an app a public header of it belongs to, where that is told.
APP_HEADERS = {
    "inlay/m6502/bus.h": "core",
    "inlay/m6502/cpu.h": "core",
    "inlay/m6502/disassemble.h": "formats",
    "inlay/m6502/image.h": "formats",
    "inlay/m6502/labels.h": "formats",
    "inlay/m6502/load_image.h": "system",
    "inlay/m6502/machine.h": "machine",
    "inlay/m6502/sim65.h": "system",
}
# Public headers that show LLVM.
LLVM_HEADERS = {"include/inlay/llvm.h"}
# Files outside src/tool that may end the process or print, and why.
MAY_STOP = {
    "src/base/check": "INLAY_CHECK: a bug of ours ends the process",
}
LONGEST = 800
SPDX = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
SOURCES = {".h", ".hpp", ".c", ".cc", ".cpp", ".def", ".py", ".cmake", ".rs"}
FOLDERS = ["include", "src", "apps", "examples", "tests", "bench", "cmake", "scripts"]
# What is made as users make their programs.
OUTSIDE = {"apps", "examples"}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
# A row of the table of docs/architecture.md: room, purpose, public headers, uses.
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|", re.M)
# Public headers of no room: this one includes those of all.
UMBRELLA = "inlay.h"
USES = re.compile(r"inlay_room\(\s*(\w+)([^)]*)\)", re.S)
# Comments, and string and character literals: a word in them is no call.
QUIET = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
STOPS = re.compile(
    r"std::(?:cout|cerr|clog|terminate|quick_exit)\b|llvm::(?:outs|errs|dbgs|report_fatal_error)\b|"
    r"(?<![\w.>])(?:std::|::)?(?:printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|perror|exit|_exit|_Exit|"
    r"abort)\s*\("
)
LLVM = re.compile(r"^(?:llvm|llvm-c|lld|clang)/")
# A link to a file of the tree, and code, in which there are none.
LINK = re.compile(r"\]\(([^)\s#:]+)(?:#[^)\s]*)?\)")
CODE = re.compile(r"^( *)```.*?^\1```|`[^`\n]*`", re.S | re.M)


class Checker:
    def __init__(self, root):
        self.root = root
        self.problems = []

    def problem(self, path, line, text):
        self.problems.append(f"{path}:{line}: {text}" if line else f"{path}: {text}")

    def run(self):
        uses = self.uses()
        self.owners = self.owners_of_headers(uses)
        files = sorted(p for f in FOLDERS for p in (self.root / f).rglob("*") if p.is_file())
        for path in files:
            name = path.relative_to(self.root).as_posix()
            if path.suffix not in SOURCES and path.name != "CMakeLists.txt":
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            self.check_form(name, text)
            if path.suffix in {".h", ".cpp", ".c", ".def"}:
                self.check_edges(name, text, uses)
                self.check_app_rooms(name, text)
                self.check_stops(name, text)
        pages = [*self.root.glob("*.md"), *(p for f in [*FOLDERS, "docs"] for p in (self.root / f).rglob("*.md"))]
        for path in sorted(pages):
            self.check_links(path)
        return self.problems

    def uses(self):
        """What each room says that it uses, from src/<room>/CMakeLists.txt."""
        found = {}
        for path in sorted((self.root / "src").glob("*/CMakeLists.txt")):
            name = path.relative_to(self.root).as_posix()
            match = USES.search(path.read_text())
            if not match:
                continue
            words = match.group(2).split()
            used = []
            if "USES" in words:
                for word in words[words.index("USES") + 1 :]:
                    if word.isupper():
                        break
                    used.append(word)
            room = match.group(1)
            if room not in ROOMS:
                self.problem(name, 0, f"room {room} is not in the table of docs/architecture.md and of this script")
                continue
            for word in used:
                if word not in ROOMS or ORDER.index(word) >= ORDER.index(room):
                    self.problem(name, 0, f"{room} uses {word}, which is not above it in the room table")
            if "LLVM" in words and not ROOMS[room]["llvm"]:
                self.problem(name, 0, f"{room} is a room without LLVM")
            found[room] = set(used)
        return found

    def owners_of_headers(self, uses):
        """Which room each public header belongs to, from the table of docs/architecture.md."""
        name = "docs/architecture.md"
        text = (self.root / name).read_text()
        owners = {}
        for match in ROW.finditer(text):
            room, headers, used = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            for header in re.findall(r"`([\w./]+)`", headers):
                owners[header] = room
                if not any((self.root / "include/inlay" / file).exists() for file in (header, header + ".in")):
                    self.problem(name, line, f"there is no public header {header}")
            if room in uses and set(used.split()) != uses[room]:
                self.problem(name, line, f"{room} uses {' '.join(sorted(uses[room]))}, says its CMakeLists.txt")
        return owners

    def check_form(self, name, text):
        lines = text.splitlines()
        if not any(SPDX in line for line in lines[:2]):
            self.problem(name, 1, f"the first line (or the second, after #!) is to be `{SPDX}`")
        if len(lines) > LONGEST and not name.endswith(".def"):
            self.problem(name, 0, f"{len(lines)} lines; split it, {LONGEST} is the most")

    def check_edges(self, name, text, uses):
        parts = name.split("/")
        public = name.startswith("include/inlay/")
        room = parts[1] if parts[0] == "src" and len(parts) > 2 else None
        header = name.removeprefix("include/inlay/")
        if public and header != UMBRELLA:
            room = self.owners.get(header)
            if not room:
                self.problem(name, 0, "no room has this header, says the table of docs/architecture.md")
        # A test, fuzzer or benchmark stands outside the shipped library: it may look at LLVM, but not at lower rooms.
        outside = re.search(r"_(test|fuzz|bench)\.cpp$", name)
        if room and room not in ROOMS:
            self.problem(name, 0, f"room {room} is not in the table of docs/architecture.md and of this script")
            return
        for match in INCLUDE.finditer(text):
            target = match.group(1)
            line = text.count("\n", 0, match.start()) + 1 + match.group(0).count("\n")
            if LLVM.match(target):
                if public and name not in LLVM_HEADERS:
                    self.problem(name, line, "a public header includes LLVM; only inlay/llvm.h may show it")
                if room and not public and not ROOMS[room]["llvm"] and not outside:
                    self.problem(name, line, f"{room} is a room without LLVM")
            first = target.split("/")[0]
            if public and first in ROOMS:
                self.problem(name, line, f"a public header includes the private header {target}")
            if parts[0] in OUTSIDE and first in ROOMS and "/" in target:
                if not any((folder / target).exists() for folder in (self.root / name).parents):  # it is not its own
                    self.problem(name, line, f"{parts[0]} know the public headers only, not {target}")
            if room and "/" in target:
                if first == "inlay":  # a public header counts as its room
                    first = self.owners.get(target.removeprefix("inlay/"))
                if first in ROOMS and first != room:
                    self.check_edge(name, line, room, first, uses)

    def check_app_rooms(self, name, text):
        parts = name.split("/")
        if parts[0] != "apps" or len(parts) < 4 or parts[1] not in APP_ROOMS or re.search(r"_(test|fuzz)\.cpp$", name):
            return
        rooms = APP_ROOMS[parts[1]]
        room = parts[3] if parts[2] == "src" and len(parts) > 4 else APP_HEADERS.get("/".join(parts[3:]))
        if not room:
            return
        if room not in rooms:
            self.problem(name, 0, f"room {room} of {parts[1]} is not in the table of this script")
            return
        for match in INCLUDE.finditer(text):
            target = match.group(1)
            used = APP_HEADERS.get(target, target.split("/")[0])
            if used in rooms and used != room and not {used, target} & set(rooms[room].split()):
                line = text.count("\n", 0, match.start()) + 1 + match.group(0).count("\n")
                self.problem(name, line, f"{room} of {parts[1]} does not use {used}, so it may not include {target}")

    def check_edge(self, name, line, room, used, uses):
        if ORDER.index(used) > ORDER.index(room):
            self.problem(name, line, f"{room} includes {used}, which is below it in the room table")
        elif room in uses and used not in uses[room]:
            self.problem(name, line, f"{room} includes {used}: name it after USES in src/{room}/CMakeLists.txt")

    def check_stops(self, name, text):
        if not name.startswith("src/") or name.startswith("src/tool/"):
            return
        if re.search(r"_(test|fuzz|bench)\.cpp$", name) or any(name.startswith(p + ".") for p in MAY_STOP):
            return
        # Blank out what is quiet, keeping the line numbers.
        loud = QUIET.sub(lambda m: "\n" * m.group(0).count("\n"), text)
        for match in STOPS.finditer(loud):
            line = loud.count("\n", 0, match.start()) + 1
            self.problem(name, line, f"only src/tool prints or ends the process, not `{match.group(0).strip('( ')}`")

    def check_links(self, path):
        # Blank out code, keeping the line numbers.
        text = CODE.sub(lambda m: "\n" * m.group(0).count("\n"), path.read_text(encoding="utf-8"))
        for match in LINK.finditer(text):
            if not (path.parent / match.group(1)).exists():
                line = text.count("\n", 0, match.start()) + 1
                self.problem(path.relative_to(self.root).as_posix(), line, f"there is no {match.group(1)}")


SELF_TEST_TABLE = """
| room | purpose | public headers | uses | LLVM |
| `base` | errors | `error.h` | | no |
| `ir` | programs | `program.h` | base | no |
| `runtime` | bodies | `llvm.h` | base | yes |
| `frozen` | constant memory | `memory.h` | base | no |
| `jit` | code in this process | `engine.h` | base frozen | yes |
"""


def self_test():
    """Each rule, broken once in a small tree, with a word of the complaint that must come; None: no complaint."""
    cmake = f"# {SPDX}\n"
    cases = [
        ("src/frozen/a.h", '#include "base/id.h"', None),
        ("src/frozen/a.h", '#include "jit/jit.h"', "below it"),
        ("src/frozen/a.h", '#include "inlay/engine.h"', "below it"),
        ("include/inlay/memory.h", '#include "inlay/error.h"', None),
        ("include/inlay/memory.h", '#include "inlay/engine.h"', "below it"),
        ("include/inlay/memory.h", '#include "inlay/program.h"', "after USES"),
        ("include/inlay/inlay.h", '#include "inlay/engine.h"', None),
        ("include/inlay/kitchen.h", "int x;", "no room has this header"),
        ("docs/architecture.md", "| `base` | | `error.h` `kitchen.h` | | no |", "no public header kitchen.h"),
        ("docs/architecture.md", "| `frozen` | | | base ir | no |", "frozen uses base, says"),
        ("src/frozen/a.h", '#include "ir/ops.h"', "after USES"),
        ("src/frozen/a.h", "#include <llvm/IR/Module.h>", "without LLVM"),
        ("src/frozen/a_test.cpp", "#include <llvm/IR/Module.h>", None),
        ("src/jit/a.h", "#include <llvm/IR/Module.h>", None),
        ("src/kitchen/a.h", "int x;", "not in the table"),
        ("src/base/CMakeLists.txt", "inlay_room(base USES jit)", "not above it"),
        ("src/base/CMakeLists.txt", "inlay_room(base LLVM)", "without LLVM"),
        ("include/inlay/memory.h", "#include <llvm/IR/Module.h>", "public header includes LLVM"),
        ("include/inlay/llvm.h", "#include <llvm/IR/Module.h>", None),
        ("include/inlay/memory.h", '#include "jit/engine.h"', "private header"),
        ("src/jit/a.cpp", "void f() { std::cout << 1; }", "only src/tool"),
        ("src/jit/a.cpp", 'void f() {\n  printf("x");\n}', "a.cpp:3: only src/tool"),
        ("src/jit/a.cpp", "void f() { std::abort(); }", "only src/tool"),
        ("src/jit/a.cpp", "void f() { exit(1); }", "only src/tool"),
        ("src/jit/a.cpp", '// exit(1)\nconst char* s = "abort()"; void f(T t) { t.exit(1); snprintf(0, 0, s); }', None),
        ("src/base/check.h", "void f() { std::abort(); }", None),
        ("src/tool/main.cpp", "void f() { std::exit(1); }", None),
        ("src/jit/a.cpp", "\n" * LONGEST, "split it"),
        ("apps/a.cpp", '#include "jit/engine.h"', "public headers only"),
        ("apps/a.cpp", '#include "inlay/engine.h"', None),
        ("apps/m6502/src/machine/a.cpp", '#include "core/step.h"', None),
        ("apps/m6502/src/formats/a.cpp", '#include "system/calls.h"', "formats of m6502 does not use system"),
        ("apps/m6502/src/formats/a.cpp", '#include "inlay/m6502/machine.h"', "does not use machine"),
        ("apps/m6502/src/jit/a.h", '#include "inlay/m6502/machine.h"', None),
        ("apps/m6502/src/core/a_test.cpp", '#include "machine/state.h"', None),
        ("apps/m6502/include/inlay/m6502/image.h", '#include "inlay/m6502/machine.h"', "formats of m6502 does not"),
        ("apps/m6502/src/kitchen/a.cpp", "int x;", "room kitchen of m6502 is not"),
        ("docs/a.md", "[map](architecture.md#rooms), [code](../src/base/CMakeLists.txt)", None),
        ("docs/a.md", "[far](https://example.org/a), `f[i](x)`\n```cpp\n[](int i) {}\n```", None),
        ("docs/a.md", "text\n[old](../src/base/gone.h)", "a.md:2: there is no ../src/base/gone.h"),
        ("tests/a.py", None, "SPDX-License"),
        ("src/jit/a.cpp", None, "SPDX-License"),
    ]
    failures = 0
    for path, body, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for room in ("base", "frozen"):
                (root / "src" / room).mkdir(parents=True)
                (root / "src" / room / "CMakeLists.txt").write_text(
                    cmake + (f"inlay_room({room}" + (" USES base LIBRARIES x)\n" if room == "frozen" else ")\n"))
                )
            (root / "docs").mkdir()
            (root / "docs/architecture.md").write_text(SELF_TEST_TABLE)
            (root / "include/inlay").mkdir(parents=True)
            for header in re.findall(r"`(\w+\.h)`", SELF_TEST_TABLE):
                (root / "include/inlay" / header).write_text(f"// {SPDX}\n")
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            mark = "#" if path.endswith((".py", ".txt")) else "//"
            head = "" if body is None or path.endswith(".md") else f"{mark} {SPDX}\n"
            (root / path).write_text(head + (body or "int x;") + "\n")
            problems = Checker(root).run()
        if (expected is None and problems) or (expected is not None and not any(expected in p for p in problems)):
            failures += 1
            print(f"self-test: {path} with {body!r}: expected {expected!r}, got {problems}")
    print(f"self-test: {len(cases) - failures} of {len(cases)} cases as expected")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    problems = Checker(arguments.root).run()
    for problem in problems:
        print(problem)
    print(f"layers: {len(problems)} problems" if problems else "layers: ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
