#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What inlay-lox answers to odd scripts, odd files and odd command lines.

    odd_input.py "inlay-lox --jit=always" [--build] [CLAIM ...]

The claims are the functions below that do not start with an underscore; --build adds those of the command `build`. The
last line is `N passed, N failed`; the exit code is 0 only if nothing failed and something passed.
"""
import argparse
import contextlib
import itertools
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import traceback

from candidates import outcomes

TIMEOUT = 300
COMPILE_ERROR, RUNTIME_ERROR, NO_INPUT, USAGE = 65, 70, 66, 64


class _Skipped(Exception):
    """What cannot be tried here."""


class _Inlay:
    """The command, and a folder to try it in."""

    def __init__(self, command, folder):
        self.command = command
        self.folder = folder

    def run(self, *arguments, stdin=b""):
        return outcomes.run([*self.command, *map(str, arguments)], TIMEOUT, stdin, self.folder)

    def build(self, *arguments):
        """The command `build`, without the options of the others."""
        return outcomes.run([self.command[0], "build", *map(str, arguments)], TIMEOUT, folder=self.folder)

    def run_text(self, text):
        path = self.folder / "script.lox"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.run(path)


def _expect(condition, what):
    if not condition:
        raise AssertionError(what)


def _shown(outcome):
    return f"{outcome.status}, stdout {outcome.stdout[:300]!r}, stderr {outcome.stderr[:300]!r}"


def _gives(outcome, stdout, code=0, stderr=b""):
    """Exactly that; of standard error, only how it starts, and with what if anything."""
    right = outcome.status == f"exit {code}" and outcome.stdout == stdout and outcome.stderr.startswith(stderr)
    _expect(right and bool(stderr) == bool(outcome.stderr), f"{_shown(outcome)}; not exit {code}, {stdout!r}, {stderr!r}")


def _refuses(outcome, code, *words):
    """No output, an exit code, and a message with these words."""
    said = outcome.stderr.decode(errors="replace")
    _expect(outcome.status == f"exit {code}" and not outcome.stdout and said.endswith("\n"), f"{_shown(outcome)}; not exit {code}")
    for word in words:
        _expect(word in said, f"{_shown(outcome)}; {word!r} is not in the message")


# Scripts --------------------------------------------------------------------------------------------------------------

def nests_deeply_or_says_so(inlay):
    depth = 100000
    scripts = {
        "parentheses": ("print " + "(" * depth + "1" + ")" * depth + ";", b"1\n"),
        "blocks": ("{" * depth + "print 1;" + "}" * depth, b"1\n"),
        "not": ("print " + "!" * depth + "true;", b"true\n"),
        "minus": ("print " + "-" * depth + "1;", b"1\n"),
        "sum": ("print 1" + " + 1" * (depth - 1) + ";", b"100000\n"),
        "and": ("print true" + " and true" * depth + ";", b"true\n"),
        "right": ("var a; print " + "a = " * depth + "1;", b"1\n"),
        "else": ("if (false) print 0; else " * depth + "print 1;", b"1\n"),
        "if": ("if (true) " * depth + "print 1;", b"1\n"),
        "while": ("while (false) " * depth + "print 1; print 2;", b"2\n"),
        "properties": ("class A {} var a = A(); a.a = a; print a" + ".a" * depth + ";", b"A instance\n"),
        "calls": ("fun f() { return f; } print f" + "()" * depth + ";", b"<fn f>\n"),
        "arguments": ("fun f(a) { return a; } print " + "f(" * 10000 + "1" + ")" * 10000 + ";", b"1\n"),
        "functions": ("fun f() {" * 10000 + "}" * 10000 + "print 1;", b"1\n"),
        "classes": ("class A { m() {" * 10000 + "}}" * 10000 + "print 1;", b"1\n"),
        "unfinished": ("(" * depth, None),
        "unfinished blocks": ("{" * depth, None),
    }
    for name, (text, expected) in scripts.items():
        outcome = inlay.run_text(text)
        says_so = outcome.status == f"exit {COMPILE_ERROR}" and outcome.stderr.startswith(b"[line 1] Error")
        right = expected is not None and outcome.status == "exit 0" and outcome.stdout == expected
        _expect(right or says_so and not outcome.stdout, f"{name}: {_shown(outcome)}")


def nests_as_people_write(inlay):
    # No limit may be so low that it is met in earnest.
    depth = 200
    _gives(inlay.run_text("print " + "(" * depth + "1" + ")" * depth + ";"), b"1\n")
    _gives(inlay.run_text("{" * depth + "print 1;" + "}" * depth), b"1\n")
    _gives(inlay.run_text("if (false) print 0; else " * depth + "print 1;"), b"1\n")
    _gives(inlay.run_text("print 1" + " + 1" * 2000 + ";"), b"2001\n")
    _gives(inlay.run_text("fun f() {" * 50 + "print 1;" + "} f();" * 50), b"1\n")


def has_room_for_variables_or_says_so(inlay):
    def script(count):
        return "fun f() {\n" + "".join(f"var a{i} = {i}; " for i in range(count)) + f"\nreturn a{count - 1}; }}\nprint f();"

    _gives(inlay.run_text(script(4096)), b"4095\n")
    _refuses(inlay.run_text(script(4097)), COMPILE_ERROR, "[line 2] Error at 'a4096': Too many local variables in function.")
    _refuses(inlay.run_text("{" + script(100000) + "}"), COMPILE_ERROR, "Too many local variables in function.")


def has_room_for_arguments_or_says_so(inlay):
    # Each level of a call has 254 texts under way while the next one is computed.
    parameters = ", ".join(f"p{i}" for i in range(255))
    texts = '"text", ' * 254
    nested = "f(n)"
    for _ in range(80):
        nested = f"last({texts}{nested})"
    outcome = inlay.run_text(f"fun last({parameters}) {{ return p254; }}\n"
                             f"fun f(n) {{ if (n > 0) {{ n = n - 1; return {nested}; }} return \"a\" + \"b\"; }}\n"
                             "print f(3);\nf(1000000);")
    _gives(outcome, b"ab\n", RUNTIME_ERROR, b"Stack overflow.\n")


def reads_long_numbers(inlay):
    _gives(inlay.run_text("print " + "9" * 5000 + ";"), b"inf\n")
    _gives(inlay.run_text("print 0." + "0" * 5000 + "1;"), b"0\n")
    _gives(inlay.run_text("print 0." + "1" * 5000 + ";"), b"0.1111111111111111\n")
    _gives(inlay.run_text("print " + "0" * 5000 + "7;"), b"7\n")
    _gives(inlay.run_text("print 1" + "0" * 5000 + " - 1" + "0" * 5000 + " == 0;"), b"false\n")
    # Between two numbers of 53 bits: only a digit far out says which one is nearer.
    _gives(inlay.run_text("print 9007199254740993." + "0" * 3000 + "1;"), b"9007199254740994\n")
    _gives(inlay.run_text("print 9007199254740993." + "0" * 3000 + ";"), b"9007199254740992\n")


def reads_long_names_and_strings(inlay):
    name = "n" * 100000
    _gives(inlay.run_text(f"var {name} = 1; {name} = {name} + 1; print {name};"), b"2\n")
    text = "s" * 5000000
    _gives(inlay.run_text(f'print "{text}" == "{text}"; print "{text}";'), b"true\n" + text.encode() + b"\n")
    outcome = inlay.run_text(f"print 1;\n{name};")
    _gives(outcome, b"1\n", RUNTIME_ERROR, f"Undefined variable '{name}'.\n".encode())


def keeps_the_bytes_of_strings(inlay):
    _gives(inlay.run_text(b'print "a\0b";'), b"a\0b\n")
    _gives(inlay.run_text(b'print "a\0b" == "a\0c";'), b"false\n")
    _gives(inlay.run_text(b'print "a\xff\xc3(b" + "\xe4";'), b"a\xff\xc3(b\xe4\n")
    _gives(inlay.run_text(b"// \0 \xff\xfe\nprint 1;"), b"1\n")


def refuses_odd_bytes_elsewhere(inlay):
    for byte in (b"\0", b"\xff", b"\xc3\xa9", b"\x01", b"\x7f", b"\x1b[31m"):
        outcome = inlay.run_text(b"print 1;\nprint " + byte + b"2;\n")
        _refuses(outcome, COMPILE_ERROR, "[line 2] Error: Unexpected character.")
        said = outcome.stderr.decode()  # fails if it is not UTF-8
        _expect("\0" not in said and "\x1b[31m" not in said, f"the message has the bytes as they are: {_shown(outcome)}")
    outcome = inlay.run_text(b'var a = "\xff\x1b[31m";\nprint "\xff\x1b[31m" b;\n')
    _refuses(outcome, COMPILE_ERROR, "[line 2] Error at 'b': Expect ';' after value.")
    _expect("\x1b[31m" not in outcome.stderr.decode(), _shown(outcome))


def runs_empty_and_unfinished_files(inlay):
    for text in ("", "\n", "   ", "// only a comment", "\n\n// a comment\n", "\r\n"):
        _gives(inlay.run_text(text), b"")
    _gives(inlay.run_text("print 1;"), b"1\n")
    _gives(inlay.run_text("print 1; // end"), b"1\n")
    _refuses(inlay.run_text("print 1"), COMPILE_ERROR, "[line 1] Error at end: Expect ';' after value.")
    _refuses(inlay.run_text('print "1'), COMPILE_ERROR, "[line 1] Error: Unterminated string.")


def reads_crlf(inlay):
    text = 'print 1;\r\nvar a = "b\r\nc";\r\nprint a;\r\n// comment\r\nfun f() {\r\n  return 1 + nil;\r\n}\r\nf();\r\n'
    _gives(inlay.run_text(text), b"1\nb\r\nc\n", RUNTIME_ERROR,
           b"Operands must be two numbers or two strings.\n[line 7] in f()\n[line 9] in script\n")
    _refuses(inlay.run_text("print 1;\r\nprint ;\r\n"), COMPILE_ERROR, "[line 2] Error at ';': Expect expression.")


def runs_large_scripts(inlay):
    # Where everything is compiled before it runs, less of it.
    share = 100 if "--jit=always" in inlay.command else 1
    parts, length, count = [], 0, 0
    while length < 5000000 // share:
        count += 1
        parts.append(f"fun function_{count}(a, b) {{\n  var sum = a * {count} + b;\n  if (sum > 10) return sum - 10;\n"
                     f"  return \"text {count}\";\n}}\ntotal = total + function_{count}({count}, 10);\n")
        length += len(parts[-1])
    expected = sum(n * n for n in range(1, count + 1))
    _gives(inlay.run_text("var total = 0;\n" + "".join(parts) + "print total;\n"), f"{expected}\n".encode())
    _gives(inlay.run_text("var a = 0;" + " a = a + 1;" * (100000 // share) + " print a;"), f"{100000 // share}\n".encode())
    _gives(inlay.run_text("fun f() { var a = 0;" + " a = a + 1;" * (30000 // share) + " return a; } print f() + f();"),
           f"{60000 // share}\n".encode())
    _gives(inlay.run_text("\n" * 5000000 + "print 1;"), b"1\n")
    _gives(inlay.run_text("// " + "c" * 5000000 + "\nprint 1;"), b"1\n")
    outcome = inlay.run_text("\n" * 4999999 + "nil();")
    _gives(outcome, b"", RUNTIME_ERROR, b"Can only call functions and classes.\n[line 5000000] in script\n")
    long_line = "print 1; " * 10000 + "print ;"
    outcome = inlay.run_text(long_line)
    _refuses(outcome, COMPILE_ERROR, "[line 1] Error at ';': Expect expression.")
    _expect(len(outcome.stderr) < 10000, f"a message of {len(outcome.stderr)} bytes")


# Files ----------------------------------------------------------------------------------------------------------------

def says_what_cannot_be_read(inlay):
    _refuses(inlay.run("not_there.lox"), NO_INPUT, "not_there.lox", "No such file or directory")
    _refuses(inlay.run(inlay.folder), NO_INPUT, str(inlay.folder), "directory")
    _refuses(inlay.run("script.lox/"), NO_INPUT, "script.lox/")
    _refuses(inlay.run(""), NO_INPUT)
    _refuses(inlay.run("n" * 5000), NO_INPUT)


def says_what_may_not_be_read(inlay):
    if os.geteuid() == 0:
        raise _Skipped("root may read everything")
    path = inlay.folder / "secret.lox"
    path.write_text("print 1;")
    path.chmod(0)
    _refuses(inlay.run(path), NO_INPUT, "secret.lox", "Permission denied")


def reads_odd_file_names(inlay):
    for name in ("with space.lox", "no_extension", "ü.lox", "two.dots.lox", "new\nline.lox"):
        (inlay.folder / name).write_text("print 1;")
        _gives(inlay.run(name), b"1\n")
    (inlay.folder / "-odd.lox").write_text("print 1;")
    _gives(inlay.run("./-odd.lox"), b"1\n")


def reads_what_is_no_plain_file(inlay):
    fifo = inlay.folder / "fifo"
    os.mkfifo(fifo)
    process = subprocess.Popen([*inlay.command, str(fifo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with open(fifo, "wb") as file:
        file.write(b"print 1;\n" * 20000)
    stdout, stderr = process.communicate(timeout=TIMEOUT)
    _expect((process.returncode, stdout, stderr) == (0, b"1\n" * 20000, b""), f"{process.returncode}, {stderr!r}")
    _gives(inlay.run("/dev/null"), b"")


# Output ---------------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def _running(inlay, text, stdout, ends_by_signal=True):
    path = inlay.folder / "script.lox"
    path.write_text(text)
    # Python itself ignores SIGPIPE, and its children do if they are not restored.
    process = subprocess.Popen([*inlay.command, str(path)], stdin=subprocess.DEVNULL, stdout=stdout,
                               stderr=subprocess.PIPE, restore_signals=ends_by_signal)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ends_quietly_when_nobody_reads(inlay):
    # Whoever reads has gone before, or goes after the first lines; the script would go on for ever.
    for lines, ends_by_signal in itertools.product((0, 3), (True, False)):
        read, write = os.pipe()
        with _running(inlay, "while (true) print 1;", write, ends_by_signal) as process:
            os.close(write)
            with os.fdopen(read, "rb") as reader:
                for _ in range(lines):
                    reader.readline()
            _, stderr = process.communicate(timeout=TIMEOUT)
            sensible = process.returncode in (-13, 141) or 0 < process.returncode < 128
            _expect(sensible and stderr == b"", f"exit {process.returncode}, stderr {stderr[:300]!r}")


def says_that_output_was_not_written(inlay):
    if not os.path.exists("/dev/full"):
        raise _Skipped("there is no /dev/full")
    for text in ("print 1;", "for (var i = 0; i < 100000; i = i + 1) print i;", "print 1; nil();", "while (true) print 1;"):
        with open("/dev/full", "wb") as full, _running(inlay, text, full) as process:
            _, stderr = process.communicate(timeout=TIMEOUT)
            _expect(0 < process.returncode < 128 and b"No space left on device" in stderr,
                    f"{text}: exit {process.returncode}, stderr {stderr[:300]!r}")


def writes_output_before_errors(inlay):
    # Into one pipe, the output stands before the message.
    path = inlay.folder / "script.lox"
    path.write_text("print 1; print 2; nil();")
    process = subprocess.run([*inlay.command, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT)
    _expect(process.stdout.startswith(b"1\n2\nCan only call functions and classes.\n[line 1] in script\n"), f"{process.stdout!r}")


# Command lines --------------------------------------------------------------------------------------------------------

def runs_text_of_the_command_line(inlay):
    _gives(inlay.run("-e", "print 1;"), b"1\n")
    _gives(inlay.run("-e", "var a = 1; print a + 1; // end"), b"2\n")
    _gives(inlay.run("-e", ""), b"")
    _refuses(inlay.run("-e", "print 1"), COMPILE_ERROR, "[line 1] Error at end: Expect ';' after value.")
    _gives(inlay.run("-e", "nil();"), b"", RUNTIME_ERROR, b"Can only call functions and classes.\n[line 1] in script\n")
    _refuses(inlay.run("-e"), USAGE, "-e")


def knows_long_names_in_later_lines(inlay):
    name = "n" * 100
    lines = f"class A {{ {name}() {{ return 1; }} }}\nvar a = A();\na.f{name} = 2;\nprint a.{name}() + a.f{name};\n"
    _gives(inlay.run("-i", stdin=lines.encode()), b"3\n")


def runs_standard_input(inlay):
    _gives(inlay.run("-", stdin=b"print 1;\nprint 2;"), b"1\n2\n")
    _gives(inlay.run("-", stdin=b""), b"")
    _refuses(inlay.run("-", stdin=b"\nprint"), COMPILE_ERROR, "[line 2] Error at end: Expect expression.")
    _gives(inlay.run("-", stdin=b"print 1;\n" * 100000), b"1\n" * 100000)


def refuses_what_it_does_not_know(inlay):
    (inlay.folder / "script.lox").write_text("print 1;")
    _refuses(inlay.run("--frobnicate", "script.lox"), USAGE, "--frobnicate")
    _refuses(inlay.run("-q", "script.lox"), USAGE, "-q")
    _refuses(inlay.run("--jit=sometimes", "script.lox"), USAGE, "sometimes")
    _refuses(inlay.run("--jit=", "script.lox"), USAGE, "--jit")
    _refuses(inlay.run("script.lox", "script.lox"), USAGE)


def helps(inlay):
    outcome = inlay.run("--help")
    _expect(outcome.status == "exit 0" and not outcome.stderr, _shown(outcome))
    for word in (b"usage", b"--jit", b"-e", b"--version", b"build"):
        _expect(word in outcome.stdout.lower(), f"{word!r} is not in {outcome.stdout!r}")
    outcome = inlay.run("--version")
    _expect(outcome.status == "exit 0" and not outcome.stderr and outcome.stdout.count(b"\n") == 1, _shown(outcome))
    _expect(b"inlay-lox" in outcome.stdout and any(48 <= byte < 58 for byte in outcome.stdout), _shown(outcome))


def needs_no_environment(inlay):
    (inlay.folder / "script.lox").write_text('print "ü"; print 0.5;')
    command = [shutil.which(inlay.command[0]), *inlay.command[1:], str(inlay.folder / "script.lox")]
    for environment in ({}, {"LC_ALL": "de_DE.UTF-8"}, {"HOME": "/nowhere", "TMPDIR": "/nowhere"}):
        _gives(outcomes.run(command, TIMEOUT, environment=environment), "ü\n0.5\n".encode())


# Building -------------------------------------------------------------------------------------------------------------

def build_says_what_is_wrong(inlay):
    (inlay.folder / "right.lox").write_text("print 1;")
    (inlay.folder / "wrong.lox").write_text("print ;")
    _refuses(inlay.build("not_there.lox", "-o", "program"), NO_INPUT, "not_there.lox")
    _refuses(inlay.build("wrong.lox", "-o", "program"), COMPILE_ERROR, "[line 1] Error at ';': Expect expression.")
    _refuses(inlay.build(), USAGE)
    _refuses(inlay.build("right.lox", "-o"), USAGE, "-o")
    _expect(not (inlay.folder / "program").exists(), "a program was written")
    for target in ("no_folder/program", "."):
        outcome = inlay.build("right.lox", "-o", target)
        _expect(outcome.status.startswith("exit") and outcome.status != "exit 0" and outcome.stderr, _shown(outcome))


def build_writes_a_program_that_stands_alone(inlay):
    (inlay.folder / "right.lox").write_text('print "built"; fun f() { return nil.x; } f();')
    outcome = inlay.build("right.lox", "-o", "program")
    _expect(outcome.status == "exit 0", _shown(outcome))
    (inlay.folder / "right.lox").unlink()
    with tempfile.TemporaryDirectory() as elsewhere:
        program = shutil.move(inlay.folder / "program", elsewhere)
        outcome = outcomes.run([program], TIMEOUT, folder=elsewhere, environment={})
    _gives(outcome, b"built\n", RUNTIME_ERROR,
           b"Only instances have properties.\n[line 1] in f()\n[line 1] in script\n")


def _claims():
    return {name: claim for name, claim in globals().items()
            if callable(claim) and not name.startswith("_") and claim.__module__ == __name__ and name != "main"}


def main():
    claims = _claims()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", help="how inlay-lox is called, with options")
    parser.add_argument("claims", nargs="*", help=" ".join(claims))
    parser.add_argument("--build", action="store_true", help="what the command `build` does, too")
    options = parser.parse_args()
    unknown = set(options.claims) - set(claims)
    if unknown:
        parser.error(f"no such claim: {', '.join(sorted(unknown))}")
    command = shlex.split(options.command)
    if not shutil.which(command[0]):
        parser.error(f"{command[0]}: no such program")
    if "/" in command[0]:
        command[0] = os.path.abspath(command[0])
    passed = failed = 0
    for name, claim in claims.items():
        if name not in options.claims if options.claims else name.startswith("build_") and not options.build:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                claim(_Inlay(command, pathlib.Path(folder)))
                passed += 1
            except _Skipped as reason:
                print(f"skipped {name}: {reason}")
            except (AssertionError, subprocess.TimeoutExpired, OSError, UnicodeError) as error:
                line = traceback.extract_tb(error.__traceback__)[1].lineno
                print(f"FAILED {name}, line {line}: {error}", flush=True)
                failed += 1
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
