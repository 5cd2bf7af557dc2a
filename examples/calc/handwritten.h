// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The programs in programs/ as a C++ author writes them by hand: what compiled closures are measured against.
#pragma once

#include "environment.h"

#include <string_view>

namespace calc {

using Handwritten = void (*)(Env&);

/// The counterpart of programs/`name`.calc, or null. It prints and draws the same to the last bit.
Handwritten find_handwritten(std::string_view name);

}  // namespace calc
