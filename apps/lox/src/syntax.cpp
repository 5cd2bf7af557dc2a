// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Taking a tree apart. Left to the compiler, each level would take a dozen stack frames: a sum of ten thousand
// operands is ten thousand levels deep. So what is below a node goes to a list before the node dies.
#include "syntax.h"

#include <utility>

namespace lox::syntax {
namespace {

/// Moves the nodes just below one to `below`.
template <class Pointer>
class Collector {
 public:
  explicit Collector(std::vector<Pointer>& below) : below_(below) {}

  void take(Pointer& node) {
    if (node) below_.push_back(std::move(node));
  }
  void take(std::vector<Pointer>& nodes) {
    for (Pointer& node : nodes) take(node);
  }
  void take(FunctionPtr& function) {
    if (function) take(function->body);
  }

  // Expressions.
  void operator()(Assign& node) { take(node.value); }
  void operator()(Get& node) { take(node.object); }
  void operator()(Set& node) { take(node.object), take(node.value); }
  void operator()(Call& node) { take(node.callee), take(node.arguments); }
  void operator()(Unary& node) { take(node.operand); }
  void operator()(Binary& node) { take(node.left), take(node.right); }
  void operator()(Logical& node) { take(node.left), take(node.right); }

  // Statements.
  void operator()(Block& node) { take(node.statements); }
  void operator()(If& node) { take(node.then), take(node.otherwise); }
  void operator()(While& node) { take(node.body); }
  void operator()(FunctionDeclaration& node) { take(node.function); }
  void operator()(ClassDeclaration& node) {
    for (FunctionPtr& method : node.methods) take(method);
  }

  // Whatever has nothing below, or of a statement only expressions.
  template <class Leaf>
  void operator()(Leaf&) {}

 private:
  std::vector<Pointer>& below_;
};

template <class Node>
void take_apart(Node& root) {
  std::vector<std::unique_ptr<Node>> pending;
  Collector<std::unique_ptr<Node>> collect(pending);
  std::visit(collect, root.node);
  while (!pending.empty()) {
    const std::unique_ptr<Node> node = std::move(pending.back());
    pending.pop_back();
    std::visit(collect, node->node);
  }
}

}  // namespace

Expression::~Expression() { take_apart(*this); }
Statement::~Statement() { take_apart(*this); }

}  // namespace lox::syntax
