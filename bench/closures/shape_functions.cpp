// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as std::functions.
#include <utility>
#include <vector>

#include "shapes.h"

namespace bench {
namespace {

template <class T>
struct Functions {
  using Value = T;
  using Node = std::function<T(Env<T>&)>;

  static Node constant(T value) {
    return [value](Env<T>&) { return value; };
  }
  static Node variable(int slot) {
    return [slot](Env<T>& env) { return env.slots[slot]; };
  }
  template <class Operation>
  static Node binary(Operation operation, Node left, Node right) {
    return [operation, left = std::move(left), right = std::move(right)](Env<T>& env) {
      const T first = left(env);
      return operation(first, right(env));
    };
  }
  static Node assign(int slot, Node value) {
    return [slot, value = std::move(value)](Env<T>& env) { return env.slots[slot] = value(env); };
  }
  static Node branch(Node condition, Node then, Node otherwise) {
    return [condition = std::move(condition), then = std::move(then), otherwise = std::move(otherwise)](Env<T>& env) {
      return condition(env) != 0 ? then(env) : otherwise(env);
    };
  }
  static Node loop(Node condition, Node body) {
    return [condition = std::move(condition), body = std::move(body)](Env<T>& env) {
      while (condition(env) != 0) body(env);
      return T();
    };
  }
  template <class... Nodes>
  static Node list(Nodes... nodes) {
    std::vector<Node> all;
    (all.push_back(std::move(nodes)), ...);
    return [all = std::move(all)](Env<T>& env) {
      T last = T();
      for (const Node& node : all) last = node(env);
      return last;
    };
  }

  // What is frozen is given back with its region, so nothing here deletes it.
  static Callee<T>* declare() { return new Callee<T>; }
  static void define(Callee<T>* callee, Node body) {
    callee->body = new Node(std::move(body));
    callee->enter = [](const void* inner, T argument) {
      Env<T> env;
      env.slots[0] = argument;
      return (*static_cast<const Node*>(inner))(env);
    };
  }
  static Node call(const Callee<T>* callee, Node argument) {
    return [callee, argument = std::move(argument)](Env<T>& env) { return callee->enter(callee->body, argument(env)); };
  }

  static std::function<T(T, T)> program(Node body) {
    return [body = std::move(body)](T x, T y) {
      Env<T> env;
      env.slots[0] = x;
      env.slots[1] = y;
      return body(env);
    };
  }
};

}  // namespace

template <class T>
std::function<T(T, T)> make_functions(Which which) {
  return with_program<Functions<T>>(which, [](auto make) { return make(); });
}
template std::function<long(long, long)> make_functions(Which);
template std::function<double(double, double)> make_functions(Which);

std::function<long(long, long)> make_first() {
  return [](long x, long) { return x; };
}

}  // namespace bench
