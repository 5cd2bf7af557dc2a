// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names become numbers: each variable a slot of its function's frame, each callee an index. A slot is used again once
// the block of its variable is over. A variable can only be read after its `let`, in the same block or one inside, so
// no slot is ever read before it was written, and frames need no clearing.
#include "syntax.h"

#include <unordered_map>

namespace calc::syntax {
namespace {

struct Binding {
  std::string_view name;
  bool is_array;
  int slot;
};

class Resolver {
 public:
  explicit Resolver(Program& program);

  void resolve_program();

 private:
  /// Forgets, at the end of a block, what was declared in it.
  class Scope {
   public:
    explicit Scope(Resolver& resolver)
        : resolver_(resolver),
          outer_start_(resolver.block_start_),
          number_count_(resolver.number_count_),
          array_count_(resolver.array_count_) {
      resolver_.block_start_ = resolver_.bindings_.size();
    }
    ~Scope() {
      resolver_.bindings_.resize(resolver_.block_start_);
      resolver_.block_start_ = outer_start_;
      resolver_.number_count_ = number_count_;
      resolver_.array_count_ = array_count_;
    }
    Scope(const Scope&) = delete;

   private:
    Resolver& resolver_;
    std::size_t outer_start_;
    int number_count_;
    int array_count_;
  };

  void resolve_function(Function& function);
  void resolve(Block& block);
  void resolve(ExpressionPtr& expression) { visit(*expression); }
  void resolve_number(Variable& variable);
  void resolve_array(Variable& variable);
  const Binding& find(const Variable& variable) const;
  int declare(std::string_view name, bool is_array, Position position);
  void visit(Expression& expression);
  void visit(Statement& statement);

  void resolve_node(Number&, Position) {}
  void resolve_node(Variable& node, Position) { resolve_number(node); }
  void resolve_node(Element& node, Position);
  void resolve_node(Length& node, Position) { resolve_array(node.array); }
  void resolve_node(Unary& node, Position) { resolve(node.operand); }
  void resolve_node(Binary& node, Position);
  void resolve_node(BuiltinCall& node, Position);
  void resolve_node(Call& node, Position position);

  void resolve_node(LetNumber& node, Position position);
  void resolve_node(LetArray& node, Position position);
  void resolve_node(Assign& node, Position);
  void resolve_node(AssignElement& node, Position);
  void resolve_node(While& node, Position);
  void resolve_node(If& node, Position);
  void resolve_node(Return& node, Position position);
  void resolve_node(Print& node, Position) { resolve(node.value); }
  void resolve_node(Image& node, Position);
  void resolve_node(Evaluate& node, Position) { resolve(node.call); }

  Program& program_;
  std::unordered_map<std::string_view, std::size_t> functions_;
  Function* current_ = nullptr;  // null for the statements outside of functions
  std::vector<Binding> bindings_;
  std::size_t block_start_ = 0;  // the first binding of the innermost block
  int number_count_ = 0;
  int array_count_ = 0;
};

Resolver::Resolver(Program& program) : program_(program) {
  for (std::size_t i = 0; i < program.functions.size(); ++i) {
    const Function& function = program.functions[i];
    if (!functions_.emplace(function.name, i).second) {
      throw CalcError(function.position, "there is already a function '" + function.name + "'");
    }
  }
}

void Resolver::resolve_program() {
  for (Function& function : program_.functions) resolve_function(function);
  current_ = nullptr;
  resolve(program_.body);
}

void Resolver::resolve_function(Function& function) {
  current_ = &function;
  Scope scope(*this);
  for (const Parameter& parameter : function.parameters) {
    declare(parameter.name, parameter.is_array, parameter.position);
  }
  if (number_count_ > max_number_parameters || array_count_ > max_array_parameters) {
    throw CalcError(function.position, "a function takes at most " + std::to_string(max_number_parameters) +
                                           " numbers and " + std::to_string(max_array_parameters) + " arrays");
  }
  resolve(function.body);
}

void Resolver::resolve(Block& block) {
  Scope scope(*this);
  for (Statement& statement : block) visit(statement);
}

const Binding& Resolver::find(const Variable& variable) const {
  for (std::size_t i = bindings_.size(); i-- != 0;) {
    if (bindings_[i].name == variable.name) return bindings_[i];
  }
  std::string message = "there is no variable '" + variable.name + "' here";
  if (functions_.count(variable.name) != 0) message += "; to call the function, add its arguments";
  throw CalcError(variable.position, message);
}

void Resolver::resolve_number(Variable& variable) {
  const Binding& binding = find(variable);
  if (binding.is_array) throw CalcError(variable.position, "'" + variable.name + "' is an array, not a number");
  variable.slot = binding.slot;
}

void Resolver::resolve_array(Variable& variable) {
  const Binding& binding = find(variable);
  if (!binding.is_array) throw CalcError(variable.position, "'" + variable.name + "' is a number, not an array");
  variable.slot = binding.slot;
}

int Resolver::declare(std::string_view name, bool is_array, Position position) {
  for (std::size_t i = block_start_; i < bindings_.size(); ++i) {
    if (bindings_[i].name == name) {
      throw CalcError(position, "there is already a variable '" + std::string(name) + "' in this block");
    }
  }
  int& count = is_array ? array_count_ : number_count_;
  const int limit = is_array ? max_array_slots : max_number_slots;
  if (count == limit) {
    throw CalcError(position, "more than " + std::to_string(limit) + (is_array ? " arrays" : " numbers") +
                                  " in scope; move some into a function");
  }
  bindings_.push_back({name, is_array, count});
  return count++;
}

void Resolver::visit(Expression& expression) {
  std::visit([&](auto& node) { resolve_node(node, expression.position); }, expression.node);
}

void Resolver::visit(Statement& statement) {
  std::visit([&](auto& node) { resolve_node(node, statement.position); }, statement.node);
}

void Resolver::resolve_node(Element& node, Position) {
  resolve_array(node.array);
  resolve(node.index);
}

void Resolver::resolve_node(Binary& node, Position) {
  resolve(node.left);
  resolve(node.right);
}

void Resolver::resolve_node(BuiltinCall& node, Position) {
  for (ExpressionPtr& argument : node.arguments) resolve(argument);
}

void Resolver::resolve_node(Call& node, Position position) {
  const auto found = functions_.find(node.callee);
  if (found == functions_.end()) throw CalcError(position, "there is no function '" + node.callee + "'");
  node.function = found->second;
  const Function& function = program_.functions[node.function];
  if (node.arguments.size() != function.parameters.size()) {
    throw CalcError(position, "'" + node.callee + "' takes " + std::to_string(function.parameters.size()) +
                                  " argument" + (function.parameters.size() == 1 ? "" : "s") + ", not " +
                                  std::to_string(node.arguments.size()));
  }
  std::vector<ExpressionPtr> numbers;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    ExpressionPtr& argument = node.arguments[i];
    if (function.parameters[i].is_array) {
      auto* array = std::get_if<Variable>(&argument->node);
      if (array == nullptr) {
        throw CalcError(argument->position,
                        "'" + node.callee + "' needs an array for '" + function.parameters[i].name + "'");
      }
      resolve_array(*array);
      node.arrays.push_back(std::move(*array));
    } else {
      resolve(argument);
      numbers.push_back(std::move(argument));
    }
  }
  node.arguments = std::move(numbers);
  if (current_ != nullptr) current_->is_leaf = false;
}

void Resolver::resolve_node(LetNumber& node, Position position) {
  resolve(node.value);  // before the name exists: `let x = x;` reads an outer x
  node.variable.slot = declare(node.variable.name, false, position);
}

void Resolver::resolve_node(LetArray& node, Position position) {
  resolve(node.length);
  node.variable.slot = declare(node.variable.name, true, position);
  if (current_ != nullptr) current_->allocates = true;
}

void Resolver::resolve_node(Assign& node, Position) {
  resolve_number(node.variable);
  resolve(node.value);
}

void Resolver::resolve_node(AssignElement& node, Position) {
  resolve_array(node.array);
  resolve(node.index);
  resolve(node.value);
}

void Resolver::resolve_node(While& node, Position) {
  resolve(node.condition);
  resolve(node.body);
}

void Resolver::resolve_node(If& node, Position) {
  resolve(node.condition);
  resolve(node.then);
  resolve(node.otherwise);
}

void Resolver::resolve_node(Return& node, Position position) {
  if (current_ == nullptr) throw CalcError(position, "'return' outside of a function");
  resolve(node.value);
}

void Resolver::resolve_node(Image& node, Position) {
  resolve(node.width);
  resolve(node.height);
  resolve_array(node.array);
}

}  // namespace

void resolve(Program& program) { Resolver(program).resolve_program(); }

}  // namespace calc::syntax
