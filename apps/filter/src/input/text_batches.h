// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What inputs of lines have in common: a beginning to look at, and batches that end where records end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "input/source.h"
#include "input/structure.h"
#include "input/text_reader.h"

namespace inlay::filter {

/// For Place, whose lines have 32 bits.
std::uint32_t line_number(std::int64_t line);

Result<std::unique_ptr<TextReader>> open_text_input(int file, const TextOptions& options);

/// The first 256 KiB up to a record's end, or more if those are not `records` records that are not empty; or all there
/// is. Of input that pauses, what is there by then, if it is so many. Refuses other encodings than UTF-8.
struct Sample {
  std::string_view text;
  bool whole = false;  // nothing follows
};
/// Whether there is nothing but a BOM and line ends.
bool is_blank(const Sample& sample);
Result<Sample> take_sample(TextReader& reader, const TextOptions& options, char quote, std::int64_t records);

/// Finds where batches end. `first_line`: of what the reader stands at.
class TextBatches {
 public:
  TextBatches(std::unique_ptr<TextReader> reader, const Marks& marks, bool skips_empty_lines, std::int64_t first_line,
              const TextOptions& options);

  /// Splits what a text begins with into `batch`, which has its memory, and says where that ends. Or does nothing.
  using Splitter = std::function<Extent(std::string_view text, InputBatch& batch)>;

  /// As Source::next(). With a splitter, batches may be split; it is asked for all but the last one.
  Result<std::optional<InputBatch>> next(const Splitter& splitter = {});
  std::optional<std::int64_t> size() const { return reader_->size(); }
  /// Whether nothing else is left, as far as has been looked already.
  bool only_empty_lines();

 private:
  void take(std::string_view text, const Extent& extent, InputBatch& batch);
  Error fail(Error error);

  std::unique_ptr<TextReader> reader_;
  Marks marks_;
  bool skips_empty_lines_;
  std::string name_;
  std::size_t batch_bytes_;
  std::int64_t row_ = 0;
  std::int64_t line_;
  std::int64_t taken_ = 0;  // bytes
  std::optional<Error> failure_;
};

/// The batch has no rows, but an error.
void refuse_for_memory(InputBatch& batch, const std::string& name);

}  // namespace inlay::filter
