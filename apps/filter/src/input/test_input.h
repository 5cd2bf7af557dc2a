// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: inputs from text, and what a source yields as text.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "input/source.h"

namespace inlay::filter::test {

/// A regular file with this text, at its begin.
inline int file_of(std::string_view text) {
  const int file = ::memfd_create("test", MFD_CLOEXEC);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t size = ::write(file, text.data() + done, text.size() - done);
    if (size < 0) std::abort();
    done += static_cast<std::size_t>(size);
  }
  ::lseek(file, 0, SEEK_SET);
  return file;
}

/// A pipe into which a thread writes the text, so many bytes at a time.
class Pipe {
 public:
  explicit Pipe(std::string text, std::size_t step = 1 << 16) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    file_ = ends[0];
    writer_ = std::thread([text = std::move(text), step, out = ends[1]] {
      ::signal(SIGPIPE, SIG_IGN);
      for (std::size_t done = 0; done < text.size();) {
        const ssize_t size = ::write(out, text.data() + done, std::min(step, text.size() - done));
        if (size < 0) break;
        done += static_cast<std::size_t>(size);
      }
      ::close(out);
    });
  }
  ~Pipe() { writer_.join(); }
  int file() const { return file_; }

 private:
  int file_;
  std::thread writer_;
};

inline std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\0')
      out += "\\0";
    else
      out += c;
  }
  return out;
}

/// `a:integer b:text`
inline std::string schema_text(const Source& source) {
  std::string out;
  for (const Column& column : source.schema().columns()) {
    if (!out.empty()) out += ' ';
    out += column.name + ":" + std::string(to_string(column.type));
  }
  return out;
}

inline std::string value_text(const Column& column, const ColumnData& data, std::int64_t row) {
  if (!data.values) return "-";
  const std::byte* at = data.values + row * column.stride;
  if (column.validity == Validity::Bitmap && data.validity) {
    const std::int64_t bit = data.offset + row;
    if (!((static_cast<unsigned>(data.validity[bit / 8]) >> (bit % 8)) & 1)) return "NULL";
  }
  switch (column.storage) {
    case Storage::Cell: {
      Text text;
      std::memcpy(&text, at, sizeof text);
      return text.data ? "<" + shown(text) + ">" : "NULL";
    }
    case Storage::Int64: {
      std::int64_t value;
      std::memcpy(&value, at, sizeof value);
      return std::to_string(value);
    }
    case Storage::Double: {
      double value;
      std::memcpy(&value, at, sizeof value);
      char text[40];
      std::snprintf(text, sizeof text, "%.17g", value);
      return text;
    }
    case Storage::Byte:
      return static_cast<int>(*at) ? "true" : "false";
    default:
      return "?";
  }
}

/// One line a row: `3: <a> NULL <b>` with the row's line, `error: …` at the end. `alone`: as one thread may read.
inline std::string rows_text(Source& source, bool with_text = false, bool alone = false) {
  std::string out;
  std::int64_t rows = 0;
  while (true) {
    Result<std::optional<InputBatch>> next = alone ? source.next_alone() : source.next();
    if (next && *next && !(*next)->is_split) source.split(**next);
    if (!next) return out + "error: " + next.error().to_string() + "\n";
    if (!*next) return out;
    const InputBatch& batch = **next;
    if (batch.batch.first_row != rows) out += "first_row is " + std::to_string(batch.batch.first_row) + "\n";
    rows += batch.batch.rows;
    std::uint32_t begin = 0;
    for (std::int64_t row = 0; row < batch.batch.rows; ++row) {
      const std::size_t i = static_cast<std::size_t>(row);
      if (batch.first_line) {
        const std::int64_t line = batch.first_line + (batch.lines.empty() ? row : batch.lines[i]);
        out += std::to_string(line) + ":";
      }
      for (std::size_t c = 0; c < batch.batch.columns.size(); ++c)
        out += (out.empty() || out.back() == '\n' ? "" : " ") +
               value_text(source.schema().columns()[c], batch.batch.columns[c], row);
      if (with_text) {
        const std::uint32_t end = batch.row_ends[i];
        out += " | " + shown(batch.text.substr(begin, end - begin));
        begin = end;
      }
      out += '\n';
    }
    if (batch.error) return out + "error: " + batch.error->to_string() + "\n";
  }
}

}  // namespace inlay::filter::test
