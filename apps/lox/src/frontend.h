// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From source text to a resolved tree.
#pragma once

#include "syntax.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lox {

/// How deep functions, statements, and expressions in parentheses or behind operators may stand in one another.
constexpr int max_nesting = 2'000;

/// The names of the global variables of a session, numbered from 0 as they are met.
class GlobalNames {
 public:
  int index_of(std::string_view name);
  const std::string& name(int index) const { return names_[static_cast<std::size_t>(index)]; }
  int count() const { return static_cast<int>(names_.size()); }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, int> indices_;
};

/// Something wrong with a program, found before it runs.
struct Diagnostic {
  syntax::Position position;                    // on the last line of what is wrong, which is the line of the message
  std::size_t offset = std::string_view::npos;  // of the same place in the source; npos: look for the line
  std::uint32_t length = 1;                     // of what the caret underlines, in bytes, on that line
  std::string message;                          // "[line 3] Error at 'x': Expect expression."
};

struct Parsed {
  syntax::FunctionPtr script;  // null if there are diagnostics
  std::vector<Diagnostic> diagnostics;
  bool at_end = false;  // the first thing missing is more text: an unfinished block, parenthesis or string. For a REPL.
};

/// Parses and resolves a program. `globals` learns its names. Complains of what clox complains of, in the same words
/// and order, but has no limits on captures, constants and jumps, and a higher one on locals, `syntax::max_locals`;
/// instead it has one on depth, `syntax::max_depth`, and on how far the parser itself has to recurse, `max_nesting`.
Parsed parse(std::string_view source, GlobalNames& globals);

/// The message, the line of the source, and carets beneath: as people read it. Ends in a newline. Of a very long line
/// only the part around the carets is shown. Control characters and invalid UTF-8 of the source, and of the message
/// that quotes it, are shown as a replacement; tabs are kept, so that the carets stand where they should.
std::string to_text(const Diagnostic& diagnostic, std::string_view source, bool colours);

}  // namespace lox
