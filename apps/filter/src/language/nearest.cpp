// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "language/nearest.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace inlay::filter {

namespace {

constexpr std::size_t LongestName = 100;  // of longer ones nobody remembers the spelling; bounds the time

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Damerau's distance without overlapping swaps, by rows; `limit + 1` for all that is farther.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), [](char c) { return lower_case(c); });
  return small;
}

std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> candidates) {
  if (name.size() > LongestName) return std::nullopt;
  const std::string wanted = lower_case(name);
  std::size_t best = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  std::optional<std::string_view> found;
  for (std::string_view candidate : candidates) {
    if (candidate.empty() || candidate.size() > LongestName) continue;
    const std::size_t changes = distance(wanted, lower_case(candidate), best - 1);
    // A name of one or two letters is near everything: at least one letter has to stay.
    if (changes >= best || changes >= std::max(wanted.size(), candidate.size())) continue;
    best = changes;
    found = candidate;
    if (best == 0) break;
  }
  return found;
}

}  // namespace inlay::filter
