// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiler of the sum language: lines of integer arithmetic become a program that prints the sum of their values.
//
//   line     = [sum] ["#" comment]
//   sum      = product {("+" | "-") product}
//   product  = operand {("*" | "/" | "%") operand}
//   operand  = number | "$" number | "-" operand | "(" sum ")"       $1 is the program's first argument
#pragma once

#include <string>
#include <vector>

#include "inlay/result.h"
#include "inlay/unit.h"

namespace sum {

/// A line, and where it comes from, for messages.
struct Line {
  std::string text;
  inlay::Place place;
};

/// A unit with `int64_t evaluate(int argc, char** argv)`, the sum of the lines' values, and a `main` that prints it.
inlay::Result<inlay::Unit> compile(const std::vector<Line>& lines);

}  // namespace sum
