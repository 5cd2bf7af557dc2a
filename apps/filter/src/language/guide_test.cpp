// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What docs/guide/filter-language.md says of the language is so.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "inlay/filter/expression.h"
#include "language/scanner.h"

namespace inlay::filter {
namespace {

class Guide : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(INLAY_SOURCE_FOLDER "/docs/guide/filter-language.md");
    std::stringstream text;
    text << file.rdbuf();
    page_ = text.str();
    ASSERT_FALSE(page_.empty());
    struct Named {
      const char* name;
      Type type;
    };
    for (const Named& named :
         {Named{"age", Type::Integer}, Named{"visits", Type::Integer}, Named{"balance", Type::Real},
          Named{"name", Type::Text}, Named{"email", Type::Text}, Named{"phone", Type::Text},
          Named{"country", Type::Text}, Named{"active", Type::Boolean}, Named{"born", Type::Date},
          Named{"seen", Type::Timestamp}, Named{"First Name", Type::Text}}) {
      Column column;
      column.name = named.name;
      column.type = named.type;
      schema_.add(std::move(column));
    }
  }

  /// The contents of the blocks that begin with ```head.
  std::vector<std::string> blocks(const std::string& head) {
    std::vector<std::string> found;
    const std::string opening = "\n```" + head + "\n";
    for (std::size_t at = page_.find(opening); at != std::string::npos; at = page_.find(opening, at + 1)) {
      const std::size_t begin = at + opening.size();
      found.push_back(page_.substr(begin, page_.find("\n```", begin) - begin));
    }
    return found;
  }

  std::string page_;
  Schema schema_;
};

std::string signature(const Function& function) {
  std::string text = function.name + '(';
  for (std::size_t i = 0; i < function.parameters.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::string(to_string(function.parameters[i]));
  return text + ')';
}

TEST_F(Guide, its_examples_are_conditions_that_read_back) {
  std::size_t count = 0;
  for (const std::string& block : blocks("filter")) {
    std::stringstream lines(block);
    for (std::string line; std::getline(lines, line); ++count) {
      Expressions expressions(schema_);
      Result<NodeId> id = parse(expressions, line);
      ASSERT_TRUE(id) << id.error().to_string();
      EXPECT_EQ(expressions[*id].type, Type::Boolean) << line;
      Result<NodeId> again = parse(expressions, to_string(expressions, *id));
      ASSERT_TRUE(again) << to_string(expressions, *id);
      EXPECT_EQ(*again, *id) << to_string(expressions, *id);
    }
  }
  EXPECT_GE(count, 18u);
}

TEST_F(Guide, its_messages_are_what_is_said) {
  const std::vector<std::string> errors = blocks("text error");
  EXPECT_GE(errors.size(), 4u);
  for (const std::string& block : errors) {
    const std::size_t end = block.find('\n');
    Expressions expressions(schema_);
    Result<NodeId> id = parse(expressions, block.substr(0, end));
    ASSERT_FALSE(id) << block;
    EXPECT_EQ(id.error().to_string(), block.substr(end + 1));
  }
}

TEST_F(Guide, its_table_has_all_functions_and_no_others) {
  std::set<std::string> told, of_any_type;
  std::stringstream lines(page_.substr(page_.find("| function | result |")));
  const std::regex call("`(\\w+)(\\([^`]*\\))`");
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line) && line.starts_with('|');) {
    const std::size_t second = line.find('|', 1);
    const std::string functions = line.substr(1, second - 1);
    std::string result = line.substr(second + 2);
    result = result.substr(0, result.find(' '));
    for (std::sregex_iterator at(functions.begin(), functions.end(), call), end; at != end; ++at) {
      if (at->str(2).starts_with("(A")) {
        of_any_type.insert(at->str(1));
      } else {
        told.insert(at->str(1) + at->str(2) + ' ' + result);
      }
    }
  }
  std::set<std::string> known;
  for (const Function& function : Registry::standard().functions()) {
    // Conversions have their own form, as have operators; the others are what the parser or the planner makes of some.
    if (!is_plain_name(function.name) || function.name.starts_with("cast_") || function.name.ends_with("_escape") ||
        function.name == "negate" || function.name == "starts_with_any")
      continue;
    if (of_any_type.contains(function.name)) continue;
    known.insert(signature(function) + ' ' + std::string(to_string(function.result)));
  }
  EXPECT_EQ(told, known);
  for (const std::string& name : of_any_type) EXPECT_TRUE(Registry::standard().has(name)) << name;
  EXPECT_EQ(of_any_type.size(), 4u);
}

}  // namespace
}  // namespace inlay::filter
