// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>

#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

std::string random_number(std::mt19937_64& random) {
  std::string text = random() % 3 ? "" : random() % 2 ? "-" : "+";
  auto digits = [&](std::size_t most) {
    for (std::size_t n = random() % (most + 1); n > 0; --n) text += static_cast<char>('0' + random() % 10);
  };
  digits(random() % 8 ? 6 : 30);
  if (random() % 2) text += '.', digits(random() % 8 ? 6 : 30);
  if (random() % 3 == 0) {
    text += random() % 2 ? "e" : "E-";
    digits(random() % 8 ? 2 : 4);
  }
  if (random() % 30 == 0) text.insert(random() % (text.size() + 1), 1, " x-+.e0"[random() % 7]);
  return text;
}

TEST(Casts, reals_are_read_as_the_c_library_reads_them) {
  std::mt19937_64 random(1);
  int read = 0;
  for (int round = 0; round < 200000; ++round) {
    const std::string number = random_number(random);
    char* end = nullptr;
    const double wanted = std::strtod(number.c_str(), &end);
    const bool some = end != number.c_str() && number.find('x') == std::string::npos;  // hexadecimal is not ours
    while (*end == ' ') ++end;  // which strtod does in front only
    const bool whole = some && *end == 0;
    const Answer answer = call("cast_real", {text(number)});
    if (!whole) {
      ASSERT_EQ(answer.fault, Fault::NotANumber) << '[' << number << ']';
    } else if (std::isinf(wanted)) {
      ASSERT_EQ(answer.fault, Fault::OutOfRange) << '[' << number << ']';
    } else {
      ASSERT_EQ(answer.fault, Fault::None) << '[' << number << ']';
      ASSERT_EQ(std::bit_cast<std::uint64_t>(answer.real), std::bit_cast<std::uint64_t>(wanted)) << number;
      ++read;
    }
  }
  EXPECT_GT(read, 100000);
}

TEST(Casts, reals_print_the_fewest_digits_that_read_back) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 100000; ++round) {
    const double value = round % 2 ? std::bit_cast<double>(random()) : static_cast<double>(random() % 100000000) / 1000;
    if (!std::isfinite(value)) continue;
    const std::string printed = words("cast_text", {real(value)});
    ASSERT_EQ(std::bit_cast<std::uint64_t>(std::strtod(printed.c_str(), nullptr)), std::bit_cast<std::uint64_t>(value));
    std::size_t digits = 0;
    char least[40];
    int precision = 0;
    for (; precision < 17; ++precision) {
      std::snprintf(least, sizeof least, "%.*e", precision, value);
      if (std::strtod(least, nullptr) == value) break;
    }
    std::string mantissa = printed.substr(0, printed.find('e'));
    mantissa.erase(0, mantissa.find_first_of("123456789"));
    for (char c : mantissa) digits += c != '.';
    if (mantissa.find('.') == std::string::npos) digits = mantissa.find_last_not_of('0') + 1;
    if (value != 0) {
      ASSERT_EQ(digits, static_cast<std::size_t>(precision) + 1) << printed << " " << least;
    }
  }
}

TEST(Casts, reals_are_written_out_where_people_would) {
  EXPECT_EQ(words("cast_text", {real(0)}), "0");
  EXPECT_EQ(words("cast_text", {real(-0.0)}), "-0");
  EXPECT_EQ(words("cast_text", {real(0.1)}), "0.1");
  EXPECT_EQ(words("cast_text", {real(100000)}), "100000");
  EXPECT_EQ(words("cast_text", {real(-123456789012345)}), "-123456789012345");
  EXPECT_EQ(words("cast_text", {real(1e15)}), "1e+15");
  EXPECT_EQ(words("cast_text", {real(0.0001)}), "0.0001");
  EXPECT_EQ(words("cast_text", {real(0.00001)}), "1e-05");
  EXPECT_EQ(words("cast_text", {real(-std::numeric_limits<double>::infinity())}), "-Infinity");
  EXPECT_EQ(words("cast_text", {real(std::nan(""))}), "NaN");
  EXPECT_EQ(words("cast_text", {real(-std::numeric_limits<double>::max())}), "-1.7976931348623157e+308");
  EXPECT_EQ(words("cast_text", {real(0.00012345678901234567)}), "0.00012345678901234567");
}

TEST(Casts, words_for_what_is_no_number_are_reals) {
  EXPECT_EQ(number("cast_real", {text("inf")}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(number("cast_real", {text(" -Infinity ")}), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(number("cast_real", {text("NaN")})));
  for (const char* wrong :
       {"", " ", "+", "-", ".", "e5", "1e", "1e+", "++1", "+-1", "0x10", "1,5", "1 2", "infin", "nano"})
    EXPECT_EQ(fault("cast_real", {text(wrong)}), Fault::NotANumber) << wrong;
  EXPECT_EQ(fault("cast_real", {text("1e309")}), Fault::OutOfRange);
  EXPECT_EQ(number("cast_real", {text("1e-400")}), 0);
  EXPECT_EQ(number("cast_real", {text("5.")}), 5);
  EXPECT_EQ(number("cast_real", {text("+.5")}), 0.5);
}

TEST(Casts, integers_read_exactly_or_not_at_all) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 50000; ++round) {
    const auto value = static_cast<std::int64_t>(random() >> random() % 64) * (random() % 2 ? 1 : -1);
    const std::string printed = std::to_string(value);
    ASSERT_EQ(words("cast_text", {integer(value)}), printed);
    ASSERT_EQ(bits("cast_integer", {text(printed)}), value);
    ASSERT_EQ(bits("cast_integer", {text(" \t" + printed + "\r")}), value);
  }
  EXPECT_EQ(bits("cast_integer", {text("-9223372036854775808")}), INT64_MIN);
  EXPECT_EQ(bits("cast_integer", {text("+9223372036854775807")}), INT64_MAX);
  EXPECT_EQ(bits("cast_integer", {text("-000000000000000000000000000009223372036854775808")}), INT64_MIN);
  EXPECT_EQ(bits("cast_integer", {text("00000000000000000000000000000")}), 0);
  for (const char* large :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
        "18446744073709551617", "99999999999999999999999999999999", "36893488147419103232"})
    EXPECT_EQ(fault("cast_integer", {text(large)}), Fault::OutOfRange) << large;
  for (const char* wrong :
       {"", " ", "-", "+", "1.0", "1e3", "--1", "1 2", "12a", "a12", "\xd9\xa1", "99999999999999999999x"})
    EXPECT_EQ(fault("cast_integer", {text(wrong)}), Fault::NotAnInteger) << wrong;
}

TEST(Casts, no_byte_but_digits_signs_and_spaces_is_in_an_integer) {
  for (std::size_t size = 1; size <= 18; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string number = std::string("8765432187654321876").substr(0, size);
        number[at] = static_cast<char>(byte);
        const bool digit = byte >= '0' && byte <= '9';
        const bool edge = at == 0 || at + 1 == size;
        const bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
        const bool sign = at == 0 && (byte == '-' || byte == '+');
        const bool right = digit || (size > 1 && ((edge && space) || sign));
        const Fault found = fault("cast_integer", {text(number)});
        ASSERT_EQ(found, right ? Fault::None : Fault::NotAnInteger) << number << " " << byte;
        if (right) {
          ASSERT_EQ(bits("cast_integer", {text(number)}), std::strtoll(number.c_str(), nullptr, 10)) << number;
        }
      }
    }
  }
}

TEST(Casts, reals_become_the_nearest_integer) {
  EXPECT_EQ(bits("cast_integer", {real(2.5)}), 2);
  EXPECT_EQ(bits("cast_integer", {real(3.5)}), 4);
  EXPECT_EQ(bits("cast_integer", {real(-2.6)}), -3);
  EXPECT_EQ(bits("cast_integer", {real(-0x1p63)}), INT64_MIN);
  EXPECT_EQ(bits("cast_integer", {real(0x1.fffffffffffffp62)}), 0x7ffffffffffffc00);
  for (double wrong : {0x1p63, -0x1.0000000000001p63, 1e300, std::nan(""), std::numeric_limits<double>::infinity()})
    EXPECT_EQ(fault("cast_integer", {real(wrong)}), Fault::OutOfRange) << wrong;
}

TEST(Casts, booleans_are_words_and_numbers) {
  for (const char* word : {"true", "TRUE", "t", "T", "yes", "1", " Yes "})
    EXPECT_EQ(bits("cast_boolean", {text(word)}), 1) << word;
  for (const char* word : {"false", "False", "f", "no", "NO", "0"})
    EXPECT_EQ(bits("cast_boolean", {text(word)}), 0) << word;
  for (const char* word : {"", "tru", "truee", "2", "yesno"})
    EXPECT_EQ(fault("cast_boolean", {text(word)}), Fault::NotABoolean) << word;
  EXPECT_EQ(bits("cast_boolean", {integer(-1)}), 1);
  EXPECT_EQ(bits("cast_integer", {boolean(true)}), 1);
  EXPECT_EQ(number("cast_real", {boolean(true)}), 1);
  EXPECT_EQ(words("cast_text", {boolean(false)}), "false");
  EXPECT_EQ(number("cast_real", {integer(INT64_MAX)}), 0x1p63);
}

}  // namespace
}  // namespace inlay::filter
