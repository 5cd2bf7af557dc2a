// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From tokens to a resolved tree: recursive descent for statements, precedence climbing for expressions. What is wrong
// is found in the order in which clox finds it, and after each error the parser goes on where clox goes on: it carries
// on through the grammar in silence (`is_panicking_`) to the end of the declaration, and then skips to what looks like
// the next one. So what it makes after an error can have holes; nothing looks inside, and the tree is not handed out.
#pragma once

#include "frontend.h"
#include "resolver.h"
#include "scanner.h"
#include "syntax.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace lox {

class Parser {
 public:
  Parser(std::string_view source, GlobalNames& globals);

  /// To be called once.
  Parsed parse_script();

 private:
  /// How tightly operators bind, from loose to tight.
  enum class Precedence : std::uint8_t { None, Assignment, Or, And, Equality, Comparison, Term, Factor, Unary, Call };

  /// An expression and how many levels it has; after an error maybe none.
  struct Tree {
    syntax::ExpressionPtr expression;
    int height = 0;
  };

  /// The class whose body is being parsed; it stands in a method of the one around it.
  struct ClassScope {
    ClassScope* around;
    bool has_superclass = false;
  };

  /// Counts how deep the parser is in itself, so that no input can exhaust the stack. Gives up, and is false, at the
  /// limit.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.nesting_ > max_nesting) parser_.give_up(parser_.current_, "Nested too deeply.");
    }
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    explicit operator bool() const { return !parser_.has_given_up_; }

   private:
    Parser& parser_;
  };

  // Tokens and errors.
  void advance();
  bool check(TokenKind kind) const { return current_.kind == kind; }
  bool match(TokenKind kind);
  void expect(TokenKind kind, std::string_view complaint);
  void complain(std::string_view complaint) { complain_at(previous_, complaint); }
  void complain_at(const Token& token, std::string_view complaint);
  void give_up(const Token& token, std::string_view complaint);
  void report(const Token& token, std::string_view complaint);
  void synchronize();

  // Declarations and statements: each but the first two is called with its first token in `previous_`.
  syntax::StatementPtr parse_declaration();
  syntax::StatementPtr parse_statement();
  syntax::StatementPtr parse_class();
  syntax::StatementPtr parse_function_declaration();
  syntax::StatementPtr parse_variable_declaration();
  syntax::StatementPtr parse_block_statement();
  syntax::StatementPtr parse_for();
  syntax::StatementPtr parse_if();
  syntax::StatementPtr parse_print();
  syntax::StatementPtr parse_return();
  syntax::StatementPtr parse_while();
  syntax::StatementPtr parse_expression_statement();

  syntax::FunctionPtr parse_method();
  syntax::FunctionPtr parse_function(syntax::FunctionKind kind);
  void parse_parameters(syntax::Function& function);
  std::vector<syntax::StatementPtr> parse_block();
  syntax::Declared parse_variable(std::string_view complaint);
  syntax::Declared declare(const Token& name);
  syntax::ExpressionPtr parse_condition();

  // Expressions: parse_prefix and parse_infix find their operator, or all there is, in `previous_`. parse_prefix has
  // none if that can begin no expression.
  syntax::ExpressionPtr parse_expression() { return parse_tree().expression; }
  Tree parse_tree() { return parse_precedence(Precedence::Assignment); }
  Tree parse_precedence(Precedence lowest);
  std::optional<Tree> parse_prefix(bool can_assign);
  Tree parse_infix(Tree left, bool can_assign);
  Tree parse_grouping();
  Tree parse_name(bool can_assign);
  Tree parse_this();
  Tree parse_super();
  Tree parse_unary(syntax::UnaryOperator op);
  Tree parse_call(Tree callee);
  Tree parse_property(Tree object, bool can_assign);
  template <class Node, class Operator>
  Tree parse_operation(Tree left, Operator op, Precedence right_lowest);
  static Precedence precedence_of(TokenKind infix);
  syntax::Place use(const Token& name);

  template <class Node>
  Tree make(syntax::Position position, int height, Node node);
  template <class Node>
  static syntax::StatementPtr make_statement(syntax::Position position, Node node) {
    return syntax::StatementPtr(new syntax::Statement{position, std::move(node)});
  }

  const std::string_view source_;
  Scanner scanner_;
  Token previous_;
  Token current_;
  Parsed result_;
  Resolver resolver_;
  syntax::Function* function_;         // the innermost
  ClassScope* class_scope_ = nullptr;  // the innermost
  bool is_panicking_ = false;          // no errors are reported
  bool has_given_up_ = false;          // nor will they ever be: the source seems to end here
  int nesting_ = 0;
  int depth_ = 0;  // of the statement being parsed, in the tree
};

}  // namespace lox
