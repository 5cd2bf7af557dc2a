// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text form of programs, as docs/guide/program-ir.md describes it. What was printed reads back as the same.
#pragma once

#include <string>
#include <string_view>

#include "inlay/ir/module.h"

namespace inlay::ir {

struct ParseOptions {
  std::string_view file = "program.inlay";  // for messages; and for locations, where the text names no files
  /// The text stays as long as the module: names and strings are not copied.
  bool in_place = false;
};

/// Adds what the text declares to the module. The error names line and column, with an excerpt; the module then holds a
/// part of the text and is good for nothing but reset().
Result<void> parse(Module& module, std::string_view text, const ParseOptions& options = {});
Result<Module> parse(std::string_view text, const ParseOptions& options = {});

struct PrintOptions {
  bool locations = true;
};

std::string print(const Module& module, const PrintOptions& options = {});
std::string print(const Module& module, FunctionId function, const PrintOptions& options = {});
/// One instruction, as in messages.
std::string print(const Module& module, InstId inst);

}  // namespace inlay::ir
