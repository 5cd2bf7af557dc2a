// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "environment.h"

#include <cstdio>
#include <stdexcept>

#include "inlay/annotate.h"

namespace fuzz {

bool Env::operator==(const Env& other) const {
  bool same = slots == other.slots && result == other.result && trace == other.trace && fuel == other.fuel &&
              pair.whole == other.pair.whole && same_real(pair.part, other.pair.part);
  for (std::size_t i = 0; i < reals.size(); ++i) same = same && same_real(reals[i], other.reals[i]);
  return same;
}

std::string Env::to_string() const {
  std::string text = "slots";
  for (std::int64_t slot : slots) text += " " + std::to_string(slot);
  text += "; reals";
  char real[40];
  for (double value : reals) {
    std::snprintf(real, sizeof real, " %a", value);
    text += real;
  }
  std::snprintf(real, sizeof real, "%a", pair.part);
  return text + "; result " + std::to_string(result) + "; trace " + std::to_string(trace) + "; fuel " +
         std::to_string(fuel) + "; pair " + std::to_string(pair.whole) + " " + real;
}

std::int64_t global_counter = 0;
thread_local std::int64_t thread_counter = 0;

namespace {
INLAY_NOINLINE std::int64_t first_value() { return 11; }
}  // namespace

std::int64_t& function_static() {
  static std::int64_t counter = first_value();  // behind a guard
  return counter;
}

Globals globals() { return {global_counter, function_static(), thread_counter}; }

void set_globals(const Globals& values) {
  global_counter = values.global;
  function_static() = values.function_static;
  thread_counter = values.thread_local_value;
}

namespace {

std::int64_t wrap_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

std::int64_t plain(Env& env, std::int64_t value) { return wrap_add(value, env.slots[0]); }

INLAY_NOINLINE std::int64_t far(Env& env, std::int64_t value) { return env.add_to_trace(wrap_add(value, 1)); }

INLAY_OPAQUE std::int64_t opaque(Env& env, std::int64_t value) {
  env.slots[1] = wrap_add(env.slots[1], value);
  return value ^ 0x55;
}

INLAY_INLINE std::int64_t eager(Env& env, std::int64_t value) {
  for (std::int64_t& slot : env.slots) value = wrap_add(value, slot >> 3);
  return value;
}

std::int64_t throwing(Env& env, std::int64_t value) {
  if ((value & 15) == 7) throw Trap{env.add_to_trace(value)};
  if ((value & 31) == 9) throw std::runtime_error("nine");
  return value;
}

std::int64_t recursive(Env& env, std::int64_t value) {
  if (value <= 0 || value > 12) return value;
  return wrap_add(recursive(env, value - 1), env.slots[2] ^ value);
}

}  // namespace

const Helper helpers[HelperCount] = {plain, far, opaque, eager, throwing, recursive};
Helper open_helpers[HelperCount] = {plain, far, opaque, eager, throwing, recursive};

Pair scale(Pair pair, std::int64_t by) {
  pair.whole = static_cast<std::int32_t>(static_cast<std::uint32_t>(pair.whole) * static_cast<std::uint32_t>(by));
  pair.part = pair.part * 0.5 + static_cast<double>(by);
  return pair;
}

Triple rotate(Triple triple) { return {triple.y, triple.z, triple.x}; }

void bump(Pair& pair, std::int64_t by) {
  pair.whole = static_cast<std::int32_t>(static_cast<std::uint32_t>(pair.whole) + static_cast<std::uint32_t>(by));
}

double blend(float a, double b, bool flag, std::int8_t tiny) { return flag ? a * b + tiny : b - a * tiny; }

}  // namespace fuzz
