// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What each operation does, for any shape of closures: `S::template Code<R>` is how the shape holds a child that yields
// R; it is called with the environment. So all shapes mean the same, and their code differs where it matters here: in
// how a child is reached.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "environment.h"

namespace fuzz {

using Int = std::int64_t;

template <class S>
using IntCode = typename S::template Code<Int>;
template <class S>
using RealCode = typename S::template Code<double>;
template <class S>
using StepCode = typename S::template Code<Flow>;

inline Int wrap(std::uint64_t value) { return static_cast<Int>(value); }
inline std::uint64_t bits(Int value) { return static_cast<std::uint64_t>(value); }
inline Int mix(Int a, Int b) { return wrap(bits(a) * 3 + bits(b)); }

// One type an operator, as interpreters written with templates have.
struct Add {
  static Int of(Int a, Int b) { return wrap(bits(a) + bits(b)); }
};
struct Subtract {
  static Int of(Int a, Int b) { return wrap(bits(a) - bits(b)); }
};
struct Multiply {
  static Int of(Int a, Int b) { return wrap(bits(a) * bits(b)); }
};
struct Divide {
  static Int of(Int a, Int b) { return b == 0 || b == -1 ? a : a / b; }
};
struct Remainder {
  static Int of(Int a, Int b) { return b == 0 || b == -1 ? 0 : a % b; }
};
struct ShiftLeft {
  static Int of(Int a, Int b) { return wrap(bits(a) << (b & 63)); }
};
struct ShiftRight {
  static Int of(Int a, Int b) { return a >> (b & 63); }
};
struct Smaller {
  static Int of(Int a, Int b) { return std::min(a, b); }
};
struct ByteDivide {  // narrow division, and a remainder that depends on the sign
  static Int of(Int a, Int b) {
    auto x = static_cast<std::int8_t>(a), y = static_cast<std::int8_t>(b);
    return y == 0 ? x : x / y + 100 * (x % y);
  }
};

template <class S, class Operator>
struct Arithmetic {
  IntCode<S> left, right;
  Int operator()(Env& env) const {
    Int a = left(env);
    return Operator::of(a, right(env));
  }
};

/// The operator as data: a switch on a frozen tag.
template <class S>
struct Tagged {
  enum class Kind : std::uint8_t { Add, And, Or, Xor, Max, Less, First };
  Kind kind;
  IntCode<S> left, right;
  Int operator()(Env& env) const {
    Int a = left(env), b = right(env);
    switch (kind) {
      case Kind::Add:
        return wrap(bits(a) + bits(b));
      case Kind::And:
        return a & b;
      case Kind::Or:
        return a | b;
      case Kind::Xor:
        return a ^ b;
      case Kind::Max:
        return a > b ? a : b;
      case Kind::Less:
        return a < b;
      case Kind::First:
        return a;
    }
    return 0;
  }
};

template <class S, class T>
struct Narrow {
  IntCode<S> value;
  Int operator()(Env& env) const { return static_cast<Int>(static_cast<T>(value(env))); }
};

template <class S, class T>
struct Compare {
  IntCode<S> left, right;
  bool or_equal;
  Int operator()(Env& env) const {
    T a = static_cast<T>(left(env)), b = static_cast<T>(right(env));
    return or_equal ? a <= b : a < b;
  }
};

template <class S, class R>
struct If {
  IntCode<S> condition;
  typename S::template Code<R> yes, no;
  R operator()(Env& env) const { return condition(env) & 1 ? yes(env) : no(env); }
};

/// One of two known closures, chosen when it runs.
template <class S>
struct Choose {
  IntCode<S> condition, yes, no;
  Int operator()(Env& env) const {
    const IntCode<S>& chosen = condition(env) > 0 ? yes : no;
    return chosen(env);
  }
};

template <class S>
struct CallHelper {
  Helper helper;
  IntCode<S> value;
  Int operator()(Env& env) const { return helper(env, value(env)); }
};

template <class S>
struct CallOpenHelper {
  unsigned index;
  IntCode<S> value;
  Int operator()(Env& env) const { return open_helpers[index](env, value(env)); }
};

template <class S>
struct CallMethod {
  Int (Env::*method)(Int);
  IntCode<S> value;
  Int operator()(Env& env) const { return (env.*method)(value(env)); }
};

template <class S>
struct Truncate {
  RealCode<S> value;
  Int operator()(Env& env) const {
    double d = value(env);
    return std::fabs(d) < 1e15 ? static_cast<Int>(d) : -1;
  }
};

enum class Walk : std::uint8_t { Iterator, Index, Reversed, Twice, FirstNonZero };

template <class S, Walk How>
struct Sum {
  std::vector<IntCode<S>> items;
  Int operator()(Env& env) const {
    Int total = 0;
    if constexpr (How == Walk::Iterator) {
      for (const auto& item : items) total = mix(total, item(env));
    } else if constexpr (How == Walk::Index) {
      for (std::size_t i = 0; i < items.size(); ++i) total = mix(total, items[i](env));
    } else if constexpr (How == Walk::Reversed) {
      for (auto at = items.rbegin(); at != items.rend(); ++at) total = mix(total, (*at)(env));
      if (!items.empty() && total == 1) total = mix(total, items.back()(env));
    } else if constexpr (How == Walk::Twice) {
      for (int round = 0; round < 2; ++round)
        for (const auto& item : items) total = mix(total, item(env) ^ round);
    } else {
      for (const auto& item : items)
        if ((total = item(env)) != 0) break;
    }
    return total;
  }
};

/// A known list at a place that is only known when it runs.
template <class S>
struct Dispatch {
  std::vector<IntCode<S>> items;  // the first one selects among the others
  Int operator()(Env& env) const { return items[1 + bits(items[0](env)) % (items.size() - 1)](env); }
};

template <class S>
struct Linked {
  struct Link {
    IntCode<S> item;
    std::shared_ptr<Link> next;
  };
  std::shared_ptr<Link> first;
  Int operator()(Env& env) const {
    Int total = 5;
    for (const Link* at = first.get(); at; at = at->next.get()) total = mix(total, at->item(env));
    return total;
  }
};

template <class S>
struct MapLookup {
  IntCode<S> key;
  std::shared_ptr<const std::map<Int, IntCode<S>>> items;
  Int operator()(Env& env) const {
    auto found = items->find(bits(key(env)) % 5);
    return found == items->end() ? -7 : found->second(env);
  }
};

template <class S>
struct Text {
  std::string text;
  IntCode<S> index;
  Int operator()(Env& env) const {
    auto at = static_cast<std::size_t>(bits(index(env)) % (text.size() + 1));
    return at == text.size() ? static_cast<Int>(text.size()) : text[at] + (text == "short" ? 1000 : 0);
  }
};

template <class S, class T>
struct Table {
  std::vector<T> values;
  IntCode<S> index;
  auto operator()(Env& env) const {
    T value = values[static_cast<std::size_t>(bits(index(env)) % values.size())];
    return static_cast<std::conditional_t<std::is_floating_point_v<T>, double, Int>>(value);
  }
};

/// Two alternatives inside the node.
template <class S>
struct Small {
  struct Constant {
    Int value;
  };
  struct Slot {
    unsigned index;
  };
  std::variant<Constant, Slot, std::array<std::int16_t, 3>> what;
  IntCode<S> other;
  Int operator()(Env& env) const {
    Int base = other(env);
    return std::visit(
        [&](const auto& which) -> Int {
          using T = std::decay_t<decltype(which)>;
          if constexpr (std::is_same_v<T, Constant>)
            return base ^ which.value;
          else if constexpr (std::is_same_v<T, Slot>)
            return base ^ env.slots[which.index];
          else
            return which[bits(base) % which.size()];
        },
        what);
  }
};

struct CountGlobal {
  Int operator()(Env&) const { return global_counter += 2; }
};
struct CountStatic {
  Int operator()(Env&) const { return ++function_static(); }
};
struct CountThread {
  Int operator()(Env&) const { return thread_counter += 5; }
};

template <class S>
struct ThrowIf {
  Int kind;
  IntCode<S> value;
  Int operator()(Env& env) const {
    Int v = value(env);
    if ((v & 3) != 1) return v;
    if (kind % 3 == 0) throw Trap{v};
    if (kind % 3 == 1) throw std::runtime_error("value " + std::to_string(v));
    throw static_cast<int>(v);
  }
};

/// A cleanup with an effect on every way out.
template <class S>
struct Guarded {
  Int mark;
  IntCode<S> value;
  Int operator()(Env& env) const {
    struct Mark {
      Env& env;
      Int mark;
      ~Mark() { env.add_to_trace(mark); }
    } at_end{env, mark};
    return value(env);
  }
};

template <class S>
struct Catch {
  IntCode<S> value, otherwise;
  Int operator()(Env& env) const {
    try {
      return value(env);
    } catch (const Trap& trap) {
      return env.add_to_trace(trap.code);
    } catch (const std::runtime_error& error) {
      env.add_to_trace(static_cast<Int>(std::string(error.what()).size()));
    }
    return otherwise(env);
  }
};

template <class S>
struct ScalePair {
  Pair pair;
  IntCode<S> by, whole;
  Int operator()(Env& env) const {
    Pair scaled = scale(pair, by(env));
    scaled.whole ^= static_cast<std::int32_t>(whole(env));
    env.pair = scale(scaled, 3);
    return env.pair.whole;
  }
};

template <class S>
struct RotateTriple {
  Triple triple;
  IntCode<S> value;
  Int operator()(Env& env) const {
    Triple turned = rotate({value(env), triple.y, triple.z});
    return turned.x ^ turned.z;
  }
};

template <class S>
struct Shared {
  std::shared_ptr<const IntCode<S>> code;
  Int operator()(Env& env) const { return mix((*code)(env), (*code)(env)); }
};

/// Counts the references of a frozen shared_ptr while it runs.
template <class S>
struct CopyShared {
  std::shared_ptr<const IntCode<S>> code;
  Int operator()(Env& env) const {
    std::shared_ptr<const IntCode<S>> mine = code;
    return (*mine)(env);
  }
};

template <class S>
struct Definition {
  IntCode<S> body;
};

/// A call of a definition, which may call itself: cycles in the graph of closures.
template <class S>
struct Define {
  const Definition<S>* definition;
  IntCode<S> argument;
  Int operator()(Env& env) const {
    Int a = argument(env);
    if (env.fuel <= 0) return a;
    --env.fuel;
    std::swap(env.slots[6], a);
    Int result = definition->body(env);
    env.slots[6] = a;
    return result;
  }
};

/// A closure that gets another one as its argument.
template <class S>
struct Visit {
  IntCode<S> value;
  template <class F>
  static Int apply_twice(const F& f, Int x) {
    return f(f(x));
  }
  Int operator()(Env& env) const {
    return apply_twice([&](Int x) { return mix(x, value(env)); }, 1);
  }
};

template <class S>
struct Memory {
  IntCode<S> index;
  Int operator()(Env& env) const { return env.slots[bits(index(env)) % env.slots.size()]; }
};

template <class S>
struct Repeat {
  IntCode<S> count, value;
  Int operator()(Env& env) const {
    Int total = 0;
    for (std::uint64_t i = bits(count(env)) % 5; i > 0 && env.fuel-- > 0; --i) total = mix(total, value(env));
    return total;
  }
};

template <class S>
struct CallTwice {
  IntCode<S> value;
  Int operator()(Env& env) const { return Subtract::of(value(env), value(env)); }
};

/// Two lists side by side.
template <class S>
struct Zip {
  std::vector<IntCode<S>> left, right;
  Int operator()(Env& env) const {
    Int total = 2;
    auto b = right.begin();
    for (auto a = left.begin(); a != left.end() && b != right.end(); ++a, ++b)
      total = mix(total, (*a)(env) ^ wrap(bits((*b)(env)) << 1));
    return total;
  }
};

template <class S>
struct Grid {
  std::vector<std::vector<IntCode<S>>> rows;
  Int operator()(Env& env) const {
    Int total = 0;
    for (const auto& row : rows) {
      for (const auto& cell : row) {
        Int value = cell(env);
        if (value == 3) break;
        total = mix(total, value);
      }
      if (total == 5) return -5;
    }
    return total;
  }
};

/// Closures with jumps between them, forwards and backwards, taken as they come out.
template <class S>
struct Machine {
  struct Instruction {
    IntCode<S> test;
    unsigned yes, no;
  };
  std::vector<Instruction> code;
  Int operator()(Env& env) const {
    Int last = 0;
    for (unsigned at = 0; at < code.size() && env.fuel-- > 0;) {
      last = code[at].test(env);
      at = last & 1 ? code[at].yes : code[at].no;
    }
    return last;
  }
};

/// Known closures that go through memory which the evaluator does not follow.
template <class S>
struct StackWalk {
  std::vector<IntCode<S>> items;
  Int operator()(Env& env) const {
    std::array<const IntCode<S>*, 8> stack{};
    std::size_t top = 0;
    for (const auto& item : items)
      if (top < stack.size()) stack[top++] = &item;
    Int total = 9;
    while (top > 0) {
      total = mix(total, (*stack[--top])(env));
      if (total == 0 && top > 1) std::swap(stack[0], stack[1]);
    }
    return total;
  }
};

/// A recursion over parts of a known list.
template <class S>
struct Halves {
  std::vector<IntCode<S>> items;
  static Int sum(const IntCode<S>* begin, const IntCode<S>* end, Env& env) {
    if (begin == end) return 0;
    if (end - begin == 1) return (*begin)(env);
    const IntCode<S>* middle = begin + (end - begin) / 2;
    Int left = sum(begin, middle, env);
    return mix(left, sum(middle, end, env));
  }
  Int operator()(Env& env) const { return sum(items.data(), items.data() + items.size(), env); }
};

template <class S>
struct RealArithmetic {
  Int kind;
  RealCode<S> a, b, c;
  double operator()(Env& env) const {
    double x = a(env), y = b(env), z = c(env);
    switch (bits(kind) % 6) {
      case 0:
        return x * y + z;  // must not become a fused operation where the original has none
      case 1:
        return x - y * z;
      case 2:
        return x / y + z;
      case 3:
        return std::min(x, y) + z;
      case 4:
        return (x + y) + z;
      default:
        return std::fabs(x) * (y < z ? y : z);
    }
  }
};

template <class S>
struct FromInt {
  IntCode<S> value;
  double operator()(Env& env) const { return static_cast<double>(value(env)); }
};
template <class S>
struct Single {
  RealCode<S> value;
  double operator()(Env& env) const { return static_cast<double>(static_cast<float>(value(env)) * 3.0f); }
};
template <class S>
struct Root {
  RealCode<S> value;
  double operator()(Env& env) const { return std::sqrt(value(env)); }
};
template <class S>
struct Blend {
  float factor;
  bool flag;
  IntCode<S> tiny;
  RealCode<S> a, b;
  double operator()(Env& env) const {
    double x = a(env);
    return blend(factor, x, flag, static_cast<std::int8_t>(tiny(env))) + b(env);
  }
};

}  // namespace fuzz
