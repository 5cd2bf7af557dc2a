// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string_view>
#include <vector>

namespace inlay::m6502 {

/// What stands between spaces, tabs and ends of lines.
inline std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view Spaces = " \t\r\n";
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(Spaces); at != std::string_view::npos;) {
    const std::size_t end = text.find_first_of(Spaces, at);
    words.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    at = text.find_first_not_of(Spaces, end);
  }
  return words;
}

}  // namespace inlay::m6502
