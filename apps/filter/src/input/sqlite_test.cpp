// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "input/source.h"
#include "input/test_input.h"

namespace inlay::filter {
namespace {

namespace fs = std::filesystem;

class Sqlite : public testing::Test {
 protected:
  Sqlite() {
    std::string pattern = (fs::temp_directory_path() / "inlay-filter-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    folder_ = pattern;
    path_ = folder_ / "t.db";
  }
  ~Sqlite() override { fs::remove_all(folder_); }

  void run(const std::string& text) {
    sqlite3* database = nullptr;
    ASSERT_EQ(::sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(::sqlite3_exec(database, text.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    ::sqlite3_close(database);
  }

  std::string read(const std::string& what) {
    Result<std::unique_ptr<Source>> source = open_sqlite(path_.string(), what);
    std::string text =
        source ? test::schema_text(**source) + "\n" + test::rows_text(**source) : source.error().to_string();
    for (std::size_t at; (at = text.find(path_.string())) != std::string::npos;)
      text.replace(at, path_.string().size(), "t.db");
    return text;
  }

  fs::path folder_, path_;
};

TEST_F(Sqlite, columns_have_the_types_that_they_are_declared_with) {
  run("create table t(id integer primary key, name varchar(20), balance double, price decimal(10,2), ok boolean, "
      "since date, seen datetime, raw blob, anything);"
      "insert into t values(1,'Ann',2.5,3,1,'2024-02-29','2024-02-29 12:00:00',x'00ff',7);"
      "insert into t values(5,null,null,1.5,null,null,null,null,2.5);");
  EXPECT_EQ(read("t"),
            "id:integer name:text balance:real price:real ok:boolean since:date seen:timestamp raw:text anything:real\n"
            "1 <Ann> 2.5 3 true <2024-02-29> <2024-02-29 12:00:00> <\\0\xff> 7\n"
            "5 NULL NULL 1.5 NULL NULL NULL NULL 2.5\n");
}

TEST_F(Sqlite, types_that_are_given_win) {
  run("create table t(a integer, b text, c); insert into t values(1,'2024-02-29',null),(12,'2024-03-01',2.5);");
  const auto read_as = [&](std::vector<std::pair<std::string, Type>> types, bool others) {
    Result<std::unique_ptr<Source>> source = open_sqlite(path_.string(), "t", types, others);
    return source ? test::schema_text(**source) + "\n" + test::rows_text(**source) : source.error().message();
  };
  EXPECT_EQ(read_as({{"A", Type::Text}, {"b", Type::Date}}, false),
            "a:text b:date c:real\n<1> <2024-02-29> NULL\n<12> <2024-03-01> 2.5\n");
  EXPECT_EQ(read_as({{"a", Type::Real}, {"d", Type::Date}}, true),
            "a:real b:text c:real\n1 <2024-02-29> NULL\n12 <2024-03-01> 2.5\n");
  EXPECT_EQ(read_as({{"aa", Type::Text}}, false), "there is no column 'aa' to give a type to; did you mean 'a'?");
  EXPECT_NE(read_as({{"b", Type::Integer}}, false).find("column 'b' has a text, which is not an integer"),
            std::string::npos);
}

TEST_F(Sqlite, a_query_is_read_as_a_table) {
  run("create table t(a integer, b text); insert into t values(1,'x'),(2,'y'),(3,'z');");
  EXPECT_EQ(read("select b, a * 2.0 as twice, a, a from t where a > 1 order by a desc"),
            "b:text twice:real a:integer a_2:integer\n<z> 6 3 3\n<y> 4 2 2\n");
  EXPECT_EQ(read("with u as (select 1 as n union all select null) select n from u"), "n:integer\n1\nNULL\n");
  EXPECT_EQ(read("VALUES(1,'a')"), "column1:integer column2:text\n1 <a>\n");
}

TEST_F(Sqlite, the_only_table_needs_no_name_and_a_wrong_name_shows_the_right_ones) {
  run("create table \"odd \"\"name\"(a integer); insert into \"odd \"\"name\" values(1);");
  EXPECT_EQ(read(""), "a:integer\n1\n");
  EXPECT_EQ(read("ODD \"NAME"), "a:integer\n1\n");
  EXPECT_EQ(read("x"), "t.db: error: has no table 'x', but 'odd \"name' [not-found]");
  run("create table u(a integer)");
  EXPECT_EQ(read(""), "t.db: error: has several tables; choose one of 'odd \"name', 'u' [invalid-argument]");
}

TEST_F(Sqlite, values_that_do_not_fit_name_the_rowid_behind_the_rows_before) {
  run("create table t(a integer, b real, ok boolean, d date); insert into t values(1,2,1,'2024-01-01');"
      "insert into t(rowid,a) values(7,'x');");
  EXPECT_EQ(read("t"),
            "a:integer b:real ok:boolean d:date\n1 2 true <2024-01-01>\n"
            "error: t.db: error: rowid 7: column 'a' has a text, which is not an integer [file]\n");
  run("update t set a=null, b='y' where rowid=7");
  EXPECT_NE(read("t").find("rowid 7: column 'b' has a text, which is not a real"), std::string::npos);
  run("update t set b=null, ok=2 where rowid=7");
  EXPECT_NE(read("t").find("rowid 7: column 'ok' has 2, which is not a boolean"), std::string::npos);
  run("update t set ok=null, d=17 where rowid=7");
  EXPECT_NE(read("t").find("rowid 7: column 'd' has 17, which is not a date"), std::string::npos);
}

TEST_F(Sqlite, tables_without_rowid_and_views_name_the_row) {
  run("create table t(a text primary key, b integer) without rowid; insert into t values('p',1),('q','x');"
      "create view v as select b from t;");
  EXPECT_EQ(
      read("t"),
      "a:text b:integer\n<p> 1\nerror: t.db: error: row 2: column 'b' has a text, which is not an integer [file]\n");
  EXPECT_EQ(read("v"),
            "b:integer\n1\nerror: t.db: error: row 2: column 'b' has a text, which is not an integer [file]\n");
}

TEST_F(Sqlite, only_columns_that_are_used_are_read) {
  run("create table t(a integer, b integer, c text); insert into t values('wrong',2,'x'),(3,4,null);");
  std::unique_ptr<Source> source = open_sqlite(path_.string(), "t").value();
  const ColumnId used[] = {ColumnId{2}, ColumnId{3}};
  source->use(used);
  EXPECT_EQ(test::rows_text(*source), "- 2 <x>\n- 4 NULL\n");
  std::unique_ptr<Source> query = open_sqlite(path_.string(), "select a, b, c from t").value();
  query->use(used);
  EXPECT_EQ(test::rows_text(*query), "- 2 <x>\n- 4 NULL\n");
  std::unique_ptr<Source> none = open_sqlite(path_.string(), "t").value();
  none->use({});
  EXPECT_EQ(test::rows_text(*none), "- - -\n- - -\n");
}

TEST_F(Sqlite, many_rows_come_in_batches) {
  run("create table t(a integer, b text);"
      "with recursive n(i) as (select 1 union all select i+1 from n where i < 30000) "
      "insert into t select i, case when i % 3 then printf('%0*d', i % 300, i) end from n;");
  std::unique_ptr<Source> source = open_sqlite(path_.string(), "t").value();
  std::int64_t rows = 0, batches = 0, sum = 0, nulls = 0;
  while (auto batch = next_split(*source).value()) {
    ++batches;
    for (std::int64_t row = 0; row < batch->batch.rows; ++row) {
      sum += std::stoll(test::value_text(source->schema().columns()[0], batch->batch.columns[0], row));
      nulls += test::value_text(source->schema().columns()[1], batch->batch.columns[1], row) == "NULL";
    }
    EXPECT_EQ(batch->batch.first_row, rows);
    rows += batch->batch.rows;
  }
  EXPECT_EQ(rows, 30000);
  EXPECT_EQ(sum, 30000 * 30001ll / 2);
  EXPECT_EQ(nulls, 10000);
  EXPECT_GT(batches, 3);
}

TEST_F(Sqlite, what_is_no_database_is_refused) {
  EXPECT_EQ(read("t"), "t.db: error: unable to open database file [file]");
  std::ofstream(path_) << std::string(5000, 'x');
  EXPECT_EQ(read("t"), "t.db: error: file is not a database [file]");
  EXPECT_EQ(read("select 1 from t"), "t.db: error: file is not a database [file]");
  std::ofstream(path_, std::ios::trunc) << "";
  EXPECT_EQ(read("t"), "t.db: error: has no tables [file]");
}

TEST_F(Sqlite, queries_can_only_read) {
  run("create table t(a integer); insert into t values(1);");
  EXPECT_EQ(read("select x from t"), "t.db: error: no such column: x [invalid-argument]");
  EXPECT_EQ(read("select 1; delete from t"), "t.db: error: one SELECT is what can be read [invalid-argument]");
  EXPECT_EQ(read("with u as (select 1) delete from t"),
            "t.db: error: one SELECT is what can be read [invalid-argument]");
  EXPECT_EQ(read("t"), "a:integer\n1\n");
}

TEST_F(Sqlite, a_damaged_database_is_an_error) {
  run("create table t(a integer, b text);"
      "with recursive n(i) as (select 1 union all select i+1 from n where i < 5000) "
      "insert into t select i, printf('%0100d', i) from n;");
  fs::resize_file(path_, 100 * 4096);
  const std::string text = read("t");
  EXPECT_NE(text.find("malformed"), std::string::npos) << text.substr(text.size() - 200);
}

}  // namespace
}  // namespace inlay::filter
