// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A Lox program as a tree: what the parser builds, the resolver completes, and compile() in closures.h turns into
// closures. The grammar is that of Crafting Interpreters, appendix I; a `for` is a While in a block of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace lox::syntax {

/// No path from the root to a leaf is longer, counted in expressions and statements, so later stages may recurse.
constexpr int max_depth = 10'000;

/// No function has more variables at one time, so their slots fit in frames (calls.h).
constexpr int max_locals = 4096;

/// Lines count from 1, columns too, in bytes. Line 0: nowhere.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;
struct Statement;
using StatementPtr = std::unique_ptr<Statement>;
struct Function;
using FunctionPtr = std::unique_ptr<Function>;

/// A variable of a function: a parameter, `this`, or one that is declared in a block. Slots are numbered from 0 in each
/// function; blocks that do not nest share them. What a function further in uses is captured: it lives on the heap.
struct Local {
  std::string name;
  int slot = 0;
  bool captured = false;
};

/// Where a use of a name finds its variable. The resolver fills it in.
struct Place {
  enum class Kind : std::uint8_t {
    Global,    // `index`: in the table of globals that all programs of a session share
    Local,     // `local`
    Captured,  // `index`: among the captures of the function that the use is in
  };
  Kind kind = Kind::Global;
  int index = 0;
  const Local* local = nullptr;
};

/// What a function takes with it when it becomes a value: a captured local of the function around it, or one of that
/// function's own captures.
struct Capture {
  const Local* local = nullptr;  // null: `index` among the captures of the function around
  int index = 0;
};

// Expressions.

struct Nil {};
struct Boolean {
  bool value;
};
struct Number {
  double value;
};
struct String {
  std::string value;
};
struct Variable {
  std::string name;
  Place place;
};
struct Assign {
  std::string name;
  Place place;
  ExpressionPtr value;
};
struct This {
  Place place;
};
/// super.name. The class is that of the method around it, in which the use stands or which it is nested in.
struct Super {
  std::string name;
  Place this_place;
};
struct Get {
  ExpressionPtr object;
  std::string name;
};
struct Set {
  ExpressionPtr object;
  std::string name;
  ExpressionPtr value;
};
struct Call {
  ExpressionPtr callee;  // a Get or a Super here is the call of a method
  std::vector<ExpressionPtr> arguments;
};
enum class UnaryOperator : std::uint8_t { Negate, Not };
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};
enum class BinaryOperator : std::uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
};
struct Binary {
  BinaryOperator op;
  ExpressionPtr left;
  ExpressionPtr right;
};
enum class LogicalOperator : std::uint8_t { And, Or };
struct Logical {
  LogicalOperator op;
  ExpressionPtr left;
  ExpressionPtr right;
};

/// `position`: where a caret should point: of a call the closing parenthesis, of an operator the operator, of a
/// property (of `super`, too) its name, of anything else its first token. `end_line`: the line of the last token, which
/// is the one that clox names in run-time errors, whatever line the operator is on.
struct Expression {
  ~Expression();  // takes no stack for depth

  Position position;
  std::uint32_t end_line = 0;
  std::variant<Nil, Boolean, Number, String, Variable, Assign, This, Super, Get, Set, Call, Unary, Binary, Logical>
      node;
};

// Statements.

struct Evaluate {
  ExpressionPtr expression;
};
struct Print {
  ExpressionPtr expression;
};
/// A variable that is declared: a local, or the global of index `global`.
struct Declared {
  std::string name;
  const Local* local = nullptr;
  int global = 0;
};
struct Var {
  Declared variable;
  ExpressionPtr initializer;  // null: nil
};
struct Block {
  std::vector<StatementPtr> statements;
};
struct If {
  ExpressionPtr condition;
  StatementPtr then;
  StatementPtr otherwise;  // or null
};
struct While {
  ExpressionPtr condition;  // null: for ever
  StatementPtr body;
  ExpressionPtr increment;  // of a `for`; or null
};
struct Return {
  ExpressionPtr value;  // or null
};
struct FunctionDeclaration {
  Declared variable;
  FunctionPtr function;
};
struct ClassDeclaration {
  Declared variable;
  ExpressionPtr superclass;  // a Variable, or null
  std::vector<FunctionPtr> methods;
};

struct Statement {
  ~Statement();  // takes no stack for depth

  Position position;  // of the first token
  std::variant<Evaluate, Print, Var, Block, If, While, Return, FunctionDeclaration, ClassDeclaration> node;
};

enum class FunctionKind : std::uint8_t { Script, Function, Method, Initializer };

struct Function {
  FunctionKind kind = FunctionKind::Script;
  std::string name;            // empty: the script
  Position position;           // of the name
  std::uint32_t end_line = 0;  // of the closing brace
  std::vector<StatementPtr> body;

  // What the resolver finds.
  std::vector<const Local*> parameters;        // without `this`
  const Local* this_local = nullptr;           // of methods and initializers
  std::vector<std::unique_ptr<Local>> locals;  // all of them, parameters and `this` among them
  int slot_count = 0;                          // most slots in use at one time
  std::vector<Capture> captures;
};

}  // namespace lox::syntax
