// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

#include <cmath>
#include <memory>
#include <vector>

#include "inlay/annotate.h"

namespace regressions {

Closure literal(int value) {
  return [value](int x) { return x + value; };
}

Closure copies_to_heap(Closure inner) {
  return [inner](int x) {
    auto copy = std::make_shared<Closure>(inner);
    return (*copy)(x) + (copy->target_type() == inner.target_type());
  };
}

int seed() { return 9; }

Closure dynamic_thread_local() {
  return [](int x) {
    thread_local std::vector<int> values{1, 2};
    thread_local int first = seed() + x;
    return static_cast<int>(values.size()) + first;
  };
}

[[gnu::weak]] int replaced() { return 1; }

Closure calls_weak() {
  return [](int x) { return replaced() + x; };
}

static thread_local int counter = 100;

Closure counts_here() {
  return [](int x) { return counter += x; };
}

int take_move_only(int factor, MoveOnly object) { return factor * object.value; }
int take_own_move(int factor, OwnMove object) { return factor * object.value; }

Configuration configuration{3, 0};

int through_two_names(Configuration* by_pointer, int x) {
  configuration.counter = x;
  by_pointer->counter += 5;
  return configuration.counter * configuration.factor;
}

double power(double base, double exponent) { return std::pow(base, exponent); }

__attribute__((noinline)) static long expecting_handler(Expecting* vm, const ExpectingInstruction* now) {
  inlay::virtual_state(vm, sizeof *vm);
  vm->pc += now->length;
  long value = inlay::expect(vm->expected, 5L);
  vm->sum += value * 3;
  return value;
}

long interpret_expecting(const ExpectingInstruction* code, Expecting* vm) {
  long result = 0;
  vm->pc = 0;
  for (;;) {
    vm->pc = inlay::context(vm->pc);
    const ExpectingInstruction* now = code + vm->pc;
    switch (now->op) {
      case 0:
        result += expecting_handler(vm, now);
        break;
      case 1:
        result += 100;
        ++vm->pc;
        break;
      default:
        return result * 1000 + vm->sum;
    }
  }
}

}  // namespace regressions
