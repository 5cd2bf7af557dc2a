// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Statements, and the leaves, for any shape of closures; see operations.h.
#pragma once

#include "operations.h"

namespace fuzz {

struct Number {
  Int value;
  Int operator()(Env&) const { return value; }
};
struct Slot {
  unsigned index;
  Int operator()(Env& env) const { return env.slots[index]; }
};
struct Real {
  double value;
  double operator()(Env&) const { return value; }
};
struct RealSlot {
  unsigned index;
  double operator()(Env& env) const { return env.reals[index]; }
};

template <class S>
struct Assign {
  unsigned index;
  IntCode<S> value;
  Flow operator()(Env& env) const {
    env.slots[index] = value(env);
    return Flow::Next;
  }
};
template <class S>
struct AssignReal {
  unsigned index;
  RealCode<S> value;
  Flow operator()(Env& env) const {
    env.reals[index] = value(env);
    return Flow::Next;
  }
};
template <class S>
struct Evaluate {
  IntCode<S> value;
  Flow operator()(Env& env) const {
    env.add_to_trace(value(env));
    return Flow::Next;
  }
};
template <class S>
struct Store {
  IntCode<S> index, value;
  Flow operator()(Env& env) const {
    Int at = index(env);
    env.slots[bits(at) % env.slots.size()] = value(env);
    return Flow::Next;
  }
};
template <class S>
struct BumpPair {
  IntCode<S> value;
  Flow operator()(Env& env) const {
    Pair copy = env.pair;
    bump(copy, value(env));
    bump(env.pair, copy.whole);
    return Flow::Next;
  }
};
template <class S>
struct While {
  Int bound;
  IntCode<S> condition;
  StepCode<S> body;
  Flow operator()(Env& env) const {
    for (Int i = 0; i < bound && condition(env) != 0 && env.fuel-- > 0; ++i)
      if (body(env) == Flow::Return) return Flow::Return;
    return Flow::Next;
  }
};
template <class S, bool ByIndex>
struct Sequence {
  std::vector<StepCode<S>> steps;
  Flow operator()(Env& env) const {
    if constexpr (ByIndex) {
      for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i](env) == Flow::Return) return Flow::Return;
    } else {
      for (const auto& step : steps)
        if (Flow flow = step(env); flow != Flow::Next) return flow;
    }
    return Flow::Next;
  }
};
template <class S>
struct TryStep {
  StepCode<S> body, handler;
  Flow operator()(Env& env) const {
    try {
      return body(env);
    } catch (int value) {
      env.slots[3] = value;
    } catch (const Trap& trap) {
      if (trap.code == 1) throw;
      env.slots[4] = trap.code;
    }
    return handler(env);
  }
};
template <class S>
struct Return {
  IntCode<S> value;
  Flow operator()(Env& env) const {
    env.result = value(env);
    return Flow::Return;
  }
};

/// The whole: what a compiled function runs.
template <class S>
struct Whole {
  std::vector<std::shared_ptr<Definition<S>>> definitions;
  StepCode<S> body;
  Int operator()(Env& env) const {
    if (body(env) == Flow::Next) env.result = 0x77;
    return env.result;
  }
};

}  // namespace fuzz
