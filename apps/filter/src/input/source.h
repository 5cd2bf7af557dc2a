// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows that come in batches: files of text, tables of a database, streams of Arrow.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/schema.h"
#include "inlay/result.h"

namespace inlay::filter {

/// What a row has beside the columns: a member of JSON.
struct OtherMember {
  std::int64_t row = 0;  // in the batch
  std::string name;
  Type type = Type::Text;  // that would fit the value
};

/// A batch and what belongs to its rows beside the columns. Move it to another thread.
struct InputBatch {
  Batch batch;
  /// The rows as they stood, with their line ends; empty where the input is not text. `row_ends[i]` is where row i
  /// ends.
  std::string_view text;
  std::span<const std::uint32_t> row_ends;
  char line_end = '\n';                  // or '\r'
  std::int64_t first_line = 0;           // of the first row in its file, from 1; 0: no lines
  std::span<const std::uint32_t> lines;  // of each row, counted from first_line; empty: one line a row
  std::int64_t bytes = 0;                // read for it, for progress
  std::shared_ptr<void> memory;          // what all of that points into
  std::optional<Error> error;            // why the input ends behind these rows: for after they were used, and the last
  bool is_split = false;                 // split() is not needed any more
  /// By column, where keep() asked for it: each row's value as the input has it, without spaces around it; of JSON a
  /// text in its quotes. NULL and what is missing have no address.
  std::span<const Text* const> written;
  /// After watch(): the first one of each row that has some, ascending.
  std::span<const OtherMember> others;
};

/// What rows of text need for standing beside each other.
struct TextForm {
  char delimiter = 0;  // between fields; 0: the input is not CSV
  char line_end = '\n';
  bool operator==(const TextForm&) const = default;
};

/// How the type of a column is known.
enum class TypeOrigin : std::uint8_t {
  Given,     // with `--types`
  Declared,  // by the input
  Inferred,  // from the first values
  Unknown,   // there was no value among these; Text, unless assume() says something else
};
std::string_view to_string(TypeOrigin origin);

class Source {
 public:
  virtual ~Source() = default;
  /// Names, types and layouts; the same for all batches.
  virtual const Schema& schema() const = 0;
  /// Of each column.
  std::span<const TypeOrigin> origins() const { return origins_; }
  /// Gives a type to a column whose type is Unknown. Before use().
  virtual void assume(ColumnId column, Type type) = 0;
  /// Whether there is nothing at all, so that no columns are known, either.
  virtual bool is_empty() const { return false; }
  /// Whether it is known already that there are no rows.
  virtual bool has_no_rows() { return false; }
  /// Which columns are wanted from now on, ascending. Others' data may then be missing. Before the first next().
  virtual void use(std::span<const ColumnId> columns) = 0;
  /// Of which of these `written` is wanted, too. Inputs whose columns are cells as they stand need not have it.
  virtual void keep(std::span<const ColumnId> /*columns*/) {}
  /// Has rows told that have values in none of the columns in use. Before the first next().
  virtual void watch() {}
  /// Whether columns may come behind what was looked at for them.
  virtual bool has_later_columns() const { return false; }
  /// Why columns may be missing: what could not be read of the beginning, where next() will come, too.
  virtual std::optional<Error> unread_beginning() const { return std::nullopt; }
  /// The next batch; nothing at the end. An error has file and line; nothing follows it. Called by one thread at a
  /// time. Of text it is only found where the batch ends, so that threads are not kept waiting: the rows are there
  /// after split(); before, `batch.rows` is how many there are at most.
  virtual Result<std::optional<InputBatch>> next() = 0;
  /// As next(), for those who have one thread: where it is quicker so, the rows are there already.
  virtual Result<std::optional<InputBatch>> next_alone() { return next(); }
  /// Makes rows of what next() found. Any number of threads at a time, each with its own batch, while the source lives.
  virtual void split(InputBatch& batch) const = 0;
  /// How many bytes there are in all, if that is known.
  virtual std::optional<std::int64_t> size() const { return std::nullopt; }
  /// The header as it stood, with its line end; empty without one.
  virtual std::string_view header() const { return {}; }
  virtual TextForm form() const { return {}; }

 protected:
  std::vector<TypeOrigin> origins_;
};

/// next_alone() and split(), for those who have one thread.
inline Result<std::optional<InputBatch>> next_split(Source& source) {
  INLAY_TRY(std::optional<InputBatch> batch, source.next_alone());
  if (batch && !batch->is_split) source.split(*batch);
  return batch;
}

/// `--types`, and what else the user says of an input of text.
struct TextOptions {
  /// Without: tab if the file's name ends in .tsv or .tab; else the one of , ; tab | that divides the first lines into
  /// equally many fields, the most; else a comma.
  char delimiter = 0;
  char quote = '"';  // 0: quotes are text like any other
  /// Without: a first line is one if no field of it reads as a number, a Boolean, a date or a timestamp.
  std::optional<bool> header;
  /// By name. Without: what fits all values of the rows in the first 256 KiB (infer.h), Text if there are none.
  std::vector<std::pair<std::string, Type>> types;
  std::vector<std::string> nulls = {};   // CSV: fields of these texts, not in quotes, are NULL, too
  bool other_types = false;              // CSV: whether `types` may have names that no column has
  std::string name = "standard input";   // for messages
  std::int64_t batch_bytes = 256 << 10;  // so that a batch and its cells stay in a second-level cache
};

/// Of nothing: columns of these names and perhaps types, and no rows.
std::unique_ptr<Source> make_empty_source(std::span<const std::pair<std::string, std::optional<Type>>> columns);

/// CSV as in RFC 4180, with LF, CRLF or CR at the ends of lines, a BOM, the last line end missing. A row with too few
/// or too many fields is an error, and so is a quote inside a field that does not begin with one. An empty field is
/// NULL, `""` an empty text. Empty lines are skipped; where there is only one column they are NULL. Columns without a
/// header are column1, column2…; of equal names the later ones get a number: `name_2`. What is empty has no columns.
/// `file` is read to its end and closed.
Result<std::unique_ptr<Source>> open_csv(int file, TextOptions options);
/// One JSON object a line; its members are columns by name, of the first 256 KiB and of `types`. Missing and null are
/// NULL; what is empty has no columns. What is an object or an array, or of different types, is its text; a value of
/// another type is an error.
Result<std::unique_ptr<Source>> open_json_lines(int file, TextOptions options);
/// A table, or the rows of a SELECT, of an SQLite database; without a name, its only table. Types are those declared,
/// else those of the first 1000 rows; or those given by name, where `others` tells whether names may be given that no
/// column has. A value of another type is an error that names the rowid; any is a text where text is asked for.
Result<std::unique_ptr<Source>> open_sqlite(const std::string& path, const std::string& table_or_query,
                                            std::span<const std::pair<std::string, Type>> types = {},
                                            bool others = false);

}  // namespace inlay::filter
