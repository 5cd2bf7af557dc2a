// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How values are read from columns: one function for each Storage, called by the interpreter and inlined by kernels.
// `at` is `values + row * stride`, unless the parameters say otherwise.
#pragma once

#include <cstddef>
#include <cstdint>

#include "inlay/filter/scope.h"
#include "inlay/filter/type.h"

namespace inlay::filter {

extern "C" {

bool inlay_filter_load_bit(const std::byte* values, std::int64_t number);  // number = offset + row
bool inlay_filter_load_byte(const std::byte* at);
std::int64_t inlay_filter_load_int8(const std::byte* at);
std::int64_t inlay_filter_load_int16(const std::byte* at);
std::int64_t inlay_filter_load_int32(const std::byte* at);
std::int64_t inlay_filter_load_int64(const std::byte* at);
std::int64_t inlay_filter_load_uint8(const std::byte* at);
std::int64_t inlay_filter_load_uint16(const std::byte* at);
std::int64_t inlay_filter_load_uint32(const std::byte* at);
std::int64_t inlay_filter_load_uint64(Scope& scope, const std::byte* at);  // raises OutOfRange
double inlay_filter_load_float(const std::byte* at);
double inlay_filter_load_double(const std::byte* at);
// Dates and timestamps as their number in registers.
std::int64_t inlay_filter_load_days32(const std::byte* at);
std::int64_t inlay_filter_load_days64(const std::byte* at);
std::int64_t inlay_filter_load_milliseconds_as_days(const std::byte* at);        // Arrow date64
std::int64_t inlay_filter_load_seconds(Scope& scope, const std::byte* at);       // raises OutOfRange
std::int64_t inlay_filter_load_milliseconds(Scope& scope, const std::byte* at);  // raises OutOfRange
std::int64_t inlay_filter_load_microseconds(const std::byte* at);
std::int64_t inlay_filter_load_nanoseconds(const std::byte* at);
Text inlay_filter_load_string(const std::byte* at);
Text inlay_filter_load_view(const std::byte* at);  // and Storage::Cell of type Text
Text inlay_filter_load_string_view(const std::byte* at);
Text inlay_filter_load_characters(const std::byte* at);  // not called for null
Text inlay_filter_load_offsets32(const std::byte* values, const std::byte* extra, std::int64_t row);
Text inlay_filter_load_offsets64(const std::byte* values, const std::byte* extra, std::int64_t row);

// Cells that are not NULL, read as their column's type; spaces around numbers are allowed. All raise, and tell
// `column`.
bool inlay_filter_cell_boolean(Scope& scope, const std::byte* at, std::int32_t column);  // true false t f yes no 1 0
std::int64_t inlay_filter_cell_integer(Scope& scope, const std::byte* at, std::int32_t column);
double inlay_filter_cell_real(Scope& scope, const std::byte* at, std::int32_t column);
std::int64_t inlay_filter_cell_date(Scope& scope, const std::byte* at, std::int32_t column);
std::int64_t inlay_filter_cell_timestamp(Scope& scope, const std::byte* at, std::int32_t column);

// Asks for the memory there, which is wanted soon.
void inlay_filter_prefetch(const std::byte* at);

// Whether the value is there.
bool inlay_filter_valid_bit(const std::byte* validity, std::int64_t number);  // number = offset + row; null: it is
bool inlay_filter_valid_flag(const std::byte* at, std::int32_t flag);
bool inlay_filter_valid_address(const std::byte* at);  // Cell, View, Characters: the address there is not null

// Numbers of dictionary entries; -1 below 0 or beyond `size`, for which the value is NULL.
std::int64_t inlay_filter_index_int8(const std::byte* at, std::int64_t size);
std::int64_t inlay_filter_index_int16(const std::byte* at, std::int64_t size);
std::int64_t inlay_filter_index_int32(const std::byte* at, std::int64_t size);
std::int64_t inlay_filter_index_int64(const std::byte* at, std::int64_t size);
std::int64_t inlay_filter_index_uint8(const std::byte* at, std::int64_t size);
std::int64_t inlay_filter_index_uint16(const std::byte* at, std::int64_t size);
std::int64_t inlay_filter_index_uint32(const std::byte* at, std::int64_t size);
std::int64_t inlay_filter_index_uint64(const std::byte* at, std::int64_t size);

}  // extern "C"

}  // namespace inlay::filter
