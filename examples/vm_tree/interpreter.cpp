// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Expressions give values; a fault is noted in env.status, and whoever evaluates something looks there before going on.
// Statements say how to go on: that is all there is to break, continue and return.
#include "interpreter.h"

#include <charconv>
#include <cmath>

#include "inlay/annotate.h"

namespace vm_tree {
namespace {

enum class Flow : std::uint8_t { Next, Break, Continue, Return, Fault };

Value eval(const Node* node, Env& env);
Flow execute(const Node* node, Env& env);

Value fail(const Node* node, Env& env, Status status) {
  env.status = status;
  env.line = node->line;
  return {};
}

bool failed(const Env& env) { return env.status != Status::Done; }

/// Pays for a call or a round of a loop. False: there is no fuel left, which is noted.
bool pay(const Node* node, Env& env) {
  if (!node->metered) return true;
  if (env.fuel <= 0) {
    fail(node, env, Status::OutOfFuel);
    return false;
  }
  --env.fuel;
  return true;
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

/// Whether a condition holds; false after a fault.
bool truth(const Node* node, Env& env) {
  const Value value = eval(node, env);
  if (failed(env)) return false;
  if (value.type == Value::Type::Integer) return value.integer != 0;
  if (value.type == Value::Type::Double) return value.number != 0;
  fail(node, env, Status::BadType);
  return false;
}

Value integer_operation(const Node* node, Env& env, std::int64_t left, std::int64_t right) {
  switch (node->kind) {
    case Kind::Add:
      return Value::of(wrap(bits(left) + bits(right)));
    case Kind::Subtract:
      return Value::of(wrap(bits(left) - bits(right)));
    case Kind::Multiply:
      return Value::of(wrap(bits(left) * bits(right)));
    case Kind::Divide:
      if (right == 0) return fail(node, env, Status::DivisionByZero);
      return Value::of(right == -1 ? wrap(0 - bits(left)) : left / right);
    case Kind::Remainder:
      if (right == 0) return fail(node, env, Status::DivisionByZero);
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
      return fail(node, env, Status::BadType);
  }
}

Value double_operation(const Node* node, Env& env, double left, double right) {
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
      return fail(node, env, Status::BadType);
  }
}

/// Everything else can only be compared, with its like.
Value other_operation(const Node* node, Env& env, Value left, Value right) {
  if (left.type != right.type) return fail(node, env, Status::BadType);
  const bool same = left.integer == right.integer && left.length == right.length;
  if (node->kind == Kind::Equal) return Value::of(std::int64_t{same});
  if (node->kind == Kind::NotEqual) return Value::of(std::int64_t{!same});
  return fail(node, env, Status::BadType);
}

Value operation(const Node* node, Env& env) {
  const Value left = eval(node->left, env);
  if (failed(env)) return {};
  const Value right = eval(node->right, env);
  if (failed(env)) return {};
  if (left.type == Value::Type::Integer && right.type == Value::Type::Integer)
    return integer_operation(node, env, left.integer, right.integer);
  if (is_number(left) && is_number(right)) return double_operation(node, env, as_double(left), as_double(right));
  return other_operation(node, env, left, right);
}

Value unary(const Node* node, Env& env) {
  const Value value = eval(node->left, env);
  if (failed(env)) return {};
  if (!is_number(value)) return fail(node, env, Status::BadType);
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

Value new_array(const Node* node, Env& env) {
  const Value length = eval(node->left, env);
  if (failed(env)) return {};
  if (length.type != Value::Type::Integer) return fail(node, env, Status::BadType);
  if (length.integer < 0 || length.integer > UINT32_MAX || bits(length.integer) > env.memory_size - env.memory_used)
    return fail(node, env, Status::OutOfMemory);
  Value array{Value::Type::Array, static_cast<std::uint32_t>(length.integer), {.integer = wrap(env.memory_used)}};
  for (std::uint32_t i = 0; i < array.length; ++i) env.memory[env.memory_used + i] = {};
  env.memory_used += array.length;
  return array;
}

/// The element left[right], or null after a fault.
Value* element(const Node* node, Env& env) {
  const Value array = eval(node->left, env);
  if (failed(env)) return nullptr;
  const Value index = eval(node->right, env);
  if (failed(env)) return nullptr;
  if (array.type != Value::Type::Array || index.type != Value::Type::Integer) {
    fail(node, env, Status::BadType);
    return nullptr;
  }
  if (bits(index.integer) >= array.length) {
    fail(node, env, Status::BadIndex);
    return nullptr;
  }
  return &env.memory[array.integer + index.integer];
}

Value call(const Node* node, const Function& function, Env& env) {
  Value arguments[Env::MaxArguments];
  for (std::uint32_t i = 0; i < node->count; ++i) {
    arguments[i] = eval(node->children[i], env);
    if (failed(env)) return {};
  }
  if (function.slots > Env::MaxSlots - env.top || function.height > Env::MaxLevels - env.levels)
    return fail(node, env, Status::StackOverflow);
  if (!pay(node, env)) return {};

  const std::uint32_t base = env.base;
  env.base = env.top;
  env.top += function.slots;
  env.levels += function.height;
  for (std::uint32_t i = 0; i < node->count; ++i) env.slots[env.base + i] = arguments[i];
  const Flow flow = execute(function.body, env);
  env.levels -= function.height;
  env.top = env.base;
  env.base = base;
  return flow == Flow::Return ? env.result : Value{};
}

Value call_value(const Node* node, Env& env) {
  const Value callee = eval(node->left, env);
  if (failed(env)) return {};
  if (callee.type != Value::Type::Function || bits(callee.integer) >= env.functions.count)
    return fail(node, env, Status::BadType);
  const Function& function = env.functions.all[callee.integer];
  if (function.parameters != node->count) return fail(node, env, Status::BadCall);
  return call(node, function, env);
}

Value eval(const Node* node, Env& env) {
  switch (node->kind) {
    case Kind::Constant:
      return node->constant;
    case Kind::Variable:
      return env.slots[env.base + node->slot];
    case Kind::Negate:
    case Kind::ToInteger:
    case Kind::ToDouble:
    case Kind::SquareRoot:
      return unary(node, env);
    case Kind::Not: {
      const bool value = truth(node->left, env);
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
      return operation(node, env);
    case Kind::And: {
      const bool value = truth(node->left, env) && truth(node->right, env);
      return Value::of(std::int64_t{value});
    }
    case Kind::Or: {
      const bool left = truth(node->left, env);
      if (left || failed(env)) return Value::of(std::int64_t{left});
      const bool right = truth(node->right, env);
      return Value::of(std::int64_t{right});
    }
    case Kind::NewArray:
      return new_array(node, env);
    case Kind::Length: {
      const Value array = eval(node->left, env);
      if (failed(env)) return {};
      if (array.type != Value::Type::Array) return fail(node, env, Status::BadType);
      return Value::of(std::int64_t{array.length});
    }
    case Kind::Index: {
      const Value* value = element(node, env);
      return value == nullptr ? Value{} : *value;
    }
    case Kind::Call:
      return call(node, *node->function, env);
    case Kind::CallValue:
      return call_value(node, env);
    default:  // a statement
      return fail(node, env, Status::BadType);
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

Flow loop(const Node* node, Env& env) {
  for (;;) {
    const bool more = truth(node->left, env);
    if (failed(env)) return Flow::Fault;
    if (!more) return Flow::Next;
    if (!pay(node, env)) return Flow::Fault;
    const Flow flow = execute(node->right, env);
    if (flow == Flow::Break) return Flow::Next;
    if (flow == Flow::Return || flow == Flow::Fault) return flow;
  }
}

Flow execute(const Node* node, Env& env) {
  switch (node->kind) {
    case Kind::Assign: {
      const Value value = eval(node->left, env);
      if (failed(env)) return Flow::Fault;
      env.slots[env.base + node->slot] = value;
      return Flow::Next;
    }
    case Kind::SetIndex: {
      const Value value = eval(node->third, env);
      if (failed(env)) return Flow::Fault;
      Value* place = element(node, env);
      if (place == nullptr) return Flow::Fault;
      *place = value;
      return Flow::Next;
    }
    case Kind::Print: {
      const Value value = eval(node->left, env);
      if (failed(env)) return Flow::Fault;
      print(*env.output, value);
      return Flow::Next;
    }
    case Kind::Evaluate:
      eval(node->left, env);
      return failed(env) ? Flow::Fault : Flow::Next;
    case Kind::Block:
      for (std::uint32_t i = 0; i < node->count; ++i) {
        const Flow flow = execute(node->children[i], env);
        if (flow != Flow::Next) return flow;
      }
      return Flow::Next;
    case Kind::If: {
      const bool condition = truth(node->left, env);
      if (failed(env)) return Flow::Fault;
      if (condition) return execute(node->right, env);
      return node->third == nullptr ? Flow::Next : execute(node->third, env);
    }
    case Kind::While:
      return loop(node, env);
    case Kind::Break:
      return Flow::Break;
    case Kind::Continue:
      return Flow::Continue;
    case Kind::Return:
      env.result = node->left == nullptr ? Value{} : eval(node->left, env);
      return failed(env) ? Flow::Fault : Flow::Return;
    default:  // an expression
      fail(node, env, Status::BadType);
      return Flow::Fault;
  }
}

}  // namespace

Status run(const Functions& functions, Env& env) {
  inlay::virtual_state(&env, sizeof env);
  const Function& main = functions.all[0];
  env.functions = functions;
  env.status = Status::Done;
  env.line = 0;
  env.base = 0;
  env.top = main.slots;
  env.levels = main.height;
  env.memory_used = 0;
  execute(main.body, env);
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
