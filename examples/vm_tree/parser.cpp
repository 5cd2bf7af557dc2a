// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "parser.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "lexer.h"

namespace vm_tree {
namespace {

using inlay::Error;
using inlay::Result;

/// Of nodes within nodes: those of a function must fit the interpreter's stack.
constexpr std::uint32_t MaxHeight = 200;

constexpr std::string_view Reserved[] = {"argument", "array", "break",  "continue", "double", "else", "fn",   "if",
                                         "int",      "let",   "length", "print",    "return", "sqrt", "while"};

struct Operator {
  std::string_view text;
  int precedence;
  Kind kind;
};
constexpr Operator Operators[] = {
    {"||", 1, Kind::Or},       {"&&", 2, Kind::And},       {"==", 3, Kind::Equal},   {"!=", 3, Kind::NotEqual},
    {"<", 3, Kind::Less},      {"<=", 3, Kind::LessEqual}, {">", 3, Kind::Greater},  {">=", 3, Kind::GreaterEqual},
    {"+", 4, Kind::Add},       {"-", 4, Kind::Subtract},   {"*", 5, Kind::Multiply}, {"/", 5, Kind::Divide},
    {"%", 5, Kind::Remainder},
};

struct Builtin {
  std::string_view name;
  Kind kind;
};
constexpr Builtin Builtins[] = {{"array", Kind::NewArray},
                                {"length", Kind::Length},
                                {"int", Kind::ToInteger},
                                {"double", Kind::ToDouble},
                                {"sqrt", Kind::SquareRoot}};

std::string quote(std::string_view text) { return "'" + std::string(text) + "'"; }

class Parser {
 public:
  Parser(const std::string& file, std::vector<Token> tokens, Metering metering)
      : file_(file), tokens_(std::move(tokens)), metering_(metering) {}

  Result<Program> parse() {
    functions_.emplace_back();
    INLAY_TRY_VOID(arguments());
    functions_[0].parameters = static_cast<std::uint32_t>(program_.arguments.size());
    std::vector<Node*> statements;
    while (token().type != Token::Type::End) {
      if (at("fn")) {
        INLAY_TRY_VOID(function());
      } else {
        INLAY_TRY(Node * node, statement());
        statements.push_back(node);
      }
    }
    INLAY_TRY(functions_[0].body, finish(block_of(statements, tokens_.front())));
    functions_[0].slots = slots_;
    functions_[0].height = height(functions_[0].body);
    program_.all = std::move(functions_);
    INLAY_TRY_VOID(resolve());
    return std::move(program_);
  }

 private:
  struct Scope {
    std::map<std::string_view, std::uint32_t> variables;
  };
  struct Reference {  // to a function that may come later
    Node* node;
    Token name;
  };

  // Tokens.

  const Token& token() const { return tokens_[at_]; }
  bool at(std::string_view text) const { return token().type != Token::Type::Number && token().text == text; }
  bool accept(std::string_view text) {
    if (!at(text)) return false;
    ++at_;
    return true;
  }
  Error error(const Token& where, std::string message) const {
    return {inlay::ErrorKind::InvalidArgument, std::move(message), {file_, where.line, where.column}};
  }
  Error unexpected(const std::string& would_do) const {
    const std::string seen = token().type == Token::Type::End ? "the end of the program" : quote(token().text);
    return error(token(), "unexpected " + seen + "; " + would_do + " would do");
  }
  Result<void> expect(std::string_view text) {
    if (accept(text)) return {};
    return unexpected(quote(text));
  }
  Result<Token> name(const std::string& what) {
    if (token().type != Token::Type::Name) return unexpected(what);
    if (std::find(std::begin(Reserved), std::end(Reserved), token().text) != std::end(Reserved))
      return error(token(), quote(token().text) + " is reserved; another name would do");
    return tokens_[at_++];
  }

  // Nodes.

  Node* make(Kind kind, const Token& where, Node* left = nullptr, Node* right = nullptr, Node* third = nullptr) {
    program_.nodes.push_back(std::make_unique<Node>());
    Node* node = program_.nodes.back().get();
    node->kind = kind;
    node->metered = metering_ == Metering::On;
    node->line = where.line;
    node->left = left;
    node->right = right;
    node->third = third;
    heights_[node] = 1 + std::max({height(left), height(right), height(third)});
    return node;
  }
  void set_children(Node* node, const std::vector<Node*>& children) {
    program_.lists.push_back(std::make_unique<const Node*[]>(children.size()));
    std::copy(children.begin(), children.end(), program_.lists.back().get());
    node->children = program_.lists.back().get();
    node->count = static_cast<std::uint32_t>(children.size());
    for (const Node* child : children) heights_[node] = std::max(heights_[node], 1 + height(child));
  }
  Node* block_of(const std::vector<Node*>& statements, const Token& where) {
    Node* node = make(Kind::Block, where);
    set_children(node, statements);
    return node;
  }
  std::uint32_t height(const Node* node) const {
    const auto found = heights_.find(node);
    return found == heights_.end() ? 0 : found->second;
  }
  /// A node that may be part of a tree.
  Result<Node*> finish(Node* node) const {
    if (height(node) <= MaxHeight) return node;
    return Error(inlay::ErrorKind::InvalidArgument, "more than 200 levels of nesting; a split expression would do",
                 {file_, node->line, 0});
  }

  // Variables.

  const std::uint32_t* find_variable(std::string_view name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
      if (const auto found = scope->variables.find(name); found != scope->variables.end()) return &found->second;
    return nullptr;
  }
  Result<std::uint32_t> declare(const Token& name) {
    if (!scopes_.back().variables.emplace(name.text, slots_).second)
      return error(name, "there is a variable " + quote(name.text) + " in this block already; another name would do");
    if (slots_ == Env::MaxVariables) return error(name, "more than 64 variables; an array would do");
    return slots_++;
  }

  Result<void> arguments();
  Result<void> function();
  Result<void> resolve();
  Result<Node*> block();
  Result<Node*> statement();
  Result<Node*> conditional();
  Result<Node*> simple_statement();
  Result<Node*> binary(int precedence);
  Result<Node*> unary();
  Result<Node*> postfix();
  Result<Node*> primary();
  Result<std::vector<Node*>> list();
  Result<Node*> expr() { return binary(1); }

  const std::string& file_;
  std::vector<Token> tokens_;
  const Metering metering_;
  std::size_t at_ = 0;
  Program program_;
  std::vector<Function> functions_;
  std::map<std::string_view, std::size_t> function_indexes_;
  std::vector<Reference> references_;
  std::unordered_map<const Node*, std::uint32_t> heights_;
  std::vector<Scope> scopes_ = std::vector<Scope>(1);
  std::uint32_t slots_ = 0;    // of the function that is read
  std::uint32_t loops_ = 0;    // around what is read
  std::uint32_t nesting_ = 0;  // of this parser's own calls
};

Result<void> Parser::arguments() {
  while (accept("argument")) {
    INLAY_TRY(const Token declared, name("the name of an argument"));
    INLAY_TRY_VOID(declare(declared));
    INLAY_TRY_VOID(expect("="));
    const bool negative = accept("-");
    if (token().type != Token::Type::Number) return unexpected("a number");
    Value value = tokens_[at_++].value;
    if (negative) {
      if (value.type == Value::Type::Integer)
        value.integer = -value.integer;
      else
        value.number = -value.number;
    }
    INLAY_TRY_VOID(expect(";"));
    program_.arguments.push_back({std::string(declared.text), value});
  }
  return {};
}

Result<void> Parser::function() {
  ++at_;
  INLAY_TRY(const Token called, name("the name of a function"));
  if (!function_indexes_.emplace(called.text, functions_.size()).second)
    return error(called, "there is a function " + quote(called.text) + " already; another name would do");
  const std::size_t index = functions_.size();
  functions_.emplace_back();

  std::vector<Scope> outer_scopes = std::exchange(scopes_, std::vector<Scope>(1));
  const std::uint32_t outer_slots = std::exchange(slots_, 0);
  INLAY_TRY_VOID(expect("("));
  if (!at(")")) {
    do {
      INLAY_TRY(const Token parameter, name("the name of a parameter"));
      INLAY_TRY_VOID(declare(parameter));
    } while (accept(","));
  }
  INLAY_TRY_VOID(expect(")"));
  if (slots_ > Env::MaxArguments)
    return error(called, quote(called.text) + " has " + std::to_string(slots_) + " parameters; at most 8 would do");
  functions_[index].parameters = slots_;
  INLAY_TRY(const Node* body, block());
  functions_[index].body = body;
  functions_[index].slots = slots_;
  functions_[index].height = height(body);
  scopes_ = std::move(outer_scopes);
  slots_ = outer_slots;
  return {};
}

/// Calls and '&' meet their functions, now that all are there.
Result<void> Parser::resolve() {
  for (const Reference& reference : references_) {
    const auto found = function_indexes_.find(reference.name.text);
    if (found == function_indexes_.end())
      return error(reference.name, "there is no function or variable " + quote(reference.name.text) + " here");
    const Function& function = program_.all[found->second];
    if (reference.node->kind == Kind::Constant) {
      reference.node->constant = {Value::Type::Function, 0, {.integer = static_cast<std::int64_t>(found->second)}};
      continue;
    }
    if (reference.node->count != function.parameters)
      return error(reference.name, quote(reference.name.text) + " with " + std::to_string(reference.node->count) +
                                       " arguments; " + std::to_string(function.parameters) + " would do");
    reference.node->function = &function;
  }
  return {};
}

Result<Node*> Parser::block() {
  const Token first = token();
  INLAY_TRY_VOID(expect("{"));
  if (++nesting_ > MaxHeight) return error(first, "more than 200 levels of nesting; a function would do");
  scopes_.emplace_back();
  std::vector<Node*> statements;
  while (!at("}")) {
    if (token().type == Token::Type::End) return unexpected("'}'");
    INLAY_TRY(Node * node, statement());
    statements.push_back(node);
  }
  ++at_;
  scopes_.pop_back();
  --nesting_;
  return finish(block_of(statements, first));
}

Result<Node*> Parser::statement() {
  const Token first = token();
  if (at("fn")) return error(first, "'fn' in a block; outside of all blocks would do");
  if (at("if")) return conditional();
  if (at("{")) return block();
  if (accept("while")) {
    INLAY_TRY(Node * condition, expr());
    ++loops_;
    INLAY_TRY(Node * body, block());
    --loops_;
    return finish(make(Kind::While, first, condition, body));
  }
  INLAY_TRY(Node * node, simple_statement());
  INLAY_TRY_VOID(expect(";"));
  return finish(node);
}

Result<Node*> Parser::conditional() {
  const Token first = tokens_[at_++];
  INLAY_TRY(Node * condition, expr());
  INLAY_TRY(Node * yes, block());
  Node* no = nullptr;
  if (accept("else")) {
    if (at("if")) {
      if (++nesting_ > MaxHeight) return error(first, "more than 200 levels of nesting; a function would do");
      INLAY_TRY(no, conditional());
      --nesting_;
    } else {
      INLAY_TRY(no, block());
    }
  }
  return finish(make(Kind::If, first, condition, yes, no));
}

Result<Node*> Parser::simple_statement() {
  const Token first = token();
  if (accept("break") || accept("continue")) {
    if (loops_ == 0) return error(first, quote(first.text) + " outside of loops; 'return' would do");
    return make(first.text == "break" ? Kind::Break : Kind::Continue, first);
  }
  if (accept("return")) {
    Node* value = nullptr;
    if (!at(";")) {
      INLAY_TRY(value, expr());
    }
    return make(Kind::Return, first, value);
  }
  if (accept("print")) {
    INLAY_TRY(Node * value, expr());
    return make(Kind::Print, first, value);
  }
  if (accept("let")) {
    INLAY_TRY(const Token variable, name("the name of a variable"));
    INLAY_TRY_VOID(expect("="));
    INLAY_TRY(Node * value, expr());
    Node* node = make(Kind::Assign, first, value);
    INLAY_TRY(node->slot, declare(variable));
    return node;
  }
  INLAY_TRY(Node * target, expr());
  if (!accept("=")) return make(Kind::Evaluate, first, target);
  INLAY_TRY(Node * value, expr());
  if (target->kind == Kind::Variable) {
    Node* node = make(Kind::Assign, first, value);
    node->slot = target->slot;
    return node;
  }
  if (target->kind != Kind::Index) return error(first, "this cannot be assigned to; a variable or an element would do");
  Node* node = make(Kind::SetIndex, first, nullptr, nullptr, value);
  node->left = target->left;
  node->right = target->right;
  heights_[node] = std::max(heights_[node], height(target));
  return node;
}

Result<Node*> Parser::binary(int precedence) {
  if (precedence > 5) return unary();
  INLAY_TRY(Node * left, binary(precedence + 1));
  for (;;) {
    const auto* const found = std::find_if(std::begin(Operators), std::end(Operators), [&](const Operator& op) {
      return op.precedence == precedence && at(op.text);
    });
    if (found == std::end(Operators)) return left;
    const Token where = tokens_[at_++];
    INLAY_TRY(Node * right, binary(precedence + 1));
    INLAY_TRY(left, finish(make(found->kind, where, left, right)));
  }
}

Result<Node*> Parser::unary() {
  const Token first = token();
  if (!at("-") && !at("!")) return postfix();
  ++at_;
  if (++nesting_ > MaxHeight) return error(first, "more than 200 levels of nesting; a split expression would do");
  INLAY_TRY(Node * operand, unary());
  --nesting_;
  return finish(make(first.text == "-" ? Kind::Negate : Kind::Not, first, operand));
}

/// What stands between parentheses, the first of which was read.
Result<std::vector<Node*>> Parser::list() {
  std::vector<Node*> nodes;
  if (accept(")")) return nodes;
  do {
    INLAY_TRY(Node * node, expr());
    nodes.push_back(node);
  } while (accept(","));
  INLAY_TRY_VOID(expect(")"));
  return nodes;
}

Result<Node*> Parser::postfix() {
  const Token first = token();
  if (++nesting_ > MaxHeight) return error(first, "more than 200 levels of nesting; a split expression would do");
  INLAY_TRY(Node * node, primary());
  for (;;) {
    const Token where = token();
    if (accept("[")) {
      INLAY_TRY(Node * index, expr());
      INLAY_TRY_VOID(expect("]"));
      node = make(Kind::Index, where, node, index);
    } else if (accept("(")) {
      INLAY_TRY(const std::vector<Node*> given, list());
      if (given.size() > Env::MaxArguments)
        return error(where, std::to_string(given.size()) + " arguments; at most 8 would do");
      node = make(Kind::CallValue, where, node);
      set_children(node, given);
    } else {
      --nesting_;
      return node;
    }
    INLAY_TRY(node, finish(node));
  }
}

Result<Node*> Parser::primary() {
  const Token first = token();
  if (first.type == Token::Type::Number) {
    ++at_;
    Node* node = make(Kind::Constant, first);
    node->constant = first.value;
    return node;
  }
  if (accept("(")) {
    INLAY_TRY(Node * node, expr());
    INLAY_TRY_VOID(expect(")"));
    return node;
  }
  if (accept("&")) {
    INLAY_TRY(const Token called, name("the name of a function"));
    Node* node = make(Kind::Constant, first);
    references_.push_back({node, called});
    return node;
  }
  for (const Builtin& builtin : Builtins) {
    if (!accept(builtin.name)) continue;
    INLAY_TRY_VOID(expect("("));
    INLAY_TRY(Node * operand, expr());
    INLAY_TRY_VOID(expect(")"));
    return make(builtin.kind, first, operand);
  }
  INLAY_TRY(const Token named, name("an expression"));
  if (const std::uint32_t* slot = find_variable(named.text)) {
    Node* node = make(Kind::Variable, named);
    node->slot = *slot;
    return node;
  }
  if (!accept("(")) return error(named, "there is no variable " + quote(named.text) + " here");
  INLAY_TRY(const std::vector<Node*> given, list());
  Node* node = make(Kind::Call, named);
  set_children(node, given);
  references_.push_back({node, named});
  return node;
}

}  // namespace

Result<Program> parse(std::string_view text, const std::string& file, Metering metering) {
  INLAY_TRY(std::vector<Token> tokens, tokenize(text, file));
  return Parser(file, std::move(tokens), metering).parse();
}

}  // namespace vm_tree
