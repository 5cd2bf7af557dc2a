// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is said of expressions that are wrong: text in, text out.
#include <gtest/gtest.h>

#include "inlay/filter/expression.h"
#include "language/nearest.h"
#include "language/source_error.h"
#include "language/test_registry.h"

namespace inlay::filter {
namespace {

struct Wrong {
  std::string_view text;
  std::string_view message;
  std::string_view marks;  // below the text
};

class Messages : public ::testing::Test {
 protected:
  Error error_of(std::string_view text) {
    Result<NodeId> id = parse(expressions_, text);
    if (id) return Error(ErrorKind::Trap, "is " + to_string(expressions_, *id));
    return std::move(id).error();
  }
  void check(std::initializer_list<Wrong> cases) {
    for (const Wrong& wrong : cases) {
      const Error error = error_of(wrong.text);
      EXPECT_EQ(error.message(), wrong.message) << wrong.text;
      EXPECT_EQ(error.kind(), ErrorKind::InvalidProgram);
      ASSERT_EQ(error.notes().size(), 1u) << wrong.text;
      EXPECT_EQ(error.notes()[0], "here:\n  " + std::string(wrong.text) + "\n  " + std::string(wrong.marks))
          << wrong.text;
    }
  }

  Schema schema_ = test_schema();
  Registry registry_ = test_registry();
  Expressions expressions_{schema_, registry_};
};

TEST_F(Messages, have_place_excerpt_and_caret) {
  EXPECT_EQ(error_of("age > 30 and agee < 40").to_string(),
            "<expression>:1:14: error: no column is called 'agee'; did you mean 'age'? [invalid-program]\n"
            "note: here:\n"
            "        age > 30 and agee < 40\n"
            "                     ^~~~");
  EXPECT_EQ(
      error_of("age > 30\n  and\tx\r\nand active").to_string(),
      "<expression>:2:7: error: no column is called 'x'; there are age, visits, balance, name, email, First Name, "
      "active, born, seen, id, cell [invalid-program]\n"
      "note: here:\n"
      "          and\tx\n"
      "             \t^");
}

TEST_F(Messages, advise_those_who_think_of_other_languages) {
  check({
      {"age === 30", "'===' is no operator; write =", "    ^~~"},
      {"age !== 30", "'!==' is no operator; write <>", "    ^~~"},
      {"age => 30", "'=>' is no operator; write >=", "    ^~"},
      {"age =< 30", "'=<' is no operator; write <=", "    ^~"},
      {"age ** 2", "'**' is no operator; write x * x", "    ^~"},
      {"age ^ 2", "'^' is no operator; write x * x", "    ^"},
      {"age ?? 2", "'?\?' is no operator; write coalesce(x, y)", "    ^~"},
      {"age <=> 2", "'<=>' is no operator; write IS NOT DISTINCT FROM", "    ^~~"},
      {"!active", "'!' is no operator; write NOT", "^"},
      {"age | 2", "'|' is no operator; write OR, or '||' to join texts; bits are not calculated with", "    ^"},
      {"name regexp 'x'", "'regexp' is no operator; write x ~ 'regular expression'", "     ^~~~~~"},
      {"name CONTAINS 'x'", "'CONTAINS' is no operator; write contains(x, 'part')", "     ^~~~~~~~"},
      {"age mod 2 = 1", "'mod' is no operator; write %", "    ^~~"},
      {"age isnull", "'isnull' is no operator; write x IS NULL", "    ^~~~~~"},
      {"where age > 3", "write only the condition, what stands behind WHERE", "^~~~~"},
      {"select age from x", "write only the condition, what stands behind WHERE", "^~~~~~"},
      {"select * from x where age > 3", "write only the condition, what stands behind WHERE", "^~~~~~"},
      {"SELECT age, name FROM x", "write only the condition, what stands behind WHERE", "^~~~~~"},
      {"age << 1 > 3", "'<<' is no operator; bits are not calculated with", "    ^~"},
      {"len(name) = 3", "no function is called 'len'; write length(x)", "^~~"},
      {"IF(active, 1, 2) = 1", "no function is called 'if'; write CASE WHEN x THEN y ELSE z END", "^~"},
      {"age > 1 || age < 3", "'||' joins texts; conditions are joined with OR", "        ^~"},
      {"name = 'x' || name = 'y' || name = 'z'", "'||' joins texts; conditions are joined with OR", "           ^~"},
      {"age > 1 > 2", "comparisons cannot be chained; join them with AND, or use parentheses", "        ^"},
  });
}

TEST_F(Messages, count_characters_and_cut_long_lines) {
  EXPECT_EQ(
      error_of("name = '\xc3\xa4\xc3\xb6' and x\xc3\xa4y").to_string(),
      "<expression>:1:17: error: no column is called 'x\xc3\xa4y'; there are age, visits, balance, name, email, First "
      "Name, active, born, seen, id, cell [invalid-program]\n"
      "note: here:\n"
      "        name = '\xc3\xa4\xc3\xb6' and x\xc3\xa4y\n"
      "                        ^~~");
  const std::string many(300, ' ');
  const Error error = error_of("age = 1" + many + "and ages = 1" + many + "and active");
  EXPECT_EQ(error.place().to_string(), "<expression>:1:312");
  EXPECT_EQ(error.notes()[0], "here:\n  ..." + std::string(46, ' ') + "and ages = 1" + std::string(42, ' ') +
                                  "...\n     " + std::string(50, ' ') + "^~~~");
}

TEST_F(Messages, of_the_scanner) {
  check({{"name = 'abc", "this text lacks its closing quote", "       ^"},
         {"name = 'it''s", "this text lacks its closing quote", "       ^"},
         {"\"name = 1", "this name lacks its closing '\"'", "^"},
         {"age = 12abc", "'12abc' is neither a number nor a name", "      ^~~~~"},
         {"age = 1_000", "'1_000' is neither a number nor a name", "      ^~~~~"},
         {"age = 1.2.3", "'1.2.3' is neither a number nor a name", "      ^~~~~"},
         {"age = 9223372036854775808", "this integer does not fit 64 bits; write '.0' behind it for a real number",
          "      ^~~~~~~~~~~~~~~~~~~"},
         {"age = -9223372036854775809", "this integer does not fit 64 bits; write '.0' behind it for a real number",
          "      ^~~~~~~~~~~~~~~~~~~~"},
         {"balance = 1e99999999999999999999", "this number is beyond what a real number can be",
          "          ^~~~~~~~~~~~~~~~~~~~~~"},
         {"balance = 1e999", "this number is beyond what a real number can be", "          ^~~~~"},
         {"active && active", "'&&' is no operator; write AND", "       ^~"},
         {"active & active", "'&' is no operator; write AND; bits are not calculated with", "       ^"},
         {"active | active", "'|' is no operator; write OR, or '||' to join texts; bits are not calculated with",
          "       ^"},
         {"!active", "'!' is no operator; write NOT", "^"},
         {"`age` = 1", "names are quoted like \"this\", not with '`'", "^"},
         {"[age] = 1", "names are quoted like \"this\", and lists written like (1, 2), without '['", "^"},
         {"age = 1;", "';' has no place in an expression", "       ^"},
         {"age = $1", "'$' has no place in an expression", "      ^"},
         {"user.name = 1", "'.' has no place in an expression", "    ^"}});
  EXPECT_EQ(error_of(std::string_view("age\0", 4)).message(), "a control character has no place in an expression");
}

TEST_F(Messages, of_the_parser) {
  check(
      {{"", "the expression is empty", "^"},
       {"  ", "the expression is empty", "  ^"},
       {"age >", "the expression ends where a value should be", "     ^"},
       {"age > > 3", "'>' stands where a value should be", "      ^"},
       {"age 30", "'30' stands where AND, OR or another operator should be", "    ^~"},
       {"age = 1 active", "'active' stands where AND, OR or another operator should be", "        ^~~~~~"},
       {"name 'x'", "a text stands where AND, OR or another operator should be", "     ^~~"},
       {"and age = 1", "'and' stands where a value should be", "^~~"},
       {"age = 1 or", "the expression ends where a value should be", "          ^"},
       {"(age = 1", "this '(' is never closed", "^"},
       {"age = 1)", "this ')' closes nothing", "       ^"},
       {"()", "')' stands where a value should be", " ^"},
       {"lower(name", "the expression ends where the ')' of 'lower' should be", "          ^"},
       {"age in (1, 2", "the expression ends where the ')' of 'in' should be", "            ^"},
       {"age in 1", "'1' stands where a list in parentheses, as in x IN (1, 2), should be", "       ^"},
       {"age in ()", "a list needs at least one value", "        ^"},
       {"(age, 1) = 2", "',' stands only in lists, as in x IN (1, 2), and between the arguments of functions", "    ^"},
       {"age = 1, active", "',' stands only in lists, as in x IN (1, 2), and between the arguments of functions",
        "       ^"},
       {"1 < age < 3", "comparisons cannot be chained; join them with AND, or use parentheses", "        ^"},
       {"name like 'a' like 'b'", "comparisons cannot be chained; join them with AND, or use parentheses",
        "              ^~~~"},
       {"age between 1", "BETWEEN lacks its AND; write x BETWEEN low AND high", "    ^~~~~~~"},
       {"age between 1 or 2", "BETWEEN lacks its AND; write x BETWEEN low AND high", "    ^~~~~~~"},
       {"age between 1 = 2 and 3", "BETWEEN lacks its AND; write x BETWEEN low AND high", "    ^~~~~~~"},
       {"age not 3", "NOT stands before IN, LIKE, ILIKE or BETWEEN here, or AND or OR is missing", "    ^~~"},
       {"age is 3", "'3' stands where NULL, TRUE, FALSE or DISTINCT FROM should be", "       ^"},
       {"age is not", "the expression ends where NULL, TRUE, FALSE or DISTINCT FROM should be", "          ^"},
       {"+age", "'+' stands before nothing but a number here", "^"},
       {"name escape '!'", "ESCAPE belongs behind the pattern of LIKE or ILIKE", "     ^~~~~~"},
       {"name like 'a' escape '!' escape '!'", "ESCAPE belongs behind the pattern of LIKE or ILIKE",
        "                         ^~~~~~"}});
}

TEST_F(Messages, of_case_and_cast) {
  check({{"case when active then 1", "this CASE lacks its END", "^~~~"},
         {"(case when active then 1) = 1", "this CASE lacks its END", " ^~~~"},
         {"case active then 1 end", "'then' stands where WHEN should be", "            ^~~~"},
         {"case when active else 1 end", "'else' stands where THEN should be", "                 ^~~~"},
         {"case when active then 1 then 2 end", "'then' stands where WHEN, ELSE or END should be",
          "                        ^~~~"},
         {"case when active then 1 else 2 when", "'when' stands where END should be",
          "                               ^~~~"},
         {"case when (active then 1 end", "this bracket is not closed before 'then'", "          ^"},
         {"active then 1", "'then' stands outside of CASE", "       ^~~~"},
         {"cast(age)", "')' stands where AS should be, as in CAST(x AS type)", "        ^"},
         {"cast(age, integer)", "',' stands where AS should be, as in CAST(x AS type)", "        ^"},
         {"cast(age as)", "')' stands where the name of a type should be", "           ^"},
         {"cast(age as integer", "the expression ends where ')' should be", "                   ^"},
         {"cast(age as itneger)", "no type is called 'itneger'; did you mean integer?", "            ^~~~~~~"},
         {"age::money", "no type is called 'money'; there are boolean, integer, real, text, date and timestamp",
          "     ^~~~~"},
         {"age as text", "AS stands only in CAST(x AS type)", "    ^~"},
         {"cast(active as date)", "there is no conversion from boolean to date", "^~~~~~~~~~~~~~~~~~~~"},
         {"active::date", "there is no conversion from boolean to date", "      ^~~~~~"}});
}

TEST_F(Messages, of_names) {
  check(
      {{"nmae = 'x'", "no column is called 'nmae'; did you mean 'name'?", "^~~~"},
       {"EMAL = 'x'", "no column is called 'EMAL'; did you mean 'email'?", "^~~~"},
       {"firstname = 'x'", "no column is called 'firstname'; did you mean 'First Name'?", "^~~~~~~~~"},
       {"name = \"Robert\"", "no column is called 'Robert'; a text is written in single quotes", "       ^~~~~~~~"},
       {"name = Robert", "no column is called 'Robert'; a text is written in single quotes", "       ^~~~~~"},
       {"name in ('a', Bert)", "no column is called 'Bert'; a text is written in single quotes", "              ^~~~"},
       {"lenght(name) = 3", "no function is called 'lenght'; did you mean 'length'?", "^~~~~~"},
       {"startswith(name, 'a')", "no function is called 'startswith'; did you mean 'starts_with'?", "^~~~~~~~~~"},
       {"extract(yaer from born) = 1", "no function is called 'yaer'; did you mean 'year'?", "        ^~~~"},
       {"frobnicate(name)", "no function is called 'frobnicate'", "^~~~~~~~~~"},
       {"sum(age) > 1", "no function is called 'sum'", "^~~"}});
  Schema schema;
  for (const char* name : {"Age", "AGE"}) {
    Column column;
    column.name = name;
    schema.add(column);
  }
  Expressions expressions(schema, registry_);
  EXPECT_EQ(parse(expressions, "age = '1'").error().message(), "'age' may be 'Age' or 'AGE'; write it as it is spelt");
  EXPECT_TRUE(parse(expressions, "AGE = '1'"));
}

TEST_F(Messages, of_types) {
  check(
      {{"age and active", "a condition should stand here, and this is integer; compare it with something", "^~~"},
       {"active or 'x'", "a condition should stand here, and this is text; compare it with something", "          ^~~"},
       {"not age", "a condition should stand here, and this is integer; compare it with something", "    ^~~"},
       {"(age + 1) is true", "a condition should stand here, and this is integer; compare it with something",
        "^~~~~~~~~"},
       {"age = '30'", "integer and text cannot be compared; write 30 without quotes", "      ^~~~"},
       {"balance < '2.50'", "real and text cannot be compared; write 2.5 without quotes", "          ^~~~~~"},
       {"age = name", "integer and text cannot be compared; write x::integer to read a text", "    ^"},
       {"name = 'x' || 3", "'||' is not defined for text and integer; write x::text for the text of another value",
        "           ^~"},
       {"active = 1", "boolean and integer cannot be compared; a condition stands alone, or after NOT", "       ^"},
       {"age = 1 || active", "'||' is not defined for integer and boolean; conditions are joined with OR",
        "        ^~"},
       {"name + 1 = 2", "'+' is not defined for text and integer; write x::integer to read a text", "     ^"},
       {"-name = 1", "'-' is not defined for text; there is integer, real", "^"},
       {"age like '3%'", "'like' is not defined for integer and text; write x::text for the text of another value",
        "    ^~~~"},
       {"born = age", "date and integer cannot be compared", "     ^"},
       {"length(age) = 1", "'length' is not defined for integer; there is length(text)", "^~~~~~"},
       {"length() = 1", "'length' is not defined for no arguments; there is length(text)", "^~~~~~"},
       {"substr(name) = 'a'",
        "'substr' is not defined for text; there is substr(text, integer), substr(text, integer, "
        "integer)",
        "^~~~~~"},
       {"age in (1, 'a')", "the values of this list are of different types: integer and text", "           ^~~"},
       {"age in (1, active)", "the values of this list are of different types: integer and boolean",
        "           ^~~~~~"},
       {"case when active then 1 else 'a' end", "the values of this CASE are of different types: integer and text",
        "                             ^~~"},
       {"coalesce(age, name)", "the arguments of 'coalesce' are of different types: integer and text",
        "              ^~~~"},
       {"case age when 'a' then 1 end", "integer and text cannot be compared; write x::integer to read a text",
        "              ^~~"}});
}

TEST_F(Messages, of_literals) {
  check({{"born > 'yesterday'", "'yesterday' is not a date; write it like '2024-02-29'", "       ^~~~~~~~~~~"},
         {"seen > '2024-13-01'", "'2024-13-01' is not a timestamp; write it like '2024-02-29 12:30:00'",
          "       ^~~~~~~~~~~~"},
         {"born between '2024-01-01' and 'x'", "'x' is not a date; write it like '2024-02-29'",
          "                              ^~~"},
         {"born in ('2024-01-01', '2024')", "'2024' is not a date; write it like '2024-02-29'",
          "                       ^~~~~~"},
         {"year('today') = 1", "'today' is not a date; write it like '2024-02-29'", "     ^~~~~~~"},
         {"born > date '2024-1-1'", "'2024-1-1' is not a date", "       ^~~~~~~~~~~~~~~"},
         {"seen > timestamp 'x'", "'x' is not a timestamp", "       ^~~~~~~~~~~~~"},
         {"balance > real 'x'", "'x' is not a real", "          ^~~~~~~~"},
         {"email ~ 'a('", "not a regular expression: missing )", "        ^~~~"},
         {"email ~ name", "this argument of '~' has to be a constant", "        ^~~~"},
         {"name like 'a' escape ''", "the escape has to be one character", "                     ^~"},
         {"name like 'a' escape '!!'", "the escape has to be one character", "                     ^~~~"},
         {"name like 'a' escape name", "this argument of 'like' has to be a constant", "                     ^~~~"},
         {"name like 'a' escape 1", "a text should stand here, and this is integer", "                     ^"}});
}

TEST_F(Messages, of_a_users_functions) {
  registry_.add(
      {.name = "twice", .parameters = {Type::Integer, Type::Real}, .result = Type::Real, .symbol = "", .traits = {}});
  registry_.add(
      {.name = "twice", .parameters = {Type::Real, Type::Integer}, .result = Type::Real, .symbol = "", .traits = {}});
  registry_.add({.name = "many",
                 .parameters = std::vector<Type>(9, Type::Integer),
                 .result = Type::Real,
                 .symbol = "",
                 .traits = {}});
  check({{"twice(1, 2) = 1",
          "this may be twice(integer, real) or twice(real, integer); cast the operands to the types that are meant",
          "^~~~~"},
         {"many(1, 2, 3, 4, 5, 6, 7, 8, 9) = 1", "functions of more than 8 parameters cannot be called", "^~~~"}});
}

TEST_F(Messages, of_huge_expressions_are_short) {
  const std::string name(100'000, 'x');
  EXPECT_LT(error_of(name + " = 1").to_string().size(), 1000u);
  EXPECT_LT(error_of("age = '" + name + "'").to_string().size(), 1000u);
  EXPECT_LT(error_of("born = '" + name + "'").to_string().size(), 1000u);
  EXPECT_LT(error_of(name + "(1)").to_string().size(), 1000u);
  EXPECT_LT(error_of("1" + name).to_string().size(), 1000u);
}

TEST(Nearest, finds_what_was_meant_and_nothing_else) {
  const std::string_view names[] = {"age", "name", "first_name", "last_name", "x", "id"};
  EXPECT_EQ(nearest("agr", names), "age");
  EXPECT_EQ(nearest("eag", names), std::nullopt);
  EXPECT_EQ(nearest("NAME", names), "name");
  EXPECT_EQ(nearest("frist_name", names), "first_name");
  EXPECT_EQ(nearest("firstname", names), "first_name");
  EXPECT_EQ(nearest("lst_nam", names), "last_name");
  EXPECT_EQ(nearest("y", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
  EXPECT_EQ(nearest("di", names), "id");
  EXPECT_EQ(nearest("ox", names), "x");
  EXPECT_EQ(nearest("salary", names), std::nullopt);
}

}  // namespace
}  // namespace inlay::filter
