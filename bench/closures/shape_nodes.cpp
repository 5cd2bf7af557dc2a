// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as nodes with a virtual function.
#include <utility>
#include <vector>

#include "shapes.h"

namespace bench {
namespace {

template <class T>
struct Nodes {
  using Value = T;

  struct Base {
    virtual T eval(Env<T>& env) const = 0;
    virtual ~Base() = default;
  };
  using Node = std::unique_ptr<Base>;

  struct Constant final : Base {
    T value;
    explicit Constant(T v) : value(v) {}
    T eval(Env<T>&) const override { return value; }
  };
  struct Variable final : Base {
    int slot;
    explicit Variable(int s) : slot(s) {}
    T eval(Env<T>& env) const override { return env.slots[slot]; }
  };
  template <class Operation>
  struct Binary final : Base {
    Node left, right;
    Binary(Node l, Node r) : left(std::move(l)), right(std::move(r)) {}
    T eval(Env<T>& env) const override {
      const T first = left->eval(env);
      return Operation()(first, right->eval(env));
    }
  };
  struct Assign final : Base {
    int slot;
    Node value;
    Assign(int s, Node v) : slot(s), value(std::move(v)) {}
    T eval(Env<T>& env) const override { return env.slots[slot] = value->eval(env); }
  };
  struct Branch final : Base {
    Node condition, then, otherwise;
    Branch(Node c, Node t, Node o) : condition(std::move(c)), then(std::move(t)), otherwise(std::move(o)) {}
    T eval(Env<T>& env) const override { return condition->eval(env) != 0 ? then->eval(env) : otherwise->eval(env); }
  };
  struct Loop final : Base {
    Node condition, body;
    Loop(Node c, Node b) : condition(std::move(c)), body(std::move(b)) {}
    T eval(Env<T>& env) const override {
      while (condition->eval(env) != 0) body->eval(env);
      return T();
    }
  };
  struct List final : Base {
    std::vector<Node> nodes;
    explicit List(std::vector<Node> n) : nodes(std::move(n)) {}
    T eval(Env<T>& env) const override {
      T last = T();
      for (const Node& node : nodes) last = node->eval(env);
      return last;
    }
  };
  struct Call final : Base {
    const Callee<T>* callee;
    Node argument;
    Call(const Callee<T>* c, Node a) : callee(c), argument(std::move(a)) {}
    T eval(Env<T>& env) const override { return callee->enter(callee->body, argument->eval(env)); }
  };
  struct Program final : NodeProgram<T> {
    Node body;
    explicit Program(Node b) : body(std::move(b)) {}
    T run(T x, T y) const override {
      Env<T> env;
      env.slots[0] = x;
      env.slots[1] = y;
      return body->eval(env);
    }
  };

  static Node constant(T value) { return std::make_unique<Constant>(value); }
  static Node variable(int slot) { return std::make_unique<Variable>(slot); }
  template <class Operation>
  static Node binary(Operation, Node left, Node right) {
    return std::make_unique<Binary<Operation>>(std::move(left), std::move(right));
  }
  static Node assign(int slot, Node value) { return std::make_unique<Assign>(slot, std::move(value)); }
  static Node branch(Node condition, Node then, Node otherwise) {
    return std::make_unique<Branch>(std::move(condition), std::move(then), std::move(otherwise));
  }
  static Node loop(Node condition, Node body) { return std::make_unique<Loop>(std::move(condition), std::move(body)); }
  template <class... All>
  static Node list(All... nodes) {
    std::vector<Node> all;
    (all.push_back(std::move(nodes)), ...);
    return std::make_unique<List>(std::move(all));
  }

  // What is frozen is given back with its region, so nothing here deletes it.
  static Callee<T>* declare() { return new Callee<T>; }
  static void define(Callee<T>* callee, Node body) {
    callee->body = body.release();
    callee->enter = [](const void* inner, T argument) {
      Env<T> env;
      env.slots[0] = argument;
      return static_cast<const Base*>(inner)->eval(env);
    };
  }
  static Node call(const Callee<T>* callee, Node argument) {
    return std::make_unique<Call>(callee, std::move(argument));
  }

  static std::unique_ptr<NodeProgram<T>> program(Node body) { return std::make_unique<Program>(std::move(body)); }
};

}  // namespace

template <class T>
std::unique_ptr<NodeProgram<T>> make_nodes(Which which) {
  return with_program<Nodes<T>>(which, [](auto make) { return make(); });
}
template std::unique_ptr<NodeProgram<long>> make_nodes(Which);
template std::unique_ptr<NodeProgram<double>> make_nodes(Which);

}  // namespace bench
