// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finding what is in a table already: hashes and handles, open addressing; the entries stay in their table.
#pragma once

#include <cstdint>
#include <vector>

namespace inlay::ir {

class Interner {
 public:
  Interner() : slots_(16) {}

  /// The handle with that hash for which `same(handle)` holds; 0 if there is none.
  template <class Same>
  std::uint32_t find(std::uint64_t hash, Same&& same) const {
    const auto tag = tag_of(hash);
    for (std::size_t i = tag & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[i];
      if (slot.id == 0) return 0;
      if (slot.tag == tag && same(slot.id)) return slot.id;
    }
  }

  /// A handle that find() did not find.
  void insert(std::uint64_t hash, std::uint32_t id) {
    if (++used_ * 4 > slots_.size() * 3) grow();
    place({tag_of(hash), id});
  }

  void reset() {
    if (used_ == 0) return;
    if (slots_.size() > Kept) slots_.resize(16);
    slots_.assign(slots_.size(), Slot{});
    used_ = 0;
  }

 private:
  static constexpr std::size_t Kept = 1 << 16;
  struct Slot {
    std::uint32_t tag = 0, id = 0;
  };
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash ^ hash >> 32); }

  void place(Slot slot) {
    std::size_t i = slot.tag & (slots_.size() - 1);
    while (slots_[i].id != 0) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = slot;
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.id != 0) place(slot);
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace inlay::ir
