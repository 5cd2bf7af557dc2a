// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names of one function's values or blocks. A name may be asked for before it is defined.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace inlay::ir {

/// Whether a bare name is a number, as the printer gives to values without names.
constexpr bool is_automatic_value(std::string_view name) { return !name.empty() && name[0] >= '0' && name[0] <= '9'; }

/// Whether a bare name is like `b3`, as the printer gives to blocks without names.
constexpr bool is_automatic_block(std::string_view name) {
  return name.size() > 1 && name[0] == 'b' && name.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

class NameTable {
 public:
  struct Entry {
    std::string_view name;
    bool automatic = false;  // as the printer numbers what has no name: `%7`, `b3`
    std::uint32_t id = 0;    // of what has this name; 0: not defined yet
    std::size_t first_use = 0;
    std::uint32_t hash = 0;
  };

  NameTable() : slots_(64) {}

  /// Forgets everything. The names must have lived until here.
  void clear() {
    entries_.clear();
    if (++generation_ == 0) {
      slots_.assign(slots_.size(), Slot{});
      generation_ = 1;
    }
  }

  /// The entry of a name, new if there was none.
  std::uint32_t find(std::string_view name, bool automatic, std::size_t at) {
    const std::uint64_t full = base::hash(name.data(), name.size()) + (automatic ? 1 : 0);
    const auto hash = static_cast<std::uint32_t>(full ^ full >> 32);
    for (std::size_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[i];
      if (slot.generation != generation_) {
        const auto number = static_cast<std::uint32_t>(entries_.size());
        entries_.push_back({name, automatic, 0, at, hash});
        slot = {generation_, number};
        if (entries_.size() * 4 > slots_.size() * 3) grow();
        return number;
      }
      const Entry& entry = entries_[slot.entry];
      if (entry.hash == hash && entry.automatic == automatic && entry.name == name) return slot.entry;
    }
  }

  Entry& operator[](std::uint32_t number) { return entries_[number]; }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  struct Slot {
    std::uint32_t generation = 0, entry = 0;
  };

  void grow() {
    slots_.assign(slots_.size() * 2, Slot{});
    generation_ = 1;
    for (std::uint32_t number = 0; number < entries_.size(); ++number) {
      std::size_t i = entries_[number].hash & (slots_.size() - 1);
      while (slots_[i].generation != 0) i = (i + 1) & (slots_.size() - 1);
      slots_[i] = {generation_, number};
    }
  }

  std::vector<Entry> entries_;
  std::vector<Slot> slots_;
  std::uint32_t generation_ = 1;
};

}  // namespace inlay::ir
