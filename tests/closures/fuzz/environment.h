// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What random closure programs work on: everything that the original and the compiled code must leave behind alike.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace fuzz {

struct Pair {  // two registers, of different classes
  std::int32_t whole = 0;
  double part = 0;
};

struct Triple {  // passed in memory
  std::int64_t x = 0, y = 0, z = 0;
};

struct Env {
  std::array<std::int64_t, 8> slots{};
  std::array<double, 4> reals{};
  std::int64_t result = 0;
  std::uint64_t trace = 0;  // effects, in order
  std::int32_t fuel = 400;  // what loops and calls may still use
  Pair pair;

  std::int64_t add_to_trace(std::int64_t value) {
    trace = trace * 31 + static_cast<std::uint64_t>(value);
    return value;
  }
  std::int64_t read_slot(std::int64_t index) { return slots[static_cast<std::uint64_t>(index) % slots.size()]; }
  std::int64_t swap_slot(std::int64_t value) {
    std::int64_t old = slots[7];
    slots[7] = value;
    return old;
  }

  bool operator==(const Env& other) const;
  std::string to_string() const;
};

/// What a program may throw, beside std::runtime_error and int.
struct Trap {
  std::int64_t code;
};

/// Whether a statement lets the next one run.
enum class Flow : std::uint8_t { Next, Return };

/// Variables of the host that programs change: a global, a function static, a thread-local.
struct Globals {
  std::int64_t global = 0, function_static = 0, thread_local_value = 0;
  bool operator==(const Globals&) const = default;
};
Globals globals();
void set_globals(const Globals& values);

std::int64_t& function_static();
extern std::int64_t global_counter;
extern thread_local std::int64_t thread_counter;

/// Functions that programs call; some ask not to be inlined or looked into.
using Helper = std::int64_t (*)(Env& env, std::int64_t value);
constexpr unsigned HelperCount = 6;
extern const Helper helpers[HelperCount];
/// A global table that may change, though nothing does.
extern Helper open_helpers[HelperCount];

Pair scale(Pair pair, std::int64_t by);
Triple rotate(Triple triple);
void bump(Pair& pair, std::int64_t by);
double blend(float a, double b, bool flag, std::int8_t tiny);

/// Bits, so that -0.0 and 0.0 differ; but any NaN is as good as any other.
inline bool same_real(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); }

}  // namespace fuzz
