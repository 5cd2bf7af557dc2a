// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Program text in, output or error text out. Every program here runs as closures and, where this build can compile,
// as native code, too; both must give the same.
#include "closures.h"
#include "compiled.h"
#include "files.h"
#include "handwritten.h"
#include "picture.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

namespace calc {
namespace {

/// What a program prints, or what `describe` says about its error behind what it printed until then.
template <class Run>
std::string output_or_error(std::string_view source, Run run) {
  Env env;
  try {
    run(env);
  } catch (const CalcError& error) {
    return env.output() + describe(error, "test.calc", source);
  }
  return env.output();
}

std::string run(std::string_view source) {
  syntax::Program program;
  try {
    program = syntax::parse(source);
  } catch (const CalcError& error) {
    return describe(error, "test.calc", source);
  }
  const Program closures = compile(program);
  const std::string result = output_or_error(source, [&](Env& env) { run_program(closures, env); });
  EXPECT_EQ(output_or_error(source, compile_native(program).run), result) << "compiled, of\n" << source;
  return result;
}

std::string repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Calc, computes_with_the_usual_precedence) {
  EXPECT_EQ(run("print(1 + 2 * 3);"), "7\n");
  EXPECT_EQ(run("print((1 + 2) * 3);"), "9\n");
  EXPECT_EQ(run("print(10 - 4 - 3);"), "3\n");
  EXPECT_EQ(run("print(2 * -3 % 4);"), "-2\n");
  EXPECT_EQ(run("print(-2 - -2);"), "0\n");
  EXPECT_EQ(run("print(7 / 2);"), "3.5\n");
  EXPECT_EQ(run("print(1 + 1 < 3 && 2 > 3 || 1 == 1);"), "1\n");
  EXPECT_EQ(run("print(!0 + 1);"), "2\n");
}

TEST(Calc, prints_the_shortest_decimal_that_reads_back) {
  EXPECT_EQ(run("print(0.1); print(1e300); print(1 / 3); print(-0); print(.5e1); print(100000);"),
            "0.1\n1e+300\n0.3333333333333333\n-0\n5\n100000\n");
}

TEST(Calc, follows_ieee_754_where_others_fail) {
  EXPECT_EQ(run("print(1 / 0); print(-1 / 0); print(0 / 0); print(5 % 0);"), "inf\n-inf\nnan\nnan\n");
  EXPECT_EQ(run("let nan = 0 / 0; print(nan == nan); print(nan != nan); print(nan < 1); print(!nan);"), "0\n1\n0\n0\n");
  EXPECT_EQ(run("print(sqrt(-1)); print(0 == -0);"), "nan\n1\n");
}

TEST(Calc, compares_and_joins_truth_values) {
  EXPECT_EQ(run("print(1 < 2); print(2 <= 2); print(3 > 4); print(4 >= 5); print(1 == 1); print(1 != 1);"),
            "1\n1\n0\n0\n1\n0\n");
  EXPECT_EQ(run("print(2 && 3); print(0 && 3); print(0 || 3); print(0 || 0); print(!3);"), "1\n0\n1\n0\n0\n");
}

TEST(Calc, evaluates_the_right_side_of_logic_only_if_it_matters) {
  const std::string loud = "fn loud(x) { print(x); return x; }\n";
  EXPECT_EQ(run(loud + "print(0 && loud(7)); print(1 || loud(8)); print(1 && loud(9));"), "0\n1\n9\n1\n");
}

TEST(Calc, evaluates_operands_and_arguments_from_left_to_right) {
  EXPECT_EQ(run("fn loud(x) { print(x); return x; }\n fn add(a, b, c) { return a + b + c; }\n"
                "print(loud(1) - loud(2)); print(add(loud(3), loud(4), loud(5)));"),
            "1\n2\n-1\n3\n4\n5\n12\n");
}

TEST(Calc, has_builtins) {
  EXPECT_EQ(run("print(sqrt(9)); print(floor(-1.5)); print(abs(-2)); print(sin(0)); print(cos(0));"
                "print(min(1, 2)); print(max(1, 2));"),
            "3\n-2\n2\n0\n1\n1\n2\n");
}

TEST(Calc, keeps_variables_to_their_blocks) {
  EXPECT_EQ(run("let x = 1; if 1 { let x = x + 1; print(x); x = 5; } print(x);"), "2\n1\n");
  EXPECT_EQ(run("if 1 { let a = 1; } if 1 { let b = 2; print(b); }"), "2\n");
}

TEST(Calc, loops_and_branches) {
  EXPECT_EQ(run("let i = 0; let sum = 0; while i < 5 { i = i + 1; if i % 2 { sum = sum + i; } } print(sum);"), "9\n");
  EXPECT_EQ(run("let i = 0; while i < 4 { if i == 0 { print(10); } else if i == 1 { print(11); } else { print(12); } "
                "i = i + 1; }"),
            "10\n11\n12\n12\n");
  EXPECT_EQ(run("while 0 { print(1); }"), "");
}

TEST(Calc, calls_functions) {
  EXPECT_EQ(run("fn twice(x) { return x * 2; } print(twice(twice(3)));"), "12\n");
  EXPECT_EQ(run("print(later()); fn later() { return 4; }"), "4\n");
  EXPECT_EQ(run("fn first(n) { let i = 0; while 1 { if i * i > n { return i; } i = i + 1; } } print(first(50));"),
            "8\n");
  EXPECT_EQ(run("fn nothing() { } print(nothing());"), "0\n");
  EXPECT_EQ(run("fn eight(a, b, c, d, e, f, g, h) { return a + 10 * b + 100 * h; } print(eight(1,2,3,4,5,6,7,8));"),
            "821\n");
}

TEST(Calc, recurses) {
  EXPECT_EQ(run("fn fact(n) { if n <= 1 { return 1; } return n * fact(n - 1); } print(fact(10));"), "3628800\n");
  EXPECT_EQ(run("fn even(n) { if n == 0 { return 1; } return odd(n - 1); }\n"
                "fn odd(n) { if n == 0 { return 0; } return even(n - 1); }\n print(even(10)); print(even(7));"),
            "1\n0\n");
  EXPECT_EQ(run("fn ack(m, n) { if m == 0 { return n + 1; } if n == 0 { return ack(m - 1, 1); }\n"
                "return ack(m - 1, ack(m, n - 1)); } print(ack(2, 3));"),
            "9\n");
}

TEST(Calc, has_arrays) {
  EXPECT_EQ(run("let a = array(3); a[1] = 7; print(a[0]); print(a[1]); print(length(a)); a[a[0]] = 5; print(a[0]);"),
            "0\n7\n3\n5\n");
  EXPECT_EQ(run("let a = array(2.9); print(length(a)); a[1.9] = 4; print(a[1]);"), "2\n4\n");
  EXPECT_EQ(run("let none = array(0); print(length(none));"), "0\n");
}

TEST(Calc, passes_arrays_as_themselves) {
  EXPECT_EQ(run("fn fill(n, a[], x, b[]) { a[0] = n; b[0] = x; return length(a) * 10 + length(b); }\n"
                "let p = array(1); let q = array(2); print(fill(3, p, 4, q)); print(p[0]); print(q[0]);"),
            "12\n3\n4\n");
}

TEST(Calc, gives_each_call_its_own_arrays) {
  EXPECT_EQ(run("fn sum(n) { let a = array(2); a[0] = n; if n == 0 { return 0; } let rest = sum(n - 1); return a[0] + "
                "a[1] + rest; } print(sum(100));"),
            "5050\n");
  // 8 GB in all, but only 8 MB at a time.
  EXPECT_EQ(run("fn f() { let a = array(1000000); return a[5]; } let i = 0; while i < 1000 { f(); i = i + 1; } "
                "print(i);"),
            "1000\n");
}

TEST(Calc, draws_in_grey_and_in_colours) {
  const std::string source =
      "let a = array(4); a[1] = 1; a[2] = 0.5; a[3] = 0 / 0; image(2, 2, a, \"grey.png\");"
      "let b = array(3); b[0] = 7; b[1] = -7; b[2] = 1; image(1, 1, b, \"rgb.png\");";
  Env env;
  run_program(compile(syntax::parse(source)), env);
  ASSERT_EQ(env.pictures().size(), 2u);
  EXPECT_EQ(env.pictures()[0].pixels, (std::vector<unsigned char>{0, 255, 128, 0}));
  EXPECT_EQ(env.pictures()[1].pixels, (std::vector<unsigned char>{255, 0, 255}));
  EXPECT_EQ(env.pictures()[1].channels, 3);

  const std::string folder = testing::TempDir();
  write_pictures(env.pictures(), folder);
  EXPECT_EQ(read_file(folder + "/grey.png").substr(1, 3), "PNG");
  EXPECT_THROW(write_pictures(env.pictures(), folder + "/no/such/folder"), std::runtime_error);
}

TEST(CalcErrors, show_the_place_in_the_text) {
  EXPECT_EQ(run("let x = 1;\n\tprint(x + );\n"),
            "test.calc:2:12: error: expected an expression, found ')'\n"
            "  \tprint(x + );\n"
            "  \t          ^\n");
  EXPECT_EQ(run("print(1)"),
            "test.calc:1:9: error: expected ';', found the end of the program\n"
            "  print(1)\n"
            "          ^\n");
}

struct ErrorCase {
  const char* source;
  const char* expected;  // the first line, without the file
};

TEST(CalcErrors, are_found_before_anything_runs) {
  const ErrorCase cases[] = {
      {"print(x);", "1:7: error: there is no variable 'x' here"},
      {"fn f() { return 1; } print(f);",
       "1:28: error: there is no variable 'f' here; to call the function, add its arguments"},
      {"if 1 { let a = 1; } print(a);", "1:27: error: there is no variable 'a' here"},
      {"let x = x;", "1:9: error: there is no variable 'x' here"},
      {"let x = 1; let x = 2;", "1:12: error: there is already a variable 'x' in this block"},
      {"fn f(a, a) { return a; }", "1:9: error: there is already a variable 'a' in this block"},
      {"fn f() {} fn f() {}", "1:14: error: there is already a function 'f'"},
      {"let x = 1; fn f() { return x; }", "1:28: error: there is no variable 'x' here"},
      {"print(f(1));", "1:7: error: there is no function 'f'"},
      {"fn f(a) { return a; } print(f());", "1:29: error: 'f' takes 1 argument, not 0"},
      {"fn f(a[]) { return a[0]; } print(f(1));", "1:36: error: 'f' needs an array for 'a'"},
      {"fn f(a[]) { return a[0]; } let n = 1; print(f(n));", "1:47: error: 'n' is a number, not an array"},
      {"let a = array(1); print(a + 1);", "1:25: error: 'a' is an array, not a number"},
      {"let n = 1; print(n[0]);", "1:18: error: 'n' is a number, not an array"},
      {"print(sqrt(1, 2));", "1:7: error: 'sqrt' takes 1 argument, not 2"},
      {"return 1;", "1:1: error: 'return' outside of a function"},
      {"if 1 { fn f() {} }", "1:8: error: a function can only stand outside of functions and blocks"},
      {"let while = 1;", "1:5: error: expected the name of a variable, but 'while' is reserved"},
      {"1 = 2;", "1:1: error: expected a statement, found '1'"},
      {"let x = 1; x + 1;", "1:14: error: expected '=', found '+'"},
      {"sqrt(2);", "1:1: error: the result of this is not used; assign or print it"},
      {"print(array(3));", "1:7: error: 'array' can only stand in 'let name = array(length);'"},
      {"print(1.2.3);", "1:7: error: malformed number"},
      {"print(12ab);", "1:7: error: malformed number"},
      {"print(1e999);", "1:7: error: number does not fit a double"},
      {"print(1 @ 2);", "1:9: error: unexpected byte '@'"},
      {"let \xc3\xa4 = 1;", "1:5: error: unexpected byte 0xc3"},
      {"let a = array(1); image(1, 1, a, \"x);", "1:34: error: string without closing quote"},
      {"let a = array(1); image(1, 1, a, 5);", "1:34: error: expected a file name in quotes, found '5'"},
      {"while 1 { print(1);", "1:20: error: expected a statement, found the end of the program"},
      {"}", "1:1: error: expected a statement, found '}'"},
      {"fn f(a, b, c, d, e, f, g, h, i) {}", "1:4: error: a function takes at most 8 numbers and 4 arrays"},
  };
  for (const ErrorCase& test : cases) {
    const std::string result = run(test.source);
    EXPECT_EQ(result.substr(0, result.find('\n')), "test.calc:" + std::string(test.expected)) << test.source;
  }
}

TEST(CalcErrors, of_a_running_program_name_the_place) {
  EXPECT_EQ(run("let a = array(3);\nprint(1);\nprint(a[3]);\nprint(2);"),
            "1\n"
            "test.calc:3:7: error: index 3 is outside of an array of length 3\n"
            "  print(a[3]);\n"
            "        ^\n");
  const ErrorCase cases[] = {
      {"let a = array(3); a[-1] = 0;", "1:19: error: index -1 is outside of an array of length 3"},
      {"let a = array(3); a[0 / 0] = 0;", "1:19: error: index nan is outside of an array of length 3"},
      {"let a = array(3); print(a[1e300]);", "1:25: error: index 1e+300 is outside of an array of length 3"},
      {"let a = array(0); print(a[0]);", "1:25: error: index 0 is outside of an array of length 0"},
      {"let a = array(-1);", "1:1: error: an array cannot have the length -1"},
      {"let a = array(0 / 0);", "1:1: error: an array cannot have the length nan"},
      {"let a = array(1e18);", "1:1: error: no memory for an array of the length 1e+18"},
      {"while 1 { let a = array(1e8); }", "1:11: error: no memory for an array of the length 100000000"},
      {"let a = array(5); image(2, 2, a, \"x\");",
       "1:19: error: a picture of 4 pixels needs as many elements or three times as many, not 5"},
      {"let a = array(5); image(0, 2, a, \"x\");", "1:19: error: the width of a picture must be from 1 to 16384"},
      {"fn down(n) { return down(n + 1) + 1; } print(down(0));", "1:4: error: calls of this function nest too deep"},
  };
  for (const ErrorCase& test : cases) {
    const std::string result = run(test.source);
    EXPECT_EQ(result.substr(0, result.find('\n')), "test.calc:" + std::string(test.expected)) << test.source;
  }
}

TEST(CalcLimits, endless_recursion_of_two_functions_is_an_error) {
  // Which of the two meets the end of the stack depends on the size of their frames, so on who compiled them.
  const std::string_view source = "fn a(n) { return b(n); } fn b(n) { return a(n) + 1; } print(a(0));";
  const syntax::Program program = syntax::parse(source);
  const Program closures = compile(program);
  for (const std::string& result : {output_or_error(source, [&](Env& env) { run_program(closures, env); }),
                                    output_or_error(source, compile_native(program).run)}) {
    EXPECT_NE(result.find("error: calls of this function nest too deep"), std::string::npos) << result;
  }
}

TEST(CalcLimits, nesting_is_an_error_not_a_crash) {
  const std::string too_deep = "error: nested more than 250 levels deep; split this up";
  EXPECT_NE(run("print(" + repeat("(", 100000) + "1" + repeat(")", 100000) + ");").find(too_deep), std::string::npos);
  EXPECT_NE(run("print(" + repeat("-", 100000) + "1);").find(too_deep), std::string::npos);
  EXPECT_NE(run("print(1" + repeat("+1", 100000) + ");").find(too_deep), std::string::npos);
  EXPECT_NE(run(repeat("if 1 {", 100000)).find(too_deep), std::string::npos);
  EXPECT_NE(run(repeat("if 1 {} else ", 100000)).find(too_deep), std::string::npos);
  EXPECT_NE(run("print(" + repeat("sqrt(", 100000)).find(too_deep), std::string::npos);
}

TEST(CalcLimits, what_nests_as_deep_as_allowed_runs) {
  EXPECT_EQ(run("print(1" + repeat("+1", 249) + ");"), "250\n");
  const std::string deep = repeat("if 1 {", 124) + "print(" + repeat("-", 120) + "1);" + repeat("}", 124);
  EXPECT_EQ(run(deep), "1\n");
  // Recursion of such functions ends in an error as well, before the stack does.
  const std::string calls = repeat("if 1 {", 124) + "return " + repeat("-", 120) + "f(1);" + repeat("}", 124);
  EXPECT_NE(run("fn f(n) {" + calls + "} print(f(1));").find("nest too deep"), std::string::npos);
}

TEST(CalcLimits, too_many_variables_are_an_error) {
  std::string source;
  for (int i = 0; i < 49; ++i) source += "let v" + std::to_string(i) + " = 0;";
  EXPECT_NE(run(source).find("error: more than 48 numbers in scope; move some into a function"), std::string::npos);
  source.clear();
  for (int i = 0; i < 9; ++i) source += "let v" + std::to_string(i) + " = array(1);";
  EXPECT_NE(run(source).find("error: more than 8 arrays in scope; move some into a function"), std::string::npos);
}

TEST(CalcInput, may_be_huge_or_empty) {
  EXPECT_EQ(run(""), "");
  EXPECT_EQ(run("// only a comment"), "");
  // Long, but mostly text: compiled code of it would say nothing more.
  const std::string huge = "let x = 0;\n" + repeat("// " + std::string(997, 'x') + "\n", 10000) + "x = 2; print(x);";
  EXPECT_EQ(run(huge), "2\n");

  const std::string statements = "let x = 0;\n" + repeat("x = x + 1;\n", 100000) + "print(x);";
  Env env;
  run_program(compile(syntax::parse(statements)), env);
  EXPECT_EQ(env.output(), "100000\n");
}

TEST(CalcInput, may_hold_any_bytes) {
  using namespace std::string_literals;
  EXPECT_EQ(run("print(1);\0print(2);"s),
            "test.calc:1:10: error: unexpected byte 0x00\n"
            "  print(1);?print(2);\n"
            "           ^\n");
  EXPECT_EQ(run("// \0 \xff\nprint(1);"s), "1\n");
  EXPECT_EQ(run("print(1);\r\nprint(2);\r\n"), "1\n2\n");
  for (int byte = 0; byte < 256; ++byte) run("print(1" + std::string(1, static_cast<char>(byte)) + "1);");
}

TEST(CalcInput, missing_files_are_an_error) {
  try {
    read_file("no/such/file.calc");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "cannot read no/such/file.calc: No such file or directory");
  }
  EXPECT_THROW(read_file("."), std::runtime_error);
  EXPECT_THROW(list_programs("no/such/folder"), std::runtime_error);
}

TEST(CalcErrors, in_long_lines_show_the_part_that_matters) {
  const std::string text = run(repeat(" ", 100000) + "@" + repeat(" ", 100000));
  EXPECT_EQ(text, "test.calc:1:100001: error: unexpected byte '@'\n  " + repeat(" ", 50) + "@" + repeat(" ", 49) +
                      "\n  " + repeat(" ", 50) + "^\n");
}

class Programs : public testing::TestWithParam<std::string> {};

TEST_P(Programs, agrees_with_its_handwritten_counterpart) {
  const std::string name = std::filesystem::path(GetParam()).stem().string();
  const Handwritten handwritten = find_handwritten(name);
  ASSERT_NE(handwritten, nullptr) << name;
  Env expected;
  handwritten(expected);
  EXPECT_FALSE(expected.output().empty());

  const syntax::Program program = syntax::parse(read_file(GetParam()));
  const auto check = [&](const Env& env) {
    EXPECT_EQ(env.output(), expected.output());
    ASSERT_EQ(env.pictures().size(), expected.pictures().size());
    for (std::size_t i = 0; i < env.pictures().size(); ++i) {
      EXPECT_EQ(env.pictures()[i].file, expected.pictures()[i].file);
      EXPECT_EQ(env.pictures()[i].width, expected.pictures()[i].width);
      EXPECT_TRUE(env.pictures()[i].pixels == expected.pictures()[i].pixels);
    }
  };
  Env closures;
  run_program(compile(program), closures);
  check(closures);
  Env compiled;
  compile_native(program).run(compiled);
  check(compiled);
}

std::string run_command(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return "cannot run " + command;
  char buffer[4096];
  for (std::size_t count; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, count);
  const int status = pclose(pipe);
  return status == 0 ? output : output + "exit status " + std::to_string(status);
}

TEST_P(Programs, print_the_same_as_executables) {
  const syntax::Program program = syntax::parse(read_file(GetParam()));
  Env env;
  compile_native(program).run(env);
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("calc_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);  // pictures are written where the program runs
  build_executable(program, (folder / "program").string());
  EXPECT_EQ(run_command("cd '" + folder.string() + "' && ./program"), env.output());
  for (const Picture& picture : env.pictures()) EXPECT_TRUE(std::filesystem::exists(folder / picture.file));
  std::filesystem::remove_all(folder);
}

TEST(CalcExecutable, ends_with_the_message_of_its_error) {
  const syntax::Program program = syntax::parse("let a = array(3);\nprint(1);\nprint(a[7]);");
  const std::string file = testing::TempDir() + "calc_error_" + std::to_string(getpid());
  build_executable(program, file);
  const std::string output = run_command("'" + file + "' 2>&1");
  EXPECT_NE(output.find("index 7 is outside of an array of length 3"), std::string::npos) << output;
  EXPECT_NE(output.find("exit status"), std::string::npos) << output;
  std::filesystem::remove(file);
}

INSTANTIATE_TEST_SUITE_P(Calc, Programs, testing::ValuesIn(list_programs(CALC_PROGRAMS)),
                         [](const auto& info) { return std::filesystem::path(info.param).stem().string(); });

}  // namespace
}  // namespace calc
