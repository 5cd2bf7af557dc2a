// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows that come as Arrow: the C Data Interface and the C Stream Interface, without a copy and without a library.
// https://arrow.apache.org/docs/format/CDataInterface.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "inlay/filter/batch.h"
#include "inlay/filter/schema.h"
#include "inlay/result.h"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
#endif

namespace inlay::filter {

/// The columns of a struct array's schema (`+s`): booleans, integers, floats, texts and bytes with 32 or 64 bit
/// offsets, dates, timestamps (those with a time zone as UTC), and dictionaries of these. Columns of other types are
/// left out.
Result<Schema> schema_of(const ArrowSchema& schema);

/// A batch that looks into an array. What the buffers hold is believed, as Arrow's producers and consumers do; that
/// they are there, and long enough by what the array says of itself, is checked.
class ArrowBatch {
 public:
  /// The array must outlive the batch.
  static Result<ArrowBatch> of(const ArrowSchema& schema, const ArrowArray& array, std::int64_t first_row = 0);
  /// Takes the array over, and releases it at the end.
  static Result<ArrowBatch> take(const ArrowSchema& schema, ArrowArray&& array, std::int64_t first_row = 0);

  ArrowBatch(ArrowBatch&&) noexcept;
  ArrowBatch& operator=(ArrowBatch&&) noexcept;
  ~ArrowBatch();
  const Batch& batch() const;

 private:
  struct State;
  explicit ArrowBatch(std::unique_ptr<State> state);
  static Result<ArrowBatch> look_into(const ArrowSchema& schema, const ArrowArray& array, std::int64_t first_row,
                                      std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Batches as a producer yields them.
class ArrowStream {
 public:
  /// Takes the stream over, and releases it at the end. An error has the producer's words.
  static Result<ArrowStream> open(ArrowArrayStream&& stream);
  ArrowStream(ArrowStream&&) noexcept;
  ArrowStream& operator=(ArrowStream&&) noexcept;
  ~ArrowStream();

  const Schema& schema() const;
  /// The next batch, which outlives the stream; nothing at the end.
  Result<std::optional<ArrowBatch>> next();

 private:
  struct State;
  explicit ArrowStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace inlay::filter
