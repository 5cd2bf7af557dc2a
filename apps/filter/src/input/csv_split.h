// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a piece of CSV text to rows and cells.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/type.h"
#include "input/buffers.h"
#include "input/structure.h"

namespace inlay::filter {

/// How a file is written.
struct CsvForm {
  Marks marks;
  std::vector<std::string> nulls = {};  // fields that are NULL, beside empty ones
  std::uint32_t columns = 1;            // of each row; empty lines are skipped if there are several, else a row of NULL
};

/// What ended a text early.
struct CsvFault {
  std::int64_t line = 0;  // counted from the text's first, which is 0
  std::string message;
};

/// Rows of a text. What it points to lies in the text and in `memory`.
struct CsvRows {
  std::int64_t rows = 0;
  std::string_view text;                    // of these rows: that of the input, or a copy without empty lines
  std::span<const std::uint32_t> row_ends;  // in `text`
  std::span<const std::uint32_t> lines;     // of each row, from 0; empty: one line a row
  std::vector<const Text*> cells;           // by the order of `used`
  std::optional<CsvFault> fault;            // at the row behind these
  std::int64_t line_ends = 0;               // of split_whole_rows: before the end of `text`
};

/// Splits a text that begins where a record begins. `rows` is the number of records in it, or more: what memory is
/// made for. `used` are column numbers from 0, ascending. Without a last line end the last record ends with the text.
CsvRows split_csv(std::string_view text, std::int64_t rows, const CsvForm& form, std::span<const std::uint32_t> used,
                  BatchMemory& memory, const StructureCode& code = structure_code());

/// The rows that end in a text which may go on behind its end, found and split in one pass; nothing if none ends there,
/// or one is not as most are (the wrong number of fields, an empty line, a quote where none belongs).
std::optional<CsvRows> split_whole_rows(std::string_view text, const CsvForm& form, std::span<const std::uint32_t> used,
                                        BatchMemory& memory, const StructureCode& code = structure_code());

/// The field as its text: without quotes around it, doubled ones single. `field` is sound.
std::string unquoted(std::string_view field, char quote);

}  // namespace inlay::filter
