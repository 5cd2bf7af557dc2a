// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "output/write.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "language/json.h"
#include "language/source_error.h"
#include "runtime/civil.h"
#include "runtime/print.h"

namespace inlay::filter {

namespace {

void append_field(std::string& out, Format format, std::string_view text) {
  const char delimiter = format == Format::Csv ? ',' : '\t';
  const bool plain = std::none_of(text.begin(), text.end(),
                                  [&](char c) { return c == delimiter || c == '"' || c == '\n' || c == '\r'; });
  if (plain && !text.empty()) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_text(std::string& out, Format format, std::string_view text) {
  if (format == Format::JsonLines)
    append_json(out, text);
  else
    append_field(out, format, text);
}

void append_null(std::string& out, Format format) {
  if (format == Format::JsonLines) out += "null";
}

// Of any type but Text.
void append_plain(std::string& out, Format format, Type type, std::int64_t bits, double real) {
  std::array<char, 64> room;
  static_assert(room.size() >= LongestTimestamp && room.size() >= LongestReal);
  char* const begin = room.data();
  char* end = begin;
  bool quoted = format == Format::JsonLines;
  switch (type) {
    case Type::Boolean:
      out += bits != 0 ? "true" : "false";
      return;
    case Type::Real:
      end = print_real(real, begin);
      quoted = quoted && !std::isfinite(real);
      break;
    case Type::Date:
      end = print_date(bits, begin);
      break;
    case Type::Timestamp:
      end = print_timestamp(bits, begin);
      break;
    default:
      end = print_integer(bits, begin);
      quoted = false;
      break;
  }
  if (quoted) out += '"';
  out.append(begin, end);
  if (quoted) out += '"';
}

void append_value(std::string& out, Format format, const Values& values, std::size_t i) {
  if (!values.nulls.empty() && values.nulls[i] != 0) return append_null(out, format);
  switch (values.type) {
    case Type::Text:
      return append_text(out, format, values.texts[i]);
    case Type::Real:
      return append_plain(out, format, Type::Real, 0, values.reals[i]);
    case Type::Boolean:
      return append_plain(out, format, Type::Boolean, values.booleans[i], 0);
    default:
      return append_plain(out, format, values.type, values.integers[i], 0);
  }
}

void append_value(std::string& out, Format format, const Value& value) {
  if (value.null) return append_null(out, format);
  if (value.type == Type::Text) return append_text(out, format, value.text);
  append_plain(out, format, value.type, value.bits, value.real);
}

void append_token(std::string& out, Format format, Text token) {
  if (!token.data) return append_null(out, format);
  std::string_view text = token;
  if (format == Format::JsonLines) {
    out += text;
    return;
  }
  // "NaN" and the like.
  if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  append_field(out, format, text);
}

}  // namespace

Result<void> check_names(Format format, std::span<const std::string> names) {
  if (format != Format::JsonLines) return {};
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return {};
  return Error(ErrorKind::InvalidArgument, "two columns are called " + quoted(*twice) +
                                               ", but an object of JSON has each name once; AS gives one of them "
                                               "another name");
}

void append_rows(std::string& out, const InputBatch& batch, std::span<const std::uint32_t> selection,
                 std::vector<std::size_t>* ends) {
  const auto begin_of = [&](std::uint32_t row) { return row == 0 ? 0 : batch.row_ends[row - 1]; };
  // Neighbours are taken at once.
  for (std::size_t i = 0; i < selection.size();) {
    std::size_t next = i + 1;
    while (next < selection.size() && selection[next] == selection[next - 1] + 1) ++next;
    const std::uint32_t begin = begin_of(selection[i]);
    if (ends)
      for (std::size_t k = i; k < next; ++k) ends->push_back(out.size() + batch.row_ends[selection[k]] - begin);
    out += batch.text.substr(begin, batch.row_ends[selection[next - 1]] - begin);
    i = next;
  }
  // A CR before the end of a text whose lines end in LF does not end the line.
  if (!selection.empty() && !out.empty() && out.back() != batch.line_end) {
    out += batch.line_end;
    if (ends) ++ends->back();
  }
}

TableWriter::TableWriter(Format format, std::vector<std::string> names) : format_(format) {
  for (const std::string& name : names) append_text(names_.emplace_back(), format_, name);
}

void TableWriter::append_header(std::string& out) const {
  if (format_ == Format::JsonLines) return;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    begin_field(out, i);
    out += names_[i];
  }
  end_row(out);
}

void TableWriter::begin_field(std::string& out, std::size_t column) const {
  if (format_ != Format::JsonLines) {
    if (column > 0) out += format_ == Format::Csv ? ',' : '\t';
    return;
  }
  out += column > 0 ? ',' : '{';
  out += names_[column];
  out += ':';
}

void TableWriter::end_row(std::string& out) const { out += format_ == Format::JsonLines ? "}\n" : "\n"; }

void TableWriter::append(std::string& out, std::span<const WrittenColumn> columns,
                         std::span<const std::uint32_t> selection, std::vector<std::size_t>* ends) const {
  for (std::size_t i = 0; i < selection.size(); ++i) {
    for (std::size_t column = 0; column < columns.size(); ++column) {
      begin_field(out, column);
      const WrittenColumn& written = columns[column];
      if (written.tokens) {
        append_token(out, format_, written.tokens[selection[i]]);
      } else if (!written.cells) {
        append_value(out, format_, *written.values, i);
      } else if (const Text cell = written.cells[selection[i]]; cell.data) {
        append_field(out, format_, cell);
      }
    }
    end_row(out);
    if (ends) ends->push_back(out.size());
  }
}

void TableWriter::append(std::string& out, const Aggregation& aggregation, const Groups& groups) const {
  for (const std::uint32_t group : groups.sorted()) {
    std::size_t column = 0;
    for (const Value& key : groups.keys(group)) {
      begin_field(out, column++);
      append_value(out, format_, key);
    }
    const std::span<const AggregateState> states = groups.states(group);
    for (std::size_t i = 0; i < states.size(); ++i) {
      begin_field(out, column++);
      const AggregateResult result = result_of(aggregation.aggregates[i], states[i]);
      if (!result.large.empty())
        out += result.large;
      else
        append_value(out, format_, result.value);
    }
    end_row(out);
  }
}

}  // namespace inlay::filter
