// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Precedence climbing with the climber's stack in a vector: what waits for an operand or a closing bracket is a Frame,
// what has been read is an operand. A text may nest as deeply as memory allows.
#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "language/habits.h"
#include "language/nearest.h"
#include "language/precedence.h"
#include "language/scanner.h"
#include "language/syntax.h"
#include "runtime/parse.h"

namespace inlay::filter {

namespace {

struct Frame {
  enum class Kind : std::uint8_t {
    // Operators that wait for their last operand:
    Negate,
    Not,
    Binary,
    And,
    Or,
    Like,     // phase 0: the pattern, 1: what escapes
    Between,  // phase 0: the lower bound, 1: the upper one
    Distinct,
    // Brackets that wait for their end:
    Group,
    Call,
    In,
    Cast,
    Case,  // phase 0: the subject, 1: a condition, 2: its value, 3: what follows ELSE
  };
  Kind kind = Kind::Group;
  Precedence precedence = Precedence::None;
  bool negated = false;
  bool subject = false;
  bool quoted = false;
  bool swapped = false;  // Call: position(a in b), which is position(b, a)
  std::uint8_t phase = 0;
  std::uint32_t base = 0;      // where its operands begin on the stack
  std::string_view name = {};  // of operators
  std::uint32_t index = 0;     // Call: of the name in Syntax::names
  Range mark = {};
};

constexpr bool is_bracket(Frame::Kind kind) { return kind >= Frame::Kind::Group; }

struct BinaryOperator {
  TokenKind token;
  std::string_view name;
  Precedence precedence;
  bool negated = false;
};

constexpr BinaryOperator BinaryOperators[] = {
    {TokenKind::Plus, "+", Precedence::Sum},           {TokenKind::Minus, "-", Precedence::Sum},
    {TokenKind::Star, "*", Precedence::Product},       {TokenKind::Slash, "/", Precedence::Product},
    {TokenKind::Percent, "%", Precedence::Product},    {TokenKind::Concat, "||", Precedence::Join},
    {TokenKind::Equal, "=", Precedence::Comparison},   {TokenKind::NotEqual, "<>", Precedence::Comparison},
    {TokenKind::Less, "<", Precedence::Comparison},    {TokenKind::LessEqual, "<=", Precedence::Comparison},
    {TokenKind::Greater, ">", Precedence::Comparison}, {TokenKind::GreaterEqual, ">=", Precedence::Comparison},
    {TokenKind::Matches, "~", Precedence::Pattern},    {TokenKind::NotMatches, "~", Precedence::Pattern, true},
};

constexpr std::string_view OnlyCondition = "write only the condition, what stands behind WHERE";

enum class Next : std::uint8_t { Operand, Operator, Nothing };

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}

  Result<Syntax> parse() {
    Result<Syntax> parsed = parse_expression();
    if (!parsed && is_query()) return fail(tokens_[0].range, std::string(OnlyCondition));
    return parsed;
  }

 private:
  Result<Syntax> parse_expression() {
    if (peek().kind == TokenKind::End) return fail(peek().range, "the expression is empty");
    Next next = Next::Operand;
    while (next != Next::Nothing) {
      INLAY_TRY(next, next == Next::Operand ? read_operand() : read_operator());
    }
    return std::move(syntax_);
  }

  // Tokens.
  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  std::string_view text_of(Range range) const { return text_.substr(range.begin, range.end - range.begin); }
  bool is_word(const Token& token, std::string_view word) const {
    return token.kind == TokenKind::Name && lower_case(text_of(token.range)) == word;
  }
  /// `SELECT … FROM …`
  bool is_query() const {
    return is_word(tokens_[0], "select") &&
           std::any_of(tokens_.begin(), tokens_.end(), [this](const Token& token) { return is_word(token, "from"); });
  }
  std::string seen(const Token& token) const {
    if (token.kind == TokenKind::End) return "the expression ends";
    if (token.kind == TokenKind::Text) return "a text stands";
    return quoted(text_of(token.range)) + " stands";
  }
  Error fail(Range at, std::string message) const { return source_error(text_, at, std::move(message)); }
  Error fail_expected(const Token& token, std::string_view wanted) const {
    return fail(token.range, seen(token) + " where " + std::string(wanted) + " should be");
  }

  // Nodes.
  std::uint32_t add(SyntaxNode node, std::uint32_t base) {
    node.first = static_cast<std::uint32_t>(syntax_.operands.size());
    node.count = static_cast<std::uint32_t>(stack_.size()) - base;
    syntax_.operands.insert(syntax_.operands.end(), stack_.begin() + base, stack_.end());
    stack_.resize(base);
    const auto number = static_cast<std::uint32_t>(syntax_.nodes.size());
    syntax_.nodes.push_back(node);
    stack_.push_back(number);
    return number;
  }
  /// From the first operand, or what is marked before it, to `end`, or the end of the last operand.
  Range range_of(std::uint32_t base, Range mark) const {
    Range range = mark;
    if (stack_.size() > base) {
      range.begin = std::min(range.begin, syntax_.nodes[stack_[base]].range.begin);
      range.end = std::max(range.end, syntax_.nodes[stack_.back()].range.end);
    }
    return range;
  }
  void add(Form form, std::uint32_t base, Range mark, SyntaxNode node = {}) {
    node.form = form;
    node.range = range_of(base, mark);
    node.mark = mark;
    add(node, base);
  }
  void add_leaf(Form form, Range range, SyntaxNode node = {}) { add(form, height(), range, node); }
  void add_literal(Value value, Range range) {
    add_leaf(Form::Literal, range, {.index = static_cast<std::uint32_t>(syntax_.values.size())});
    syntax_.values.push_back(std::move(value));
  }
  std::uint32_t add_name(std::string name) {
    syntax_.names.push_back(std::move(name));
    return static_cast<std::uint32_t>(syntax_.names.size() - 1);
  }

  // Frames.
  std::uint32_t height() const { return static_cast<std::uint32_t>(stack_.size()); }
  void push(Frame frame) {
    if (is_bracket(frame.kind)) brackets_.push_back(static_cast<std::uint32_t>(frames_.size()));
    frames_.push_back(frame);
  }
  void pop_bracket() {
    frames_.pop_back();
    brackets_.pop_back();
  }
  Frame* bracket() { return brackets_.empty() ? nullptr : &frames_[brackets_.back()]; }
  /// The operator that waits on top, if there is one before the next bracket.
  Frame* waiting() { return frames_.empty() || is_bracket(frames_.back().kind) ? nullptr : &frames_.back(); }

  /// Makes a node of the operator on top, whose operands are all there.
  Result<void> reduce() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    switch (frame.kind) {
      case Frame::Kind::Negate:
        add(Form::Call, frame.base, frame.mark, {.index = add_name("negate")});
        break;
      case Frame::Kind::Not:
        add(Form::Not, frame.base, frame.mark);
        break;
      case Frame::Kind::Binary:
      case Frame::Kind::Like:
        add(Form::Call, frame.base, frame.mark, {.negated = frame.negated, .index = add_name(std::string(frame.name))});
        break;
      case Frame::Kind::And:
      case Frame::Kind::Or:
        add(frame.kind == Frame::Kind::And ? Form::And : Form::Or, frame.base, frame.mark);
        break;
      case Frame::Kind::Between:
        if (frame.phase == 0) return fail(frame.mark, "BETWEEN lacks its AND; write x BETWEEN low AND high");
        add(Form::Between, frame.base, frame.mark, {.negated = frame.negated});
        break;
      default:
        assert(frame.kind == Frame::Kind::Distinct);
        add(Form::Distinct, frame.base, frame.mark, {.negated = frame.negated});
        break;
    }
    return {};
  }
  /// Before an operator: makes nodes of those that bind tighter, or as tightly and come first.
  Result<void> reduce_above(Precedence precedence, Range at) {
    for (Frame* frame = waiting(); frame != nullptr && frame->precedence >= precedence; frame = waiting()) {
      if (frame->precedence == precedence &&
          (precedence == Precedence::Comparison || precedence == Precedence::Pattern)) {
        if (frame->kind != Frame::Kind::Between || frame->phase == 1) return fail_chained(at);
      }
      INLAY_TRY_VOID(reduce());
    }
    return {};
  }
  Error fail_chained(Range at) const {
    const SyntaxNode& between = syntax_.nodes[stack_.back()];
    if (between.form == Form::Call && syntax_.names[between.index] == "||")
      return fail(between.mark, "'||' joins texts; conditions are joined with OR");
    return fail(at, "comparisons cannot be chained; join them with AND, or use parentheses");
  }
  Result<void> reduce_all() { return reduce_above(Precedence::None, {}); }

  // Operands.
  Result<Next> read_operand() {
    const Token token = take();
    switch (token.kind) {
      case TokenKind::Integer:
      case TokenKind::Real:
        return read_number(token, false);
      case TokenKind::Text:
        add_literal(Value::of(unquoted(text_of(token.range))), token.range);
        return Next::Operator;
      case TokenKind::Null:
        add_leaf(Form::Null, token.range);
        return Next::Operator;
      case TokenKind::True:
      case TokenKind::False:
        add_literal(Value::of(token.kind == TokenKind::True), token.range);
        return Next::Operator;
      case TokenKind::Minus:
        // The number belongs to its sign, or there would be no smallest integer; but `::` binds tighter.
        if (is_number(peek()) && peek(1).kind != TokenKind::DoubleColon) {
          const Token number = take();
          return read_number({number.kind, {token.range.begin, number.range.end}}, true);
        }
        push({.kind = Frame::Kind::Negate, .precedence = Precedence::Prefix, .base = height(), .mark = token.range});
        return Next::Operand;
      case TokenKind::Plus:
        if (!is_number(peek())) return fail(token.range, "'+' stands before nothing but a number here");
        return Next::Operand;
      case TokenKind::Not:
        push({.kind = Frame::Kind::Not, .precedence = Precedence::Not, .base = height(), .mark = token.range});
        return Next::Operand;
      case TokenKind::Open:
        push({.kind = Frame::Kind::Group, .base = height(), .mark = token.range});
        return Next::Operand;
      case TokenKind::Case: {
        Frame frame{.kind = Frame::Kind::Case, .base = height(), .mark = token.range};
        if (peek().kind == TokenKind::When) {
          take();
          frame.phase = 1;
        } else {
          frame.subject = true;
        }
        push(frame);
        return Next::Operand;
      }
      case TokenKind::Name:
      case TokenKind::QuotedName:
        return read_name(token);
      default:
        return fail_expected(token, "a value");
    }
  }

  static bool is_number(const Token& token) {
    return token.kind == TokenKind::Integer || token.kind == TokenKind::Real;
  }

  Result<Next> read_number(const Token& token, bool negative) {
    const std::string_view digits = text_of({peek_back().begin, token.range.end});
    const char* end = digits.data() + digits.size();
    if (token.kind == TokenKind::Integer) {
      std::uint64_t number = 0;
      const bool fits = std::from_chars(digits.data(), end, number).ec == std::errc();
      constexpr std::uint64_t Largest = std::numeric_limits<std::int64_t>::max();
      if (!fits || number > Largest + negative)
        return fail(token.range, "this integer does not fit 64 bits; write '.0' behind it for a real number");
      add_literal(Value::of(static_cast<std::int64_t>(negative ? 0 - number : number)), token.range);
    } else {
      double number = 0;  // and as CAST has it: what is too small a number is 0
      if (parse_real(Text(digits), number) != Fault::None)
        return fail(token.range, "this number is beyond what a real number can be");
      add_literal(Value::of(negative ? -number : number), token.range);
    }
    return Next::Operator;
  }
  /// Where the token that was taken last stands.
  Range peek_back() const { return tokens_[at_ - 1].range; }

  Result<Next> read_name(const Token& token) {
    const bool quotes = token.kind == TokenKind::QuotedName;
    if (peek().kind == TokenKind::Open) return read_call(token);
    std::string name = quotes ? unquoted(text_of(token.range)) : std::string(text_of(token.range));
    if (!quotes && peek().kind == TokenKind::Text) {
      const std::string word = lower_case(name);
      if (word == "date" || word == "timestamp" || word == "real") {
        const Token text = take();
        const Type type = word == "date" ? Type::Date : word == "real" ? Type::Real : Type::Timestamp;
        add_leaf(Form::Typed, {token.range.begin, text.range.end},
                 {.type = type, .index = static_cast<std::uint32_t>(syntax_.values.size())});
        syntax_.values.push_back(Value::of(unquoted(text_of(text.range))));
        return Next::Operator;
      }
    }
    add_leaf(Form::Column, token.range, {.quoted = quotes, .index = add_name(std::move(name))});
    return Next::Operator;
  }

  Result<Next> read_call(const Token& token) {
    const bool quotes = token.kind == TokenKind::QuotedName;
    std::string name = quotes ? unquoted(text_of(token.range)) : lower_case(text_of(token.range));
    take();
    Frame frame{.kind = Frame::Kind::Call, .quoted = quotes, .base = height(), .mark = token.range};
    if (!quotes && name == "cast") {
      frame.kind = Frame::Kind::Cast;
      push(frame);
      return Next::Operand;
    }
    if (!quotes && name == "extract" && peek().kind == TokenKind::Name && is_word(peek(1), "from")) {
      frame.mark = take().range;
      name = lower_case(text_of(frame.mark));
      take();
    }
    frame.index = add_name(std::move(name));
    if (peek().kind == TokenKind::Close) {
      const Token close = take();
      add(Form::Call, frame.base, frame.mark, {.quoted = quotes, .index = frame.index});
      syntax_.nodes.back().range = {token.range.begin, close.range.end};
      return Next::Operator;
    }
    push(frame);
    return Next::Operand;
  }

  // Operators.
  Result<Next> read_operator() {
    const Token token = take();
    for (const BinaryOperator& binary : BinaryOperators)
      if (binary.token == token.kind) return read_binary(token, binary);
    switch (token.kind) {
      case TokenKind::And:
      case TokenKind::Or:
        return read_junction(token);
      case TokenKind::Is:
        return read_is(token);
      case TokenKind::Not: {
        const TokenKind next = peek().kind;
        if (next != TokenKind::In && next != TokenKind::Like && next != TokenKind::ILike && next != TokenKind::Between)
          return fail(token.range, "NOT stands before IN, LIKE, ILIKE or BETWEEN here, or AND or OR is missing");
        const Token test = take();
        return read_test({test.kind, {token.range.begin, test.range.end}}, true);
      }
      case TokenKind::In:
      case TokenKind::Like:
      case TokenKind::ILike:
      case TokenKind::Between:
        return read_test(token, false);
      case TokenKind::DoubleColon: {
        const Range mark = token.range;
        INLAY_TRY(const Type type, read_type());
        const std::uint32_t base = height() - 1;
        add(Form::Cast, base, {mark.begin, peek_back().end}, {.type = type});
        return Next::Operator;
      }
      case TokenKind::Close:
        return read_close(token);
      case TokenKind::Comma:
        return read_comma(token);
      case TokenKind::When:
      case TokenKind::Then:
      case TokenKind::Else:
      case TokenKind::EndOfCase:
        return read_case(token);
      case TokenKind::Name:
        if (is_word(token, "escape")) return read_escape(token);
        if (is_word(token, "as")) return read_as(token);
        if (is_word(token, "from") || is_word(token, "for")) {
          if (std::optional<Next> next = read_separator("substring")) return *next;
        }
        return fail_word(token);
      case TokenKind::End:
        return read_end(token);
      default:
        return fail_expected(token, "AND, OR or another operator");
    }
  }

  /// A word where an operator should be.
  Error fail_word(const Token& token) const {
    const Token& first = tokens_[0];
    if (at_ == 2 && (is_word(first, "where") || is_word(first, "select")))
      return fail(first.range, std::string(OnlyCondition));
    if (const std::optional<Habit> habit = habit_of_operator(lower_case(text_of(token.range))))
      return fail(token.range, quoted(text_of(token.range)) + " is no operator; " + std::string(habit->advice));
    return fail_expected(token, "AND, OR or another operator");
  }

  Result<Next> read_binary(const Token& token, const BinaryOperator& binary) {
    INLAY_TRY_VOID(reduce_above(binary.precedence, token.range));
    push({.kind = Frame::Kind::Binary,
          .precedence = binary.precedence,
          .negated = binary.negated,
          .base = height() - 1,
          .name = binary.name,
          .mark = token.range});
    return Next::Operand;
  }

  Result<Next> read_junction(const Token& token) {
    const bool is_and = token.kind == TokenKind::And;
    const Precedence precedence = is_and ? Precedence::And : Precedence::Or;
    for (Frame* frame = waiting(); frame != nullptr && frame->precedence >= precedence; frame = waiting()) {
      if (is_and && frame->kind == Frame::Kind::Between && frame->phase == 0) {
        frame->phase = 1;
        return Next::Operand;
      }
      if (frame->precedence == precedence) return Next::Operand;  // one operand more
      INLAY_TRY_VOID(reduce());
    }
    push({.kind = is_and ? Frame::Kind::And : Frame::Kind::Or,
          .precedence = precedence,
          .base = height() - 1,
          .mark = token.range});
    return Next::Operand;
  }

  Result<Next> read_is(const Token& token) {
    INLAY_TRY_VOID(reduce_above(Precedence::Is, token.range));
    bool negated = false;
    if (peek().kind == TokenKind::Not) {
      negated = true;
      take();
    }
    const Token what = take();
    const Range mark{token.range.begin, what.range.end};
    const std::uint32_t base = height() - 1;
    if (what.kind == TokenKind::Null || is_word(what, "unknown")) {
      add(Form::IsNull, base, mark, {.negated = negated});
    } else if (what.kind == TokenKind::True) {
      add(Form::IsTrue, base, mark, {.negated = negated});
    } else if (what.kind == TokenKind::False) {
      add(Form::IsFalse, base, mark, {.negated = negated});
    } else if (is_word(what, "distinct") && is_word(peek(), "from")) {
      push({.kind = Frame::Kind::Distinct,
            .precedence = Precedence::Is,
            .negated = negated,
            .base = base,
            .mark = {mark.begin, take().range.end}});
      return Next::Operand;
    } else {
      return fail_expected(what, "NULL, TRUE, FALSE or DISTINCT FROM");
    }
    return Next::Operator;
  }

  Result<Next> read_test(const Token& token, bool negated) {
    if (token.kind == TokenKind::In && !negated) {
      if (std::optional<Next> next = read_separator("position")) return *next;
    }
    INLAY_TRY_VOID(reduce_above(Precedence::Pattern, token.range));
    Frame frame{.precedence = Precedence::Pattern, .negated = negated, .base = height() - 1, .mark = token.range};
    if (token.kind == TokenKind::In) {
      if (peek().kind != TokenKind::Open) return fail_expected(peek(), "a list in parentheses, as in x IN (1, 2),");
      take();
      if (peek().kind == TokenKind::Close) return fail(peek().range, "a list needs at least one value");
      frame.kind = Frame::Kind::In;
    } else if (token.kind == TokenKind::Between) {
      frame.kind = Frame::Kind::Between;
    } else {
      frame.kind = Frame::Kind::Like;
      frame.name = token.kind == TokenKind::Like ? "like" : "ilike";
    }
    push(frame);
    return Next::Operand;
  }

  Result<Next> read_escape(const Token& token) {
    for (Frame* frame = waiting(); frame != nullptr && frame->precedence > Precedence::Pattern; frame = waiting()) {
      INLAY_TRY_VOID(reduce());
    }
    Frame* frame = waiting();
    if (frame == nullptr || frame->kind != Frame::Kind::Like || frame->phase != 0)
      return fail(token.range, "ESCAPE belongs behind the pattern of LIKE or ILIKE");
    frame->phase = 1;
    return Next::Operand;
  }

  Result<Type> read_type() {
    const Token token = take();
    if (token.kind != TokenKind::Name) return fail_expected(token, "the name of a type");
    const std::string name = lower_case(text_of(token.range));
    const std::optional<Type> type = type_named(name);
    if (!type) {
      constexpr std::array<std::string_view, TypeCount> Types = {"boolean", "integer", "real",
                                                                 "text",    "date",    "timestamp"};
      std::string message = "no type is called " + quoted(name);
      if (std::optional<std::string_view> near = nearest(name, Types)) {
        message += "; did you mean " + std::string(*near) + "?";
      } else {
        message += "; there are boolean, integer, real, text, date and timestamp";
      }
      return fail(token.range, std::move(message));
    }
    if (name == "double" && is_word(peek(), "precision")) take();
    return *type;
  }

  Result<Next> read_as(const Token& token) {
    INLAY_TRY_VOID(reduce_all());
    Frame* frame = bracket();
    if (frame == nullptr || frame->kind != Frame::Kind::Cast)
      return fail(token.range, "AS stands only in CAST(x AS type)");
    INLAY_TRY(const Type type, read_type());
    const Token close = take();
    if (close.kind != TokenKind::Close) return fail_expected(close, "')'");
    add(Form::Cast, frame->base, {frame->mark.begin, close.range.end}, {.type = type});
    pop_bracket();
    return Next::Operator;
  }

  /// `position(a in b)` and `substring(a from b for c)` have words for commas.
  std::optional<Next> read_separator(std::string_view function) {
    Frame* frame = bracket();
    if (frame == nullptr || frame->kind != Frame::Kind::Call || frame->quoted ||
        syntax_.names[frame->index] != function)
      return std::nullopt;
    if (function == "position") {  // its first `in` only
      const std::size_t first = brackets_.back() + 1u;
      const std::uint32_t last_operand = first < frames_.size() ? frames_[first].base : height() - 1;
      if (last_operand != frame->base) return std::nullopt;
    }
    if (!reduce_all()) return std::nullopt;
    bracket()->swapped = function == "position";
    return Next::Operand;
  }

  Result<Next> read_comma(const Token& token) {
    INLAY_TRY_VOID(reduce_all());
    const Frame* frame = bracket();
    if (frame != nullptr && (frame->kind == Frame::Kind::Call || frame->kind == Frame::Kind::In)) return Next::Operand;
    if (frame != nullptr && frame->kind == Frame::Kind::Cast)
      return fail(token.range, "',' stands where AS should be, as in CAST(x AS type)");
    return fail(token.range, "',' stands only in lists, as in x IN (1, 2), and between the arguments of functions");
  }

  Result<Next> read_close(const Token& token) {
    INLAY_TRY_VOID(reduce_all());
    if (bracket() == nullptr) return fail(token.range, "this ')' closes nothing");
    const Frame frame = *bracket();
    const Range all{frame.mark.begin, token.range.end};
    switch (frame.kind) {
      case Frame::Kind::Group: {
        syntax_.nodes[stack_.back()].range = all;
        break;
      }
      case Frame::Kind::Call:
        if (frame.swapped && height() == frame.base + 2) std::swap(stack_[frame.base], stack_[frame.base + 1]);
        add(Form::Call, frame.base, frame.mark, {.quoted = frame.quoted, .index = frame.index});
        syntax_.nodes.back().range = all;
        break;
      case Frame::Kind::In:
        add(Form::In, frame.base, frame.mark, {.negated = frame.negated});
        syntax_.nodes.back().range.end = all.end;
        break;
      case Frame::Kind::Cast:
        return fail(token.range, "')' stands where AS should be, as in CAST(x AS type)");
      default:
        return fail(frame.mark, "this CASE lacks its END");
    }
    pop_bracket();
    return Next::Operator;
  }

  Result<Next> read_case(const Token& token) {
    INLAY_TRY_VOID(reduce_all());
    Frame* frame = bracket();
    const std::string word = quoted(text_of(token.range));
    if (frame == nullptr) return fail(token.range, word + " stands outside of CASE");
    if (frame->kind != Frame::Kind::Case) return fail(frame->mark, "this bracket is not closed before " + word);
    const std::uint8_t phase = frame->phase;
    if (token.kind == TokenKind::When && (phase == 0 || phase == 2)) {
      frame->phase = 1;
    } else if (token.kind == TokenKind::Then && phase == 1) {
      frame->phase = 2;
    } else if (token.kind == TokenKind::Else && phase == 2) {
      frame->phase = 3;
    } else if (token.kind == TokenKind::EndOfCase && phase >= 2) {
      add(Form::Case, frame->base, {frame->mark.begin, token.range.end},
          {.subject = frame->subject, .otherwise = phase == 3});
      pop_bracket();
      return Next::Operator;
    } else {
      constexpr std::string_view Wanted[] = {"WHEN", "THEN", "WHEN, ELSE or END", "END"};
      return fail_expected(token, Wanted[phase]);
    }
    return Next::Operand;
  }

  Result<Next> read_end(const Token& token) {
    INLAY_TRY_VOID(reduce_all());
    if (const Frame* frame = bracket()) {
      if (frame->kind == Frame::Kind::Case) return fail(frame->mark, "this CASE lacks its END");
      if (frame->kind == Frame::Kind::Group) return fail(frame->mark, "this '(' is never closed");
      return fail(token.range, "the expression ends where the ')' of " + quoted(text_of(frame->mark)) + " should be");
    }
    return Next::Nothing;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> brackets_;  // those of the frames that are brackets
  std::vector<std::uint32_t> stack_;     // operands: numbers of nodes
  Syntax syntax_;
};

}  // namespace

Result<Syntax> parse_syntax(std::string_view text) {
  INLAY_TRY(std::vector<Token> tokens, scan(text));
  return Parser(text, std::move(tokens)).parse();
}

}  // namespace inlay::filter
