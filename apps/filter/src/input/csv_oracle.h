// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CSV read one byte after the other, for tests: the same rules, written down in another way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::filter::oracle {

using Field = std::optional<std::string>;  // nothing: NULL

struct Row {
  std::vector<Field> fields;
  std::string text;       // with its line end
  std::int64_t line = 0;  // from 1
};

struct Rows {
  std::vector<Row> rows;
  std::int64_t bad_line = 0;  // of the row that is refused; 0: none
};

/// `columns` fields a row; `line_end` is '\n' or '\r'.
inline Rows read(std::string_view text, std::size_t columns, char delimiter, char quote, char line_end) {
  enum class State { Begin, Plain, Quoted, QuoteInQuoted, CrAfterQuote } state = State::Begin;
  Rows result;
  std::vector<Field> fields;
  std::string field;
  bool was_quoted = false;
  std::int64_t line = 1, row_line = 1, open_line = 0;
  std::size_t begin = 0;
  auto end_field = [&] {
    if (field.empty() && !was_quoted)
      fields.push_back(std::nullopt);
    else
      fields.push_back(field);
    field.clear();
    was_quoted = false;
    state = State::Begin;
  };
  auto end_row = [&](std::size_t end) {  // false: refused
    if (line_end == '\n' && !was_quoted && !field.empty() && field.back() == '\r') field.pop_back();
    end_field();
    const bool empty = fields.size() == 1 && !fields[0] && columns > 1;
    if (!empty && fields.size() != columns) {
      result.bad_line = row_line;
      return false;
    }
    if (!empty) result.rows.push_back({fields, std::string(text.substr(begin, end - begin)), row_line});
    fields.clear();
    begin = end;
    return true;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_quote = quote != 0 && c == quote;
    if (state == State::Quoted) {
      if (is_quote)
        state = State::QuoteInQuoted;
      else
        field += c;
      line += c == line_end;
      continue;
    }
    if (state == State::QuoteInQuoted && is_quote) {
      field += c;
      state = State::Quoted;
      continue;
    }
    if (state == State::QuoteInQuoted && c == '\r' && line_end == '\n') {
      state = State::CrAfterQuote;
      continue;
    }
    if (c == line_end) {
      if (!end_row(at + 1)) return result;
      row_line = ++line;
      continue;
    }
    if (c == delimiter && state != State::CrAfterQuote) {
      end_field();
      continue;
    }
    if (state == State::QuoteInQuoted || state == State::CrAfterQuote) {
      result.bad_line = line;
      return result;
    }
    if (is_quote) {
      if (state == State::Plain) {
        result.bad_line = line;
        return result;
      }
      state = State::Quoted;
      was_quoted = true;
      open_line = line;
      continue;
    }
    field += c;
    state = State::Plain;
  }
  if (state == State::Quoted) {
    result.bad_line = open_line;
  } else if (begin != text.size()) {
    end_row(text.size());
  }
  return result;
}

}  // namespace inlay::filter::oracle
