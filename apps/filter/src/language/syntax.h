// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the parser makes of text, before names and types are known. Flat: operands come before what uses them, so that
// no stage needs to recurse.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/type.h"
#include "inlay/filter/value.h"
#include "inlay/result.h"
#include "language/source_error.h"

namespace inlay::filter {

enum class Form : std::uint8_t {
  Null,
  Literal,  // values[index]; a Text may yet become a date
  Typed,    // date '…': the Text values[index], to be read as `type`
  Column,   // names[index]
  Call,     // the function names[index], operators included
  And,      // of two or more
  Or,       // likewise
  Not,
  IsNull,  // `negated`: IS NOT NULL, and so on below
  IsTrue,
  IsFalse,
  Distinct,  // operand 0 IS DISTINCT FROM operand 1
  Between,   // operand 0 BETWEEN operand 1 AND operand 2
  In,        // operand 0 IN (the others)
  Case,      // [subject] (when, then)… [else]
  Cast,      // to `type`
};

struct SyntaxNode {
  Form form = Form::Null;
  bool negated = false;
  bool subject = false;                // Case: operand 0 is compared with the whens
  bool otherwise = false;              // Case: the last operand is after ELSE
  bool quoted = false;                 // Column, Call: the name was in quotes
  Type type = Type::Boolean;           // Typed, Cast
  std::uint32_t index = 0;             // into values or names
  std::uint32_t first = 0, count = 0;  // in Syntax::operands
  Range range = {};                    // all of it
  Range mark = {};                     // what messages point at: an operator, a function's name; else `range`
};

struct Syntax {
  std::vector<SyntaxNode> nodes;  // the last one is the root
  std::vector<std::uint32_t> operands;
  std::vector<std::string> names;
  std::vector<Value> values;

  std::span<const std::uint32_t> operands_of(const SyntaxNode& node) const {
    return {operands.data() + node.first, node.count};
  }
};

Result<Syntax> parse_syntax(std::string_view text);

}  // namespace inlay::filter
