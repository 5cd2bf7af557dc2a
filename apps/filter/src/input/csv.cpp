// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CSV files as a Source.
#include <new>

#include "input/columns.h"
#include "input/csv_form.h"
#include "input/csv_split.h"
#include "input/source.h"
#include "input/text_batches.h"

namespace inlay::filter {

namespace {

class CsvSource final : public Source {
 public:
  CsvSource(std::unique_ptr<TextReader> reader, const TextOptions& options, CsvBeginning beginning)
      : name_(options.name),
        batches_(std::move(reader), beginning.form.marks, beginning.form.columns > 1, 1 + beginning.header_lines,
                 options),
        form_(beginning.form),
        header_(std::move(beginning.header_text)) {
    for (std::uint32_t i = 0; i < form_.columns; ++i) {
      schema_.add({.name = std::move(beginning.names[i]),
                   .type = beginning.types[i],
                   .storage = Storage::Cell,
                   .validity = Validity::InValue,
                   .stride = sizeof(Text),
                   .accessor = {}});
      used_.push_back(i);
    }
    origins_ = std::move(beginning.origins);
  }

  const Schema& schema() const override { return schema_; }
  std::optional<std::int64_t> size() const override { return batches_.size(); }
  std::string_view header() const override { return header_; }
  TextForm form() const override { return {form_.marks.delimiter, form_.marks.line_end}; }

  void assume(ColumnId id, Type type) override {
    Column column = schema_[id];
    column.type = type;
    schema_ = with_column(schema_, id, std::move(column));
  }
  bool has_no_rows() override { return batches_.only_empty_lines(); }

  void use(std::span<const ColumnId> columns) override {
    used_.clear();
    for (const ColumnId column : columns) used_.push_back(column.value - 1);
  }

  Result<std::optional<InputBatch>> next() override { return batches_.next(); }

  Result<std::optional<InputBatch>> next_alone() override {
    return batches_.next([this](std::string_view text, InputBatch& batch) {
      Extent extent;
      try {
        const auto memory = std::make_shared<BatchMemory>(pool_);
        const std::optional<CsvRows> rows = split_whole_rows(text, form_, used_, *memory);
        if (!rows) return extent;
        fill(batch, *rows, memory);
        extent.end = rows->text.size();
        extent.records = rows->rows;
        extent.lines = rows->line_ends;
      } catch (const std::bad_alloc&) {
        // split() says so.
      }
      return extent;
    });
  }

  void split(InputBatch& batch) const override {
    try {
      const auto memory = std::make_shared<BatchMemory>(pool_);
      const CsvRows rows = split_csv(batch.text, batch.batch.rows, form_, used_, *memory);
      fill(batch, rows, memory);
      if (rows.fault)
        batch.error = Error(ErrorKind::File, rows.fault->message,
                            {.file = name_, .line = line_number(batch.first_line + rows.fault->line)});
    } catch (const std::bad_alloc&) {
      refuse_for_memory(batch, name_);
    }
  }

 private:
  void fill(InputBatch& batch, const CsvRows& rows, const std::shared_ptr<BatchMemory>& memory) const {
    memory->columns.resize(form_.columns);
    for (std::size_t i = 0; i < used_.size() && rows.rows > 0; ++i)
      memory->columns[used_[i]].values = reinterpret_cast<const std::byte*>(rows.cells[i]);
    batch.batch.rows = rows.rows;
    batch.batch.columns = memory->columns;
    batch.text = rows.text;
    batch.row_ends = rows.row_ends;
    batch.lines = rows.lines;
    memory->text = std::move(batch.memory);
    batch.memory = memory;
  }

  std::string name_;
  TextBatches batches_;
  CsvForm form_;
  Schema schema_;
  std::string header_;
  std::vector<std::uint32_t> used_;  // columns from 0
  std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>();
};

}  // namespace

Result<std::unique_ptr<Source>> open_csv(int file, TextOptions options) {
  INLAY_TRY(std::unique_ptr<TextReader> reader, open_text_input(file, options));
  // Two records: the header and a row that tells types.
  INLAY_TRY(const Sample sample, take_sample(*reader, options, options.quote, 2));
  // Without a header, empty lines may be rows of one column.
  if (sample.text.empty() || (options.header != false && is_blank(sample))) return make_empty_source({});
  INLAY_TRY(CsvBeginning beginning, find_form(sample.text, options));
  reader->advance(beginning.bom + beginning.header);
  return std::unique_ptr<Source>(std::make_unique<CsvSource>(std::move(reader), options, std::move(beginning)));
}

}  // namespace inlay::filter
