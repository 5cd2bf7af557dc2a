// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <clocale>
#include <cwctype>
#include <random>
#include <set>

#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

std::string encoded(unsigned code) {
  if (code < 0x80) return {static_cast<char>(code)};
  return {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
}

TEST(Cases, letters_of_the_scripts_named_have_the_c_librarys_other_form) {
  const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  ASSERT_NE(unicode, nullptr);
  // Whose other form is of another length or script; the last two are in Coptic and Greek symbols.
  const std::set<unsigned> exceptions = {0x130, 0x131, 0x17f, 0xb5, 0x345};
  auto in_script = [](unsigned code) {
    return code < 0x180 || (code >= 0x386 && code < 0x3cf) || (code >= 0x400 && code < 0x530);
  };
  for (unsigned code = 1; code < 0x800; ++code) {
    const std::string letter = encoded(code);
    const std::string small = words("lower", {text(letter)}), capital = words("upper", {text(letter)});
    if (!in_script(code) || exceptions.contains(code)) {
      EXPECT_EQ(small, letter) << code;
      EXPECT_EQ(capital, letter) << code;
      continue;
    }
    EXPECT_EQ(small, encoded(static_cast<unsigned>(towlower_l(static_cast<wint_t>(code), unicode)))) << code;
    EXPECT_EQ(capital, encoded(static_cast<unsigned>(towupper_l(static_cast<wint_t>(code), unicode)))) << code;
  }
  freelocale(unicode);
}

TEST(Cases, other_characters_and_stray_bytes_stay) {
  for (const char* same : {"", "1-2_3", "\xe2\x82\xac", "\xf0\x9d\x84\x9e", "\xff\xc3", "\xc3", "\xe2\x82"}) {
    EXPECT_EQ(words("lower", {text(same)}), same);
    EXPECT_EQ(words("upper", {text(same)}), same);
  }
  EXPECT_EQ(words("lower", {text("A\xff\xc3\x84\xc3")}), "a\xff\xc3\xa4\xc3");
  EXPECT_EQ(words("upper", {text(std::string("a\0b", 3))}), std::string("A\0B", 3));
}

TEST(Cases, long_texts_of_ascii_are_mapped_whole) {
  std::mt19937 random(1);
  for (std::size_t size : {1u, 7u, 15u, 16u, 33u, 1000u, 400000u}) {
    std::string mixed(size, ' '), small(size, ' ');
    for (std::size_t i = 0; i < size; ++i) {
      mixed[i] = static_cast<char>(random() % 128);
      small[i] = mixed[i] >= 'A' && mixed[i] <= 'Z' ? static_cast<char>(mixed[i] + 32) : mixed[i];
    }
    EXPECT_EQ(words("lower", {text(mixed)}), small);
  }
}

}  // namespace
}  // namespace inlay::filter
