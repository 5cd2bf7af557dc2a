// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cutting texts into declarations, and putting one of them in the place of an old one.
#include <gtest/gtest.h>

#include "inlay/ir/text.h"

namespace inlay::ir {
namespace {

/// `kind name line|` for each, with a '!' where it is not cut as it should be.
std::string cut(std::string_view text) {
  std::string out;
  for (const Declaration& d : split(text))
    out += std::string(d.kind) + ' ' + std::string(d.name) + ' ' + std::to_string(d.line) + '|';
  return out;
}

std::vector<std::string> parts(std::string_view text) {
  std::vector<std::string> parts;
  for (const Declaration& d : split(text)) parts.emplace_back(text.substr(d.begin, d.end - d.begin));
  return parts;
}

TEST(Split, tells_kinds_names_and_lines) {
  EXPECT_EQ(cut("; comment\ntype A = struct { data: i8 }\n\nexport func @f(%x: i8) {\n}\nextern var @e : i8\n"
                "file 1 \"a\" table @\"a b\"<!T> = {} interface I {} var @v : i8 = 1 data @d = \"x\""),
            "type A 2|func f 4|extern e 6|file 1 7|table a b 7|interface I 7|var v 7|data d 7|");
  EXPECT_EQ(cut(""), "");
  EXPECT_EQ(cut(" \n; only this"), "");
}

TEST(Split, minds_texts_comments_and_braces) {
  const std::vector<std::string> expected = {"func @f() { trap \"} func \\\" {\" ; } func\n}", "data @d = \"var @x\"",
                                             "type T = struct { func: i8 }"};
  EXPECT_EQ(parts(expected[0] + "\n; func @g\n" + expected[1] + " ;x\n" + expected[2] + "\n"), expected);
}

TEST(Split, leaves_assembly_to_the_assembler) {
  const std::vector<std::string> expected = {"func @f() asm x86_64 { \" ; {k1} \n } asm aarch64 { ; func \n}",
                                             "func @g() {}"};
  EXPECT_EQ(parts(expected[0] + expected[1]), expected);
}

TEST(Split, finds_braces_wherever_they_stand) {
  for (std::size_t n = 0; n < 70; ++n) {
    const std::string inner(n, 'x');
    const std::vector<std::string> expected = {"func @f() {" + inner + "{" + inner + "}" + inner + "}", "var @v"};
    EXPECT_EQ(parts(expected[0] + expected[1]), expected);
  }
}

TEST(Split, takes_anything) {
  EXPECT_EQ(cut("foo } func @f() {"), "  1|func f 1|");
  EXPECT_EQ(cut("\"open"), "  1|");
  EXPECT_EQ(cut("func @f() asm x86_64 { {"), "func f 1|");
  EXPECT_EQ(cut("export"), "export  1|");
  EXPECT_EQ(cut("\"\\"), "  1|");
  EXPECT_EQ(cut(std::string_view("\0\xff", 2)), "  1|");
}

constexpr std::string_view Program =
    "func @f(%a: i64) -> i64 {\n  return i64 %a\n}\n"
    "export func @g<!T, !N: i64>(%a: !T) -> i64 inline {\n  return i64 !N\n}\n"
    "extern func @e()\n";

TEST(ParseFunction, gives_a_function_a_new_body) {
  Module m = parse(Program, {.file = "a"}).value();
  const FunctionId f{m.find("f").id};
  const Result<FunctionId> changed = parse_function(
      m, "func @f(%b: i64) -> i64 {\n  %c = call fn(i64) -> i64 @f(%b)\n  return i64 %c\n}", 100, {.file = "a"});
  ASSERT_TRUE(changed) << changed.error().to_string();
  EXPECT_EQ(*changed, f);
  EXPECT_EQ(print(m, f),
            "func @f(%b: i64) -> i64 { !100\n  %c = call fn(i64) -> i64 @f(%b) !101\n  return i64 %c !102\n}\n");
  EXPECT_EQ(print(m, {.locations = false}).find("%a: i64"), std::string::npos);
}

TEST(ParseFunction, of_a_generic_keeps_its_parameters) {
  Module m = parse(Program, {.locate = false}).value();
  ASSERT_TRUE(parse_function(m, "export func @g<!T, !N: i64>(%a: !T) -> i64 inline { return i64 sizeof(!T) }", 1,
                             {.locate = false}));
  EXPECT_NE(print(m).find("return i64 sizeof(!T)\n"), std::string::npos);
  EXPECT_FALSE(parse_function(m, "export func @g<!T, !M: i64>(%a: !T) -> i64 inline { return i64 1 }", 1));
}

TEST(ParseFunction, leaves_the_function_as_it_was_after_an_error) {
  Module m = parse(Program, {.file = "a"}).value();
  const std::string before = print(m);
  const auto message = [&](std::string_view text) {
    const Result<FunctionId> result = parse_function(m, text, 7, {.file = "a"});
    return result ? std::string("none") : result.error().place().to_string() + ": " + result.error().message();
  };
  const std::string otherwise = "a:7:6: the function is declared otherwise than before; only its body may be new";
  EXPECT_EQ(message("func @f(%a: i32) -> i64 { return i64 1 }"), otherwise);
  EXPECT_EQ(message("func @f(%a: i64) -> i64 cold { return i64 1 }"), otherwise);
  EXPECT_EQ(message("func @h() { return_void }"), "a:7:6: the function has no body that a new one could replace");
  EXPECT_EQ(message("func @e() { return_void }"), "a:7:6: the function has no body that a new one could replace");
  EXPECT_EQ(message("func @f(%a: i64) -> i64 {\n return i64 %b\n}"), "a:8:13: unknown value '%b'");
  EXPECT_EQ(message("func @f(%a: i64) -> i64 { return i64 1 }\nvar @v : i8 = 0"),
            "a:7:1: what is given for a new body is not one declaration of a function");
  EXPECT_EQ(message("var @v : i8 = 0"), "a:7:1: what is given for a new body is not one declaration of a function");
  EXPECT_EQ(message(""), "a:7:1: what is given for a new body is not one declaration of a function");
  EXPECT_EQ(print(m), before);
}

}  // namespace
}  // namespace inlay::ir
