// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "input/source.h"
#include "input/test_input.h"

namespace inlay::filter {
namespace {

using test::file_of;
using test::rows_text;
using test::schema_text;

std::string read(std::string_view text, TextOptions options = {}, bool with_text = false) {
  options.name = "t.jsonl";
  Result<std::unique_ptr<Source>> source = open_json_lines(file_of(text), options);
  if (!source) return source.error().to_string();
  return schema_text(**source) + "\n" + rows_text(**source, with_text);
}

TEST(JsonLines, members_become_columns_by_name_and_type) {
  EXPECT_EQ(
      read(
          "{\"id\":1,\"name\":\"Ann\",\"balance\":2,\"ok\":true,\"since\":\"2024-02-29\",\"at\":\"2024-02-29T12:00\"}\n"
          "{\"ok\":false,\"name\":\"Bo\",\"id\":-2,\"balance\":2.5,\"at\":\"2024-02-29\",\"since\":null}\n"),
      "id:integer name:text balance:real ok:boolean since:date at:timestamp\n"
      "1: 1 <Ann> 2 true <2024-02-29> <2024-02-29T12:00>\n"
      "2: -2 <Bo> 2.5 false NULL <2024-02-29>\n");
}

TEST(JsonLines, missing_and_null_are_null_and_unknown_members_are_passed_over) {
  EXPECT_EQ(read("{\"a\":1,\"b\":\"\"}\n{\"b\":null}\n{\"a\":null,\"b\":\"x\"}\n{}\n", {}, true),
            "a:integer b:text\n"
            "1: 1 <> | {\"a\":1,\"b\":\"\"}\\n\n"
            "2: NULL NULL | {\"b\":null}\\n\n"
            "3: NULL <x> | {\"a\":null,\"b\":\"x\"}\\n\n"
            "4: NULL NULL | {}\\n\n");
}

TEST(JsonLines, a_source_that_is_watched_tells_of_members_that_are_not_in_use) {
  Result<std::unique_ptr<Source>> source = open_json_lines(
      file_of("{\"a\":1,\"b\":2}\n{\"a\":1}\n{\"b\":null,\"\\u0063\":2.5,\"d\":1}\n{\"b\":\"NaN\"}\n"), {});
  ASSERT_TRUE(source);
  const ColumnId first(1);
  (*source)->use({&first, 1});
  (*source)->watch();
  Result<std::optional<InputBatch>> batch = next_split(**source);
  ASSERT_TRUE(batch && *batch);
  std::string others;
  for (const OtherMember& other : (*batch)->others)
    others += std::to_string(other.row) + " " + other.name + ":" + std::string(to_string(other.type)) + "\n";
  EXPECT_EQ(others, "0 b:integer\n2 c:real\n3 b:real\n");
}

TEST(JsonLines, escapes_are_decoded_in_names_and_values) {
  EXPECT_EQ(read("{\"a\\\"b\":\"x\\ny\\u00e9\\\\\",\"c\":\"\\ud83d\\ude00\"}\n"),
            "a\"b:text c:text\n1: <x\\ny\xc3\xa9\\> <\xf0\x9f\x98\x80>\n");
}

TEST(JsonLines, nested_values_and_mixed_types_are_their_text) {
  EXPECT_EQ(read("{\"a\":{\"b\":[1, 2]},\"c\":[ ],\"d\":1}\n{\"a\":1.50,\"c\":true,\"d\":\"x\"}\n"),
            "a:text c:text d:text\n1: <{\"b\":[1, 2]}> <[ ]> <1>\n2: <1.50> <true> <x>\n");
}

TEST(JsonLines, spaces_crlf_empty_lines_bom_and_no_last_line_end) {
  EXPECT_EQ(read("\xef\xbb\xbf{ \"a\" : \"x\" , \"b\" : 1 }\r\n\r\n\n {\"a\":\"y\"}", {}, true),
            "a:text b:integer\n1: <x> 1 | { \"a\" : \"x\" , \"b\" : 1 }\\r\\n\n4: <y> NULL |  {\"a\":\"y\"}\n");
}

TEST(JsonLines, the_user_decides_about_types_and_adds_members_that_come_late) {
  EXPECT_EQ(read("{\"a\":1}\n{\"late\":2.5}\n", {.header = {}, .types = {{"a", Type::Real}, {"late", Type::Real}}}),
            "a:real late:real\n1: 1 NULL\n2: NULL 2.5\n");
}

TEST(JsonLines, values_of_another_type_are_errors_behind_the_rows_before) {
  const TextOptions integer{.header = {}, .types = {{"a", Type::Integer}}};
  EXPECT_EQ(read("{\"a\":1}\n\n{\"a\":\"12\"}\n", integer),
            "a:integer\n1: 1\nerror: t.jsonl:3: error: member 'a' is \"12\", which is not an integer [file]\n");
  EXPECT_EQ(read("{\"a\":1.5}\n", integer),
            "a:integer\nerror: t.jsonl:1: error: member 'a' is 1.5, which is not an integer [file]\n");
  EXPECT_EQ(read("{\"a\":[1]}\n", {.header = {}, .types = {{"a", Type::Date}}}),
            "a:date\nerror: t.jsonl:1: error: member 'a' is [1], which is not a date [file]\n");
  EXPECT_EQ(read("{\"a\":0}\n", {.header = {}, .types = {{"a", Type::Boolean}}}),
            "a:boolean\nerror: t.jsonl:1: error: member 'a' is 0, which is not a boolean [file]\n");
}

TEST(JsonLines, lines_that_are_no_object_are_errors) {
  for (const std::string_view bad : {"[1]", "1", "{\"a\":", "{\"a\":1}}", "{\"a\":1} {\"a\":2}", "x", "{\"a\" 1}",
                                     "{\"a\":\"x}", "{\"a\":1", "   ", "{\"a\":nul}", "{\"a\":\"\xff\"}"}) {
    const std::string text = read("{\"a\":1}\n" + std::string(bad) + "\n{\"a\":2}\n");
    EXPECT_TRUE(text.find("1: 1\nerror: t.jsonl:2: error: ") != std::string::npos ||
                text.find("1: <1>\nerror: t.jsonl:2: error: ") != std::string::npos)
        << bad << ": " << text;
  }
}

TEST(JsonLines, only_columns_that_are_used_are_read) {
  std::unique_ptr<Source> source =
      open_json_lines(file_of("{\"a\":1,\"b\":\"x\",\"c\":2}\n{\"c\":3,\"a\":1}\n"), {}).value();
  const ColumnId used[] = {ColumnId{3}};
  source->use(used);
  EXPECT_EQ(rows_text(*source), "1: - - 2\n2: - - 3\n");
}

TEST(JsonLines, batches_of_any_size_yield_the_same_rows) {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += "{\"id\":" + std::to_string(i) + ",\"name\":\"n\\t" + std::string(static_cast<std::size_t>(i % 90), 'x') +
            (i % 7 ? "\"}\n" : "\",\"late\":true}\n\n");
  const std::string expected = read(text, {}, true);
  EXPECT_NE(expected.find("<n\tx>"), std::string::npos);
  for (const std::int64_t size : {1, 100, 1000, 10000}) {
    TextOptions options;
    options.batch_bytes = size;
    EXPECT_EQ(read(text, options, true), expected) << size;
  }
}

TEST(JsonLines, a_member_of_ten_megabytes_is_one_text) {
  const std::string large(10 << 20, 'x');
  EXPECT_EQ(read("{\"a\":\"" + large + "\"}\n{\"a\":\"\\n" + large + "\"}\n"),
            "a:text\n1: <" + large + ">\n2: <\\n" + large + ">\n");
}

}  // namespace
}  // namespace inlay::filter
