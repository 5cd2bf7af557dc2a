// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tree of dominators of code that only jumps forward, as it grows.
#pragma once

#include <cstdint>
#include <vector>

namespace inlay::filter {

class Flow {
 public:
  using Block = std::uint32_t;
  static constexpr Block Start = 0;

  /// A block that `parent` dominates, and nothing below it.
  Block add(Block parent) {
    // Each block knows its parent and one ancestor further up, so that any ancestor is found in a logarithm of steps:
    // where the last two ways up were equally long, this one is both of them.
    const Node& above = nodes_[parent];
    const Node& further = nodes_[above.jump];
    const bool equal = above.depth - further.depth == further.depth - nodes_[further.jump].depth;
    nodes_.push_back({parent, equal ? further.jump : parent, above.depth + 1});
    return static_cast<Block>(nodes_.size() - 1);
  }

  bool dominates(Block above, Block below) const { return ancestor(below, nodes_[above].depth) == above; }

  /// The nearest block that dominates both.
  Block common(Block a, Block b) const {
    if (nodes_[a].depth > nodes_[b].depth) a = ancestor(a, nodes_[b].depth);
    if (nodes_[b].depth > nodes_[a].depth) b = ancestor(b, nodes_[a].depth);
    while (a != b) {
      const bool apart = nodes_[a].jump != nodes_[b].jump;
      a = apart ? nodes_[a].jump : nodes_[a].parent;
      b = apart ? nodes_[b].jump : nodes_[b].parent;
    }
    return a;
  }

 private:
  struct Node {
    Block parent, jump;
    std::uint32_t depth;
  };

  /// Of that depth; the block itself if it is not deeper.
  Block ancestor(Block block, std::uint32_t depth) const {
    while (nodes_[block].depth > depth) {
      const Block jump = nodes_[block].jump;
      block = nodes_[jump].depth >= depth ? jump : nodes_[block].parent;
    }
    return block;
  }

  std::vector<Node> nodes_ = {{Start, Start, 0}};
};

}  // namespace inlay::filter
