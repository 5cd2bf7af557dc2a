// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiler of pebble, a small typed language, from text to program IR in one pass.
//
//   program    = {"fn" name "(" [name ":" type {"," name ":" type}] ")" ["->" type] block}
//   type       = "int" | "float" | "bool" | "str" | "[" type "]"
//   block      = "{" {statement} "}"
//   statement  = "let" name "=" value ";" | place "=" value ";" | value ";" | "return" [value] ";"
//              | "if" value block ["else" (if | block)] | "while" value block
//   value      = what one expects of || && == != < <= > >= + - * / % ! [] () and
//                number | text | "true" | "false" | name | "new" "[" type ";" value "]"
//
// `print(value, ...)` prints anything but lists; `len`, `int` and `float` are functions, too. Lists are made by `new`,
// zero, and stay until the program ends.
#pragma once

#include <string>
#include <string_view>

#include "inlay/ir/module.h"
#include "inlay/result.h"

namespace pebble {

/// A module that exports `main`, which runs the program's and gives its result. An error tells the place.
inlay::Result<inlay::ir::Module> compile(std::string_view source, const std::string& file);

}  // namespace pebble
