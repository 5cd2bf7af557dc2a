// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The Arrow C Data Interface, from its specification: format strings, buffers, offsets.
#include "inlay/filter/arrow.h"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inlay::filter {

namespace {

Error refused(std::string_view what, const char* column) {
  std::string message = "Arrow array: ";
  message += what;
  if (column && *column) message += std::string(" in column '") + column + "'";
  return {ErrorKind::InvalidArgument, std::move(message)};
}

/// Bytes of one value; 0 for bits and for what has offsets.
std::uint32_t width_of(Storage storage) {
  switch (storage) {
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
    case Storage::Bit:
      return 0;
    default:
      return 8;
  }
}

/// More rows than a Selection can number, and far more than addresses can be computed of.
constexpr std::int64_t MostRows = 0xffffffff;
constexpr std::int64_t MostElements = std::int64_t{1} << 56;

bool has_offsets(Storage storage) { return storage == Storage::Offsets32 || storage == Storage::Offsets64; }

struct Form {
  Type type;
  Storage storage;
};

std::optional<Form> form_of(std::string_view format) {
  if (format.size() == 1) {
    switch (format[0]) {
      case 'b':
        return Form{Type::Boolean, Storage::Bit};
      case 'c':
        return Form{Type::Integer, Storage::Int8};
      case 'C':
        return Form{Type::Integer, Storage::UInt8};
      case 's':
        return Form{Type::Integer, Storage::Int16};
      case 'S':
        return Form{Type::Integer, Storage::UInt16};
      case 'i':
        return Form{Type::Integer, Storage::Int32};
      case 'I':
        return Form{Type::Integer, Storage::UInt32};
      case 'l':
        return Form{Type::Integer, Storage::Int64};
      case 'L':
        return Form{Type::Integer, Storage::UInt64};
      case 'f':
        return Form{Type::Real, Storage::Float};
      case 'g':
        return Form{Type::Real, Storage::Double};
      case 'u':
      case 'z':
        return Form{Type::Text, Storage::Offsets32};
      case 'U':
      case 'Z':
        return Form{Type::Text, Storage::Offsets64};
      default:
        return std::nullopt;
    }
  }
  if (format == "tdD") return Form{Type::Date, Storage::Days32};
  if (format == "tdm") return Form{Type::Date, Storage::Milliseconds};
  if (format.size() >= 4 && format.starts_with("ts") && format[3] == ':') {
    switch (format[2]) {
      case 's':
        return Form{Type::Timestamp, Storage::Seconds};
      case 'm':
        return Form{Type::Timestamp, Storage::Milliseconds};
      case 'u':
        return Form{Type::Timestamp, Storage::Microseconds};
      case 'n':
        return Form{Type::Timestamp, Storage::Nanoseconds};
      default:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

/// The column of a child, or none if no expression can use its type.
std::optional<Column> column_of(const ArrowSchema* schema) {
  if (!schema) return std::nullopt;
  const ArrowSchema& child = *schema;
  const ArrowSchema& values = child.dictionary ? *child.dictionary : child;
  if (!child.format || !values.format) return std::nullopt;
  std::optional<Form> form = form_of(values.format);
  if (!form || values.dictionary) return std::nullopt;
  Column column;
  column.name = child.name ? child.name : "";
  column.type = form->type;
  column.storage = form->storage;
  column.validity = Validity::Bitmap;
  column.stride = width_of(form->storage);
  if (child.dictionary) {
    std::optional<Form> indices = form_of(child.format);
    if (!indices || indices->type != Type::Integer) return std::nullopt;
    column.dictionary = true;
    column.indices = indices->storage;
  }
  return column;
}

/// Where the values of an array lie from its element `offset` on, of which `length` are wanted.
Result<ColumnData> data_of(const ArrowArray& array, Storage storage, std::int64_t offset, std::int64_t length,
                           const char* name) {
  const std::int64_t buffers = has_offsets(storage) ? 3 : 2;
  if (array.n_buffers != buffers || !array.buffers) return refused("has another number of buffers than its type", name);
  if (array.offset < 0 || array.offset > MostElements || array.length > MostElements)
    return refused("has an impossible length", name);
  if (array.length < 0 || length > array.length - offset) return refused("is shorter than it has to be", name);
  offset += array.offset;
  ColumnData data;
  data.offset = offset;
  if (array.null_count != 0) data.validity = static_cast<const std::byte*>(array.buffers[0]);
  if (array.null_count > 0 && !data.validity) return refused("has NULLs, but no bits for them", name);
  const auto* values = static_cast<const std::byte*>(array.buffers[1]);
  if (!values && length > 0) return refused("has no values", name);
  data.values = values && storage != Storage::Bit ? values + offset * width_of(storage) : values;
  if (has_offsets(storage)) {
    data.extra = static_cast<const std::byte*>(array.buffers[2]);
    static const std::byte nothing{};
    if (!data.extra) data.extra = &nothing;  // all texts are empty
    if (length > 0) {
      auto at = [&](std::int64_t row) {
        if (storage == Storage::Offsets64) {
          std::int64_t value;
          std::memcpy(&value, data.values + row * 8, 8);
          return value;
        }
        std::int32_t value;
        std::memcpy(&value, data.values + row * 4, 4);
        return std::int64_t{value};
      };
      if (at(0) < 0 || at(length) < at(0)) return refused("has offsets that decrease", name);
      if (!array.buffers[2] && at(length) > at(0)) return refused("has no characters", name);
    }
  }
  return data;
}

}  // namespace

Result<Schema> schema_of(const ArrowSchema& schema) {
  if (!schema.format || std::string_view(schema.format) != "+s")
    return Error(ErrorKind::InvalidArgument, std::string("Arrow schema: rows are a struct ('+s'), this is '") +
                                                 (schema.format ? schema.format : "") + "'");
  if (schema.n_children < 0 || (schema.n_children > 0 && !schema.children))
    return Error(ErrorKind::InvalidArgument, "Arrow schema: has no columns where it says that it has");
  Schema columns;
  for (std::int64_t i = 0; i < schema.n_children; ++i)
    if (std::optional<Column> column = column_of(schema.children[i])) columns.add(*std::move(column));
  return columns;
}

struct ArrowBatch::State {
  Batch batch;
  std::vector<ColumnData> columns;
  std::vector<ColumnData> dictionaries;  // reserved at once: columns point there
  ArrowArray owned{};

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (owned.release) owned.release(&owned);
  }
};

ArrowBatch::ArrowBatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArrowBatch::ArrowBatch(ArrowBatch&&) noexcept = default;
ArrowBatch& ArrowBatch::operator=(ArrowBatch&&) noexcept = default;
ArrowBatch::~ArrowBatch() = default;

const Batch& ArrowBatch::batch() const { return state_->batch; }

Result<ArrowBatch> ArrowBatch::of(const ArrowSchema& schema, const ArrowArray& array, std::int64_t first_row) {
  return look_into(schema, array, first_row, std::make_unique<State>());
}

Result<ArrowBatch> ArrowBatch::take(const ArrowSchema& schema, ArrowArray&& array, std::int64_t first_row) {
  auto state = std::make_unique<State>();
  state->owned = std::exchange(array, ArrowArray{});
  const ArrowArray& owned = state->owned;
  return look_into(schema, owned, first_row, std::move(state));
}

Result<ArrowBatch> ArrowBatch::look_into(const ArrowSchema& schema, const ArrowArray& array, std::int64_t first_row,
                                         std::unique_ptr<State> state) {
  if (!array.release) return refused("was released", nullptr);
  if (array.n_children != schema.n_children) return refused("has another number of columns than its schema", nullptr);
  if (array.n_children < 0 || (array.n_children > 0 && (!array.children || !schema.children)))
    return refused("has no columns where it says that it has", nullptr);
  if (array.offset < 0 || array.length < 0) return refused("has a negative length", nullptr);
  if (array.length > MostRows) return refused("has more than 4294967295 rows", nullptr);
  if (array.null_count > 0 || (array.null_count < 0 && array.n_buffers > 0 && array.buffers && array.buffers[0]))
    return refused("has rows that are NULL as a whole", nullptr);
  state->dictionaries.reserve(static_cast<std::size_t>(array.n_children));
  for (std::int64_t i = 0; i < array.n_children; ++i) {
    const std::optional<Column> column = column_of(schema.children[i]);
    if (!column) continue;
    if (!array.children[i]) return refused("is not there", schema.children[i]->name);
    const ArrowArray& child = *array.children[i];
    const char* name = schema.children[i]->name;
    const Storage storage = column->dictionary ? column->indices : column->storage;
    INLAY_TRY(ColumnData data, data_of(child, storage, array.offset, array.length, name));
    if (column->dictionary) {
      if (!child.dictionary) return refused("has no dictionary", name);
      INLAY_TRY(ColumnData values, data_of(*child.dictionary, column->storage, 0, child.dictionary->length, name));
      data.dictionary = &state->dictionaries.emplace_back(values);
      data.dictionary_size = child.dictionary->length;
    }
    state->columns.push_back(data);
  }
  state->batch = {.rows = array.length, .columns = state->columns, .first_row = first_row};
  return ArrowBatch(std::move(state));
}

struct ArrowStream::State {
  ArrowArrayStream stream{};
  ArrowSchema arrow{};
  Schema schema;
  std::int64_t rows = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (arrow.release) arrow.release(&arrow);
    if (stream.release) stream.release(&stream);
  }

  Error failed(int code, const char* doing) {
    const char* words = stream.get_last_error ? stream.get_last_error(&stream) : nullptr;
    return {ErrorKind::File, std::string("the Arrow stream failed while ") + doing + ": " +
                                 (words && *words ? words : std::strerror(code))};
  }
};

ArrowStream::ArrowStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArrowStream::ArrowStream(ArrowStream&&) noexcept = default;
ArrowStream& ArrowStream::operator=(ArrowStream&&) noexcept = default;
ArrowStream::~ArrowStream() = default;

const Schema& ArrowStream::schema() const { return state_->schema; }

Result<ArrowStream> ArrowStream::open(ArrowArrayStream&& stream) {
  auto state = std::make_unique<State>();
  state->stream = std::exchange(stream, ArrowArrayStream{});
  if (!state->stream.release || !state->stream.get_schema || !state->stream.get_next)
    return refused("the stream was released", nullptr);
  if (int code = state->stream.get_schema(&state->stream, &state->arrow))
    return state->failed(code, "it told its schema");
  INLAY_TRY(state->schema, schema_of(state->arrow));
  return ArrowStream(std::move(state));
}

Result<std::optional<ArrowBatch>> ArrowStream::next() {
  ArrowArray array{};
  if (int code = state_->stream.get_next(&state_->stream, &array)) return state_->failed(code, "it yielded a batch");
  if (!array.release) return std::optional<ArrowBatch>();
  INLAY_TRY(ArrowBatch batch, ArrowBatch::take(state_->arrow, std::move(array), state_->rows));
  // Only now is it known to be a number of rows.
  state_->rows += batch.batch().rows;
  return std::optional<ArrowBatch>(std::move(batch));
}

}  // namespace inlay::filter
