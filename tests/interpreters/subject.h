// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of one of the example machines, to be run by the interpreter and by its specialized form.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "inlay/jit.h"

namespace inlay::interpreters {

/// What became of a program.
struct Compiled {
  bool compiled = false;
  Report report;
  std::function<std::string()> difference;  // runs both; what differs, empty if nothing
};

/// What became of a program that was compiled while the interpreter ran it.
struct Warmed {
  std::vector<HotEntry> entries;
  std::string difference;  // from a run without compiled code; empty if there is none
};

/// Cheap to copy. Any thread may compile.
struct Subject {
  std::string name;  // of the machine and the program
  std::string text;  // of the program
  std::function<Result<Compiled>(const Jit&, const CompileOptions&)> compile;
  /// Runs the program by the interpreter so many times; empty for a machine that cannot be entered while it runs.
  std::function<Result<Warmed>(const Jit&, const HotOptions&, unsigned runs)> warm = nullptr;
};

struct Machine {
  const char* name;
  Subject (*random)(std::uint64_t seed);
  std::vector<Subject> (*shipped)();    // with arguments that keep them short
  std::vector<Subject> (*malformed)();  // code of any content
};

/// How GoogleTest shows one.
inline void PrintTo(const Machine* machine, std::ostream* stream) { *stream << machine->name; }

/// What differs between two outcomes, by a name for each.
inline std::string differ(const std::string& what, const std::string& left, const std::string& right) {
  return left == right ? "" : what + ": " + left + " and " + right + "; ";
}

const Machine& register_machine();
const Machine& stack_machine();
const Machine& byte_machine();      // handlers that tail-call
const Machine& threaded_machine();  // the same, as threaded code
const Machine& tree_machine();
const std::vector<const Machine*>& machines();

/// `run` gives the outcome of a run by the interpreter, `differ` what differs between two.
template <class Interpreter, class Run, class Difference>
Result<Warmed> warm_up(const Jit& jit, Interpreter* interpreter, const HotOptions& options, unsigned runs,
                       const Run& run, const Difference& difference) {
  const auto expected = run();
  Result<HotCode> hot = jit.compile_hot(interpreter, options);
  if (!hot) return std::move(hot).error();
  Warmed warmed;
  for (unsigned i = 0; i < runs && warmed.difference.empty(); ++i) warmed.difference = difference(expected, run());
  warmed.entries = hot->entries();
  return warmed;
}

/// One for the process.
const Jit& jit();

/// A number of the environment.
std::uint64_t setting(const char* name, std::uint64_t otherwise);

/// The text of a file.
std::string read_text(const std::string& path);

}  // namespace inlay::interpreters
