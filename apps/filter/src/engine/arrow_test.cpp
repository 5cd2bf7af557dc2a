// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arrow's arrays as rows, through every engine; and arrays that are not what they say.
#include "inlay/filter/arrow.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "inlay/filter/filter.h"

namespace inlay::filter {
namespace {

/// A struct array that is put together by hand. Buffers live here; nothing is released but counted.
class Table {
 public:
  explicit Table(std::int64_t length) {
    schema.format = "+s";
    schema.release = [](ArrowSchema* s) { s->release = nullptr; };
    array.length = length;
    array.n_buffers = 1;
    array.buffers = no_buffers_;
    array.release = [](ArrowArray* a) {
      if (a->private_data) ++*static_cast<int*>(a->private_data);
      a->release = nullptr;
    };
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  struct Child {
    ArrowSchema schema{};
    ArrowArray array{};
    std::vector<const void*> buffers;
  };

  /// A column of plain buffers, which must outlive the table.
  Child& add(const char* name, const char* format, std::vector<const void*> buffers, std::int64_t null_count = 0,
             std::int64_t offset = 0) {
    Child& child = make(format, std::move(buffers));
    child.schema.name = name;
    child.array.length = array.length + array.offset;
    child.array.null_count = null_count;
    child.array.offset = offset;
    schemas_.push_back(&child.schema);
    arrays_.push_back(&child.array);
    schema.n_children = array.n_children = static_cast<std::int64_t>(arrays_.size());
    schema.children = schemas_.data();
    array.children = arrays_.data();
    return child;
  }
  Child& dictionary(Child& of, const char* format, std::vector<const void*> buffers, std::int64_t length) {
    Child& values = make(format, std::move(buffers));
    values.array.length = length;
    of.schema.dictionary = &values.schema;
    of.array.dictionary = &values.array;
    return values;
  }

  ArrowSchema schema{};
  ArrowArray array{};

 private:
  Child& make(const char* format, std::vector<const void*> buffers) {
    Child& child = children_.emplace_back();
    child.buffers = std::move(buffers);
    child.schema.format = format;
    child.array.n_buffers = static_cast<std::int64_t>(child.buffers.size());
    child.array.buffers = child.buffers.data();
    return child;
  }

  std::deque<Child> children_;
  std::vector<ArrowSchema*> schemas_;
  std::vector<ArrowArray*> arrays_;
  const void* no_buffers_[1] = {nullptr};
};

std::string rows_that_pass(const ArrowSchema& schema, const ArrowArray& array, std::string_view condition,
                           Engine engine) {
  Result<Schema> columns = schema_of(schema);
  if (!columns) return columns.error().to_string();
  Result<ArrowBatch> batch = ArrowBatch::of(schema, array);
  if (!batch) return batch.error().to_string();
  Result<Filter> filter = Filter::compile(*columns, condition, {.engine = engine});
  if (!filter) return filter.error().to_string();
  Result<Selection> found = filter->select(batch->batch());
  if (!found) return found.error().to_string();
  std::string text;
  for (std::uint32_t row : *found) text += (text.empty() ? "" : " ") + std::to_string(row);
  return text;
}

class Arrow : public ::testing::TestWithParam<Engine> {
 protected:
  std::string passing(const Table& table, std::string_view condition) {
    return rows_that_pass(table.schema, table.array, condition, GetParam());
  }
};

constexpr std::int32_t Ages[] = {99, 30, 35, 41, 38, 12};
constexpr double Balances[] = {0, 6000, 100, 9000, 5001, 7};
constexpr std::int32_t Offsets[] = {0, 2, 5, 5, 6, 10, 11};
constexpr char Characters[] = "deabcxwxyzq";
constexpr std::uint8_t Valid[] = {0b110111};  // row 3 is NULL

TEST_P(Arrow, reads_numbers_and_texts) {
  Table table(6);
  table.add("age", "i", {nullptr, Ages});
  table.add("balance", "g", {nullptr, Balances});
  table.add("name", "u", {nullptr, Offsets, Characters});
  EXPECT_EQ(passing(table, "age between 30 and 40 and balance > 5000"), "1 4");
  EXPECT_EQ(passing(table, "name = 'wxyz' or name = ''"), "2 4");
  EXPECT_EQ(passing(table, "length(name) = 1"), "3 5");
}

TEST_P(Arrow, bits_tell_what_is_null) {
  Table table(6);
  table.add("age", "i", {Valid, Ages}, 1);
  table.add("balance", "g", {Valid, Balances}, -1);
  EXPECT_EQ(passing(table, "age is null"), "3");
  EXPECT_EQ(passing(table, "age > 0"), "0 1 2 4 5");
  EXPECT_EQ(passing(table, "balance > 5000 or balance is null"), "1 3 4");
}

TEST_P(Arrow, slices_begin_in_the_middle_of_bytes) {
  Table table(3);
  table.array.offset = 1;
  table.add("age", "i", {Valid, Ages}, -1, 1).array.length = 5;
  table.add("active", "b", {nullptr, Valid}, 0, 1).array.length = 5;
  table.add("name", "u", {nullptr, Offsets, Characters}, 0, 1).array.length = 5;
  // Rows 2, 3 and 4 of the buffers.
  EXPECT_EQ(passing(table, "age is null"), "1");
  EXPECT_EQ(passing(table, "age = 38"), "2");
  EXPECT_EQ(passing(table, "active"), "0 2");
  EXPECT_EQ(passing(table, "name = ''"), "0");
}

TEST_P(Arrow, dictionaries_are_read_through_their_indices) {
  static constexpr std::int8_t Indices[] = {0, 2, 1, 2, 0, 1};
  static constexpr std::int32_t Entries[] = {0, 2, 4, 6};
  Table table(6);
  Table::Child& country = table.add("country", "c", {Valid, Indices}, 1);
  table.dictionary(country, "u", {nullptr, Entries, "DEFRUS"}, 3);
  EXPECT_EQ(passing(table, "country = 'US'"), "1");
  EXPECT_EQ(passing(table, "country in ('DE', 'FR')"), "0 2 4 5");
  EXPECT_EQ(passing(table, "country is null"), "3");
  EXPECT_EQ(passing(table, "country like '%R' and country <> 'DE'"), "2 5");
}

TEST_P(Arrow, days_and_times_of_every_unit) {
  static constexpr std::int32_t Days[] = {0, 19782, -1};
  static constexpr std::int64_t Date64[] = {0, 19782LL * 86'400'000, -86'400'000};
  static constexpr std::int64_t Seconds[] = {0, 1'709'208'000, -1};
  static constexpr std::int64_t Nanoseconds[] = {999, 1'709'208'000'000'000'000, -1};
  Table table(3);
  table.add("d", "tdD", {nullptr, Days});
  table.add("m", "tdm", {nullptr, Date64});
  table.add("s", "tss:UTC", {nullptr, Seconds});
  table.add("n", "tsn:", {nullptr, Nanoseconds});
  EXPECT_EQ(passing(table, "d = date '2024-02-29' and m = d"), "1");
  EXPECT_EQ(passing(table, "s = timestamp '2024-02-29 12:00:00' and n = s"), "1");
  EXPECT_EQ(passing(table, "s < timestamp '1970-01-01' and n < timestamp '1970-01-01'"), "2");
  EXPECT_EQ(passing(table, "n = timestamp '1970-01-01'"), "0");
}

TEST_P(Arrow, of_no_rows_nothing_passes) {
  Table table(0);
  table.add("age", "i", {nullptr, nullptr});
  table.add("name", "u", {nullptr, nullptr, nullptr});
  EXPECT_EQ(passing(table, "age > 0 or name = ''"), "");
}

INSTANTIATE_TEST_SUITE_P(Engines, Arrow,
                         ::testing::Values(Engine::Tiered, Engine::Interpreted, Engine::Quick, Engine::Optimized));

std::string refusal(const Table& table) {
  Result<ArrowBatch> batch = ArrowBatch::of(table.schema, table.array);
  return batch ? "accepted" : batch.error().message();
}

TEST(ArrowErrors, arrays_that_contradict_themselves_are_refused) {
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages}).array.length = 5;
    EXPECT_EQ(refusal(table), "Arrow array: is shorter than it has to be in column 'age'");
  }
  {
    Table table(6);
    table.add("age", "i", {nullptr, nullptr});
    EXPECT_EQ(refusal(table), "Arrow array: has no values in column 'age'");
  }
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages}, 2);
    EXPECT_EQ(refusal(table), "Arrow array: has NULLs, but no bits for them in column 'age'");
  }
  {
    Table table(6);
    table.add("name", "u", {nullptr, Offsets});
    EXPECT_EQ(refusal(table), "Arrow array: has another number of buffers than its type in column 'name'");
  }
  {
    Table table(6);
    table.add("name", "u", {nullptr, Offsets, nullptr});
    EXPECT_EQ(refusal(table), "Arrow array: has no characters in column 'name'");
  }
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages});
    table.schema.n_children = 0;
    EXPECT_EQ(refusal(table), "Arrow array: has another number of columns than its schema");
  }
  {
    Table table(6);
    table.array.null_count = 1;
    EXPECT_EQ(refusal(table), "Arrow array: has rows that are NULL as a whole");
  }
  {
    Table table(6);
    table.array.release = nullptr;
    EXPECT_EQ(refusal(table), "Arrow array: was released");
  }
}

TEST(ArrowErrors, pointers_that_are_null_are_not_followed) {
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages}).array.buffers = nullptr;
    EXPECT_EQ(refusal(table), "Arrow array: has another number of buffers than its type in column 'age'");
  }
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages});
    table.array.children[0] = nullptr;
    EXPECT_EQ(refusal(table), "Arrow array: is not there in column 'age'");
  }
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages});
    table.array.children = nullptr;
    EXPECT_EQ(refusal(table), "Arrow array: has no columns where it says that it has");
  }
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages});
    table.add("balance", "g", {nullptr, Balances});
    table.schema.children[0] = nullptr;  // a column of no type
    EXPECT_EQ(schema_of(table.schema).value().size(), 1u);
    EXPECT_EQ(rows_that_pass(table.schema, table.array, "balance = 9000", Engine::Interpreted), "3");
    table.schema.children = nullptr;
    EXPECT_EQ(refusal(table), "Arrow array: has no columns where it says that it has");
    EXPECT_EQ(schema_of(table.schema).error().message(), "Arrow schema: has no columns where it says that it has");
  }
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages});
    table.array.buffers = nullptr;  // of the rows as a whole; they have no NULLs
    table.array.null_count = -1;
    EXPECT_EQ(refusal(table), "accepted");
  }
  {
    static constexpr std::int8_t Indices[] = {0, 0, 0, 0, 0, 0};
    Table table(6);
    table.dictionary(table.add("country", "c", {nullptr, Indices}), "u", {nullptr, Offsets, Characters}, 1)
        .array.buffers = nullptr;
    EXPECT_EQ(refusal(table), "Arrow array: has another number of buffers than its type in column 'country'");
  }
}

TEST(ArrowErrors, numbers_that_cannot_be_are_not_computed_with) {
  constexpr std::int64_t Huge = std::numeric_limits<std::int64_t>::max();
  {
    Table table(6);
    table.add("age", "i", {nullptr, Ages}).array.length = -1;
    EXPECT_EQ(refusal(table), "Arrow array: is shorter than it has to be in column 'age'");
  }
  {
    Table table(6);
    Table::Child& age = table.add("age", "i", {nullptr, Ages});
    age.array.length = Huge;
    EXPECT_EQ(refusal(table), "Arrow array: has an impossible length in column 'age'");
    age.array.length = 6;
    age.array.offset = Huge;
    EXPECT_EQ(refusal(table), "Arrow array: has an impossible length in column 'age'");
    age.array.offset = -1;
    EXPECT_EQ(refusal(table), "Arrow array: has an impossible length in column 'age'");
    age.array.offset = 0;
    table.array.offset = Huge;
    EXPECT_EQ(refusal(table), "Arrow array: is shorter than it has to be in column 'age'");
  }
  {
    Table table(6);
    table.array.length = -6;
    EXPECT_EQ(refusal(table), "Arrow array: has a negative length");
    table.array.length = Huge;
    EXPECT_EQ(refusal(table), "Arrow array: has more than 4294967295 rows");
  }
  {
    Table table(6);
    table.array.n_children = table.schema.n_children = -1;
    EXPECT_EQ(refusal(table), "Arrow array: has no columns where it says that it has");
    EXPECT_FALSE(schema_of(table.schema));
  }
  {
    static constexpr std::int8_t Indices[] = {0, 0, 0, 0, 0, 0};
    Table table(6);
    table.dictionary(table.add("country", "c", {nullptr, Indices}), "u", {nullptr, Offsets, Characters}, -4);
    EXPECT_EQ(refusal(table), "Arrow array: is shorter than it has to be in column 'country'");
  }
}

TEST(ArrowErrors, rows_are_structs) {
  ArrowSchema schema{};
  schema.format = "i";
  EXPECT_EQ(schema_of(schema).error().message(), "Arrow schema: rows are a struct ('+s'), this is 'i'");
}

TEST(Arrow, columns_of_types_that_no_expression_knows_are_left_out) {
  Table table(6);
  table.add("age", "i", {nullptr, Ages});
  table.add("list", "+l", {nullptr, Offsets});
  table.add("balance", "g", {nullptr, Balances});
  Schema columns = schema_of(table.schema).value();
  ASSERT_EQ(columns.size(), 2u);
  EXPECT_TRUE(columns.find("balance"));
  EXPECT_EQ(rows_that_pass(table.schema, table.array, "balance = 9000", Engine::Interpreted), "3");
}

/// A producer of `batches` batches that fails in the middle.
struct Producer {
  Table table{6};
  int batches = 0, yielded = 0, fails_at = -1, released = 0;

  ArrowArrayStream stream() {
    table.add("age", "i", {nullptr, Ages});
    ArrowArrayStream stream{};
    stream.private_data = this;
    stream.get_schema = [](ArrowArrayStream* s, ArrowSchema* out) {
      *out = static_cast<Producer*>(s->private_data)->table.schema;
      return 0;
    };
    stream.get_next = [](ArrowArrayStream* s, ArrowArray* out) {
      auto* self = static_cast<Producer*>(s->private_data);
      if (self->yielded == self->fails_at) return EIO;
      *out = ArrowArray{};
      if (self->yielded++ == self->batches) return 0;
      *out = self->table.array;
      out->private_data = &self->released;
      return 0;
    };
    stream.get_last_error = [](ArrowArrayStream*) { return "the cable is out"; };
    stream.release = [](ArrowArrayStream* s) { s->release = nullptr; };
    return stream;
  }
};

TEST(ArrowStreams, yield_batches_and_release_them) {
  Producer producer;
  producer.batches = 2;
  ArrowStream stream = ArrowStream::open(producer.stream()).value();
  std::int64_t first = 0;
  while (std::optional<ArrowBatch> batch = stream.next().value()) {
    EXPECT_EQ(batch->batch().first_row, first);
    first += batch->batch().rows;
  }
  EXPECT_EQ(first, 12);
  EXPECT_EQ(producer.released, 2);
}

TEST(ArrowStreams, batches_of_impossible_lengths_are_refused_and_not_counted) {
  for (const std::int64_t length :
       {std::int64_t{-6}, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    Producer producer;
    producer.batches = 4;
    ArrowStream stream = ArrowStream::open(producer.stream()).value();
    EXPECT_TRUE(stream.next().value());
    producer.table.array.length = length;
    EXPECT_FALSE(stream.next());
    EXPECT_FALSE(stream.next());
    producer.table.array.length = 6;
    EXPECT_EQ(stream.next().value()->batch().first_row, 6) << length;
    EXPECT_EQ(producer.released, 4);
  }
}

TEST(ArrowStreams, tell_what_the_producer_says_when_it_fails_in_the_middle) {
  Producer producer;
  producer.batches = 3;
  producer.fails_at = 1;
  ArrowStream stream = ArrowStream::open(producer.stream()).value();
  EXPECT_TRUE(stream.next().value());
  Result<std::optional<ArrowBatch>> next = stream.next();
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().message(), "the Arrow stream failed while it yielded a batch: the cable is out");
}

}  // namespace
}  // namespace inlay::filter
