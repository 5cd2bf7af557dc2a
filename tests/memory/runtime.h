// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions to compile, over memory of several kinds.
#pragma once

#include <cstdint>
#include <functional>

namespace memory {

using Int = std::int64_t;
using Code = std::function<Int(Int)>;

Code number(Int value);
Code argument();
Code add(Code left, Code right);

/// Calls back into the host, which may throw.
Int call(Int (*host)(Int), Int x);

struct Settings {
  Int factor = 1;
  Int offset = 0;
  Int table[8] = {};
};
extern Settings settings;

Int scale(const Settings* settings, Int x);          // x * factor
Int shift(const Settings* settings, Int x);          // x + offset
Int look_up(const Settings* settings, Int x);        // table[x % 8]
Int follow(const Settings* const* settings, Int x);  // scale, through a pointer
Int scale_by_global(Int x);                          // as scale(), of the variable above

}  // namespace memory
