// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/loads.h"

#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "runtime/civil.h"
#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

/// A value's bytes at an odd address, in memory of exactly that size.
template <class T>
class Odd {
 public:
  explicit Odd(T value) : bytes_(new std::byte[sizeof(T) + 1]) { std::memcpy(bytes_.get() + 1, &value, sizeof(T)); }
  const std::byte* at() const { return bytes_.get() + 1; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
};

TEST(Loads, numbers_of_every_width_are_extended_by_their_sign) {
  EXPECT_EQ(inlay_filter_load_int8(Odd<std::int8_t>(-128).at()), -128);
  EXPECT_EQ(inlay_filter_load_int16(Odd<std::int16_t>(-32768).at()), -32768);
  EXPECT_EQ(inlay_filter_load_int32(Odd<std::int32_t>(INT32_MIN).at()), INT32_MIN);
  EXPECT_EQ(inlay_filter_load_int64(Odd<std::int64_t>(INT64_MIN).at()), INT64_MIN);
  EXPECT_EQ(inlay_filter_load_uint8(Odd<std::uint8_t>(255).at()), 255);
  EXPECT_EQ(inlay_filter_load_uint16(Odd<std::uint16_t>(65535).at()), 65535);
  EXPECT_EQ(inlay_filter_load_uint32(Odd<std::uint32_t>(UINT32_MAX).at()), UINT32_MAX);
  EXPECT_EQ(inlay_filter_load_float(Odd<float>(0.5f).at()), 0.5);
  EXPECT_EQ(inlay_filter_load_double(Odd<double>(0.1).at()), 0.1);
  EXPECT_TRUE(inlay_filter_load_byte(Odd<bool>(true).at()));
  EXPECT_FALSE(inlay_filter_load_byte(Odd<bool>(false).at()));
}

TEST(Loads, bits_are_counted_from_the_low_end) {
  const std::array<std::byte, 2> bytes = {std::byte{0x81}, std::byte{0x02}};
  for (std::int64_t i = 0; i < 16; ++i) {
    EXPECT_EQ(inlay_filter_load_bit(bytes.data(), i), i == 0 || i == 7 || i == 9) << i;
    EXPECT_EQ(inlay_filter_valid_bit(bytes.data(), i), i == 0 || i == 7 || i == 9) << i;
    EXPECT_TRUE(inlay_filter_valid_bit(nullptr, i));
  }
}

TEST(Loads, unsigned_numbers_that_do_not_fit_raise) {
  ScopeOwner owner;
  EXPECT_EQ(inlay_filter_load_uint64(owner.scope(), Odd<std::uint64_t>(INT64_MAX).at()), INT64_MAX);
  EXPECT_EQ(owner.scope().fault, Fault::None);
  inlay_filter_load_uint64(owner.scope(), Odd<std::uint64_t>(std::uint64_t{1} << 63).at());
  EXPECT_EQ(owner.scope().fault, Fault::OutOfRange);
}

TEST(Loads, times_of_every_unit_become_microseconds) {
  ScopeOwner owner;
  EXPECT_EQ(inlay_filter_load_seconds(owner.scope(), Odd<std::int64_t>(-2).at()), -2000000);
  EXPECT_EQ(inlay_filter_load_milliseconds(owner.scope(), Odd<std::int64_t>(-2).at()), -2000);
  EXPECT_EQ(inlay_filter_load_microseconds(Odd<std::int64_t>(-2).at()), -2);
  EXPECT_EQ(inlay_filter_load_nanoseconds(Odd<std::int64_t>(-2).at()), -1);
  EXPECT_EQ(inlay_filter_load_nanoseconds(Odd<std::int64_t>(1999).at()), 1);
  EXPECT_EQ(inlay_filter_load_nanoseconds(Odd<std::int64_t>(INT64_MIN).at()), INT64_MIN / 1000 - 1);
  EXPECT_EQ(inlay_filter_load_milliseconds_as_days(Odd<std::int64_t>(-1).at()), -1);
  EXPECT_EQ(inlay_filter_load_milliseconds_as_days(Odd<std::int64_t>(86400000).at()), 1);
  EXPECT_EQ(inlay_filter_load_days32(Odd<std::int32_t>(-5).at()), -5);
  EXPECT_EQ(inlay_filter_load_days64(Odd<std::int64_t>(-5).at()), -5);
  EXPECT_EQ(owner.scope().fault, Fault::None);
  inlay_filter_load_seconds(owner.scope(), Odd<std::int64_t>(INT64_MAX / 1000000 + 1).at());
  EXPECT_EQ(owner.scope().fault, Fault::OutOfRange);
  owner.reset();
  inlay_filter_load_milliseconds(owner.scope(), Odd<std::int64_t>(INT64_MIN).at());
  EXPECT_EQ(owner.scope().fault, Fault::OutOfRange);
}

TEST(Loads, texts_of_every_layout) {
  const std::string small = "short", large(100, 'x');
  EXPECT_EQ(std::string_view(inlay_filter_load_string(reinterpret_cast<const std::byte*>(&small))), small);
  EXPECT_EQ(std::string_view(inlay_filter_load_string(reinterpret_cast<const std::byte*>(&large))), large);
  EXPECT_EQ(std::string_view(inlay_filter_load_view(Odd<Text>(std::string_view("a\0b", 3)).at())).size(), 3u);
  EXPECT_EQ(std::string_view(inlay_filter_load_string_view(Odd<std::string_view>("view").at())), "view");
  EXPECT_EQ(std::string_view(inlay_filter_load_characters(Odd<const char*>("chars").at())), "chars");
  const auto* extra = reinterpret_cast<const std::byte*>("abcdef");
  const Odd<std::array<std::int32_t, 4>> offsets32({1, 3, 3, 6});
  const Odd<std::array<std::int64_t, 4>> offsets64({1, 3, 3, 6});
  const std::string_view wanted[] = {"bc", "", "def"};
  for (std::int64_t row = 0; row < 3; ++row) {
    EXPECT_EQ(std::string_view(inlay_filter_load_offsets32(offsets32.at(), extra, row)), wanted[row]);
    EXPECT_EQ(std::string_view(inlay_filter_load_offsets64(offsets64.at(), extra, row)), wanted[row]);
  }
}

TEST(Loads, flags_and_addresses_tell_null) {
  const std::array<std::byte, 3> bytes = {std::byte{0}, std::byte{1}, std::byte{0}};
  EXPECT_TRUE(inlay_filter_valid_flag(bytes.data(), 1));
  EXPECT_FALSE(inlay_filter_valid_flag(bytes.data(), 2));
  EXPECT_TRUE(inlay_filter_valid_flag(bytes.data() + 2, -1));
  EXPECT_FALSE(inlay_filter_valid_address(Odd<const char*>(nullptr).at()));
  EXPECT_TRUE(inlay_filter_valid_address(Odd<Text>(Text("", 0)).at()));
}

TEST(Loads, indices_out_of_range_are_minus_one) {
  EXPECT_EQ(inlay_filter_index_int8(Odd<std::int8_t>(-1).at(), 200), -1);
  EXPECT_EQ(inlay_filter_index_uint8(Odd<std::uint8_t>(199).at(), 200), 199);
  EXPECT_EQ(inlay_filter_index_uint8(Odd<std::uint8_t>(200).at(), 200), -1);
  EXPECT_EQ(inlay_filter_index_int16(Odd<std::int16_t>(-5).at(), 1), -1);
  EXPECT_EQ(inlay_filter_index_uint16(Odd<std::uint16_t>(65535).at(), 65536), 65535);
  EXPECT_EQ(inlay_filter_index_int32(Odd<std::int32_t>(7).at(), 8), 7);
  EXPECT_EQ(inlay_filter_index_uint32(Odd<std::uint32_t>(UINT32_MAX).at(), 8), -1);
  EXPECT_EQ(inlay_filter_index_int64(Odd<std::int64_t>(INT64_MIN).at(), INT64_MAX), -1);
  EXPECT_EQ(inlay_filter_index_uint64(Odd<std::uint64_t>(UINT64_MAX).at(), INT64_MAX), -1);
  EXPECT_EQ(inlay_filter_index_uint64(Odd<std::uint64_t>(0).at(), 0), -1);
}

TEST(Cells, are_read_as_the_type_of_their_column) {
  ScopeOwner owner;
  Scope& scope = owner.scope();
  EXPECT_EQ(inlay_filter_cell_integer(scope, Odd<Text>(std::string_view(" -42")).at(), 1), -42);
  EXPECT_EQ(inlay_filter_cell_real(scope, Odd<Text>(std::string_view("1.5 ")).at(), 1), 1.5);
  EXPECT_TRUE(inlay_filter_cell_boolean(scope, Odd<Text>(std::string_view("Yes")).at(), 1));
  EXPECT_EQ(inlay_filter_cell_date(scope, Odd<Text>(std::string_view("1970-01-02")).at(), 1), 1);
  EXPECT_EQ(inlay_filter_cell_timestamp(scope, Odd<Text>(std::string_view("1970-01-01 00:01")).at(), 1), 60000000);
  EXPECT_EQ(scope.fault, Fault::None);
}

TEST(Cells, that_cannot_be_read_raise_with_column_and_text) {
  ScopeOwner owner;
  Scope& scope = owner.scope();
  const Odd<Text> cell(std::string_view("12a"));
  auto expect = [&](Fault fault, std::int32_t column) {
    EXPECT_EQ(scope.fault, fault);
    EXPECT_EQ(scope.column, column);
    EXPECT_EQ(std::string_view(scope.offender), "12a");
    owner.reset();
    EXPECT_EQ(scope.column, 0);
  };
  inlay_filter_cell_integer(scope, cell.at(), 1);
  expect(Fault::NotAnInteger, 1);
  inlay_filter_cell_real(scope, cell.at(), 2);
  expect(Fault::NotANumber, 2);
  inlay_filter_cell_boolean(scope, cell.at(), 3);
  expect(Fault::NotABoolean, 3);
  inlay_filter_cell_date(scope, cell.at(), 4);
  expect(Fault::NotADate, 4);
  inlay_filter_cell_timestamp(scope, cell.at(), 5);
  // The first fault stays.
  inlay_filter_cell_integer(scope, cell.at(), 6);
  expect(Fault::NotATimestamp, 5);
}

}  // namespace
}  // namespace inlay::filter
