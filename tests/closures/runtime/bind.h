// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions with every kind of parameter. The templates are instantiated in the runtime alone (bind.cpp), where their
// bitcode is.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace bind {

enum Plain { PlainA = 1, PlainB = -5 };
enum class Tiny : std::uint8_t { A = 3, B = 200 };
enum class Wide : std::int64_t { A = INT64_MIN };

template <std::size_t N>
struct Bytes {
  std::array<unsigned char, N> data;
  bool operator==(const Bytes&) const = default;
};
struct Nothing {
  bool operator==(const Nothing&) const { return true; }
};
struct TwoFloats {
  float a, b;
  bool operator==(const TwoFloats&) const = default;
};
struct ThreeFloats {
  float a, b, c;
  bool operator==(const ThreeFloats&) const = default;
};
struct IntAndDouble {
  std::int32_t a;
  double b;
  bool operator==(const IntAndDouble&) const = default;
};
struct DoubleAndByte {
  double a;
  signed char b;
  bool operator==(const DoubleAndByte&) const = default;
};
struct Flags {
  bool a;
  short b;
  bool c;
  bool operator==(const Flags&) const = default;
};
struct TwoWords {
  std::int64_t a, b;
  bool operator==(const TwoWords&) const = default;
};
struct ThreeWords {
  std::int64_t a, b, c;
  bool operator==(const ThreeWords&) const = default;
};
struct Extended {
  long double a;
  bool operator==(const Extended&) const = default;
};
struct alignas(32) Aligned {
  std::int32_t a;
  bool operator==(const Aligned&) const = default;
};
struct WithPointer {
  const int* a;
  int b;
  bool operator==(const WithPointer&) const = default;
};
struct Derived : Nothing {
  std::int16_t a;
  bool operator==(const Derived& o) const { return a == o.a; }
};
struct Copied {  // passed by a hidden reference
  explicit Copied(int v = 0) : value(v) {}
  Copied(const Copied& other) : value(other.value + 100) {}
  int value;
};
union Either {
  float a;
  std::int32_t b;
};

/// Returns its argument; `salt` keeps it from being the identity at once.
template <class T>
T echo(T value, int salt);

using Echoed =
    std::tuple<bool, char, signed char, unsigned char, short, unsigned short, int, unsigned, long, unsigned long long,
               float, double, long double, char32_t, Plain, Tiny, Wide, const char*, int*, std::nullptr_t, Nothing,
               TwoFloats, ThreeFloats, IntAndDouble, DoubleAndByte, Flags, TwoWords, ThreeWords, Extended, Aligned,
               WithPointer, Derived, std::string_view, std::complex<double>, std::complex<float>, __int128>;
constexpr std::size_t LargestBytes = 40;

using Function = int (*)(int);
int call(Function function, int x);
int doubled(int x);
struct Counter {
  int base;
  int plus(int x) const;
  int times(int x) const;
};
int call_member(const Counter& counter, int (Counter::*member)(int) const, int x);
int read_field(const Counter& counter, int Counter::* field, int x);
int& reference(int& place, int add);
int const_reference(const std::string& text, int index);
int rvalue(std::string&& text, int x);
std::string by_value(std::string text, int times);
int copied(Copied value, int x);
float either(Either value, bool which);
std::int64_t crowded(int a, int b, int c, int d, int e, TwoWords words, double f, short g, TwoWords more, float h);
double crowded_reals(double a, double b, double c, double d, double e, double f, double g, IntAndDouble mixed,
                     TwoFloats pair, double h);
void nothing(int& place, int value);
ThreeWords large_result(std::int64_t a, ThreeWords b);

}  // namespace bind
