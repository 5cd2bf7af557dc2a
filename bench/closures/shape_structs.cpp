// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as C has them: a struct that begins with a pointer to the function which evaluates it.
#include <vector>

#include "shapes.h"

namespace bench {

template <class T>
struct StructNode {
  T (*eval)(const StructNode*, Env<T>&);
};

namespace {

template <class T>
struct Structs {
  using Value = T;
  using Base = StructNode<T>;
  using Node = const Base*;

  static T run(Node node, Env<T>& env) { return node->eval(node, env); }

  /// A node of type N, whose static member `eval` evaluates it. Never deleted: it is given back with its region.
  template <class N, class... Fields>
  static Node make(Fields... fields) {
    return new N{{[](Node node, Env<T>& env) { return N::eval_node(*static_cast<const N*>(node), env); }}, fields...};
  }

  struct Constant : Base {
    T value;
    static T eval_node(const Constant& node, Env<T>&) { return node.value; }
  };
  struct Variable : Base {
    int slot;
    static T eval_node(const Variable& node, Env<T>& env) { return env.slots[node.slot]; }
  };
  template <class Operation>
  struct Binary : Base {
    Node left, right;
    static T eval_node(const Binary& node, Env<T>& env) {
      const T first = run(node.left, env);
      return Operation()(first, run(node.right, env));
    }
  };
  struct Assign : Base {
    int slot;
    Node value;
    static T eval_node(const Assign& node, Env<T>& env) { return env.slots[node.slot] = run(node.value, env); }
  };
  struct Branch : Base {
    Node condition, then, otherwise;
    static T eval_node(const Branch& node, Env<T>& env) {
      return run(node.condition, env) != 0 ? run(node.then, env) : run(node.otherwise, env);
    }
  };
  struct Loop : Base {
    Node condition, body;
    static T eval_node(const Loop& node, Env<T>& env) {
      while (run(node.condition, env) != 0) run(node.body, env);
      return T();
    }
  };
  struct List : Base {
    const Node* nodes;
    int count;
    static T eval_node(const List& list, Env<T>& env) {
      T last = T();
      for (int i = 0; i < list.count; ++i) last = run(list.nodes[i], env);
      return last;
    }
  };
  struct Call : Base {
    const Callee<T>* callee;
    Node argument;
    static T eval_node(const Call& node, Env<T>& env) {
      return node.callee->enter(node.callee->body, run(node.argument, env));
    }
  };

  static Node constant(T value) { return make<Constant>(value); }
  static Node variable(int slot) { return make<Variable>(slot); }
  template <class Operation>
  static Node binary(Operation, Node left, Node right) {
    return make<Binary<Operation>>(left, right);
  }
  static Node assign(int slot, Node value) { return make<Assign>(slot, value); }
  static Node branch(Node condition, Node then, Node otherwise) { return make<Branch>(condition, then, otherwise); }
  static Node loop(Node condition, Node body) { return make<Loop>(condition, body); }
  template <class... Nodes>
  static Node list(Nodes... nodes) {
    return make<List>(static_cast<const Node*>(new Node[]{nodes...}), static_cast<int>(sizeof...(nodes)));
  }

  static Callee<T>* declare() { return new Callee<T>; }
  static void define(Callee<T>* callee, Node body) {
    callee->body = body;
    callee->enter = [](const void* inner, T argument) {
      Env<T> env;
      env.slots[0] = argument;
      return run(static_cast<Node>(inner), env);
    };
  }
  static Node call(const Callee<T>* callee, Node argument) { return make<Call>(callee, argument); }

  static StructProgram<T> program(Node body) {
    return {[](const StructProgram<T>* self, T x, T y) {
              Env<T> env;
              env.slots[0] = x;
              env.slots[1] = y;
              return run(self->body, env);
            },
            body};
  }
};

}  // namespace

template <class T>
StructProgram<T> make_structs(Which which) {
  return with_program<Structs<T>>(which, [](auto make) { return make(); });
}
template StructProgram<long> make_structs(Which);
template StructProgram<double> make_structs(Which);

}  // namespace bench
