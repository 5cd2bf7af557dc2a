// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tests/ir/run cannot say: limits, errors, and native code on both sides. Values are checked there.
#include "inlay/ir/interpret.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "inlay/ir/builder.h"
#include "inlay/ir/layout.h"

namespace inlay::ir {
namespace {

template <class T>
Scalar scalar(T value) {
  Scalar out;
  std::memcpy(out.bytes, &value, sizeof value);
  return out;
}

template <class T>
T as(const Scalar& scalar) {
  T value;
  std::memcpy(&value, scalar.bytes, sizeof value);
  return value;
}

void lay_out(Module& m) {
  for (std::uint32_t i = 1; i < m.types.count(); ++i) m.lay_out(TypeId{i});
}

/// Runs a function once, in an interpreter of its own.
Result<Scalar> run(Module& m, FunctionId f, std::vector<Scalar> arguments = {}, const InterpretOptions& options = {}) {
  lay_out(m);
  INLAY_TRY(Interpreter interpreter, Interpreter::create(m, options));
  return interpreter.call(f, arguments);
}

struct Named {
  const char* name;
  void* address;
};

/// Finds what is in a list that ends with a null, and nothing else.
void* find_in(void* context, const char* name) {
  for (const Named* n = static_cast<const Named*>(context); n->name; ++n)
    if (std::strcmp(n->name, name) == 0) return n->address;
  return nullptr;
}

InterpretOptions with(Named* list) {
  InterpretOptions options;
  options.find_symbol = find_in;
  options.context = list;
  return options;
}

/// @count(n): calls itself n times.
FunctionId add_recursion(Module& m) {
  const FunctionId f = m.function("count", m.signature({I64}, I64));
  Builder b(m);
  b.begin(f);
  const BlockId end = b.block(), more = b.block();
  b.branch(b.eq(b.parameter(0), 0), end, more);
  b.start(end);
  b.ret(0);
  b.start(more);
  b.ret(b.add(b.call(f, {b.sub(b.parameter(0), 1)}), 1));
  b.end();
  return f;
}

TEST(Interpreter, calls_lie_as_deep_as_was_asked_for) {
  Module m = Module::create().value();
  const FunctionId f = add_recursion(m);
  EXPECT_EQ(as<std::int64_t>(run(m, f, {scalar<std::int64_t>(9'999)}).value()), 9'999);
  const Result<Scalar> deeper = run(m, f, {scalar<std::int64_t>(10'000)});
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().kind(), ErrorKind::BudgetExceeded);
  EXPECT_NE(deeper.error().message().find("10000 deep"), std::string::npos);
}

TEST(Interpreter, a_million_calls_take_no_native_stack) {
  Module m = Module::create().value();
  const FunctionId f = add_recursion(m);
  InterpretOptions options;
  options.depth = 1'000'001;
  EXPECT_EQ(as<std::int64_t>(run(m, f, {scalar<std::int64_t>(1'000'000)}, options).value()), 1'000'000);
}

TEST(Interpreter, steps_end_where_the_budget_does) {
  Module m = Module::create().value();
  const FunctionId f = m.function("forever", m.signature({}));
  Builder b(m);
  b.begin(f);
  const BlockId loop = b.block();
  b.jump(loop);
  b.start(loop);
  b.jump(loop);
  b.end();
  InterpretOptions options;
  options.steps = 1000;
  const Result<Scalar> result = run(m, f, {}, options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::BudgetExceeded);
  EXPECT_EQ(result.error().message(), "all 1000 steps were taken (InterpretOptions::steps) in @forever");
}

TEST(Interpreter, steps_are_counted_for_each_call_from_outside) {
  Module m = Module::create().value();
  const FunctionId f = add_recursion(m);
  lay_out(m);
  InterpretOptions options;
  options.steps = 200;
  Interpreter interpreter = Interpreter::create(m, options).value();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(interpreter.call(f, std::vector{scalar<std::int64_t>(20)}));
  EXPECT_FALSE(interpreter.call(f, std::vector{scalar<std::int64_t>(100)}));
  EXPECT_TRUE(interpreter.call(f, std::vector{scalar<std::int64_t>(20)}));
}

TEST(Interpreter, frames_that_take_too_much_memory_are_refused) {
  Module m = Module::create().value();
  const FunctionId f = m.function("large", m.signature({}, I8));
  Builder b(m);
  b.begin(f);
  b.ret(b.load(I8, b.slot(m.array(I8, std::uint64_t{3} << 30))));
  b.end();
  const Result<Scalar> result = run(m, f);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::BudgetExceeded);
}

TEST(Interpreter, a_trap_says_what_where_and_in_which_function) {
  Module m = Module::create().value();
  const FunctionId f = m.function("pick", m.signature({I64}, I32));
  Builder b(m);
  b.begin(f);
  const TypeId array = m.array(I32, 5);
  const Value five = b.slot(array);
  b.at(Location(m.file("pick.txt"), 12));
  b.ret(b.load(I32, b.at_index(array, five, b.parameter(0))));
  b.end();
  EXPECT_EQ(as<std::int32_t>(run(m, f, {scalar<std::int64_t>(4)}).value()), 0);
  const Result<Scalar> result = run(m, f, {scalar<std::int64_t>(-7)});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::Trap);
  EXPECT_EQ(result.error().to_string(), "pick.txt:12: error: index -7 is out of bounds of length 5 in @pick [trap]");
}

TEST(Interpreter, slots_are_zero_again_in_the_next_call) {
  Module m = Module::create().value();
  const FunctionId f = m.function("next", m.signature({}, I64));
  Builder b(m);
  b.begin(f);
  const Value slot = b.slot(I64);
  const Value old = b.load(I64, slot);
  b.store(I64, 77, slot);
  b.ret(old);
  b.end();
  lay_out(m);
  Interpreter interpreter = Interpreter::create(m).value();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(as<std::int64_t>(interpreter.call(f, {}).value()), 0);
}

TEST(Interpreter, variables_live_as_long_as_it_does) {
  Module m = Module::create().value();
  const DataId counter = m.add_data("counter", I64, {}, {}, DataMutable);
  const FunctionId f = m.function("next", m.signature({}, I64));
  Builder b(m);
  b.begin(f);
  const Value more = b.add(b.load(I64, counter), 1);
  b.store(I64, more, counter);
  b.ret(more);
  b.end();
  lay_out(m);
  Interpreter one = Interpreter::create(m).value(), two = Interpreter::create(m).value();
  EXPECT_EQ(as<std::int64_t>(one.call(f, {}).value()), 1);
  EXPECT_EQ(as<std::int64_t>(one.call(f, {}).value()), 2);
  EXPECT_EQ(as<std::int64_t>(two.call(f, {}).value()), 1);
  Interpreter moved = std::move(one);
  EXPECT_EQ(as<std::int64_t>(moved.call(f, {}).value()), 3);
}

TEST(Interpreter, type_records_tell_of_their_type) {
  Module m = Module::create().value();
  const TypeId point = m.named_struct("Point");
  m.define_struct(point, {{"x", I64}, {"y", I8}});
  const FunctionId f = m.function("record", m.signature({}, Ptr));
  Builder b(m);
  b.begin(f);
  b.ret(m.type_record(point));
  b.end();
  lay_out(m);
  Interpreter interpreter = Interpreter::create(m).value();
  const auto* record = as<const TypeRecord*>(interpreter.call(f, {}).value());
  EXPECT_EQ(record, as<const TypeRecord*>(interpreter.call(f, {}).value()));
  EXPECT_STREQ(record->name, "Point");
  EXPECT_EQ(record->size, 16);
  EXPECT_EQ(record->alignment, 8);
  EXPECT_EQ(record->hash, m.types[point].hash);
}

// Native functions

std::int64_t mix(bool a, std::int8_t b, std::int16_t c, std::int32_t d, std::int64_t e, float f, double g, void* h) {
  return a + b * 2 + c * 3 + d * 5 + e * 7 + static_cast<std::int64_t>(f * 11) + static_cast<std::int64_t>(g * 13) +
         (h ? 0 : 17);
}
SliceLayout second_half(void* data, std::int64_t length) {
  return {static_cast<char*>(data) + length / 2, length - length / 2};
}
std::int64_t bounce(std::int64_t (*back)(std::int64_t), std::int64_t value) { return back(value) + 1; }
[[noreturn]] void fail() { throw std::runtime_error("native"); }

TEST(Interpreter, native_functions_get_every_kind_of_scalar) {
  Module m = Module::create().value();
  const TypeId signature = m.signature({Bool, I8, I16, I32, I64, F32, F64, Ptr}, I64);
  const FunctionId f = m.function("mix", signature, FunctionExtern);
  const FunctionId g = m.function("caller", m.signature({}, I64));
  Builder b(m);
  b.begin(g);
  b.ret(b.call(f, {true, -3, -5, -7, -11, 1.0, -2.0, m.null()}));
  b.end();
  Named list[] = {{"mix", reinterpret_cast<void*>(mix)}, {}};
  const std::int64_t expected = mix(true, -3, -5, -7, -11, 1.0f, -2.0, nullptr);
  EXPECT_EQ(as<std::int64_t>(run(m, g, {}, with(list)).value()), expected);
}

TEST(Interpreter, pairs_go_to_native_functions_and_back_as_two_words) {
  Module m = Module::create().value();
  const TypeId bytes = m.slice(I8);
  const FunctionId f = m.function("second_half", m.signature({bytes}, bytes), FunctionExtern);
  const FunctionId g = m.function("caller", m.signature({}, I64));
  Builder b(m);
  b.begin(g);
  const Value half = b.call(f, {b.make_slice(bytes, m.add_text("", "abcdefg"), 7)});
  b.ret(b.add(b.mul(b.len(half), 1000), b.convert(Op::Zext, I64, b.load(I8, b.elem(half, 0)))));
  b.end();
  Named list[] = {{"second_half", reinterpret_cast<void*>(second_half)}, {}};
  EXPECT_EQ(as<std::int64_t>(run(m, g, {}, with(list)).value()), 4000 + 'd');
}

/// Where a pair does not fit into what registers are left, both words lie on the stack, and who comes next may get
/// the register.
std::int64_t after_five(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t e, SliceLayout s,
                        std::int64_t f) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * *static_cast<const signed char*>(s.data) + 7 * s.length + 8 * f;
}
std::int64_t after_seven(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t e, std::int64_t f,
                         std::int64_t g, SliceLayout s, std::int64_t h, SliceLayout t, double x) {
  return after_five(a, b, c, d, e, s, f) + 9 * g + 10 * h + 11 * t.length + static_cast<std::int64_t>(12 * x);
}

TEST(Interpreter, pairs_lie_where_c_has_them_when_registers_run_out) {
  Module m = Module::create().value();
  const TypeId bytes = m.slice(I8);
  const TypeId five = m.signature({I64, I64, I64, I64, I64, bytes, I64}, I64);
  const TypeId seven = m.signature({I64, I64, I64, I64, I64, I64, I64, bytes, I64, bytes, F64}, I64);
  const FunctionId native_five = m.function("after_five", five, FunctionExtern);
  const FunctionId native_seven = m.function("after_seven", seven, FunctionExtern);
  Builder b(m);
  // From native code through the program to native code.
  std::vector<FunctionId> through, addresses;
  for (FunctionId native : {native_five, native_seven}) {
    const TypeId signature = m.functions[native].signature;
    through.push_back(m.function("through" + std::to_string(native.value), signature));
    b.begin(through.back());
    std::vector<Operand> parameters;
    for (std::uint32_t i = 0; i < m.types[signature].count; ++i) parameters.push_back(b.parameter(i));
    b.ret(b.call(native, parameters));
    b.end();
    addresses.push_back(m.function("address" + std::to_string(native.value), m.signature({}, Ptr)));
    b.begin(addresses.back());
    b.ret(b.convert(Op::Bitcast, Ptr, Value(through.back())));
    b.end();
  }
  lay_out(m);
  Named list[] = {
      {"after_five", reinterpret_cast<void*>(after_five)}, {"after_seven", reinterpret_cast<void*>(after_seven)}, {}};
  Interpreter interpreter = Interpreter::create(m, with(list)).value();
  signed char byte = 100;
  const SliceLayout s{&byte, 1'000'000}, t{&byte, 77};
  const auto call_five = as<decltype(&after_five)>(interpreter.call(addresses[0], {}).value());
  EXPECT_EQ(call_five(1, 2, 3, 4, 5, s, 6), after_five(1, 2, 3, 4, 5, s, 6));
  const auto call_seven = as<decltype(&after_seven)>(interpreter.call(addresses[1], {}).value());
  EXPECT_EQ(call_seven(1, 2, 3, 4, 5, 6, 7, s, 8, t, 1.5), after_seven(1, 2, 3, 4, 5, 6, 7, s, 8, t, 1.5));
}

TEST(Interpreter, native_code_calls_functions_of_the_program) {
  Module m = Module::create().value();
  const TypeId every = m.signature({Bool, I8, I16, I32, I64, F32, F64, Ptr}, I64);
  const FunctionId sum = m.function("sum", every);
  const FunctionId address = m.function("address", m.signature({}, Ptr));
  Builder b(m);
  b.begin(sum);
  Value total = b.convert(Op::Zext, I64, b.parameter(0));
  for (unsigned i = 1; i <= 3; ++i) total = b.add(total, b.convert(Op::Sext, I64, b.parameter(i)));
  total = b.add(total, b.parameter(4));
  for (unsigned i = 5; i <= 6; ++i) total = b.add(total, b.convert(Op::FloatToInt, I64, b.parameter(i)));
  b.ret(b.add(total, b.load(I64, b.parameter(7))));
  b.end();
  b.begin(address);
  b.ret(b.convert(Op::Bitcast, Ptr, Value(sum)));
  b.end();
  lay_out(m);
  Interpreter interpreter = Interpreter::create(m).value();
  auto* function = as<decltype(&mix)>(interpreter.call(address, {}).value());
  std::int64_t last = 1'000'000;
  EXPECT_EQ(function(true, -2, -300, -70'000, std::int64_t{1} << 40, 1.5f, -2.5, &last),
            1 - 2 - 300 - 70'000 + (std::int64_t{1} << 40) + 1 - 2 + 1'000'000);
}

TEST(Interpreter, small_results_are_whole_for_native_callers) {
  Module m = Module::create().value();
  Builder b(m);
  std::vector<FunctionId> functions;
  for (TypeId type : {I8, I16, I32}) {
    functions.push_back(m.function("f" + std::to_string(type.value), m.signature({}, type)));
    b.begin(functions.back());
    b.ret(-5);
    b.end();
  }
  const FunctionId address = m.function("address", m.signature({I64}, Ptr));
  b.begin(address);
  std::vector<BlockId> blocks = {b.block(), b.block(), b.block()};
  b.switch_on(b.parameter(0), blocks[0], {{1, blocks[1]}, {2, blocks[2]}});
  for (std::size_t i = 0; i < 3; ++i) {
    b.start(blocks[i]);
    b.ret(b.convert(Op::Bitcast, Ptr, Value(functions[i])));
  }
  b.end();
  lay_out(m);
  Interpreter interpreter = Interpreter::create(m).value();
  const auto at = [&](std::int64_t i) { return interpreter.call(address, std::vector{scalar(i)}).value(); };
  EXPECT_EQ(as<std::int8_t (*)()>(at(0))(), -5);
  EXPECT_EQ(as<std::int16_t (*)()>(at(1))(), -5);
  EXPECT_EQ(as<std::int32_t (*)()>(at(2))(), -5);
}

/// Reads whole words, of which six are in registers: what compilers rely on is that callers extend narrow integers.
std::int64_t words(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t e, std::int64_t f,
                   std::int64_t g, std::int64_t h, std::int64_t i, std::int64_t j) {
  const std::int64_t all[] = {a, b, c, d, e, f, g, h, i, j};
  std::int64_t sum = 0;
  for (std::int64_t word : all) sum = sum * 3 + word;
  return sum;
}
std::int32_t narrow(std::int8_t a, std::int8_t b, std::int16_t c, std::int16_t d, bool e, std::int8_t f, std::int8_t g,
                    std::int8_t h, std::int16_t i, bool j) {
  return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f + 13 * g + 17 * h + 19 * i + 23 * j;
}

TEST(Interpreter, narrow_integers_are_whole_words_for_native_functions_also_on_the_stack) {
  Module m = Module::create().value();
  const TypeId signature = m.signature({I8, I16, I32, Bool, I8, I16, I8, I16, I32, Bool}, I64);
  const FunctionId native = m.function("words", signature, FunctionExtern);
  const FunctionId caller = m.function("caller", signature);
  Builder b(m);
  b.begin(caller);
  std::vector<Operand> parameters;
  for (unsigned i = 0; i < 10; ++i) parameters.emplace_back(b.parameter(i));
  b.ret(b.call(native, parameters));
  b.end();
  Named list[] = {{"words", reinterpret_cast<void*>(words)}, {}};
  const std::vector<Scalar> arguments = {scalar(std::int8_t{-1}),
                                         scalar(std::int16_t{-2}),
                                         scalar(-3),
                                         scalar(true),
                                         scalar(std::int8_t{-5}),
                                         scalar(std::int16_t{-6}),
                                         scalar(std::int8_t{-128}),
                                         scalar(std::int16_t{-8}),
                                         scalar(-9),
                                         scalar(true)};
  EXPECT_EQ(as<std::int64_t>(run(m, caller, arguments, with(list)).value()),
            words(-1, -2, -3, 1, -5, -6, -128, -8, -9, 1));
}

TEST(Interpreter, native_functions_take_more_narrow_integers_than_there_are_registers) {
  Module m = Module::create().value();
  const TypeId signature = m.signature({I8, I8, I16, I16, Bool, I8, I8, I8, I16, Bool}, I32);
  const FunctionId native = m.function("narrow", signature, FunctionExtern);
  const FunctionId caller = m.function("caller", m.signature({}, I32));
  Builder b(m);
  b.begin(caller);
  b.ret(b.call(native, {-1, -2, -3, -4, true, -6, -7, -8, -9, true}));
  b.end();
  Named list[] = {{"narrow", reinterpret_cast<void*>(narrow)}, {}};
  EXPECT_EQ(as<std::int32_t>(run(m, caller, {}, with(list)).value()),
            narrow(-1, -2, -3, -4, true, -6, -7, -8, -9, true));
}

/// What stands above a narrow result belongs to nobody.
std::int64_t dirty() { return 0x123456789abcde01 + 0xfd; }

TEST(Interpreter, of_narrow_results_only_their_bits_count) {
  for (TypeId type : {I8, I16, I32}) {
    Module m = Module::create().value();
    const FunctionId native = m.function("dirty", m.signature({}, type), FunctionExtern);
    const FunctionId caller = m.function("caller", m.signature({}, I64));
    Builder b(m);
    b.begin(caller);
    b.ret(b.convert(Op::Sext, I64, b.call(native, std::span<const Operand>{})));
    b.end();
    Named list[] = {{"dirty", reinterpret_cast<void*>(dirty)}, {}};
    const std::int64_t all = dirty();
    const std::int64_t expected = type == I8    ? static_cast<std::int8_t>(all)
                                  : type == I16 ? static_cast<std::int16_t>(all)
                                                : static_cast<std::int32_t>(all);
    EXPECT_EQ(as<std::int64_t>(run(m, caller, {}, with(list)).value()), expected);
  }
}

TEST(Interpreter, of_narrow_arguments_from_native_code_only_their_bits_count) {
  Module m = Module::create().value();
  const FunctionId f = m.function("f", m.signature({I8, I64, I64, I64, I64, I64, I8, I16, I32}, I64));
  const FunctionId address = m.function("address", m.signature({}, Ptr));
  Builder b(m);
  b.begin(f);
  Value sum = b.convert(Op::Zext, I64, b.parameter(0));
  for (unsigned i = 6; i <= 8; ++i) sum = b.add(b.mul(sum, 1000), b.convert(Op::Zext, I64, b.parameter(i)));
  b.ret(sum);
  b.end();
  b.begin(address);
  b.ret(b.convert(Op::Bitcast, Ptr, Value(f)));
  b.end();
  lay_out(m);
  Interpreter interpreter = Interpreter::create(m).value();
  auto* function = as<decltype(&words)>(interpreter.call(address, {}).value());
  const std::int64_t above = std::int64_t{0x5a5a5a5a} << 32;
  EXPECT_EQ(function(above + 1, 0, 0, 0, 0, 0, above + 0x702, above + 0x70003, above + 4, 0), 1'002'003'004);
}

/// @outer calls native @bounce, which calls @inner: a division of 100.
FunctionId add_bounce(Module& m) {
  const TypeId callback = m.signature({I64}, I64);
  const FunctionId native = m.function("bounce", m.signature({callback, I64}, I64), FunctionExtern);
  const FunctionId inner = m.function("inner", callback), outer = m.function("outer", callback);
  Builder b(m);
  b.begin(inner);
  b.ret(b.div(100, b.parameter(0)));
  b.end();
  b.begin(outer);
  b.ret(b.add(b.call(native, {inner, b.parameter(0)}), 1000));
  b.end();
  return outer;
}

TEST(Interpreter, a_trap_below_native_code_ends_the_program) {
  Module m = Module::create().value();
  const FunctionId outer = add_bounce(m);
  lay_out(m);
  Named list[] = {{"bounce", reinterpret_cast<void*>(bounce)}, {}};
  Interpreter interpreter = Interpreter::create(m, with(list)).value();
  EXPECT_EQ(as<std::int64_t>(interpreter.call(outer, std::vector{scalar<std::int64_t>(20)}).value()), 1006);
  const Result<Scalar> result = interpreter.call(outer, std::vector{scalar<std::int64_t>(0)});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "division by zero in @inner");
  // And it can be called again.
  EXPECT_EQ(as<std::int64_t>(interpreter.call(outer, std::vector{scalar<std::int64_t>(10)}).value()), 1011);
}

TEST(Interpreter, a_trap_in_what_native_code_called_by_itself_is_told_by_the_next_call) {
  Module m = Module::create().value();
  const FunctionId f = m.function("f", m.signature({}, I64)), address = m.function("address", m.signature({}, Ptr));
  Builder b(m);
  b.begin(f);
  b.trap("no");
  b.end();
  b.begin(address);
  b.ret(b.convert(Op::Bitcast, Ptr, Value(f)));
  b.end();
  lay_out(m);
  Interpreter interpreter = Interpreter::create(m).value();
  auto* function = as<std::int64_t (*)()>(interpreter.call(address, {}).value());
  EXPECT_EQ(function(), 0);
  const Result<Scalar> next = interpreter.call(address, {});
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().message(), "no in @f");
  EXPECT_TRUE(interpreter.call(address, {}));
}

TEST(Interpreter, endless_calls_through_native_code_are_refused) {
  Module m = Module::create().value();
  const TypeId callback = m.signature({I64}, I64);
  const FunctionId native = m.function("bounce", m.signature({callback, I64}, I64), FunctionExtern);
  const FunctionId f = m.function("f", callback);
  Builder b(m);
  b.begin(f);
  b.ret(b.call(native, {f, b.parameter(0)}));
  b.end();
  Named list[] = {{"bounce", reinterpret_cast<void*>(bounce)}, {}};
  const Result<Scalar> result = run(m, f, {scalar<std::int64_t>(0)}, with(list));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::BudgetExceeded);
}

TEST(Interpreter, exceptions_of_native_code_pass_and_it_stays_whole) {
  Module m = Module::create().value();
  const FunctionId native = m.function("fail", m.signature({}), FunctionExtern);
  const FunctionId f = m.function("f", m.signature({Bool}));
  Builder b(m);
  b.begin(f);
  const BlockId yes = b.block(), no = b.block();
  b.branch(b.parameter(0), yes, no);
  b.start(yes);
  b.call(native, std::span<const Operand>{});
  b.ret();
  b.start(no);
  b.ret();
  b.end();
  lay_out(m);
  Named list[] = {{"fail", reinterpret_cast<void*>(fail)}, {}};
  Interpreter interpreter = Interpreter::create(m, with(list)).value();
  EXPECT_THROW((void)interpreter.call(f, std::vector{scalar(true)}), std::runtime_error);
  EXPECT_TRUE(interpreter.call(f, std::vector{scalar(false)}));
}

TEST(Interpreter, exceptions_of_native_functions_that_are_called_directly_leave_nothing_behind) {
  Module m = Module::create().value();
  const FunctionId native = m.function("fail", m.signature({}), FunctionExtern);
  const FunctionId f = m.function("f", m.signature({I64}, I64));
  Builder b(m);
  b.begin(f);
  b.ret(b.div(1, b.parameter(0)));
  b.end();
  lay_out(m);
  Named list[] = {{"fail", reinterpret_cast<void*>(fail)}, {}};
  Interpreter interpreter = Interpreter::create(m, with(list)).value();
  EXPECT_THROW((void)interpreter.call(native, {}), std::runtime_error);
  EXPECT_FALSE(interpreter.call(f, std::vector{scalar<std::int64_t>(0)}));
  // It would have been taken for a call within another, whose error that still is.
  const Result<Scalar> good = interpreter.call(f, std::vector{scalar<std::int64_t>(1)});
  EXPECT_TRUE(good) << good.error().to_string();
}

TEST(Interpreter, what_nothing_defines_is_an_error_when_it_is_called) {
  Module m = Module::create().value();
  const FunctionId missing = m.function("inlay_no_such_thing", m.signature({}, I64), FunctionExtern);
  const FunctionId f = m.function("f", m.signature({}, I64)), g = m.function("g", m.signature({}, I64));
  const FunctionId h = m.function("h", m.signature({}, Bool));
  Builder b(m);
  b.begin(f);
  b.ret(b.call(missing, std::span<const Operand>{}));
  b.end();
  b.begin(g);
  b.ret(b.call_pointer(missing, {}));
  b.end();
  b.begin(h);
  b.ret(b.eq(Value(missing), Value(missing)));
  b.end();
  EXPECT_TRUE(run(m, h));
  for (FunctionId caller : {f, g, missing}) {
    const Result<Scalar> result = run(m, caller);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), ErrorKind::UndefinedSymbol);
    EXPECT_NE(result.error().message().find("inlay_no_such_thing"), std::string::npos);
  }
}

TEST(Interpreter, what_nothing_defines_is_an_error_only_where_data_that_leads_there_is_used) {
  Module m = Module::create().value();
  const DataId nowhere = m.add_data("nowhere", I64, {}, {}, DataExtern);
  const std::array<std::byte, 8> word{};
  const auto pointer_to = [&](const char* name, DataId to) {
    return m.add_data(name, Ptr, word, std::to_array<Relocation>({{0, to, 0}}));
  };
  const DataId p = pointer_to("p", nowhere), q = pointer_to("q", p);
  const FunctionId f = m.function("f", m.signature({}, I64)), g = m.function("g", m.signature({}, I64));
  Builder b(m);
  b.begin(f);
  b.ret(42);
  b.end();
  b.begin(g);
  b.ret(b.load(I64, b.load(Ptr, b.load(Ptr, q))));
  b.end();
  lay_out(m);
  Named none[] = {{}};
  Result<Interpreter> interpreter = Interpreter::create(m, with(none));
  ASSERT_TRUE(interpreter) << interpreter.error().to_string();
  for (int again = 0; again < 2; ++again) {
    const Result<Scalar> lacking = interpreter->call(g, {});
    ASSERT_FALSE(lacking);
    EXPECT_EQ(lacking.error().kind(), ErrorKind::UndefinedSymbol);
    EXPECT_NE(lacking.error().message().find("@nowhere"), std::string::npos);
    EXPECT_EQ(as<std::int64_t>(interpreter->call(f, {}).value()), 42);
  }
  std::int64_t here = 7;
  Named list[] = {{"nowhere", &here}, {}};
  EXPECT_EQ(as<std::int64_t>(run(m, g, {}, with(list)).value()), 7);
}

TEST(Interpreter, external_data_lies_where_it_is_said_to) {
  Module m = Module::create().value();
  const DataId number = m.add_data("number", I64, {}, {}, DataExtern);
  const FunctionId f = m.function("f", m.signature({}, I64));
  Builder b(m);
  b.begin(f);
  b.ret(b.load(I64, number));
  b.end();
  std::int64_t here = 42;
  Named list[] = {{"number", &here}, {}}, none[] = {{}};
  EXPECT_EQ(as<std::int64_t>(run(m, f, {}, with(list)).value()), 42);
  const Result<Scalar> result = run(m, f, {}, with(none));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::UndefinedSymbol);
}

TEST(Interpreter, assembly_is_called_where_it_is_said_to_lie_and_refused_otherwise) {
  Module m = Module::create().value();
  // The dynamic linker knows another one.
  const FunctionId f = m.function("labs", m.signature({I64}, I64));
  m.set_assembly(f, Architecture::X86_64, "mov rax, rdi\nret\n");
  const Result<Scalar> refused = run(m, f, {scalar<std::int64_t>(-3)});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("is assembly"), std::string::npos);
  std::int64_t (*const twice)(std::int64_t) = [](std::int64_t x) { return 2 * x; };
  Named list[] = {{"labs", reinterpret_cast<void*>(twice)}, {}};
  EXPECT_EQ(as<std::int64_t>(run(m, f, {scalar<std::int64_t>(-3)}, with(list)).value()), -6);
}

TEST(Interpreter, vectors_are_not_passed_to_native_code) {
  Module m = Module::create().value();
  const TypeId four = m.vector(I32, 4);
  const FunctionId native = m.function("labs", m.signature({four}, I64), FunctionExtern);
  const FunctionId own = m.function("own", m.signature({four}, I32)), f = m.function("f", m.signature({}, I64));
  const FunctionId g = m.function("g", m.signature({}, I32)), address = m.function("address", m.signature({}, Ptr));
  Builder b(m);
  b.begin(own);
  b.ret(b.reduce_add(b.parameter(0)));
  b.end();
  b.begin(f);
  b.ret(b.call(native, {m.zero(four)}));
  b.end();
  b.begin(g);  // by its address, but without leaving the program
  b.ret(b.call_pointer(own, {b.splat(four, 5)}));
  b.end();
  b.begin(address);
  b.ret(b.convert(Op::Bitcast, Ptr, Value(own)));
  b.end();
  EXPECT_EQ(as<std::int32_t>(run(m, g).value()), 20);
  const Result<Scalar> result = run(m, f);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("has vectors"), std::string::npos);
  Interpreter interpreter = Interpreter::create(m).value();
  as<void (*)()>(interpreter.call(address, {}).value())();
  EXPECT_FALSE(interpreter.call(g, {}));
  EXPECT_TRUE(interpreter.call(g, {}));
}

TEST(Interpreter, an_address_called_as_what_it_is_not_is_an_error) {
  Module m = Module::create().value();
  const FunctionId one = m.function("one", m.signature({I64}, I64)), f = m.function("f", m.signature({}, I64));
  Builder b(m);
  b.begin(one);
  b.ret(b.parameter(0));
  b.end();
  b.begin(f);
  const TypeId wrong = m.signature({m.vector(I64, 8), I64}, I64);
  b.ret(b.call_pointer(b.convert(Op::Bitcast, wrong, Value(one)), {m.zero(m.vector(I64, 8)), 1}));
  b.end();
  const Result<Scalar> result = run(m, f);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind(), ErrorKind::InvalidProgram);
}

TEST(Interpreter, what_cannot_be_called_is_an_error) {
  Module m = Module::create().value();
  const FunctionId f = m.function("f", m.signature({I64}, I64));  // no body
  lay_out(m);
  Interpreter interpreter = Interpreter::create(m).value();
  EXPECT_FALSE(interpreter.call(FunctionId{}, {}));
  EXPECT_FALSE(interpreter.call(FunctionId{1000}, {}));
  EXPECT_EQ(interpreter.call(f, {}).error().kind(), ErrorKind::InvalidArgument);
  EXPECT_EQ(interpreter.call(f, std::vector{scalar<std::int64_t>(1)}).error().kind(), ErrorKind::InvalidProgram);
  m.fail(Error(ErrorKind::InvalidProgram, "something"));
  EXPECT_FALSE(Interpreter::create(m));
}

}  // namespace
}  // namespace inlay::ir
