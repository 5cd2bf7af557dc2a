// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows as text: as they stood, or columns of them as CSV, TSV or JSON Lines.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/aggregate.h"
#include "inlay/filter/filter.h"
#include "inlay/result.h"
#include "input/source.h"

namespace inlay::filter {

enum class Format : std::uint8_t {
  Csv,        // NULL is an empty field, an empty text is `""`; quotes where they are needed. LF ends lines
  Tsv,        // the same with tabs
  JsonLines,  // one object a row. Dates are strings, so are NaN and the infinities; bytes that are no UTF-8 are U+FFFD
};

/// Rows of a batch as they stood. A last line without its end gets one. With `ends`, where each of them ends in `out`.
void append_rows(std::string& out, const InputBatch& batch, std::span<const std::uint32_t> selection,
                 std::vector<std::size_t>* ends = nullptr);

/// In an object of JSON each name is there once: an error if that does not hold.
Result<void> check_names(Format format, std::span<const std::string> names);

/// Where the values of a column come from: `cells`, `tokens`, or else `values`.
struct WrittenColumn {
  const Text* cells = nullptr;     // of the batch, by row: written as they stood (Csv, Tsv)
  const Text* tokens = nullptr;    // of JSON, by row, likewise; for Csv and Tsv only of numbers
  const Values* values = nullptr;  // by place in the selection
};

/// Writes columns with these names.
class TableWriter {
 public:
  TableWriter(Format format, std::vector<std::string> names);

  /// The names; nothing for JSON Lines, which has them in each row.
  void append_header(std::string& out) const;
  void append(std::string& out, std::span<const WrittenColumn> columns, std::span<const std::uint32_t> selection,
              std::vector<std::size_t>* ends = nullptr) const;
  /// The groups, by their keys.
  void append(std::string& out, const Aggregation& aggregation, const Groups& groups) const;

 private:
  void begin_field(std::string& out, std::size_t column) const;
  void end_row(std::string& out) const;

  Format format_;
  std::vector<std::string> names_;  // as they are written
};

}  // namespace inlay::filter
