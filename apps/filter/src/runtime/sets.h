// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables for `IN` lists that are too long for comparisons, and for several prefixes of one text.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "inlay/filter/type.h"
#include "inlay/filter/value.h"

namespace inlay::filter {

/// What the functions below search: values of one type, none NULL. (Numbers within 4096 of each other are a bit set,
/// others and texts a hash table without chains.)
std::shared_ptr<const void> make_set(Type type, std::span<const Value> values);
/// Prefixes, by their first bytes.
std::shared_ptr<const void> make_prefixes(std::span<const Value> texts);

extern "C" {

bool inlay_filter_in_integers(const void* set, std::int64_t value);  // also dates and timestamps
bool inlay_filter_in_reals(const void* set, double value);           // by the equality of comparisons
bool inlay_filter_in_texts(const void* set, Text value);
bool inlay_filter_has_prefix_of(Text value, const void* prefixes);  // registered as `starts_with_any`

}  // extern "C"

}  // namespace inlay::filter
