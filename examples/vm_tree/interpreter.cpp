// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Expressions give values, statements say how to go on: that is all there is to break, continue and return. A fault is
// thrown.
#include "interpreter.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "inlay/annotate.h"

namespace vm_tree {
namespace {

enum class Flow : std::uint8_t { Next, Break, Continue, Return };

/// A fault on its way out of the program.
struct Fault {
  Status status;
  std::uint32_t line;
};

/// A function that runs.
struct Frame {
  Value variables[Env::MaxVariables];
  Value result;          // of a `return` on its way out of the function
  std::uint32_t levels;  // of nodes, down to the deepest one of this function
  Value* memory;         // of arrays
};

Value eval(const Node* node, Frame& frame, Env& env);
Flow execute(const Node* node, Frame& frame, Env& env);

[[noreturn]] INLAY_NOINLINE void fail(const Node* node, Status status) { throw Fault{status, node->line}; }

/// Pays for a call or a round of a loop.
void pay(const Node* node, Env& env) {
  if (!node->metered) return;
  if (env.fuel <= 0) fail(node, Status::OutOfFuel);
  --env.fuel;
}

std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::int64_t wrap(std::uint64_t value) { return static_cast<std::int64_t>(value); }

bool is_number(Value value) { return value.type == Value::Type::Integer || value.type == Value::Type::Double; }
double as_double(Value value) {
  return value.type == Value::Type::Double ? value.number : static_cast<double>(value.integer);
}

std::int64_t truncate(double value) {
  if (value >= 0x1p63) return INT64_MAX;
  if (value <= -0x1p63) return INT64_MIN;
  return value == value ? static_cast<std::int64_t>(value) : 0;
}

/// Whether a condition holds.
bool truth(const Node* node, Frame& frame, Env& env) {
  const Value value = eval(node, frame, env);
  if (value.type == Value::Type::Integer) return value.integer != 0;
  if (value.type == Value::Type::Double) return value.number != 0;
  fail(node, Status::BadType);
}

Value integer_operation(const Node* node, std::int64_t left, std::int64_t right) {
  switch (node->kind) {
    case Kind::Add:
      return Value::of(wrap(bits(left) + bits(right)));
    case Kind::Subtract:
      return Value::of(wrap(bits(left) - bits(right)));
    case Kind::Multiply:
      return Value::of(wrap(bits(left) * bits(right)));
    case Kind::Divide:
      if (right == 0) fail(node, Status::DivisionByZero);
      return Value::of(right == -1 ? wrap(0 - bits(left)) : left / right);
    case Kind::Remainder:
      if (right == 0) fail(node, Status::DivisionByZero);
      return Value::of(right == -1 ? std::int64_t{0} : left % right);
    case Kind::Less:
      return Value::of(std::int64_t{left < right});
    case Kind::LessEqual:
      return Value::of(std::int64_t{left <= right});
    case Kind::Greater:
      return Value::of(std::int64_t{left > right});
    case Kind::GreaterEqual:
      return Value::of(std::int64_t{left >= right});
    case Kind::Equal:
      return Value::of(std::int64_t{left == right});
    case Kind::NotEqual:
      return Value::of(std::int64_t{left != right});
    default:
      fail(node, Status::BadType);
  }
}

Value double_operation(const Node* node, double left, double right) {
  switch (node->kind) {
    case Kind::Add:
      return Value::of(left + right);
    case Kind::Subtract:
      return Value::of(left - right);
    case Kind::Multiply:
      return Value::of(left * right);
    case Kind::Divide:
      return Value::of(left / right);
    case Kind::Less:
      return Value::of(std::int64_t{left < right});
    case Kind::LessEqual:
      return Value::of(std::int64_t{left <= right});
    case Kind::Greater:
      return Value::of(std::int64_t{left > right});
    case Kind::GreaterEqual:
      return Value::of(std::int64_t{left >= right});
    case Kind::Equal:
      return Value::of(std::int64_t{left == right});
    case Kind::NotEqual:
      return Value::of(std::int64_t{left != right});
    default:
      fail(node, Status::BadType);
  }
}

/// Everything else can only be compared, with its like.
Value other_operation(const Node* node, Value left, Value right) {
  if (left.type != right.type) fail(node, Status::BadType);
  const bool same = left.integer == right.integer && left.length == right.length;
  if (node->kind == Kind::Equal) return Value::of(std::int64_t{same});
  if (node->kind == Kind::NotEqual) return Value::of(std::int64_t{!same});
  fail(node, Status::BadType);
}

Value operation(const Node* node, Frame& frame, Env& env) {
  const Value left = eval(node->left, frame, env);
  const Value right = eval(node->right, frame, env);
  if (left.type == Value::Type::Integer && right.type == Value::Type::Integer)
    return integer_operation(node, left.integer, right.integer);
  if (left.type == Value::Type::Double && right.type == Value::Type::Double)
    return double_operation(node, left.number, right.number);
  if (is_number(left) && is_number(right)) return double_operation(node, as_double(left), as_double(right));
  return other_operation(node, left, right);
}

Value unary(const Node* node, Frame& frame, Env& env) {
  const Value value = eval(node->left, frame, env);
  if (!is_number(value)) fail(node, Status::BadType);
  const bool integer = value.type == Value::Type::Integer;
  switch (node->kind) {
    case Kind::Negate:
      return integer ? Value::of(wrap(0 - bits(value.integer))) : Value::of(-value.number);
    case Kind::ToInteger:
      return integer ? value : Value::of(truncate(value.number));
    case Kind::ToDouble:
      return Value::of(as_double(value));
    default:
      return Value::of(std::sqrt(as_double(value)));
  }
}

Value new_array(const Node* node, Frame& frame, Env& env) {
  const Value length = eval(node->left, frame, env);
  if (length.type != Value::Type::Integer) fail(node, Status::BadType);
  if (length.integer < 0 || length.integer > UINT32_MAX || bits(length.integer) > env.memory_size - env.memory_used)
    fail(node, Status::OutOfMemory);
  Value array{Value::Type::Array, static_cast<std::uint32_t>(length.integer), {.integer = wrap(env.memory_used)}};
  std::fill_n(frame.memory + env.memory_used, array.length, Value{});
  env.memory_used += array.length;
  return array;
}

/// The element left[right].
Value& element(const Node* node, Frame& frame, Env& env) {
  const Value array = eval(node->left, frame, env);
  const Value index = eval(node->right, frame, env);
  if (array.type != Value::Type::Array || index.type != Value::Type::Integer) fail(node, Status::BadType);
  if (bits(index.integer) >= array.length) fail(node, Status::BadIndex);
  return frame.memory[array.integer + index.integer];
}

/// Runs a function in a frame of its own.
Value invoke(const Function& function, const Value* arguments, std::uint32_t levels, Env& env) {
  Frame frame;
  for (std::uint32_t i = 0; i < function.parameters; ++i) frame.variables[i] = arguments[i];
  frame.levels = levels;
  frame.memory = env.memory;
  const Flow flow = execute(function.body, frame, env);
  return flow == Flow::Return ? frame.result : Value{};
}

Value call(const Node* node, const Function& function, Frame& frame, Env& env) {
  Value arguments[Env::MaxArguments];
  for (std::uint32_t i = 0; i < node->count; ++i) arguments[i] = eval(node->children[i], frame, env);
  if (function.height > Env::MaxLevels - frame.levels) fail(node, Status::StackOverflow);
  pay(node, env);
  return invoke(function, arguments, frame.levels + function.height, env);
}

Value call_value(const Node* node, Frame& frame, Env& env) {
  const Value callee = eval(node->left, frame, env);
  if (callee.type != Value::Type::Function || bits(callee.integer) >= env.functions.count) fail(node, Status::BadType);
  const Function& function = env.functions.all[callee.integer];
  if (function.parameters != node->count) fail(node, Status::BadCall);
  return call(node, function, frame, env);
}

Value eval(const Node* node, Frame& frame, Env& env) {
  switch (node->kind) {
    case Kind::Constant:
      return node->constant;
    case Kind::Variable:
      return frame.variables[node->slot];
    case Kind::Negate:
    case Kind::ToInteger:
    case Kind::ToDouble:
    case Kind::SquareRoot:
      return unary(node, frame, env);
    case Kind::Not: {
      const bool value = truth(node->left, frame, env);
      return Value::of(std::int64_t{!value});
    }
    case Kind::Add:
    case Kind::Subtract:
    case Kind::Multiply:
    case Kind::Divide:
    case Kind::Remainder:
    case Kind::Less:
    case Kind::LessEqual:
    case Kind::Greater:
    case Kind::GreaterEqual:
    case Kind::Equal:
    case Kind::NotEqual:
      return operation(node, frame, env);
    case Kind::And: {
      const bool value = truth(node->left, frame, env) && truth(node->right, frame, env);
      return Value::of(std::int64_t{value});
    }
    case Kind::Or: {
      const bool left = truth(node->left, frame, env);
      if (left) return Value::of(std::int64_t{left});
      const bool right = truth(node->right, frame, env);
      return Value::of(std::int64_t{right});
    }
    case Kind::NewArray:
      return new_array(node, frame, env);
    case Kind::Length: {
      const Value array = eval(node->left, frame, env);
      if (array.type != Value::Type::Array) fail(node, Status::BadType);
      return Value::of(std::int64_t{array.length});
    }
    case Kind::Index:
      return element(node, frame, env);
    case Kind::Call:
      return call(node, *node->function, frame, env);
    case Kind::CallValue:
      return call_value(node, frame, env);
    default:  // a statement
      fail(node, Status::BadType);
  }
}

INLAY_NOINLINE void print(Output& output, Value value) {
  char text[32];
  std::to_chars_result result{text, {}};
  switch (value.type) {
    case Value::Type::Integer:
      result = std::to_chars(text, text + sizeof text, value.integer);
      break;
    case Value::Type::Double:
      result =
          std::to_chars(text, text + sizeof text, std::isnan(value.number) ? std::fabs(value.number) : value.number);
      break;
    case Value::Type::Array:
      output.text += "array ";
      result = std::to_chars(text, text + sizeof text, value.length);
      break;
    case Value::Type::Function:
      output.text += "function ";
      result = std::to_chars(text, text + sizeof text, value.integer);
      break;
  }
  output.text.append(text, result.ptr).push_back('\n');
}

Flow loop(const Node* node, Frame& frame, Env& env) {
  while (truth(node->left, frame, env)) {
    pay(node, env);
    const Flow flow = execute(node->right, frame, env);
    if (flow == Flow::Break) break;
    if (flow == Flow::Return) return flow;
  }
  return Flow::Next;
}

Flow execute(const Node* node, Frame& frame, Env& env) {
  switch (node->kind) {
    case Kind::Assign:
      frame.variables[node->slot] = eval(node->left, frame, env);
      return Flow::Next;
    case Kind::SetIndex: {
      const Value value = eval(node->third, frame, env);
      element(node, frame, env) = value;
      return Flow::Next;
    }
    case Kind::Print:
      print(*env.output, eval(node->left, frame, env));
      return Flow::Next;
    case Kind::Evaluate:
      eval(node->left, frame, env);
      return Flow::Next;
    case Kind::Block:
      for (std::uint32_t i = 0; i < node->count; ++i) {
        const Flow flow = execute(node->children[i], frame, env);
        if (flow != Flow::Next) return flow;
      }
      return Flow::Next;
    case Kind::If:
      if (truth(node->left, frame, env)) return execute(node->right, frame, env);
      return node->third == nullptr ? Flow::Next : execute(node->third, frame, env);
    case Kind::While:
      return loop(node, frame, env);
    case Kind::Break:
      return Flow::Break;
    case Kind::Continue:
      return Flow::Continue;
    case Kind::Return:
      frame.result = node->left == nullptr ? Value{} : eval(node->left, frame, env);
      return Flow::Return;
    default:  // an expression
      fail(node, Status::BadType);
  }
}

}  // namespace

Status run(const Functions& functions, Env& env) {
  const Function& main = functions.all[0];
  env.functions = functions;
  env.status = Status::Done;
  env.line = 0;
  env.memory_used = 0;
  Frame frame;
  frame.levels = main.height;
  frame.memory = env.memory;
  std::copy_n(env.variables, main.slots, frame.variables);
  try {
    execute(main.body, frame, env);
    std::copy_n(frame.variables, main.slots, env.variables);
  } catch (const Fault& fault) {
    env.status = fault.status;
    env.line = fault.line;
  }
  return env.status;
}

const char* to_string(Status status) {
  switch (status) {
    case Status::Done:
      return "done";
    case Status::BadType:
      return "operation on a value that it is not for";
    case Status::BadIndex:
      return "index outside of the array";
    case Status::BadCall:
      return "call with the wrong number of arguments";
    case Status::DivisionByZero:
      return "division by zero";
    case Status::OutOfMemory:
      return "no memory for an array of this length";
    case Status::StackOverflow:
      return "stack overflow";
    case Status::OutOfFuel:
      return "out of fuel";
  }
  return "unknown status";
}

}  // namespace vm_tree
