// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows that come as Arrow: the C Data Interface and the C Stream Interface, without a copy and without a library.
// https://arrow.apache.org/docs/format/CDataInterface.html
#pragma once

#include <cstdint>
#include <memory>
#include <string>

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

/// The columns of a struct array's schema. Columns of types that no expression can use are left out.
Result<Schema> schema_of(const ArrowSchema& schema);

/// A batch that looks into the array, which must outlive it. Refuses arrays that contradict the schema.
class ArrowBatch {
 public:
  static Result<ArrowBatch> of(const ArrowSchema& schema, const ArrowArray& array, std::int64_t first_row = 0);
  const Batch& batch() const;
  ArrowBatch(ArrowBatch&&) noexcept;
  ~ArrowBatch();

 private:
  struct State;
  explicit ArrowBatch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace inlay::filter
