// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parser's expressions. Chains of one precedence, also those of `and`, `or` and calls, are taken in a loop and grow
// to the left, so only what really nests makes the parser recurse.
#include "parser.h"

#include <algorithm>
#include <string>

namespace lox {

using namespace syntax;

template <class Node>
Parser::Tree Parser::make(Position position, int height, Node node) {
  if (depth_ + height >= max_depth) give_up(previous_, "Expression too long.");
  return {ExpressionPtr(new Expression{position, previous_.end_line, std::move(node)}), height};
}

Parser::Precedence Parser::precedence_of(TokenKind infix) {
  switch (infix) {
    case TokenKind::Or:
      return Precedence::Or;
    case TokenKind::And:
      return Precedence::And;
    case TokenKind::EqualEqual:
    case TokenKind::BangEqual:
      return Precedence::Equality;
    case TokenKind::Less:
    case TokenKind::LessEqual:
    case TokenKind::Greater:
    case TokenKind::GreaterEqual:
      return Precedence::Comparison;
    case TokenKind::Plus:
    case TokenKind::Minus:
      return Precedence::Term;
    case TokenKind::Star:
    case TokenKind::Slash:
      return Precedence::Factor;
    case TokenKind::Dot:
    case TokenKind::LeftParenthesis:
      return Precedence::Call;
    default:
      return Precedence::None;
  }
}

/// An expression of operators that bind at least as tightly as `lowest`.
Parser::Tree Parser::parse_precedence(Precedence lowest) {
  const Nesting nesting(*this);
  if (!nesting) return {};
  advance();
  // Only a whole expression can be the target of an assignment: in `a + b = c` neither `b` nor the sum is.
  const bool can_assign = lowest <= Precedence::Assignment;
  std::optional<Tree> tree = parse_prefix(can_assign);
  if (!tree) {
    complain("Expect expression.");
    return {};
  }
  while (lowest <= precedence_of(current_.kind)) {
    advance();
    tree = parse_infix(std::move(*tree), can_assign);
  }
  if (can_assign && match(TokenKind::Equal)) complain("Invalid assignment target.");
  return std::move(*tree);
}

std::optional<Parser::Tree> Parser::parse_prefix(bool can_assign) {
  const Position position = previous_.position;
  const std::string_view text = previous_.text;
  switch (previous_.kind) {
    case TokenKind::LeftParenthesis:
      return parse_grouping();
    case TokenKind::Minus:
      return parse_unary(UnaryOperator::Negate);
    case TokenKind::Bang:
      return parse_unary(UnaryOperator::Not);
    case TokenKind::Identifier:
      return parse_name(can_assign);
    case TokenKind::This:
      return parse_this();
    case TokenKind::Super:
      return parse_super();
    case TokenKind::Number:
      return make(position, 1, Number{to_double(text)});
    case TokenKind::String:
      return make(position, 1, String{std::string(text.substr(1, text.size() - 2))});
    case TokenKind::True:
      return make(position, 1, Boolean{true});
    case TokenKind::False:
      return make(position, 1, Boolean{false});
    case TokenKind::Nil:
      return make(position, 1, Nil{});
    default:
      return std::nullopt;
  }
}

Parser::Tree Parser::parse_infix(Tree left, bool can_assign) {
  const auto binary = [&](BinaryOperator op, Precedence right_lowest) {
    return parse_operation<Binary>(std::move(left), op, right_lowest);
  };
  switch (previous_.kind) {
    case TokenKind::LeftParenthesis:
      return parse_call(std::move(left));
    case TokenKind::Dot:
      return parse_property(std::move(left), can_assign);
    case TokenKind::Or:
      return parse_operation<Logical>(std::move(left), LogicalOperator::Or, Precedence::And);
    case TokenKind::And:
      return parse_operation<Logical>(std::move(left), LogicalOperator::And, Precedence::Equality);
    case TokenKind::EqualEqual:
      return binary(BinaryOperator::Equal, Precedence::Comparison);
    case TokenKind::BangEqual:
      return binary(BinaryOperator::NotEqual, Precedence::Comparison);
    case TokenKind::Less:
      return binary(BinaryOperator::Less, Precedence::Term);
    case TokenKind::LessEqual:
      return binary(BinaryOperator::LessEqual, Precedence::Term);
    case TokenKind::Greater:
      return binary(BinaryOperator::Greater, Precedence::Term);
    case TokenKind::GreaterEqual:
      return binary(BinaryOperator::GreaterEqual, Precedence::Term);
    case TokenKind::Plus:
      return binary(BinaryOperator::Add, Precedence::Factor);
    case TokenKind::Minus:
      return binary(BinaryOperator::Subtract, Precedence::Factor);
    case TokenKind::Star:
      return binary(BinaryOperator::Multiply, Precedence::Unary);
    case TokenKind::Slash:
      return binary(BinaryOperator::Divide, Precedence::Unary);
    default:
      return left;  // no other token has a precedence
  }
}

template <class Node, class Operator>
Parser::Tree Parser::parse_operation(Tree left, Operator op, Precedence right_lowest) {
  const Position position = previous_.position;
  Tree right = parse_precedence(right_lowest);
  const int height = 1 + std::max(left.height, right.height);
  return make(position, height, Node{op, std::move(left.expression), std::move(right.expression)});
}

Parser::Tree Parser::parse_unary(UnaryOperator op) {
  const Position position = previous_.position;
  Tree operand = parse_precedence(Precedence::Unary);
  return make(position, 1 + operand.height, Unary{op, std::move(operand.expression)});
}

Parser::Tree Parser::parse_grouping() {
  Tree tree = parse_tree();
  expect(TokenKind::RightParenthesis, "Expect ')' after expression.");
  return tree;
}

/// What the name in `previous_` means.
Place Parser::use(const Token& name) {
  const Resolver::Use use = resolver_.use(name.text);
  if (!use.is_defined) complain("Can't read local variable in its own initializer.");
  return use.place;
}

Parser::Tree Parser::parse_name(bool can_assign) {
  const Position position = previous_.position;
  std::string name(previous_.text);
  const Place place = use(previous_);
  if (!can_assign || !match(TokenKind::Equal)) return make(position, 1, Variable{std::move(name), place});
  Tree value = parse_tree();
  return make(position, 1 + value.height, Assign{std::move(name), place, std::move(value.expression)});
}

Parser::Tree Parser::parse_this() {
  if (class_scope_ == nullptr) {
    complain("Can't use 'this' outside of a class.");
    return make(previous_.position, 1, This{});
  }
  return make(previous_.position, 1, This{resolver_.use("this").place});
}

Parser::Tree Parser::parse_super() {
  if (class_scope_ == nullptr) {
    complain("Can't use 'super' outside of a class.");
  } else if (!class_scope_->has_superclass) {
    complain("Can't use 'super' in a class with no superclass.");
  }
  expect(TokenKind::Dot, "Expect '.' after 'super'.");
  expect(TokenKind::Identifier, "Expect superclass method name.");
  const Place place = class_scope_ == nullptr ? Place{} : resolver_.use("this").place;
  return make(previous_.position, 1, Super{std::string(previous_.text), place});
}

Parser::Tree Parser::parse_call(Tree callee) {
  constexpr std::size_t max_arguments = 255;
  Call node;
  int height = callee.height;
  node.callee = std::move(callee.expression);
  if (!check(TokenKind::RightParenthesis)) {
    do {
      Tree argument = parse_tree();
      height = std::max(height, argument.height);
      if (node.arguments.size() == max_arguments) complain("Can't have more than 255 arguments.");
      node.arguments.push_back(std::move(argument.expression));
    } while (match(TokenKind::Comma));
  }
  expect(TokenKind::RightParenthesis, "Expect ')' after arguments.");
  return make(previous_.position, height + 1, std::move(node));
}

Parser::Tree Parser::parse_property(Tree object, bool can_assign) {
  expect(TokenKind::Identifier, "Expect property name after '.'.");
  const Position position = previous_.position;
  std::string name(previous_.text);
  if (!can_assign || !match(TokenKind::Equal)) {
    return make(position, 1 + object.height, Get{std::move(object.expression), std::move(name)});
  }
  Tree value = parse_tree();
  const int height = 1 + std::max(object.height, value.height);
  return make(position, height, Set{std::move(object.expression), std::move(name), std::move(value.expression)});
}

}  // namespace lox
