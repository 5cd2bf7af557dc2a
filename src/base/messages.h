// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Words of messages that several rooms have to say alike.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::base {

/// `1 parameter`, `2 parameters`.
inline std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

/// What is said of symbols that nobody defines, each once, in order.
inline std::string nothing_defines(std::vector<std::string> names, std::size_t shown = 8) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string text = "nothing defines ";
  for (std::size_t i = 0; i < names.size() && i < shown; ++i) text += (i == 0 ? "'" : ", '") + names[i] + "'";
  if (names.size() > shown) text += ", and " + std::to_string(names.size() - shown) + " more";
  const std::string them = names.size() == 1 ? "it" : "them";
  return text + "; define " + them + " in a runtime (--runtime FILE), or build with the object or library that does";
}

}  // namespace inlay::base
