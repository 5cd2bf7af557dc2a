// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Equality and order of values, as the language has them, for all who compare: operators, sets, null functions.
#pragma once

#include "inlay/filter/type.h"

namespace inlay::filter {

inline bool equal(bool a, bool b) { return a == b; }
inline bool equal(std::int64_t a, std::int64_t b) { return a == b; }
// NaN equals NaN. Without branches; where one side is a known number, one comparison is left.
inline bool equal(double a, double b) { return (a == b) | ((a != a) & (b != b)); }
inline bool equal(Text a, Text b) {
  return a.size == b.size && __builtin_memcmp(a.data, b.data, static_cast<std::size_t>(a.size)) == 0;
}
inline bool equal(Date a, Date b) { return a.days == b.days; }
inline bool equal(Timestamp a, Timestamp b) { return a.microseconds == b.microseconds; }

inline bool less(bool a, bool b) { return a < b; }
inline bool less(std::int64_t a, std::int64_t b) { return a < b; }
// NaN is greater than all else. Written so that one comparison is left where `b` is a known number: LLVM does not join
// the two that other forms leave.
inline bool less(double a, double b) { return (a < b) | ((b != b) & (a == a)); }
inline bool less(Text a, Text b) {
  const int order = __builtin_memcmp(a.data, b.data, static_cast<std::size_t>(a.size < b.size ? a.size : b.size));
  return order != 0 ? order < 0 : a.size < b.size;
}
inline bool less(Date a, Date b) { return a.days < b.days; }
inline bool less(Timestamp a, Timestamp b) { return a.microseconds < b.microseconds; }

template <class T>
bool greater(T a, T b) {
  return less(b, a);
}
inline bool greater(double a, double b) { return !(a <= b) & (b == b); }  // as with less()

}  // namespace inlay::filter
