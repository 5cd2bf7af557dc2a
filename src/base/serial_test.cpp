// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/serial.h"

#include <gtest/gtest.h>

namespace inlay::base {
namespace {

TEST(Serial, gives_back_what_was_written) {
  constexpr std::int64_t numbers[] = {0, 1, -1, 63, -64, 64, 127, 128, 1'000'000, INT64_MAX, INT64_MIN};
  Bytes bytes;
  Writer to(bytes);
  for (const std::int64_t number : numbers) {
    to.signed_number(number);
    to.number(static_cast<std::uint64_t>(number));
  }
  to.text("a text");
  to.byte(200);
  Reader from(bytes);
  for (const std::int64_t number : numbers) {
    EXPECT_EQ(from.signed_number(), number);
    EXPECT_EQ(from.number(), static_cast<std::uint64_t>(number));
  }
  EXPECT_EQ(from.text(), "a text");
  EXPECT_EQ(from.byte(), 200u);
  EXPECT_TRUE(from.good() && from.at_end());
}

TEST(Serial, refuses_what_is_not_there) {
  Bytes bytes;
  Writer(bytes).text("a text");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Reader from(std::span<const std::byte>(bytes).first(size));
    EXPECT_EQ(from.text(), "");
    EXPECT_FALSE(from.good());
    EXPECT_EQ(from.number(), 0u) << "nothing after a failure";
  }
}

TEST(Serial, refuses_numbers_of_more_than_64_bits) {
  Bytes bytes(9, std::byte{0xff});
  bytes.push_back(std::byte{1});
  EXPECT_EQ(Reader(bytes).number(), UINT64_MAX);
  bytes.back() = std::byte{2};
  Reader wide(bytes);
  wide.number();
  EXPECT_FALSE(wide.good());
  Bytes without_end(20, std::byte{0x80});
  Reader endless(without_end);
  endless.number();
  EXPECT_FALSE(endless.good());
  Bytes hundred{std::byte{100}};
  Reader small(hundred);
  EXPECT_EQ(small.number_up_to(99), 0u);
  EXPECT_FALSE(small.good());
}

}  // namespace
}  // namespace inlay::base
