// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A calc program as a tree: what the parser builds, the resolver completes, and `compile` in closures.h turns into
// closures. Numbers are the only values of expressions; an array is a variable that `let a = array(n);` or a parameter
// `a[]` declares, and is only indexed, measured and passed on, so every variable has one kind from its declaration.
//
//   program    = { function | statement }
//   function   = "fn" name "(" [ parameter { "," parameter } ] ")" block
//   parameter  = name [ "[" "]" ]
//   block      = "{" { statement } "}"
//   statement  = "let" name "=" ( "array" "(" expression ")" | expression ) ";"
//              | name [ "[" expression "]" ] "=" expression ";"
//              | "while" expression block
//              | "if" expression block [ "else" ( block | if-statement ) ]
//              | "return" expression ";"
//              | "print" "(" expression ")" ";"
//              | "image" "(" expression "," expression "," name "," string ")" ";"
//              | call ";"
//   expression = binary operators, loosest first: ||  &&  == != < <= > >=  + -  * / %
//   operand    = [ "-" | "!" ] ( number | name | name "[" expression "]" | "length" "(" name ")" | call
//              | "(" expression ")" )
#pragma once

#include "error.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace calc {

/// Most numbers, and most arrays, that a function can have in scope at one place.
constexpr int max_number_slots = 48;
constexpr int max_array_slots = 8;
/// Most parameters of each kind.
constexpr int max_number_parameters = 8;
constexpr int max_array_parameters = 4;
/// How deep statements, and expressions, may nest.
constexpr int max_nesting = 250;

}  // namespace calc

namespace calc::syntax {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;
struct Statement;
using Block = std::vector<Statement>;

/// A use of a variable. The resolver finds the slot of the frame that the variable lives in.
struct Variable {
  std::string name;
  Position position;
  int slot = -1;
};

enum class UnaryOperator { Negate, Not };
enum class BinaryOperator {
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
};
enum class Builtin { Sqrt, Floor, Abs, Sin, Cos, Min, Max };

struct Number {
  double value;
};
struct Element {
  Variable array;
  ExpressionPtr index;
};
struct Length {
  Variable array;
};
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};
struct Binary {
  BinaryOperator op;
  ExpressionPtr left;
  ExpressionPtr right;
};
struct BuiltinCall {
  Builtin builtin;
  std::vector<ExpressionPtr> arguments;
};
/// A call of a function of the program. `arguments` is in source order; the resolver moves those for array parameters
/// to `arrays`, so that `arguments` and the function's number parameters correspond, and `arrays` and its arrays.
struct Call {
  std::string callee;
  std::vector<ExpressionPtr> arguments;
  std::vector<Variable> arrays;
  std::size_t function = 0;  // index into Program::functions
};

struct Expression {
  Position position;
  int height;  // 1 for a leaf
  std::variant<Number, Variable, Element, Length, Unary, Binary, BuiltinCall, Call> node;
};

struct LetNumber {
  Variable variable;
  ExpressionPtr value;
};
struct LetArray {
  Variable variable;
  ExpressionPtr length;
};
struct Assign {
  Variable variable;
  ExpressionPtr value;
};
struct AssignElement {
  Variable array;
  ExpressionPtr index;
  ExpressionPtr value;
};
struct While {
  ExpressionPtr condition;
  Block body;
};
struct If {
  ExpressionPtr condition;
  Block then;
  Block otherwise;
};
struct Return {
  ExpressionPtr value;
};
struct Print {
  ExpressionPtr value;
};
/// Draws an array of width × height grey values, or of three times as many for red, green and blue.
struct Image {
  ExpressionPtr width;
  ExpressionPtr height;
  Variable array;
  std::string file;
};
struct Evaluate {
  ExpressionPtr call;
};

struct Statement {
  Position position;
  std::variant<LetNumber, LetArray, Assign, AssignElement, While, If, Return, Print, Image, Evaluate> node;
};

struct Parameter {
  std::string name;
  Position position;
  bool is_array;
};

struct Function {
  std::string name;
  Position position;
  std::vector<Parameter> parameters;
  Block body;
  bool is_leaf = true;     // calls no function of the program; found by the resolver
  bool allocates = false;  // contains an `array(n)`; found by the resolver
};

struct Program {
  std::vector<Function> functions;
  Block body;
};

/// Reads a program, every variable and function in it resolved. Throws CalcError, naming the place, if it is not one.
Program parse(std::string_view source);

/// The second half of `parse`: names become slots and function indexes, kinds and counts are checked.
void resolve(Program& program);

/// The builtin called `name` and how many numbers it takes.
struct BuiltinInfo {
  Builtin builtin;
  std::size_t arity;
};
std::optional<BuiltinInfo> find_builtin(std::string_view name);

}  // namespace calc::syntax
