// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <sqlite3.h>

#include <cstdint>
#include <random>

#include "runtime/find.h"
#include "runtime/test_call.h"
#include "runtime/utf8.h"

namespace inlay::filter {
namespace {

using namespace testing;

const std::string Euro = "\xe2\x82\xac", Umlaut = "\xc3\xa4", Clef = "\xf0\x9d\x84\x9e";

TEST(Texts, search_finds_what_the_standard_library_finds) {
  std::mt19937 random(11);
  for (int round = 0; round < 60000; ++round) {
    std::string text(random() % 70, ' '), needle(random() % (round % 3 ? 5 : 24), ' ');
    for (char& c : text) c = "ab\0"[random() % 3];
    for (char& c : needle) c = "ab\0"[random() % 3];
    if (random() % 2 && needle.size() <= text.size())
      text.replace(random() % (text.size() - needle.size() + 1), needle.size(), needle);
    const ExactText exact(text), exact_needle(needle);
    const char* found = find_text(exact.text(), exact_needle.text());
    const std::size_t at = found ? static_cast<std::size_t>(found - exact.text().data) : std::string::npos;
    ASSERT_EQ(at, text.find(needle)) << text << " " << needle;
  }
}

TEST(Texts, tests_of_beginning_end_and_middle) {
  EXPECT_TRUE(bits("starts_with", {text("filter"), text("fil")}));
  EXPECT_FALSE(bits("starts_with", {text("fi"), text("fil")}));
  EXPECT_TRUE(bits("starts_with", {text(""), text("")}));
  EXPECT_TRUE(bits("ends_with", {text("filter"), text("ter")}));
  EXPECT_FALSE(bits("ends_with", {text("er"), text("ter")}));
  EXPECT_TRUE(bits("ends_with", {text("x"), text("")}));
  EXPECT_TRUE(bits("contains", {text("filter"), text("lte")}));
  EXPECT_TRUE(bits("contains", {text(""), text("")}));
  EXPECT_FALSE(bits("contains", {text("filter"), text("filters")}));
  EXPECT_TRUE(bits("contains", {text(std::string("a\0b", 3)), text(std::string("\0b", 2))}));
}

TEST(Texts, functions_take_texts_without_an_address) {
  ScopeOwner owner;
  for (const Function& function : Registry::standard().functions()) {
    if (function.traits.prepare) continue;
    std::vector<Slot> slots(function.parameters.size());
    std::vector<const Slot*> pointers;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (function.parameters[i] == Type::Text) slots[i].text = {};
      pointers.push_back(&slots[i]);
    }
    Slot result;
    function.call(owner.scope(), pointers.data(), nullptr, result);
    if (function.result == Type::Text) {
      EXPECT_GE(result.text.size, 0) << function.symbol;
    }
  }
}

TEST(Texts, length_counts_characters_and_bytes_that_are_none) {
  EXPECT_EQ(bits("length", {text("")}), 0);
  EXPECT_EQ(bits("length", {text("abc")}), 3);
  EXPECT_EQ(bits("length", {text(Umlaut + Euro + Clef)}), 3);
  EXPECT_EQ(bits("octet_length", {text(Umlaut + Euro + Clef)}), 9);
  // Unicode, chapter 3: overlong, surrogates, beyond 10ffff, cut off, lone continuations.
  EXPECT_EQ(bits("length", {text("\xc0\x80")}), 2);
  EXPECT_EQ(bits("length", {text("\xe0\x9f\xbf")}), 3);
  EXPECT_EQ(bits("length", {text("\xed\xa0\x80")}), 3);
  EXPECT_EQ(bits("length", {text("\xf4\x90\x80\x80")}), 4);
  EXPECT_EQ(bits("length", {text("\xf0\x8f\xbf\xbf")}), 4);
  EXPECT_EQ(bits("length", {text("\xe2\x82")}), 2);
  EXPECT_EQ(bits("length", {text("\x80\xff" + Euro)}), 3);
  EXPECT_EQ(bits("length", {text("\xf4\x8f\xbf\xbf\xed\x9f\xbf")}), 2);
}

/// Decodes by way of the code point's value, unlike the library.
std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < text.size();) {
    auto byte = [&](std::size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u; };
    const unsigned first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 1;
    std::uint32_t code = size == 1 ? first : first & (0x7fu >> size);
    bool well = true;
    for (std::size_t k = 1; k < size; ++k) {
      well = well && byte(k) >> 6 == 2;
      code = code << 6 | (byte(k) & 0x3f);
    }
    constexpr std::uint32_t Least[] = {0, 0, 0x80, 0x800, 0x10000};
    well = well && code >= Least[size] && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    const std::size_t taken = well ? size : 1;
    result.push_back(text.substr(i, taken));
    i += taken;
  }
  return result;
}

std::string random_bytes(std::mt19937& random, std::size_t longest) {
  const std::string parts[] = {"a",           "b", "Z", " ", Umlaut, Euro, Clef, "\x80", "\xe2\x82", "\xf0\x9d\x84",
                               "\xed\xa0\x80"};
  std::string result;
  for (std::size_t n = random() % (longest + 1); n > 0; --n) {
    if (random() % 8) {
      result += parts[random() % std::size(parts)];
    } else {
      result += static_cast<char>(random() % 256);
    }
  }
  return result;
}

TEST(Texts, characters_are_those_of_a_decoder_by_value_forth_and_back) {
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    const std::string bytes = random_bytes(random, 12);
    const std::vector<std::string> wanted = characters(bytes);
    const ExactText exact(bytes);
    const char* begin = exact.text().data;
    const char* end = begin + exact.text().size;
    const char* at = begin;
    for (const std::string& character : wanted) {
      ASSERT_EQ(character_size(at, end), static_cast<std::int64_t>(character.size()));
      at += character.size();
      ASSERT_EQ(character_before(begin, at), at - character.size());
    }
    ASSERT_EQ(count_characters(exact.text()), static_cast<std::int64_t>(wanted.size()));
  }
}

/// What SQLite makes of an expression with texts (?1, ?2) and integers.
class Sqlite {
 public:
  explicit Sqlite(const char* expression) {
    EXPECT_EQ(sqlite3_open(":memory:", &database_), SQLITE_OK);
    const std::string query = std::string("select ") + expression;
    EXPECT_EQ(sqlite3_prepare_v2(database_, query.c_str(), -1, &statement_, nullptr), SQLITE_OK);
  }
  ~Sqlite() {
    sqlite3_finalize(statement_);
    sqlite3_close(database_);
  }
  std::string operator()(const std::vector<Value>& arguments) {
    sqlite3_reset(statement_);
    int number = 0;
    for (const Value& argument : arguments) {
      ++number;
      if (argument.type == Type::Text) {
        sqlite3_bind_text(statement_, number, argument.text.data(), static_cast<int>(argument.text.size()),
                          SQLITE_TRANSIENT);
      } else {
        sqlite3_bind_int64(statement_, number, argument.bits);
      }
    }
    EXPECT_EQ(sqlite3_step(statement_), SQLITE_ROW);
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, 0));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, 0))};
  }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

std::string random_utf8(std::mt19937& random, std::size_t longest) {
  const std::string parts[] = {"a", "b", "c", Umlaut, Euro, Clef};
  std::string result;
  for (std::size_t n = random() % (longest + 1); n > 0; --n) result += parts[random() % std::size(parts)];
  return result;
}

TEST(Texts, substr_counts_as_sqlite_does) {
  std::mt19937 random(3);
  Sqlite two("substr(?1, ?2)"), three("substr(?1, ?2, ?3)");
  for (int round = 0; round < 20000; ++round) {
    const Value subject = text(random_utf8(random, 8));
    const Value first = integer(static_cast<int>(random() % 25) - 12);
    const Value count = integer(static_cast<int>(random() % 25) - 12);
    ASSERT_EQ(words("substr", {subject, first}), two({subject, first})) << subject.text << " " << first.bits;
    ASSERT_EQ(words("substr", {subject, first, count}), three({subject, first, count}))
        << subject.text << " " << first.bits << " " << count.bits;
  }
}

TEST(Texts, substr_takes_any_number) {
  const std::int64_t edges[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
  for (std::int64_t first : edges) {
    EXPECT_EQ(words("substr", {text("abc"), integer(first)}), first == -1 ? "c" : first > 1 ? "" : "abc") << first;
    for (std::int64_t count : edges) {
      const std::string part = words("substr", {text("abc"), integer(first), integer(count)});
      EXPECT_NE(std::string("abc").find(part), std::string::npos);
    }
  }
  EXPECT_EQ(words("substr", {text("abc"), integer(1), integer(INT64_MAX)}), "abc");
  EXPECT_EQ(words("substr", {text("abc"), integer(INT64_MAX), integer(INT64_MIN)}), "abc");
}

TEST(Texts, position_replace_and_trim_are_those_of_sqlite) {
  std::mt19937 random(4);
  Sqlite instr("instr(?1, ?2)"), replace("replace(?1, ?2, ?3)"), trim("trim(?1, ?2)"), ltrim("ltrim(?1, ?2)"),
      rtrim("rtrim(?1, ?2)"), join("?1 || ?2");
  for (int round = 0; round < 10000; ++round) {
    const Value a = text(random_utf8(random, 9)), b = text(random_utf8(random, 2)), c = text(random_utf8(random, 3));
    ASSERT_EQ(std::to_string(bits("position", {a, b})), instr({a, b})) << a.text << " " << b.text;
    ASSERT_EQ(words("replace", {a, b, c}), replace({a, b, c})) << a.text << " " << b.text << " " << c.text;
    ASSERT_EQ(words("trim", {a, b}), trim({a, b})) << a.text << " " << b.text;
    ASSERT_EQ(words("ltrim", {a, b}), ltrim({a, b})) << a.text << " " << b.text;
    ASSERT_EQ(words("rtrim", {a, b}), rtrim({a, b})) << a.text << " " << b.text;
    ASSERT_EQ(words("||", {a, b}), join({a, b}));
  }
}

TEST(Texts, trim_alone_takes_spaces) {
  EXPECT_EQ(words("trim", {text("  a b\t ")}), "a b\t");
  EXPECT_EQ(words("ltrim", {text("  a ")}), "a ");
  EXPECT_EQ(words("rtrim", {text("  a ")}), "  a");
  EXPECT_EQ(words("trim", {text("   ")}), "");
}

TEST(Texts, what_would_be_longer_than_a_gibibyte_raises) {
  const std::string many(1 << 16, 'a');
  EXPECT_EQ(fault("replace", {text(many), text("a"), text(many)}), Fault::TooLong);
  EXPECT_EQ(words("replace", {text("aaa"), text("aa"), text("")}), "a");
}

}  // namespace
}  // namespace inlay::filter
