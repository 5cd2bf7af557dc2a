// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/loads.h"

#include <cstring>
#include <string>
#include <string_view>

#include "runtime/civil.h"
#include "runtime/parse.h"

namespace inlay::filter {

namespace {

/// From any address: Arrow's buffers and structs that are packed need not be aligned.
template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

bool bit(const std::byte* bytes, std::int64_t number) {
  return (static_cast<unsigned>(bytes[number >> 3]) >> (number & 7)) & 1;
}

std::int64_t load_scaled(Scope& scope, const std::byte* at, std::int64_t factor) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(load<std::int64_t>(at), factor, &result)) [[unlikely]] {
    raise(scope, Fault::OutOfRange);
    return 0;
  }
  return result;
}

template <class T>
std::int64_t index(const std::byte* at, std::int64_t size) {
  // One comparison: what is below 0 is large as an unsigned number. (Uint64 beyond 2^63 is, too.)
  const auto number = static_cast<std::int64_t>(load<T>(at));
  return static_cast<std::uint64_t>(number) < static_cast<std::uint64_t>(size) ? number : -1;
}

template <class T>
Text slice(const std::byte* values, const std::byte* extra, std::int64_t row) {
  const std::byte* at = values + row * static_cast<std::int64_t>(sizeof(T));
  const std::int64_t begin = load<T>(at);
  return {reinterpret_cast<const char*>(extra + begin), load<T>(at + sizeof(T)) - begin};
}

void raise_cell(Scope& scope, Fault fault, Text cell, std::int32_t column) {
  if (scope.fault != Fault::None) return;
  raise(scope, fault, cell);
  scope.column = column;
}

}  // namespace

extern "C" {

bool inlay_filter_load_bit(const std::byte* values, std::int64_t number) { return bit(values, number); }
bool inlay_filter_load_byte(const std::byte* at) { return load<std::uint8_t>(at) != 0; }
std::int64_t inlay_filter_load_int8(const std::byte* at) { return load<std::int8_t>(at); }
std::int64_t inlay_filter_load_int16(const std::byte* at) { return load<std::int16_t>(at); }
std::int64_t inlay_filter_load_int32(const std::byte* at) { return load<std::int32_t>(at); }
std::int64_t inlay_filter_load_int64(const std::byte* at) { return load<std::int64_t>(at); }
std::int64_t inlay_filter_load_uint8(const std::byte* at) { return load<std::uint8_t>(at); }
std::int64_t inlay_filter_load_uint16(const std::byte* at) { return load<std::uint16_t>(at); }
std::int64_t inlay_filter_load_uint32(const std::byte* at) { return load<std::uint32_t>(at); }
std::int64_t inlay_filter_load_uint64(Scope& scope, const std::byte* at) {
  const auto value = load<std::int64_t>(at);
  if (value < 0) [[unlikely]]
    raise(scope, Fault::OutOfRange);
  return value;
}
double inlay_filter_load_float(const std::byte* at) { return load<float>(at); }
double inlay_filter_load_double(const std::byte* at) { return load<double>(at); }
std::int64_t inlay_filter_load_days32(const std::byte* at) { return load<std::int32_t>(at); }
std::int64_t inlay_filter_load_days64(const std::byte* at) { return load<std::int64_t>(at); }
std::int64_t inlay_filter_load_milliseconds_as_days(const std::byte* at) {
  return floor_divide(load<std::int64_t>(at), MicrosecondsPerDay / 1000);
}
std::int64_t inlay_filter_load_seconds(Scope& scope, const std::byte* at) {
  return load_scaled(scope, at, MicrosecondsPerSecond);
}
std::int64_t inlay_filter_load_milliseconds(Scope& scope, const std::byte* at) { return load_scaled(scope, at, 1000); }
std::int64_t inlay_filter_load_microseconds(const std::byte* at) { return load<std::int64_t>(at); }
std::int64_t inlay_filter_load_nanoseconds(const std::byte* at) { return floor_divide(load<std::int64_t>(at), 1000); }
Text inlay_filter_load_string(const std::byte* at) {
  return std::string_view(*reinterpret_cast<const std::string*>(at));
}
Text inlay_filter_load_view(const std::byte* at) { return load<Text>(at); }
Text inlay_filter_load_string_view(const std::byte* at) { return load<std::string_view>(at); }
Text inlay_filter_load_characters(const std::byte* at) { return std::string_view(load<const char*>(at)); }
Text inlay_filter_load_offsets32(const std::byte* values, const std::byte* extra, std::int64_t row) {
  return slice<std::int32_t>(values, extra, row);
}
Text inlay_filter_load_offsets64(const std::byte* values, const std::byte* extra, std::int64_t row) {
  return slice<std::int64_t>(values, extra, row);
}

bool inlay_filter_cell_boolean(Scope& scope, const std::byte* at, std::int32_t column) {
  bool value = false;
  const auto cell = load<Text>(at);
  if (!parse_boolean(cell, value)) [[unlikely]]
    raise_cell(scope, Fault::NotABoolean, cell, column);
  return value;
}
std::int64_t inlay_filter_cell_integer(Scope& scope, const std::byte* at, std::int32_t column) {
  std::int64_t value = 0;
  const auto cell = load<Text>(at);
  if (Fault fault = parse_integer(cell, value); fault != Fault::None) [[unlikely]]
    raise_cell(scope, fault, cell, column);
  return value;
}
double inlay_filter_cell_real(Scope& scope, const std::byte* at, std::int32_t column) {
  double value = 0;
  const auto cell = load<Text>(at);
  if (Fault fault = parse_real(cell, value); fault != Fault::None) [[unlikely]]
    raise_cell(scope, fault, cell, column);
  return value;
}
std::int64_t inlay_filter_cell_date(Scope& scope, const std::byte* at, std::int32_t column) {
  std::int64_t days = 0;
  const auto cell = load<Text>(at);
  if (!parse_date(cell, days)) [[unlikely]]
    raise_cell(scope, Fault::NotADate, cell, column);
  return days;
}
std::int64_t inlay_filter_cell_timestamp(Scope& scope, const std::byte* at, std::int32_t column) {
  std::int64_t microseconds = 0;
  const auto cell = load<Text>(at);
  if (!parse_timestamp(cell, microseconds)) [[unlikely]]
    raise_cell(scope, Fault::NotATimestamp, cell, column);
  return microseconds;
}

void inlay_filter_prefetch(const std::byte* at) { __builtin_prefetch(at); }

bool inlay_filter_valid_bit(const std::byte* validity, std::int64_t number) {
  return !validity || bit(validity, number);
}
bool inlay_filter_valid_flag(const std::byte* at, std::int32_t flag) { return load<std::uint8_t>(at + flag) != 0; }
bool inlay_filter_valid_address(const std::byte* at) { return load<const char*>(at) != nullptr; }

std::int64_t inlay_filter_index_int8(const std::byte* at, std::int64_t size) { return index<std::int8_t>(at, size); }
std::int64_t inlay_filter_index_int16(const std::byte* at, std::int64_t size) { return index<std::int16_t>(at, size); }
std::int64_t inlay_filter_index_int32(const std::byte* at, std::int64_t size) { return index<std::int32_t>(at, size); }
std::int64_t inlay_filter_index_int64(const std::byte* at, std::int64_t size) { return index<std::int64_t>(at, size); }
std::int64_t inlay_filter_index_uint8(const std::byte* at, std::int64_t size) { return index<std::uint8_t>(at, size); }
std::int64_t inlay_filter_index_uint16(const std::byte* at, std::int64_t size) {
  return index<std::uint16_t>(at, size);
}
std::int64_t inlay_filter_index_uint32(const std::byte* at, std::int64_t size) {
  return index<std::uint32_t>(at, size);
}
std::int64_t inlay_filter_index_uint64(const std::byte* at, std::int64_t size) {
  return index<std::uint64_t>(at, size);
}

}  // extern "C"

}  // namespace inlay::filter
