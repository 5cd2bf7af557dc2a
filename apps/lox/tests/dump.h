// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A resolved tree as one line of text, for tests.
#pragma once

#include "syntax.h"

#include <string>

namespace lox {

/// The body of a function: each expression and statement in parentheses, operator or keyword first. A global is its
/// name; a local `name@slot`, with `*` behind it if it is captured; a use of a capture `name^index`. A function is
/// `(fun name (parameters) slots [captures] body)`, a method the same without `fun`; what it captures is `name@slot*`,
/// or `^index` among the captures of the function around it.
std::string dump(const syntax::Function& function);

}  // namespace lox
