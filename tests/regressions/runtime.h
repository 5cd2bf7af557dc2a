// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures, each with something in it that went wrong once.
#pragma once

#include <functional>

namespace regressions {

using Closure = std::function<int(int)>;

Closure literal(int value);
Closure copies_to_heap(Closure inner);  // stores the address of an internal function
Closure dynamic_thread_local();         // guard and variable are used without LLVM's intrinsic
Closure calls_weak();                   // a weak function that the host replaces
Closure counts_here();                  // internal thread-locals of the same name in two runtimes
Closure counts_there();

/// Travels in a register, though it cannot be copied.
struct MoveOnly {
  explicit MoveOnly(int value) : value(value) {}
  MoveOnly(MoveOnly&&) = default;
  int value;
};
/// Travels by its address, though its copy constructor is trivial.
struct OwnMove {
  explicit OwnMove(int value) : value(value) {}
  OwnMove(const OwnMove&) = default;
  OwnMove(OwnMove&& other) : value(other.value) { other.value = -1; }
  int value;
};
int take_move_only(int factor, MoveOnly object);
int take_own_move(int factor, OwnMove object);

struct Configuration {
  int factor;
  int counter;
};
extern Configuration configuration;
int through_two_names(Configuration* by_pointer, int x);

/// pow, of which one argument becomes known.
double power(double base, double exponent);

/// An interpreter whose handler expects something, and holds state of its own.
struct Expecting {
  int pc;
  long expected, sum;
};
struct ExpectingInstruction {
  int op, length;
};
long interpret_expecting(const ExpectingInstruction* code, Expecting* vm);

}  // namespace regressions
