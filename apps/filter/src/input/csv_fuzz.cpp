// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Any bytes are read as CSV as a loop over the bytes reads them, whatever the batches. An input's first byte chooses
// their size, the second whether a header is expected and which variant of the code splits, the others are the text.
#include <cstdlib>
#include <string>

#include "input/csv_form.h"
#include "input/csv_oracle.h"
#include "input/test_input.h"

namespace {

using namespace inlay::filter;

void require(bool holds) {
  if (!holds) std::abort();
}

void compare_splits(std::string_view text, const CsvForm& form) {
  const oracle::Rows expected =
      oracle::read(text, form.columns, form.marks.delimiter, form.marks.quote, form.marks.line_end);
  std::vector<std::uint32_t> used(form.columns);
  for (std::uint32_t i = 0; i < form.columns; ++i) used[i] = i;
  for (const StructureCode* code : structure_codes()) {
    if (!code->supported()) continue;
    BatchMemory memory(std::make_shared<BufferPool>());
    const Extent extent = code->extent(text, form.marks);
    const CsvRows rows = split_csv(text, extent.records + 1, form, used, memory, *code);
    require(rows.rows == static_cast<std::int64_t>(expected.rows.size()));
    require(rows.fault ? rows.fault->line + 1 == expected.bad_line : expected.bad_line == 0);
    std::uint32_t begin = 0;
    for (std::size_t row = 0; row < expected.rows.size(); ++row) {
      require(rows.text.substr(begin, rows.row_ends[row] - begin) == expected.rows[row].text);
      begin = rows.row_ends[row];
      require(expected.rows[row].line == 1 + static_cast<std::int64_t>(rows.lines.empty() ? row : rows.lines[row]));
      for (std::uint32_t i = 0; i < form.columns; ++i) {
        const Text cell = rows.cells[i][row];
        const oracle::Field& field = expected.rows[row].fields[i];
        require(field ? cell.data && std::string_view(cell) == *field : !cell.data);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::string text(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  TextOptions options;
  options.batch_bytes = 1 + bytes[0];
  if (bytes[1] % 3) options.header = bytes[1] % 3 == 1;
  auto source = open_csv(test::file_of(text), options);
  if (source) test::rows_text(**source, true);
  if (!source) return 0;
  TextOptions whole = options;
  whole.batch_bytes = 1 << 20;
  auto other = open_csv(test::file_of(text), whole);
  require(other.has_value());
  auto again = open_csv(test::file_of(text), options);
  require(test::rows_text(**again, true, true) == test::rows_text(**other, true));

  CsvForm form;
  form.columns = 1 + bytes[1] / 3 % 4;
  if (bytes[0] % 4 == 0) form.marks.line_end = '\r';
  compare_splits(text, form);
  return 0;
}
