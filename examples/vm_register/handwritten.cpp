// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "handwritten.h"

#include "interpreter.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>
#include <vector>

namespace vm_register {
namespace {

void print(std::string& output, std::int64_t value) { output += std::to_string(value) + '\n'; }

void print(std::string& output, double value) {
  char text[32];
  output.append(text, std::to_chars(text, text + sizeof text, value).ptr) += '\n';
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

std::int64_t fibonacci(std::int64_t n, unsigned depth) {
  if (depth > MaxDepth) throw std::runtime_error("calls nest too deep");
  return n < 2 ? n : fibonacci(n - 1, depth + 1) + fibonacci(n - 2, depth + 1);
}

void fib(std::int64_t n, std::string& output) { print(output, fibonacci(n, 1)); }

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

void matmul(std::int64_t n, std::string& output) {
  const auto size = static_cast<std::size_t>(n);
  std::vector<double> a(size * size), b(size * size), c(size * size);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a.at(i) = static_cast<double>(i % 7) * 0.25;
    b.at(i) = static_cast<double>((i + 3) % 7);
  }
  double sum = 0;
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      double product = 0;
      for (std::size_t i = 0; i < size; ++i) product += a.at(row * size + i) * b.at(i * size + column);
      c.at(row * size + column) = product;
      sum += product;
    }
  }
  print(output, sum);
  print(output, c.at(1));
}

void states(std::int64_t n, std::string& output) {
  std::int64_t decides = 12345, sum = 0;
  for (; n != 0; --n) {
    decides = (decides * 1103515245 + 12345) & 2147483647;
    const std::int64_t state = decides >> 16 & 3;
    switch (state) {
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
        sum -= state;
        break;
    }
  }
  print(output, sum);
}

void sift(std::vector<std::int64_t>& numbers, std::size_t root, std::size_t end) {
  const std::int64_t sinking = numbers.at(root);
  for (std::size_t child = 2 * root + 1; child < end; child = 2 * root + 1) {
    std::int64_t larger = numbers.at(child);
    if (child + 1 < end) {
      const std::int64_t right = numbers.at(child + 1);
      if (right > larger) {
        larger = right;
        ++child;
      }
    }
    if (larger <= sinking) break;
    numbers.at(root) = larger;
    root = child;
  }
  numbers.at(root) = sinking;
}

void sort(std::int64_t n, std::string& output) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(n));
  std::uint64_t state = 42;
  for (std::int64_t& number : numbers) number = static_cast<std::int64_t>((state = next_random(state)) >> 33);
  for (std::size_t root = numbers.size() / 2; root-- > 0;) sift(numbers, root, numbers.size());
  for (std::size_t end = numbers.size(); end >= 2;) {
    --end;
    std::swap(numbers.at(0), numbers.at(end));
    sift(numbers, 0, end);
  }
  std::uint64_t checksum = 0;
  for (const std::int64_t number : numbers) checksum = checksum * 31 + static_cast<std::uint64_t>(number);
  print(output, static_cast<std::int64_t>(checksum));
}

}  // namespace

Handwritten find_handwritten(std::string_view name) {
  constexpr std::pair<std::string_view, Handwritten> All[] = {
      {"collatz", collatz}, {"fib", fib},   {"mandelbrot", mandelbrot}, {"sieve", sieve}, {"matmul", matmul},
      {"states", states},   {"sort", sort},
  };
  for (const auto& [known, run] : All)
    if (known == name) return run;
  return nullptr;
}

}  // namespace vm_register
