// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a shard found, as a text that is merged with those of the other shards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "inlay/filter/aggregate.h"
#include "inlay/result.h"

namespace inlay::filter {

struct Shard {
  std::int64_t number = 1;  // from 1
  std::int64_t count = 1;

  friend bool operator==(const Shard&, const Shard&) = default;
};

/// `2/4`.
Result<Shard> parse_shard(std::string_view text);

/// What a part begins with.
inline constexpr std::string_view PartialMark = "inlay-filter-partial 1";

struct Partial {
  Shard shard;
  std::string condition;
  bool only_count = false;  // what comes out is a number: --count alone
  std::int64_t passed = 0;  // rows
  Aggregation aggregation;
  Groups groups;
};

std::string to_text(const Partial& partial);
/// `name` is for messages: what is damaged or something else is refused.
Result<Partial> parse_partial(std::string_view text, const std::string& name);

}  // namespace inlay::filter
