// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/text_batches.h"

#include <algorithm>

#include "input/csv_form.h"

namespace inlay::filter {

namespace {

constexpr std::size_t SampleBytes = std::size_t{256} << 10;
// Of a record, and so of a batch: offsets have 32 bits, and texts of the language are at most as long.
constexpr std::size_t LongestRecord = std::size_t{1} << 30;

}  // namespace

std::uint32_t line_number(std::int64_t line) { return static_cast<std::uint32_t>(std::min<std::int64_t>(line, ~0u)); }

Result<std::unique_ptr<TextReader>> open_text_input(int file, const TextOptions& options) {
  return open_text(file, options.name, static_cast<std::size_t>(std::max<std::int64_t>(options.batch_bytes, 1)));
}

Result<Sample> take_sample(TextReader& reader, const TextOptions& options, char quote, std::int64_t records) {
  std::size_t size = SampleBytes, least = 1;
  while (true) {
    reader.view(least);
    const TextView view = reader.view_until_pause(size);
    const bool whole = view.end && view.text.size() <= size;
    const std::string_view text = view.text.substr(0, size);
    if (text.empty()) {
      if (const std::optional<Error> failure = reader.failure()) return *failure;
      return Sample{{}, true};
    }
    if (const std::string_view encoding = foreign_encoding(text); !encoding.empty())
      return Error(ErrorKind::File,
                   "is encoded in " + std::string(encoding) + "; UTF-8 is read (iconv -f " + std::string(encoding) +
                       " -t UTF-8 would convert it)",
                   {.file = options.name});
    if (const std::string_view format = foreign_format(text); !format.empty())
      return Error(ErrorKind::File, "is " + std::string(format), {.file = options.name});
    if (whole) return Sample{text, true};
    const Marks marks{.delimiter = ',', .quote = quote, .line_end = line_end_of(text, quote)};
    const Extent extent = structure_code().extent(text, marks);
    if (extent.records - extent.empty_lines >= records) return Sample{text.substr(0, extent.end), false};
    if (size >= LongestRecord)
      return Error(ErrorKind::File, "the first rows are longer than 1 GiB; is a quote not closed?",
                   {.file = options.name, .line = 1});
    // A record that is not whole yet may be so with what comes next.
    least = text.size() + 1;
    if (text.size() == size) size *= 2;
  }
}

bool is_blank(const Sample& sample) {
  std::string_view text = sample.text;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return sample.whole && text.find_first_not_of("\r\n") == text.npos;
}

TextBatches::TextBatches(std::unique_ptr<TextReader> reader, const Marks& marks, bool skips_empty_lines,
                         std::int64_t first_line, const TextOptions& options)
    : reader_(std::move(reader)),
      marks_(marks),
      skips_empty_lines_(skips_empty_lines),
      name_(options.name),
      batch_bytes_(static_cast<std::size_t>(
          std::clamp<std::int64_t>(options.batch_bytes, 1, static_cast<std::int64_t>(LongestRecord)))),
      line_(first_line) {}

Result<std::optional<InputBatch>> TextBatches::next(const Splitter& splitter) {
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
    InputBatch batch;
    batch.memory = view.memory;
    if (splitter && !whole) {
      if (const Extent extent = splitter(text, batch); extent.end > 0) {
        batch.is_split = true;
        take(text, extent, batch);
        return std::optional(std::move(batch));
      }
    }
    Extent extent = text.empty() ? Extent{} : structure_code().extent(text, marks_);
    if (whole && !broken && extent.end < text.size()) {
      extent.end = text.size();
      ++extent.records;
    }
    if (extent.end > 0) {
      take(text, extent, batch);
      return std::optional(std::move(batch));
    }
    if (broken) return fail(*broken);
    if (text.size() >= LongestRecord)
      return fail(Error(ErrorKind::File, "a row of more than 1 GiB; is a quote not closed?",
                        {.file = name_, .line = line_number(line_)}));
    // Twice as much, so that looking at it again and again costs no more than to look at it twice. Of slow input,
    // what comes next may end the row.
    window = std::max(window, 2 * text.size());
    needed = reader_->size() || text.size() >= batch_bytes_ ? window : text.size() + 1;
  }
}

bool TextBatches::only_empty_lines() {
  const TextView view = reader_->view(1);
  const bool nothing = skips_empty_lines_ ? view.text.find_first_not_of("\r\n") == view.text.npos : view.text.empty();
  return view.end && nothing && !reader_->failure();
}

void TextBatches::take(std::string_view text, const Extent& extent, InputBatch& batch) {
  batch.text = text.substr(0, extent.end);
  batch.batch.rows = extent.records;
  batch.batch.first_row = row_;
  batch.first_line = line_;
  batch.line_end = marks_.line_end;
  batch.bytes = static_cast<std::int64_t>(extent.end);
  row_ += extent.records - (skips_empty_lines_ ? extent.empty_lines : 0);
  line_ += extent.lines;
  reader_->advance(extent.end);
  if (const std::optional<std::int64_t> size = reader_->size()) {
    taken_ += batch.bytes;
    const double rows_a_byte = static_cast<double>(extent.records) / static_cast<double>(extent.end);
    batch.batch.rows_behind = static_cast<std::int64_t>(static_cast<double>(*size - taken_) * rows_a_byte);
  }
}

Error TextBatches::fail(Error error) {
  failure_ = error;
  return error;
}

void refuse_for_memory(InputBatch& batch, const std::string& name) {
  batch.batch.rows = 0;
  batch.batch.columns = {};
  batch.text = {};
  batch.row_ends = batch.lines = {};
  batch.error = Error(ErrorKind::OutOfMemory, "no memory for the rows of a batch",
                      {.file = name, .line = line_number(batch.first_line)});
}

}  // namespace inlay::filter
