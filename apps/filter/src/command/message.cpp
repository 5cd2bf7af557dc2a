// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/message.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "input/text_batches.h"
#include "language/source_error.h"
#include "runtime/utf8.h"

namespace inlay::filter::command {

namespace {

constexpr std::size_t LongestExcerpt = 120;

/// A line by its number from 0, so that it can be printed; empty if there is none.
std::string excerpt(std::string_view text, char line_end, std::int64_t line) {
  for (; line > 0; --line) {
    const std::size_t end = text.find(line_end);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find(line_end));
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::size_t size = std::min(text.size(), LongestExcerpt);
  while (size < text.size() && size > 0 && is_continuation(text[size])) --size;
  std::string shown(text.substr(0, size));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = c == '\t' ? '\t' : '?';
  if (size < text.size()) shown += "...";
  return shown;
}

Error with_excerpt(Error error, std::string_view text, char line_end, std::int64_t line) {
  const std::string shown = excerpt(text, line_end, line);
  if (shown.empty()) return error;
  return std::move(error).with_note("here:\n  " + shown);
}

}  // namespace

void tell(const Error& error) {
  const std::string text = error.to_string();
  std::fprintf(stderr, "%s%s\n", error.place().known() ? "" : "inlay-filter: ", text.c_str());
}

Error in_option(const Error& error, std::string_view option) {
  Place place = error.place();
  place.file = option;
  Error named(error.kind(), error.message(), std::move(place));
  for (const std::string& note : error.notes()) static_cast<void>(std::move(named).with_note(note));
  return named;
}

bool is_unknown_column(const Error& error) { return error.message().starts_with(NoColumn); }

Error locate_row(Error error, std::int64_t row, const InputBatch& batch, std::string_view text,
                 const std::string& file) {
  if (batch.first_line == 0 || row < 0) {
    std::string message = error.message();
    if (row >= 0) message = "row " + std::to_string(batch.batch.first_row + row + 1) + ": " + message;
    return {error.kind(), std::move(message), {.file = file}};
  }
  const std::int64_t line = batch.lines.empty() ? row : batch.lines[static_cast<std::size_t>(row)];
  Error located =
      with_excerpt(Error(error.kind(), error.message(), {.file = file, .line = line_number(batch.first_line + line)}),
                   text, batch.line_end, line);
  for (const std::string& note : error.notes()) static_cast<void>(std::move(located).with_note(note));
  return located;
}

Error quote_line(Error error, const InputBatch& batch, std::string_view text) {
  if (batch.first_line == 0 || error.place().line == 0) return error;
  const std::int64_t line = std::int64_t{error.place().line} - batch.first_line;
  return line < 0 ? error : with_excerpt(std::move(error), text, batch.line_end, line);
}

}  // namespace inlay::filter::command
