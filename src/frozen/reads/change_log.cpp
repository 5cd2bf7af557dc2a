// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/reads/change_log.h"

#include <algorithm>

namespace inlay::frozen {

namespace {

bool overlap(Range a, Range b) { return a.begin < b.end && b.begin < a.end; }

}  // namespace

void ChangeLog::begin(Range bytes) {
  ++generation_;
  active_.push_back(bytes);
  last_.push_back(bytes);
  if (last_.size() > Remembered) last_.pop_front();
}

void ChangeLog::end(Range bytes) {
  const auto ended = std::find_if(active_.begin(), active_.end(),
                                  [&](Range range) { return range.begin == bytes.begin && range.end == bytes.end; });
  if (ended != active_.end()) active_.erase(ended);
}

bool ChangeLog::is_changing(Range bytes) const {
  return std::any_of(active_.begin(), active_.end(), [&](Range range) { return overlap(range, bytes); });
}

bool ChangeLog::changed_since(Range bytes, std::uint64_t generation) const {
  const std::uint64_t forgotten = generation_ - last_.size();  // so many changes are not known any more
  if (generation < forgotten) return true;
  for (std::uint64_t i = generation - forgotten; i < last_.size(); ++i)
    if (overlap(last_[i], bytes)) return true;
  return false;
}

}  // namespace inlay::frozen
