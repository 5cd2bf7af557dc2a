// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random expressions on the same random values as C++ objects and as Arrow arrays, sliced, with and without bitmaps,
// with dictionaries: every engine finds for both what the interpreter finds for the objects.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <random>

#include "compile/random_text.h"
#include "inlay/filter/arrow.h"
#include "inlay/filter/filter.h"
#include "inlay/filter/rows.h"

namespace inlay::filter {
namespace {

using std::chrono::microseconds;
using std::chrono::sys_days;
using std::chrono::sys_time;

struct Object {
  std::optional<std::int64_t> large;
  std::int32_t small = 0;
  std::optional<double> real;
  float narrow = 0;
  std::optional<std::string> text;
  std::string_view view;
  const char* characters = nullptr;
  std::optional<bool> flag;
  bool sure = false;
  std::optional<sys_days> day;
  std::optional<sys_time<microseconds>> time;
};

Rows<Object> columns() {
  Rows<Object> rows;
  rows.column("large", &Object::large)
      .column("small", &Object::small)
      .column("real", &Object::real)
      .column("narrow", &Object::narrow)
      .column("text", &Object::text)
      .column("view", &Object::view)
      .column("characters", &Object::characters)
      .column("flag", &Object::flag)
      .column("sure", &Object::sure)
      .column("day", &Object::day)
      .column("time", &Object::time);
  return rows;
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  template <class T>
  T pick(std::initializer_list<T> from) {
    return from.begin()[below(from.size())];
  }
  std::string text() {
    return pick<std::string>({"", "a", "ab", "b", "aba", "555-1", "12",
                              "a longer text that is not in the string itself", "\xC3\xA9", "\xFF\xC3",
                              std::string("a\0b", 3)});
  }
  Object object() {
    constexpr double Infinity = std::numeric_limits<double>::infinity();
    Object object;
    if (below(5)) object.large = below(20) ? static_cast<std::int64_t>(below(9)) - 3 : pick({INT64_MIN, INT64_MAX});
    object.small = static_cast<std::int32_t>(below(12)) - 4;
    if (below(4)) object.real = pick({0.0, -0.0, 1.5, -2.5, 3.0, Infinity, -Infinity, std::nan(""), 1e300});
    object.narrow = pick({0.0f, 0.5f, -1.0f, 3.0f, std::nanf("")});
    if (below(4)) object.text = text();
    object.view = pick<std::string_view>({"", "a", "ab", "555", "view"});
    object.characters = pick<const char*>({nullptr, "", "a", "abc", "555-1"});
    if (below(3)) object.flag = below(2) != 0;
    object.sure = below(3) != 0;
    if (below(4)) object.day = sys_days(std::chrono::days(static_cast<int>(below(4)) * 20 + 18990));
    if (below(4))
      object.time = sys_days(std::chrono::days(18995 + static_cast<int>(below(3)))) + microseconds(below(3));
    return object;
  }

 private:
  std::mt19937_64 random_;
};

/// An array of one type that holds given values from its element `offset` on; what is in front is anything.
class Array {
 public:
  Array(const char* name, std::int64_t offset, std::int64_t rows, Random& random) : random_(random) {
    schema_.name = name;
    array_.offset = offset;
    array_.length = rows;
    end_ = offset + rows;
    for (std::int64_t i = 0; i < offset; ++i) valid_.push_back(random.below(2) != 0);
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  /// `value(i)` is an optional of T.
  template <class T, class ValueOf>
  void fill(const char* format, ValueOf value) {
    schema_.format = format;
    auto& bytes = buffers_.emplace_back(static_cast<std::size_t>(end_ + 1) * sizeof(T), std::byte{0x5a});
    for (std::int64_t i = array_.offset; i < end_; ++i) {
      const auto held = value(i - array_.offset);
      valid_.push_back(held.has_value());
      if (!held) continue;  // what is NULL holds anything
      const T written = static_cast<T>(*held);
      std::memcpy(bytes.data() + i * static_cast<std::int64_t>(sizeof(T)), &written, sizeof(T));
    }
    finish();
  }

  template <class ValueOf>
  void fill_bits(ValueOf value) {
    schema_.format = "b";
    auto& bytes = buffers_.emplace_back(static_cast<std::size_t>(end_) / 8 + 1, std::byte{0x5a});
    for (std::int64_t i = array_.offset; i < end_; ++i) {
      const std::optional<bool> held = value(i - array_.offset);
      valid_.push_back(held.has_value());
      set_bit(bytes, i, held.value_or(random_.below(2) != 0));
    }
    finish();
  }

  template <class Offset, class ValueOf>
  void fill_texts(const char* format, ValueOf value) {
    schema_.format = format;
    auto& bytes = buffers_.emplace_back(static_cast<std::size_t>(end_ + 1) * sizeof(Offset));
    characters_ = "in front";
    const auto put = [&](std::int64_t i) {
      const auto end = static_cast<Offset>(characters_.size());
      std::memcpy(bytes.data() + i * static_cast<std::int64_t>(sizeof(Offset)), &end, sizeof(Offset));
    };
    for (std::int64_t i = 0; i <= array_.offset; ++i) put(i);
    for (std::int64_t i = array_.offset; i < end_; ++i) {
      const std::optional<std::string> held = value(i - array_.offset);
      valid_.push_back(held.has_value());
      characters_ += held.value_or(random_.below(2) ? "" : "not there");
      put(i + 1);
    }
    finish();
    pointers_.push_back(characters_.data());
    array_.n_buffers = 3;
    array_.buffers = pointers_.data();
  }

  /// Indices; NULL is either in their bitmap or an entry that is NULL.
  template <class Index>
  void fill_dictionary(const char* format, std::vector<std::optional<std::string>> entries,
                       const std::vector<std::optional<std::string>>& values) {
    fill<Index>(format, [&](std::int64_t i) -> std::optional<std::size_t> {
      const auto found = std::find(entries.begin(), entries.end(), values[static_cast<std::size_t>(i)]);
      if (found != entries.end()) return static_cast<std::size_t>(found - entries.begin());
      return std::nullopt;
    });
    const std::int64_t offset = static_cast<std::int64_t>(random_.below(3));
    dictionary_ = std::make_unique<Array>(nullptr, offset, static_cast<std::int64_t>(entries.size()), random_);
    dictionary_->fill_texts<std::int32_t>("u", [&](std::int64_t i) { return entries[static_cast<std::size_t>(i)]; });
    schema_.dictionary = &dictionary_->schema_;
    array_.dictionary = &dictionary_->array_;
  }

  ArrowSchema* schema() { return &schema_; }
  ArrowArray* array() { return &array_; }

 private:
  static void set_bit(std::vector<std::byte>& bytes, std::int64_t i, bool value) {
    std::byte& byte = bytes[static_cast<std::size_t>(i) / 8];
    byte = value ? byte | std::byte(1 << i % 8) : byte & ~std::byte(1 << i % 8);
  }

  void finish() {
    const std::int64_t nulls = std::count(valid_.begin(), valid_.end(), false);
    const bool bits = nulls > 0 || random_.below(3) == 0;
    auto& bytes = buffers_.emplace_back(valid_.size() / 8 + 1, std::byte{0xa5});
    for (std::size_t i = 0; i < valid_.size(); ++i) set_bit(bytes, static_cast<std::int64_t>(i), valid_[i]);
    array_.null_count = bits ? random_.pick<std::int64_t>({-1, nulls}) : 0;
    pointers_ = {bits ? bytes.data() : nullptr, buffers_.front().data()};
    array_.n_buffers = 2;
    array_.buffers = pointers_.data();
  }

  Random& random_;
  ArrowSchema schema_{};
  ArrowArray array_{};
  std::int64_t end_;  // of the elements with those in front
  std::vector<bool> valid_;
  std::deque<std::vector<std::byte>> buffers_;  // values first
  std::string characters_;
  std::vector<const void*> pointers_;
  std::unique_ptr<Array> dictionary_;
};

/// The objects' values as the children of a struct array, which may itself be a slice.
class Table {
  /// An element of the child: the first ones are before the struct's slice.
  template <class Get>
  auto of(Get get) const {
    return [this, get](std::int64_t i) {
      const std::size_t row = i < skipped_ ? 0 : static_cast<std::size_t>(i - skipped_);
      return get(objects_[row]);
    };
  }

  Array& add(const char* name) {
    return children_.emplace_back(name, static_cast<std::int64_t>(random_.below(11)),
                                  skipped_ + static_cast<std::int64_t>(objects_.size()), random_);
  }

  template <class Get>
  void texts(const char* name, Get get) {
    const auto value = of(get);
    switch (random_.below(4)) {
      case 0:
        return add(name).fill_texts<std::int32_t>("u", value);
      case 1:
        return add(name).fill_texts<std::int64_t>("Z", value);
      default:
        break;
    }
    std::vector<std::optional<std::string>> values, entries;
    for (std::int64_t i = 0; i < skipped_ + static_cast<std::int64_t>(objects_.size()); ++i) values.push_back(value(i));
    for (const auto& each : values)
      if ((each || random_.below(3) == 0) && std::find(entries.begin(), entries.end(), each) == entries.end())
        entries.push_back(each);
    if (random_.below(2))
      add(name).fill_dictionary<std::int8_t>("c", entries, values);
    else
      add(name).fill_dictionary<std::uint32_t>("I", entries, values);
  }

 public:
  Table(const std::vector<Object>& objects, Random& random) : random_(random), objects_(objects) {
    skipped_ = static_cast<std::int64_t>(random.below(12));
    using Text = std::optional<std::string>;
    using Integer = std::optional<std::int64_t>;
    const auto micros = [](const Object& o) -> Integer {
      if (!o.time) return std::nullopt;
      return o.time->time_since_epoch().count();
    };
    const auto days = [](const Object& o) -> Integer {
      if (!o.day) return std::nullopt;
      return o.day->time_since_epoch().count();
    };
    add("large").fill<std::int64_t>("l", of([](const Object& o) { return o.large; }));
    const auto small = of([](const Object& o) { return Integer(o.small); });
    random.below(2) ? add("small").fill<std::int32_t>("i", small) : add("small").fill<std::int8_t>("c", small);
    add("real").fill<double>("g", of([](const Object& o) { return o.real; }));
    add("narrow").fill<float>("f", of([](const Object& o) { return std::optional(o.narrow); }));
    texts("text", [](const Object& o) { return o.text; });
    texts("view", [](const Object& o) { return Text(o.view); });
    texts("characters", [](const Object& o) { return o.characters ? Text(o.characters) : std::nullopt; });
    add("flag").fill_bits(of([](const Object& o) { return o.flag; }));
    add("sure").fill_bits(of([](const Object& o) { return std::optional(o.sure); }));
    if (random.below(2)) {
      add("day").fill<std::int32_t>("tdD", of(days));
    } else {
      add("day").fill<std::int64_t>("tdm", of([&](const Object& o) {
                                      const Integer day = days(o);
                                      return day ? Integer(*day * 86'400'000) : std::nullopt;
                                    }));
    }
    if (random.below(2)) {
      add("time").fill<std::int64_t>("tsu:", of(micros));
    } else {
      add("time").fill<std::int64_t>("tsn:UTC", of([&](const Object& o) {
                                       const Integer time = micros(o);
                                       return time ? Integer(*time * 1000 + 999) : std::nullopt;
                                     }));
    }
    for (Array& child : children_) {
      schemas_.push_back(child.schema());
      arrays_.push_back(child.array());
    }
    schema.format = "+s";
    schema.n_children = array.n_children = static_cast<std::int64_t>(children_.size());
    schema.children = schemas_.data();
    array.children = arrays_.data();
    array.offset = skipped_;
    array.length = static_cast<std::int64_t>(objects.size());
    array.n_buffers = 1;
    array.buffers = no_buffers_;
    array.release = [](ArrowArray*) {};
  }

  ArrowSchema schema{};
  ArrowArray array{};

 private:
  Random& random_;
  const std::vector<Object>& objects_;
  std::int64_t skipped_ = 0;
  std::deque<Array> children_;
  std::vector<ArrowSchema*> schemas_;
  std::vector<ArrowArray*> arrays_;
  const void* no_buffers_[1] = {nullptr};
};

std::string text_of(const Values& values, std::size_t i) {
  if (!values.nulls.empty() && values.nulls[i]) return "null";
  switch (values.type) {
    case Type::Boolean:
      return values.booleans[i] ? "true" : "false";
    case Type::Real:
      // Zeros are equal, and so are NaNs, whatever their signs.
      return values.reals[i] == 0 ? "0" : std::isnan(values.reals[i]) ? "nan" : std::to_string(values.reals[i]);
    case Type::Text:
      return "'" + std::string(std::string_view(values.texts[i])) + "'";
    default:
      return std::to_string(values.integers[i]);
  }
}

/// The message without the term: COALESCE of what may raise is said as CASE, of which operands do depends on the input.
std::string said(const Error& error) {
  const std::string message = error.to_string();
  const std::size_t quoted = message.find(" in '");
  return quoted == std::string::npos ? message : message.substr(0, quoted) + message.substr(message.rfind('\''));
}

/// What a condition or a value makes of a batch: rows or values, or the error. `text` is of the expression.
std::string outcome(const Schema& schema, const Batch& batch, const std::string& text, Type type, Engine engine) {
  std::string shown;
  if (type == Type::Boolean) {
    Result<Filter> filter = Filter::compile(schema, text, {.engine = engine});
    if (!filter) return filter.error().to_string();
    const Result<Selection> rows = filter->select(batch);
    if (!rows) return said(rows.error());
    for (const std::uint32_t row : *rows) shown += std::to_string(row) + " ";
    shown += "| ";
  }
  Result<Projection> projection = Projection::compile(schema, text, {.engine = engine});
  if (!projection) return projection.error().to_string();
  const Result<Values> values = projection->values(batch);
  if (!values) return shown + said(values.error());
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch.rows); ++i) shown += text_of(*values, i) + " ";
  return shown;
}

class ObjectsAndArrays : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ObjectsAndArrays, are_the_same_to_every_engine) {
  Random random(GetParam());
  std::vector<Object> objects;
  for (std::uint64_t rows = random.pick({1, 9, 64, 300}); rows != 0; --rows) objects.push_back(random.object());
  Rows<Object> rows = columns();
  const Batch batch = rows.batch(objects);
  const Table table(objects, random);
  const Schema arrow_schema = schema_of(table.schema).value();
  const Result<ArrowBatch> arrow = ArrowBatch::of(table.schema, table.array);
  ASSERT_TRUE(arrow) << arrow.error().to_string();
  ASSERT_EQ(arrow->batch().rows, batch.rows);
  testing::RandomText text(rows.schema(), GetParam());
  for (int i = 0; i < 8; ++i) {
    const Type type = i % 2 ? Type::Boolean : static_cast<Type>(random.below(TypeCount));
    const std::string written = text.expression(type);
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ": " + written);
    Expressions expressions(rows.schema());
    const Result<NodeId> root = parse(expressions, written);
    if (!root) continue;  // a literal of a type that does not fit there
    const std::string expected = outcome(rows.schema(), batch, written, expressions[*root].type, Engine::Interpreted);
    for (const Engine engine : {Engine::Interpreted, Engine::Quick, Engine::Optimized, Engine::Tiered}) {
      SCOPED_TRACE("engine " + std::to_string(int(engine)));
      ASSERT_EQ(outcome(rows.schema(), batch, written, expressions[*root].type, engine), expected) << "objects";
      ASSERT_EQ(outcome(arrow_schema, arrow->batch(), written, expressions[*root].type, engine), expected) << "arrays";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ObjectsAndArrays, ::testing::Range<std::uint64_t>(1, 17));

}  // namespace
}  // namespace inlay::filter
