// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A few closures, and functions to bind arguments of.
#pragma once

#include <cstdint>
#include <functional>

namespace hand {

using Int = std::int64_t;

struct Env {
  Int x = 0;
};

using Code = std::function<Int(Env&)>;
Code number(Int value);
Code variable_x();
Code add(Code left, Code right);
Code host_call(Int (*function)(Int));  // of env.x

}  // namespace hand
