// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "handwritten.h"

#include "interpreter.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

namespace vm_stack {
namespace {

void print(std::string& output, std::int64_t value) { output += std::to_string(value) + '\n'; }

void print(std::string& output, double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g\n", value);
  output += text;
}

std::uint64_t next_random(std::uint64_t state) { return state * 6364136223846793005 + 1442695040888963407; }

void collatz(std::int64_t n, std::string& output) {
  std::uint64_t state = 1;
  std::int64_t longest = 0, total = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    state = next_random(state);
    std::int64_t steps = 0;
    for (std::uint64_t value = (state >> 44) + 1; value != 1; ++steps)
      value = value % 2 != 0 ? 3 * value + 1 : value / 2;
    total += steps;
    longest = std::max(longest, steps);
  }
  print(output, longest);
  print(output, total);
}

void check_depth(unsigned frames) {
  if (frames > VmMaxFrames) throw std::runtime_error("calls nest too deep");
}

std::int64_t fibonacci(std::int64_t n, unsigned frames) {
  check_depth(frames);
  return n < 2 ? n : fibonacci(n - 1, frames + 1) + fibonacci(n - 2, frames + 1);
}

void fib(std::int64_t n, std::string& output) { print(output, fibonacci(n, 2)); }

void mandelbrot(std::int64_t n, std::string& output) {
  const double rows = 2.0 / static_cast<double>(n), columns = 3.0 / static_cast<double>(n);
  std::int64_t iterations = 0;
  double distances = 0;
  for (std::int64_t row = 0; row < n; ++row) {
    const double imaginary = static_cast<double>(row) * rows - 1.0;
    for (std::int64_t column = 0; column < n; ++column) {
      const double real = static_cast<double>(column) * columns - 2.0;
      double x = 0, y = 0, distance = 0;
      for (int i = 0; i < 100; ++i) {
        const double xx = x * x, yy = y * y;
        distance = xx + yy;
        if (distance > 4) break;
        y = x * y * 2 + imaginary;
        x = xx - yy + real;
        ++iterations;
      }
      distances += distance;
    }
  }
  print(output, iterations);
  print(output, distances);
}

void sieve(std::int64_t n, std::string& output) {
  std::vector<std::uint8_t> composite(static_cast<std::size_t>(std::max<std::int64_t>(n, 0)));
  std::int64_t primes = 0;
  for (std::int64_t i = 2; i < n; ++i) {
    if (composite.at(static_cast<std::size_t>(i)) != 0) continue;
    ++primes;
    for (std::int64_t multiple = i * i; multiple < n; multiple += i)
      composite.at(static_cast<std::size_t>(multiple)) = 1;
  }
  print(output, primes);
}

void states(std::int64_t n, std::string& output) {
  std::int64_t decides = 12345, sum = 0;
  for (; n != 0; --n) {
    decides = (decides * 1103515245 + 12345) & 2147483647;
    switch (decides >> 16 & 3) {
      case 0:
        ++sum;
        break;
      case 1:
        sum ^= decides;
        break;
      case 2:
        sum = (decides >> 18 & 1) == 0 ? 2 * sum & 1099511627775 : sum - 7;
        break;
      case 3:
        sum -= (decides >> 20 & 1) == 0 ? 8 : 5;
        break;
    }
  }
  print(output, sum);
}

void sort(std::int64_t n, std::string& output) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(n));
  std::uint64_t state = 42;
  for (std::int64_t& number : numbers) number = static_cast<std::int64_t>((state = next_random(state)) >> 33);
  for (std::size_t gap = numbers.size() / 2; gap > 0; gap /= 2) {
    for (std::size_t i = gap; i < numbers.size(); ++i) {
      const std::int64_t moving = numbers.at(i);
      std::size_t at = i;
      for (; at >= gap; at -= gap) {
        const std::int64_t other = numbers.at(at - gap);
        if (other <= moving) break;
        numbers.at(at) = other;
      }
      numbers.at(at) = moving;
    }
  }
  std::uint64_t checksum = 0;
  for (const std::int64_t number : numbers) checksum = checksum * 31 + static_cast<std::uint64_t>(number);
  print(output, static_cast<std::int64_t>(checksum));
}

std::int64_t place(std::uint64_t all, std::uint64_t taken, std::uint64_t left, std::uint64_t right, unsigned frames) {
  check_depth(frames);
  if (taken == all) return 1;
  std::int64_t ways = 0;
  for (std::uint64_t free = all & ~(taken | left | right); free != 0; free &= free - 1) {
    const std::uint64_t bit = free & (0 - free);
    ways += place(all, taken | bit, (left | bit) << 1, (right | bit) >> 1, frames + 1);
  }
  return ways;
}

void queens(std::int64_t n, std::string& output) { print(output, place((std::uint64_t{1} << n) - 1, 0, 0, 0, 2)); }

}  // namespace

Handwritten find_handwritten(std::string_view name) {
  constexpr std::pair<std::string_view, Handwritten> All[] = {
      {"collatz", collatz}, {"fib", fib},   {"mandelbrot", mandelbrot}, {"queens", queens},
      {"sieve", sieve},     {"sort", sort}, {"states", states},
  };
  for (const auto& [known, run] : All)
    if (known == name) return run;
  return nullptr;
}

}  // namespace vm_stack
