// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What goes wrong in a calc program, and where: the one exception of the example.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace calc {

/// A place in a program's text. Lines and columns count from 1; columns count bytes.
struct Position {
  int line = 1;
  int column = 1;
};

/// A fault of the program that was read or run, never of the interpreter.
class CalcError : public std::runtime_error {
 public:
  CalcError(Position position, const std::string& message) : std::runtime_error(message), position_(position) {}

  Position position() const { return position_; }
  int line() const { return position_.line; }

 private:
  Position position_;
};

/// `file:line:column: error: message`, the line of the source, and a caret below the place. Ends with a newline.
std::string describe(const CalcError& error, std::string_view file, std::string_view source);

}  // namespace calc
