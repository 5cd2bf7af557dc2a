// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Program text in; status, line and output, or the parser's error, out.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "handwritten.h"
#include "interpreter.h"
#include "parser.h"
#include "random_program.h"
#include "session.h"

namespace vm_tree {
namespace {

enum class Engine { Tree };
constexpr Engine Engines[] = {Engine::Tree};

const char* to_string(Engine) { return "tree"; }

Status run(const Program& program, Session& session, Engine engine) {
  switch (engine) {
    case Engine::Tree:
      return run(program.functions(), session.env());
  }
  return Status::Done;
}

/// Metered, unless it is to be otherwise: it has an end.
Program parsed(const std::string& text, Metering metering = Metering::On) {
  inlay::Result<Program> program = parse(text, "test.tree", metering);
  EXPECT_TRUE(program) << program.error().to_string() << "\n" << text;
  return program ? *std::move(program) : *parse("", "empty.tree");
}

/// Runs it in every engine. What it prints, or that and how it ended, with the line.
std::string result(const std::string& text, std::int64_t fuel = 1'000'000) {
  const Program program = parsed(text);
  std::optional<Session> expected;
  for (const Engine engine : Engines) {
    std::optional<Session> other;
    Session& session = expected ? other.emplace(program) : expected.emplace(program);
    session.env().fuel = fuel;
    const Status status = run(program, session, engine);
    EXPECT_EQ(status, session.env().status) << to_string(engine);
    EXPECT_EQ(expected->difference(session), "") << to_string(engine) << "\n" << text;
  }
  const Status status = expected->env().status;
  if (status == Status::Done) return expected->output();
  return expected->output() + to_string(status) + " in line " + std::to_string(expected->env().line);
}

std::string read_program(const std::string& name) {
  std::ifstream file(std::string(VM_TREE_PROGRAMS) + "/" + name + ".tree");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(VmTree, computes_with_the_usual_precedence) {
  EXPECT_EQ(result("print 1 + 2 * 3; print (1 + 2) * 3; print 10 - 4 - 3; print -7 / 2; print -7 % 2;"),
            "7\n9\n3\n-3\n-1\n");
  EXPECT_EQ(result("print 1 + 1 < 3 && 2 > 3 || 1 == 1; print !0 + 1; print 1 != 1; print 2 >= 2; print 3 <= 2;"),
            "1\n2\n0\n1\n0\n");
  EXPECT_EQ(result("print 0.1 + 0.2; print 1 / 2.0; print 1 < 1.5; print 1.0 / 0; print 7;"),
            "0.30000000000000004\n0.5\n1\ninf\n7\n");
  EXPECT_EQ(result("print int(2.9); print int(-1e300); print int(0.0 / 0.0); print double(3) / 2; print sqrt(2);"),
            "2\n-9223372036854775808\n0\n1.5\n1.4142135623730951\n");
}

TEST(VmTree, wraps_integers) {
  EXPECT_EQ(result("let m = 9223372036854775807; print m + 1; print -m - 2; print m * 2; print (-m - 1) / -1;"
                   "print (-m - 1) % -1;"),
            "-9223372036854775808\n9223372036854775807\n-2\n-9223372036854775808\n0\n");
}

TEST(VmTree, evaluates_the_right_side_of_logic_only_if_it_matters) {
  const std::string loud = "fn loud(x) { print x; return x; }\n";
  EXPECT_EQ(result(loud + "print 0 && loud(7); print 1 || loud(8); print 1 && loud(9); print 0.0 || loud(0);"),
            "0\n1\n9\n1\n0\n0\n");
}

TEST(VmTree, keeps_variables_to_their_blocks) {
  EXPECT_EQ(result("let x = 1; { let x = x + 1; print x; x = 5; } print x;"), "2\n1\n");
  EXPECT_EQ(result("fn f(x) { x = x + 1; return x; } let x = 3; print f(x); print x;"), "4\n3\n");
}

TEST(VmTree, loops_break_and_continue) {
  EXPECT_EQ(result("let i = 0; let sum = 0; while 1 { i = i + 1; if i == 5 { break; } if i % 2 { continue; }"
                   "sum = sum + i; } print sum; print i;"),
            "6\n5\n");
  EXPECT_EQ(result("fn first(n) { let i = 0; while 1 { while 1 { if i * i > n { return i; } break; } i = i + 1; } }"
                   "print first(50);"),
            "8\n");
  EXPECT_EQ(result("print 1; if 1 { return 5; } print 2;"), "1\n");
}

TEST(VmTree, calls_functions_and_function_values) {
  EXPECT_EQ(result("fn even(n) { if n == 0 { return 1; } return odd(n - 1); }"
                   "fn odd(n) { if n == 0 { return 0; } else { return even(n - 1); } } print even(10); print even(7);"),
            "1\n0\n");
  EXPECT_EQ(result("fn twice(f, x) { return f(f(x)); } fn add(x) { return x + 1; } print twice(&add, 3); print &add;"
                   "let fs = array(1); fs[0] = &add; print fs[0](1); print &add == &add; print &add != &twice;"),
            "5\nfunction 2\n2\n1\n1\n");
  EXPECT_EQ(result("fn nothing() { } print nothing();"), "0\n");
}

TEST(VmTree, has_arrays) {
  EXPECT_EQ(result("let a = array(3); a[1] = 7; a[2] = a; print a[0]; print a[2][1]; print length(a); print a;"
                   "print a == a; print a == array(3);"),
            "0\n7\n3\narray 3\n1\n0\n");
  EXPECT_EQ(result("fn fill(a) { let i = 0; while i < length(a) { a[i] = i * 0.5; i = i + 1; } } let a = array(4);"
                   "fill(a); print a[3];"),
            "1.5\n");
}

TEST(VmTree, ends_with_a_status_and_the_line) {
  EXPECT_EQ(result("print 1;\nprint 1 / 0;"), "1\ndivision by zero in line 2");
  EXPECT_EQ(result("print 1 %\n 0;"), "division by zero in line 1");
  EXPECT_EQ(result("let a = array(2);\na[2] = 1;"), "index outside of the array in line 2");
  EXPECT_EQ(result("let a = array(2);\nprint a[-1];"), "index outside of the array in line 2");
  EXPECT_EQ(result("let a = array(1000000);"), "no memory for an array of this length in line 1");
  EXPECT_EQ(result("let a = array(-1);"), "no memory for an array of this length in line 1");
  EXPECT_EQ(result("while 1 {\n let a = array(1000);\n}"), "no memory for an array of this length in line 2");
  EXPECT_EQ(result("fn f(x) { return f(x) + 1; }\nf(1);"), "stack overflow in line 1");
  EXPECT_EQ(result("fn f(x) { return x; }\nlet g = &f;\ng(1, 2);"),
            "call with the wrong number of arguments in line 3");
  EXPECT_EQ(result("\nwhile 1 { }", 10), "out of fuel in line 2");
  EXPECT_EQ(result("fn f() { }\nf(); f();\nf();", 2), "out of fuel in line 3");
  const std::string bad = "operation on a value that it is not for in line 2";
  for (const char* text : {"a + 1", "-a", "!a", "1.5 % 2", "a < a", "a == 1", "a && 1", "0 || a", "sqrt(a)", "int(a)",
                           "length(1)", "array(1.0)", "a[1.0]", "x[0]", "x(1)", "&f + 1"})
    EXPECT_EQ(result("fn f() { } let a = array(2); let x = 1;\nprint " + std::string(text) + ";"), bad) << text;
  EXPECT_EQ(result("let a = array(1);\nif a { }"), bad);
  EXPECT_EQ(result("let a = array(1);\nwhile a { }"), bad);
}

TEST(VmTree, spends_no_fuel_without_metering) {
  const Program program = parsed(read_program("fib"), Metering::Off);
  Session session(program);
  session.env().fuel = 3;
  EXPECT_EQ(run(program, session, Engine::Tree), Status::Done);
  EXPECT_EQ(session.env().fuel, 3);
}

struct ErrorCase {
  const char* text;
  const char* expected;
};

TEST(VmTreeErrors, name_the_place_and_what_would_do) {
  const ErrorCase cases[] = {
      {"let x = 1;\nprint x + ;", "2:11: error: unexpected ';'; an expression would do"},
      {"print 1", "1:8: error: unexpected the end of the program; ';' would do"},
      {"while 1 { print 1;", "1:19: error: unexpected the end of the program; '}' would do"},
      {"print x;", "1:7: error: there is no variable 'x' here"},
      {"{ let a = 1; } print a;", "1:22: error: there is no variable 'a' here"},
      {"let x = x;", "1:9: error: there is no variable 'x' here"},
      {"let x = 1; fn f() { return x; }", "1:28: error: there is no variable 'x' here"},
      {"let x = 1; let x = 2;", "1:16: error: there is a variable 'x' in this block already; another name would do"},
      {"fn f(a, a) { }", "1:9: error: there is a variable 'a' in this block already; another name would do"},
      {"fn f() { } fn f() { }", "1:15: error: there is a function 'f' already; another name would do"},
      {"f();", "1:1: error: there is no function or variable 'f' here"},
      {"print &f;", "1:8: error: there is no function or variable 'f' here"},
      {"fn f(a) { } f();", "1:13: error: 'f' with 0 arguments; 1 would do"},
      {"fn f(a, b, c, d, e, f, g, h, i) { }", "1:4: error: 'f' has 9 parameters; at most 8 would do"},
      {"let x = 1; x(1, 2, 3, 4, 5, 6, 7, 8, 9);", "1:13: error: 9 arguments; at most 8 would do"},
      {"{ fn f() { } }", "1:3: error: 'fn' in a block; outside of all blocks would do"},
      {"break;", "1:1: error: 'break' outside of loops; 'return' would do"},
      {"fn f() { continue; }", "1:10: error: 'continue' outside of loops; 'return' would do"},
      {"1 = 2;", "1:1: error: this cannot be assigned to; a variable or an element would do"},
      {"let while = 1;", "1:5: error: 'while' is reserved; another name would do"},
      {"argument n = x;", "1:14: error: unexpected 'x'; a number would do"},
      {"print 12ab;", "1:7: error: '12ab' is no number; digits, or 1.5e3, would do"},
      {"print 9223372036854775808;", "1:7: error: '9223372036854775808' is too large; 64 bits would do"},
      {"print 1e999;", "1:7: error: '1e999' is too large; 64 bits would do"},
      {"print 1 @ 2;", "1:9: error: unexpected '@'; a name, a number or an operator would do"},
      {"let \xc3\xa4 = 1;", "1:5: error: unexpected 0xc3; a name, a number or an operator would do"},
  };
  for (const ErrorCase& test : cases) {
    const inlay::Result<Program> program = parse(test.text, "test.tree");
    ASSERT_FALSE(program) << test.text;
    EXPECT_EQ(program.error().to_string(), "test.tree:" + std::string(test.expected) + " [invalid-argument]");
  }
}

TEST(VmTreeErrors, limit_the_nesting) {
  const auto repeat = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  for (const char* unit : {"(", "-", "!", "1 + (", "sqrt(", "length("})
    EXPECT_FALSE(parse("print " + repeat(unit, 100000) + "1;", "test.tree")) << unit;
  for (const char* unit : {"{", "if 1 {", "while 1 {", "if 1 { } else "})
    EXPECT_FALSE(parse(repeat(unit, 100000), "test.tree")) << unit;
  EXPECT_FALSE(parse("print 1" + repeat(" + 1", 100000) + ";", "test.tree"));
  EXPECT_FALSE(parse("let a = 1; print a" + repeat("[0]", 100000) + ";", "test.tree"));
  EXPECT_EQ(result("print " + repeat("(", 30) + "1" + repeat(")", 30) + repeat(" + 1", 150) + ";"), "151\n");
}

TEST(VmTreePrograms, give_what_hand_written_code_gives) {
  for (const char* name : {"lcg", "collatz", "nbody", "fib", "sieve", "matmul", "sort"}) {
    const std::string text = read_program(name);
    std::string expected;
    find_handwritten(name)(parsed(text).arguments[0].value.integer, expected);
    EXPECT_NE(expected, "") << name;
    EXPECT_EQ(result(text, INT64_MAX), expected) << name;
  }
}

TEST(VmTreeRandom, programs_end_in_every_way) {
  unsigned ended[8] = {};
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const RandomProgram random = random_program(seed);
    const Program program = parsed(random.text);
    Session session(program, {}, 1 << 10);
    session.env().fuel = random.fuel;
    const Status status = run(program, session, Engine::Tree);
    ++ended[static_cast<unsigned>(status)];
  }
  for (unsigned status = 0; status < 8; ++status)
    EXPECT_GT(ended[status], 0u) << "no program ended with: " << to_string(static_cast<Status>(status));
}

}  // namespace
}  // namespace vm_tree
