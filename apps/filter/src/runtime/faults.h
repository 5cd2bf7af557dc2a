// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What went wrong in a row, in words.
#pragma once

#include <string>

#include "inlay/filter/scope.h"

namespace inlay::filter {

/// `integer overflow`, `'12a' is not an integer`; the text's unprintable bytes as \xNN, shortened if it is long. Empty
/// without a fault. Which row, column and expression it was, the engine adds.
std::string fault_message(const Scope& scope);

}  // namespace inlay::filter
