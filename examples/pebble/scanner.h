// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words of a pebble program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlay/result.h"

namespace pebble {

enum class Kind : std::uint8_t { End, Name, Sign, Int, Float, Text };

struct Token {
  Kind kind = Kind::End;
  std::string text;  // of Text: what it stands for, without quotes and escapes
  std::uint32_t line = 1, column = 1;
  std::int64_t integer = 0;
  double floating = 0;
};

/// Names, signs, numbers and texts, and an End behind them.
inlay::Result<std::vector<Token>> scan(std::string_view source, const std::string& file);

}  // namespace pebble
