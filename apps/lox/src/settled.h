// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which globals of a script never hold more than one function.
#pragma once

#include "syntax.h"

#include <unordered_map>

namespace lox {

/// The globals, by their numbers, that one declaration of a function declares, and that nothing else in the script
/// declares or assigns. Of a script that is the whole program.
std::unordered_map<int, const syntax::Function*> settled_functions(const syntax::Function& script);

}  // namespace lox
