// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "output/list.h"

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "language/nearest.h"
#include "language/scanner.h"
#include "language/source_error.h"

namespace inlay::filter {

namespace {

// An item's tokens, and its name if it has one behind `as`.
struct Part {
  std::vector<Token> tokens;
  std::optional<std::string> name;
};

std::string_view text_of(std::string_view text, const Token& token) {
  return text.substr(token.range.begin, token.range.end - token.range.begin);
}

std::string text_of(std::string_view text, std::span<const Token> tokens) {
  if (tokens.empty()) return {};
  return std::string(text.substr(tokens.front().range.begin, tokens.back().range.end - tokens.front().range.begin));
}

bool is_name(const Token& token) { return token.kind == TokenKind::Name || token.kind == TokenKind::QuotedName; }

std::string name_of(std::string_view text, const Token& token) {
  const std::string_view written = text_of(text, token);
  return token.kind == TokenKind::QuotedName ? unquoted(written) : std::string(written);
}

// `x as y`: the name leaves the tokens.
void take_name(std::string_view text, Part& part) {
  const std::size_t size = part.tokens.size();
  if (size < 3 || !is_name(part.tokens[size - 1]) || part.tokens[size - 2].kind != TokenKind::Name) return;
  if (lower_case(text_of(text, part.tokens[size - 2])) != "as") return;
  part.name = name_of(text, part.tokens[size - 1]);
  part.tokens.resize(size - 2);
}

Result<std::vector<Part>> split(std::string_view text) {
  INLAY_TRY(const std::vector<Token> tokens, scan(text));
  std::vector<Part> parts(1);
  int depth = 0;
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::Open) ++depth;
    if (token.kind == TokenKind::Close) --depth;
    const bool ends = token.kind == TokenKind::End;
    if (!ends && (token.kind != TokenKind::Comma || depth > 0)) {
      parts.back().tokens.push_back(token);
      continue;
    }
    if (parts.back().tokens.empty()) return source_error(text, token.range, "an expression is missing");
    take_name(text, parts.back());
    if (!ends) parts.emplace_back();
  }
  return parts;
}

struct NamedKind {
  std::string_view name;
  AggregateKind kind;
};
constexpr auto Kinds = std::to_array<NamedKind>({{"count", AggregateKind::Count},
                                                 {"sum", AggregateKind::Sum},
                                                 {"avg", AggregateKind::Average},
                                                 {"min", AggregateKind::Minimum},
                                                 {"max", AggregateKind::Maximum}});

// Whether the parenthesis that is opened at 1 is closed by the last token.
bool is_call(std::span<const Token> tokens) {
  if (tokens.size() < 3 || tokens[0].kind != TokenKind::Name || tokens[1].kind != TokenKind::Open) return false;
  int depth = 0;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::Open) ++depth;
    if (tokens[i].kind == TokenKind::Close && --depth == 0) return i + 1 == tokens.size();
  }
  return false;
}

}  // namespace

Result<std::vector<ListItem>> parse_list(std::string_view text) {
  INLAY_TRY(const std::vector<Part> parts, split(text));
  std::vector<ListItem> items;
  for (const Part& part : parts) {
    ListItem item{.name = {}, .expression = text_of(text, part.tokens)};
    if (part.name)
      item.name = *part.name;
    else
      item.name = part.tokens.size() == 1 && is_name(part.tokens[0]) ? name_of(text, part.tokens[0]) : item.expression;
    item.all = part.tokens.size() == 1 && part.tokens[0].kind == TokenKind::Star && !part.name;
    items.push_back(std::move(item));
  }
  return items;
}

Result<std::vector<AggregateItem>> parse_aggregates(std::string_view text) {
  INLAY_TRY(const std::vector<Part> parts, split(text));
  std::vector<AggregateItem> items;
  for (const Part& part : parts) {
    const std::span<const Token> tokens = part.tokens;
    const Range range{tokens.front().range.begin, tokens.back().range.end};
    std::optional<AggregateKind> kind;
    if (is_call(tokens))
      for (const NamedKind& known : Kinds)
        if (lower_case(text_of(text, tokens[0])) == known.name) kind = known.kind;
    if (!kind) return source_error(text, range, "one of count, sum, avg, min, max of something is wanted: 'sum(x)'");
    const std::span<const Token> inside = tokens.subspan(2, tokens.size() - 3);
    AggregateItem item{
        .name = part.name.value_or(text_of(text, tokens)), .kind = *kind, .argument = text_of(text, inside)};
    if (*kind == AggregateKind::Count && inside.size() == 1 && inside[0].kind == TokenKind::Star) {
      item.kind = AggregateKind::Rows;
      item.argument.clear();
    } else if (inside.empty()) {
      return source_error(text, range, *kind == AggregateKind::Count ? "of what? count(*) is of all rows" : "of what?");
    }
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace inlay::filter
