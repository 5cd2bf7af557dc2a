// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a shard found, as a text that is merged with those of the other shards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/aggregate.h"
#include "inlay/result.h"
#include "output/write.h"

namespace inlay::filter {

struct Shard {
  std::int64_t number = 1;  // from 1
  std::int64_t count = 1;

  friend bool operator==(const Shard&, const Shard&) = default;
};

/// `2/4`.
Result<Shard> parse_shard(std::string_view text);

/// What a part begins with; the number of its form follows.
inline constexpr std::string_view PartialMark = "inlay-filter-partial ";

/// Something that the parts of one command have in common: `--agg` and what it says, `input 1` and which file it is.
struct Trait {
  std::string name, value;
};

struct Partial {
  Shard shard;
  std::vector<Trait> traits;
  std::optional<Format> format;  // that was asked for
  bool only_count = false;       // what comes out is a number: --count alone
  std::int64_t passed = 0;       // rows
  Aggregation aggregation;
  Groups groups;
};

std::string to_text(const Partial& partial);
/// `name` is for messages: what is damaged or something else is refused.
Result<Partial> parse_partial(std::string_view text, const std::string& name);

/// What a part has otherwise than the first one, so that they cannot be put together; nothing if they can. Formats are
/// not compared, nor whether a shard is there twice.
std::optional<std::string> difference(const Partial& part, const Partial& first);

}  // namespace inlay::filter
