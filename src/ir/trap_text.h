// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a trap says, the same wherever a program runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "inlay/ir/layout.h"

namespace inlay::ir {

/// `index 7 is out of bounds of length 5`. The message is that of TrapKind::Message; the numbers those that go with the
/// kind, or 0.
std::string trap_text(TrapKind kind, std::string_view message, std::int64_t a, std::int64_t b);

}  // namespace inlay::ir
