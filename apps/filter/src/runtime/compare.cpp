// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/compare.h"

#include "runtime/register.h"

namespace inlay::filter {

// The six comparisons of a type.
#define INLAY_FILTER_COMPARISONS(name, T)                                          \
  extern "C" bool inlay_filter_equal_##name(T a, T b) { return equal(a, b); }      \
  extern "C" bool inlay_filter_differ_##name(T a, T b) { return !equal(a, b); }    \
  extern "C" bool inlay_filter_less_##name(T a, T b) { return less(a, b); }        \
  extern "C" bool inlay_filter_at_most_##name(T a, T b) { return !greater(a, b); } \
  extern "C" bool inlay_filter_greater_##name(T a, T b) { return greater(a, b); }  \
  extern "C" bool inlay_filter_at_least_##name(T a, T b) { return !less(a, b); }

INLAY_FILTER_COMPARISONS(boolean, bool)
INLAY_FILTER_COMPARISONS(integer, std::int64_t)
INLAY_FILTER_COMPARISONS(real, double)
INLAY_FILTER_COMPARISONS(text, Text)
INLAY_FILTER_COMPARISONS(date, Date)
INLAY_FILTER_COMPARISONS(timestamp, Timestamp)

void add_comparisons(Registry& registry) {
#define INLAY_FILTER_ADD_COMPARISONS(name, equality, order)                              \
  INLAY_FILTER_FUNCTION(registry, "=", inlay_filter_equal_##name, {.cost = equality});   \
  INLAY_FILTER_FUNCTION(registry, "<>", inlay_filter_differ_##name, {.cost = equality}); \
  INLAY_FILTER_FUNCTION(registry, "<", inlay_filter_less_##name, {.cost = order});       \
  INLAY_FILTER_FUNCTION(registry, "<=", inlay_filter_at_most_##name, {.cost = order});   \
  INLAY_FILTER_FUNCTION(registry, ">", inlay_filter_greater_##name, {.cost = order});    \
  INLAY_FILTER_FUNCTION(registry, ">=", inlay_filter_at_least_##name, {.cost = order})
  INLAY_FILTER_ADD_COMPARISONS(boolean, 0.3, 0.3);
  INLAY_FILTER_ADD_COMPARISONS(integer, 0.3, 0.3);
  INLAY_FILTER_ADD_COMPARISONS(real, 0.4, 0.4);
  INLAY_FILTER_ADD_COMPARISONS(text, 1.5, 3);
  INLAY_FILTER_ADD_COMPARISONS(date, 0.3, 0.3);
  INLAY_FILTER_ADD_COMPARISONS(timestamp, 0.3, 0.3);
}

}  // namespace inlay::filter
