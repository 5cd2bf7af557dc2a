// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows for tests: columns of every storage and every validity, with values from small sets, so that tests meet.
#pragma once

#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/schema.h"
#include "inlay/filter/value.h"

namespace inlay::filter::testing {

/// A type, and a storage that it may have; all that there are, but for dictionaries and accessors.
struct Form {
  Type type;
  Storage storage;
};
inline constexpr Form Forms[] = {
    {Type::Boolean, Storage::Bit},
    {Type::Boolean, Storage::Byte},
    {Type::Boolean, Storage::Cell},
    {Type::Integer, Storage::Int8},
    {Type::Integer, Storage::Int16},
    {Type::Integer, Storage::Int32},
    {Type::Integer, Storage::Int64},
    {Type::Integer, Storage::UInt8},
    {Type::Integer, Storage::UInt16},
    {Type::Integer, Storage::UInt32},
    {Type::Integer, Storage::UInt64},
    {Type::Integer, Storage::Cell},
    {Type::Real, Storage::Float},
    {Type::Real, Storage::Double},
    {Type::Real, Storage::Cell},
    {Type::Text, Storage::String},
    {Type::Text, Storage::View},
    {Type::Text, Storage::StringView},
    {Type::Text, Storage::Characters},
    {Type::Text, Storage::Offsets32},
    {Type::Text, Storage::Offsets64},
    {Type::Text, Storage::Cell},
    {Type::Date, Storage::Days32},
    {Type::Date, Storage::Days64},
    {Type::Date, Storage::Milliseconds},
    {Type::Date, Storage::Cell},
    {Type::Timestamp, Storage::Milliseconds},
    {Type::Timestamp, Storage::Seconds},
    {Type::Timestamp, Storage::Nanoseconds},
    {Type::Timestamp, Storage::Microseconds},
    {Type::Timestamp, Storage::Cell},
};

/// Values that are not one behind the other at a distance: no flag can stand beside them.
inline bool is_packed(Storage storage) {
  return storage == Storage::Bit || storage == Storage::Offsets32 || storage == Storage::Offsets64;
}

class RandomRows {
 public:
  RandomRows(std::uint64_t seed, std::int64_t rows) : random_(seed), rows_(rows) {}

  /// A column as described, of values that fit it. Its name is `c` and a number, unless it has one. Cells that cannot
  /// be read are one in `bad`; 0: none are.
  ColumnId add(Column column, unsigned bad = 0) {
    if (column.name.empty()) column.name = "c" + std::to_string(schema.size() + 1);
    bad_ = bad;
    column.stride = size_of(column.storage);
    if (column.validity == Validity::Flag) {
      column.flag = static_cast<std::int32_t>(column.stride);
      column.stride += 8;
    }
    if (column.dictionary) {
      const std::int64_t entries = 1 + static_cast<std::int64_t>(below(9));
      dictionaries_.push_back(fill(column, entries, nullptr));
      ColumnData data;
      data.dictionary = &dictionaries_.back();
      data.dictionary_size = entries;
      indices(column, data);
      columns_.push_back(data);
      // Which rows are NULL, and what they hold, is the interpreter's to say.
      values.emplace_back();
    } else {
      values.emplace_back();
      columns_.push_back(fill(column, rows_, &values.back()));
    }
    return schema.add(column);
  }

  Batch batch() const { return {.rows = rows_, .columns = columns_}; }
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  std::mt19937_64& random() { return random_; }

  Value value(Type type) {
    switch (type) {
      case Type::Boolean:
        return Value::of(below(2) != 0);
      case Type::Integer:
        if (below(30) == 0)
          return Value::of(below(2) != 0 ? std::numeric_limits<std::int64_t>::max()
                                         : std::numeric_limits<std::int64_t>::min());
        return Value::of(static_cast<std::int64_t>(below(14)) - 2);
      case Type::Real: {
        constexpr double Reals[] = {0.0,
                                    -0.0,
                                    1,
                                    -1.5,
                                    2.5,
                                    3,
                                    7,
                                    1e300,
                                    -1e300,
                                    std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN()};
        return Value::of(Reals[below(std::size(Reals))]);
      }
      case Type::Text: {
        static const std::string Texts[] = {"",
                                            "a",
                                            "ab",
                                            "abc",
                                            "b",
                                            "ba",
                                            "aba",
                                            "a%b",
                                            "555-1",
                                            "555-23",
                                            "\xC3\xA9t\xC3\xA9",
                                            "\xFF"
                                            "a",
                                            "12",
                                            "true",
                                            "2024-02-29",
                                            "a longer text that ends with ab",
                                            "Ab"};
        return Value::of(Texts[below(std::size(Texts))]);
      }
      case Type::Date:
        return Value::of(Date{static_cast<std::int64_t>(below(6)) * 20 + 19000});
      case Type::Timestamp:
        return Value::of(Timestamp{(static_cast<std::int64_t>(below(6)) * 86400 + 19000 * 86400LL) * 1000000});
    }
    return {};
  }

  Schema schema;
  std::vector<std::vector<Value>> values;  // by column, what was put in; a bad cell is Text

 private:
  static std::uint32_t size_of(Storage storage) {
    switch (storage) {
      case Storage::Bit:
      case Storage::Byte:
      case Storage::Int8:
      case Storage::UInt8:
        return 1;
      case Storage::Int16:
      case Storage::UInt16:
        return 2;
      case Storage::Int32:
      case Storage::UInt32:
      case Storage::Float:
      case Storage::Days32:
      case Storage::Offsets32:
        return 4;
      case Storage::String:
        return sizeof(std::string);
      case Storage::View:
      case Storage::StringView:
      case Storage::Cell:
        return 16;
      default:
        return 8;
    }
  }

  std::byte* memory(std::size_t size) {
    // Bytes, not std::max_align_t, whose padding g++ leaves as it was.
    return memory_.emplace_back(std::make_unique<std::byte[]>(size + 64)).get();
  }

  Text keep(std::string text) { return Text(std::string_view(texts_.emplace_back(std::move(text)))); }

  ColumnData fill(const Column& column, std::int64_t rows, std::vector<Value>* truth) {
    ColumnData data;
    data.offset = static_cast<std::int64_t>(below(12));
    std::byte* values = memory(static_cast<std::size_t>((rows + 24) * (column.stride + 8)));
    data.values = values;
    std::byte* bits = nullptr;
    if (column.validity == Validity::Bitmap && below(8) != 0) bits = memory(static_cast<std::size_t>(rows + 24));
    data.validity = bits;
    std::string* characters = &texts_.emplace_back();
    for (std::int64_t row = 0; row != rows; ++row) {
      Value value = fitting(column);
      const bool can_be_null = column.validity == Validity::Bitmap ? bits != nullptr : column.validity != Validity::All;
      if (can_be_null && below(4) == 0) value = Value::null_of(column.type);
      const std::int64_t bit = data.offset + row;
      if (bits && !value.null) bits[bit / 8] |= std::byte(1 << bit % 8);
      std::byte* at = values + row * column.stride;
      if (column.validity == Validity::Flag) at[column.flag] = std::byte(!value.null);
      if (column.storage == Storage::Bit) {
        if (!value.null && value.bits) values[bit / 8] |= std::byte(1 << bit % 8);
      } else if (column.storage == Storage::Offsets32 || column.storage == Storage::Offsets64) {
        put_offset(column, values, row, static_cast<std::int64_t>(characters->size()));
        if (!value.null) *characters += value.text;
        put_offset(column, values, row + 1, static_cast<std::int64_t>(characters->size()));
      } else {
        put(column, value, at);
      }
      if (truth) truth->push_back(value);
    }
    data.extra = reinterpret_cast<const std::byte*>(characters->data());
    return data;
  }

  static void put_offset(const Column& column, std::byte* values, std::int64_t number, std::int64_t offset) {
    if (column.storage == Storage::Offsets32) {
      const auto narrow = static_cast<std::int32_t>(offset);
      std::memcpy(values + number * 4, &narrow, 4);
    } else {
      std::memcpy(values + number * 8, &offset, 8);
    }
  }

  /// A value that the storage can hold.
  Value fitting(const Column& column) {
    Value value = this->value(column.type);
    if (column.storage == Storage::Cell && column.type != Type::Text && bad_ != 0 && below(bad_) == 0)
      return Value::of(
          std::string("no"
                      "t it"));
    if (column.type == Type::Integer && column.storage != Storage::Int64 && column.storage != Storage::Cell) {
      value.bits = static_cast<std::int64_t>(below(12));
    }
    if (column.storage == Storage::Float) value.real = static_cast<double>(static_cast<float>(value.real));
    return value;
  }

  template <class T>
  static void write(std::byte* at, T value) {
    std::memcpy(at, &value, sizeof value);
  }

  void put(const Column& column, const Value& value, std::byte* at) {
    const std::int64_t bits = value.bits;
    switch (column.storage) {
      case Storage::Byte:
      case Storage::Int8:
      case Storage::UInt8:
        return write(at, static_cast<std::int8_t>(bits));
      case Storage::Int16:
      case Storage::UInt16:
        return write(at, static_cast<std::int16_t>(bits));
      case Storage::Int32:
      case Storage::UInt32:
      case Storage::Days32:
        return write(at, static_cast<std::int32_t>(bits));
      case Storage::Float:
        return write(at, static_cast<float>(value.real));
      case Storage::Double:
        return write(at, value.real);
      case Storage::Milliseconds:
        return write(at, column.type == Type::Date ? bits * 86400000 : bits / 1000);
      case Storage::Nanoseconds:
        return write(at, bits * 1000);
      case Storage::Seconds:
        return write(at, bits / 1000000);
      case Storage::String:
        strings_.push_back(std::unique_ptr<std::string, Destroy>(new (at) std::string(value.text)));
        return;
      case Storage::View:
        return write(at, value.null ? Text("", 0) : keep(value.text));
      case Storage::StringView:
        return write(at, std::string_view(value.null ? Text("", 0) : keep(value.text)));
      case Storage::Characters:
        return write(at, value.null ? nullptr : keep(value.text + '\0').data);
      case Storage::Cell:
        return write(at, value.null ? Text() : keep(spelling(column, value)));
      default:
        return write(at, bits);
    }
  }

  static std::string spelling(const Column& column, const Value& value) {
    if (value.type == Type::Text) return value.text;
    if (column.type == Type::Boolean) return value.bits ? "true" : "false";
    std::string text = to_string(value);
    // Dates, times and reals that are no numbers: what stands in the quotes.
    if (const std::size_t begin = text.find('\''); begin != std::string::npos)
      text = text.substr(begin + 1, text.rfind('\'') - begin - 1);
    return text;
  }

  void indices(const Column& column, ColumnData& data) {
    const std::uint32_t size = size_of(column.indices);
    std::byte* at = memory(static_cast<std::size_t>(rows_) * size + 8);
    data.values = at;
    data.offset = static_cast<std::int64_t>(below(12));
    std::byte* bits = nullptr;
    if (column.validity == Validity::Bitmap) bits = memory(static_cast<std::size_t>(rows_ + 24));
    data.validity = bits;
    for (std::int64_t row = 0; row != rows_; ++row, at += size) {
      // Now and then one that is beyond the end, or below the begin.
      const std::int64_t index =
          static_cast<std::int64_t>(below(static_cast<std::uint64_t>(data.dictionary_size) + 2)) - (below(9) == 0);
      std::memcpy(at, &index, size);
      const std::int64_t bit = data.offset + row;
      if (bits && below(5) != 0) bits[bit / 8] |= std::byte(1 << bit % 8);
    }
  }

  struct Destroy {
    void operator()(std::string* string) const { string->~basic_string(); }
  };

  std::mt19937_64 random_;
  std::int64_t rows_;
  unsigned bad_ = 0;
  std::vector<ColumnData> columns_;
  std::deque<ColumnData> dictionaries_;
  std::deque<std::string> texts_;
  std::vector<std::unique_ptr<std::byte[]>> memory_;
  std::vector<std::unique_ptr<std::string, Destroy>> strings_;  // after memory_: they go first
};

}  // namespace inlay::filter::testing
