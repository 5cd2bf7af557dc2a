// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The examples of filter.h and builder.h, as they stand there.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "inlay/filter/builder.h"
#include "inlay/filter/filter.h"
#include "inlay/filter/rows.h"

struct User {
  std::int64_t age = 0;
  std::string email;
};

namespace {

const std::vector<User> users = {{35, "ada@example.org"}, {35, "ada@example.com"}, {20, "x@example.org"}};

std::string text_of(const std::string& path) {
  std::ifstream file(std::string(INLAY_SOURCE_FOLDER) + "/apps/filter/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The lines of the example at the beginning of a header that are not in this file.
std::string missing_lines(const std::string& header) {
  const std::string here = text_of("src/engine/example_test.cpp");
  std::istringstream lines(text_of("include/inlay/filter/" + header));
  std::string missing;
  int seen = 0;
  for (std::string line; std::getline(lines, line) && line.starts_with("//");) {
    if (!line.starts_with("//   ")) continue;
    ++seen;
    const std::string code = line.substr(5);
    if (here.find("\n  " + code + "\n") == here.npos) missing += code + '\n';
  }
  return seen > 2 ? missing : "there is no example in " + header;
}

TEST(Examples, of_rows_and_text) {
  // clang-format off
  using namespace inlay::filter;
  auto rows = Rows<User>().column("age", &User::age).column("email", &User::email);  // rows.h
  Filter filter = Filter::compile(rows.schema(), "age between 30 and 40 and email like '%@example.org'").value();
  Selection found = filter.select(rows.batch(users)).value();
  // clang-format on
  EXPECT_EQ(found, Selection{0});
  EXPECT_EQ(missing_lines("filter.h"), "");
}

TEST(Examples, of_trees) {
  using namespace inlay::filter;
  auto rows = Rows<User>().column("age", &User::age).column("email", &User::email);
  const Schema& schema = rows.schema();
  // clang-format off
  Expressions expressions(schema);
  NodeId adults = build(expressions, col("age") >= 30 && col("email").like("%@example.org")).value();
  Filter filter = Filter::compile(std::move(expressions), adults).value();
  // clang-format on
  EXPECT_EQ(filter.select(rows.batch(users)).value(), Selection{0});
  EXPECT_EQ(missing_lines("builder.h"), "");
}

}  // namespace
