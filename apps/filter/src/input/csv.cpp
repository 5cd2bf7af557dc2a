// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CSV files as a Source.
#include <algorithm>
#include <new>

#include "input/csv_form.h"
#include "input/csv_split.h"
#include "input/source.h"
#include "input/text_reader.h"

namespace inlay::filter {

namespace {

constexpr std::size_t SampleBytes = std::size_t{256} << 10;
// Of a record, and so of a batch: offsets have 32 bits, and texts of the language are at most as long.
constexpr std::size_t LongestRecord = std::size_t{1} << 30;

std::uint32_t line_number(std::int64_t line) { return static_cast<std::uint32_t>(std::min<std::int64_t>(line, ~0u)); }

// The first record may be empty or long: enough is two that end.
Result<std::string_view> take_sample(TextReader& reader, const TextOptions& options) {
  for (std::size_t size = SampleBytes;; size *= 2) {
    const TextView view = reader.view(size);
    const bool whole = view.end && view.text.size() <= size;
    const std::string_view text = view.text.substr(0, size);
    if (text.empty()) {
      if (const std::optional<Error> failure = reader.failure()) return *failure;
      return Error(ErrorKind::File, "is empty: there are no columns", {.file = options.name});
    }
    if (const std::string_view encoding = foreign_encoding(text); !encoding.empty())
      return Error(ErrorKind::File,
                   "is encoded in " + std::string(encoding) + "; UTF-8 is read (iconv -f " + std::string(encoding) +
                       " -t UTF-8 would convert it)",
                   {.file = options.name});
    if (whole) return text;
    const Marks marks{.delimiter = ',', .quote = options.quote, .line_end = line_end_of(text, options.quote)};
    const Extent extent = structure_code().extent(text, marks);
    if (extent.records - extent.empty_lines >= 2) return text.substr(0, extent.end);
    if (size >= LongestRecord)
      return Error(ErrorKind::File, "the first rows are longer than 1 GiB; is a quote not closed?",
                   {.file = options.name, .line = 1});
  }
}

class CsvSource final : public Source {
 public:
  CsvSource(std::unique_ptr<TextReader> reader, TextOptions options, CsvBeginning beginning)
      : reader_(std::move(reader)),
        options_(std::move(options)),
        form_(beginning.form),
        header_(std::move(beginning.header_text)),
        line_(1 + beginning.header_lines) {
    batch_bytes_ = static_cast<std::size_t>(
        std::clamp<std::int64_t>(options_.batch_bytes, 1, static_cast<std::int64_t>(LongestRecord)));
    for (std::uint32_t i = 0; i < form_.columns; ++i) {
      schema_.add({.name = std::move(beginning.names[i]),
                   .type = beginning.types[i],
                   .storage = Storage::Cell,
                   .validity = Validity::InValue,
                   .stride = sizeof(Text),
                   .accessor = {}});
      used_.push_back(i);
    }
  }

  const Schema& schema() const override { return schema_; }
  std::optional<std::int64_t> size() const override { return reader_->size(); }
  std::string_view header() const override { return header_; }

  void use(std::span<const ColumnId> columns) override {
    used_.clear();
    for (const ColumnId column : columns) used_.push_back(column.value - 1);
  }

  Result<std::optional<InputBatch>> next() override {
    if (failure_) return *failure_;
    std::size_t window = batch_bytes_;
    // Slow input is taken as it comes, files in batches of the size that is wanted.
    std::size_t needed = reader_->size() ? window : 1;
    while (true) {
      const TextView view = reader_->view(needed);
      const std::string_view text = view.text.substr(0, window);
      const bool whole = view.end && text.size() == view.text.size();
      const std::optional<Error> broken = whole ? reader_->failure() : std::nullopt;
      if (text.empty() && !broken) return std::optional<InputBatch>();
      Extent extent = text.empty() ? Extent{} : structure_code().extent(text, form_.marks);
      if (whole && !broken && extent.end < text.size()) {
        extent.end = text.size();
        ++extent.records;
      }
      if (extent.end > 0) return std::optional(take(view, text, extent));
      if (broken) return fail(*broken);
      if (text.size() >= LongestRecord)
        return fail(Error(ErrorKind::File, "a row of more than 1 GiB; is a quote not closed?",
                          {.file = options_.name, .line = line_number(line_)}));
      // Twice as much, so that looking at it again and again costs no more than to look at it twice. Of slow input,
      // what comes next may end the row.
      window = std::max(window, 2 * text.size());
      needed = reader_->size() || text.size() >= batch_bytes_ ? window : text.size() + 1;
    }
  }

  void split(InputBatch& batch) const override {
    try {
      const auto memory = std::make_shared<BatchMemory>(pool_);
      memory->text = std::move(batch.memory);
      const CsvRows rows = split_csv(batch.text, batch.batch.rows, form_, used_, *memory);
      memory->columns.resize(form_.columns);
      for (std::size_t i = 0; i < used_.size() && rows.rows > 0; ++i)
        memory->columns[used_[i]].values = reinterpret_cast<const std::byte*>(rows.cells[i]);
      batch.batch.rows = rows.rows;
      batch.batch.columns = memory->columns;
      batch.text = rows.text;
      batch.row_ends = rows.row_ends;
      batch.lines = rows.lines;
      batch.memory = memory;
      if (rows.fault)
        batch.error = Error(ErrorKind::File, rows.fault->message,
                            {.file = options_.name, .line = line_number(batch.first_line + rows.fault->line)});
    } catch (const std::bad_alloc&) {
      batch.batch.rows = 0;
      batch.text = {};
      batch.error = Error(ErrorKind::OutOfMemory, "no memory for the cells of a batch",
                          {.file = options_.name, .line = line_number(batch.first_line)});
    }
  }

 private:
  InputBatch take(const TextView& view, std::string_view text, const Extent& extent) {
    InputBatch batch;
    batch.text = text.substr(0, extent.end);
    batch.batch.rows = extent.records;
    batch.batch.first_row = row_;
    batch.first_line = line_;
    batch.bytes = static_cast<std::int64_t>(extent.end);
    batch.memory = view.memory;
    row_ += extent.records - (form_.columns > 1 ? extent.empty_lines : 0);
    line_ += extent.lines;
    reader_->advance(extent.end);
    return batch;
  }

  Error fail(Error error) {
    failure_ = error;
    return error;
  }

  std::unique_ptr<TextReader> reader_;
  TextOptions options_;
  CsvForm form_;
  Schema schema_;
  std::string header_;
  std::vector<std::uint32_t> used_;  // columns from 0
  std::size_t batch_bytes_ = 0;
  std::int64_t row_ = 0;
  std::int64_t line_;
  std::optional<Error> failure_;
  std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>();
};

}  // namespace

Result<std::unique_ptr<Source>> open_csv(int file, TextOptions options) {
  INLAY_TRY(std::unique_ptr<TextReader> reader,
            open_text(file, options.name, static_cast<std::size_t>(std::max<std::int64_t>(options.batch_bytes, 1))));
  INLAY_TRY(const std::string_view sample, take_sample(*reader, options));
  INLAY_TRY(CsvBeginning beginning, find_form(sample, options));
  reader->advance(beginning.bom + beginning.header);
  return std::unique_ptr<Source>(
      std::make_unique<CsvSource>(std::move(reader), std::move(options), std::move(beginning)));
}

}  // namespace inlay::filter
