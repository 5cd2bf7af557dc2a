// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/sets.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/compare.h"
#include "runtime/find.h"
#include "runtime/register.h"

namespace inlay::filter {

namespace {

/// Spreads the bits of a number over the high ones, which choose the place in a table.
std::uint64_t spread(std::uint64_t number) { return (number ^ number >> 32) * 0x9e3779b97f4a7c15; }

/// Numbers. Without `bits`, a table of which at most half is in use; what is not holds `unused`, which is no member.
struct NumberSet {
  const std::uint64_t* bits = nullptr;
  std::uint64_t base = 0, width = 0;  // bits: those of numbers from base to base + width
  const std::uint64_t* table = nullptr;
  std::uint64_t mask = 0;
  unsigned shift = 63;
  std::uint64_t unused = 0;
  std::vector<std::uint64_t> memory;
};

constexpr std::uint64_t LargestWidth = 4096;

std::shared_ptr<const void> make_numbers(std::vector<std::uint64_t> numbers, bool dense) {
  auto set = std::make_shared<NumberSet>();
  // As signed numbers, so that those around zero are neighbours.
  std::sort(numbers.begin(), numbers.end(), [](std::uint64_t a, std::uint64_t b) {
    return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
  });
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (numbers.empty() || (dense && numbers.back() - numbers.front() < LargestWidth)) {
    set->base = numbers.empty() ? 0 : numbers.front();
    set->width = numbers.empty() ? 0 : numbers.back() - numbers.front() + 1;
    set->memory.resize(set->width / 64 + 1);
    for (std::uint64_t number : numbers)
      set->memory[(number - set->base) / 64] |= std::uint64_t{1} << (number - set->base) % 64;
    set->bits = set->memory.data();
    return set;
  }
  const std::size_t size = std::bit_ceil(numbers.size() * 2);
  set->mask = size - 1;
  set->shift = 64 - static_cast<unsigned>(std::countr_zero(size));
  // The first number from 0 on that is missing: those there are stand one behind the other.
  for (auto at = std::find(numbers.begin(), numbers.end(), std::uint64_t{0}); at != numbers.end() && *at == set->unused;
       ++at)
    ++set->unused;
  set->memory.assign(size, set->unused);
  for (std::uint64_t number : numbers) {
    std::uint64_t at = spread(number) >> set->shift;
    while (set->memory[at] != set->unused) at = (at + 1) & set->mask;
    set->memory[at] = number;
  }
  set->table = set->memory.data();
  return set;
}

bool has(const NumberSet& set, std::uint64_t number) {
  if (set.bits) {
    const std::uint64_t distance = number - set.base;
    return distance < set.width && (set.bits[distance / 64] >> distance % 64 & 1) != 0;
  }
  if (number == set.unused) return false;
  for (std::uint64_t at = spread(number) >> set.shift;; at = (at + 1) & set.mask) {
    if (set.table[at] == number) return true;
    if (set.table[at] == set.unused) return false;
  }
}

/// One number for all reals that are equal.
std::uint64_t bits_of(double value) {
  if (value == 0) return 0;
  if (value != value) return 0x7ff8000000000000;
  return std::bit_cast<std::uint64_t>(value);
}

/// Of the size, the first and the last 8 bytes: lists that people write differ there.
std::uint64_t hash_of(Text text) {
  const std::uint64_t first = first_bytes(text.data, text.size);
  const std::uint64_t last = text.size <= 8 ? 0 : first_bytes(text.data + text.size - 8, 8);
  return spread(first + spread(last) + static_cast<std::uint64_t>(text.size));
}

struct TextEntry {
  const char* data = nullptr;  // null: not in use
  std::int64_t size = 0;
  std::uint64_t hash = 0;
};

/// A table of which at most half is in use.
struct TextSet {
  const TextEntry* table = nullptr;
  std::uint64_t mask = 0;
  unsigned shift = 63;
  std::vector<TextEntry> entries;
  std::vector<std::string> memory;
};

std::shared_ptr<TextSet> make_texts(std::vector<std::string> texts) {
  auto set = std::make_shared<TextSet>();
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  set->memory = std::move(texts);
  const std::size_t size = std::bit_ceil(set->memory.size() * 2 + 2);
  set->entries.resize(size);
  set->mask = size - 1;
  set->shift = 64 - static_cast<unsigned>(std::countr_zero(size));
  for (const std::string& text : set->memory) {
    const Text view = std::string_view(text);
    const std::uint64_t hash = hash_of(view);
    std::uint64_t at = hash >> set->shift;
    while (set->entries[at].data) at = (at + 1) & set->mask;
    set->entries[at] = {view.data, view.size, hash};
  }
  set->table = set->entries.data();
  return set;
}

bool has(const TextSet& set, Text text) {
  const std::uint64_t hash = hash_of(text);
  for (std::uint64_t at = hash >> set.shift;; at = (at + 1) & set.mask) {
    const TextEntry& entry = set.table[at];
    if (!entry.data) return false;
    if (entry.hash == hash && equal(Text(entry.data, entry.size), text)) return true;
  }
}

/// Prefixes of one size up to 8, as numbers.
struct PrefixSize {
  std::int64_t size = 0;
  std::shared_ptr<const void> numbers;
};
/// Longer ones, by their first 8 bytes.
struct LongPrefix {
  std::uint64_t first = 0;
  std::string text;
};
struct Prefixes {
  /// By the first two bytes of a text: whether a prefix may begin so, and where `pairs_decide`, whether one does.
  std::uint64_t pairs[1024] = {};
  bool pairs_decide = true;  // none is longer
  bool all = false;          // the empty prefix is among them
  std::vector<PrefixSize> sizes;
  std::shared_ptr<const void> long_firsts;  // numbers; null if there are none
  std::vector<LongPrefix> longer;           // sorted by `first`
};

bool has_long_prefix(const Prefixes& prefixes, Text text, std::uint64_t first) {
  auto at = std::lower_bound(prefixes.longer.begin(), prefixes.longer.end(), first,
                             [](const LongPrefix& prefix, std::uint64_t number) { return prefix.first < number; });
  for (; at != prefixes.longer.end() && at->first == first; ++at) {
    const auto size = static_cast<std::int64_t>(at->text.size());
    if (text.size >= size && equal(Text(text.data, size), std::string_view(at->text))) return true;
  }
  return false;
}

void add_pairs(Prefixes& prefixes, std::int64_t size, std::uint64_t first) {
  if (size > 2) prefixes.pairs_decide = false;
  // Bytes that it has not may be any.
  const std::uint64_t step = size == 0 ? 1 : size == 1 ? 256 : 65536;
  for (std::uint64_t pair = first & 0xffff; pair < 65536; pair += step)
    prefixes.pairs[pair / 64] |= std::uint64_t{1} << pair % 64;
}

/// Apart, so that what comes before it is inlined.
[[gnu::noinline]] bool search(const Prefixes& prefixes, Text value) {
  if (prefixes.all) return true;
  const std::uint64_t first = first_bytes(value.data, value.size);
  for (const PrefixSize& size : prefixes.sizes) {
    if (value.size < size.size) return false;  // the next ones are longer, and so are those beyond 8
    const std::uint64_t masked = first & (~std::uint64_t{0} >> (64 - 8 * size.size));
    if (has(*static_cast<const NumberSet*>(size.numbers.get()), masked)) return true;
  }
  return prefixes.long_firsts && value.size > 8 &&
         has(*static_cast<const NumberSet*>(prefixes.long_firsts.get()), first) &&
         has_long_prefix(prefixes, value, first);
}

std::shared_ptr<const void> make_prefix_list(std::vector<std::string> texts) {
  auto prefixes = std::make_shared<Prefixes>();
  std::sort(texts.begin(), texts.end());
  // What begins with another prefix is not needed; sorted, it follows it.
  std::vector<std::string> needed;
  for (std::string& text : texts)
    if (needed.empty() || !text.starts_with(needed.back())) needed.push_back(std::move(text));
  std::vector<std::uint64_t> numbers[9], firsts;
  for (const std::string& text : needed) {
    const auto size = static_cast<std::int64_t>(text.size());
    const std::uint64_t first = first_bytes(text.data(), size);
    if (size == 0) prefixes->all = true;
    add_pairs(*prefixes, size, first);
    if (size > 8) {
      firsts.push_back(first);
      prefixes->longer.push_back({first, text});
    } else if (size > 0) {
      numbers[size].push_back(first);
    }
  }
  std::stable_sort(prefixes->longer.begin(), prefixes->longer.end(),
                   [](const LongPrefix& a, const LongPrefix& b) { return a.first < b.first; });
  for (std::int64_t size = 1; size <= 8; ++size)
    if (!numbers[size].empty()) prefixes->sizes.push_back({size, make_numbers(std::move(numbers[size]), true)});
  if (!firsts.empty()) prefixes->long_firsts = make_numbers(std::move(firsts), true);
  return prefixes;
}

Result<std::shared_ptr<const void>> prepare_prefix(const Value& constant) { return make_prefix_list({constant.text}); }

}  // namespace

std::shared_ptr<const void> make_set(Type type, std::span<const Value> values) {
  if (type == Type::Text) {
    std::vector<std::string> texts;
    for (const Value& value : values) texts.push_back(value.text);
    return make_texts(std::move(texts));
  }
  std::vector<std::uint64_t> numbers;
  for (const Value& value : values)
    numbers.push_back(type == Type::Real ? bits_of(value.real) : static_cast<std::uint64_t>(value.bits));
  return make_numbers(std::move(numbers), type != Type::Real);
}

std::shared_ptr<const void> make_prefixes(std::span<const Value> texts) {
  std::vector<std::string> list;
  for (const Value& value : texts) list.push_back(value.text);
  return make_prefix_list(std::move(list));
}

extern "C" {

bool inlay_filter_in_integers(const void* set, std::int64_t value) {
  return has(*static_cast<const NumberSet*>(set), static_cast<std::uint64_t>(value));
}
bool inlay_filter_in_reals(const void* set, double value) {
  return has(*static_cast<const NumberSet*>(set), bits_of(value));
}
bool inlay_filter_in_texts(const void* set, Text value) { return has(*static_cast<const TextSet*>(set), value); }

bool inlay_filter_has_prefix_of(Text value, const void* object) {
  const auto& prefixes = *static_cast<const Prefixes*>(object);
  if (value.size >= 2) {
    std::uint16_t pair = 0;
    std::memcpy(&pair, value.data, sizeof pair);
    const bool may = (prefixes.pairs[pair / 64] >> pair % 64 & 1) != 0;
    if (!may || prefixes.pairs_decide) return may;
  }
  return search(prefixes, value);
}

}  // extern "C"

void add_sets(Registry& registry) {
  INLAY_FILTER_FUNCTION(registry, "starts_with_any", inlay_filter_has_prefix_of,
                        {.cost = 3, .prepare = prepare_prefix, .prepared = 1});
}

}  // namespace inlay::filter
