// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/dominators.h"

#include <gtest/gtest.h>

namespace inlay::ir {
namespace {

struct Graph {
  std::vector<std::uint32_t> starts{0}, successors;

  /// Whether a way leads from block 0 to `to` that does not touch `without`.
  bool way_around(std::uint32_t to, std::uint32_t without) const {
    if (without == 0) return false;
    std::vector<bool> seen(starts.size() - 1);
    std::vector<std::uint32_t> open = {0};
    seen[0] = true;
    while (!open.empty()) {
      const std::uint32_t at = open.back();
      open.pop_back();
      if (at == to) return true;
      for (std::uint32_t e = starts[at]; e < starts[at + 1]; ++e)
        if (successors[e] != without && !seen[successors[e]]) {
          seen[successors[e]] = true;
          open.push_back(successors[e]);
        }
    }
    return false;
  }
};

/// Some random edges; `near` of them lead to the blocks around, as in programs.
Graph random_graph(std::uint32_t blocks, std::uint64_t& random, bool near) {
  Graph g;
  for (std::uint32_t b = 0; b < blocks; ++b) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    for (std::uint64_t n = (random >> 60) % 4; n > 0; --n) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      const auto to =
          static_cast<std::uint32_t>(near ? (b + blocks - 2 + (random >> 40) % 6) % blocks : (random >> 40) % blocks);
      if (to != 0) g.successors.push_back(to);
    }
    g.starts.push_back(static_cast<std::uint32_t>(g.successors.size()));
  }
  return g;
}

TEST(Dominators, are_what_every_way_leads_through) {
  std::uint64_t random = 7;
  Dominators d;
  for (std::uint32_t blocks : {1u, 2u, 5u, 10u, 63u, 64u, 90u}) {
    for (int round = 0; round < 12; ++round) {
      const Graph g = random_graph(blocks, random, round % 2 == 0);
      d.compute(g.starts, g.successors);
      for (std::uint32_t b = 0; b < blocks; ++b) {
        const bool reached = b == 0 || g.way_around(b, blocks);
        ASSERT_EQ(d.reaches(b), reached);
        if (!reached) continue;
        for (std::uint32_t a = 0; a < blocks; ++a)
          ASSERT_EQ(d.dominates(a, b), a == b || !g.way_around(b, a)) << blocks << ": " << a << ", " << b;
      }
    }
  }
}

}  // namespace
}  // namespace inlay::ir
