// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/infer.h"

#include <charconv>

namespace inlay::filter {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equals_lower(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] | 0x20) != lower[i]) return false;
  return true;
}

// The number of digits at the front, which are taken away.
std::size_t take_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Type> number(std::string_view text) {
  const std::string_view whole = text;
  if (!take(text, '-')) take(text, '+');
  const std::string_view digits = text;
  const std::size_t before = take_digits(text);
  if (before > 1 && digits.front() == '0') return std::nullopt;
  if (text.empty() && before > 0) {
    std::int64_t value = 0;
    const char* const begin = whole.data() + (whole.front() == '+');
    const auto [end, error] = std::from_chars(begin, whole.data() + whole.size(), value);
    // More digits than that are a key of some kind, or at any rate not this number as a double.
    return error == std::errc() ? std::optional(Type::Integer) : std::nullopt;
  }
  std::size_t after = 0;
  if (take(text, '.')) after = take_digits(text);
  if (before + after == 0) return std::nullopt;
  if (!text.empty() && (text.front() | 0x20) == 'e') {
    text.remove_prefix(1);
    if (!take(text, '-')) take(text, '+');
    if (take_digits(text) == 0) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  double value = 0;
  const char* const begin = whole.data() + (whole.front() == '+');
  const auto [end, error] = std::from_chars(begin, whole.data() + whole.size(), value);
  return error == std::errc() ? std::optional(Type::Real) : std::nullopt;
}

// Two digits of at most `most`.
bool take_pair(std::string_view& text, int least, int most) {
  if (text.size() < 2 || !is_digit(text[0]) || !is_digit(text[1])) return false;
  const int value = (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(2);
  return value >= least && value <= most;
}

std::optional<Type> date(std::string_view text) {
  if (text.size() < 10) return std::nullopt;
  std::string_view year = text.substr(0, 4);
  if (take_digits(year) != 4) return std::nullopt;
  const int number = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
  const bool leap = number % 4 == 0 && (number % 100 != 0 || number % 400 == 0);
  text.remove_prefix(4);
  if (!take(text, '-') || !take_pair(text, 1, 12)) return std::nullopt;
  const int month = (text.data()[-2] - '0') * 10 + (text.data()[-1] - '0');
  const int days = month == 2 ? 28 + leap : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  if (!take(text, '-') || !take_pair(text, 1, days)) return std::nullopt;
  if (text.empty()) return Type::Date;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  if (!take_pair(text, 0, 23) || !take(text, ':') || !take_pair(text, 0, 59)) return std::nullopt;
  if (take(text, ':')) {
    if (!take_pair(text, 0, 59)) return std::nullopt;
    if (take(text, '.')) {
      const std::size_t digits = take_digits(text);
      if (digits == 0 || digits > 6) return std::nullopt;
    }
  }
  return text.empty() ? std::optional(Type::Timestamp) : std::nullopt;
}

}  // namespace

Type type_of_text(std::string_view text) {
  if (text.empty()) return Type::Text;
  if (equals_lower(text, "true") || equals_lower(text, "false")) return Type::Boolean;
  if (const std::optional<Type> type = number(text)) return *type;
  return date(text).value_or(Type::Text);
}

Type joined(Type a, Type b) {
  if (a == b) return a;
  auto both = [&](Type x, Type y) { return (a == x && b == y) || (a == y && b == x); };
  if (both(Type::Integer, Type::Real)) return Type::Real;
  if (both(Type::Date, Type::Timestamp)) return Type::Timestamp;
  return Type::Text;
}

}  // namespace inlay::filter
