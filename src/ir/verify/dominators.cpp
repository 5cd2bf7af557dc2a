// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/dominators.h"

#include <algorithm>

namespace inlay::ir {

void Dominators::compute(std::span<const std::uint32_t> starts, std::span<const std::uint32_t> successors) {
  starts_ = starts;
  successors_ = successors;
  few_ = starts.size() - 1 <= Few;
  if (few_) return compute_few();
  walk();
  compute_many();
}

void Dominators::walk() {
  const auto n = static_cast<std::uint32_t>(starts_.size() - 1);
  number_.assign(n, 0);
  order_.assign(1, 0);
  parent_.assign(1, 0);
  stack_.clear();  // pairs: block, next successor
  const auto enter = [&](std::uint32_t block, std::uint32_t from) {
    number_[block] = static_cast<std::uint32_t>(order_.size());
    order_.push_back(block);
    parent_.push_back(from);
    stack_.push_back(block);
    stack_.push_back(starts_[block]);
  };
  enter(0, 0);
  while (!stack_.empty()) {
    const std::uint32_t block = stack_[stack_.size() - 2];
    if (stack_.back() == starts_[block + 1]) {
      stack_.resize(stack_.size() - 2);
      continue;
    }
    const std::uint32_t to = successors_[stack_.back()++];
    if (number_[to] == 0) enter(to, number_[block]);
  }
}

void Dominators::compute_few() {
  const auto n = static_cast<std::uint32_t>(starts_.size() - 1);
  masks_.assign(n, NotReached);
  masks_[0] = 1;
  // Masks only lose bits, and what is left in the end does not depend on the order. Where a block mostly stands behind
  // those that lead to it, as is usual, one round is enough.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::uint32_t block = 0; block < n; ++block) {
      if (masks_[block] == NotReached) continue;
      for (std::uint32_t e = starts_[block]; e < starts_[block + 1]; ++e) {
        const std::uint32_t to = successors_[e];
        const std::uint64_t mask = masks_[to] & (masks_[block] | std::uint64_t{1} << to);
        if (mask == masks_[to]) continue;
        masks_[to] = mask;
        changed |= to <= block;  // what comes later sees it in this round
      }
    }
  }
}

/// The vertex of least semidominator on the way from v to the root of its tree, shortening the way.
std::uint32_t Dominators::best(std::uint32_t v) {
  if (ancestor_[v] == 0) return label_[v];
  stack_.clear();
  for (std::uint32_t at = v; ancestor_[ancestor_[at]] != 0; at = ancestor_[at]) stack_.push_back(at);
  while (!stack_.empty()) {
    const std::uint32_t at = stack_.back();
    stack_.pop_back();
    const std::uint32_t above = ancestor_[at];
    if (semi_[label_[above]] < semi_[label_[at]]) label_[at] = label_[above];
    ancestor_[at] = ancestor_[above];
  }
  return label_[v];
}

void Dominators::find_predecessors() {
  const auto n = static_cast<std::uint32_t>(order_.size());
  pred_starts_.assign(n + 1, 0);
  const auto each_edge = [&](auto&& visit) {
    for (std::uint32_t v = 1; v < n; ++v)
      for (std::uint32_t e = starts_[order_[v]]; e < starts_[order_[v] + 1]; ++e) visit(v, number_[successors_[e]]);
  };
  each_edge([&](std::uint32_t, std::uint32_t to) { ++pred_starts_[to]; });
  std::uint32_t sum = 0;
  for (std::uint32_t& start : pred_starts_) start = sum += start;  // where each ends
  preds_.resize(sum);
  each_edge([&](std::uint32_t from, std::uint32_t to) { preds_[--pred_starts_[to]] = from; });
}

void Dominators::compute_many() {
  const auto n = static_cast<std::uint32_t>(order_.size());
  find_predecessors();
  semi_.resize(n);
  label_.resize(n);
  for (std::uint32_t v = 0; v < n; ++v) semi_[v] = label_[v] = v;
  idom_.assign(n, 0);
  ancestor_.assign(n, 0);
  bucket_.assign(n, 0);
  bucket_next_.assign(n, 0);
  for (std::uint32_t w = n - 1; w > 1; --w) {
    for (std::uint32_t i = pred_starts_[w]; i < pred_starts_[w + 1]; ++i)
      semi_[w] = std::min(semi_[w], semi_[best(preds_[i])]);
    bucket_next_[w] = bucket_[semi_[w]];
    bucket_[semi_[w]] = w;
    const std::uint32_t parent = parent_[w];
    ancestor_[w] = parent;
    for (std::uint32_t v = bucket_[parent]; v != 0; v = bucket_next_[v]) {
      const std::uint32_t u = best(v);
      idom_[v] = semi_[u] < semi_[v] ? u : parent;
    }
    bucket_[parent] = 0;
  }
  for (std::uint32_t w = 2; w < n; ++w)
    if (idom_[w] != semi_[w]) idom_[w] = idom_[idom_[w]];
  make_intervals();
}

void Dominators::make_intervals() {
  const auto n = static_cast<std::uint32_t>(order_.size());
  // By number first: what dominates has a lower one.
  std::vector<std::uint32_t>& sizes = label_;
  std::vector<std::uint32_t>& next = semi_;
  sizes.assign(n, 1);
  next.assign(n, 0);
  for (std::uint32_t v = n - 1; v > 1; --v) sizes[idom_[v]] += sizes[v];
  first_.resize(number_.size());
  size_.resize(number_.size());
  for (std::uint32_t v = 1; v < n; ++v) {
    const std::uint32_t first = v == 1 ? 0 : next[idom_[v]];
    if (v != 1) next[idom_[v]] += sizes[v];
    next[v] = first + 1;
    first_[order_[v]] = first;
    size_[order_[v]] = sizes[v];
  }
}

}  // namespace inlay::ir
