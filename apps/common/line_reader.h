// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the lines come from that somebody types: for the conversations of the apps' commands.
#pragma once

#include <memory>
#include <string>

namespace inlay::apps {

class LineReader {
 public:
  enum class Event { Line, Interrupted, End };

  virtual ~LineReader() = default;
  /// The next line, without its newline. Interrupted: the user wants none of what was typed so far.
  virtual Event read(const char* prompt, std::string& line) = 0;
  /// Somebody types, with editing.
  virtual bool is_terminal() const = 0;
};

/// A terminal gets editing, and a history that is kept on disk under the command's name (which ~/.editrc, too, knows it
/// by); anything else is just read, and no byte further than the line goes.
std::unique_ptr<LineReader> new_line_reader(const char* command);

}  // namespace inlay::apps
