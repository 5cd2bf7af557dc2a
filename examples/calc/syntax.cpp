// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parser: recursive descent for statements, precedence climbing for expressions.
#include "syntax.h"

#include "lexer.h"

#include <algorithm>
#include <array>

namespace calc::syntax {
namespace {

constexpr std::string_view reserved_names[] = {"let",    "fn",    "while", "if",    "else",
                                               "return", "print", "image", "array", "length"};

bool is_reserved(std::string_view name) {
  return std::find(std::begin(reserved_names), std::end(reserved_names), name) != std::end(reserved_names) ||
         find_builtin(name).has_value();
}

struct OperatorInfo {
  std::string_view text;
  int precedence;  // higher binds tighter
  BinaryOperator op;
};
constexpr OperatorInfo operators[] = {
    {"||", 1, BinaryOperator::Or},       {"&&", 2, BinaryOperator::And},          {"==", 3, BinaryOperator::Equal},
    {"!=", 3, BinaryOperator::NotEqual}, {"<", 3, BinaryOperator::Less},          {"<=", 3, BinaryOperator::LessEqual},
    {">", 3, BinaryOperator::Greater},   {">=", 3, BinaryOperator::GreaterEqual}, {"+", 4, BinaryOperator::Add},
    {"-", 4, BinaryOperator::Subtract},  {"*", 5, BinaryOperator::Multiply},      {"/", 5, BinaryOperator::Divide},
    {"%", 5, BinaryOperator::Remainder},
};

const OperatorInfo* find_operator(const Token& token) {
  const auto found = std::find_if(std::begin(operators), std::end(operators),
                                  [&](const OperatorInfo& info) { return token.is(info.text); });
  return found == std::end(operators) ? nullptr : found;
}

class Parser {
 public:
  explicit Parser(std::string_view source) : lexer_(source), token_(lexer_.next()) {}

  Program parse_program();

 private:
  /// Counts how deep the parser is in itself, so that no input can exhaust the stack.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > max_nesting) parser_.fail_too_deep(parser_.token_.position);
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  [[noreturn]] static void fail_too_deep(Position position) {
    throw CalcError(position, "nested more than " + std::to_string(max_nesting) + " levels deep; split this up");
  }

  Token take();
  bool accept(std::string_view word);
  void expect(std::string_view word);
  std::string take_name(std::string_view what);
  Variable take_variable(std::string_view what);
  template <class Node>
  ExpressionPtr make(Position position, int height, Node node);

  Function parse_function();
  Block parse_block();
  Statement parse_statement();
  Statement parse_let();
  Statement parse_if();
  Statement parse_image();
  Statement parse_assignment_or_call();

  ExpressionPtr parse_expression() { return parse_binary(1); }
  ExpressionPtr parse_parenthesized();
  ExpressionPtr parse_binary(int lowest_precedence);
  ExpressionPtr parse_operand();
  ExpressionPtr parse_name();
  std::vector<ExpressionPtr> parse_arguments();
  static int height_of(const std::vector<ExpressionPtr>& expressions);

  Lexer lexer_;
  Token token_;
  int nesting_ = 0;
};

Token Parser::take() {
  Token taken = token_;
  token_ = lexer_.next();
  return taken;
}

bool Parser::accept(std::string_view word) {
  if (!token_.is(word)) return false;
  take();
  return true;
}

void Parser::expect(std::string_view word) {
  if (accept(word)) return;
  throw CalcError(token_.position, "expected '" + std::string(word) + "', found " + to_string(token_));
}

std::string Parser::take_name(std::string_view what) {
  if (token_.kind != Token::Kind::Name) {
    throw CalcError(token_.position, "expected " + std::string(what) + ", found " + to_string(token_));
  }
  if (is_reserved(token_.text)) {
    throw CalcError(token_.position, "expected " + std::string(what) + ", but " + to_string(token_) + " is reserved");
  }
  return std::string(take().text);
}

Variable Parser::take_variable(std::string_view what) {
  const Position position = token_.position;
  return Variable{take_name(what), position};
}

template <class Node>
ExpressionPtr Parser::make(Position position, int height, Node node) {
  if (height > max_nesting) fail_too_deep(position);
  return std::make_unique<Expression>(Expression{position, height, std::move(node)});
}

Program Parser::parse_program() {
  Program program;
  while (token_.kind != Token::Kind::End) {
    if (token_.is("fn")) {
      program.functions.push_back(parse_function());
    } else {
      program.body.push_back(parse_statement());
    }
  }
  return program;
}

Function Parser::parse_function() {
  expect("fn");
  Function function;
  function.position = token_.position;
  function.name = take_name("the name of a function");
  expect("(");
  if (!token_.is(")")) {
    do {
      Parameter parameter{{}, token_.position, false};
      parameter.name = take_name("a parameter");
      if (accept("[")) {
        expect("]");
        parameter.is_array = true;
      }
      function.parameters.push_back(std::move(parameter));
    } while (accept(","));
  }
  expect(")");
  function.body = parse_block();
  return function;
}

Block Parser::parse_block() {
  Nesting nesting(*this);
  expect("{");
  Block block;
  while (!token_.is("}")) block.push_back(parse_statement());
  expect("}");
  return block;
}

Statement Parser::parse_statement() {
  const Position position = token_.position;
  if (token_.is("let")) return parse_let();
  if (token_.is("if")) return parse_if();
  if (token_.is("image")) return parse_image();
  if (accept("while")) {
    ExpressionPtr condition = parse_expression();
    return Statement{position, While{std::move(condition), parse_block()}};
  }
  if (accept("return")) {
    ExpressionPtr value = parse_expression();
    expect(";");
    return Statement{position, Return{std::move(value)}};
  }
  if (accept("print")) {
    ExpressionPtr value = parse_parenthesized();
    expect(";");
    return Statement{position, Print{std::move(value)}};
  }
  if (token_.is("fn")) throw CalcError(position, "a function can only stand outside of functions and blocks");
  return parse_assignment_or_call();
}

Statement Parser::parse_let() {
  const Position position = token_.position;
  expect("let");
  Variable variable = take_variable("the name of a variable");
  expect("=");
  if (accept("array")) {
    ExpressionPtr length = parse_parenthesized();
    expect(";");
    return Statement{position, LetArray{std::move(variable), std::move(length)}};
  }
  ExpressionPtr value = parse_expression();
  expect(";");
  return Statement{position, LetNumber{std::move(variable), std::move(value)}};
}

Statement Parser::parse_if() {
  const Position position = token_.position;
  expect("if");
  If statement{parse_expression(), parse_block(), {}};
  if (accept("else")) {
    if (token_.is("if")) {
      Nesting nesting(*this);
      statement.otherwise.push_back(parse_if());
    } else {
      statement.otherwise = parse_block();
    }
  }
  return Statement{position, std::move(statement)};
}

Statement Parser::parse_image() {
  const Position position = token_.position;
  expect("image");
  expect("(");
  Image image;
  image.width = parse_expression();
  expect(",");
  image.height = parse_expression();
  expect(",");
  image.array = take_variable("an array");
  expect(",");
  if (token_.kind != Token::Kind::String) {
    throw CalcError(token_.position, "expected a file name in quotes, found " + to_string(token_));
  }
  image.file = std::string(take().text);
  expect(")");
  expect(";");
  return Statement{position, std::move(image)};
}

Statement Parser::parse_assignment_or_call() {
  const Position position = token_.position;
  if (token_.kind != Token::Kind::Name) {
    throw CalcError(position, "expected a statement, found " + to_string(token_));
  }
  ExpressionPtr target = parse_name();
  if (std::holds_alternative<Call>(target->node)) {
    expect(";");
    return Statement{position, Evaluate{std::move(target)}};
  }
  if (auto* variable = std::get_if<Variable>(&target->node)) {
    expect("=");
    Statement statement{position, Assign{std::move(*variable), parse_expression()}};
    expect(";");
    return statement;
  }
  if (auto* element = std::get_if<Element>(&target->node)) {
    expect("=");
    Statement statement{position,
                        AssignElement{std::move(element->array), std::move(element->index), parse_expression()}};
    expect(";");
    return statement;
  }
  throw CalcError(position, "the result of this is not used; assign or print it");
}

ExpressionPtr Parser::parse_parenthesized() {
  expect("(");
  ExpressionPtr expression = parse_expression();
  expect(")");
  return expression;
}

ExpressionPtr Parser::parse_binary(int lowest_precedence) {
  ExpressionPtr left = parse_operand();
  while (true) {
    const OperatorInfo* info = find_operator(token_);
    if (info == nullptr || info->precedence < lowest_precedence) return left;
    const Position position = take().position;
    ExpressionPtr right = parse_binary(info->precedence + 1);
    const int height = 1 + std::max(left->height, right->height);
    left = make(position, height, Binary{info->op, std::move(left), std::move(right)});
  }
}

ExpressionPtr Parser::parse_operand() {
  Nesting nesting(*this);
  const Position position = token_.position;
  if (token_.is("-") || token_.is("!")) {
    const UnaryOperator op = take().is("-") ? UnaryOperator::Negate : UnaryOperator::Not;
    ExpressionPtr operand = parse_operand();
    const int height = 1 + operand->height;
    return make(position, height, Unary{op, std::move(operand)});
  }
  if (token_.kind == Token::Kind::Number) return make(position, 1, Number{take().number});
  if (token_.is("(")) return parse_parenthesized();
  if (token_.kind == Token::Kind::Name) return parse_name();
  throw CalcError(position, "expected an expression, found " + to_string(token_));
}

/// A variable, an element, a length or a call: all that starts with a name.
ExpressionPtr Parser::parse_name() {
  const Position position = token_.position;
  if (accept("length")) {
    expect("(");
    Variable array = take_variable("an array");
    expect(")");
    return make(position, 1, Length{std::move(array)});
  }
  if (const std::optional<BuiltinInfo> info = find_builtin(token_.text)) {
    const std::string name(take().text);
    std::vector<ExpressionPtr> arguments = parse_arguments();
    if (arguments.size() != info->arity) {
      throw CalcError(position, "'" + name + "' takes " + std::to_string(info->arity) + " argument" +
                                    (info->arity == 1 ? "" : "s") + ", not " + std::to_string(arguments.size()));
    }
    const int height = 1 + height_of(arguments);
    return make(position, height, BuiltinCall{info->builtin, std::move(arguments)});
  }
  if (token_.is("array")) throw CalcError(position, "'array' can only stand in 'let name = array(length);'");

  std::string name = take_name("an expression");
  if (token_.is("(")) {
    std::vector<ExpressionPtr> arguments = parse_arguments();
    const int height = 1 + height_of(arguments);
    return make(position, height, Call{std::move(name), std::move(arguments), {}});
  }
  if (accept("[")) {
    ExpressionPtr index = parse_expression();
    expect("]");
    const int height = 1 + index->height;
    return make(position, height, Element{Variable{std::move(name), position}, std::move(index)});
  }
  return make(position, 1, Variable{std::move(name), position});
}

std::vector<ExpressionPtr> Parser::parse_arguments() {
  std::vector<ExpressionPtr> arguments;
  expect("(");
  if (!token_.is(")")) {
    do {
      arguments.push_back(parse_expression());
    } while (accept(","));
  }
  expect(")");
  return arguments;
}

int Parser::height_of(const std::vector<ExpressionPtr>& expressions) {
  int height = 0;
  for (const ExpressionPtr& expression : expressions) height = std::max(height, expression->height);
  return height;
}

}  // namespace

std::optional<BuiltinInfo> find_builtin(std::string_view name) {
  struct Row {
    std::string_view name;
    BuiltinInfo info;
  };
  constexpr Row rows[] = {
      {"sqrt", {Builtin::Sqrt, 1}}, {"floor", {Builtin::Floor, 1}}, {"abs", {Builtin::Abs, 1}},
      {"sin", {Builtin::Sin, 1}},   {"cos", {Builtin::Cos, 1}},     {"min", {Builtin::Min, 2}},
      {"max", {Builtin::Max, 2}},
  };
  for (const Row& row : rows) {
    if (row.name == name) return row.info;
  }
  return std::nullopt;
}

Program parse(std::string_view source) {
  Program program = Parser(source).parse_program();
  resolve(program);
  return program;
}

}  // namespace calc::syntax
