// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers as text, for casts and for outputs. They write to `to` and answer the end; civil.h does so for dates.
#pragma once

#include <cstdint>

namespace inlay::filter {

/// The longest texts that are written.
inline constexpr std::int64_t LongestInteger = 24;
inline constexpr std::int64_t LongestReal = 32;

char* print_integer(std::int64_t value, char* to);
/// The fewest digits that read back as the same number: `0.1`, `250`, `1e+15`, `NaN`, `-Infinity`.
char* print_real(double value, char* to);

}  // namespace inlay::filter
