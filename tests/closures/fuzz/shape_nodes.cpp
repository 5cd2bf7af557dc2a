// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as nodes with a virtual function, owned by unique_ptr.
#include "builder.h"
#include "shapes.h"

namespace fuzz {

namespace {

template <class R>
struct Node {
  virtual ~Node() = default;
  virtual R eval(Env& env) const = 0;
};

struct Named {  // a second base, so that some nodes need an adjusted `this`
  virtual ~Named() = default;
  virtual Int weight() const { return 1; }
  Int number = 0;
};

template <class R, class F>
struct NodeOf final : Node<R> {
  explicit NodeOf(F f) : operation(std::move(f)) {}
  R eval(Env& env) const override { return operation(env); }
  F operation;
};

template <class R, class F>
struct NamedNodeOf : Named, Node<R> {
  explicit NamedNodeOf(F f) : operation(std::move(f)) {}
  R eval(Env& env) const override {
    env.add_to_trace(weight());
    return operation(env);
  }
  Int weight() const override { return number + 2; }
  F operation;
};

template <class R>
class Owner {
 public:
  Owner() = default;
  explicit Owner(std::unique_ptr<Node<R>> node) : node_(std::move(node)) {}
  R operator()(Env& env) const { return node_->eval(env); }

 private:
  std::unique_ptr<Node<R>> node_;
};

struct NodeShape {
  template <class R>
  using Code = Owner<R>;
  template <class R, class F>
  static Code<R> make(F operation) {
    if constexpr (sizeof(F) % 16 == 8 && !std::is_same_v<F, Slot>)
      return Code<R>(std::make_unique<NamedNodeOf<R, F>>(std::move(operation)));
    else
      return Code<R>(std::make_unique<NodeOf<R, F>>(std::move(operation)));
  }
};

}  // namespace

inlay::Result<Candidate> as_nodes(const inlay::Jit& jit, const Program& program, const inlay::CompileOptions& options,
                                  const inlay::FreezeOptions& freeze) {
  auto tree = jit.freeze(
      [&]() -> std::unique_ptr<Node<Int>> {
        using Root = Whole<NodeShape>;
        return std::make_unique<NodeOf<Int, Root>>(Builder<NodeShape>().whole(program));
      },
      freeze);
  INLAY_TRY(auto compiled, jit.optimize(tree, &Node<Int>::eval, options));
  return Candidate{[tree](Env& env) { return (*tree)->eval(env); }, std::move(compiled)};
}

}  // namespace fuzz
