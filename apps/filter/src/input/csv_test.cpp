// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "input/csv_form.h"
#include "input/csv_oracle.h"
#include "input/csv_split.h"
#include "input/source.h"
#include "input/test_input.h"

namespace inlay::filter {
namespace {

using test::file_of;
using test::Pipe;
using test::rows_text;
using test::schema_text;

std::string read(std::string_view text, TextOptions options = {}, bool with_text = false) {
  options.name = options.name == "standard input" ? "t.csv" : options.name;
  Result<std::unique_ptr<Source>> source = open_csv(file_of(text), options);
  if (!source) return source.error().to_string();
  return schema_text(**source) + "\n" + rows_text(**source, with_text);
}

TEST(Csv, a_header_names_the_columns_and_the_first_rows_type_them) {
  EXPECT_EQ(read("id,name,balance,since,seen,ok\n1,Ann,2.5,2024-02-29,2024-02-29 12:00:00,true\n2,Bo,3,2024-03-01,"
                 "2024-03-01,FALSE\n"),
            "id:integer name:text balance:real since:date seen:timestamp ok:boolean\n"
            "2: <1> <Ann> <2.5> <2024-02-29> <2024-02-29 12:00:00> <true>\n"
            "3: <2> <Bo> <3> <2024-03-01> <2024-03-01> <FALSE>\n");
}

TEST(Csv, a_first_line_with_a_value_is_no_header) {
  EXPECT_EQ(read("1,x\n2,y\n"), "column1:integer column2:text\n1: <1> <x>\n2: <2> <y>\n");
}

TEST(Csv, the_user_decides_about_header_delimiter_quote_and_types) {
  EXPECT_EQ(read("a,b\n1,2\n", {.header = false, .types = {}}), "column1:text column2:text\n1: <a> <b>\n2: <1> <2>\n");
  EXPECT_EQ(read("1,2\n3,4\n", {.header = true, .types = {}}), "1:integer 2:integer\n2: <3> <4>\n");
  EXPECT_EQ(read("a;b\n1,5;2\n", {.delimiter = ';', .header = {}, .types = {}}), "a:text b:integer\n2: <1,5> <2>\n");
  EXPECT_EQ(read("a,b\n\"1\",5\" disk\n", {.quote = 0, .header = {}, .types = {}}),
            "a:text b:text\n2: <\"1\"> <5\" disk>\n");
  EXPECT_EQ(read("a,b\n1,2\n", {.header = {}, .types = {{"B", Type::Text}}}), "a:integer b:text\n2: <1> <2>\n");
  EXPECT_EQ(read("name,b\n1,2\n", {.header = {}, .types = {{"nmae", Type::Text}}}),
            "t.csv: error: there is no column 'nmae' to give a type to; did you mean 'name'? [invalid-argument]");
}

TEST(Csv, delimiters_are_found_in_the_first_lines) {
  EXPECT_EQ(read("a;b\n1,5;2,5\n"), "a:text b:text\n2: <1,5> <2,5>\n");
  EXPECT_EQ(read("a\tb c, d\n1\t2\n"), "a:integer b c, d:integer\n2: <1> <2>\n");
  EXPECT_EQ(read("a|b\n1|2\n"), "a:integer b:integer\n2: <1> <2>\n");
  EXPECT_EQ(read("a,b\tc\n1,2\t3\n", {.header = {}, .types = {}, .name = "t.tsv"}),
            "a,b:text c:integer\n2: <1,2> <3>\n");
}

TEST(Csv, empty_is_null_and_quoted_empty_is_empty) {
  EXPECT_EQ(read("a,b,c\n,\"\",\n"), "a:text b:text c:text\n2: NULL <> NULL\n");
}

TEST(Csv, quotes_hide_delimiters_line_ends_and_doubled_quotes) {
  EXPECT_EQ(read("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"1\n2\r\n3\",z\n\"\"\"\",\"\"\"a\"\nu,v\n", {}, true),
            "a:text b:text\n"
            "2: <x,y> <say \"hi\"> | \"x,y\",\"say \"\"hi\"\"\"\\n\n"
            "3: <1\\n2\\r\\n3> <z> | \"1\\n2\\r\\n3\",z\\n\n"
            "6: <\"> <\"a> | \"\"\"\",\"\"\"a\"\\n\n"
            "7: <u> <v> | u,v\\n\n");
}

TEST(Csv, lines_end_with_lf_crlf_or_cr_or_the_file) {
  EXPECT_EQ(read("a,b\r\n1,\"2\"\r\n3,4", {}, true),
            "a:integer b:integer\n2: <1> <2> | 1,\"2\"\\r\\n\n3: <3> <4> | 3,4\n");
  EXPECT_EQ(read("a,b\r1,2\r3,4\r", {}, true), "a:integer b:integer\n2: <1> <2> | 1,2\\r\n3: <3> <4> | 3,4\\r\n");
  EXPECT_EQ(read("a,b\n1,2\r\n3,\r\n,"), "a:integer b:integer\n2: <1> <2>\n3: <3> NULL\n4: NULL NULL\n");
}

TEST(Csv, a_byte_order_mark_is_no_part_of_the_first_name) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a,b\n1,2\n"),
            "a:integer b:integer\n2: <1> <2>\n");
}

TEST(Csv, nul_is_a_byte_like_others) {
  EXPECT_EQ(read(std::string_view("a,b\nx\0y,\0\n", 10)), "a:text b:text\n2: <x\\0y> <\\0>\n");
}

TEST(Csv, other_encodings_are_refused) {
  EXPECT_EQ(read(std::string_view("\xff\xfe"
                                  "a\0,\0b\0\n\0",
                                  10)),
            "t.csv: error: is encoded in UTF-16; UTF-8 is read (iconv -f UTF-16 -t UTF-8 would convert it) [file]");
  EXPECT_EQ(read(std::string_view("a\0,\0b\0\n\0001\0,\0002\0\n\0", 16)),
            "t.csv: error: is encoded in UTF-16; UTF-8 is read (iconv -f UTF-16 -t UTF-8 would convert it) [file]");
}

TEST(Csv, nothing_has_no_columns_and_a_header_alone_no_rows) {
  EXPECT_EQ(read(""), "\n");
  EXPECT_EQ(read("a,b\n"), "a:text b:text\n");
  EXPECT_EQ(read("a,b"), "a:text b:text\n");
}

TEST(Csv, texts_that_the_user_says_are_null_but_in_quotes) {
  const TextOptions options{.header = {}, .types = {}, .nulls = {"NA", "-", "\""}};
  EXPECT_EQ(read("a,b\nNA,\"NA\"\n1,-\n2,\"\"\"\"\n", options),
            "a:integer b:text\n2: NULL <NA>\n3: <1> NULL\n4: <2> <\">\n");
  // Row by row, for one is empty.
  EXPECT_EQ(read("a,b\nNA,\"NA\"\n\n-,\"\"\"\"\n", options), "a:text b:text\n2: NULL <NA>\n4: NULL <\">\n");
}

TEST(Csv, empty_lines_are_skipped_but_not_counted_away) {
  EXPECT_EQ(read("\na,b\n\n1,2\n\r\n\n3,4\n\n", {}, true),
            "a:integer b:integer\n4: <1> <2> | 1,2\\n\n7: <3> <4> | 3,4\\n\n");
}

TEST(Csv, an_empty_line_of_one_column_is_null) {
  EXPECT_EQ(read("a\n1\n\n2\n\r\n"), "a:integer\n2: <1>\n3: NULL\n4: <2>\n5: NULL\n");
}

TEST(Csv, ragged_rows_are_errors_behind_the_rows_before_them) {
  EXPECT_EQ(read("a,b,c\n1,2,3\n4,5\n6,7,8\n"),
            "a:integer b:integer c:integer\n2: <1> <2> <3>\n"
            "error: t.csv:3: error: 2 fields instead of 3 [file]\n");
  EXPECT_EQ(read("a,b\n1,2\n\n\"x\ny\",2\n4,5,6\n"),
            "a:text b:integer\n2: <1> <2>\n4: <x\\ny> <2>\nerror: t.csv:6: error: 3 fields instead of 2 [file]\n");
  // One field less, then two more: as many as in two sound rows.
  EXPECT_EQ(read("a,b,c\n1,2\n3,4,5,6\n"),
            "a:text b:text c:text\nerror: t.csv:2: error: 2 fields instead of 3 [file]\n");
  EXPECT_EQ(read("a,b,c\n1\n2,3\n4,5,6\n"),
            "a:text b:text c:text\nerror: t.csv:2: error: 1 field instead of 3 [file]\n");
  // Doubled quotes, and a CR behind a quote in a column that is not the last of two sound rows.
  EXPECT_EQ(read("a,b,c\n1,\"x\"\"y\"\"\"\r\n3,4,5,6\r\n"),
            "a:text b:text c:text\nerror: t.csv:2: error: 2 fields instead of 3 [file]\n");
}

TEST(Csv, an_input_that_ends_in_the_middle_of_a_row_is_told) {
  EXPECT_EQ(read("a,b,c\n1,2,3\n4,5"),
            "a:integer b:integer c:integer\n2: <1> <2> <3>\n"
            "error: t.csv:3: error: 2 fields instead of 3: the input ends in the middle of this row [file]\n");
}

TEST(Csv, quotes_that_do_not_close_tell_where_they_opened) {
  EXPECT_EQ(read("a,b\n1,2\n3,\"x\ny\n5,6\n"),
            "a:integer b:integer\n2: <1> <2>\nerror: t.csv:3: error: a field begins here with a quote that is not "
            "closed [file]\n");
}

TEST(Csv, quotes_in_the_middle_are_errors) {
  EXPECT_EQ(
      read("a,b\n1,2\n3,5\" disk\n"),
      "a:integer b:integer\n2: <1> <2>\nerror: t.csv:3: error: a quote inside a field that does not begin with one "
      "[file]\n");
  EXPECT_EQ(read("a,b\n1,2\n\"x\ny\"z,5\n"),
            "a:integer b:integer\n2: <1> <2>\nerror: t.csv:4: error: text behind the quote that ends a field (a quote "
            "within a field is written twice) [file]\n");
}

TEST(Csv, quotes_of_a_header_are_checked_too) {
  EXPECT_EQ(read("\na,5\" disk\n1,2\n"), "t.csv:2: error: a quote inside a field that does not begin with one [file]");
  EXPECT_EQ(read("\"\"a,b\n1,2\n"),
            "t.csv:1: error: text behind the quote that ends a field (a quote within a field is written twice) [file]");
  EXPECT_EQ(read("a,\"b\n1,2\n"), "t.csv:1: error: a field begins here with a quote that is not closed [file]");
}

TEST(Csv, names_are_made_where_they_are_missing_and_told_apart_where_equal) {
  EXPECT_EQ(read(",x,x,x\n1,2,3,4\n"), "column1:integer x:integer x_2:integer x_3:integer\n2: <1> <2> <3> <4>\n");
}

TEST(Csv, only_columns_that_are_used_have_cells) {
  std::unique_ptr<Source> source = open_csv(file_of("a,b,c\n1,2,3\n\"x\"\"y\",5,\"6\"\n"), {}).value();
  const ColumnId used[] = {ColumnId{3}};
  source->use(used);
  EXPECT_EQ(rows_text(*source), "2: - - <3>\n3: - - <6>\n");
}

TEST(Csv, without_used_columns_rows_are_still_counted) {
  std::unique_ptr<Source> source = open_csv(file_of("a,b\n1,2\n3,4\n"), {}).value();
  source->use({});
  EXPECT_EQ(rows_text(*source), "2: - -\n3: - -\n");
}

TEST(Csv, the_header_stands_as_it_stood) {
  EXPECT_EQ(open_csv(file_of("\n\"a\",b\r\n1,2\r\n"), {}).value()->header(), "\"a\",b\r\n");
  EXPECT_EQ(open_csv(file_of("1,2\n"), {}).value()->header(), "");
}

TEST(Csv, a_field_of_ten_megabytes_is_one_cell) {
  const std::string large(10 << 20, 'x');
  const std::string text = "a,b\n1," + large + "\n2,\"" + large + "\n\"\n3,y\n";
  for (const bool pipe : {false, true}) {
    Pipe from(pipe ? text : std::string());
    std::unique_ptr<Source> source = open_csv(pipe ? from.file() : file_of(text), {}).value();
    if (!pipe) ::close(from.file());
    EXPECT_EQ(rows_text(*source), "2: <1> <" + large + ">\n3: <2> <" + large + "\\n>\n5: <3> <y>\n");
  }
}

TEST(Csv, a_directory_is_refused) {
  const int file = ::open("/tmp", O_RDONLY);
  EXPECT_EQ(open_csv(file, {}).error().to_string(), "standard input: error: cannot be read: Is a directory [file]");
}

TEST(Csv, a_batch_outlives_its_source) {
  std::unique_ptr<Source> source = open_csv(file_of("a,b\n1,\"x\"\"y\"\n"), {}).value();
  const InputBatch batch = *next_split(*source).value();
  const Schema schema = source->schema();
  source.reset();
  EXPECT_EQ(test::value_text(schema.columns()[1], batch.batch.columns[1], 0), "<x\"y>");
  EXPECT_EQ(batch.text, "1,\"x\"\"y\"\n");
}

TEST(Csv, one_thread_alone_finds_and_splits_the_same_batches_at_once) {
  std::string text = "id,name\n";
  for (int i = 0; i < 2000; ++i) text += std::to_string(i) + (i % 7 ? ",n\n" : ",\"n\"\"\n\"\n");
  TextOptions options{.header = {}, .types = {}, .name = "t.csv"};
  options.batch_bytes = 3000;
  std::unique_ptr<Source> alone = open_csv(file_of(text), options).value();
  std::unique_ptr<Source> other = open_csv(file_of(text), options).value();
  int split = 0, batches = 0;
  while (true) {
    std::optional<InputBatch> one = alone->next_alone().value(), two = other->next().value();
    ASSERT_EQ(one.has_value(), two.has_value());
    if (!one) break;
    EXPECT_FALSE(two->is_split);
    split += one->is_split;
    ++batches;
    EXPECT_EQ(one->text, two->text);
    EXPECT_EQ(one->bytes, two->bytes);
    EXPECT_EQ(one->first_line, two->first_line);
    EXPECT_EQ(one->batch.first_row, two->batch.first_row);
    EXPECT_EQ(one->batch.rows, two->batch.rows);
    // What is to come is told in rows: all but some of them, for the first ones are shorter.
    if (batches == 1) {
      EXPECT_EQ(one->batch.rows_behind, two->batch.rows_behind);
      EXPECT_GT(one->batch.rows_behind, 1000);
      EXPECT_LT(one->batch.rows_behind, 2500);
    }
  }
  EXPECT_GT(batches, 3);
  EXPECT_EQ(split, batches - 1);  // the last one's last line might have no end
}

TEST(Csv, a_source_of_a_slow_pipe_can_be_dropped_early) {
  Pipe pipe("a,b\n" + std::string(1 << 20, '\n') + "1,2\n", 100);
  std::unique_ptr<Source> source = open_csv(pipe.file(), {.header = {}, .types = {}, .batch_bytes = 5000}).value();
  source->next().value();
}

TEST(Csv, threads_split_batches_side_by_side) {
  std::string text = "id,name\n";
  constexpr int Rows = 20000;
  for (int i = 0; i < Rows; ++i) text += std::to_string(i) + ",\"n\"\"" + (i % 5 ? "\"\n" : "\n\"\n\n");
  for (const bool pipe : {false, true}) {
    std::optional<Pipe> from;
    if (pipe) from.emplace(text);
    std::unique_ptr<Source> source =
        open_csv(pipe ? from->file() : file_of(text), {.header = {}, .types = {}, .batch_bytes = 3000}).value();
    std::mutex mutex;
    std::vector<int> seen(Rows);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        while (true) {
          std::optional<InputBatch> batch;
          {
            const std::lock_guard<std::mutex> lock(mutex);
            batch = source->next().value();
          }
          if (!batch) return;
          source->split(*batch);
          EXPECT_FALSE(batch->error);
          for (std::int64_t row = 0; row < batch->batch.rows; ++row) {
            const std::int64_t id = batch->batch.first_row + row;
            const std::int64_t line =
                batch->first_line + (batch->lines.empty() ? row : batch->lines[static_cast<std::size_t>(row)]);
            EXPECT_EQ(line, 2 + id + (id + 4) / 5 * 2);
            EXPECT_EQ(test::value_text(source->schema().columns()[0], batch->batch.columns[0], row),
                      "<" + std::to_string(id) + ">");
            ++seen[static_cast<std::size_t>(id)];
          }
        }
      });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(seen, std::vector<int>(Rows, 1));
  }
}

TEST(Csv, an_input_that_cannot_be_read_on_is_an_error_behind_its_rows) {
  // A terminal whose other side is closed fails with EIO, behind what was written to it.
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_TRUE(terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0);
  const int file = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
  ASSERT_GE(file, 0);
  ASSERT_EQ(::write(file, "a,b\n1,2\n3,4\n5", 13), 13);
  ::close(file);
  Result<std::unique_ptr<Source>> source = open_csv(terminal, {.header = {}, .types = {}, .name = "tty"});
  ASSERT_TRUE(source) << source.error().to_string();
  EXPECT_EQ(rows_text(**source),
            "2: <1> <2>\n3: <3> <4>\nerror: tty: error: cannot be read: Input/output error [file]\n");
}

// What the oracle reads is what comes out, whatever the batches and wherever the text comes from.
std::string oracle_text(std::string_view text, std::size_t columns, char line_end) {
  const oracle::Rows rows = oracle::read(text, columns, ',', '"', line_end);
  std::string out;
  for (const oracle::Row& row : rows.rows) {
    out += std::to_string(row.line) + ":";
    for (const oracle::Field& field : row.fields) out += field ? " <" + test::shown(*field) + ">" : " NULL";
    out += " | " + test::shown(row.text) + "\n";
  }
  if (rows.bad_line) out += "error in line " + std::to_string(rows.bad_line) + "\n";
  return out;
}

std::string without_message(std::string text) {
  const std::size_t at = text.find("error: t.csv:");
  if (at == std::string::npos) return text;
  const std::size_t begin = at + std::string_view("error: t.csv:").size();
  const std::string line = text.substr(begin, text.find(':', begin) - begin);
  return text.substr(0, at) + "error in line " + line + "\n";
}

std::string random_csv(std::mt19937& random, std::size_t columns, std::string_view line_end, unsigned faults) {
  std::string text;
  const std::size_t rows = random() % 60;
  for (std::size_t row = 0; row < rows; ++row) {
    if (random() % 20 == 0) text += line_end;
    for (std::size_t column = 0; column < columns; ++column) {
      if (column) text += ',';
      switch (random() % 8) {
        case 0:
          break;
        case 1:
          text += '"';
          for (std::size_t i = random() % 12; i > 0; --i) {
            const std::string_view pieces[] = {"\"\"", ",", "\n", "\r\n", "x", "yz", "\r"};
            text += pieces[random() % std::size(pieces)];
          }
          text += '"';
          break;
        default:
          text.append(random() % (random() % 10 ? 10 : 100), static_cast<char>('a' + random() % 26));
      }
    }
    if (row + 1 < rows || random() % 2) text += line_end;
  }
  for (; faults && !text.empty(); --faults) {
    const std::string_view bytes = "\",\n\rx";
    const std::size_t at = random() % text.size();
    if (random() % 2)
      text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), bytes[random() % bytes.size()]);
    else
      text.erase(at, 1);
  }
  return text;
}

TEST(Csv, random_texts_are_read_as_by_a_loop_over_the_bytes) {
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    const std::size_t columns = 1 + random() % (random() % 20 ? 5 : 100);
    const bool cr = random() % 5 == 0;
    const std::string line_end = cr ? "\r" : random() % 2 ? "\n" : "\r\n";
    std::string header = "h1";
    for (std::size_t c = 1; c < columns; ++c) header += ",h" + std::to_string(c + 1);
    const unsigned faults = random() % 3 ? 0 : 1 + random() % 3;
    const std::string rows = random_csv(random, columns, line_end, faults);
    const std::string text = header + line_end + rows;
    // A fault may put an LF of a quoted field outside.
    if (line_end_of(text, '"') != (cr ? '\r' : '\n')) continue;
    TextOptions options{.delimiter = ',', .header = true, .types = {}, .name = "t.csv"};
    options.batch_bytes = 1 + random() % (random() % 2 ? 40 : 4000);
    const std::string expected = oracle_text(text, columns, cr ? '\r' : '\n');
    const bool from_pipe = i % 10 == 0;
    std::optional<Pipe> pipe;
    if (from_pipe) pipe.emplace(text, 1 + random() % 500);
    Result<std::unique_ptr<Source>> source = open_csv(from_pipe ? pipe->file() : file_of(text), options);
    ASSERT_TRUE(source) << source.error().to_string();
    // The header is a row to the oracle.
    std::string read = "1:";
    for (const Column& column : (*source)->schema().columns()) read += " <" + column.name + ">";
    read += " | " + test::shown((*source)->header()) + "\n";
    read += without_message(rows_text(**source, true, i % 2 == 0));
    ASSERT_EQ(read, expected) << test::shown(text) << " batch_bytes " << options.batch_bytes;
  }
}

TEST(Csv, every_variant_of_the_code_splits_alike) {
  std::mt19937 random(4);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_csv(random, 3, "\n", random() % 2);
    const std::uint32_t used[] = {0, 2};
    const CsvForm form{.marks = {}, .columns = 3};
    std::vector<std::string> read;
    for (const StructureCode* code : structure_codes()) {
      if (!code->supported()) continue;
      BatchMemory memory(std::make_shared<BufferPool>());
      const Extent extent = code->extent(text, form.marks);
      const CsvRows rows = split_csv(text, extent.records + 1, form, used, memory, *code);
      std::string out;
      for (std::int64_t row = 0; row < rows.rows; ++row)
        for (const Text* cells : rows.cells) out += std::string(cells[row]) + (cells[row].data ? "|" : "-");
      out += std::string(rows.text);
      if (rows.fault) out += std::to_string(rows.fault->line) + rows.fault->message;
      read.push_back(out);
    }
    for (const std::string& other : read) ASSERT_EQ(other, read.front()) << text;
  }
}

}  // namespace
}  // namespace inlay::filter
