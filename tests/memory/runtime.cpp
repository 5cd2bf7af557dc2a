// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

namespace memory {

Settings settings;

Code number(Int value) {
  return [value](Int) { return value; };
}
Code argument() {
  return [](Int x) { return x; };
}
Code add(Code left, Code right) {
  return [left = std::move(left), right = std::move(right)](Int x) { return left(x) + right(x); };
}

Int call(Int (*host)(Int), Int x) { return host(x) + 1; }

Int scale(const Settings* settings, Int x) { return x * settings->factor; }
Int shift(const Settings* settings, Int x) { return x + settings->offset; }
Int look_up(const Settings* settings, Int x) { return settings->table[static_cast<std::uint64_t>(x) % 8]; }
Int follow(const Settings* const* settings, Int x) { return scale(*settings, x); }
Int scale_by_global(Int x) { return x * settings.factor; }

}  // namespace memory
