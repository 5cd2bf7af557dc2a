// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parser's declarations and statements, and what it does about errors. Expressions: expressions.cpp.
#include "parser.h"

#include <string>

namespace lox {

using namespace syntax;

Parser::Parser(std::string_view source, GlobalNames& globals)
    : source_(source),
      scanner_(source),
      result_{std::make_unique<Function>(), {}, false},
      resolver_(*result_.script, globals),
      function_(result_.script.get()) {}

Parsed Parser::parse_script() {
  advance();
  function_->position = current_.position;
  while (!check(TokenKind::End)) {
    if (StatementPtr statement = parse_declaration()) function_->body.push_back(std::move(statement));
  }
  function_->end_line = current_.end_line;
  if (!result_.diagnostics.empty()) result_.script = nullptr;
  return std::move(result_);
}

// Tokens and errors.

void Parser::advance() {
  previous_ = current_;
  if (has_given_up_) return;
  while (true) {
    current_ = scanner_.next();
    if (current_.kind == TokenKind::UnexpectedCharacter) {
      complain_at(current_, "Unexpected character.");
    } else if (current_.kind == TokenKind::UnterminatedString) {
      complain_at(current_, "Unterminated string.");
    } else {
      return;
    }
  }
}

bool Parser::match(TokenKind kind) {
  if (!check(kind)) return false;
  advance();
  return true;
}

/// Takes a token of this kind, or complains and takes none.
void Parser::expect(TokenKind kind, std::string_view complaint) {
  if (!match(kind)) complain_at(current_, complaint);
}

void Parser::complain_at(const Token& token, std::string_view complaint) {
  if (is_panicking_ || has_given_up_) return;
  is_panicking_ = true;
  report(token, complaint);
}

/// For what is no use reading any further, as it would only bring more of the same. Is said even in panic.
void Parser::give_up(const Token& token, std::string_view complaint) {
  if (has_given_up_) return;
  has_given_up_ = true;
  report(token, complaint);
  current_.kind = TokenKind::End;  // `token` may be the same
}

void Parser::report(const Token& token, std::string_view complaint) {
  const bool is_no_token = token.kind == TokenKind::UnexpectedCharacter || token.kind == TokenKind::UnterminatedString;
  std::string message = "[line " + std::to_string(token.end_line) + "] Error";
  if (token.kind == TokenKind::End) {
    message += " at end";
  } else if (!is_no_token) {
    message.append(" at '").append(token.text).append("'");
  }
  message.append(": ").append(complaint);

  if (result_.diagnostics.empty()) {
    result_.at_end = token.kind == TokenKind::End || token.kind == TokenKind::UnterminatedString;
  }

  Diagnostic diagnostic;
  diagnostic.position = token.position;
  diagnostic.offset = static_cast<std::size_t>(token.text.data() - source_.data());
  diagnostic.length = static_cast<std::uint32_t>(token.text.empty() ? 1 : token.text.size());
  diagnostic.message = std::move(message);
  if (const std::size_t newline = token.text.rfind('\n'); newline != std::string_view::npos) {
    diagnostic.position = {token.end_line, 1};
    diagnostic.offset += newline + 1;
    diagnostic.length = static_cast<std::uint32_t>(token.text.size() - newline - 1);
  }
  result_.diagnostics.push_back(std::move(diagnostic));
}

/// Ends a panic where something new seems to begin.
void Parser::synchronize() {
  is_panicking_ = false;
  while (!check(TokenKind::End)) {
    if (previous_.kind == TokenKind::Semicolon) return;
    switch (current_.kind) {
      case TokenKind::Class:
      case TokenKind::For:
      case TokenKind::Fun:
      case TokenKind::If:
      case TokenKind::Print:
      case TokenKind::Return:
      case TokenKind::Var:
      case TokenKind::While:
        return;
      default:
        advance();
    }
  }
}

// Declarations.

StatementPtr Parser::parse_declaration() {
  StatementPtr statement;
  if (match(TokenKind::Class)) {
    statement = parse_class();
  } else if (match(TokenKind::Fun)) {
    statement = parse_function_declaration();
  } else if (match(TokenKind::Var)) {
    statement = parse_variable_declaration();
  } else {
    statement = parse_statement();
  }
  if (is_panicking_) synchronize();
  return statement;
}

/// A name in `previous_`. When there was none, it is whatever stands before: as in clox, that declares a variable of
/// which a later error can tell.
Declared Parser::declare(const Token& name) {
  if (resolver_.is_declared_here(name.text)) complain("Already a variable with this name in this scope.");
  Declared declared = resolver_.declare(name.text);
  if (declared.local && declared.local->slot >= max_locals) give_up(name, "Too many local variables in function.");
  return declared;
}

Declared Parser::parse_variable(std::string_view complaint) {
  expect(TokenKind::Identifier, complaint);
  return declare(previous_);
}

StatementPtr Parser::parse_class() {
  const Position position = previous_.position;
  ClassDeclaration node;
  node.variable = parse_variable("Expect class name.");
  resolver_.define();
  const Token name = previous_;

  ClassScope scope{class_scope_};
  class_scope_ = &scope;
  if (match(TokenKind::Less)) {
    expect(TokenKind::Identifier, "Expect superclass name.");
    node.superclass = parse_name(false).expression;
    if (previous_.text == name.text) complain("A class can't inherit from itself.");
    scope.has_superclass = true;
  }
  expect(TokenKind::LeftBrace, "Expect '{' before class body.");
  while (!check(TokenKind::RightBrace) && !check(TokenKind::End)) node.methods.push_back(parse_method());
  expect(TokenKind::RightBrace, "Expect '}' after class body.");
  class_scope_ = scope.around;
  return make_statement(position, std::move(node));
}

FunctionPtr Parser::parse_method() {
  expect(TokenKind::Identifier, "Expect method name.");
  return parse_function(previous_.text == "init" ? FunctionKind::Initializer : FunctionKind::Method);
}

StatementPtr Parser::parse_function_declaration() {
  const Position position = previous_.position;
  FunctionDeclaration node;
  node.variable = parse_variable("Expect function name.");
  resolver_.define();  // the function may call itself
  node.function = parse_function(FunctionKind::Function);
  return make_statement(position, std::move(node));
}

/// The rest of a function whose name is in `previous_`.
FunctionPtr Parser::parse_function(FunctionKind kind) {
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  ++depth_;

  FunctionPtr function = std::make_unique<Function>();
  function->kind = kind;
  function->name = previous_.text;
  function->position = previous_.position;
  Function* const around = std::exchange(function_, function.get());
  resolver_.begin_function(*function);
  parse_parameters(*function);
  expect(TokenKind::LeftBrace, "Expect '{' before function body.");
  function->body = parse_block();
  function->end_line = previous_.end_line;
  resolver_.end_function();
  function_ = around;

  --depth_;
  return function;
}

void Parser::parse_parameters(Function& function) {
  constexpr std::size_t max_parameters = 255;
  expect(TokenKind::LeftParenthesis, "Expect '(' after function name.");
  if (!check(TokenKind::RightParenthesis)) {
    do {
      if (function.parameters.size() == max_parameters) {
        complain_at(current_, "Can't have more than 255 parameters.");
      }
      function.parameters.push_back(parse_variable("Expect parameter name.").local);
      resolver_.define();
    } while (match(TokenKind::Comma));
  }
  expect(TokenKind::RightParenthesis, "Expect ')' after parameters.");
}

StatementPtr Parser::parse_variable_declaration() {
  const Position position = previous_.position;
  Var node;
  node.variable = parse_variable("Expect variable name.");
  if (match(TokenKind::Equal)) node.initializer = parse_expression();
  expect(TokenKind::Semicolon, "Expect ';' after variable declaration.");
  resolver_.define();
  return make_statement(position, std::move(node));
}

// Statements.

StatementPtr Parser::parse_statement() {
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  ++depth_;
  StatementPtr statement;
  if (match(TokenKind::Print)) {
    statement = parse_print();
  } else if (match(TokenKind::For)) {
    statement = parse_for();
  } else if (match(TokenKind::If)) {
    statement = parse_if();
  } else if (match(TokenKind::Return)) {
    statement = parse_return();
  } else if (match(TokenKind::While)) {
    statement = parse_while();
  } else if (match(TokenKind::LeftBrace)) {
    statement = parse_block_statement();
  } else {
    statement = parse_expression_statement();
  }
  --depth_;
  return statement;
}

/// The rest of a block, behind its `{`. It is the caller's to make it a scope.
std::vector<StatementPtr> Parser::parse_block() {
  std::vector<StatementPtr> statements;
  while (!check(TokenKind::RightBrace) && !check(TokenKind::End)) statements.push_back(parse_declaration());
  expect(TokenKind::RightBrace, "Expect '}' after block.");
  return statements;
}

StatementPtr Parser::parse_block_statement() {
  const Position position = previous_.position;
  resolver_.begin_block();
  Block node{parse_block()};
  resolver_.end_block();
  return make_statement(position, std::move(node));
}

/// `for (a; b; c) d` becomes `{ a; while (b) d, then c }`.
StatementPtr Parser::parse_for() {
  const Position position = previous_.position;
  resolver_.begin_block();
  ++depth_;
  Block block;
  expect(TokenKind::LeftParenthesis, "Expect '(' after 'for'.");
  if (match(TokenKind::Var)) {
    block.statements.push_back(parse_variable_declaration());
  } else if (!match(TokenKind::Semicolon)) {
    block.statements.push_back(parse_expression_statement());
  }

  While loop;
  if (!match(TokenKind::Semicolon)) {
    loop.condition = parse_expression();
    expect(TokenKind::Semicolon, "Expect ';' after loop condition.");
  }
  if (!match(TokenKind::RightParenthesis)) {
    loop.increment = parse_expression();
    expect(TokenKind::RightParenthesis, "Expect ')' after for clauses.");
  }
  loop.body = parse_statement();
  block.statements.push_back(make_statement(position, std::move(loop)));
  --depth_;
  resolver_.end_block();
  return make_statement(position, std::move(block));
}

/// A chain of `else if` is taken in a loop: programs write long ones, and do not call that nesting. It may use up half
/// of the depth that there is, so that something is left for its conditions.
StatementPtr Parser::parse_if() {
  const int outer_depth = depth_;
  StatementPtr first;
  StatementPtr* place = &first;
  while (true) {
    const Position position = previous_.position;
    if (depth_ >= max_depth / 2) give_up(previous_, "Too many branches in one 'if'.");
    expect(TokenKind::LeftParenthesis, "Expect '(' after 'if'.");
    If node;
    node.condition = parse_condition();
    node.then = parse_statement();
    *place = make_statement(position, std::move(node));
    if (!match(TokenKind::Else)) break;

    place = &std::get<If>((*place)->node).otherwise;
    if (!match(TokenKind::If)) {
      *place = parse_statement();
      break;
    }
    ++depth_;
  }
  depth_ = outer_depth;
  return first;
}

StatementPtr Parser::parse_while() {
  const Position position = previous_.position;
  expect(TokenKind::LeftParenthesis, "Expect '(' after 'while'.");
  While node;
  node.condition = parse_condition();
  node.body = parse_statement();
  return make_statement(position, std::move(node));
}

/// The rest of a condition, behind its `(`.
ExpressionPtr Parser::parse_condition() {
  ExpressionPtr condition = parse_expression();
  expect(TokenKind::RightParenthesis, "Expect ')' after condition.");
  return condition;
}

StatementPtr Parser::parse_print() {
  const Position position = previous_.position;
  Print node{parse_expression()};
  expect(TokenKind::Semicolon, "Expect ';' after value.");
  return make_statement(position, std::move(node));
}

StatementPtr Parser::parse_return() {
  const Position position = previous_.position;
  if (function_->kind == FunctionKind::Script) complain("Can't return from top-level code.");
  Return node;
  if (!match(TokenKind::Semicolon)) {
    if (function_->kind == FunctionKind::Initializer) complain("Can't return a value from an initializer.");
    node.value = parse_expression();
    expect(TokenKind::Semicolon, "Expect ';' after return value.");
  }
  return make_statement(position, std::move(node));
}

StatementPtr Parser::parse_expression_statement() {
  const Position position = current_.position;
  Evaluate node{parse_expression()};
  expect(TokenKind::Semicolon, "Expect ';' after expression.");
  return make_statement(position, std::move(node));
}

}  // namespace lox
