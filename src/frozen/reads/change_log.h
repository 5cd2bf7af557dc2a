// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which bytes of one range are being changed, and which have changed since something was read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "frozen/memory/open_parts.h"

namespace inlay::frozen {

/// Not safe across threads by itself: the registry's lock guards it.
class ChangeLog {
 public:
  /// `bytes` are being changed, until the matching end(). Changes may overlap.
  void begin(Range bytes);
  void end(Range bytes);

  /// How many changes have begun.
  std::uint64_t generation() const { return generation_; }
  bool active() const { return !active_.empty(); }
  bool is_changing(Range bytes) const;

  /// Whether a change that touches `bytes` has begun since `generation`. May say yes in error where that was long ago.
  bool changed_since(Range bytes, std::uint64_t generation) const;

 private:
  /// What is told apart for longer than so many changes would cost memory forever, for who compiles that slowly.
  static constexpr std::size_t Remembered = 64;

  std::uint64_t generation_ = 0;
  std::vector<Range> active_;
  std::deque<Range> last_;  // the last one began generation_
};

}  // namespace inlay::frozen
