// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which blocks of a function every way to a block leads through. Blocks are numbers from 0 on; 0 is where it begins.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace inlay::ir {

/// Keeps its memory from one function to the next. Time: linear for few blocks, n log n for many, whatever the shape.
class Dominators {
 public:
  static constexpr std::uint32_t Few = 63;  // as many bits as a word has, but one

  /// The successors of block b are those from `starts[b]` up to, not including, `starts[b + 1]`.
  void compute(std::span<const std::uint32_t> starts, std::span<const std::uint32_t> successors);

  /// Whether a way leads to the block at all.
  bool reaches(std::uint32_t block) const { return few_ ? masks_[block] != NotReached : number_[block] != 0; }
  /// Whether each way to `b` leads through `a`; true for what no way leads to, and for a block and itself.
  bool dominates(std::uint32_t a, std::uint32_t b) const {
    if (few_) return (masks_[b] >> a & 1) != 0;
    if (!reaches(b)) return true;
    return reaches(a) && first_[a] <= first_[b] && first_[b] < first_[a] + size_[a];
  }

 private:
  static constexpr std::uint64_t NotReached = ~std::uint64_t{0};

  void walk();
  void compute_few();
  void compute_many();
  void make_intervals();
  void find_predecessors();
  std::uint32_t best(std::uint32_t v);

  std::span<const std::uint32_t> starts_, successors_;
  bool few_ = true;
  std::vector<std::uint32_t> number_;  // of a block, from 1 on, as a walk in depth meets it; 0: never
  std::vector<std::uint32_t> order_;   // blocks by number
  std::vector<std::uint32_t> parent_;  // by number
  std::vector<std::uint32_t> stack_;
  std::vector<std::uint64_t> masks_;         // of few blocks: by which each is dominated
  std::vector<std::uint32_t> first_, size_;  // of many: where a block's subtree of dominated ones lies
  // For many, by number (Lengauer and Tarjan, the simple version).
  std::vector<std::uint32_t> semi_, idom_, ancestor_, label_, bucket_, bucket_next_, pred_starts_, preds_;
};

}  // namespace inlay::ir
