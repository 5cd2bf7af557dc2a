// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "closures.h"

#include "picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <type_traits>
#include <utility>

namespace calc {
namespace {

// Errors of a running program. Out of line and cold: the closures stay small.

[[noreturn, gnu::cold, gnu::noinline]] void fail_index(double index, double length, Position position) {
  throw CalcError(position, "index " + to_text(index) + " is outside of an array of length " + to_text(length));
}

[[noreturn, gnu::cold, gnu::noinline]] void fail_too_deep(Position position) {
  throw CalcError(position, "calls of this function nest too deep");
}

// Numbers are truth values, too: everything but zero is true.

double from_bool(bool value) { return value ? 1 : 0; }
bool to_bool(double value) { return value != 0; }

/// The element at `index`, a fraction cut off. Written so that NaN fails the check.
double& element(Array array, double index, Position position) {
  if (!(index >= 0 && index < array.length)) fail_index(index, array.length, position);
  return array.data[static_cast<std::ptrdiff_t>(index)];
}

// Calls. The arguments of the program's functions are arguments in C++, so that a call passes them as C++ does and only
// what a function keeps for itself is in its frame.

/// Runs a function on arguments that are values by now.
template <class... Arguments>
double invoke(const Function& function, Env& env, Arguments... arguments) {
  // The reserve of the stack is large enough for a function that calls no other.
  if (!function.is_leaf && env.is_stack_low()) fail_too_deep(function.position);

  Frame frame(env);
  [[maybe_unused]] double* number = frame.numbers;
  [[maybe_unused]] Array* array = frame.arrays;
  [[maybe_unused]] const auto store = [&](auto argument) {
    if constexpr (std::is_same_v<decltype(argument), double>) {
      *number++ = argument;
    } else {
      *array++ = argument;
    }
  };
  (store(arguments), ...);

  // An exception ends the whole program, and the Env frees all arrays, so nothing guards these.
  const std::size_t array_count = function.allocates ? env.array_count() : 0;
  const double result = function.body(frame) == Flow::Return ? frame.result : 0;
  if (function.allocates) env.release_arrays(array_count);
  return result;
}

template <std::size_t>
using NumberOf = double;
template <std::size_t>
using ArrayOf = Array;

template <std::size_t... Number, std::size_t... Index>
Expression call(const Function* function, std::vector<Expression> numbers, std::vector<int> arrays,
                std::index_sequence<Number...>, std::index_sequence<Index...>) {
  // Called through a pointer, so that `invoke` stays a function of its own: otherwise the frame of the callee, which is
  // large, would already be on the stack while the arguments are evaluated, and they may be calls themselves.
  return [run = &invoke<NumberOf<Number>..., ArrayOf<Index>...>, function, numbers = std::move(numbers),
          arrays = std::move(arrays)](Frame& frame) {
    // In braces, which evaluate from left to right.
    [[maybe_unused]] const std::array<double, sizeof...(Number)> values = {numbers[Number](frame)...};
    return run(*function, frame.env, values[Number]..., frame.arrays[arrays[Index]]...);
  };
}

/// `call` for each number of parameters of both kinds.
template <std::size_t... Combination>
Expression call_with_counts(const Function* function, std::vector<Expression> numbers, std::vector<int> arrays,
                            std::index_sequence<Combination...>) {
  constexpr std::size_t array_choices = max_array_parameters + 1;
  using MakeCall = Expression (*)(const Function*, std::vector<Expression>, std::vector<int>);
  static constexpr MakeCall table[] = {[](const Function* callee, std::vector<Expression> n, std::vector<int> a) {
    return call(callee, std::move(n), std::move(a), std::make_index_sequence<Combination / array_choices>(),
                std::make_index_sequence<Combination % array_choices>());
  }...};
  return table[numbers.size() * array_choices + arrays.size()](function, std::move(numbers), std::move(arrays));
}

// Operators.

template <class Operation>
Expression unary(Expression operand, Operation operation) {
  return [operand = std::move(operand), operation](Frame& frame) -> double { return operation(operand(frame)); };
}

template <class Operation>
Expression binary(Expression left, Expression right, Operation operation) {
  return [left = std::move(left), right = std::move(right), operation](Frame& frame) -> double {
    const double first = left(frame);
    const double second = right(frame);
    return operation(first, second);
  };
}

/// Makes closures of the functions and statements of one program.
class Compiler {
 public:
  Program compile(const syntax::Program& source);

 private:
  Expression compile(const syntax::ExpressionPtr& expression);
  Expression compile_node(const syntax::Number& node, Position);
  Expression compile_node(const syntax::Variable& node, Position);
  Expression compile_node(const syntax::Element& node, Position position);
  Expression compile_node(const syntax::Length& node, Position);
  Expression compile_node(const syntax::Unary& node, Position);
  Expression compile_node(const syntax::Binary& node, Position);
  Expression compile_node(const syntax::BuiltinCall& node, Position);
  Expression compile_node(const syntax::Call& node, Position);

  Statement compile(const syntax::Block& block);
  Statement compile(const syntax::Statement& statement);
  Statement compile_node(const syntax::LetNumber& node, Position);
  Statement compile_node(const syntax::LetArray& node, Position position);
  Statement compile_node(const syntax::Assign& node, Position);
  Statement compile_node(const syntax::AssignElement& node, Position position);
  Statement compile_node(const syntax::While& node, Position);
  Statement compile_node(const syntax::If& node, Position);
  Statement compile_node(const syntax::Return& node, Position);
  Statement compile_node(const syntax::Print& node, Position);
  Statement compile_node(const syntax::Image& node, Position position);
  Statement compile_node(const syntax::Evaluate& node, Position);
  Statement set_number(int slot, const syntax::ExpressionPtr& value);

  Program program_;
};

Program Compiler::compile(const syntax::Program& source) {
  // All functions first, then their bodies: a call takes the address of a function that may have no body yet.
  for (const syntax::Function& function : source.functions) {
    program_.functions.push_back(
        std::make_unique<Function>(Function{{}, function.position, function.is_leaf, function.allocates}));
  }
  for (std::size_t i = 0; i < source.functions.size(); ++i) {
    program_.functions[i]->body = compile(source.functions[i].body);
  }
  program_.body = compile(source.body);
  return std::move(program_);
}

// Expressions.

Expression Compiler::compile(const syntax::ExpressionPtr& expression) {
  return std::visit([&](const auto& node) { return compile_node(node, expression->position); }, expression->node);
}

Expression Compiler::compile_node(const syntax::Number& node, Position) {
  return [value = node.value](Frame&) { return value; };
}

Expression Compiler::compile_node(const syntax::Variable& node, Position) {
  return [slot = node.slot](Frame& frame) { return frame.numbers[slot]; };
}

Expression Compiler::compile_node(const syntax::Element& node, Position position) {
  return [slot = node.array.slot, index = compile(node.index), position](Frame& frame) {
    return element(frame.arrays[slot], index(frame), position);
  };
}

Expression Compiler::compile_node(const syntax::Length& node, Position) {
  return [slot = node.array.slot](Frame& frame) { return frame.arrays[slot].length; };
}

Expression Compiler::compile_node(const syntax::Unary& node, Position) {
  Expression operand = compile(node.operand);
  switch (node.op) {
    case syntax::UnaryOperator::Negate:
      return unary(std::move(operand), [](double x) { return -x; });
    case syntax::UnaryOperator::Not:
      return unary(std::move(operand), [](double x) { return from_bool(!to_bool(x)); });
  }
  std::abort();
}

Expression Compiler::compile_node(const syntax::Binary& node, Position) {
  using enum syntax::BinaryOperator;
  Expression left = compile(node.left);
  Expression right = compile(node.right);
  const auto make = [&](auto operation) { return binary(std::move(left), std::move(right), operation); };
  switch (node.op) {
    case Add:
      return make([](double a, double b) { return a + b; });
    case Subtract:
      return make([](double a, double b) { return a - b; });
    case Multiply:
      return make([](double a, double b) { return a * b; });
    case Divide:
      return make([](double a, double b) { return a / b; });
    case Remainder:
      return make([](double a, double b) { return std::fmod(a, b); });
    case Equal:
      return make([](double a, double b) { return from_bool(a == b); });
    case NotEqual:
      return make([](double a, double b) { return from_bool(a != b); });
    case Less:
      return make([](double a, double b) { return from_bool(a < b); });
    case LessEqual:
      return make([](double a, double b) { return from_bool(a <= b); });
    case Greater:
      return make([](double a, double b) { return from_bool(a > b); });
    case GreaterEqual:
      return make([](double a, double b) { return from_bool(a >= b); });
    case And:
      return [left = std::move(left), right = std::move(right)](Frame& frame) {
        return from_bool(to_bool(left(frame)) && to_bool(right(frame)));
      };
    case Or:
      return [left = std::move(left), right = std::move(right)](Frame& frame) {
        return from_bool(to_bool(left(frame)) || to_bool(right(frame)));
      };
  }
  std::abort();
}

Expression Compiler::compile_node(const syntax::BuiltinCall& node, Position) {
  using enum syntax::Builtin;
  Expression first = compile(node.arguments[0]);
  switch (node.builtin) {
    case Sqrt:
      return unary(std::move(first), [](double x) { return std::sqrt(x); });
    case Floor:
      return unary(std::move(first), [](double x) { return std::floor(x); });
    case Abs:
      return unary(std::move(first), [](double x) { return std::fabs(x); });
    case Sin:
      return unary(std::move(first), [](double x) { return std::sin(x); });
    case Cos:
      return unary(std::move(first), [](double x) { return std::cos(x); });
    case Min:
      return binary(std::move(first), compile(node.arguments[1]), [](double a, double b) { return std::min(a, b); });
    case Max:
      return binary(std::move(first), compile(node.arguments[1]), [](double a, double b) { return std::max(a, b); });
  }
  std::abort();
}

Expression Compiler::compile_node(const syntax::Call& node, Position) {
  std::vector<Expression> numbers;
  for (const syntax::ExpressionPtr& argument : node.arguments) numbers.push_back(compile(argument));
  std::vector<int> arrays;
  for (const syntax::Variable& array : node.arrays) arrays.push_back(array.slot);
  constexpr std::size_t combinations = (max_number_parameters + 1) * (max_array_parameters + 1);
  return call_with_counts(program_.functions[node.function].get(), std::move(numbers), std::move(arrays),
                          std::make_index_sequence<combinations>());
}

// Statements.

Statement Compiler::compile(const syntax::Block& block) {
  std::vector<Statement> statements;
  for (const syntax::Statement& statement : block) statements.push_back(compile(statement));
  return [statements = std::move(statements)](Frame& frame) {
    for (const Statement& statement : statements) {
      if (statement(frame) == Flow::Return) return Flow::Return;
    }
    return Flow::Next;
  };
}

Statement Compiler::compile(const syntax::Statement& statement) {
  return std::visit([&](const auto& node) { return compile_node(node, statement.position); }, statement.node);
}

Statement Compiler::compile_node(const syntax::LetNumber& node, Position) {
  return set_number(node.variable.slot, node.value);
}

Statement Compiler::compile_node(const syntax::Assign& node, Position) {
  return set_number(node.variable.slot, node.value);
}

Statement Compiler::set_number(int slot, const syntax::ExpressionPtr& value) {
  return [slot, value = compile(value)](Frame& frame) {
    frame.numbers[slot] = value(frame);
    return Flow::Next;
  };
}

Statement Compiler::compile_node(const syntax::LetArray& node, Position position) {
  return [slot = node.variable.slot, length = compile(node.length), position](Frame& frame) {
    frame.arrays[slot] = frame.env.allocate(length(frame), position);
    return Flow::Next;
  };
}

Statement Compiler::compile_node(const syntax::AssignElement& node, Position position) {
  return [slot = node.array.slot, index = compile(node.index), value = compile(node.value), position](Frame& frame) {
    const double at = index(frame);
    const double assigned = value(frame);
    element(frame.arrays[slot], at, position) = assigned;
    return Flow::Next;
  };
}

Statement Compiler::compile_node(const syntax::While& node, Position) {
  return [condition = compile(node.condition), body = compile(node.body)](Frame& frame) {
    while (to_bool(condition(frame))) {
      if (body(frame) == Flow::Return) return Flow::Return;
    }
    return Flow::Next;
  };
}

Statement Compiler::compile_node(const syntax::If& node, Position) {
  return [condition = compile(node.condition), then = compile(node.then), otherwise = compile(node.otherwise)](
             Frame& frame) { return to_bool(condition(frame)) ? then(frame) : otherwise(frame); };
}

Statement Compiler::compile_node(const syntax::Return& node, Position) {
  return [value = compile(node.value)](Frame& frame) {
    frame.result = value(frame);
    return Flow::Return;
  };
}

Statement Compiler::compile_node(const syntax::Print& node, Position) {
  return [value = compile(node.value)](Frame& frame) {
    frame.env.print(value(frame));
    return Flow::Next;
  };
}

Statement Compiler::compile_node(const syntax::Image& node, Position position) {
  return [width = compile(node.width), height = compile(node.height), slot = node.array.slot, file = node.file,
          position](Frame& frame) {
    const double columns = width(frame);
    const double rows = height(frame);
    frame.env.draw(columns, rows, frame.arrays[slot], file, position);
    return Flow::Next;
  };
}

Statement Compiler::compile_node(const syntax::Evaluate& node, Position) {
  return [call = compile(node.call)](Frame& frame) {
    call(frame);
    return Flow::Next;
  };
}

}  // namespace

Program compile(const syntax::Program& program) { return Compiler().compile(program); }

void run_program(const Program& program, Env& env) {
  Frame frame(env);
  program.body(frame);
}

int run_main(const Program* program, int, char**) {
  Env env;
  int status = 0;
  try {
    run_program(*program, env);
    write_pictures(env.pictures());
  } catch (const CalcError& error) {
    std::fprintf(stderr, "%d:%d: error: %s\n", error.position().line, error.position().column, error.what());
    status = 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    status = 1;
  }
  std::fwrite(env.output().data(), 1, env.output().size(), stdout);
  return std::fflush(stdout) == 0 ? status : 1;
}

}  // namespace calc
