// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "bind.h"

#include "inlay/annotate.h"

namespace bind {

namespace {
int echoes = 0;
}

template <class T>
T echo(T value, int salt) {
  T copy = value;
  if (salt == 12345) ++echoes;
  return copy;
}

// Instantiates echo for every type of the tuple, and for structs of 1 to LargestBytes bytes.
using Address = void (*)();
template <class... T>
auto instances(std::tuple<T...>*) {
  return std::array{reinterpret_cast<Address>(&echo<T>)...};
}
template <std::size_t... N>
auto instances(std::index_sequence<N...>) {
  return std::array{reinterpret_cast<Address>(&echo<Bytes<N + 1>>)...};
}
auto typed_instances = instances(static_cast<Echoed*>(nullptr));
auto sized_instances = instances(std::make_index_sequence<LargestBytes>());

int call(Function function, int x) { return function ? function(x) + 1 : -1; }
int doubled(int x) { return 2 * x; }
int Counter::plus(int x) const { return base + x; }
int Counter::times(int x) const { return base * x; }
int call_member(const Counter& counter, int (Counter::*member)(int) const, int x) { return (counter.*member)(x); }
int read_field(const Counter& counter, int Counter::* field, int x) { return counter.*field + x; }
int& reference(int& place, int add) {
  place += add;
  return place;
}
int const_reference(const std::string& text, int index) { return text.at(static_cast<std::size_t>(index)); }
int rvalue(std::string&& text, int x) {
  std::string taken = std::move(text);
  return static_cast<int>(taken.size()) + x;
}
std::string by_value(std::string text, int times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}
int copied(Copied value, int x) { return value.value * 1000 + x; }
float either(Either value, bool which) { return which ? value.a : static_cast<float>(value.b); }
std::int64_t crowded(int a, int b, int c, int d, int e, TwoWords words, double f, short g, TwoWords more, float h) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * words.a + 7 * words.b + static_cast<int>(8 * f) + 9 * g + 10 * more.a +
         11 * more.b + static_cast<int>(h);
}
double crowded_reals(double a, double b, double c, double d, double e, double f, double g, IntAndDouble mixed,
                     TwoFloats pair, double h) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * mixed.a + 9 * mixed.b + 10 * pair.a + 11 * pair.b +
         12 * h;
}
void nothing(int& place, int value) { place = value; }
ThreeWords large_result(std::int64_t a, ThreeWords b) { return {a + b.a, a + b.b, a + b.c}; }

}  // namespace bind
