// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "closures.h"

#include "calls.h"
#include "operators.h"
#include "properties.h"

#include <inlay/source.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>

namespace lox {
namespace {

using syntax::Position;

/// Most arguments of calls that have a lambda for their number; more than these share one.
constexpr std::size_t most_counted_arguments = 6;
constexpr std::size_t most_arguments = 255;

/// Roots behind the variables of a function, for values that are under way. They nest as expressions do.
class RootStack {
 public:
  explicit RootStack(int begin) : next_(begin), most_(begin) {}
  int push(int count = 1) {
    const int first = next_;
    next_ += count;
    most_ = std::max(most_, next_);
    return first;
  }
  void pop(int count = 1) { next_ -= count; }
  int most() const { return most_; }

 private:
  int next_;
  int most_;
};

class Compiler {
 public:
  explicit Compiler(const CompileContext& context) : context_(context) {}
  Program compile(const syntax::Function& script);

 private:
  /// What is being compiled.
  struct Scope {
    Function* function;
    unsigned guest;  // its number in the GuestSource
    RootStack roots;
    int nodes = 0;
  };

  const Function* compile_function(const syntax::Function& source);

  Expression compile(const syntax::ExpressionPtr& expression);
  Expression compile_node(const syntax::Nil&, Position at);
  Expression compile_node(const syntax::Boolean& node, Position at);
  Expression compile_node(const syntax::Number& node, Position at);
  Expression compile_node(const syntax::String& node, Position at);
  Expression compile_node(const syntax::Variable& node, Position at);
  Expression compile_node(const syntax::Assign& node, Position at);
  Expression compile_node(const syntax::This& node, Position at);
  Expression compile_node(const syntax::Super& node, Position at);
  Expression compile_node(const syntax::Get& node, Position at);
  Expression compile_node(const syntax::Set& node, Position at);
  Expression compile_node(const syntax::Call& node, Position at);
  Expression compile_node(const syntax::Unary& node, Position at);
  Expression compile_node(const syntax::Binary& node, Position at);
  Expression compile_node(const syntax::Logical& node, Position at);

  Statement compile(const syntax::StatementPtr& statement);
  Statement compile_block(const std::vector<syntax::StatementPtr>& statements, Position at);
  Statement compile_node(const syntax::Evaluate& node, Position at);
  Statement compile_node(const syntax::Print& node, Position at);
  Statement compile_node(const syntax::Var& node, Position at);
  Statement compile_node(const syntax::Block& node, Position at);
  Statement compile_node(const syntax::If& node, Position at);
  Statement compile_node(const syntax::While& node, Position at);
  Statement compile_node(const syntax::Return& node, Position at);
  Statement compile_node(const syntax::FunctionDeclaration& node, Position at);
  Statement compile_node(const syntax::ClassDeclaration& node, Position at);

  Expression read(const syntax::Place& place, const std::string& name, Position at);
  Statement declare(const syntax::Declared& variable, Expression value, Position at);
  Expression closure(const syntax::Function& function, Position at, bool is_method);
  template <class Operation>
  Expression binary(const syntax::Binary& node, Position at, Operation operation);

  /// A call of any form. `enter(frame, arguments)` does it, once they are there, in roots from `first_root` on.
  template <class Enter>
  Expression with_arguments(const std::vector<syntax::ExpressionPtr>& arguments, int first_root, Position at,
                            Enter enter);
  template <std::size_t Count, class Enter>
  Expression with_counted_arguments(std::vector<Expression> arguments, int first_root, Position at, Enter enter);

  template <class F>
  Expression expression(Position at, F function);
  template <class F>
  Statement statement(Position at, F function);

  int constant(const std::string& text);
  Site* new_site() { return context_.new_site(); }
  int line(Position at) const { return static_cast<int>(at.line); }

  const CompileContext& context_;
  Program program_;
  Shape next_shape_ = context_.first_shape;
  Scope* scope_ = nullptr;
  std::set<std::string>* fields_ = nullptr;  // that methods of the class which is being compiled set in `this`
  std::unordered_map<std::string, int> constants_;
};

template <class F>
Expression Compiler::expression(Position at, F function) {
  ++scope_->nodes;
  Expression closure(std::move(function));
  if (context_.source) context_.source->add_closure<F>(closure, scope_->guest, at.line, at.column);
  return closure;
}

template <class F>
Statement Compiler::statement(Position at, F function) {
  ++scope_->nodes;
  Statement closure(std::move(function));
  if (context_.source) context_.source->add_closure<F>(closure, scope_->guest, at.line, at.column);
  return closure;
}

int Compiler::constant(const std::string& text) {
  const auto [place, is_new] =
      constants_.try_emplace(text, context_.first_constant + static_cast<int>(program_.constants.size()));
  if (is_new) program_.constants.push_back(text);
  return place->second;
}

// Functions.

Program Compiler::compile(const syntax::Function& script) {
  compile_function(script);
  return std::move(program_);
}

template <bool Counting>
Code code_for(int slots) {
  if (slots <= slot_sizes[0]) return run<Counting, slot_sizes[0]>;
  if (slots <= slot_sizes[1]) return run<Counting, slot_sizes[1]>;
  if (slots <= slot_sizes[2]) return run<Counting, slot_sizes[2]>;
  return run<Counting, slot_sizes[3]>;
}

LoopCode loop_code_for(int slots) {
  if (slots <= slot_sizes[0]) return run_loop<slot_sizes[0]>;
  if (slots <= slot_sizes[1]) return run_loop<slot_sizes[1]>;
  if (slots <= slot_sizes[2]) return run_loop<slot_sizes[2]>;
  return run_loop<slot_sizes[3]>;
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
    function.captures.push_back(
        capture.local ? CaptureFrom{true, capture.local->slot} : CaptureFrom{false, capture.index});

  const std::string name = source.name.empty() ? "script" : source.name;
  Scope scope{&function,
              context_.source ? context_.source->add_function(name, context_.file, source.position.line) : 0,
              RootStack(source.slot_count)};
  Scope* around = std::exchange(scope_, &scope);
  if (context_.source) context_.source->add_entry(&function, scope.guest);
  function.body = compile_block(source.body, source.position);
  scope_ = around;

  function.root_count = scope.roots.most();
  function.small = scope.nodes <= most_nodes_of_small_functions;
  function.direct = code_for<false>(function.slot_count);
  function.code = code_for<true>(function.slot_count);
  program_.functions.push_back(std::move(owned));
  return &function;
}

/// The function as a value.
Expression Compiler::closure(const syntax::Function& source, Position at, bool is_method) {
  const Function* function = compile_function(source);
  return expression(at, [function, is_method](Frame& frame) {
    const std::size_t count = function->captures.size();
    auto* made = frame.vm.heap.allocate<Closure>(sizeof(Closure) + count * sizeof(Box*), Type::Closure,
                                                 function->shape, frame.top());
    made->function = function;
    // A function in a method belongs to the class, too, for `super`.
    made->home = is_method || !frame.closure ? nullptr : frame.closure->home;
    for (std::size_t i = 0; i < count; ++i) {
      const CaptureFrom from = function->captures[i];
      made->captured[i] =
          from.from_slot ? as<Box>(frame.slots[from.index]) : frame.closure->captured[from.index];
    }
    return Value::object(made);
  });
}

// Expressions.

Expression Compiler::compile(const syntax::ExpressionPtr& expression) {
  return std::visit([&](const auto& node) { return compile_node(node, expression->position); }, expression->node);
}

Expression Compiler::compile_node(const syntax::Nil&, Position at) {
  return expression(at, [](Frame&) { return Value::nil(); });
}

Expression Compiler::compile_node(const syntax::Boolean& node, Position at) {
  return expression(at, [value = node.value](Frame&) { return Value::boolean(value); });
}

Expression Compiler::compile_node(const syntax::Number& node, Position at) {
  return expression(at, [value = node.value](Frame&) { return Value::number(value); });
}

Expression Compiler::compile_node(const syntax::String& node, Position at) {
  return expression(at, [text = constant(node.value)](Frame& frame) { return frame.vm.constant(text); });
}

Expression Compiler::read(const syntax::Place& place, const std::string& name, Position at) {
  switch (place.kind) {
    case syntax::Place::Kind::Global:
      return expression(at, [index = place.index, name = constant(name), line = line(at)](Frame& frame) {
        const Value value = frame.vm.global(index);
        if (value.kind == Kind::Undefined) [[unlikely]]
          fail_undefined_variable(frame.vm, name, line);
        return value;
      });
    case syntax::Place::Kind::Captured:
      return expression(at, [index = place.index](Frame& frame) { return frame.closure->captured[index]->value; });
    case syntax::Place::Kind::Local: break;
  }
  if (place.local->captured)
    return expression(at, [slot = place.local->slot](Frame& frame) { return as<Box>(frame.slots[slot])->value; });
  return expression(at, [slot = place.local->slot](Frame& frame) { return frame.slots[slot]; });
}

Expression Compiler::compile_node(const syntax::Variable& node, Position at) { return read(node.place, node.name, at); }
Expression Compiler::compile_node(const syntax::This& node, Position at) { return read(node.place, "this", at); }

Expression Compiler::compile_node(const syntax::Assign& node, Position at) {
  Expression value = compile(node.value);
  switch (node.place.kind) {
    case syntax::Place::Kind::Global:
      return expression(at, [index = node.place.index, name = constant(node.name), value = std::move(value),
                             line = line(at)](Frame& frame) {
        const Value assigned = value(frame);
        Value& global = frame.vm.global(index);
        if (global.kind == Kind::Undefined) [[unlikely]]
          fail_undefined_variable(frame.vm, name, line);
        return global = assigned;
      });
    case syntax::Place::Kind::Captured:
      return expression(at, [index = node.place.index, value = std::move(value)](Frame& frame) {
        const Value assigned = value(frame);
        return frame.closure->captured[index]->value = assigned;
      });
    case syntax::Place::Kind::Local: break;
  }
  const int slot = node.place.local->slot;
  if (node.place.local->captured)
    return expression(at, [slot, value = std::move(value)](Frame& frame) {
      const Value assigned = value(frame);
      return as<Box>(frame.slots[slot])->value = assigned;
    });
  return expression(at, [slot, value = std::move(value)](Frame& frame) {
    const Value assigned = value(frame);
    frame.set(slot, assigned);
    return assigned;
  });
}

Expression Compiler::compile_node(const syntax::Get& node, Position at) {
  return expression(at, [object = compile(node.object), site = new_site(), name = constant(node.name),
                         line = line(at)](Frame& frame) { return get(frame, site, object(frame), name, line); });
}

Expression Compiler::compile_node(const syntax::Set& node, Position at) {
  if (fields_ && std::holds_alternative<syntax::This>(node.object->node)) fields_->insert(node.name);
  Expression object = compile(node.object);
  const int root = scope_->roots.push(2);
  Expression value = compile(node.value);
  scope_->roots.pop(2);
  return expression(at, [object = std::move(object), value = std::move(value), site = new_site(),
                         name = constant(node.name), root, line = line(at)](Frame& frame) {
    const Value target = frame.keep(root, object(frame));
    const Value assigned = frame.keep(root + 1, value(frame));
    return set(frame, site, target, name, assigned, line);
  });
}

Expression Compiler::compile_node(const syntax::Super& node, Position at) {
  return expression(at, [self = read(node.this_place, "this", at), name = constant(node.name),
                         line = line(at)](Frame& frame) {
    return get_super(self(frame), frame.closure->home->superclass, name, frame.vm, frame.top(), line);
  });
}

template <class Enter>
Expression Compiler::with_arguments(const std::vector<syntax::ExpressionPtr>& sources, int first_root, Position at,
                                    Enter enter) {
  std::vector<Expression> arguments;
  for (const syntax::ExpressionPtr& argument : sources) arguments.push_back(compile(argument));
  switch (arguments.size()) {
    case 0: return with_counted_arguments<0>(std::move(arguments), first_root, at, enter);
    case 1: return with_counted_arguments<1>(std::move(arguments), first_root, at, enter);
    case 2: return with_counted_arguments<2>(std::move(arguments), first_root, at, enter);
    case 3: return with_counted_arguments<3>(std::move(arguments), first_root, at, enter);
    case 4: return with_counted_arguments<4>(std::move(arguments), first_root, at, enter);
    case 5: return with_counted_arguments<5>(std::move(arguments), first_root, at, enter);
    case most_counted_arguments:
      return with_counted_arguments<most_counted_arguments>(std::move(arguments), first_root, at, enter);
    default: return with_counted_arguments<most_arguments>(std::move(arguments), first_root, at, enter);
  }
}

template <std::size_t Count, class Enter>
Expression Compiler::with_counted_arguments(std::vector<Expression> arguments, int first_root, Position at,
                                            Enter enter) {
  return expression(at, [arguments = std::move(arguments), first_root, enter](Frame& frame) {
    // The callee comes first, then the arguments.
    const Value callee = enter.callee(frame);
    Value values[Count + 1];
    int count = 0;
    for (const Expression& argument : arguments) {
      values[count] = frame.keep(first_root + count, argument(frame));
      ++count;
    }
    return enter(frame, callee, Arguments{values, static_cast<std::size_t>(count)});
  });
}

Expression Compiler::compile_node(const syntax::Call& node, Position at) {
  const int count = static_cast<int>(node.arguments.size());
  const int root = scope_->roots.push(1 + count);
  Expression result;
  if (const auto* get = std::get_if<syntax::Get>(&node.callee->node)) {
    struct Invoke {
      Expression object;
      Site* site;
      int name, root, line;
      Value callee(Frame& frame) const { return frame.keep(root, object(frame)); }
      Value operator()(Frame& frame, Value receiver, Arguments arguments) const {
        return invoke(frame, site, receiver, name, arguments, root, line);
      }
    };
    result = with_arguments(node.arguments, root + 1, at,
                            Invoke{compile(get->object), new_site(), constant(get->name), root, line(at)});
  } else if (const auto* super = std::get_if<syntax::Super>(&node.callee->node)) {
    struct InvokeSuper {
      Expression self;
      Site* site;
      int name, root, line;
      Value callee(Frame& frame) const { return frame.keep(root, self(frame)); }
      Value operator()(Frame& frame, Value receiver, Arguments arguments) const {
        return invoke_super(frame, site, receiver, name, arguments, root, line);
      }
    };
    result = with_arguments(
        node.arguments, root + 1, at,
        InvokeSuper{read(super->this_place, "this", at), new_site(), constant(super->name), root, line(at)});
  } else {
    struct CallValue {
      Expression function;
      Site* site;
      int root, line;
      Value callee(Frame& frame) const { return frame.keep(root, function(frame)); }
      Value operator()(Frame& frame, Value value, Arguments arguments) const {
        return call(frame, site, value, arguments, root, line);
      }
    };
    result = with_arguments(node.arguments, root + 1, at, CallValue{compile(node.callee), new_site(), root, line(at)});
  }
  scope_->roots.pop(1 + count);
  scope_->function->calls = true;
  return result;
}

Expression Compiler::compile_node(const syntax::Unary& node, Position at) {
  Expression operand = compile(node.operand);
  if (node.op == syntax::UnaryOperator::Not)
    return expression(at, [operand = std::move(operand)](Frame& frame) {
      return Value::boolean(!operand(frame).is_truthy());
    });
  return expression(at, [operand = std::move(operand), line = line(at)](Frame& frame) {
    const Value value = operand(frame);
    if (!value.is_number()) [[unlikely]]
      fail_not_a_number(line);
    return Value::number(-value.as_number());
  });
}

template <class Operation>
Expression Compiler::binary(const syntax::Binary& node, Position at, Operation operation) {
  Expression left = compile(node.left);
  const int root = scope_->roots.push(2);
  Expression right = compile(node.right);
  scope_->roots.pop(2);
  return expression(at, [left = std::move(left), right = std::move(right), operation, root,
                         line = line(at)](Frame& frame) -> Value {
    const Value first = frame.keep(root, left(frame));
    const Value second = right(frame);
    if constexpr (std::is_same_v<Operation, Add>)
      return operation(frame, first, frame.keep(root + 1, second), line);
    else
      return operation(first, second, line);
  });
}

Expression Compiler::compile_node(const syntax::Binary& node, Position at) {
  using enum syntax::BinaryOperator;
  const auto arithmetic = [&](auto operation) {
    return binary(node, at, [operation](Value a, Value b, int line) {
      if (!a.is_number() || !b.is_number()) [[unlikely]]
        fail_not_numbers(line);
      return operation(a.as_number(), b.as_number());
    });
  };
  switch (node.op) {
    case Add: return binary(node, at, lox::Add());
    case Subtract: return arithmetic([](double a, double b) { return Value::number(a - b); });
    case Multiply: return arithmetic([](double a, double b) { return Value::number(a * b); });
    case Divide: return arithmetic([](double a, double b) { return Value::number(a / b); });
    case Equal: return binary(node, at, [](Value a, Value b, int) { return Value::boolean(equal(a, b)); });
    case NotEqual: return binary(node, at, [](Value a, Value b, int) { return Value::boolean(!equal(a, b)); });
    case Less: return arithmetic([](double a, double b) { return Value::boolean(a < b); });
    case LessEqual: return arithmetic([](double a, double b) { return Value::boolean(a <= b); });
    case Greater: return arithmetic([](double a, double b) { return Value::boolean(a > b); });
    case GreaterEqual: return arithmetic([](double a, double b) { return Value::boolean(a >= b); });
  }
  std::abort();
}

Expression Compiler::compile_node(const syntax::Logical& node, Position at) {
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
  return std::visit([&](const auto& node) { return compile_node(node, statement->position); }, statement->node);
}

Statement Compiler::compile_block(const std::vector<syntax::StatementPtr>& sources, Position at) {
  std::vector<Statement> statements;
  for (const syntax::StatementPtr& source : sources) statements.push_back(compile(source));
  return statement(at, [statements = std::move(statements)](Frame& frame) {
    for (const Statement& statement : statements) {
      if (statement(frame) == Flow::Return) return Flow::Return;
    }
    return Flow::Next;
  });
}

Statement Compiler::compile_node(const syntax::Block& node, Position at) { return compile_block(node.statements, at); }

Statement Compiler::compile_node(const syntax::Evaluate& node, Position at) {
  return statement(at, [value = compile(node.expression)](Frame& frame) {
    value(frame);
    return Flow::Next;
  });
}

Statement Compiler::compile_node(const syntax::Print& node, Position at) {
  return statement(at, [value = compile(node.expression)](Frame& frame) {
    print(frame.vm, value(frame));
    return Flow::Next;
  });
}

Statement Compiler::declare(const syntax::Declared& variable, Expression value, Position at) {
  if (!variable.local)
    return statement(at, [index = variable.global, value = std::move(value)](Frame& frame) {
      const Value initial = value(frame);
      frame.vm.global(index) = initial;
      return Flow::Next;
    });
  const int slot = variable.local->slot;
  if (variable.local->captured)
    return statement(at, [slot, value = std::move(value)](Frame& frame) {
      const Value initial = frame.keep(slot, value(frame));
      frame.set(slot, Value::object(new_box(initial, frame.vm, frame.top())));
      return Flow::Next;
    });
  return statement(at, [slot, value = std::move(value)](Frame& frame) {
    frame.set(slot, value(frame));
    return Flow::Next;
  });
}

Statement Compiler::compile_node(const syntax::Var& node, Position at) {
  Expression value = node.initializer ? compile(node.initializer) : compile_node(syntax::Nil(), at);
  return declare(node.variable, std::move(value), at);
}

Statement Compiler::compile_node(const syntax::If& node, Position at) {
  Expression condition = compile(node.condition);
  Statement then = compile(node.then);
  if (!node.otherwise)
    return statement(at, [condition = std::move(condition), then = std::move(then)](Frame& frame) {
      return condition(frame).is_truthy() ? then(frame) : Flow::Next;
    });
  return statement(at, [condition = std::move(condition), then = std::move(then),
                        otherwise = compile(node.otherwise)](Frame& frame) {
    return condition(frame).is_truthy() ? then(frame) : otherwise(frame);
  });
}

Statement Compiler::compile_node(const syntax::While& node, Position at) {
  auto loop = std::make_unique<Loop>();
  loop->function = scope_->function;
  loop->line = line(at);
  if (node.condition) loop->condition = compile(node.condition);
  loop->body = compile(node.body);
  if (node.increment) loop->increment = compile(node.increment);
  loop->direct = loop_code_for(scope_->function->slot_count);
  if (context_.source) context_.source->add_node(loop.get(), scope_->guest, at.line, at.column);
  const Loop* made = program_.loops.emplace_back(std::move(loop)).get();
  return statement(at, [made](Frame& frame) { return iterate(*made, frame); });
}

Statement Compiler::compile_node(const syntax::Return& node, Position at) {
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

Statement Compiler::compile_node(const syntax::FunctionDeclaration& node, Position at) {
  // A local function that uses itself captures its own variable, which so has to be there first.
  if (node.variable.local && node.variable.local->captured)
    return statement(at, [slot = node.variable.local->slot, value = closure(*node.function, at, false)](Frame& frame) {
      Box* box = new_box(Value::nil(), frame.vm, frame.top());
      frame.set(slot, Value::object(box));
      box->value = value(frame);
      return Flow::Next;
    });
  return declare(node.variable, closure(*node.function, at, false), at);
}

Statement Compiler::compile_node(const syntax::ClassDeclaration& node, Position at) {
  struct Method {
    int name;
    Expression closure;
  };
  const int root = scope_->roots.push(2);
  std::set<std::string> fields;
  std::set<std::string>* around = std::exchange(fields_, &fields);
  std::vector<Method> methods;
  for (const syntax::FunctionPtr& method : node.methods)
    methods.push_back({constant(method->name), closure(*method, method->position, true)});
  fields_ = around;

  // Methods may use the class by its name, so the variable is declared before they are made.
  Statement declare_variable =
      declare(node.variable, expression(at, [root](Frame& frame) { return Value::object(frame.roots[root]); }), at);
  Expression superclass;
  if (node.superclass) superclass = compile(node.superclass);
  scope_->roots.pop(2);
  return statement(at, [root, name = constant(node.variable.name), fields = static_cast<std::uint32_t>(fields.size()),
                        declare_variable = std::move(declare_variable), superclass = std::move(superclass),
                        methods = std::move(methods), line = line(at)](Frame& frame) {
    Class* owner = new_class(name, fields, frame.vm, frame.top());
    frame.keep(root, Value::object(owner));
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
