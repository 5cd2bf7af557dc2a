// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The programs, written once for all shapes of closures. A shape S says how its closures are made: S::constant,
// variable, binary, assign, branch, loop, list, call; and S::program, which makes of a body the function of two inputs
// that is measured.
#pragma once

#include <array>
#include <type_traits>

namespace bench {

enum class Which { Expression, Branches, Statements, Recursion, DoubleExpression, While };

/// The variables of a running program; the inputs are the first two.
template <class T>
struct Env {
  std::array<T, 8> slots = {};
};

/// A function of the program, which may call itself. Its body's type is erased, because that of a lambda names all the
/// lambdas inside, which a recursive one cannot.
template <class T>
struct Callee {
  const void* body = nullptr;
  T (*enter)(const void* body, T argument) = nullptr;
};

// clang-format off
struct Add { template <class T> T operator()(T a, T b) const { return a + b; } };
struct Subtract { template <class T> T operator()(T a, T b) const { return a - b; } };
struct Multiply { template <class T> T operator()(T a, T b) const { return a * b; } };
struct Divide { template <class T> T operator()(T a, T b) const { return a / b; } };
struct Remainder { template <class T> T operator()(T a, T b) const { return a % b; } };
struct And { template <class T> T operator()(T a, T b) const { return a & b; } };
struct Xor { template <class T> T operator()(T a, T b) const { return a ^ b; } };
struct Less { template <class T> T operator()(T a, T b) const { return a < b ? 1 : 0; } };
// clang-format on

/// (x * 3 + (y ^ 5)) - (x & y): 11 closures.
template <class S>
auto expression() {
  return S::program(S::binary(Subtract(),
                              S::binary(Add(), S::binary(Multiply(), S::variable(0), S::constant(3)),
                                        S::binary(Xor(), S::variable(1), S::constant(5))),
                              S::binary(And(), S::variable(0), S::variable(1))));
}

/// x * x * 0.5 + y / (x + 1.5): 11 closures.
template <class S>
auto double_expression() {
  return S::program(
      S::binary(Add(), S::binary(Multiply(), S::binary(Multiply(), S::variable(0), S::variable(0)), S::constant(0.5)),
                S::binary(Divide(), S::variable(1), S::binary(Add(), S::variable(0), S::constant(1.5)))));
}

/// s = y; for (i = 0; i < x; i = i + 1) { t = (i * i + 3) % 10; if (t < 5) s = s + t; else s = s ^ i; } s
template <class S>
auto branches() {
  constexpr int s = 1, i = 2, t = 3;
  return S::program(S::list(
      S::assign(i, S::constant(0)),
      S::loop(S::binary(Less(), S::variable(i), S::variable(0)),
              S::list(S::assign(t, S::binary(Remainder(),
                                             S::binary(Add(), S::binary(Multiply(), S::variable(i), S::variable(i)),
                                                       S::constant(3)),
                                             S::constant(10))),
                      S::branch(S::binary(Less(), S::variable(t), S::constant(5)),
                                S::assign(s, S::binary(Add(), S::variable(s), S::variable(t))),
                                S::assign(s, S::binary(Xor(), S::variable(s), S::variable(i)))),
                      S::assign(i, S::binary(Add(), S::variable(i), S::constant(1))))),
      S::variable(s)));
}

/// s = 0; while (1 < x) { s = s + x * y; x = x * 0.99; } s
template <class S>
auto while_loop() {
  constexpr int x = 0, y = 1, s = 2;
  return S::program(S::list(
      S::assign(s, S::constant(0)),
      S::loop(
          S::binary(Less(), S::constant(1), S::variable(x)),
          S::list(S::assign(s, S::binary(Add(), S::variable(s), S::binary(Multiply(), S::variable(x), S::variable(y)))),
                  S::assign(x, S::binary(Multiply(), S::variable(x), S::constant(0.99))))),
      S::variable(s)));
}

/// Eight assignments in a row, some of them to the same variable.
template <class S>
auto statements() {
  constexpr int x = 0, y = 1, a = 2, b = 3, c = 4, d = 5;
  return S::program(S::list(S::assign(a, S::binary(Add(), S::variable(x), S::variable(y))),
                            S::assign(b, S::binary(Multiply(), S::variable(a), S::constant(3))),
                            S::assign(c, S::binary(Subtract(), S::variable(b), S::variable(x))),
                            S::assign(d, S::binary(Xor(), S::variable(c), S::variable(a))),
                            S::assign(a, S::binary(Add(), S::variable(d), S::variable(b))),
                            S::assign(b, S::binary(Remainder(), S::variable(a), S::constant(7))),
                            S::assign(c, S::binary(Multiply(), S::variable(b), S::variable(c))),
                            S::assign(d, S::binary(And(), S::variable(c), S::constant(1023))),
                            S::binary(Subtract(), S::binary(Add(), S::variable(d), S::variable(b)), S::variable(y))));
}

/// fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2), called with x.
template <class S>
auto recursion() {
  auto* fib = S::declare();
  auto call_less = [&](long by) { return S::call(fib, S::binary(Subtract(), S::variable(0), S::constant(by))); };
  S::define(fib, S::branch(S::binary(Less(), S::variable(0), S::constant(2)), S::variable(0),
                           S::binary(Add(), call_less(1), call_less(2))));
  return S::program(S::call(fib, S::variable(0)));
}

/// Hands to `visit` a function that makes the program.
template <class S, class Visit>
auto with_program(Which which, Visit visit) {
  if constexpr (std::is_integral_v<typename S::Value>) {
    switch (which) {
      case Which::Branches:
        return visit([] { return branches<S>(); });
      case Which::Statements:
        return visit([] { return statements<S>(); });
      case Which::Recursion:
        return visit([] { return recursion<S>(); });
      default:
        return visit([] { return expression<S>(); });
    }
  } else {
    if (which == Which::While) return visit([] { return while_loop<S>(); });
    return visit([] { return double_expression<S>(); });
  }
}

}  // namespace bench
