// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dump.h"

#include <sstream>

namespace lox {
namespace {

using namespace syntax;

class Dumper {
 public:
  std::string text() const { return text_.str(); }

  void dump_body(const std::vector<StatementPtr>& statements) {
    for (const StatementPtr& statement : statements) {
      if (&statement != &statements.front()) text_ << ' ';
      dump(statement);
    }
  }

  // Expressions.
  void operator()(const Nil&) { text_ << "nil"; }
  void operator()(const Boolean& node) { text_ << (node.value ? "true" : "false"); }
  void operator()(const Number& node) { text_ << node.value; }
  void operator()(const String& node) { text_ << '"' << node.value << '"'; }
  void operator()(const Variable& node) { dump(node.name, node.place); }
  void operator()(const Assign& node) {
    text_ << "(= ";
    dump(node.name, node.place);
    end(node.value);
  }
  void operator()(const This& node) { dump("this", node.place); }
  void operator()(const Super& node) {
    text_ << "(super ";
    dump("this", node.this_place);
    text_ << ' ' << node.name << ')';
  }
  void operator()(const Get& node) {
    text_ << "(. ";
    dump(node.object);
    text_ << ' ' << node.name << ')';
  }
  void operator()(const Set& node) {
    text_ << "(.= ";
    dump(node.object);
    text_ << ' ' << node.name;
    end(node.value);
  }
  void operator()(const Call& node) {
    text_ << "(call ";
    dump(node.callee);
    for (const ExpressionPtr& argument : node.arguments) text_ << ' ', dump(argument);
    text_ << ')';
  }
  void operator()(const Unary& node) {
    text_ << (node.op == UnaryOperator::Negate ? "(-" : "(!");
    end(node.operand);
  }
  void operator()(const Binary& node) {
    static constexpr const char* names[] = {"+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">="};
    text_ << '(' << names[static_cast<int>(node.op)] << ' ';
    dump(node.left);
    end(node.right);
  }
  void operator()(const Logical& node) {
    text_ << (node.op == LogicalOperator::And ? "(and " : "(or ");
    dump(node.left);
    end(node.right);
  }

  // Statements.
  void operator()(const Evaluate& node) { dump(node.expression); }
  void operator()(const Print& node) {
    text_ << "(print";
    end(node.expression);
  }
  void operator()(const Var& node) {
    text_ << "(var ";
    dump(node.variable);
    end(node.initializer);
  }
  void operator()(const Block& node) {
    text_ << '{';
    dump_body(node.statements);
    text_ << '}';
  }
  void operator()(const If& node) {
    text_ << "(if ";
    dump(node.condition);
    text_ << ' ';
    dump(node.then);
    end(node.otherwise);
  }
  void operator()(const While& node) {
    text_ << "(while ";
    dump(node.condition);
    text_ << ' ';
    dump(node.body);
    end(node.increment);
  }
  void operator()(const Return& node) {
    text_ << "(return";
    end(node.value);
  }
  void operator()(const FunctionDeclaration& node) {
    text_ << "(fun ";
    dump(node.variable);
    dump_function(*node.function);
  }
  void operator()(const ClassDeclaration& node) {
    text_ << "(class ";
    dump(node.variable);
    if (node.superclass) text_ << " < ", dump(node.superclass);
    for (const FunctionPtr& method : node.methods) {
      text_ << " (" << method->name;
      dump_function(*method);
    }
    text_ << ')';
  }

 private:
  template <class Pointer>
  void dump(const Pointer& node) {
    if (node == nullptr) {
      text_ << '-';
    } else {
      std::visit(*this, node->node);
    }
  }

  /// A last child that may be missing, and the parenthesis.
  template <class Pointer>
  void end(const Pointer& node) {
    if (node != nullptr) text_ << ' ', dump(node);
    text_ << ')';
  }

  void dump_local(const Local& local) { text_ << local.name << '@' << local.slot << (local.captured ? "*" : ""); }

  void dump(const Declared& variable) {
    if (variable.local != nullptr) {
      dump_local(*variable.local);
    } else {
      text_ << variable.name;
    }
  }

  void dump(const std::string& name, const Place& place) {
    switch (place.kind) {
      case Place::Kind::Global:
        text_ << name;
        break;
      case Place::Kind::Local:
        dump_local(*place.local);
        break;
      case Place::Kind::Captured:
        text_ << name << '^' << place.index;
        break;
    }
  }

  void dump_function(const Function& function) {
    text_ << " (";
    for (std::size_t i = 0; i < function.parameters.size(); ++i) {
      if (i != 0) text_ << ' ';
      dump_local(*function.parameters[i]);
    }
    text_ << ") " << function.slot_count << " [";
    for (std::size_t i = 0; i < function.captures.size(); ++i) {
      if (i != 0) text_ << ' ';
      const Capture& capture = function.captures[i];
      if (capture.local != nullptr) {
        dump_local(*capture.local);
      } else {
        text_ << '^' << capture.index;
      }
    }
    text_ << ']';
    if (!function.body.empty()) text_ << ' ';
    dump_body(function.body);
    text_ << ')';
  }

  std::ostringstream text_;
};

}  // namespace

std::string dump(const Function& function) {
  Dumper dumper;
  dumper.dump_body(function.body);
  return dumper.text();
}

}  // namespace lox
