// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "settled.h"

#include <unordered_set>
#include <variant>
#include <vector>

namespace lox {
namespace {

/// Goes through all of a program.
class Search {
 public:
  void visit(const syntax::Function& function) { visit(function.body); }
  std::unordered_map<int, const syntax::Function*> found() const {
    std::unordered_map<int, const syntax::Function*> settled;
    for (const auto& [global, function] : functions_)
      if (!changing_.contains(global)) settled.emplace(global, function);
    return settled;
  }

 private:
  void visit(const std::vector<syntax::StatementPtr>& statements) {
    for (const syntax::StatementPtr& statement : statements) visit(statement);
  }
  void visit(const std::vector<syntax::ExpressionPtr>& expressions) {
    for (const syntax::ExpressionPtr& expression : expressions) visit(expression);
  }
  void visit(const syntax::StatementPtr& statement) {
    if (statement) std::visit([&](const auto& node) { visit_node(node); }, statement->node);
  }
  void visit(const syntax::ExpressionPtr& expression) {
    if (expression) std::visit([&](const auto& node) { visit_node(node); }, expression->node);
  }

  void declare(const syntax::Declared& variable, const syntax::Function* function) {
    if (variable.local) return;
    if (!function || !functions_.emplace(variable.global, function).second) changing_.insert(variable.global);
  }

  void visit_node(const syntax::Nil&) {}
  void visit_node(const syntax::Boolean&) {}
  void visit_node(const syntax::Number&) {}
  void visit_node(const syntax::String&) {}
  void visit_node(const syntax::Variable&) {}
  void visit_node(const syntax::This&) {}
  void visit_node(const syntax::Super&) {}
  void visit_node(const syntax::Assign& node) {
    if (node.place.kind == syntax::Place::Kind::Global) changing_.insert(node.place.index);
    visit(node.value);
  }
  void visit_node(const syntax::Get& node) { visit(node.object); }
  void visit_node(const syntax::Set& node) {
    visit(node.object);
    visit(node.value);
  }
  void visit_node(const syntax::Call& node) {
    visit(node.callee);
    visit(node.arguments);
  }
  void visit_node(const syntax::Unary& node) { visit(node.operand); }
  void visit_node(const syntax::Binary& node) {
    visit(node.left);
    visit(node.right);
  }
  void visit_node(const syntax::Logical& node) {
    visit(node.left);
    visit(node.right);
  }

  void visit_node(const syntax::Evaluate& node) { visit(node.expression); }
  void visit_node(const syntax::Print& node) { visit(node.expression); }
  void visit_node(const syntax::Var& node) {
    declare(node.variable, nullptr);
    visit(node.initializer);
  }
  void visit_node(const syntax::Block& node) { visit(node.statements); }
  void visit_node(const syntax::If& node) {
    visit(node.condition);
    visit(node.then);
    visit(node.otherwise);
  }
  void visit_node(const syntax::While& node) {
    visit(node.condition);
    visit(node.body);
    visit(node.increment);
  }
  void visit_node(const syntax::Return& node) { visit(node.value); }
  void visit_node(const syntax::FunctionDeclaration& node) {
    declare(node.variable, node.function.get());
    visit(*node.function);
  }
  void visit_node(const syntax::ClassDeclaration& node) {
    declare(node.variable, nullptr);
    visit(node.superclass);
    for (const syntax::FunctionPtr& method : node.methods) visit(*method);
  }

  std::unordered_map<int, const syntax::Function*> functions_;
  std::unordered_set<int> changing_;
};

}  // namespace

std::unordered_map<int, const syntax::Function*> settled_functions(const syntax::Function& script) {
  Search search;
  search.visit(script);
  return search.found();
}

}  // namespace lox
