// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the monitor's commands come from.
#pragma once

#include <memory>
#include <string>

namespace inlay::m6502::command {

class LineReader {
 public:
  enum class Event { Line, Interrupted, End };

  virtual ~LineReader() = default;
  /// The next line, without its newline. Interrupted: the user wants none of what was typed so far.
  virtual Event read(const char* prompt, std::string& line) = 0;
  /// Somebody types.
  virtual bool is_terminal() const = 0;
};

/// A terminal gets editing, and a history that is kept on disk; anything else is just read.
std::unique_ptr<LineReader> new_line_reader();

}  // namespace inlay::m6502::command
