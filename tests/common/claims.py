# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a command promises, claim by claim. All are tried; those that do not hold are printed with what was seen.

An answer is (exit status, standard output, standard error), the latter two as text.
"""
import inspect
import pathlib
import subprocess
import sys
import tempfile

passed = failed = 0


def answer_of(words, stdin=b"", timeout=120, **options):
    """The answer of a command; `options` are subprocess.run's."""
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run([str(word) for word in words], input=stdin, timeout=timeout,
                          **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options))
    return done.returncode, (done.stdout or b"").decode(errors="replace"), (done.stderr or b"").decode(errors="replace")


def claim(what, holds, *seen):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {what}", *seen, sep="\n  ", flush=True)


def gives(what, answer, status, out, *errors):
    """Exactly this output; these texts on standard error, and nothing there if there are none."""
    code, output, said = answer
    silent = bool(errors) or said == ""
    claim(what, code == status and output == out and silent and all(e in said for e in errors), f"status {code}", output[-600:], said[-600:])


def fails(what, answer, *errors):
    """With status 2, and these texts on standard error."""
    code, output, said = answer
    claim(what, code == 2 and all(e in said for e in errors), f"status {code}", output[-600:], said[-600:])


def contains(what, answer, status, *texts):
    """These texts, on standard output or standard error."""
    code, output, said = answer
    claim(what, code == status and all(text in output + said for text in texts), f"status {code}", output[-600:], said[-600:])


def try_parts(*parts):
    """Calls each with a folder that all share, and ends the program: with 0 if every claim held and there was one."""
    with tempfile.TemporaryDirectory() as name:
        for part in parts:
            part(pathlib.Path(name))
    print(f"{passed} passed, {failed} failed")
    sys.exit(0 if passed and not failed else 1)


def expect(condition, what):
    """For claims that are functions, which end where something does not hold."""
    if not condition:
        raise AssertionError(what)


def try_functions(module, names=()):
    """Of a module whose public functions are its claims: these, or all, each with a folder of its own."""
    claims = {name: function for name, function in vars(module).items()
              if inspect.isfunction(function) and not name.startswith("_") and function.__module__ == module.__name__}
    for name in names or claims:
        with tempfile.TemporaryDirectory() as folder:
            claims[name](pathlib.Path(folder))
        print("ok", name, flush=True)
