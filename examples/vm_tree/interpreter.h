// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A small language with dynamic types as a tree of nodes, and the interpreter that walks it. Ordinary C++ that knows
// nothing of a compiler.
#pragma once

#include <cstdint>
#include <string>

namespace vm_tree {

/// An integer of 64 bits, a double, an array (which lies in the guest's memory) or a function.
struct Value {
  enum class Type : std::uint32_t { Integer, Double, Array, Function };

  Type type;
  std::uint32_t length;  // of an array
  union {
    std::int64_t integer;  // also the place of an array in memory, or the index of a function
    double number;
  };

  static Value of(std::int64_t integer) { return {Type::Integer, 0, {.integer = integer}}; }
  static Value of(double number) { return {Type::Double, 0, {.number = number}}; }
};

enum class Kind : std::uint8_t {
  // Expressions. Two integers give an integer, and wrap; an integer and a double give a double.
  Constant,
  Variable,
  Negate,
  Not,
  Add,
  Subtract,
  Multiply,
  Divide,     // of integers towards zero, and by zero a fault
  Remainder,  // of integers only
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
  And,  // the right side is evaluated only if it matters
  Or,
  ToInteger,
  ToDouble,
  SquareRoot,
  NewArray,  // of `left` zeros
  Length,
  Index,      // left[right]
  Call,       // function(children)
  CallValue,  // left(children)
  // Statements.
  Assign,    // variable = left
  SetIndex,  // left[right] = third
  Print,
  Evaluate,  // left, for its effects
  Block,     // children
  If,        // left, then right, else third, which may be null
  While,     // left, then right
  Break,
  Continue,
  Return,  // left, which may be null
};

struct Function;

struct Node {
  Kind kind;
  bool metered = false;     // of a loop: its rounds cost fuel; of a call: it does
  std::uint32_t line = 0;   // of the text
  std::uint32_t slot = 0;   // of the variable, in its function
  std::uint32_t count = 0;  // of children
  const Node* left = nullptr;
  const Node* right = nullptr;
  const Node* third = nullptr;
  const Node* const* children = nullptr;
  const Function* function = nullptr;
  Value constant = {};
};

struct Function {
  const Node* body = nullptr;
  std::uint32_t parameters = 0;
  std::uint32_t slots = 0;   // for parameters and variables
  std::uint32_t height = 0;  // how deep its tree is
};

/// The functions of a program; the first is its main program.
struct Functions {
  const Function* all = nullptr;
  std::uint32_t count = 0;
};

/// How a run ended.
enum class Status : std::uint8_t {
  Done,
  BadType,   // an operation on something that it is not for
  BadIndex,  // outside of an array
  BadCall,   // of a value, with the wrong number of arguments
  DivisionByZero,
  OutOfMemory,  // for an array
  StackOverflow,
  OutOfFuel,
};
const char* to_string(Status status);

/// What a program prints.
struct Output {
  std::string text;
};

/// All that changes while a program runs, but for the variables of the functions that are running, the memory of arrays
/// and the output.
struct Env {
  static constexpr std::uint32_t MaxVariables = 64;  // of a function
  static constexpr std::uint32_t MaxLevels = 2000;   // of nodes within nodes, through all calls
  static constexpr std::uint32_t MaxArguments = 8;

  Status status = Status::Done;
  std::uint32_t line = 0;              // where it ended, if that was a fault
  std::int64_t fuel = INT64_MAX;       // rounds of loops and calls that are left to a metered program
  Value variables[MaxVariables] = {};  // of the main program: at its start, and once it is done
  Functions functions;                 // of the program that runs

  Value* memory = nullptr;
  std::uint64_t memory_size = 0;
  std::uint64_t memory_used = 0;
  Output* output = nullptr;
};

/// Runs a program whose arguments are in env.variables. Whatever the program does, it ends with a status and a line,
/// provided that it is metered and there is fuel for less than forever.
Status run(const Functions& functions, Env& env);

}  // namespace vm_tree
