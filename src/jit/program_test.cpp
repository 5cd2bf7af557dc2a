// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "inlay/ir/text.h"
#include "inlay/jit.h"
#include "inlay/trap.h"

namespace inlay {
namespace {

using ir::ClosureLayout;
using ir::SliceLayout;

const Jit& jit() {
  static const Jit made = Jit::create().value();
  return made;
}

template <class Signature>
Result<Function<Signature>> compile(std::string_view text, std::string_view name, Level level = Level::O2) {
  INLAY_TRY(ir::Module module, ir::parse(text));
  return jit().compile<Signature>(module, name, level);
}

constexpr Level Levels[] = {Level::O0, Level::O1, Level::O2, Level::O3};

constexpr std::string_view Sum = R"(
file 1 "sum.src"
func @at(%numbers: []i64, %i: i64) -> i64 noinline {   !3
  %p = elem []i64 %numbers, %i                         !4
  %x = load i64 %p                                     !4
  return i64 %x
}
export func @two(%numbers: []i64, %i: i32) -> i64 {
  %j = sext i64 %i
  %a = call fn([]i64, i64) -> i64 @at(%numbers, %j)
  %k = add i64 %j, 1
  %b = call fn([]i64, i64) -> i64 @at(%numbers, %k)
  %c = add i64 %a, %b
  return i64 %c
}
)";

TEST(Program, is_called_by_a_handle) {
  for (const Level level : Levels) {
    const auto two = compile<std::int64_t(SliceLayout, int)>(Sum, "two", level);
    ASSERT_TRUE(two) << two.error().to_string();
    std::int64_t numbers[] = {1, 20, 300};
    EXPECT_EQ((*two)({numbers, 3}, 1), 320);
    EXPECT_TRUE(two->compiled());
    EXPECT_EQ(two->explain().function, "two");
    two->invalidate();
    EXPECT_EQ((*two)({numbers, 3}, 0), 21);
  }
}

TEST(Program, says_which_machine_code_each_line_became) {
  for (const Level level : Levels) {
    ir::Module module = ir::parse(Sum).value();
    const auto two =
        jit().compile<std::int64_t(SliceLayout, int)>(module, "two", {.level = level, .explain_code = true});
    ASSERT_TRUE(two) << two.error().to_string();
    std::int64_t numbers[] = {1, 20, 300};
    EXPECT_EQ((*two)({numbers, 3}, 1), 320);
    const Report report = two->explain();
    std::string text;
    for (const GuestInstruction& line : report.guest) {
      EXPECT_EQ(line.source.file, "sum.src");
      EXPECT_EQ(line.source_function, "at");
      EXPECT_EQ(line.at, line.source.line);
      EXPECT_GT(line.code_bytes(), 0u);
      text += std::to_string(line.source.line) + (line.assembly.find("mov\t") == std::string::npos ? " " : "=mov ");
    }
    EXPECT_NE(text.find("4=mov "), std::string::npos) << text;
    EXPECT_NE(report.to_text().find("sum.src:4, in at: "), std::string::npos) << report.to_text();
    const auto at = std::find_if(report.functions.begin(), report.functions.end(),
                                 [](const CompiledFunction& each) { return each.name == "two"; });
    ASSERT_NE(at, report.functions.end());
    EXPECT_NE(at->assembly.find("\tcall\t"), std::string::npos) << at->assembly;
    EXPECT_NE(at->assembly.find("# at"), std::string::npos) << at->assembly;
  }
}

TEST(Program, nobody_who_does_not_ask_pays_for_explained_code) {
  ir::Module module = ir::parse(Sum).value();
  const auto two = jit().compile<std::int64_t(SliceLayout, int)>(module, "two").value();
  EXPECT_TRUE(two.explain().guest.empty());
  EXPECT_FALSE(two.explain().explains_code());
}

TEST(Program, is_compiled_for_the_processor_that_was_named) {
  constexpr std::string_view Bits = R"(
export func @ones(%x: i64) -> i64 {
  %n = popcount i64 %x
  return i64 %n
}
)";
  for (const Processor processor : {Processor::Host, Processor::Baseline, Processor::V3, Processor::V4}) {
    ir::Module module = ir::parse(Bits).value();
    const auto ones = jit().compile<std::int64_t(std::int64_t)>(module, "ones", ProgramOptions{.processor = processor});
    ASSERT_EQ(ones.has_value(), can_run(processor));
    if (!ones) {
      EXPECT_EQ(ones.error().kind(), ErrorKind::InvalidArgument);
      continue;
    }
    EXPECT_EQ((*ones)(0xff00ff), 16);
  }
  // What has V4 has V3, and everybody the rest.
  EXPECT_TRUE(can_run(Processor::Host) && can_run(Processor::Baseline));
  EXPECT_LE(can_run(Processor::V4), can_run(Processor::V3));
}

TEST(Program, threads_of_the_jit_compile_in_the_background) {
  const Jit own = Jit::create().value();
  std::atomic<std::int64_t> result = 0;
  ASSERT_TRUE(own.run_in_background([&] {
    ir::Module module = ir::parse(Sum).value();
    std::int64_t numbers[] = {1, 20, 300};
    result = own.compile<std::int64_t(SliceLayout, int)>(module, "two", Level::Quick).value()({numbers, 3}, 1);
  }));
  own.wait_for_background();
  EXPECT_EQ(result, 320);
  const Jit none = Jit::create({.policy = {.threads = 0}}).value();
  EXPECT_FALSE(none.run_in_background([&] { result = 7; }));
  EXPECT_EQ(result, 320);
}

TEST(Program, what_traps_is_thrown_to_the_caller) {
  for (const Level level : Levels) {
    const auto two = compile<std::int64_t(SliceLayout, int)>(Sum, "two", level);
    ASSERT_TRUE(two) << two.error().to_string();
    std::int64_t numbers[] = {1, 20, 300};
    try {
      (*two)({numbers, 3}, 2);
      FAIL() << "it did not trap";
    } catch (const Trapped& trapped) {
      EXPECT_EQ(trapped.error().kind(), ErrorKind::Trap);
      EXPECT_STREQ(trapped.what(), "sum.src:4: error: index 3 is out of bounds of length 3 in @at [trap]");
    }
    EXPECT_EQ((*two)({numbers, 3}, 1), 320);
  }
}

TEST(Program, exceptions_pass_through_it) {
  const auto f = compile<void(void (*)())>("export func @f(%g: fn()) { call_pointer fn() %g()\n return_void }", "f");
  ASSERT_TRUE(f) << f.error().to_string();
  EXPECT_THROW((*f)([] { throw 5; }), int);
}

struct Words {
  std::int64_t n;
};
SliceLayout from_c(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t e, SliceLayout s,
                   std::int64_t g, double h, SliceLayout t) {
  return {s.data,
          a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * s.length + 7 * g + static_cast<std::int64_t>(8 * h) + 9 * t.length};
}

TEST(Program, pairs_go_to_and_from_c_where_registers_end) {
  constexpr std::string_view Text = R"(
    export func @f(%c: fn(i64, i64, i64, i64, i64, []i8, i64, f64, []i8) -> []i8, %x: i64) -> []i8 {
      %p = bitcast ptr %c
      %s = make_slice []i8 %p, 10
      %t = make_slice []i8 null, 20
      %r = call_pointer fn(i64, i64, i64, i64, i64, []i8, i64, f64, []i8) -> []i8 %c(%x, 2, 3, 4, 5, %s, 7, 0.5, %t)
      return []i8 %r
    }
    export func @g(%a: i64, %b: i64, %c: i64, %d: i64, %e: i64, %s: []i8, %g: i64, %h: f64, %t: []i8) -> []i8 {
      %1 = len []i8 %s
      %2 = len []i8 %t
      %3 = mul i64 %1, %g
      %4 = sub i64 %3, %2
      %5 = sub i64 %4, %e
      %6 = slice_data []i8 %t
      %7 = make_slice []i8 %6, %5
      return []i8 %7
    })";
  for (const Level level : Levels) {
    const auto f = compile<SliceLayout(decltype(&from_c), std::int64_t)>(Text, "f", level);
    ASSERT_TRUE(f) << f.error().to_string();
    const SliceLayout r = (*f)(&from_c, 1);
    EXPECT_EQ(r.data, reinterpret_cast<void*>(&from_c));
    EXPECT_EQ(r.length, 1 + 4 + 9 + 16 + 25 + 60 + 49 + 4 + 180);
    const auto g = compile<SliceLayout(std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                                       SliceLayout, std::int64_t, double, SliceLayout)>(Text, "g", level);
    ASSERT_TRUE(g) << g.error().to_string();
    Words words{5};
    const SliceLayout s = (*g)(1, 2, 3, 4, 5, {nullptr, 10}, 7, 0.5, {&words, 20});
    EXPECT_EQ(s.data, &words);
    EXPECT_EQ(s.length, 10 * 7 - 20 - 5);
  }
}

TEST(Program, narrow_numbers_keep_their_sign) {
  constexpr std::string_view Text = R"(
    export func @f(%c: fn(i8, i16, bool) -> i16, %a: i64) -> i8 {
      %b = trunc i8 %a
      %w = trunc i16 %a
      %t = trunc bool %a
      %r = call_pointer fn(i8, i16, bool) -> i16 %c(%b, %w, %t)
      %n = trunc i8 %r
      return i8 %n
    })";
  const auto c = [](std::int8_t a, std::int16_t b, bool t) { return static_cast<std::int16_t>(a + b + t); };
  for (const Level level : Levels) {
    const auto f =
        compile<std::int8_t(std::int16_t (*)(std::int8_t, std::int16_t, bool), std::int64_t)>(Text, "f", level);
    ASSERT_TRUE(f) << f.error().to_string();
    EXPECT_EQ((*f)(c, 0x1fffd), -3 + -3 + 1);
  }
}

TEST(Program, calls_closures_and_the_process) {
  constexpr std::string_view Text = R"(
    extern func @labs(i64) -> i64
    func @add(i64, i64) -> i64 asm x86_64 {
      lea rax, [rdi + rsi]
      ret
    }
    export func @f(%k: closure(i64) -> i64) -> i64 {
      %a = call_closure fn(i64) -> i64 %k(-5)
      %b = call fn(i64) -> i64 @labs(%a)
      %c = call fn(i64, i64) -> i64 @add(%b, 1)
      return i64 %c
    })";
  const auto k = +[](void* carried, std::int64_t x) { return *static_cast<std::int64_t*>(carried) * x; };
  for (const Level level : Levels) {
    const auto f = compile<std::int64_t(ClosureLayout)>(Text, "f", level);
    ASSERT_TRUE(f) << f.error().to_string();
    std::int64_t carried = 3;
    EXPECT_EQ((*f)({reinterpret_cast<void*>(k), &carried}), 16);
    EXPECT_THROW((*f)({nullptr, nullptr}), Trapped);
  }
}

TEST(Program, a_wrong_signature_is_an_error_that_tells_both) {
  const auto message = [](const auto& result) { return result ? "no error" : result.error().message(); };
  EXPECT_EQ(message(compile<int(SliceLayout, int)>(Sum, "two")),
            "the result of '@two' is i64 in the program, an integer of 64 bits in C++, and the signature has an "
            "integer of 32 bits");
  EXPECT_EQ(message(compile<std::int64_t(SliceLayout, double)>(Sum, "two")),
            "parameter 2 of '@two' is i32 in the program, an integer of 32 bits in C++, and the signature has double");
  EXPECT_EQ(message(compile<std::int64_t(SliceLayout)>(Sum, "two")),
            "'@two' has 2 parameters, and the signature has 1");
  EXPECT_EQ(message(compile<void()>(Sum, "three")), "the program has no function '@three'");
  EXPECT_EQ(message(compile<void()>("extern func @f()\nexport func @g() { call fn() @f()\n return_void }", "f")),
            "'@f' has no body in the program; call it where it is defined");
  const auto missing = compile<void()>(
      "extern func @no_such_function_anywhere()\nexport func @g() { call fn() @no_such_function_anywhere()\n "
      "return_void }",
      "g");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind(), ErrorKind::UndefinedSymbol);
}

}  // namespace
}  // namespace inlay
