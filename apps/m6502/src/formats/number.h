// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addresses and bytes as people write them: always hexadecimal, with `$` or `0x` before them or not.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace inlay::m6502 {

inline std::optional<std::uint32_t> parse_hex(std::string_view text) {
  if (text.starts_with('$'))
    text.remove_prefix(1);
  else if (text.starts_with("0x") || text.starts_with("0X"))
    text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace inlay::m6502
