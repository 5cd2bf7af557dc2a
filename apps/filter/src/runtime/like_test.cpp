// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <re2/re2.h>
#include <sqlite3.h>

#include <random>

#include "runtime/test_call.h"

namespace inlay::filter {
namespace {

using namespace testing;

bool like(const std::string& subject, const std::string& pattern) {
  return bits("like", {text(subject), text(pattern)}) != 0;
}
bool ilike(const std::string& subject, const std::string& pattern) {
  return bits("ilike", {text(subject), text(pattern)}) != 0;
}

/// Tries every way, character by character; of well-formed texts.
bool reference(std::string_view text, std::string_view pattern) {
  auto size = [](std::string_view view) {
    std::size_t n = 1;
    while (n < view.size() && (view[n] & 0xc0) == 0x80) ++n;
    return n;
  };
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    if (reference(text, pattern.substr(1))) return true;
    return !text.empty() && reference(text.substr(size(text)), pattern);
  }
  if (text.empty()) return false;
  const std::size_t n = size(text);
  if (pattern[0] == '_') return reference(text.substr(n), pattern.substr(1));
  return text.substr(0, n) == pattern.substr(0, size(pattern)) &&
         reference(text.substr(n), pattern.substr(size(pattern)));
}

TEST(Like, matches_what_trying_every_way_matches) {
  std::mt19937 random(8);
  const std::string letters[] = {"a", "b", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9d\x84\x9e"};
  int matched = 0;
  for (int round = 0; round < 100000; ++round) {
    std::string subject, pattern;
    const unsigned kinds = round % 2 ? 2 : 5;
    for (unsigned n = random() % 10; n > 0; --n) subject += letters[random() % kinds];
    for (unsigned n = random() % 7; n > 0; --n)
      pattern += random() % 3 == 0 ? "%" : random() % 3 == 0 ? "_" : letters[random() % kinds];
    const bool wanted = reference(subject, pattern);
    ASSERT_EQ(like(subject, pattern), wanted) << subject << " like " << pattern;
    ASSERT_EQ(ilike(subject, pattern), wanted) << subject << " ilike " << pattern;
    matched += wanted;
  }
  EXPECT_GT(matched, 10000);
}

TEST(Like, escapes_and_folds_ascii_as_sqlite_does) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_prepare_v2(database, "select ?1 like ?2 escape '!'", -1, &statement, nullptr), SQLITE_OK);
  std::mt19937 random(6);
  auto pick = [&](std::string_view from, unsigned longest) {
    std::string result;
    for (unsigned n = random() % longest; n > 0; --n) result += from[random() % from.size()];
    return result;
  };
  for (int round = 0; round < 50000; ++round) {
    const std::string subject = pick("aAb%_!", 9);
    std::string pattern = pick("aAbB%_!", 8);
    Callee callee("ilike_escape", {text(subject), text("!" + pattern)});
    if (!callee.refusal.empty()) {
      ASSERT_TRUE(pattern.ends_with('!'));
      continue;
    }
    sqlite3_reset(statement);
    sqlite3_bind_text(statement, 1, subject.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, pattern.c_str(), -1, SQLITE_STATIC);
    ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
    ASSERT_EQ(callee({text(subject), text("!" + pattern)}).bits, sqlite3_column_int(statement, 0))
        << subject << " like " << pattern;
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

TEST(Like, has_no_escape_unless_told) {
  EXPECT_TRUE(like("a\\b", "a\\_"));
  EXPECT_TRUE(like("\\%x", "\\%"));
  EXPECT_FALSE(bits("like_escape", {text("axb"), text("\\a\\_b")}));
  EXPECT_TRUE(bits("like_escape", {text("a_b"), text("\\a\\_b")}));
  EXPECT_TRUE(bits("like_escape", {text("50%"), text("\xe2\x82\xac"
                                                     "50\xe2\x82\xac%")}));
  EXPECT_FALSE(Callee("like_escape", {text("a"), text("!a!")}).refusal.empty());
  EXPECT_FALSE(Callee("like_escape", {text("a"), text("")}).refusal.empty());
}

TEST(Like, letters_are_bytes_and_underscores_are_characters) {
  EXPECT_TRUE(like("", ""));
  EXPECT_TRUE(like("", "%"));
  EXPECT_FALSE(like("", "_"));
  EXPECT_FALSE(like("a", ""));
  EXPECT_TRUE(like("a", "%%_%%"));
  EXPECT_FALSE(like("\xe2\x82\xac", "%__"));
  EXPECT_TRUE(like("\xe2\x82", "__"));
  EXPECT_TRUE(like("x\xff", "x_"));
  EXPECT_TRUE(like("\xe2\x82\xac", "%\x82%"));
  EXPECT_TRUE(like(std::string("a\0b", 3), "a_b"));
  EXPECT_TRUE(like("a\nb", "a%b"));
}

TEST(Like, ilike_folds_letters_of_two_bytes) {
  EXPECT_TRUE(ilike("\xc3\x84RGER", "%\xc3\xa4rg%"));
  EXPECT_TRUE(ilike("\xc3\xa4rger", "\xc3\x84RG__"));
  EXPECT_TRUE(ilike("\xd0\x9c\xd0\x98\xd0\xa0", "\xd0\xbc%"));
  EXPECT_FALSE(ilike("\xc3\x84", "\xc3\xb6"));
  EXPECT_FALSE(like("A", "a"));
  EXPECT_TRUE(ilike("\xc3", "\xc3"));  // the first half of a letter is itself
}

TEST(Regex, is_re2s) {
  std::mt19937 random(10);
  const std::string patterns[] = {"a.c", "^ab", "bc$", "(a|b)+c", "[^a]", "", "\\bab\\b", "(?i)AB", "a{2,}"};
  for (const std::string& pattern : patterns) {
    const RE2 reference(pattern, RE2::Quiet);
    for (int round = 0; round < 500; ++round) {
      std::string subject;
      for (unsigned n = random() % 8; n > 0; --n) subject += "abc \xc3"[random() % 5];
      const bool wanted = RE2::PartialMatch(subject, reference);
      EXPECT_EQ(bits("~", {text(subject), text(pattern)}) != 0, wanted) << subject << " ~ " << pattern;
      EXPECT_EQ(bits("regexp_matches", {text(subject), text(pattern)}) != 0, wanted);
    }
  }
}

TEST(Regex, refuses_what_re2_refuses) {
  EXPECT_NE(Callee("~", {text("a"), text("(a")}).refusal.find("missing )"), std::string::npos);
  EXPECT_FALSE(Callee("~", {text("a"), text("(a)\\1")}).refusal.empty());
  EXPECT_FALSE(Callee("~", {text("a"), text("((a{1000}){1000}){1000}")}).refusal.empty());
}

}  // namespace
}  // namespace inlay::filter
