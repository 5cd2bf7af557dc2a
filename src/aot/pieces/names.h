// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names of symbols as numbers, so that linking ten thousand pieces looks up no text.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "inlay/id.h"

namespace inlay::aot {

using SymbolId = Id<struct SymbolTag>;

/// Each name has one number, from 1 on, for as long as the table lives. One thread at a time.
class Names {
 public:
  SymbolId add(std::string_view name) {
    const auto [found, added] = numbers_.try_emplace(name, SymbolId{});
    if (!added) return found->second;
    texts_.emplace_back(name);
    const SymbolId id{static_cast<std::uint32_t>(texts_.size())};
    // The key is to lie in the table, not with the caller.
    numbers_.erase(found);
    numbers_.emplace(texts_.back(), id);
    return id;
  }
  /// None if nobody added it.
  SymbolId find(std::string_view name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? SymbolId{} : found->second;
  }
  const std::string& text(SymbolId id) const { return texts_[id.value - 1]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // which never move
  std::unordered_map<std::string_view, SymbolId> numbers_;
};

}  // namespace inlay::aot
