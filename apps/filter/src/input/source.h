// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows that come in batches: files of text, tables of a database, streams of Arrow.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/schema.h"
#include "inlay/result.h"

namespace inlay::filter {

/// A batch and what belongs to its rows beside the columns. Move it to another thread; it needs its source no more.
struct InputBatch {
  Batch batch;
  /// The rows as they stood, with their line ends; empty where the input is not text. `row_ends[i]` is where row i
  /// ends.
  std::string_view text;
  std::span<const std::uint32_t> row_ends;
  std::int64_t first_line = 0;           // of the first row in its file, from 1; 0: no lines
  std::span<const std::uint32_t> lines;  // of each row, counted from first_line; empty: one line a row
  std::int64_t bytes = 0;                // read for it, for progress
  std::shared_ptr<void> memory;          // what all of that points into
};

class Source {
 public:
  virtual ~Source() = default;
  /// Names, types and layouts; the same for all batches.
  virtual const Schema& schema() const = 0;
  /// Which columns are wanted from now on, ascending. Others' data may then be missing. Before the first next().
  virtual void use(std::span<const ColumnId> columns) = 0;
  /// The next batch; nothing at the end. An error has file and line. Called by one thread at a time.
  virtual Result<std::optional<InputBatch>> next() = 0;
  /// How many bytes there are in all, if that is known.
  virtual std::optional<std::int64_t> size() const { return std::nullopt; }
  /// The header as it stood, with its line end; empty without one.
  virtual std::string_view header() const { return {}; }
};

/// `--types`, and what else the user says of an input of text.
struct TextOptions {
  char delimiter = 0;                               // 0: by the file's name (.tsv) and first line
  std::optional<bool> header;                       // else inferred: a first line of names, above other types
  std::vector<std::pair<std::string, Type>> types;  // by name; else inferred from the first rows
  std::string name = "standard input";              // for messages
  std::int64_t batch_bytes = 1 << 20;
};

/// CSV as in RFC 4180, with LF, CRLF or CR at the ends of lines, a BOM, the last line end missing. A row with too few
/// or too many fields is an error. An empty field is NULL, `""` an empty text. `file` is read to its end and closed.
Result<std::unique_ptr<Source>> open_csv(int file, TextOptions options);
/// One JSON object a line. Members that are objects or arrays are their text.
Result<std::unique_ptr<Source>> open_json_lines(int file, TextOptions options);
/// A table, or the rows of a SELECT, of an SQLite database.
Result<std::unique_ptr<Source>> open_sqlite(const std::string& path, const std::string& table_or_query);

}  // namespace inlay::filter
