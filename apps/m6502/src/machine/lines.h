// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interrupt lines with a little of their past: whether an interrupt is taken at a boundary between instructions
// depends on what the lines were in a cycle before it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace inlay::m6502 {

/// For a cycle that is not known yet: the last one of the instruction that runs.
inline constexpr std::int64_t LastCycle = std::numeric_limits<std::int64_t>::max() - 1;

class Lines {
 public:
  static constexpr int Sources = 32;

  /// The line is low if one of the sources, 0 to 31, is. `cycle` is taken as not before the source's change before.
  void set_irq(int source, bool low, std::int64_t cycle) {
    const auto bit = std::uint32_t{1} << (source & (Sources - 1));
    if (((low_ & bit) != 0) == low) return;
    low_ ^= bit;
    seen_ |= bit;
    auto& changes = changes_[static_cast<std::size_t>(source & (Sources - 1))];
    const std::int64_t before = changes[0].cycle;
    std::copy_backward(changes.begin(), changes.end() - 1, changes.end());
    changes[0] = {std::max(cycle, before), low};
    last_ = std::max(last_, changes[0].cycle);
  }
  /// An edge; one that is still pending is not forgotten.
  void nmi(std::int64_t cycle) { nmi_ = std::min(nmi_, cycle); }

  bool irq_now() const { return low_ != 0; }
  /// What the line was in a cycle of the last instruction.
  bool irq_at(std::int64_t cycle) const {
    if (low_ == 0 && last_ <= cycle) return false;
    for (std::uint32_t left = seen_; left != 0; left &= left - 1) {
      const auto& changes = changes_[static_cast<std::size_t>(std::countr_zero(left))];
      bool low = !changes.back().low;
      for (const Change& change : changes) {
        if (change.cycle > cycle) continue;
        low = change.low;
        break;
      }
      if (low) return true;
    }
    return false;
  }
  /// The first cycle at which the line may be as it is now.
  std::int64_t irq_since() const { return last_; }

  bool nmi_pending() const { return nmi_ != Never; }
  bool nmi_by(std::int64_t cycle) const { return nmi_ <= cycle; }
  std::int64_t nmi_since() const { return nmi_; }
  void take_nmi() { nmi_ = Never; }

  /// An instruction has ended before `boundary`: what happened in a cycle that was not known did so in its last one.
  void ends(std::int64_t boundary) {
    if (nmi_ == LastCycle) nmi_ = boundary - 1;
    if (last_ != LastCycle) return;
    last_ = boundary - 1;
    for (auto& changes : changes_)
      for (Change& change : changes) change.cycle = std::min(change.cycle, boundary - 1);
  }

 private:
  static constexpr std::int64_t Never = std::numeric_limits<std::int64_t>::max();

  struct Change {
    std::int64_t cycle = std::numeric_limits<std::int64_t>::min();
    bool low = false;
  };
  // Newest first. An instruction that writes twice changes a line twice, and its poll lies between; four are plenty.
  std::array<std::array<Change, 4>, Sources> changes_;
  std::uint32_t low_ = 0, seen_ = 0;
  std::int64_t last_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t nmi_ = Never;
};

}  // namespace inlay::m6502
