// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled without contraction of a * b + c: each operation is rounded by itself (CMakeLists.txt beside the room).
#include "ir/interpret/arithmetic.h"

#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>
#include <type_traits>

namespace inlay::ir {

namespace {

template <class T>
T lane_of(const std::byte* from, std::uint32_t lane) {
  T value;
  std::memcpy(&value, from + std::size_t{lane} * sizeof(T), sizeof(T));
  return value;
}

template <class T>
void set_lane(std::byte* to, std::uint32_t lane, T value) {
  std::memcpy(to + std::size_t{lane} * sizeof(T), &value, sizeof(T));
}

/// Calls `visit` with a value of the C++ type for that kind; integers are signed, addresses are integers.
template <class Visitor>
void with_type(TypeKind kind, Visitor&& visit) {
  switch (kind) {
    case TypeKind::Bool:
    case TypeKind::I8:
      return visit(std::int8_t{});
    case TypeKind::I16:
      return visit(std::int16_t{});
    case TypeKind::I32:
      return visit(std::int32_t{});
    case TypeKind::I64:
    case TypeKind::Ptr:
    case TypeKind::Fn:
      return visit(std::int64_t{});
    case TypeKind::F32:
      return visit(float{});
    case TypeKind::F64:
      return visit(double{});
    default:
      return;  // verify() lets none of these through
  }
}

template <std::signed_integral T>
std::optional<TrapKind> divide(Op op, T a, T b, T& out) {
  using U = std::make_unsigned_t<T>;
  if (b == 0) return TrapKind::DivisionByZero;
  const bool overflows = a == std::numeric_limits<T>::min() && b == -1;
  switch (op) {
    case Op::Div:
      if (overflows) return TrapKind::Overflow;
      out = static_cast<T>(a / b);
      break;
    case Op::Rem:
      out = overflows ? T{0} : static_cast<T>(a % b);
      break;
    case Op::DivU:
      out = static_cast<T>(static_cast<U>(a) / static_cast<U>(b));
      break;
    default:
      out = static_cast<T>(static_cast<U>(a) % static_cast<U>(b));
  }
  return std::nullopt;
}

template <std::signed_integral T>
std::optional<TrapKind> apply(Op op, T a, T b, T, T& out) {
  using U = std::make_unsigned_t<T>;
  constexpr unsigned Width = sizeof(T) * 8;
  const U ua = static_cast<U>(a), ub = static_cast<U>(b);
  const std::uint64_t wide_a = ua, wide_b = ub;  // where arithmetic wraps instead of being promoted to int
  const unsigned by = static_cast<unsigned>(ub % Width);
  const auto wrapped = [&](std::uint64_t value) { out = static_cast<T>(static_cast<U>(value)); };
  switch (op) {
    case Op::Add:
      wrapped(wide_a + wide_b);
      break;
    case Op::Sub:
      wrapped(wide_a - wide_b);
      break;
    case Op::Mul:
      wrapped(wide_a * wide_b);
      break;
    case Op::Div:
    case Op::DivU:
    case Op::Rem:
    case Op::RemU:
      return divide(op, a, b, out);
    case Op::AddTrap:
      if (__builtin_add_overflow(a, b, &out)) return TrapKind::Overflow;
      break;
    case Op::SubTrap:
      if (__builtin_sub_overflow(a, b, &out)) return TrapKind::Overflow;
      break;
    case Op::MulTrap:
      if (__builtin_mul_overflow(a, b, &out)) return TrapKind::Overflow;
      break;
    case Op::Neg:
      wrapped(0 - wide_a);
      break;
    case Op::Abs:
      wrapped(a < 0 ? 0 - wide_a : wide_a);
      break;
    case Op::Min:
      out = a < b ? a : b;
      break;
    case Op::Max:
      out = a > b ? a : b;
      break;
    case Op::MinU:
      wrapped(ua < ub ? ua : ub);
      break;
    case Op::MaxU:
      wrapped(ua > ub ? ua : ub);
      break;
    case Op::And:
      wrapped(wide_a & wide_b);
      break;
    case Op::Or:
      wrapped(wide_a | wide_b);
      break;
    case Op::Xor:
      wrapped(wide_a ^ wide_b);
      break;
    case Op::Not:
      wrapped(~wide_a);
      break;
    case Op::Shl:
      wrapped(wide_a << by);
      break;
    case Op::Shr:
      wrapped(wide_a >> by);
      break;
    case Op::Sar:
      out = static_cast<T>(a >> by);
      break;
    case Op::Rotl:
      wrapped(std::rotl(ua, static_cast<int>(by)));
      break;
    case Op::Popcount:
      wrapped(static_cast<unsigned>(std::popcount(ua)));
      break;
    case Op::Clz:
      wrapped(static_cast<unsigned>(std::countl_zero(ua)));
      break;
    case Op::Ctz:
      wrapped(static_cast<unsigned>(std::countr_zero(ua)));
      break;
    case Op::Bswap: {
      std::uint64_t swapped = 0;
      for (unsigned i = 0; i < sizeof(T); ++i) swapped = swapped << 8 | (wide_a >> (8 * i) & 0xff);
      wrapped(swapped);
      break;
    }
    default:
      out = 0;
  }
  return std::nullopt;
}

template <std::floating_point T>
std::optional<TrapKind> apply(Op op, T a, T b, T c, T& out) {
  switch (op) {
    case Op::Add:
      out = a + b;
      break;
    case Op::Sub:
      out = a - b;
      break;
    case Op::Mul:
      out = a * b;
      break;
    case Op::Div:
      out = a / b;
      break;
    case Op::Neg:
      out = -a;
      break;
    case Op::Abs:
      out = std::fabs(a);
      break;
    case Op::Min:
      out = a < b ? a : b;
      break;
    case Op::Max:
      out = a > b ? a : b;
      break;
    case Op::Fma:
      out = std::fma(a, b, c);
      break;
    case Op::Sqrt:
      out = std::sqrt(a);
      break;
    case Op::Floor:
      out = std::floor(a);
      break;
    case Op::Ceil:
      out = std::ceil(a);
      break;
    case Op::Round:
      out = static_cast<T>(__builtin_roundeven(static_cast<double>(a)));  // exact in both widths
      break;
    default:
      out = 0;
  }
  return std::nullopt;
}

template <class T>
bool holds(Op op, T a, T b) {
  using U = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>, std::type_identity<T>>::type;
  const U ua = static_cast<U>(a), ub = static_cast<U>(b);
  switch (op) {
    case Op::Eq:
      return a == b;
    case Op::Ne:
      return !(a == b);
    case Op::Lt:
      return a < b;
    case Op::Le:
      return a <= b;
    case Op::Gt:
      return a > b;
    case Op::Ge:
      return a >= b;
    case Op::LtU:
      return ua < ub;
    case Op::LeU:
      return ua <= ub;
    case Op::GtU:
      return ua > ub;
    case Op::GeU:
      return ua >= ub;
    default:
      return false;
  }
}

/// Towards zero; what does not fit becomes the nearest that does, NaN 0.
template <std::integral To, std::floating_point From>
To saturated(From value) {
  if (std::isnan(value)) return 0;
  // Powers of two, so exact: the least value, and one more than the greatest.
  const From least = static_cast<From>(std::numeric_limits<To>::min());
  const From beyond = std::ldexp(From{1}, std::numeric_limits<To>::digits);
  if (value <= least) return std::numeric_limits<To>::min();
  if (value >= beyond) return std::numeric_limits<To>::max();
  return static_cast<To>(value);
}

template <class To, class From>
To converted(Op op, From value) {
  if constexpr (std::is_integral_v<From>) {
    const auto bits = static_cast<std::make_unsigned_t<From>>(value);
    if (op == Op::Zext || op == Op::UintToFloat) return static_cast<To>(bits);
    return static_cast<To>(value);  // Trunc, Sext, IntToFloat
  } else if constexpr (std::is_integral_v<To>) {
    if (op == Op::FloatToUint) return static_cast<To>(saturated<std::make_unsigned_t<To>>(value));
    return saturated<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

Op step_of(Op reduction) {
  switch (reduction) {
    case Op::ReduceAdd:
      return Op::Add;
    case Op::ReduceMin:
      return Op::Min;
    case Op::ReduceMax:
      return Op::Max;
    case Op::ReduceAnd:
      return Op::And;
    default:
      return Op::Or;
  }
}

}  // namespace

std::size_t lane_size(TypeKind kind) {
  std::size_t size = 0;
  with_type(kind, [&](auto type) { size = sizeof type; });
  return size;
}

std::optional<TrapKind> compute(Op op, Lanes lanes, const std::byte* a, const std::byte* b, const std::byte* c,
                                std::byte* out) {
  std::optional<TrapKind> trap;
  with_type(lanes.kind, [&](auto type) {
    using T = decltype(type);
    for (std::uint32_t i = 0; i < lanes.count && !trap; ++i) {
      T result{};
      trap = apply(op, lane_of<T>(a, i), b ? lane_of<T>(b, i) : T{}, c ? lane_of<T>(c, i) : T{}, result);
      if constexpr (sizeof(T) == 1) result = lanes.kind == TypeKind::Bool ? static_cast<T>(result & 1) : result;
      set_lane(out, i, result);
    }
  });
  return trap;
}

void compare(Op op, Lanes lanes, const std::byte* a, const std::byte* b, std::byte* out) {
  with_type(lanes.kind, [&](auto type) {
    using T = decltype(type);
    for (std::uint32_t i = 0; i < lanes.count; ++i) out[i] = std::byte{holds(op, lane_of<T>(a, i), lane_of<T>(b, i))};
  });
}

void convert(Op op, TypeKind from, Lanes to, const std::byte* a, std::byte* out) {
  with_type(from, [&](auto source) {
    with_type(to.kind, [&](auto target) {
      using From = decltype(source);
      using To = decltype(target);
      for (std::uint32_t i = 0; i < to.count; ++i) {
        From value = lane_of<From>(a, i);
        if constexpr (sizeof(From) == 1)
          if (from == TypeKind::Bool && op == Op::Sext) value = static_cast<From>(-value);
        To result = converted<To>(op, value);
        if constexpr (sizeof(To) == 1)
          if (to.kind == TypeKind::Bool) result = static_cast<To>(result & 1);
        set_lane(out, i, result);
      }
    });
  });
}

void reduce(Op op, Lanes lanes, const std::byte* a, std::byte* out) {
  with_type(lanes.kind, [&](auto type) {
    using T = decltype(type);
    T result = lane_of<T>(a, 0);
    for (std::uint32_t i = 1; i < lanes.count; ++i) apply(step_of(op), T{result}, lane_of<T>(a, i), T{}, result);
    set_lane(out, 0, result);
  });
}

}  // namespace inlay::ir
