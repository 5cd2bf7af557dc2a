// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/link/free_runs.h"

#include <iterator>

namespace inlay::jit {

void FreeRuns::insert(Run run) {
  by_begin_.emplace(run.begin, run.end);
  by_size_.emplace(run.end - run.begin, run.begin);
  bytes_ += run.end - run.begin;
}

void FreeRuns::erase(Run run) {
  by_begin_.erase(run.begin);
  by_size_.erase({run.end - run.begin, run.begin});
  bytes_ -= run.end - run.begin;
}

std::optional<std::uintptr_t> FreeRuns::take(std::size_t size, std::size_t alignment) {
  for (auto fit = by_size_.lower_bound({size, 0}); fit != by_size_.end();) {
    const Run run{fit->second, fit->second + fit->first};
    const std::uintptr_t begin = (run.begin + alignment - 1) & ~(alignment - 1);
    if (begin >= run.begin && begin <= run.end && run.end - begin >= size) {
      erase(run);
      if (begin > run.begin) insert({run.begin, begin});
      if (begin + size < run.end) insert({begin + size, run.end});
      return begin;
    }
    // It only fails to fit by its alignment, which a run with that much to spare cannot.
    const std::size_t sure = size + alignment;
    fit = fit->first < sure ? std::next(fit) : by_size_.end();
  }
  return std::nullopt;
}

FreeRuns::Run FreeRuns::give(Run run) {
  auto next = by_begin_.lower_bound(run.begin);
  if (next != by_begin_.end() && next->first == run.end) {
    const Run after{next->first, next->second};
    next = std::next(next);
    erase(after);
    run.end = after.end;
  }
  if (next != by_begin_.begin()) {
    const Run before{std::prev(next)->first, std::prev(next)->second};
    if (before.end == run.begin) {
      erase(before);
      run.begin = before.begin;
    }
  }
  insert(run);
  return run;
}

bool FreeRuns::is_whole(Run all) const {
  const auto found = by_begin_.find(all.begin);
  return found != by_begin_.end() && found->second == all.end;
}

}  // namespace inlay::jit
