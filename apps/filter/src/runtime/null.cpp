// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that have something to say about NULL. Of two arguments each; the parser nests longer lists.
#include "runtime/compare.h"
#include "runtime/register.h"

namespace inlay::filter {

namespace {

template <class T>
bool distinct(T a, bool a_null, T b, bool b_null) {
  return a_null || b_null ? a_null != b_null : !equal(a, b);
}

template <class T>
T coalesced(T a, bool a_null, T b, bool b_null, bool* null) {
  *null = a_null & b_null;
  return a_null ? b : a;
}

template <class T>
T null_if(T a, bool a_null, T b, bool b_null, bool* null) {
  *null = a_null || (!b_null && equal(a, b));
  return a;
}

/// The greater one, of what is not NULL. `b` if it is as great.
template <class T>
T greater_of(T a, bool a_null, T b, bool b_null, bool* null) {
  *null = a_null & b_null;
  return a_null | (!b_null & !less(b, a)) ? b : a;
}
template <class T>
T lesser_of(T a, bool a_null, T b, bool b_null, bool* null) {
  *null = a_null & b_null;
  return a_null | (!b_null & less(b, a)) ? b : a;
}

}  // namespace

#define INLAY_FILTER_NULL_FUNCTIONS(name, T)                                                         \
  extern "C" bool inlay_filter_distinct_##name(T a, bool a_null, T b, bool b_null, bool* null) {     \
    *null = false;                                                                                   \
    return distinct(a, a_null, b, b_null);                                                           \
  }                                                                                                  \
  extern "C" bool inlay_filter_not_distinct_##name(T a, bool a_null, T b, bool b_null, bool* null) { \
    *null = false;                                                                                   \
    return !distinct(a, a_null, b, b_null);                                                          \
  }                                                                                                  \
  extern "C" T inlay_filter_coalesce_##name(T a, bool a_null, T b, bool b_null, bool* null) {        \
    return coalesced(a, a_null, b, b_null, null);                                                    \
  }                                                                                                  \
  extern "C" T inlay_filter_nullif_##name(T a, bool a_null, T b, bool b_null, bool* null) {          \
    return null_if(a, a_null, b, b_null, null);                                                      \
  }                                                                                                  \
  extern "C" T inlay_filter_greatest_##name(T a, bool a_null, T b, bool b_null, bool* null) {        \
    return greater_of(a, a_null, b, b_null, null);                                                   \
  }                                                                                                  \
  extern "C" T inlay_filter_least_##name(T a, bool a_null, T b, bool b_null, bool* null) {           \
    return lesser_of(a, a_null, b, b_null, null);                                                    \
  }

INLAY_FILTER_NULL_FUNCTIONS(boolean, bool)
INLAY_FILTER_NULL_FUNCTIONS(integer, std::int64_t)
INLAY_FILTER_NULL_FUNCTIONS(real, double)
INLAY_FILTER_NULL_FUNCTIONS(text, Text)
INLAY_FILTER_NULL_FUNCTIONS(date, Date)
INLAY_FILTER_NULL_FUNCTIONS(timestamp, Timestamp)

void add_nulls(Registry& registry) {
  constexpr FunctionTraits Choose{.cost = 0.5, .nulls = Nulls::Handled};
#define INLAY_FILTER_ADD_NULL_FUNCTIONS(name, ns)                                                       \
  do {                                                                                                  \
    constexpr FunctionTraits Compare{.cost = ns, .nulls = Nulls::Handled};                              \
    INLAY_FILTER_FUNCTION(registry, "is distinct from", inlay_filter_distinct_##name, Compare);         \
    INLAY_FILTER_FUNCTION(registry, "is not distinct from", inlay_filter_not_distinct_##name, Compare); \
    INLAY_FILTER_FUNCTION(registry, "coalesce", inlay_filter_coalesce_##name, Choose);                  \
    INLAY_FILTER_FUNCTION(registry, "nullif", inlay_filter_nullif_##name, Compare);                     \
    INLAY_FILTER_FUNCTION(registry, "greatest", inlay_filter_greatest_##name, Compare);                 \
    INLAY_FILTER_FUNCTION(registry, "least", inlay_filter_least_##name, Compare);                       \
  } while (false)
  INLAY_FILTER_ADD_NULL_FUNCTIONS(boolean, 0.5);
  INLAY_FILTER_ADD_NULL_FUNCTIONS(integer, 0.5);
  INLAY_FILTER_ADD_NULL_FUNCTIONS(real, 0.8);
  INLAY_FILTER_ADD_NULL_FUNCTIONS(text, 4);
  INLAY_FILTER_ADD_NULL_FUNCTIONS(date, 0.5);
  INLAY_FILTER_ADD_NULL_FUNCTIONS(timestamp, 0.5);
}

}  // namespace inlay::filter
