// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Text to tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/result.h"
#include "interpreter.h"

namespace vm_tree {

struct Token {
  enum class Type : std::uint8_t { Name, Number, Mark, End };  // a keyword is a Name

  Type type = Type::End;
  std::string_view text;
  std::uint32_t line = 0, column = 0;
  Value value;  // of a Number
};

/// The tokens of a text, with an End behind them. They point into the text.
inlay::Result<std::vector<Token>> tokenize(std::string_view text, const std::string& file);

}  // namespace vm_tree
