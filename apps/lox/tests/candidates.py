# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Commands that run Lox scripts, or build programs of them, and the scripts to try on them: what the judges share."""
import dataclasses
import os
import pathlib
import shlex
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "common"))
import outcomes  # noqa: E402


class SubjectError(Exception):
    """A script or a command that is not there."""


@dataclasses.dataclass
class Candidate:
    """A command to judge, or one that builds the programs to judge."""

    command: list
    builds: bool = False

    def outcome(self, script, timeout):
        if not self.builds:
            return outcomes.run(self.command + [str(script)], timeout)
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "program")
            built = outcomes.run(self.command + ["build", str(script), "-o", program], timeout)
            # What cannot be built has failed as it would fail to run.
            return outcomes.run([program], timeout) if built.status == "exit 0" else built

    def shown(self, script):
        return shlex.join(self.command + ["build"] * self.builds + [str(script)])


def add_arguments(parser):
    parser.add_argument("subjects", nargs="*", type=pathlib.Path, help="a script, or a folder of scripts")
    parser.add_argument("--candidate", action="append", default=[], help="a command to judge; may be given many times")
    parser.add_argument("--build", action="append", default=[], help="a command whose built programs are judged")
    parser.add_argument("--filter", default="", help="only the scripts whose name matches this expression")
    parser.add_argument("--timeout", type=float, default=60, help="seconds that one run may take (60)")
    parser.add_argument("--jobs", "-j", type=int, default=1, help="scripts at a time (1)")


def candidates_of(options):
    candidates = [Candidate(shlex.split(text)) for text in options.candidate]
    candidates += [Candidate(shlex.split(text), builds=True) for text in options.build]
    for candidate in candidates:
        if not shutil.which(candidate.command[0]):
            raise SubjectError(f"{candidate.command[0]}: no such program")
    return candidates


def scripts_of(subjects):
    """Of each script its name, which is a path in its subject, and its path."""
    scripts = []
    for subject in subjects:
        if subject.is_dir():
            scripts += [(path.relative_to(subject).as_posix(), path) for path in sorted(subject.rglob("*.lox"))]
        elif subject.exists():
            scripts.append((subject.name, subject))
        else:
            raise SubjectError(f"{subject}: no such file")
    return scripts
