// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/value.h"

#include <bit>
#include <cmath>

#include "runtime/civil.h"
#include "runtime/print.h"

namespace inlay::filter {

namespace {

std::string real_text(double value) {
  if (std::isnan(value)) return "real 'nan'";
  if (std::isinf(value)) return value < 0 ? "real '-inf'" : "real 'inf'";
  char buffer[LongestReal];
  std::string text(buffer, print_real(value, buffer));  // the shortest that reads back
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string text_literal(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
  if (a.type != b.type || a.null != b.null) return false;
  if (a.null) return true;
  switch (a.type) {
    case Type::Real:
      return std::bit_cast<std::uint64_t>(a.real) == std::bit_cast<std::uint64_t>(b.real);
    case Type::Text:
      return a.text == b.text;
    default:
      return a.bits == b.bits;
  }
}

std::string to_string(const Value& value) {
  if (value.null) return "null";
  switch (value.type) {
    case Type::Boolean:
      return value.bits != 0 ? "true" : "false";
    case Type::Integer:
      return std::to_string(value.bits);
    case Type::Real:
      return real_text(value.real);
    case Type::Text:
      return text_literal(value.text);
    case Type::Date: {
      char buffer[LongestDate];
      return "date '" + std::string(buffer, print_date(value.bits, buffer)) + "'";
    }
    case Type::Timestamp: {
      char buffer[LongestTimestamp];
      return "timestamp '" + std::string(buffer, print_timestamp(value.bits, buffer)) + "'";
    }
  }
  return "null";  // a type that no enumerator has, from a cast
}

}  // namespace inlay::filter
