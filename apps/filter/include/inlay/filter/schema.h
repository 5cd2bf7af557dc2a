// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the rows of an input consist of, and how their values lie in memory. A kernel is compiled for the layouts of the
// columns it reads; where the values are, a Batch tells it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/type.h"
#include "inlay/id.h"

namespace inlay::filter {

struct ColumnTag;
using ColumnId = inlay::Id<ColumnTag>;

/// The form of one value in memory, at `values + row * stride` unless said otherwise.
enum class Storage : std::uint8_t {
  Bit,   // Boolean: bit number `offset + row` of the bytes at `values`, low bits first (Arrow)
  Byte,  // Boolean: one byte, 0 or 1
  Int8,  // Integer, as are the next ones
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,        // Integer; above 2^63-1 an error that names the row
  Float,         // Real
  Double,        // Real
  Days32,        // Date
  Days64,        // Date
  Milliseconds,  // Timestamp; Date where the schema says so (Arrow date64)
  Microseconds,  // Timestamp
  Nanoseconds,   // Timestamp, rounded down
  Seconds,       // Timestamp
  String,        // Text: a std::string
  View,          // Text: Text (address, then size)
  StringView,    // Text: a std::string_view (libstdc++: size, then address)
  Characters,    // Text: a const char* that ends with a zero byte; null is NULL
  Offsets32,     // Text: from `extra + values[row]` to `extra + values[row + 1]` (Arrow utf8)
  Offsets64,     // the same with 64 bits
  Cell,          // any type, as it was written: Text with data == nullptr for NULL; read as the column's type when used
  Accessor,      // any type: `values` is the row's object, a function of the registry yields the value
};

/// How a column tells which of its values are NULL.
enum class Validity : std::uint8_t {
  All,      // none is
  Bitmap,   // where bit number `offset + row` of the bytes at `validity` is 0 (Arrow)
  Flag,     // where the byte at `values + row * stride + flag` is 0 (std::optional)
  InValue,  // Cell and Characters: where the address is null
};

struct Column {
  std::string name;
  Type type = Type::Text;
  Storage storage = Storage::Cell;
  Validity validity = Validity::InValue;
  std::uint32_t stride = 0;  // bytes from one row's value to the next; known when kernels are made
  std::int32_t flag = 0;     // Validity::Flag: bytes from the value to its flag
  bool dictionary =
      false;  // values are those of a dictionary of this layout, chosen by `indices` (signed or not, see below)
  Storage indices = Storage::Int32;  // dictionary: Int8 to UInt64, as the rows hold them
  std::string accessor = {};         // Accessor: the name of the function in the registry

  friend bool operator==(const Column&, const Column&) = default;
};

/// The columns by number (ids count from 1 in the order of adding) and by name.
class Schema {
 public:
  ColumnId add(Column column);
  const Column& operator[](ColumnId id) const { return columns_[id.value - 1]; }
  std::span<const Column> columns() const { return columns_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(columns_.size()); }

  /// By exact name; else, as SQL, without regard to ASCII case if only one name is equal then.
  std::optional<ColumnId> find(std::string_view name) const;
  /// The name that is nearest to a misspelt one, if one is near.
  std::optional<std::string> suggestion(std::string_view name) const;

 private:
  std::vector<Column> columns_;
};

}  // namespace inlay::filter
