// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "language/scanner.h"

#include <limits>
#include <optional>
#include <utility>

#include "language/habits.h"
#include "language/nearest.h"

namespace inlay::filter {

namespace {

struct Word {
  std::string_view text;
  TokenKind kind;
};

constexpr Word Words[] = {
    {"and", TokenKind::And},   {"or", TokenKind::Or},     {"not", TokenKind::Not},     {"between", TokenKind::Between},
    {"in", TokenKind::In},     {"like", TokenKind::Like}, {"ilike", TokenKind::ILike}, {"is", TokenKind::Is},
    {"null", TokenKind::Null}, {"true", TokenKind::True}, {"false", TokenKind::False}, {"case", TokenKind::Case},
    {"when", TokenKind::When}, {"then", TokenKind::Then}, {"else", TokenKind::Else},   {"end", TokenKind::EndOfCase},
};
constexpr std::size_t LongestWord = 7;

// Longer signs before those that they begin with.
constexpr Word Signs[] = {
    {"::", TokenKind::DoubleColon},  {"||", TokenKind::Concat},   {"<=", TokenKind::LessEqual},
    {">=", TokenKind::GreaterEqual}, {"<>", TokenKind::NotEqual}, {"!=", TokenKind::NotEqual},
    {"!~", TokenKind::NotMatches},   {"==", TokenKind::Equal},    {"=", TokenKind::Equal},
    {"<", TokenKind::Less},          {">", TokenKind::Greater},   {"~", TokenKind::Matches},
    {"+", TokenKind::Plus},          {"-", TokenKind::Minus},     {"*", TokenKind::Star},
    {"/", TokenKind::Slash},         {"%", TokenKind::Percent},   {"(", TokenKind::Open},
    {")", TokenKind::Close},         {",", TokenKind::Comma},
};

// What stands in other places elsewhere.
constexpr Habit Misplaced[] = {
    {"`", "names are quoted like \"this\", not with '`'"},
    {"[", "names are quoted like \"this\", and lists written like (1, 2), without '['"},
    {";", "';' has no place in an expression"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) { return begins_name(c) || is_digit(c) || c == '$'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

TokenKind word_kind(std::string_view name) {
  if (name.size() > LongestWord) return TokenKind::Name;
  const std::string small = lower_case(name);
  for (const Word& word : Words)
    if (word.text == small) return word.kind;
  return TokenKind::Name;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> scan() {
    for (skip_space(); at_ < text_.size(); skip_space()) {
      const char c = text_[at_];
      if (c == '\'' || c == '"') {
        INLAY_TRY_VOID(scan_quoted(c));
      } else if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
        INLAY_TRY_VOID(scan_number());
      } else if (begins_name(c)) {
        std::size_t end = at_;
        while (end < text_.size() && continues_name(text_[end])) ++end;
        add(word_kind(text_.substr(at_, end - at_)), end);
      } else {
        INLAY_TRY_VOID(scan_sign());
      }
    }
    add(TokenKind::End, text_.size());
    return std::move(tokens_);
  }

 private:
  Range range(std::size_t end) const { return {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(end)}; }

  void add(TokenKind kind, std::size_t end) {
    tokens_.push_back({kind, range(end)});
    at_ = end;
  }

  void skip_space() {
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("--")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (is_space(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  Result<void> scan_quoted(char quote) {
    std::size_t end = text_.find(quote, at_ + 1);
    while (end != std::string_view::npos && text_.substr(end + 1).starts_with(quote))
      end = text_.find(quote, end + 2);  // doubled: one of the text's own
    if (end == std::string_view::npos)
      return source_error(text_, range(at_ + 1),
                          quote == '"' ? "this name lacks its closing '\"'" : "this text lacks its closing quote");
    add(quote == '"' ? TokenKind::QuotedName : TokenKind::Text, end + 1);
    return {};
  }

  Result<void> scan_number() {
    std::size_t end = at_;
    auto digits = [&] {
      while (end < text_.size() && is_digit(text_[end])) ++end;
    };
    auto next_is = [&](std::size_t at, std::string_view any) {
      return at < text_.size() && any.find(text_[at]) != std::string_view::npos;
    };
    bool real = false;
    digits();
    if (next_is(end, ".")) {
      real = true;
      ++end;
      digits();
    }
    if (next_is(end, "eE")) {
      const std::size_t sign = next_is(end + 1, "+-") ? 1 : 0;
      if (end + 1 + sign < text_.size() && is_digit(text_[end + 1 + sign])) {
        real = true;
        end += 1 + sign;
        digits();
      }
    }
    if (end < text_.size() && (continues_name(text_[end]) || text_[end] == '.')) {
      while (end < text_.size() && (continues_name(text_[end]) || text_[end] == '.')) ++end;
      return source_error(text_, range(end), quoted(text_.substr(at_, end - at_)) + " is neither a number nor a name");
    }
    add(real ? TokenKind::Real : TokenKind::Integer, end);
    return {};
  }

  Result<void> scan_sign() {
    const std::string_view rest = text_.substr(at_);
    // "||" is a sign, "|" is none.
    const std::optional<Habit> habit = rest.starts_with("||") ? std::nullopt : habit_of_sign(rest);
    if (habit)
      return source_error(text_, range(at_ + habit->word.size()),
                          quoted(habit->word) + " is no operator; " + std::string(habit->advice));
    for (const Word& sign : Signs) {
      if (!rest.starts_with(sign.text)) continue;
      add(sign.kind, at_ + sign.text.size());
      return {};
    }
    for (const Habit& misplaced : Misplaced)
      if (rest.starts_with(misplaced.word))
        return source_error(text_, range(at_ + misplaced.word.size()), std::string(misplaced.advice));
    const auto byte = static_cast<unsigned char>(rest[0]);
    std::string what = byte < 0x20 || byte == 0x7f ? "a control character" : quoted(rest.substr(0, 1));
    return source_error(text_, range(at_ + 1), what + " has no place in an expression");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> scan(std::string_view text) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max() / 4)
    return Error(ErrorKind::InvalidProgram, "the expression is longer than 1 GiB");
  return Scanner(text).scan();
}

std::string unquoted(std::string_view token) {
  const char quote = token[0];
  token = token.substr(1, token.size() - 2);
  std::string out;
  out.reserve(token.size());
  for (std::size_t i = 0; i < token.size(); ++i) {
    out += token[i];
    if (token[i] == quote) ++i;  // it is doubled
  }
  return out;
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || !begins_name(name[0])) return false;
  for (char c : name)
    if (!continues_name(c)) return false;
  return word_kind(name) == TokenKind::Name;
}

std::string name_text(std::string_view name) {
  if (is_plain_name(name)) return std::string(name);
  std::string text = "\"";
  for (char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace inlay::filter
