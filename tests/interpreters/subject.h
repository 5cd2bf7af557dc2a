// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of one of the example machines, to be run by the interpreter and by its specialized form.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
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

/// Cheap to copy. Any thread may compile.
struct Subject {
  std::string name;  // of the machine and the program
  std::string text;  // of the program
  std::function<Result<Compiled>(const Jit&, const CompileOptions&)> compile;
};

struct Machine {
  const char* name;
  Subject (*random)(std::uint64_t seed);
  std::vector<Subject> (*shipped)();    // with arguments that keep them short
  std::vector<Subject> (*malformed)();  // code of any content
};

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

/// The text of a file.
std::string read_text(const std::string& path);

}  // namespace inlay::interpreters
