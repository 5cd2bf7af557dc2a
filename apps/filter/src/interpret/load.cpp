// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "interpret/load.h"

#include "interpret/interpret.h"
#include "runtime/loads.h"
#include "runtime/stored.h"

namespace inlay::filter {

namespace {

// How the value itself is read, given that there is one.

const std::byte* address(const ColumnLoad& load, const ColumnData& data, std::int64_t row) {
  return data.values + row * static_cast<std::int64_t>(load.stride);
}

template <auto F>
struct Plain {
  static void get(const ColumnLoad& load, const ColumnData& data, std::int64_t row, Scope&, Slot& result) {
    detail::to_slot(result, F(address(load, data, row)));
  }
};

template <auto F>
struct Raising {
  static void get(const ColumnLoad& load, const ColumnData& data, std::int64_t row, Scope& scope, Slot& result) {
    detail::to_slot(result, F(scope, address(load, data, row)));
  }
};

template <auto F>
struct FromCell {
  static void get(const ColumnLoad& load, const ColumnData& data, std::int64_t row, Scope& scope, Slot& result) {
    detail::to_slot(result, F(scope, address(load, data, row), static_cast<std::int32_t>(load.column)));
  }
};

template <auto F>
struct FromOffsets {
  static void get(const ColumnLoad&, const ColumnData& data, std::int64_t row, Scope&, Slot& result) {
    detail::to_slot(result, F(data.values, data.extra, row));
  }
};

struct FromBit {
  static void get(const ColumnLoad&, const ColumnData& data, std::int64_t row, Scope&, Slot& result) {
    detail::to_slot(result, inlay_filter_load_bit(data.values, data.offset + row));
  }
};

struct FromAccessor {
  static void get(const ColumnLoad& load, const ColumnData& data, std::int64_t row, Scope& scope, Slot& result) {
    load.accessor(scope, nullptr, address(load, data, row), result);
  }
};

// Whether there is a value.

struct Always {
  static bool is(const ColumnLoad&, const ColumnData&, std::int64_t) { return true; }
};

struct ByBitmap {
  static bool is(const ColumnLoad&, const ColumnData& data, std::int64_t row) {
    return inlay_filter_valid_bit(data.validity, data.offset + row);
  }
};

struct ByFlag {
  static bool is(const ColumnLoad& load, const ColumnData& data, std::int64_t row) {
    return inlay_filter_valid_flag(address(load, data, row), load.flag);
  }
};

struct ByAddress {
  static bool is(const ColumnLoad& load, const ColumnData& data, std::int64_t row) {
    return inlay_filter_valid_address(address(load, data, row));
  }
};

void set_null(Slot& result) {
  result.text = Text();
  result.null = true;
}

template <class Valid, class Read>
void load_value(const ColumnLoad& load, const ColumnData& data, std::int64_t row, Scope& scope, Slot& result) {
  if (!Valid::is(load, data, row)) return set_null(result);
  result.null = false;
  Read::get(load, data, row, scope, result);
}

void load_entry(const ColumnLoad& load, const ColumnData& data, std::int64_t row, Scope& scope, Slot& result) {
  const std::int64_t entry = dictionary_entry(load, data, row);
  if (entry < 0) return set_null(result);
  load.entry(load, *data.dictionary, entry, scope, result);
}

template <LoadFunction One>
void load_rows(const ColumnLoad& load, const ColumnData& data, const std::int64_t* row_of, const std::uint8_t* rows,
               std::uint32_t count, Scope& scope, Slot* results) {
  for (std::uint32_t i = 0; i != count; ++i) One(load, data, row_of[rows[i]], scope, results[rows[i]]);
}

struct Loads {
  LoadFunction one = nullptr;
  LoadRowsFunction rows = nullptr;
};

template <LoadFunction One>
constexpr Loads Both{One, &load_rows<One>};

template <class Read>
Loads with_validity(Validity validity) {
  switch (validity) {
    case Validity::All:
      return Both<&load_value<Always, Read>>;
    case Validity::Bitmap:
      return Both<&load_value<ByBitmap, Read>>;
    case Validity::Flag:
      return Both<&load_value<ByFlag, Read>>;
    case Validity::InValue:
      return Both<&load_value<ByAddress, Read>>;
  }
  return {};
}

Loads cell_of(Type type, Validity validity) {
  switch (type) {
    case Type::Boolean:
      return with_validity<FromCell<&inlay_filter_cell_boolean>>(validity);
    case Type::Integer:
      return with_validity<FromCell<&inlay_filter_cell_integer>>(validity);
    case Type::Real:
      return with_validity<FromCell<&inlay_filter_cell_real>>(validity);
    case Type::Text:
      return with_validity<Plain<&inlay_filter_load_view>>(validity);
    case Type::Date:
      return with_validity<FromCell<&inlay_filter_cell_date>>(validity);
    case Type::Timestamp:
      return with_validity<FromCell<&inlay_filter_cell_timestamp>>(validity);
  }
  return {};
}

Loads value_of(const Column& column) {
  const Validity v = column.validity;
  switch (column.storage) {
    case Storage::Bit:
      return with_validity<FromBit>(v);
    case Storage::Byte:
      return with_validity<Plain<&inlay_filter_load_byte>>(v);
    case Storage::Int8:
      return with_validity<Plain<&inlay_filter_load_int8>>(v);
    case Storage::Int16:
      return with_validity<Plain<&inlay_filter_load_int16>>(v);
    case Storage::Int32:
      return with_validity<Plain<&inlay_filter_load_int32>>(v);
    case Storage::Int64:
      return with_validity<Plain<&inlay_filter_load_int64>>(v);
    case Storage::UInt8:
      return with_validity<Plain<&inlay_filter_load_uint8>>(v);
    case Storage::UInt16:
      return with_validity<Plain<&inlay_filter_load_uint16>>(v);
    case Storage::UInt32:
      return with_validity<Plain<&inlay_filter_load_uint32>>(v);
    case Storage::UInt64:
      return with_validity<Raising<&inlay_filter_load_uint64>>(v);
    case Storage::Float:
      return with_validity<Plain<&inlay_filter_load_float>>(v);
    case Storage::Double:
      return with_validity<Plain<&inlay_filter_load_double>>(v);
    case Storage::Days32:
      return with_validity<Plain<&inlay_filter_load_days32>>(v);
    case Storage::Days64:
      return with_validity<Plain<&inlay_filter_load_days64>>(v);
    case Storage::Milliseconds:
      if (column.type == Type::Date) return with_validity<Plain<&inlay_filter_load_milliseconds_as_days>>(v);
      return with_validity<Raising<&inlay_filter_load_milliseconds>>(v);
    case Storage::Microseconds:
      return with_validity<Plain<&inlay_filter_load_microseconds>>(v);
    case Storage::Nanoseconds:
      return with_validity<Plain<&inlay_filter_load_nanoseconds>>(v);
    case Storage::Seconds:
      return with_validity<Raising<&inlay_filter_load_seconds>>(v);
    case Storage::String:
      return with_validity<Plain<&inlay_filter_load_string>>(v);
    case Storage::View:
      return with_validity<Plain<&inlay_filter_load_view>>(v);
    case Storage::StringView:
      return with_validity<Plain<&inlay_filter_load_string_view>>(v);
    case Storage::Characters:
      return with_validity<Plain<&inlay_filter_load_characters>>(v);
    case Storage::Offsets32:
      return with_validity<FromOffsets<&inlay_filter_load_offsets32>>(v);
    case Storage::Offsets64:
      return with_validity<FromOffsets<&inlay_filter_load_offsets64>>(v);
    case Storage::Cell:
      return cell_of(column.type, v);
    case Storage::Accessor:
      return with_validity<FromAccessor>(v);
  }
  return {};
}

bool load_raises(const Column& column, const Function* accessor) {
  if (column.storage != Storage::Accessor) return stored_value_raises(column);
  return accessor && (accessor->traits.raises || accessor->traits.allocates);
}

void set_index(ColumnLoad& load, Storage indices) {
  auto set = [&](IndexFunction function, std::uint32_t size) {
    load.index = function;
    load.index_size = size;
  };
  switch (indices) {
    case Storage::Int8:
      return set(&inlay_filter_index_int8, 1);
    case Storage::Int16:
      return set(&inlay_filter_index_int16, 2);
    case Storage::Int64:
      return set(&inlay_filter_index_int64, 8);
    case Storage::UInt8:
      return set(&inlay_filter_index_uint8, 1);
    case Storage::UInt16:
      return set(&inlay_filter_index_uint16, 2);
    case Storage::UInt32:
      return set(&inlay_filter_index_uint32, 4);
    case Storage::UInt64:
      return set(&inlay_filter_index_uint64, 8);
    default:
      return set(&inlay_filter_index_int32, 4);
  }
}

}  // namespace

std::int64_t dictionary_entry(const ColumnLoad& load, const ColumnData& data, std::int64_t row) {
  if (load.row_validity && !inlay_filter_valid_bit(data.validity, data.offset + row)) return -1;
  return load.index(data.values + row * static_cast<std::int64_t>(load.index_size), data.dictionary_size);
}

ColumnLoad make_load(const Schema& schema, const Registry& registry, ColumnId id) {
  const Column& column = schema[id];
  ColumnLoad load;
  load.column = id.value;
  load.stride = column.stride;
  load.flag = column.flag;
  const Function* accessor = nullptr;
  if (column.storage == Storage::Accessor) {
    for (const Function& function : registry.functions())
      if (function.name == column.accessor) accessor = &function;
    if (accessor) load.accessor = accessor->call;
  }
  load.raises = load_raises(column, accessor);
  const Loads loads = value_of(column);
  load.function = loads.one;
  load.rows = loads.rows;
  if (column.dictionary) {
    load.entry = load.function;
    load.function = &load_entry;
    load.rows = &load_rows<&load_entry>;
    load.row_validity = column.validity == Validity::Bitmap;
    set_index(load, column.indices);
  }
  return load;
}

void load_column(const Schema& schema, const Registry& registry, ColumnId column, const ColumnData& data,
                 std::int64_t row, Scope& scope, Slot& result) {
  const ColumnLoad load = make_load(schema, registry, column);
  load.function(load, data, row, scope, result);
}

}  // namespace inlay::filter
