// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Errors that point into the text of an expression.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay::filter {

/// Bytes [begin, end) of a text.
struct Range {
  std::uint32_t begin = 0, end = 0;
};

/// InvalidProgram at line and column of `at` (both from 1; columns are characters, not bytes). The first note is
/// "here:", the line (of a long one the part around it) and `^~~~` below what is meant.
Error source_error(std::string_view text, Range at, std::string message);

/// What the message begins with of an expression that has a column which is not there.
inline constexpr std::string_view NoColumn = "no column is called ";

/// The text for a line of a message: control characters, line ends among them, are shown as `?`.
std::string one_line(std::string_view text);

/// A part of the user's text as messages quote it: `'…'`, cut after 40 characters, without control characters.
std::string quoted(std::string_view part);

}  // namespace inlay::filter
