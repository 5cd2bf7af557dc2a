// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text form of programs, as docs/guide/program-ir.md describes it. What was printed reads back as the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir {

struct ParseOptions {
  std::string_view file = "program.inlay";  // for messages; and for locations, where the text names no files
  /// The text stays as long as the module: names and strings are not copied.
  bool in_place = false;
  /// Where the text names no files, what it says is located in the text itself.
  bool locate = true;
  /// The module's files by the numbers that the text gives them: written by parse(), read by parse_function().
  std::vector<FileId>* files = nullptr;
};

/// Adds what the text declares to the module. The error names line and column, with an excerpt; the module then holds a
/// part of the text and is good for nothing but reset().
Result<void> parse(Module& module, std::string_view text, const ParseOptions& options = {});
Result<Module> parse(std::string_view text, const ParseOptions& options = {});

/// A part of a text: from the word that begins it up to its last character.
struct Declaration {
  std::size_t begin = 0, end = 0;
  std::uint32_t line = 1;
  /// `func`, `data`, `var`, `table`, `type`, `interface`, `file`; `extern` for all that lies elsewhere; empty for what
  /// is no declaration.
  std::string_view kind;
  std::string_view name;  // as it is written, without sigil and quotes
};

/// Cuts a text into its top-level declarations, at the speed of memory. Never fails; whether they make sense, parse()
/// tells.
std::vector<Declaration> split(std::string_view text);

/// Gives a function of the module that has a body a new one, from one `func` declaration that says the same as before
/// of all but the body. `first_line`: where the declaration stands in its file; without `options.files`, numbers of
/// files are those of the module; what it says is located in `options.file` if `options.locate`, as parse() does where
/// a text names no files. After an error the function is as it was, and the module has nothing but some unused entries
/// more.
Result<FunctionId> parse_function(Module& module, std::string_view declaration, std::uint32_t first_line,
                                  const ParseOptions& options = {});

struct PrintOptions {
  bool locations = true;
};

std::string print(const Module& module, const PrintOptions& options = {});
std::string print(const Module& module, FunctionId function, const PrintOptions& options = {});
/// One instruction as in messages: called as the text of its function calls it, with long lists cut short, and however
/// damaged it is. Types, constants and symbols must be sound.
std::string print(const Module& module, InstId inst);

}  // namespace inlay::ir
