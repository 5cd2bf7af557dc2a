// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/text/near.h"

#include <algorithm>
#include <array>

namespace inlay::ir {

namespace {

constexpr std::size_t Longest = 64;  // of longer names nobody asks for a slip

/// Letters to insert, drop, change or swap with their neighbour.
unsigned distance(std::string_view a, std::string_view b) {
  std::array<std::array<unsigned, Longest + 1>, 3> rows;
  for (unsigned j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (unsigned i = 1; i <= a.size(); ++i) {
    const auto& above = rows[(i - 1) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    for (unsigned j = 1; j <= b.size(); ++j) {
      const unsigned change = above[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = std::min({change, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

Nearest::Nearest(std::string_view wanted)
    : wanted_(wanted), distance_(static_cast<unsigned>(std::min<std::size_t>(wanted.size() / 3, 3)) + 1) {
  if (wanted_.size() > Longest) wanted_ = {};
  if (wanted_.size() == 2) distance_ = 2;
}

void Nearest::offer(std::string_view candidate) {
  if (wanted_.empty() || candidate.empty() || candidate.size() > Longest) return;
  const unsigned d = distance(wanted_, candidate);
  if (d >= distance_ || d >= candidate.size()) return;
  distance_ = d;
  best_ = candidate;
}

std::string Nearest::suggestion(std::string_view sigil) const {
  return best_.empty() ? std::string() : "; did you mean '" + std::string(sigil) + best_ + "'?";
}

}  // namespace inlay::ir
