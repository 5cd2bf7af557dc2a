// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two ways over a text: one for texts whose every line has the right number of fields, which takes each n-th position
// as a row's end and checks that afterwards, and one for all others, row by row. A text in which the first finds a
// fault is done again by the second.
#include "input/csv_split.h"

#include <algorithm>
#include <cstring>

namespace inlay::filter {

namespace {

// So much text at a time that its positions stay in the first-level cache until cells are made of them.
constexpr std::size_t Chunk = std::size_t{16} << 10;

struct Room {
  std::size_t rows = 0;
  std::uint32_t* positions = nullptr;  // for a chunk's and those of a row; one more lies before the first
  std::uint32_t* row_ends = nullptr;
  std::uint32_t* lines = nullptr;
  std::vector<Text*> cells;
};

Room make_room(std::size_t size, std::int64_t rows, const CsvForm& form, std::size_t used, BatchMemory& memory) {
  // No row is shorter than its delimiters and its line end.
  const std::size_t count = std::min(static_cast<std::size_t>(rows), (size + 1) / form.columns);
  const std::size_t positions = Chunk + form.columns + 128;
  memory.cells = memory.pool->take(used * count * sizeof(Text) + (positions + 2 * count) * sizeof(std::uint32_t));
  Room room;
  room.rows = count;
  Text* cells = reinterpret_cast<Text*>(memory.cells.bytes.get());
  for (std::size_t i = 0; i < used; ++i) room.cells.push_back(cells + i * count);
  room.row_ends = reinterpret_cast<std::uint32_t*>(cells + used * count);
  room.lines = room.row_ends + count;
  room.positions = room.lines + count + 16;
  return room;
}

// Where texts go that are not in the input as they are: half for each purpose, each as long as the input may make it.
struct Characters {
  char* unescaped = nullptr;
  char* rows = nullptr;
};

Characters make_characters(std::string_view text, BatchMemory& memory) {
  if (!memory.characters.bytes) memory.characters = memory.pool->take(2 * text.size());
  char* begin = reinterpret_cast<char*>(memory.characters.bytes.get());
  return {begin, begin + text.size()};
}

Text unquote(Text field, char quote, char*& out) {
  const char* at = field.data + 1;
  const char* const end = field.data + field.size - 1;
  const char* next = static_cast<const char*>(std::memchr(at, quote, static_cast<std::size_t>(end - at)));
  if (!next) return {at, end - at};
  char* const begin = out;
  while (next) {
    ++next;
    std::memcpy(out, at, static_cast<std::size_t>(next - at));
    out += next - at;
    at = next + 1;
    next = static_cast<const char*>(std::memchr(at, quote, static_cast<std::size_t>(end - at)));
  }
  std::memcpy(out, at, static_cast<std::size_t>(end - at));
  out += end - at;
  return {begin, out - begin};
}

// The cells of one column for rows of `columns` positions each. With `quotes`, those around a field are taken away;
// that takes no branch, for which fields have some is hard to predict.
template <bool Quotes>
void take_column(const char* text, const std::uint32_t* positions, std::size_t columns, std::size_t column,
                 std::size_t rows, bool may_end_with_cr, char quote, Text* cells) {
  const std::uint32_t* at = positions + column;
  for (std::size_t row = 0; row < rows; ++row, at += columns) {
    const std::size_t begin = at[-1] + 1u;
    std::size_t end = at[0];
    if (may_end_with_cr) end -= end > begin && text[end - 1] == '\r';
    const std::size_t around = Quotes && end > begin && text[begin] == quote;
    cells[row] = {end > begin ? text + begin + around : nullptr, static_cast<std::int64_t>(end - begin - 2 * around)};
  }
}

// Answers whether all rows are regular; if not, what it wrote does not count. If the text may go on, what is behind the
// last line end is no row.
bool split_regular(std::string_view text, bool goes_on, const CsvForm& form, std::span<const std::uint32_t> used,
                   const Room& room, BatchMemory& memory, const StructureCode& code, CsvRows& result) {
  const std::size_t columns = form.columns;
  const bool cr = form.marks.line_end == '\n';
  Structure state;
  Characters characters;
  std::uint32_t* const positions = room.positions;
  positions[-1] = ~std::uint32_t{0};  // the text's begin is one behind
  std::size_t left = 0;
  std::size_t done = 0;
  bool doubled = false;
  bool ended = false;
  while (!ended) {
    const std::size_t until = std::min(state.offset + Chunk, text.size());
    state.doubled = false;
    std::size_t count = left + code.positions(state, text, until, form.marks, positions + left);
    if (state.bad != Structure::None) return false;
    doubled |= state.doubled;
    ended = until == text.size();
    if (ended && !goes_on) {
      if (state.inside) return false;
      // A last line without its end.
      const std::uint32_t last = positions[static_cast<std::ptrdiff_t>(count) - 1];
      if (last + 1u != text.size() || text[last] != form.marks.line_end) {
        positions[count++] = static_cast<std::uint32_t>(text.size());
        ++state.line_ends;
      }
    }
    const std::size_t rows = count / columns;
    if (done + rows > room.rows) return false;
    const std::uint32_t* at = positions + columns - 1;
    for (std::size_t row = 0; row < rows; ++row, at += columns) {
      if (*at == text.size()) {
        room.row_ends[done + row] = *at;
      } else {
        if (text[*at] != form.marks.line_end) return false;
        room.row_ends[done + row] = *at + 1;
      }
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
      Text* const cells = room.cells[i] + done;
      const bool last = cr && used[i] + 1 == columns;
      if (!state.quotes) {
        take_column<false>(text.data(), positions, columns, used[i], rows, last, form.marks.quote, cells);
        continue;
      }
      take_column<true>(text.data(), positions, columns, used[i], rows, last, form.marks.quote, cells);
      if (!doubled) continue;
      if (!characters.rows) characters = make_characters(text, memory);
      for (std::size_t row = 0; row < rows; ++row) {
        Text& cell = cells[row];
        // Ragged rows are not known yet: a line may end in this column, and a CR stand behind the quote.
        if (cell.data && cell.data != text.data() && cell.data[-1] == form.marks.quote &&
            cell.data[cell.size] == form.marks.quote)
          cell = unquote({cell.data - 1, cell.size + 2}, form.marks.quote, characters.unescaped);
      }
    }
    if (rows > 0) doubled = state.doubled;  // what is left of the chunk may have some
    done += rows;
    left = count - rows * columns;
    positions[-1] = positions[static_cast<std::ptrdiff_t>(rows * columns) - 1];
    std::memmove(positions, positions + rows * columns, left * sizeof(std::uint32_t));
  }
  // Rows end where they should; that no other field ends a line is known if there are no more line ends than rows.
  if ((left != 0 && !goes_on) || static_cast<std::size_t>(state.line_ends) != done) return false;
  result.rows = static_cast<std::int64_t>(done);
  result.text = goes_on && done > 0 ? text.substr(0, room.row_ends[done - 1]) : text;
  result.line_ends = state.line_ends;
  result.row_ends = {room.row_ends, done};
  if (state.hidden_ends == 0) return true;
  std::uint32_t line = 0;
  std::uint32_t begin = 0;
  for (std::size_t row = 0; row < done; ++row) {
    room.lines[row] = line;
    while (begin < room.row_ends[row]) {
      const void* const end = std::memchr(text.data() + begin, form.marks.line_end, text.size() - begin);
      begin = end ? static_cast<std::uint32_t>(static_cast<const char*>(end) - text.data()) + 1 : room.row_ends[row];
      ++line;
    }
  }
  result.lines = {room.lines, done};
  result.line_ends = line;
  return true;
}

std::string fields(std::size_t count) { return std::to_string(count) + (count == 1 ? " field" : " fields"); }

// Rows of any kind, one after the other.
class RowSplitter {
 public:
  RowSplitter(std::string_view text, const CsvForm& form, std::span<const std::uint32_t> used, const Room& room,
              BatchMemory& memory, CsvRows& result)
      : text_(text), form_(form), used_(used), room_(room), memory_(memory), result_(result), ends_(form.columns) {}

  void run(const StructureCode& code) {
    Structure state;
    while (state.offset < text_.size() && !result_.fault) {
      const std::size_t until = std::min(state.offset + Chunk, text_.size());
      const std::size_t count = code.positions(state, text_, until, form_.marks, room_.positions);
      for (std::size_t i = 0; i < count && !result_.fault; ++i) add_field(room_.positions[i]);
      if (!result_.fault && state.bad != Structure::None) refuse_quote(state.bad);
    }
    if (!result_.fault && state.inside) refuse_open_quote();
    if (!result_.fault && begin_ != text_.size()) {
      truncated_ = true;
      add_field(static_cast<std::uint32_t>(text_.size()));
    }
    const std::size_t rows = static_cast<std::size_t>(result_.rows);
    result_.row_ends = {room_.row_ends, rows};
    if (!plain_lines_) result_.lines = {room_.lines, rows};
    const std::size_t size = rows ? room_.row_ends[rows - 1] : 0;
    result_.text = copying_ ? std::string_view(characters_.rows, size) : text_.substr(0, size);
  }

 private:
  void add_field(std::uint32_t end) {
    if (fields_ < form_.columns) ends_[fields_] = end;
    ++fields_;
    if (end == text_.size() || text_[end] == form_.marks.line_end) add_row(end);
  }

  void add_row(std::uint32_t end) {
    const std::size_t after = std::min<std::size_t>(end + std::size_t{1}, text_.size());
    const std::string_view record = text_.substr(begin_, after - begin_);
    std::size_t content = end;
    if (form_.marks.line_end == '\n' && content > begin_ && text_[content - 1] == '\r') --content;
    const std::uint32_t line = line_;
    line_ += static_cast<std::uint32_t>(std::count(record.begin(), record.end(), form_.marks.line_end));
    if (content == begin_ && fields_ == 1 && form_.columns > 1) {
      copy_rows();
    } else if (fields_ != form_.columns) {
      std::string message = fields(fields_) + " instead of " + std::to_string(form_.columns);
      if (truncated_ && fields_ < form_.columns) message += ": the input ends in the middle of this row";
      result_.fault = CsvFault{line, std::move(message)};
      return;
    } else {
      ends_.back() = static_cast<std::uint32_t>(content);
      take_row(record, line);
    }
    begin_ = after;
    fields_ = 0;
  }

  void take_row(std::string_view record, std::uint32_t line) {
    const std::size_t row = static_cast<std::size_t>(result_.rows);
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const std::size_t begin = used_[i] == 0 ? begin_ : ends_[used_[i] - 1] + std::size_t{1};
      const std::size_t size = ends_[used_[i]] - begin;
      Text cell{size ? text_.data() + begin : nullptr, static_cast<std::int64_t>(size)};
      if (size && form_.marks.quote && *cell.data == form_.marks.quote) {
        if (!characters_.rows) characters_ = make_characters(text_, memory_);
        cell = unquote(cell, form_.marks.quote, characters_.unescaped);
      }
      room_.cells[i][row] = cell;
    }
    if (copying_) {
      std::memcpy(characters_.rows + copied_, record.data(), record.size());
      copied_ += record.size();
      room_.row_ends[row] = static_cast<std::uint32_t>(copied_);
    } else {
      room_.row_ends[row] = static_cast<std::uint32_t>(begin_ + record.size());
    }
    room_.lines[row] = line;
    plain_lines_ = plain_lines_ && line == row;
    ++result_.rows;
  }

  // From here on the rows' text is a copy, for it must be in one piece.
  void copy_rows() {
    if (copying_) return;
    copying_ = true;
    if (!characters_.rows) characters_ = make_characters(text_, memory_);
    copied_ = begin_;
    std::memcpy(characters_.rows, text_.data(), copied_);
  }

  std::uint32_t line_of(std::size_t offset) const {
    return line_ + static_cast<std::uint32_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(begin_),
                                                         text_.begin() + static_cast<std::ptrdiff_t>(offset),
                                                         form_.marks.line_end));
  }

  void refuse_quote(std::size_t offset) {
    std::string message = text_[offset] == form_.marks.quote
                              ? "a quote inside a field that does not begin with one"
                              : "text behind the quote that ends a field (a quote within a field is written twice)";
    result_.fault = CsvFault{line_of(offset), std::move(message)};
  }

  void refuse_open_quote() {
    // The last quote opened the field, unless it is the second of two that stand for one.
    std::size_t open = begin_;
    bool inside = false;
    for (std::size_t at = begin_; at < text_.size(); ++at) {
      if (text_[at] != form_.marks.quote) continue;
      if (!inside && !(at > begin_ && text_[at - 1] == form_.marks.quote)) open = at;
      inside = !inside;
    }
    result_.fault = CsvFault{line_of(open), "a field begins here with a quote that is not closed"};
  }

  std::string_view text_;
  const CsvForm& form_;
  std::span<const std::uint32_t> used_;
  const Room& room_;
  BatchMemory& memory_;
  CsvRows& result_;
  Characters characters_;
  std::vector<std::uint32_t> ends_;  // of the row's fields
  std::size_t begin_ = 0;            // of the row
  std::size_t fields_ = 0;           // of the row so far
  std::uint32_t line_ = 0;           // of the row
  std::size_t copied_ = 0;
  bool copying_ = false;
  bool plain_lines_ = true;
  bool truncated_ = false;
};

// What is in quotes has one before it, or lies where texts without doubled quotes do.
bool is_quoted(Text cell, std::string_view text, char quote) {
  if (cell.data < text.data() || cell.data >= text.data() + text.size()) return true;
  return quote && cell.data > text.data() && cell.data[-1] == quote;
}

void make_null(std::string_view text, const CsvForm& form, const Room& room, const CsvRows& result) {
  if (form.nulls.empty()) return;
  for (Text* const cells : room.cells)
    for (std::int64_t row = 0; row < result.rows; ++row) {
      Text& cell = cells[row];
      if (!cell.data || std::ranges::find(form.nulls, std::string_view(cell)) == form.nulls.end()) continue;
      if (!is_quoted(cell, text, form.marks.quote)) cell = {nullptr, 0};
    }
}

}  // namespace

CsvRows split_csv(std::string_view text, std::int64_t rows, const CsvForm& form, std::span<const std::uint32_t> used,
                  BatchMemory& memory, const StructureCode& code) {
  CsvRows result;
  if (text.empty()) return result;
  const Room room = make_room(text.size(), rows, form, used.size(), memory);
  result.cells.assign(room.cells.begin(), room.cells.end());
  if (!split_regular(text, false, form, used, room, memory, code, result))
    RowSplitter(text, form, used, room, memory, result).run(code);
  make_null(text, form, room, result);
  return result;
}

std::optional<CsvRows> split_whole_rows(std::string_view text, const CsvForm& form, std::span<const std::uint32_t> used,
                                        BatchMemory& memory, const StructureCode& code) {
  CsvRows result;
  if (text.empty()) return std::nullopt;
  const Room room = make_room(text.size(), static_cast<std::int64_t>(text.size()), form, used.size(), memory);
  result.cells.assign(room.cells.begin(), room.cells.end());
  if (!split_regular(text, true, form, used, room, memory, code, result) || result.rows == 0) return std::nullopt;
  make_null(text, form, room, result);
  return result;
}

std::string unquoted(std::string_view field, char quote) {
  if (field.size() < 2 || quote == 0 || field.front() != quote) return std::string(field);
  std::string characters(field.size(), '\0');
  char* out = characters.data();
  const Text text = unquote(field, quote, out);
  return std::string(text.data, static_cast<std::size_t>(text.size));
}

}  // namespace inlay::filter
