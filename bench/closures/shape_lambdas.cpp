// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as objects of lambdas: the type of each holds those of all inside it, so C++ compiles one function from the
// whole program, which reads the constants from the object.
#include <utility>

#include "shapes.h"

namespace bench {
namespace {

template <class T>
struct LambdaObjects {
  using Value = T;

  static auto constant(T value) {
    return [value](Env<T>&) { return value; };
  }
  static auto variable(int slot) {
    return [slot](Env<T>& env) { return env.slots[slot]; };
  }
  template <class Operation, class Left, class Right>
  static auto binary(Operation operation, Left left, Right right) {
    return [operation, left, right](Env<T>& env) {
      const T first = left(env);
      return operation(first, right(env));
    };
  }
  template <class Node>
  static auto assign(int slot, Node value) {
    return [slot, value](Env<T>& env) { return env.slots[slot] = value(env); };
  }
  template <class Condition, class Then, class Otherwise>
  static auto branch(Condition condition, Then then, Otherwise otherwise) {
    return [condition, then, otherwise](Env<T>& env) { return condition(env) != 0 ? then(env) : otherwise(env); };
  }
  template <class Condition, class Body>
  static auto loop(Condition condition, Body body) {
    return [condition, body](Env<T>& env) {
      while (condition(env) != 0) body(env);
      return T();
    };
  }
  template <class... Nodes>
  static auto list(Nodes... nodes) {
    return [... nodes = nodes](Env<T>& env) {
      T last = T();
      ((last = nodes(env)), ...);
      return last;
    };
  }

  // What is frozen is given back with its region, so nothing here deletes it.
  static Callee<T>* declare() { return new Callee<T>; }
  template <class Node>
  static void define(Callee<T>* callee, Node body) {
    callee->body = new Node(body);
    callee->enter = [](const void* inner, T argument) {
      Env<T> env;
      env.slots[0] = argument;
      return (*static_cast<const Node*>(inner))(env);
    };
  }
  template <class Node>
  static auto call(const Callee<T>* callee, Node argument) {
    return [callee, argument](Env<T>& env) { return callee->enter(callee->body, argument(env)); };
  }

  template <class Node>
  static auto program(Node body) {
    return [body](T x, T y) {
      Env<T> env;
      env.slots[0] = x;
      env.slots[1] = y;
      return body(env);
    };
  }
};

}  // namespace

template <class T>
Lambdas<T> make_lambdas(const inlay::Jit& jit, Which which) {
  return with_program<LambdaObjects<T>>(which, [&](auto make) {
    auto tree = jit.freeze(make);
    using Tree = decltype(make());
    return Lambdas<T>{[](const void* lambda, T x, T y) { return (*static_cast<const Tree*>(lambda))(x, y); },
                      tree.get(), std::make_shared<decltype(tree)>(tree), jit.optimize<T(T, T)>(tree).value()};
  });
}
template Lambdas<long> make_lambdas(const inlay::Jit&, Which);
template Lambdas<double> make_lambdas(const inlay::Jit&, Which);

}  // namespace bench
