// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Binding arguments of every kind of parameter type, as constants and as placeholders.
#include "runtime/bind.h"

#include <cstring>

#include "../sanitized.h"
#include "test_support.h"

namespace inlay::closures {
namespace {

using namespace bind;
using namespace std::placeholders;

template <class T>
bool same(const T& a, const T& b) {
  return a == b;
}

/// Says what an echo came to. No template: what is made anew for each type costs the compiler seconds.
void expect_good(bool echoed, bool compiled, bool may_refuse, const Report& report, const char* what, const char* how) {
  EXPECT_TRUE(echoed) << what << ' ' << how << "; " << report.to_text();
  if (!may_refuse) {
    EXPECT_TRUE(compiled) << what << ' ' << how << ": " << report.to_text();
  } else if (!compiled) {
    EXPECT_NE(report.remarks.front().reason.find("by reference"), std::string::npos) << what << ' ' << how;
  }
}
void fail(const Error& error, const char* what) { ADD_FAILURE() << what << ": " << error.to_string(); }

/// Echoes `value` bound as a constant, then as a free argument.
template <class T>
void expect_echoed(const T& value, const char* what) {
  // Classes that are passed in memory may refuse to be bound by value, in words; everything else must compile.
  constexpr bool MayRefuse = sizeof(T) > 16 || std::is_same_v<T, Extended>;
  auto bound = jit().specialize(echo<T>, constant(value), _1);
  if (!bound) return fail(bound.error(), what);
  expect_good(same((*bound)(7), value), bound->compiled(), MayRefuse, bound->explain(), what, "bound");
  auto free = jit().specialize(echo<T>, _1, constant(7));
  if (!free) return fail(free.error(), what);
  expect_good(same((*free)(value), value), free->compiled(), false, free->explain(), what, "free");
}

TEST(Binding, scalars) {
  expect_echoed(true, "true");
  expect_echoed(false, "false");
  for (int c : {-128, -1, 0, 127}) expect_echoed(static_cast<char>(c), "char");
  expect_echoed<signed char>(-3, "signed char");
  expect_echoed<unsigned char>(200, "unsigned char");
  expect_echoed<short>(-32768, "short");
  expect_echoed<unsigned short>(65535, "unsigned short");
  expect_echoed(INT32_MIN, "int");
  expect_echoed(UINT32_MAX, "unsigned");
  expect_echoed<long>(INT64_MIN, "long");
  expect_echoed<unsigned long long>(UINT64_MAX, "unsigned long long");
  expect_echoed(0.1f, "float");
  expect_echoed(-0.1, "double");
  expect_echoed(0.1L, "long double");
  expect_echoed(U'x', "char32_t");
  expect_echoed<__int128>(static_cast<__int128>(-5) << 70, "__int128");
}

TEST(Binding, enumerations) {
  expect_echoed(PlainB, "enum");
  expect_echoed(Tiny::B, "enum class of a byte");
  expect_echoed(Wide::A, "enum class of eight bytes");
}

TEST(Binding, pointers) {
  static int place = 5;
  expect_echoed<int*>(&place, "pointer");
  expect_echoed<int*>(nullptr, "null pointer");
  expect_echoed<const char*>("text", "text");
  expect_echoed<std::nullptr_t>(nullptr, "nullptr_t");
  int local = 3;
  expect_echoed<int*>(&local, "pointer to a local variable");
}

TEST(Binding, classes_of_each_layout) {
  static const int pointed = 3;
  expect_echoed(Nothing{}, "empty class");
  expect_echoed(TwoFloats{1.5f, -2.5f}, "two floats");
  expect_echoed(ThreeFloats{1.5f, -2.5f, 0.25f}, "three floats");
  expect_echoed(IntAndDouble{-7, 0.1}, "int and double");
  expect_echoed(DoubleAndByte{0.1, -7}, "double and byte");
  expect_echoed(Flags{true, -300, false}, "flags");
  expect_echoed(TwoWords{INT64_MIN, 77}, "two words");
  expect_echoed(ThreeWords{1, -2, INT64_MAX}, "three words");
  expect_echoed(Extended{0.1L}, "class of a long double");
  expect_echoed(Aligned{9}, "over-aligned class");
  expect_echoed(WithPointer{&pointed, 4}, "class with a pointer");
  expect_echoed(WithPointer{nullptr, 4}, "class with a null pointer");
  expect_echoed(Derived{{}, 31000}, "class with an empty base");
  expect_echoed(std::string_view("some text"), "string_view");
  expect_echoed(std::complex<double>(1.5, -0.5), "complex<double>");
  expect_echoed(std::complex<float>(1.5f, -0.5f), "complex<float>");
}

template <std::size_t N>
void expect_bytes_echoed() {
  Bytes<N> value;
  for (std::size_t i = 0; i < N; ++i) value.data[i] = static_cast<unsigned char>(0x81 + 13 * i);
  expect_echoed(value, ("class of " + std::to_string(N) + " bytes").c_str());
}

// All that may be passed in registers, and some that are not. Each costs the compiler a second, with sanitizers two:
// there every fourth does.
TEST(Binding, classes_of_1_to_40_bytes) {
  constexpr std::size_t Step = Sanitized ? 4 : 1;
  [&]<std::size_t... N>(std::index_sequence<N...>) {
    (expect_bytes_echoed<Step*(N + 1)>(), ...);
  }(std::make_index_sequence<16 / Step>());
  expect_bytes_echoed<17>();
  expect_bytes_echoed<24>();
  expect_bytes_echoed<32>();
  expect_bytes_echoed<LargestBytes>();
}

TEST(Binding, functions_and_members) {
  auto known = compiled(jit().specialize(call, constant(&doubled), _1));
  EXPECT_EQ(known(4), 9);
  expect_no_call_left(known.explain());
  Function<int(int)> none = compiled(jit().specialize(call, constant(static_cast<bind::Function>(nullptr)), _1));
  EXPECT_EQ(none(4), -1);
  static const Counter counter{100};
  auto promise = ok(promise_constant(&counter, sizeof counter, "counter"));
  auto plus = compiled(jit().specialize(call_member, constant(counter), constant(&Counter::plus), _1));
  EXPECT_EQ(plus(5), 105);
  auto times = compiled(jit().specialize(call_member, constant(counter), constant(&Counter::times), _1));
  EXPECT_EQ(times(5), 500);
  auto any = compiled(jit().specialize(call_member, constant(counter), _1, constant(5)));
  EXPECT_EQ(any(&Counter::times), 500);
  auto field = compiled(jit().specialize(read_field, constant(counter), constant(&Counter::base), _1));
  EXPECT_EQ(field(1), 101);
}

TEST(Binding, references) {
  int place = 1;
  auto bound = compiled(jit().specialize(reference, constant(place), _1));
  EXPECT_EQ(&bound(5), &place);
  EXPECT_EQ(place, 6);
  auto free = compiled(jit().specialize(reference, _1, constant(10)));
  int other = 2;
  EXPECT_EQ(&free(other), &other);
  EXPECT_EQ(other, 12);
  std::string text = "hello";
  auto character = compiled(jit().specialize(const_reference, constant(text), _1));
  EXPECT_EQ(character(1), 'e');
  text = "jolly";
  EXPECT_EQ(character(1), 'o') << "memory that nobody promised may change";
  EXPECT_THROW(character(9), std::out_of_range);
  auto moved = compiled(jit().specialize(rvalue, _1, constant(2)));
  EXPECT_EQ(moved(std::string("four")), 6);
  auto nothing = compiled(jit().specialize(bind::nothing, _1, constant(8)));
  nothing(other);
  EXPECT_EQ(other, 8);
}

TEST(Binding, classes_with_a_copy_constructor_of_their_own) {
  auto repeat = compiled(jit().specialize(by_value, _1, constant(3)));
  EXPECT_EQ(repeat("ab"), "ababab");
  auto copy = compiled(jit().specialize(copied, _1, constant(5)));
  Copied value(1);
  int copies_of_std_bind = copied(value, 5);
  EXPECT_EQ(copy(value), copies_of_std_bind);
}

TEST(Binding, unions_and_large_results) {
  Either either;
  either.b = 7;
  EXPECT_EQ(compiled(jit().specialize(bind::either, constant(either), constant(false)))(), 7);
  EXPECT_EQ(compiled(jit().specialize(bind::either, _1, _2))(either, false), 7);
  auto large = compiled(jit().specialize(large_result, constant(std::int64_t{10}), _1));
  EXPECT_EQ(large({1, 2, 3}), (ThreeWords{11, 12, 13}));
}

TEST(Binding, more_arguments_than_registers) {
  TwoWords words{100, -200}, more{7, 9};
  std::int64_t truth = crowded(1, 2, 3, 4, 5, words, 2.5, -6, more, 11.0f);
  EXPECT_EQ(compiled(jit().specialize(crowded, _1, _2, constant(3), constant(4), constant(5), _3, _4,
                                      constant(short{-6}), _5, _6))(1, 2, words, 2.5, more, 11.0f),
            truth);
  auto bound = ok(jit().specialize(crowded, constant(1), constant(2), _1, _2, _3, constant(words), constant(2.5), _4,
                                   constant(more), constant(11.0f)));
  EXPECT_EQ(bound(3, 4, 5, -6), truth) << bound.explain().to_text();
  IntAndDouble mixed{3, 0.5};
  TwoFloats pair{0.25f, 8};
  double real_truth = crowded_reals(1, 2, 3, 4, 5, 6, 7, mixed, pair, 9);
  EXPECT_EQ(compiled(jit().specialize(crowded_reals, _8, _7, _6, _5, _4, constant(6.0), constant(7.0), _3, _2, _1))(
                9, pair, mixed, 5, 4, 3, 2, 1),
            real_truth);
  auto reals =
      ok(jit().specialize(crowded_reals, _1, constant(2.0), _2, _3, _4, _5, _6, constant(mixed), constant(pair), _7));
  EXPECT_EQ(reals(1, 3, 4, 5, 6, 7, 9), real_truth) << reals.explain().to_text();
}

TEST(Binding, order_of_placeholders_is_the_order_of_arguments) {
  auto swapped = compiled(jit().specialize(call, _2, _1));
  EXPECT_EQ(swapped(4, &doubled), 9);
  auto all = compiled(jit().specialize(call, _1, _2));
  EXPECT_EQ(all(&doubled, 4), 9);
  auto none = compiled(jit().specialize(call, constant(&doubled), constant(4)));
  EXPECT_EQ(none(), 9);
}

TEST(Binding, constants_convert_as_arguments_do) {
  auto function = compiled(jit().specialize(echo<long>, constant(static_cast<short>(-4)), _1));
  EXPECT_EQ(function(1), -4);
  auto widened = compiled(jit().specialize(echo<double>, constant(3), _1));
  EXPECT_EQ(widened(1), 3.0);
}

}  // namespace
}  // namespace inlay::closures
