// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How hard to work on the code of a unit.
#pragma once

#include <cstdint>

namespace inlay {

/// LLVM's levels. O0 inlines nothing but what must be inlined and selects instructions fast; loops become vectors from
/// O2 on. Quick selects instructions as fast as O0, after a few passes that cost little and take away most of what
/// specializing leaves behind.
enum class Level : std::uint8_t { O0, O1, O2, O3, Quick };

}  // namespace inlay
