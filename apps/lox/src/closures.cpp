// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "closures.h"

#include "calls.h"
#include "operators.h"
#include "properties.h"

#include <inlay/source.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <unordered_map>
#include <utility>

namespace lox {
namespace {

/// Where a node stands, and which line its errors name.
struct At {
  syntax::Position position;
  int line;
};

/// Most arguments of calls that have a lambda for their number; more than these share one.
constexpr std::size_t most_counted_arguments = 6;
constexpr std::size_t most_arguments = 255;

At at_begin(syntax::Position position) { return {position, static_cast<int>(position.line)}; }

/// Changes a variable that is not captured.
void set_variable(Frame& frame, const Function& function, int slot, Value value) {
  frame.slots[slot] = value;
  if (function.allocates) frame.keep(slot, value);
}

/// Roots a value that is under way while the next one is computed, if that may allocate; else `root` is -1.
void keep_under_way(Frame& frame, int root, Value value) {
  if (root < 0) return;
  // What was here before may stay, as long as it is an object or null: it is garbage that lives a little longer.
  if (value.is_object()) frame.roots[root] = value.as_object();
}

class Compiler {
 public:
  explicit Compiler(const CompileContext& context) : context_(context) {}
  Program compile(const syntax::Function& script);

 private:
  /// What is being compiled.
  struct Scope {
    Function* function;
    unsigned guest;  // its number in the GuestSource
    int roots;       // in use: of variables, and behind them of values that are under way
    int nodes = 0;
    int allocations = 0;  // nodes that may allocate, or call what may
  };

  const Function* compile_function(const syntax::Function& source);

  Expression compile(const syntax::ExpressionPtr& expression);
  Expression compile_node(const syntax::Nil&, At at);
  Expression compile_node(const syntax::Boolean& node, At at);
  Expression compile_node(const syntax::Number& node, At at);
  Expression compile_node(const syntax::String& node, At at);
  Expression compile_node(const syntax::Variable& node, At at);
  Expression compile_node(const syntax::Assign& node, At at);
  Expression compile_node(const syntax::This& node, At at);
  Expression compile_node(const syntax::Super& node, At at);
  Expression compile_node(const syntax::Get& node, At at);
  Expression compile_node(const syntax::Set& node, At at);
  Expression compile_node(const syntax::Call& node, At at);
  Expression compile_node(const syntax::Unary& node, At at);
  Expression compile_node(const syntax::Binary& node, At at);
  Expression compile_node(const syntax::Logical& node, At at);

  Statement compile(const syntax::StatementPtr& statement);
  Statement compile_block(const std::vector<syntax::StatementPtr>& statements, At at);
  Statement compile_node(const syntax::Evaluate& node, At at);
  Statement compile_node(const syntax::Print& node, At at);
  Statement compile_node(const syntax::Var& node, At at);
  Statement compile_node(const syntax::Block& node, At at);
  Statement compile_node(const syntax::If& node, At at);
  Statement compile_node(const syntax::While& node, At at);
  Statement compile_node(const syntax::Return& node, At at);
  Statement compile_node(const syntax::FunctionDeclaration& node, At at);
  Statement compile_node(const syntax::ClassDeclaration& node, At at);

  Expression read(const syntax::Place& place, const std::string& name, At at);
  Statement declare(const syntax::Declared& variable, Expression value, At at);
  Expression closure(const syntax::Function& function, At at, bool is_method);
  template <class Operation>
  Expression binary(const syntax::Binary& node, At at, Operation operation);
  Expression add(const syntax::Binary& node, At at);

  /// An argument, and the root that it has while others are computed, or -1.
  struct Argument {
    Expression value;
    int root;
  };
  /// A call of any form: enter(frame, value of the callee, arguments, top) does it.
  template <class Enter>
  Expression with_arguments(Expression callee, const std::vector<syntax::ExpressionPtr>& arguments, At at, Enter enter);
  template <std::size_t Count, class Enter>
  Expression with_counted_arguments(Argument callee, std::vector<Argument> arguments, int top, At at, Enter enter);

  /// An expression, and where the value is to be rooted that was computed before it.
  struct After {
    Expression expression;
    int root;
  };
  After compile_after(const syntax::ExpressionPtr& expression);

  /// The node may allocate, or call what may. Its roots in use end here.
  int allocates() {
    ++scope_->allocations;
    return scope_->roots;
  }
  /// The node needs the closure of the function that is being compiled.
  void uses_closure() { scope_->function->closure_root = scope_->function->slot_count; }

  /// A closure, whose place debuggers and reports are told.
  template <class Closure, class F>
  Closure placed(At at, F function);
  template <class F>
  Expression expression(At at, F function) {
    return placed<Expression>(at, std::move(function));
  }
  template <class F>
  Statement statement(At at, F function) {
    return placed<Statement>(at, std::move(function));
  }

  int constant(const std::string& text);
  Site* new_site() { return context_.new_site(); }
  Site* site_of(const syntax::Call& call);
  Site* complete_site(const syntax::Function& function);

  const CompileContext& context_;
  Program program_;
  Shape next_shape_ = context_.first_shape;
  Scope* scope_ = nullptr;
  std::set<std::string>* fields_ = nullptr;  // that methods of the class which is being compiled set in `this`
  std::unordered_map<std::string, int> constants_;
  std::unordered_map<const syntax::Function*, const Function*> functions_;
  std::unordered_map<const syntax::Function*, Site*> complete_sites_;
};

template <class Closure, class F>
Closure Compiler::placed(At at, F function) {
  ++scope_->nodes;
  Closure closure(std::move(function));
  if (context_.source) context_.source->add_closure<F>(closure, scope_->guest, at.position.line, at.position.column);
  return closure;
}

int Compiler::constant(const std::string& text) {
  const auto [place, is_new] =
      constants_.try_emplace(text, context_.first_constant + static_cast<int>(program_.constants.size()));
  if (is_new) program_.constants.push_back(text);
  return place->second;
}

/// The site of all calls of one function. Its entry is filled in when all functions are compiled.
Site* Compiler::complete_site(const syntax::Function& function) {
  Site*& site = complete_sites_[&function];
  if (!site) {
    site = program_.complete_sites.emplace_back(std::make_unique<Site>()).get();
    site->kind = Site::Kind::Complete;
  }
  return site;
}

/// The site of a call of a value.
Site* Compiler::site_of(const syntax::Call& call) {
  const auto* callee = std::get_if<syntax::Variable>(&call.callee->node);
  if (!callee || callee->place.kind != syntax::Place::Kind::Global) return new_site();
  const auto settled = context_.settled.find(callee->place.index);
  // Who enters a function by what a site says does not count the arguments again.
  const bool is_right =
      settled != context_.settled.end() && settled->second->parameters.size() == call.arguments.size();
  return is_right ? complete_site(*settled->second) : new_site();
}

// Functions.

Program Compiler::compile(const syntax::Function& script) {
  compile_function(script);
  for (const auto& [source, site] : complete_sites_) {
    const Function* function = functions_.at(source);
    site->entries[site->count++] = {function->shape, 0, no_shape, function};
  }
  return std::move(program_);
}

/// Up to so many nodes, calls that compiled code makes do not go through the function's own entry.
constexpr int most_nodes_of_small_functions = 120;

const Function* Compiler::compile_function(const syntax::Function& source) {
  auto owned = std::make_unique<Function>();
  Function& function = *owned;
  function.name = source.name;
  function.line = static_cast<int>(source.position.line);
  function.kind = source.kind;
  function.arity = static_cast<int>(source.parameters.size());
  function.first_parameter = source.this_local ? 1 : 0;
  function.slot_count = source.slot_count;
  function.shape = next_shape_++;
  if (source.this_local && source.this_local->captured) function.boxed.push_back(source.this_local->slot);
  for (const syntax::Local* parameter : source.parameters)
    if (parameter->captured) function.boxed.push_back(parameter->slot);
  for (const syntax::Capture& capture : source.captures)
    function.captures.push_back(capture.local ? CaptureFrom{true, capture.local->slot}
                                              : CaptureFrom{false, capture.index});

  Scope scope{
      &function,
      context_.source ? context_.source->add_function(name_of(function), context_.file, source.position.line) : 0,
      source.slot_count + 1};
  Scope* around = std::exchange(scope_, &scope);
  if (context_.source) context_.source->add_entry(&function, scope.guest);
  function.body = compile_block(source.body, at_begin(source.position));
  scope_ = around;

  function.allocates = scope.allocations != 0 || !function.boxed.empty();
  function.small = scope.nodes <= most_nodes_of_small_functions;
  function.direct = with_slots(function.slot_count, [](auto slots) -> Code { return run<slots>; });
  function.code = function.direct;
  program_.functions.push_back(std::move(owned));
  functions_.emplace(&source, &function);
  return &function;
}

/// The function as a value.
Expression Compiler::closure(const syntax::Function& source, At at, bool is_method) {
  const Function* function = compile_function(source);
  const int top = allocates();
  if (!function->captures.empty() || !is_method) uses_closure();
  return expression(at, [function, is_method, top](Frame& frame) {
    const std::size_t count = function->captures.size();
    auto* made = frame.vm.heap.allocate<Closure>(sizeof(Closure) + count * sizeof(Box*), Type::Closure, function->shape,
                                                 frame.roots + top);
    made->function = function;
    // A function in a method belongs to the class, too, for `super`.
    made->home = is_method || !frame.closure ? nullptr : frame.closure->home;
    for (std::size_t i = 0; i < count; ++i) {
      const CaptureFrom from = function->captures[i];
      made->captured[i] = from.from_slot ? as<Box>(frame.slots[from.index]) : frame.closure->captured[from.index];
    }
    return Value::object(made);
  });
}

// Expressions.

Expression Compiler::compile(const syntax::ExpressionPtr& expression) {
  const At at{expression->position, static_cast<int>(expression->end_line)};
  return std::visit([&](const auto& node) { return compile_node(node, at); }, expression->node);
}

Compiler::After Compiler::compile_after(const syntax::ExpressionPtr& expression) {
  const int root = scope_->roots++;
  const int allocations = scope_->allocations;
  Expression compiled = compile(expression);
  --scope_->roots;
  return {std::move(compiled), scope_->allocations == allocations ? -1 : root};
}

Expression Compiler::compile_node(const syntax::Nil&, At at) {
  return expression(at, [](Frame&) { return Value::nil(); });
}

Expression Compiler::compile_node(const syntax::Boolean& node, At at) {
  return expression(at, [value = node.value](Frame&) { return Value::boolean(value); });
}

Expression Compiler::compile_node(const syntax::Number& node, At at) {
  return expression(at, [value = node.value](Frame&) { return Value::number(value); });
}

Expression Compiler::compile_node(const syntax::String& node, At at) {
  return expression(at, [text = constant(node.value)](Frame& frame) { return frame.vm.constant(text); });
}

Expression Compiler::read(const syntax::Place& place, const std::string& name, At at) {
  switch (place.kind) {
    case syntax::Place::Kind::Global:
      return expression(at, [index = place.index, name = constant(name), line = at.line](Frame& frame) {
        const Value value = frame.vm.global(index);
        if (value.kind == Kind::Undefined) [[unlikely]]
          fail_undefined_variable(frame.vm, name, line);
        return value;
      });
    case syntax::Place::Kind::Captured:
      uses_closure();
      return expression(at, [index = place.index](Frame& frame) { return frame.closure->captured[index]->value; });
    case syntax::Place::Kind::Local:
      break;
  }
  if (place.local->captured)
    return expression(at, [slot = place.local->slot](Frame& frame) { return as<Box>(frame.slots[slot])->value; });
  return expression(at, [slot = place.local->slot](Frame& frame) { return frame.slots[slot]; });
}

Expression Compiler::compile_node(const syntax::Variable& node, At at) { return read(node.place, node.name, at); }
Expression Compiler::compile_node(const syntax::This& node, At at) { return read(node.place, "this", at); }

Expression Compiler::compile_node(const syntax::Assign& node, At at) {
  Expression value = compile(node.value);
  switch (node.place.kind) {
    case syntax::Place::Kind::Global:
      return expression(at, [index = node.place.index, name = constant(node.name), value = std::move(value),
                             line = at.line](Frame& frame) {
        const Value assigned = value(frame);
        Value& global = frame.vm.global(index);
        if (global.kind == Kind::Undefined) [[unlikely]]
          fail_undefined_variable(frame.vm, name, line);
        return global = assigned;
      });
    case syntax::Place::Kind::Captured:
      uses_closure();
      return expression(at, [index = node.place.index, value = std::move(value)](Frame& frame) {
        const Value assigned = value(frame);
        return frame.closure->captured[index]->value = assigned;
      });
    case syntax::Place::Kind::Local:
      break;
  }
  const int slot = node.place.local->slot;
  if (node.place.local->captured)
    return expression(at, [slot, value = std::move(value)](Frame& frame) {
      const Value assigned = value(frame);
      return as<Box>(frame.slots[slot])->value = assigned;
    });
  return expression(at, [slot, value = std::move(value), function = scope_->function](Frame& frame) {
    const Value assigned = value(frame);
    set_variable(frame, *function, slot, assigned);
    return assigned;
  });
}

Expression Compiler::compile_node(const syntax::Get& node, At at) {
  Expression object = compile(node.object);
  return expression(
      at, [object = std::move(object), site = new_site(), name = constant(node.name), top = allocates(),
           line = at.line](Frame& frame) { return get(frame.vm, site, object(frame), name, frame.roots + top, line); });
}

Expression Compiler::compile_node(const syntax::Set& node, At at) {
  if (fields_ && std::holds_alternative<syntax::This>(node.object->node)) fields_->insert(node.name);
  Expression object = compile(node.object);
  auto [value, root] = compile_after(node.value);
  return expression(at, [object = std::move(object), value = std::move(value), site = new_site(),
                         name = constant(node.name), root = root, line = at.line](Frame& frame) {
    const Value target = object(frame);
    keep_under_way(frame, root, target);
    return set(frame.vm, site, target, name, value(frame), line);
  });
}

Expression Compiler::compile_node(const syntax::Super& node, At at) {
  Expression self = read(node.this_place, "this", at);
  uses_closure();
  return expression(
      at, [self = std::move(self), name = constant(node.name), top = allocates(), line = at.line](Frame& frame) {
        return get_super(self(frame), frame.closure->home->superclass, name, frame.vm, frame.roots + top, line);
      });
}

template <class Enter>
Expression Compiler::with_arguments(Expression function, const std::vector<syntax::ExpressionPtr>& sources, At at,
                                    Enter enter) {
  // The callee is under way while the arguments are computed, each of these while the next ones are.
  const int begin = scope_->roots;
  const int allocations = scope_->allocations;
  std::vector<Argument> arguments;
  std::vector<int> allocations_until;
  Argument callee{std::move(function), scope_->roots++};
  for (const syntax::ExpressionPtr& source : sources) {
    Expression value = compile(source);
    allocations_until.push_back(scope_->allocations);
    arguments.push_back({std::move(value), scope_->roots++});
  }
  if (scope_->allocations == allocations) callee.root = -1;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (scope_->allocations == allocations_until[i]) arguments[i].root = -1;
  const int top = scope_->roots;
  scope_->roots = begin;
  allocates();
  scope_->function->calls = true;
  scope_->function->root_count = std::max(scope_->function->root_count, top);
  const auto counted = [&](auto count) {
    return with_counted_arguments<count>(std::move(callee), std::move(arguments), top, at, enter);
  };
  switch (arguments.size()) {
    case 0:
      return counted(std::integral_constant<std::size_t, 0>());
    case 1:
      return counted(std::integral_constant<std::size_t, 1>());
    case 2:
      return counted(std::integral_constant<std::size_t, 2>());
    case 3:
      return counted(std::integral_constant<std::size_t, 3>());
    case 4:
      return counted(std::integral_constant<std::size_t, 4>());
    case 5:
      return counted(std::integral_constant<std::size_t, 5>());
    case most_counted_arguments:
      return counted(std::integral_constant<std::size_t, most_counted_arguments>());
    default:
      return counted(std::integral_constant<std::size_t, most_arguments>());
  }
}

template <std::size_t Count, class Enter>
Expression Compiler::with_counted_arguments(Argument callee, std::vector<Argument> arguments, int top, At at,
                                            Enter enter) {
  return expression(at, [callee = std::move(callee), arguments = std::move(arguments), top, enter](Frame& frame) {
    const Value called = callee.value(frame);
    keep_under_way(frame, callee.root, called);
    Value values[Count + 1];  // no array is empty
    std::size_t count = 0;
    for (const Argument& argument : arguments) {
      values[count] = argument.value(frame);
      keep_under_way(frame, argument.root, values[count]);
      ++count;
    }
    return enter(frame, called, Arguments{values, count}, frame.roots + top);
  });
}

Expression Compiler::compile_node(const syntax::Call& node, At at) {
  if (const auto* get = std::get_if<syntax::Get>(&node.callee->node)) {
    Expression receiver = compile(get->object);
    return with_arguments(std::move(receiver), node.arguments, at,
                          [site = new_site(), name = constant(get->name), line = at.line](
                              Frame& frame, Value object, Arguments arguments, Roots top) {
                            return invoke(frame, site, object, name, arguments, top, line);
                          });
  }
  if (const auto* super = std::get_if<syntax::Super>(&node.callee->node)) {
    uses_closure();
    Expression self = read(super->this_place, "this", at);
    return with_arguments(std::move(self), node.arguments, at,
                          [site = new_site(), name = constant(super->name), line = at.line](
                              Frame& frame, Value object, Arguments arguments, Roots top) {
                            return invoke_super(frame, site, object, name, arguments, top, line);
                          });
  }
  Expression callee = compile(node.callee);
  return with_arguments(
      std::move(callee), node.arguments, at,
      [site = site_of(node), line = at.line](Frame& frame, Value value, Arguments arguments, Roots top) {
        return call(frame, site, value, arguments, top, line);
      });
}

Expression Compiler::compile_node(const syntax::Unary& node, At at) {
  Expression operand = compile(node.operand);
  if (node.op == syntax::UnaryOperator::Not)
    return expression(
        at, [operand = std::move(operand)](Frame& frame) { return Value::boolean(!operand(frame).is_truthy()); });
  return expression(at, [operand = std::move(operand), line = at.line](Frame& frame) {
    const Value value = operand(frame);
    if (!value.is_number()) [[unlikely]]
      fail_not_a_number(line);
    return Value::number(-value.as_number());
  });
}

template <class Operation>
Expression Compiler::binary(const syntax::Binary& node, At at, Operation operation) {
  Expression left = compile(node.left);
  auto [right, root] = compile_after(node.right);
  return expression(at,
                    [left = std::move(left), right = std::move(right), operation, root = root,
                     line = at.line](Frame& frame) -> Value {
                      const Value first = left(frame);
                      keep_under_way(frame, root, first);
                      const Value second = right(frame);
                      return operation(first, second, line);
                    });
}

Expression Compiler::add(const syntax::Binary& node, At at) {
  Expression left = compile(node.left);
  auto [right, root] = compile_after(node.right);
  // With a number there is no new text.
  const auto is_number = [](const syntax::ExpressionPtr& operand) {
    return std::holds_alternative<syntax::Number>(operand->node);
  };
  const int top = is_number(node.left) || is_number(node.right) ? scope_->roots : allocates();
  return expression(at,
                    [left = std::move(left), right = std::move(right), root = root, top, line = at.line](Frame& frame) {
                      const Value first = left(frame);
                      keep_under_way(frame, root, first);
                      const Value second = right(frame);
                      return lox::add(frame.vm, first, second, frame.roots + top, line);
                    });
}

Expression Compiler::compile_node(const syntax::Binary& node, At at) {
  using enum syntax::BinaryOperator;
  const auto arithmetic = [&](auto operation) {
    return binary(node, at, [operation](Value a, Value b, int line) {
      if (!a.is_number() || !b.is_number()) [[unlikely]]
        fail_not_numbers(line);
      return operation(a.as_number(), b.as_number());
    });
  };
  switch (node.op) {
    case Add:
      return add(node, at);
    case Subtract:
      return arithmetic([](double a, double b) { return Value::number(a - b); });
    case Multiply:
      return arithmetic([](double a, double b) { return Value::number(a * b); });
    case Divide:
      return arithmetic([](double a, double b) { return Value::number(a / b); });
    case Equal:
      return binary(node, at, [](Value a, Value b, int) { return Value::boolean(equal(a, b)); });
    case NotEqual:
      return binary(node, at, [](Value a, Value b, int) { return Value::boolean(!equal(a, b)); });
    case Less:
      return arithmetic([](double a, double b) { return Value::boolean(a < b); });
    case LessEqual:
      return arithmetic([](double a, double b) { return Value::boolean(a <= b); });
    case Greater:
      return arithmetic([](double a, double b) { return Value::boolean(a > b); });
    case GreaterEqual:
      return arithmetic([](double a, double b) { return Value::boolean(a >= b); });
  }
  std::abort();
}

Expression Compiler::compile_node(const syntax::Logical& node, At at) {
  Expression left = compile(node.left);
  Expression right = compile(node.right);
  if (node.op == syntax::LogicalOperator::And)
    return expression(at, [left = std::move(left), right = std::move(right)](Frame& frame) {
      const Value value = left(frame);
      return value.is_truthy() ? right(frame) : value;
    });
  return expression(at, [left = std::move(left), right = std::move(right)](Frame& frame) {
    const Value value = left(frame);
    return value.is_truthy() ? value : right(frame);
  });
}

// Statements.

Statement Compiler::compile(const syntax::StatementPtr& statement) {
  return std::visit([&](const auto& node) { return compile_node(node, at_begin(statement->position)); },
                    statement->node);
}

Statement Compiler::compile_block(const std::vector<syntax::StatementPtr>& sources, At at) {
  std::vector<Statement> statements;
  for (const syntax::StatementPtr& source : sources) statements.push_back(compile(source));
  return statement(at, [statements = std::move(statements)](Frame& frame) {
    for (const Statement& statement : statements) {
      if (statement(frame) == Flow::Return) return Flow::Return;
    }
    return Flow::Next;
  });
}

Statement Compiler::compile_node(const syntax::Block& node, At at) { return compile_block(node.statements, at); }

Statement Compiler::compile_node(const syntax::Evaluate& node, At at) {
  return statement(at, [value = compile(node.expression)](Frame& frame) {
    value(frame);
    return Flow::Next;
  });
}

Statement Compiler::compile_node(const syntax::Print& node, At at) {
  return statement(at, [value = compile(node.expression)](Frame& frame) {
    print(frame.vm, value(frame));
    return Flow::Next;
  });
}

Statement Compiler::declare(const syntax::Declared& variable, Expression value, At at) {
  if (!variable.local)
    return statement(at, [index = variable.global, value = std::move(value)](Frame& frame) {
      const Value initial = value(frame);
      frame.vm.global(index) = initial;
      return Flow::Next;
    });
  const int slot = variable.local->slot;
  if (variable.local->captured)
    return statement(at, [slot, value = std::move(value), top = allocates()](Frame& frame) {
      box_variable(frame, slot, value(frame), frame.roots + top);
      return Flow::Next;
    });
  return statement(at, [slot, value = std::move(value), function = scope_->function](Frame& frame) {
    set_variable(frame, *function, slot, value(frame));
    return Flow::Next;
  });
}

Statement Compiler::compile_node(const syntax::Var& node, At at) {
  Expression value = node.initializer ? compile(node.initializer) : compile_node(syntax::Nil(), at);
  return declare(node.variable, std::move(value), at);
}

Statement Compiler::compile_node(const syntax::If& node, At at) {
  Expression condition = compile(node.condition);
  Statement then = compile(node.then);
  if (!node.otherwise)
    return statement(at, [condition = std::move(condition), then = std::move(then)](Frame& frame) {
      return condition(frame).is_truthy() ? then(frame) : Flow::Next;
    });
  return statement(at, [condition = std::move(condition), then = std::move(then), otherwise = compile(node.otherwise)](
                           Frame& frame) { return condition(frame).is_truthy() ? then(frame) : otherwise(frame); });
}

Statement Compiler::compile_node(const syntax::While& node, At at) {
  auto loop = std::make_unique<Loop>();
  loop->function = scope_->function;
  loop->line = at.line;
  if (node.condition) loop->condition = compile(node.condition);
  loop->body = compile(node.body);
  if (node.increment) loop->increment = compile(node.increment);
  loop->direct = with_slots(scope_->function->slot_count, [](auto slots) -> LoopCode { return run_loop<slots>; });
  if (context_.source) context_.source->add_node(loop.get(), scope_->guest, at.position.line, at.position.column);
  const Loop* made = program_.loops.emplace_back(std::move(loop)).get();
  return statement(at, [made](Frame& frame) { return iterate(*made, frame); });
}

Statement Compiler::compile_node(const syntax::Return& node, At at) {
  // An initializer gives its instance back, whatever returns from it.
  Expression value;
  if (node.value)
    value = compile(node.value);
  else if (scope_->function->kind == syntax::FunctionKind::Initializer)
    return statement(at, [](Frame& frame) {
      frame.result = Value::object(frame.self);
      return Flow::Return;
    });
  else
    value = compile_node(syntax::Nil(), at);
  return statement(at, [value = std::move(value)](Frame& frame) {
    frame.result = value(frame);
    return Flow::Return;
  });
}

Statement Compiler::compile_node(const syntax::FunctionDeclaration& node, At at) {
  // A local function that uses itself captures its own variable, which so has to be there first.
  if (node.variable.local && node.variable.local->captured)
    return statement(at, [slot = node.variable.local->slot, value = closure(*node.function, at, false),
                          top = allocates()](Frame& frame) {
      Box* box = box_variable(frame, slot, Value::nil(), frame.roots + top);
      box->value = value(frame);
      return Flow::Next;
    });
  return declare(node.variable, closure(*node.function, at, false), at);
}

Statement Compiler::compile_node(const syntax::ClassDeclaration& node, At at) {
  struct Method {
    int name;
    Expression closure;
  };
  const int root = scope_->roots++;
  std::set<std::string> fields;
  std::set<std::string>* around = std::exchange(fields_, &fields);
  std::vector<Method> methods;
  for (const syntax::FunctionPtr& method : node.methods)
    methods.push_back({constant(method->name), closure(*method, at_begin(method->position), true)});
  fields_ = around;

  // Methods may use the class by its name, so the variable is declared before they are made. The frame's result is free
  // until the function returns.
  Statement declare_variable = declare(node.variable, expression(at, [](Frame& frame) { return frame.result; }), at);
  Expression superclass;
  if (node.superclass) superclass = compile(node.superclass);
  const int top = allocates();
  --scope_->roots;
  return statement(at,
                   [root, top, name = constant(node.variable.name), fields = static_cast<std::uint32_t>(fields.size()),
                    declare_variable = std::move(declare_variable), superclass = std::move(superclass),
                    methods = std::move(methods), line = at.line](Frame& frame) {
                     Class* owner = new_class(name, fields, frame.vm, frame.roots + top);
                     frame.result = Value::object(owner);
                     frame.keep(root, frame.result);
                     declare_variable(frame);
                     if (superclass) inherit(*owner, superclass(frame), line);
                     for (const Method& method : methods) {
                       auto* closure = as<Closure>(method.closure(frame));
                       closure->home = owner;
                       add_method(*owner, method.name, closure, frame.vm);
                     }
                     return Flow::Next;
                   });
}

}  // namespace

Program compile(const syntax::Function& script, const CompileContext& context) {
  return Compiler(context).compile(script);
}

}  // namespace lox
