// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "handwritten.h"

#include "interpreter.h"

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace vm_tailcall {
namespace {

using Word = std::int64_t;
using Bits = std::uint64_t;

void print(std::string& output, Word value) { output += std::to_string(value) + '\n'; }

Bits generate(Bits x) { return x * 6364136223846793005u + 1442695040888963407u; }

void lcg(const Word* arguments, std::string& output) {
  Bits x = 0, ones = 0;
  for (Word n = arguments[0]; n != 0; --n) {
    x = generate(x);
    ones += x >> 63;
  }
  print(output, static_cast<Word>(x));
  print(output, static_cast<Word>(ones));
}

void collatz(const Word* arguments, std::string& output) {
  Word best = 0, longest = 0;
  for (Word start = 1; start < arguments[0]; ++start) {
    Word steps = 0;
    for (Bits x = static_cast<Bits>(start); x != 1; ++steps) x = x & 1 ? x * 3 + 1 : x >> 1;
    if (steps > longest) {
      longest = steps;
      best = start;
    }
  }
  print(output, best);
  print(output, longest);
}

Word escape_time(double cx, double cy, Word limit) {
  double x = 0, y = 0;
  for (Word k = 0;;) {
    const double xx = x * x, yy = y * y;
    if (yy + xx > 4) return k;
    y = x * y + x * y + cy;
    x = xx - yy + cx;
    if (++k >= limit) return k;
  }
}

void mandelbrot(const Word* arguments, std::string& output) {
  const Word n = arguments[0], limit = arguments[1];
  const auto size = static_cast<double>(n);
  Word total = 0;
  for (Word row = 0; row < n; ++row) {
    const double cy = static_cast<double>(row) / size * 2 - 1;
    for (Word column = 0; column < n; ++column)
      total += escape_time(static_cast<double>(column) / size * 3 - 2.25, cy, limit);
  }
  print(output, total);
}

Word fib_of(Word n, std::uint32_t calls) {
  if (calls > Vm::MaxCalls) throw std::runtime_error("calls nest too deep");
  return n < 2 ? n : fib_of(n - 1, calls + 1) + fib_of(n - 2, calls + 1);
}

void fib(const Word* arguments, std::string& output) { print(output, fib_of(arguments[0], 1)); }

void sieve(const Word* arguments, std::string& output) {
  const Word n = arguments[0];
  std::vector<Word> composite(static_cast<std::size_t>(n));
  Word primes = 0;
  for (Word i = 2; i < n; ++i) {
    if (composite.at(static_cast<std::size_t>(i)) != 0) continue;
    ++primes;
    for (Word multiple = i * i; multiple < n; multiple += i) composite.at(static_cast<std::size_t>(multiple)) = 1;
  }
  print(output, primes);
}

void sort(const Word* arguments, std::string& output) {
  if (arguments[0] <= 0) return;
  const auto n = static_cast<std::size_t>(arguments[0]);
  std::vector<Word> numbers(n + 1);
  Bits x = 0;
  for (std::size_t i = 0; i < n; ++i) {
    x = generate(x);
    numbers.at(i) = static_cast<Word>(x >> 33);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const Word key = numbers.at(i);
    std::size_t j = i;
    for (; j != 0 && numbers.at(j - 1) > key; --j) numbers.at(j) = numbers.at(j - 1);
    numbers.at(j) = key;
  }
  print(output, numbers.at(0));
  print(output, numbers.at(n / 2));
  print(output, numbers.at(n - 1));
}

void dispatch(const Word* arguments, std::string& output) {
  Bits x = 0, value = 0;
  for (Word n = arguments[0]; n != 0; --n) {
    x = generate(x);
    switch (x >> 40 & 7) {
      case 0:
        value += 1000;
        break;
      case 1:
        value *= 5;
        break;
      case 2:
        value = static_cast<Bits>(static_cast<Word>(value) >> 3);
        break;
      case 4:
        break;  // adds its number: 0 of the four behind the table
      case 5:
        value ^= x;
        break;
      case 6:
        value = 0 - value;
        break;
      case 7:
        value = value << 7 | 3;
        break;
      default:
        break;
    }
  }
  print(output, static_cast<Word>(value));
}

}  // namespace

Handwritten find_handwritten(std::string_view name) {
  static constexpr struct {
    std::string_view name;
    Handwritten run;
  } All[] = {{"lcg", lcg},     {"collatz", collatz}, {"mandelbrot", mandelbrot}, {"fib", fib},
             {"sieve", sieve}, {"sort", sort},       {"dispatch", dispatch}};
  for (const auto& one : All)
    if (one.name == name) return one.run;
  return nullptr;
}

}  // namespace vm_tailcall
