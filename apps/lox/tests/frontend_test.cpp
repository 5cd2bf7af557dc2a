// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Program text in, errors or the resolved tree out.
#include "frontend.h"
#include "dump.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace lox {
namespace {

using namespace std::string_view_literals;

/// The messages of a program, or the dump of its tree.
std::string messages_or_tree(std::string_view source) {
  GlobalNames globals;
  const Parsed parsed = parse(source, globals);
  EXPECT_EQ(parsed.script == nullptr, !parsed.diagnostics.empty());
  if (parsed.script) return dump(*parsed.script);
  std::string messages;
  for (const Diagnostic& diagnostic : parsed.diagnostics) messages += diagnostic.message + '\n';
  return messages;
}

struct Case {
  std::string_view source;
  std::string_view expected;
};

template <std::size_t count>
void check(const Case (&cases)[count]) {
  for (const Case& c : cases) EXPECT_EQ(messages_or_tree(c.source), c.expected) << "of\n" << c.source;
}

std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Parser, knows_the_precedence_of_operators) {
  check({
      {"1 + 2 * 3 - 4 / 5;", "(- (+ 1 (* 2 3)) (/ 4 5))"},
      {"a - b - c;", "(- (- a b) c)"},
      {"(a - (b - c));", "(- a (- b c))"},
      {"-a.b * !c();", "(* (- (. a b)) (! (call c)))"},
      {"a < b == c >= d != e;", "(!= (== (< a b) (>= c d)) e)"},
      {"a or b and c or d;", "(or (or a (and b c)) d)"},
      {"a and b and c;", "(and (and a b) c)"},
      {"a = b = c or d;", "(= a (= b (or c d)))"},
      {"a.b.c = d.e = 1;", "(.= (. a b) c (.= d e 1))"},
      {"f(1, a = 2)(3).g(\"x\").h;", "(. (call (. (call (call f 1 (= a 2)) 3) g) \"x\") h)"},
      {"(a).b = nil;", "(.= a b nil)"},
      {"print true; return1; false;", "(print true) return1 false"},
  });
}

TEST(Parser, builds_statements) {
  check({
      {"", ""},
      {"// nothing", ""},
      {"var a; var b = a;", "(var a) (var b a)"},
      {"if (a) b; else if (c) d; else {}", "(if a b (if c d {}))"},
      {"if (a) if (b) c; else d;", "(if a (if b c d))"},
      {"while (a) b;", "(while a b)"},
      {"for (;;) a;", "{(while - a)}"},
      {"for (a; b; c) d;", "{a (while b d c)}"},
      {"for (var i = 0; i < 1;) print i;", "{(var i@0 0) (while (< i@0 1) (print i@0))}"},
      {"for (var i;; i = i + 1) { var i; }", "{(var i@0) (while - {(var i@1)} (= i@0 (+ i@0 1)))}"},
      {"fun f(a, b) { return a; return; }", "(fun f (a@0 b@1) 2 [] (return a@0) (return))"},
      {"class A {} class B < A { init() { return; } m(a) {} m() {} }",
       "(class A) (class B < A (init () 1 [] (return)) (m (a@1) 2 []) (m () 1 []))"},
  });
}

TEST(Resolver, numbers_the_slots_of_each_function) {
  check({
      {"var a; { a; var a = 1; a; { var b; var a; a; } { var c; a; } } a;",
       "(var a) {a (var a@0 1) a@0 {(var b@1) (var a@2) a@2} {(var c@1) a@0}} a"},
      {"fun f(a) { { var b; { var c; } } var d; fun g() { var x; } }",
       "(fun f (a@0) 3 [] {(var b@1) {(var c@2)}} (var d@1) (fun g@2 () 1 [] (var x@0)))"},
      {"{ fun f() { f(); } class A { m() { A; } } A; }",
       "{(fun f@0* () 0 [f@0*] (call f^0)) (class A@1* (m () 1 [A@1*] A^0)) A@1*}"},
      {"fun f() { var f = 1; f = 2; }", "(fun f () 1 [] (var f@0 1) (= f@0 2))"},
      {"{ var a = 1; { var b = a; } }", "{(var a@0 1) {(var b@1 a@0)}}"},
      {"var a = a; var a = a;", "(var a a) (var a a)"},
      {"fun f() { g; } var g; { var g; f(); }", "(fun f () 0 [] g) (var g) {(var g@0) (call f)}"},
  });
}

TEST(Resolver, captures_what_a_function_uses_of_those_around_it) {
  check({
      {"{ var a; var b; fun f() { b; a = 1; b; } }",
       "{(var a@0*) (var b@1*) (fun f@2 () 0 [b@1* a@0*] b^0 (= a^1 1) b^0)}"},
      {"fun f(a) { fun g() { fun h() { return a; } return h; } }",
       "(fun f (a@0*) 2 [] (fun g@1 () 1 [a@0*] (fun h@0 () 0 [^0] (return a^0)) (return h@0)))"},
      {"fun f(a, b) { fun g(b) { fun h() { b; a; } a; } }",
       "(fun f (a@0* b@1) 3 [] (fun g@2 (b@0*) 2 [a@0*] (fun h@1 () 0 [b@0* ^0] b^0 a^1) a^0))"},
      {"{ var a; { fun f() { a; } var a; a; } }", "{(var a@0*) {(fun f@1 () 0 [a@0*] a^0) (var a@2) a@2}}"},
      {"for (var i = 0;;) { fun f() { i; } }", "{(var i@0* 0) (while - {(fun f@1 () 0 [i@0*] i^0)})}"},
      {"{ var a; fun f() { { var a; } a; } }", "{(var a@0*) (fun f@1 () 1 [a@0*] {(var a@0)} a^0)}"},
  });
}

TEST(Resolver, treats_this_as_a_local_of_the_method) {
  check({
      {"class A { m(a) { this.b = a; } }", "(class A (m (a@1) 2 [] (.= this@0 b a@1)))"},
      {"class A { m() { fun f() { fun g() { this; } this; } } }",
       "(class A (m () 2 [] (fun f@1 () 1 [this@0*] (fun g@0 () 0 [^0] this^0) this^0)))"},
      {"class A < B { m() { super.m(1); super.n; } }",
       "(class A < B (m () 1 [] (call (super this@0 m) 1) (super this@0 n)))"},
      {"class A < B { m() { fun f() { return super.m; } } }",
       "(class A < B (m () 2 [] (fun f@1 () 0 [this@0*] (return (super this^0 m)))))"},
      {"class A { m() { class B { n() { this; } } this; } }",
       "(class A (m () 2 [] (class B@1 (n () 1 [] this@0)) this@0))"},
      {"{ class A {} class B < A {} fun f() { class C < A {} } }",
       "{(class A@0*) (class B@1 < A@0*) (fun f@2 () 1 [A@0*] (class C@0 < A^0))}"},
      {"class A { init() { fun init() { return 1; } } }", "(class A (init () 2 [] (fun init@1 () 0 [] (return 1))))"},
  });
}

TEST(Parser, finds_syntax_errors) {
  check({
      {"print;", "[line 1] Error at ';': Expect expression.\n"},
      {"print 1", "[line 1] Error at end: Expect ';' after value.\n"},
      {"1 2;", "[line 1] Error at '2': Expect ';' after expression.\n"},
      {"a +", "[line 1] Error at end: Expect expression.\n"},
      {"(1;", "[line 1] Error at ';': Expect ')' after expression.\n"},
      {"f(1;", "[line 1] Error at ';': Expect ')' after arguments.\n"},
      {"a.1;", "[line 1] Error at '1': Expect property name after '.'.\n"},
      {"var 1;", "[line 1] Error at '1': Expect variable name.\n"},
      {"var a 1;", "[line 1] Error at '1': Expect ';' after variable declaration.\n"},
      {"fun 1() {}",
       "[line 1] Error at '1': Expect function name.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"fun f {}", "[line 1] Error at '{': Expect '(' after function name.\n"},
      {"fun f(1) {}",
       "[line 1] Error at '1': Expect parameter name.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"fun f(a b) {}",
       "[line 1] Error at 'b': Expect ')' after parameters.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"fun f() 1;",
       "[line 1] Error at '1': Expect '{' before function body.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"fun f() { return 1 }",
       "[line 1] Error at '}': Expect ';' after return value.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"class {}", "[line 1] Error at '{': Expect class name.\n"},
      {"class A < 1 {}",
       "[line 1] Error at '1': Expect superclass name.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"class A 1",
       "[line 1] Error at '1': Expect '{' before class body.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"class A {", "[line 1] Error at end: Expect '}' after class body.\n"},
      {"class A { 1() {} }",
       "[line 1] Error at '1': Expect method name.\n"
       "[line 1] Error at end: Expect '}' after block.\n"},
      {"{", "[line 1] Error at end: Expect '}' after block.\n"},
      {"if a", "[line 1] Error at 'a': Expect '(' after 'if'.\n"},
      {"if (a;", "[line 1] Error at ';': Expect ')' after condition.\n"},
      {"while a", "[line 1] Error at 'a': Expect '(' after 'while'.\n"},
      {"while (a;", "[line 1] Error at ';': Expect ')' after condition.\n"},
      {"for a", "[line 1] Error at 'a': Expect '(' after 'for'.\n"},
      {"for (;a) b;", "[line 1] Error at ')': Expect ';' after loop condition.\n"},
      {"for (;;a b;", "[line 1] Error at 'b': Expect ')' after for clauses.\n"},
      {"class A < B { m() { super; } }", "[line 1] Error at ';': Expect '.' after 'super'.\n"},
      {"class A < B { m() { super.1; } }", "[line 1] Error at '1': Expect superclass method name.\n"},
      {"a + b = c;", "[line 1] Error at '=': Invalid assignment target.\n"},
      {"-a.b = c;", "[line 1] Error at '=': Invalid assignment target.\n"},
      {"f() = c;", "[line 1] Error at '=': Invalid assignment target.\n"},
      {"a = b or c = d;", "[line 1] Error at '=': Invalid assignment target.\n"},
      {"\n\"a\nb\" 1;", "[line 3] Error at '1': Expect ';' after expression.\n"},
      {"1 \"a\nb\";", "[line 2] Error at '\"a\nb\"': Expect ';' after expression.\n"},
  });
}

TEST(Parser, finds_bytes_that_are_no_token) {
  check({
      {"a | b;", "[line 1] Error: Unexpected character.\n"},
      {"\n@;\n1;#", "[line 2] Error: Unexpected character.\n[line 3] Error: Unexpected character.\n"},
      {"print \"a\n\nb", "[line 3] Error: Unterminated string.\n"},
      {"print \0;"sv, "[line 1] Error: Unexpected character.\n"},
      {"\xff", "[line 1] Error: Unexpected character.\n"},
      {"print \"\0\xff\"; // \0\xff"sv, "(print \"\0\xff\")"sv},
  });
}

TEST(Parser, goes_on_at_the_next_statement) {
  check({
      {"print; print 1 1; print; var",
       "[line 1] Error at ';': Expect expression.\n"
       "[line 1] Error at '1': Expect ';' after value.\n"
       "[line 1] Error at ';': Expect expression.\n"
       "[line 1] Error at end: Expect variable name.\n"},
      {"1 + ) * ( fun f() { print ); }",
       "[line 1] Error at ')': Expect expression.\n"
       "[line 1] Error at ')': Expect expression.\n"
       "[line 1] Error at '}': Expect expression.\n"},
      {"for (var a = 1; {}; a = a + 1) {}",
       "[line 1] Error at '{': Expect expression.\n"
       "[line 1] Error at ')': Expect ';' after expression.\n"},
      {"fun f(a, 1, b) { var b; } print;",
       "[line 1] Error at '1': Expect parameter name.\n"
       "[line 1] Error at ';': Expect expression.\n"},
      // A character that is found wrong while the first error is skipped silences the statement behind it.
      {"1 2 3 @ print ); print;",
       "[line 1] Error at '2': Expect ';' after expression.\n"
       "[line 1] Error: Unexpected character.\n"
       "[line 1] Error at ';': Expect expression.\n"},
  });
}

TEST(Resolver, finds_misuse_of_names) {
  check({
      {"{ var a; var a; }", "[line 1] Error at 'a': Already a variable with this name in this scope.\n"},
      {"{ var a; class a {} var b; }", "[line 1] Error at 'a': Already a variable with this name in this scope.\n"},
      {"fun f(a, a) {}", "[line 1] Error at 'a': Already a variable with this name in this scope.\n"},
      {"fun f(a) { var a; }", "[line 1] Error at 'a': Already a variable with this name in this scope.\n"},
      {"{ var a; { var a = a; } }", "[line 1] Error at 'a': Can't read local variable in its own initializer.\n"},
      {"{ var a = a = 1; }", "[line 1] Error at 'a': Can't read local variable in its own initializer.\n"},
      {"return;", "[line 1] Error at 'return': Can't return from top-level code.\n"},
      {"{ return 1; }", "[line 1] Error at 'return': Can't return from top-level code.\n"},
      {"class A { init() { return 1; } }", "[line 1] Error at 'return': Can't return a value from an initializer.\n"},
      {"print this;", "[line 1] Error at 'this': Can't use 'this' outside of a class.\n"},
      {"class A {} fun f() { this; }", "[line 1] Error at 'this': Can't use 'this' outside of a class.\n"},
      {"super.a;", "[line 1] Error at 'super': Can't use 'super' outside of a class.\n"},
      {"class A { m() { super.a; } }", "[line 1] Error at 'super': Can't use 'super' in a class with no superclass.\n"},
      {"class A < B { m() { class C { n() { super.a; } } } }",
       "[line 1] Error at 'super': Can't use 'super' in a class with no superclass.\n"},
      {"class A < A {}", "[line 1] Error at 'A': A class can't inherit from itself.\n"},
      {"return;\nthis;\nprint;",
       "[line 1] Error at 'return': Can't return from top-level code.\n"
       "[line 2] Error at 'this': Can't use 'this' outside of a class.\n"
       "[line 3] Error at ';': Expect expression.\n"},
  });
}

TEST(Parser, limits_parameters_arguments_and_locals) {
  const std::string names = [] {
    std::string all = "p";
    for (int i = 1; i < 255; ++i) all += ", p" + std::to_string(i);
    return all;
  }();
  EXPECT_EQ(messages_or_tree("fun f(" + names + ", q) {}"),
            "[line 1] Error at 'q': Can't have more than 255 parameters.\n");
  EXPECT_EQ(messages_or_tree("f(" + names + ", q);"), "[line 1] Error at 'q': Can't have more than 255 arguments.\n");

  const auto with_locals = [](int count) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += "var v" + std::to_string(i) + " = " + std::to_string(i) + ";";
    text += "fun f() {";
    for (int i = 0; i < count; ++i) text += "v" + std::to_string(i) + ";";
    return text + "}}";
  };
  GlobalNames globals;
  const Parsed parsed = parse(with_locals(syntax::max_locals - 1), globals);
  ASSERT_TRUE(parsed.script);
  EXPECT_EQ(parsed.script->slot_count, syntax::max_locals);
  const Parsed too_many = parse(with_locals(syntax::max_locals), globals);
  ASSERT_EQ(too_many.diagnostics.size(), 1u);
  EXPECT_NE(too_many.diagnostics[0].message.find("Too many local variables in function."), std::string::npos)
      << too_many.diagnostics[0].message;
}

TEST(Parser, refuses_what_is_too_deep_with_one_error) {
  constexpr int many = 100'000;
  const struct {
    std::string source;
    std::string_view message;
  } cases[] = {
      {"print " + repeat("(", many) + "1" + repeat(")", many) + "; print", "Error at '(': Nested too deeply."},
      {repeat("{", many) + "print 1;" + repeat("}", many), "Error at '{': Nested too deeply."},
      {repeat("-", many) + "1;", "Error at '-': Nested too deeply."},
      {repeat("a = ", many) + "1;", "Error at 'a': Nested too deeply."},
      {repeat("f(", many) + repeat(")", many) + ";", "Error at 'f': Nested too deeply."},
      {repeat("fun f() {", many) + repeat("}", many), "Error at '(': Nested too deeply."},
      {repeat("class A { m() {", many) + repeat("}}", many), "Error at '(': Nested too deeply."},
      {repeat("if (a) ", many) + ";", "Error at 'a': Nested too deeply."},
      {"if (a) b;" + repeat(" else if (a) b;", many), "Error at 'if': Too many branches in one 'if'."},
      {"a" + repeat(" + a", 1'000'000) + ";", "Error at 'a': Expression too long."},
      {"a" + repeat(" and a", many) + ";", "Error at 'a': Expression too long."},
      {"f" + repeat("()", many) + ";", "Error at ')': Expression too long."},
      {"f" + repeat(".a", many) + ";", "Error at 'a': Expression too long."},
  };
  for (const auto& [source, message] : cases) {
    EXPECT_EQ(messages_or_tree(source), "[line 1] " + std::string(message) + "\n") << "of " << source.substr(0, 20);
  }
}

TEST(Parser, accepts_and_frees_what_is_nearly_too_deep) {
  GlobalNames globals;
  const auto accepts = [&](const std::string& source) { return parse(source, globals).script != nullptr; };
  EXPECT_TRUE(accepts(repeat("(", 1'000) + "1" + repeat(")", 1'000) + ";"));
  EXPECT_TRUE(accepts(repeat("{", 1'000) + repeat("}", 1'000)));
  EXPECT_TRUE(accepts(repeat("fun f() {", 1'000) + repeat("}", 1'000)));
  EXPECT_TRUE(accepts("a" + repeat(" + a", 9'900) + ";"));
  EXPECT_TRUE(accepts("f" + repeat("()", 9'900) + ";"));
  EXPECT_TRUE(accepts("if (a) b;" + repeat(" else if (a) b;", 4'900)));
}

double number(const std::string& digits) {
  GlobalNames globals;
  const Parsed parsed = parse(digits + ";", globals);
  const auto& statement = std::get<syntax::Evaluate>(parsed.script->body.at(0)->node);
  return std::get<syntax::Number>(statement.expression->node).value;
}

TEST(Parser, reads_numbers_of_any_length) {
  EXPECT_EQ(number("0.1"), 0.1);
  EXPECT_EQ(number("007.250"), 7.25);
  EXPECT_EQ(number("1" + repeat("0", 308)), 1e308);
  EXPECT_EQ(number("1" + repeat("0", 309)), std::numeric_limits<double>::infinity());
  EXPECT_EQ(number(repeat("9", 100'000) + ".5"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(number("0." + repeat("0", 100'000) + "1"), 0);
  EXPECT_EQ(number("0." + repeat("0", 323) + "5"), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(number("9007199254740992." + repeat("9", 5'000)), 9007199254740992.0);  // ties are not rounded up early
  EXPECT_EQ(number("9007199254740993." + repeat("0", 5'000) + "1"), 9007199254740994.0);
}

TEST(Parser, knows_where_things_are) {
  GlobalNames globals;
  const Parsed parsed = parse("f(1,\n  2\n);\na +\n\tb;\nfun g() {\n}\n", globals);
  ASSERT_TRUE(parsed.script);
  const auto expression = [&](std::size_t i) -> const syntax::Expression& {
    return *std::get<syntax::Evaluate>(parsed.script->body.at(i)->node).expression;
  };
  EXPECT_EQ(expression(0).position.line, 3u);
  EXPECT_EQ(expression(0).position.column, 1u);
  EXPECT_EQ(expression(1).position.line, 4u);
  EXPECT_EQ(expression(1).position.column, 3u);
  EXPECT_EQ(expression(1).end_line, 5u);
  const auto& function = *std::get<syntax::FunctionDeclaration>(parsed.script->body.at(2)->node).function;
  EXPECT_EQ(function.position.line, 6u);
  EXPECT_EQ(function.position.column, 5u);
  EXPECT_EQ(function.end_line, 7u);
}

TEST(Parser, tells_whether_more_text_would_help) {
  const auto at_end = [](std::string_view source) {
    GlobalNames globals;
    return parse(source, globals).at_end;
  };
  EXPECT_TRUE(at_end("fun f() {"));
  EXPECT_TRUE(at_end("print (1 +\n"));
  EXPECT_TRUE(at_end("print \"a"));
  EXPECT_TRUE(at_end("class A {"));
  EXPECT_FALSE(at_end("print 1;"));
  EXPECT_FALSE(at_end("{ print; "));
  EXPECT_FALSE(at_end("}"));
}

TEST(GlobalNames, are_numbered_as_they_are_met_and_shared_by_programs) {
  GlobalNames globals;
  parse("var a = b; a;", globals);
  parse("c; fun b() {}", globals);
  ASSERT_EQ(globals.count(), 3);
  EXPECT_EQ(globals.index_of("a"), 0);
  EXPECT_EQ(globals.name(1), "b");
  EXPECT_EQ(globals.name(2), "c");
}

std::string first_text(std::string_view source, bool colours = false) {
  GlobalNames globals;
  const Parsed parsed = parse(source, globals);
  return parsed.diagnostics.empty() ? "" : to_text(parsed.diagnostics[0], source, colours);
}

TEST(Diagnostic, shows_the_line_and_underlines_the_token) {
  EXPECT_EQ(first_text("var a;\n  print 1 abc;\r\nprint;"),
            "[line 2] Error at 'abc': Expect ';' after value.\n"
            "  2 |   print 1 abc;\n"
            "    |           ^^^\n");
  EXPECT_EQ(first_text("\tprint\t;"),
            "[line 1] Error at ';': Expect expression.\n"
            "  1 | \tprint\t;\n"
            "    | \t     \t^\n");
  EXPECT_EQ(first_text("{\n"),
            "[line 2] Error at end: Expect '}' after block.\n"
            "  2 | \n"
            "    | ^\n");
  EXPECT_EQ(first_text("1 \"a\nb\";"),
            "[line 2] Error at '\"a\nb\"': Expect ';' after expression.\n"
            "  2 | b\";\n"
            "    | ^^\n");
  EXPECT_EQ(first_text("print;", true),
            "\x1b[1m[line 1] Error at ';': Expect expression.\x1b[0m\n"
            "\x1b[34m  1 | \x1b[0mprint;\n"
            "\x1b[34m    | \x1b[0m     \x1b[1;31m^\x1b[0m\n");
}

TEST(Diagnostic, shows_no_bytes_that_a_terminal_would_obey) {
  EXPECT_EQ(first_text("\"\x1b[2J\xc3\xa9\xff\xc2\x9b\" 1;"),
            "[line 1] Error at '1': Expect ';' after expression.\n"
            "  1 | \"\xef\xbf\xbd[2J\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\" 1;\n"
            "    |            ^\n");
  EXPECT_EQ(first_text("1 \"\x1b\";"),
            "[line 1] Error at '\"\xef\xbf\xbd\"': Expect ';' after expression.\n"
            "  1 | 1 \"\xef\xbf\xbd\";\n"
            "    |   ^^^\n");
}

TEST(Diagnostic, shows_the_part_of_a_long_line_that_matters) {
  const std::string text = first_text(repeat("a;", 5'000) + "print;" + repeat("b;", 5'000));
  EXPECT_LT(text.size(), 400u);
  EXPECT_NE(text.find("print;b;"), std::string::npos) << text;
}

TEST(Diagnostic, finds_its_line_without_an_offset) {
  Diagnostic diagnostic;
  diagnostic.message = "Oops.";
  EXPECT_EQ(to_text(diagnostic, "a\nb\n", false), "Oops.\n");
  diagnostic.position = {2, 1};
  EXPECT_EQ(to_text(diagnostic, "a\nb\n", false), "Oops.\n  2 | b\n    | ^\n");
  diagnostic.position = {9, 5};
  EXPECT_EQ(to_text(diagnostic, "a\nb\n", false), "Oops.\n  9 | \n    | ^\n");
}

}  // namespace
}  // namespace lox
