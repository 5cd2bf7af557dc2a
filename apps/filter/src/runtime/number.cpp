// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic. Integers that overflow raise; reals follow IEEE 754, but for division by zero, which raises, too.
#include <cmath>
#include <cstdint>

#include "runtime/register.h"

namespace inlay::filter {

extern "C" {

std::int64_t inlay_filter_add_integer(Scope& scope, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) [[unlikely]]
    raise(scope, Fault::IntegerOverflow);
  return result;
}
std::int64_t inlay_filter_subtract_integer(Scope& scope, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(a, b, &result)) [[unlikely]]
    raise(scope, Fault::IntegerOverflow);
  return result;
}
std::int64_t inlay_filter_multiply_integer(Scope& scope, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) [[unlikely]]
    raise(scope, Fault::IntegerOverflow);
  return result;
}
std::int64_t inlay_filter_divide_integer(Scope& scope, std::int64_t a, std::int64_t b) {
  if (b == 0) [[unlikely]] {
    raise(scope, Fault::DivisionByZero);
    return 0;
  }
  if (b == -1 && a == INT64_MIN) [[unlikely]] {
    raise(scope, Fault::IntegerOverflow);
    return 0;
  }
  return a / b;
}
/// The rest has the sign of `a`, as in C and SQL.
std::int64_t inlay_filter_modulo_integer(Scope& scope, std::int64_t a, std::int64_t b) {
  if (b == 0) [[unlikely]] {
    raise(scope, Fault::DivisionByZero);
    return 0;
  }
  return b == -1 ? 0 : a % b;  // the processor's division would trap on INT64_MIN % -1
}
std::int64_t inlay_filter_negate_integer(Scope& scope, std::int64_t a) {
  return inlay_filter_subtract_integer(scope, 0, a);
}
std::int64_t inlay_filter_abs_integer(Scope& scope, std::int64_t a) {
  return a < 0 ? inlay_filter_negate_integer(scope, a) : a;
}

double inlay_filter_add_real(double a, double b) { return a + b; }
double inlay_filter_subtract_real(double a, double b) { return a - b; }
double inlay_filter_multiply_real(double a, double b) { return a * b; }
double inlay_filter_divide_real(Scope& scope, double a, double b) {
  if (b == 0) [[unlikely]] {
    raise(scope, Fault::DivisionByZero);
    return 0;
  }
  return a / b;
}
double inlay_filter_modulo_real(Scope& scope, double a, double b) {
  if (b == 0) [[unlikely]] {
    raise(scope, Fault::DivisionByZero);
    return 0;
  }
  return std::fmod(a, b);
}
double inlay_filter_negate_real(double a) { return -a; }
double inlay_filter_abs_real(double a) { return std::fabs(a); }

/// Halves away from zero.
double inlay_filter_round_real(double a) { return std::round(a); }
double inlay_filter_floor_real(double a) { return std::floor(a); }
double inlay_filter_ceil_real(double a) { return std::ceil(a); }
/// To so many digits behind the point; before it, if negative.
double inlay_filter_round_digits(double a, std::int64_t digits) {
  if (digits > 308) return a;
  if (digits < -308) return a == a ? std::copysign(0.0, a) : a;
  // Powers of ten up to 22 are exact.
  const double scale = std::pow(10.0, std::fabs(static_cast<double>(digits)));
  const double scaled = digits < 0 ? a / scale : a * scale;
  // Where the number has no digits there, or none that a double could hold, it is rounded already.
  if (!(std::fabs(scaled) < 0x1p52)) return a;
  return digits < 0 ? std::round(scaled) * scale : std::round(scaled) / scale;
}

}  // extern "C"

void add_numbers(Registry& registry) {
  constexpr FunctionTraits Cheap{.cost = 0.3};
  constexpr FunctionTraits Checked{.cost = 0.4, .raises = true};
  INLAY_FILTER_FUNCTION(registry, "+", inlay_filter_add_integer, Checked);
  INLAY_FILTER_FUNCTION(registry, "-", inlay_filter_subtract_integer, Checked);
  INLAY_FILTER_FUNCTION(registry, "*", inlay_filter_multiply_integer, Checked);
  INLAY_FILTER_FUNCTION(registry, "/", inlay_filter_divide_integer, {.cost = 2, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "%", inlay_filter_modulo_integer, {.cost = 2, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "negate", inlay_filter_negate_integer, Checked);
  INLAY_FILTER_FUNCTION(registry, "abs", inlay_filter_abs_integer, Checked);
  INLAY_FILTER_FUNCTION(registry, "+", inlay_filter_add_real, Cheap);
  INLAY_FILTER_FUNCTION(registry, "-", inlay_filter_subtract_real, Cheap);
  INLAY_FILTER_FUNCTION(registry, "*", inlay_filter_multiply_real, Cheap);
  INLAY_FILTER_FUNCTION(registry, "/", inlay_filter_divide_real, {.cost = 1, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "%", inlay_filter_modulo_real, {.cost = 15, .raises = true});
  INLAY_FILTER_FUNCTION(registry, "negate", inlay_filter_negate_real, Cheap);
  INLAY_FILTER_FUNCTION(registry, "abs", inlay_filter_abs_real, Cheap);
  INLAY_FILTER_FUNCTION(registry, "round", inlay_filter_round_real, {.cost = 2});
  INLAY_FILTER_FUNCTION(registry, "round", inlay_filter_round_digits, {.cost = 30});
  INLAY_FILTER_FUNCTION(registry, "floor", inlay_filter_floor_real, {.cost = 1.5});
  INLAY_FILTER_FUNCTION(registry, "ceil", inlay_filter_ceil_real, {.cost = 1.5});
}

}  // namespace inlay::filter
