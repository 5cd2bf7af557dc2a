// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>

namespace inlay::m6502 {

/// Where the system calls of sim65 are entered, one after the other, and where its programs must end.
inline constexpr std::uint16_t Sim65Calls = 0xFFF4, Sim65CallsEnd = 0xFFFA;

}  // namespace inlay::m6502
