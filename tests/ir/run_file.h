// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Run-tests: programs in the text form whose comments say what must come out, for whatever runs programs.
//
//   ; run: @add_i32(2147483647, 1) == -2147483648
//   ; run: @div_i8(-128, -1) traps "the result does not fit"
//   ; run: @swap(<1, 2>) == <2, 1>
//   ; run: @greet(null) returns
//
// Arguments and results are scalars and vectors: numbers, `true`, `false`, `null`, `inf`, `nan`, `<lane, …>`. A trap's
// message must begin with what stands there. The checks of a file run in order and see what others left in variables;
// those that trap may run apart.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir::test {

/// A `run:` line, as a function that the program was given: exported, without parameters, of type i64. It reads the
/// arguments from variables that are exported too, so that nobody knows them beforehand, calls, and returns the result
/// as a number: integers with their sign, floats as their bits with one NaN for all, vectors mixed into one number.
struct Check {
  std::string function;  // its name
  FunctionId id;
  std::string text;  // the line, for messages
  unsigned line = 0;
  std::int64_t expected = 0;
  std::optional<std::string> trap;
  std::optional<std::string> place;  // of the trap: `file:12`, or empty; none: any
};

struct RunFile {
  std::string name;
  Module module;  // verified and expanded
  std::vector<Check> checks;
};

/// Reads a file and gives it the functions of its checks.
Result<RunFile> read_run_file(const std::string& path);
Result<RunFile> parse_run_file(std::string_view text, const std::string& name);

/// Calls a function of type () -> i64. A trap is an error (ErrorKind::Trap) whose message begins with what it says.
using Engine = std::function<Result<std::int64_t>(const Check& check)>;

/// What went wrong, a line each: `file:12: @f(1) == 2: got 3`.
std::vector<std::string> run_checks(const RunFile& file, const Engine& engine);

/// All run-tests: those of tests/ir/run and those that tests/ir/generate_operations.py writes; sorted.
std::vector<std::string> all_run_files();

}  // namespace inlay::ir::test
