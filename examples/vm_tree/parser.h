// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Text to a tree.
//
//   program   = {"argument" name "=" ["-"] number ";"} {function | statement}
//   function  = "fn" name "(" [name {"," name}] ")" block
//   block     = "{" {statement} "}"
//   statement = "let" name "=" expr ";" | name "=" expr ";" | postfix "[" expr "]" "=" expr ";" | expr ";"
//             | "if" expr block ["else" (block | if)] | "while" expr block
//             | "break" ";" | "continue" ";" | "return" [expr] ";" | "print" expr ";"
//   expr      = … "||" "&&" "== != < <= > >=" "+ -" "* / %" "- !" in the usual order
//   postfix   = primary {"(" [expr {"," expr}] ")" | "[" expr "]"}
//   primary   = number | name | "&" function | "(" expr ")"
//             | ("array" | "length" | "int" | "double" | "sqrt") "(" expr ")"
//
// "//" begins a comment. A function sees its own variables only; a variable lives until its block ends. The outermost
// "return" ends the program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/result.h"
#include "interpreter.h"

namespace vm_tree {

struct Argument {
  std::string name;
  Value value;
};

/// A tree and all that it consists of. Functions and nodes stay where they are when it moves.
struct Program {
  Functions functions() const { return {all.data(), static_cast<std::uint32_t>(all.size())}; }

  std::vector<Function> all;  // the main program, then in the order of the text
  std::vector<Argument> arguments;
  std::vector<std::unique_ptr<Node>> nodes;
  std::vector<std::unique_ptr<const Node*[]>> lists;  // of children
};

/// Whether calls and the rounds of loops cost fuel.
enum class Metering : bool { Off, On };

/// Errors name `file`, the line and the column.
inlay::Result<Program> parse(std::string_view text, const std::string& file, Metering metering = Metering::Off);

}  // namespace vm_tree
