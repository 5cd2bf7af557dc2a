// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How columns are read: by the functions of runtime/loads.h, with all that the schema tells as constants.
#include "compile/row.h"

namespace inlay::filter {

using ir::Bool;
using ir::F64;
using ir::I32;
using ir::I64;
using ir::I8;
using ir::Ptr;
using ir::TypeId;

namespace {

// Fields of ColumnData, in order.
enum : std::uint32_t { Values, Extra, ValidityBits, Offset, Dictionary, DictionarySize };

bool has_offsets(Storage storage) { return storage == Storage::Offsets32 || storage == Storage::Offsets64; }

struct Reader {
  std::string_view symbol;
  bool raises = false;  // takes the scope first
};

/// Of values that take nothing but their address.
Reader reader_of(const Column& column) {
  switch (column.storage) {
    case Storage::Byte:
      return {"inlay_filter_load_byte"};
    case Storage::Int8:
      return {"inlay_filter_load_int8"};
    case Storage::Int16:
      return {"inlay_filter_load_int16"};
    case Storage::Int32:
      return {"inlay_filter_load_int32"};
    case Storage::Int64:
      return {"inlay_filter_load_int64"};
    case Storage::UInt8:
      return {"inlay_filter_load_uint8"};
    case Storage::UInt16:
      return {"inlay_filter_load_uint16"};
    case Storage::UInt32:
      return {"inlay_filter_load_uint32"};
    case Storage::UInt64:
      return {"inlay_filter_load_uint64", true};
    case Storage::Float:
      return {"inlay_filter_load_float"};
    case Storage::Double:
      return {"inlay_filter_load_double"};
    case Storage::Days32:
      return {"inlay_filter_load_days32"};
    case Storage::Days64:
      return {"inlay_filter_load_days64"};
    case Storage::Milliseconds:
      if (column.type == Type::Date) return {"inlay_filter_load_milliseconds_as_days"};
      return {"inlay_filter_load_milliseconds", true};
    case Storage::Microseconds:
      return {"inlay_filter_load_microseconds"};
    case Storage::Nanoseconds:
      return {"inlay_filter_load_nanoseconds"};
    case Storage::Seconds:
      return {"inlay_filter_load_seconds", true};
    case Storage::String:
      return {"inlay_filter_load_string"};
    case Storage::View:
      return {"inlay_filter_load_view"};
    case Storage::StringView:
      return {"inlay_filter_load_string_view"};
    case Storage::Characters:
      return {"inlay_filter_load_characters"};
    case Storage::Bit:
    case Storage::Offsets32:
    case Storage::Offsets64:
    case Storage::Cell:
    case Storage::Accessor:
      break;
  }
  return {};
}

struct IndexReader {
  std::string_view symbol;
  std::uint32_t bytes;
};

IndexReader index_reader_of(Storage indices) {
  switch (indices) {
    case Storage::Int8:
      return {"inlay_filter_index_int8", 1};
    case Storage::Int16:
      return {"inlay_filter_index_int16", 2};
    case Storage::Int64:
      return {"inlay_filter_index_int64", 8};
    case Storage::UInt8:
      return {"inlay_filter_index_uint8", 1};
    case Storage::UInt16:
      return {"inlay_filter_index_uint16", 2};
    case Storage::UInt32:
      return {"inlay_filter_index_uint32", 4};
    case Storage::UInt64:
      return {"inlay_filter_index_uint64", 8};
    default:
      return {"inlay_filter_index_int32", 4};
  }
}

/// Whether reading it must wait until it is known to be there: it may raise, or follows an address.
bool needs_validity_first(const Column& column) {
  switch (column.storage) {
    case Storage::Cell:
      return column.type != Type::Text;
    case Storage::Accessor:
    case Storage::Characters:
      return true;
    default:
      return reader_of(column).raises;
  }
}

}  // namespace

ir::Value RowEmitter::column_field(ir::Value column, std::uint32_t field, TypeId type) {
  return b_.load(type, b_.field(column_type_, column, field));
}

void RowEmitter::begin_column(ColumnId id) {
  const Column& column = (*program_.schema)[id];
  const ir::Value at = b_.at_index(m_.array(column_type_, program_.schema->size()), columns_, id.value - 1);
  if (bases_.size() <= id.value) bases_.resize(id.value + std::size_t{1});
  Base& base = bases_[id.value];
  const bool bitmap = column.validity == Validity::Bitmap && bitmaps_;
  base.values = column_field(at, Values, Ptr);
  if (bitmap) base.validity = column_field(at, ValidityBits, Ptr);
  if (bitmap || column.storage == Storage::Bit) base.offset = column_field(at, Offset, I64);
  if (!column.dictionary) {
    if (has_offsets(column.storage)) base.extra = column_field(at, Extra, Ptr);
    return;
  }
  // Without a dictionary there are no entries either: then its fields are read from somewhere, and not used.
  base.dictionary_size = column_field(at, DictionarySize, I64);
  const ir::Value there = column_field(at, Dictionary, Ptr);
  const ir::Value dictionary = b_.select(b_.binary(ir::Op::Eq, Ptr, there, m_.null()), at, there);
  base.entries = column_field(dictionary, Values, Ptr);
  if (has_offsets(column.storage)) base.entries_extra = column_field(dictionary, Extra, Ptr);
  if (bitmap) base.entries_validity = column_field(dictionary, ValidityBits, Ptr);
  if (bitmap || column.storage == Storage::Bit) base.entries_offset = column_field(dictionary, Offset, I64);
}

namespace {

/// Rows that are two lines of a cache or longer: pages end every few rows, and what the processor fetches ahead ends
/// with a page.
bool is_far_apart(const Column& column) { return !column.dictionary && column.stride >= 128; }

}  // namespace

void RowEmitter::prefetch(ir::Value row) {
  for (const ColumnId id : program_.columns) {
    const Column& column = (*program_.schema)[id];
    if (!is_far_apart(column)) continue;
    const auto stride = static_cast<std::int64_t>(column.stride);
    const ir::Value at = b_.offset(I8, bases_[id.value].values, b_.binary(ir::Op::Mul, I64, row, stride));
    call_runtime("inlay_filter_prefetch", {Ptr}, ir::Void, {at});
  }
}

ir::Value RowEmitter::row_invalid(const Column& column, const Base& base) {
  if (column.validity != Validity::Bitmap || !bitmaps_) return {};
  return negated(call_runtime("inlay_filter_valid_bit", {Ptr, I64}, Bool, {base.validity, b_.add(base.offset, row_)}));
}

/// The number of the row's entry, -1 if it has none. Indices lie one after the other, whatever the stride of values.
ir::Value RowEmitter::entry_of(const Column& column, const Base& base) {
  const IndexReader reader = index_reader_of(column.indices);
  const ir::Value at = b_.offset(I8, base.values, b_.binary(ir::Op::Mul, I64, row_, reader.bytes));
  return call_runtime(reader.symbol, {Ptr, I64}, I64, {at, base.dictionary_size});
}

Held RowEmitter::load(ColumnId id) {
  const Column& column = (*program_.schema)[id];
  const Base& base = bases_[id.value];
  if (!column.dictionary)
    return load_at({&column, id.value, base.values, base.extra, base.validity, base.offset, row_});
  const ir::Value invalid = row_invalid(column, base);
  const ir::Value entry = entry_of(column, base);
  const ir::Value null = any(invalid, b_.binary(ir::Op::Lt, I64, entry, 0));
  const TypeId value_type = type(column.type);
  const ir::BlockId wanted = b_.block(), after = b_.block({value_type, Bool});
  const ir::Operand nothing[] = {m_.zero(value_type), m_.boolean(true)};
  b_.branch(null, {after, nothing}, wanted);
  b_.start(wanted);
  const Held held =
      load_at({&column, id.value, base.entries, base.entries_extra, base.entries_validity, base.entries_offset, entry});
  b_.jump(after, {held.value, held.null ? held.null : m_.boolean(false)});
  b_.start(after);
  return {b_.parameter(after, 0), b_.parameter(after, 1)};
}

Held RowEmitter::load_at(const Place& place) {
  const std::optional<ir::Value> null = invalid(place);
  if (!null) return {load_value(place), {}};
  if (!needs_validity_first(*place.column)) return {load_value(place), *null};
  const TypeId value_type = type(place.column->type);
  const ir::BlockId wanted = b_.block(), after = b_.block({value_type});
  const ir::Operand zero[] = {m_.zero(value_type)};
  b_.branch(*null, {after, zero}, wanted);
  b_.start(wanted);
  b_.jump(after, {load_value(place)});
  b_.start(after);
  return {b_.parameter(after, 0), *null};
}

/// Whether the value is not there; nothing where it always is.
std::optional<ir::Value> RowEmitter::invalid(const Place& place) {
  const auto stride = static_cast<std::int64_t>(place.column->stride);
  const auto at = [&] { return b_.offset(I8, place.values, b_.binary(ir::Op::Mul, I64, place.row, stride)); };
  switch (place.column->validity) {
    case Validity::All:
      return std::nullopt;
    case Validity::Bitmap:
      if (!bitmaps_) return std::nullopt;
      return negated(
          call_runtime("inlay_filter_valid_bit", {Ptr, I64}, Bool, {place.validity, b_.add(place.offset, place.row)}));
    case Validity::Flag:
      return negated(
          call_runtime("inlay_filter_valid_flag", {Ptr, I32}, Bool, {at(), m_.integer(I32, place.column->flag)}));
    case Validity::InValue:
      return negated(call_runtime("inlay_filter_valid_address", {Ptr}, Bool, {at()}));
  }
  return std::nullopt;
}

ir::Value RowEmitter::load_value(const Place& place) {
  const Column& column = *place.column;
  const TypeId result = type(column.type);
  switch (column.storage) {
    case Storage::Bit:
      return call_runtime("inlay_filter_load_bit", {Ptr, I64}, Bool, {place.values, b_.add(place.offset, place.row)});
    case Storage::Offsets32:
    case Storage::Offsets64:
      return call_runtime(
          column.storage == Storage::Offsets32 ? "inlay_filter_load_offsets32" : "inlay_filter_load_offsets64",
          {Ptr, Ptr, I64}, text_, {place.values, place.extra, place.row});
    default:
      break;
  }
  const ir::Value at =
      b_.offset(I8, place.values, b_.binary(ir::Op::Mul, I64, place.row, static_cast<std::int64_t>(column.stride)));
  if (column.storage == Storage::Cell) return load_cell(place, at);
  if (column.storage == Storage::Accessor) return load_accessor(place, at);
  const Reader reader = reader_of(column);
  if (!reader.raises) return call_runtime(reader.symbol, {Ptr}, result, {at});
  const ir::Value value = call_runtime(reader.symbol, {Ptr, Ptr}, result, {scope_, at});
  leave_if_raised();
  return value;
}

ir::Value RowEmitter::load_cell(const Place& place, ir::Value at) {
  const auto read = [&](std::string_view symbol) {
    const ir::Value value = call_runtime(symbol, {Ptr, Ptr, I32}, type(place.column->type),
                                         {scope_, at, m_.integer(I32, static_cast<std::int32_t>(place.number))});
    leave_if_raised();
    return value;
  };
  switch (place.column->type) {
    case Type::Boolean:
      return read("inlay_filter_cell_boolean");
    case Type::Integer:
      return read("inlay_filter_cell_integer");
    case Type::Real:
      return read("inlay_filter_cell_real");
    case Type::Date:
      return read("inlay_filter_cell_date");
    case Type::Timestamp:
      return read("inlay_filter_cell_timestamp");
    case Type::Text:
      break;
  }
  return call_runtime("inlay_filter_load_view", {Ptr}, text_, {at});
}

/// The accessor gets the row's object, behind a scope if it may raise.
ir::Value RowEmitter::load_accessor(const Place& place, ir::Value at) {
  for (const Function& function : program_.registry->functions()) {
    if (function.name != place.column->accessor) continue;
    const TypeId result = type(place.column->type);
    if (!function.traits.raises && !function.traits.allocates)
      return call_runtime(function.symbol, {Ptr}, result, {at});
    const ir::Value value = call_runtime(function.symbol, {Ptr, Ptr}, result, {scope_, at});
    leave_if_raised();
    return value;
  }
  m_.fail(Error(ErrorKind::NotFound, "the registry has no accessor '" + place.column->accessor + "'"));
  return m_.zero(type(place.column->type));
}

}  // namespace inlay::filter
