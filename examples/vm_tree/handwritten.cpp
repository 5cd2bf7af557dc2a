// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "handwritten.h"

#include "interpreter.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace vm_tree {
namespace {

using Integer = std::int64_t;
using Bits = std::uint64_t;

template <class T>
void print(std::string& output, T value) {
  char text[32];
  const std::to_chars_result result = std::to_chars(text, text + sizeof text, value);
  output.append(text, result.ptr).push_back('\n');
}

Bits generate(Bits x) { return x * 6364136223846793005u + 1442695040888963407u; }

void lcg(Integer n, std::string& output) {
  Bits x = 0;
  Integer negative = 0;
  for (Integer i = 0; i < n; ++i) {
    x = generate(x);
    if (static_cast<Integer>(x) < 0) ++negative;
  }
  print(output, static_cast<Integer>(x));
  print(output, negative);
}

void collatz(Integer n, std::string& output) {
  Integer best = 0, longest = 0;
  for (Integer start = 1; start < n; ++start) {
    Integer count = 0;
    for (Integer x = start; x != 1; ++count) x = x % 2 == 0 ? x / 2 : 3 * x + 1;
    if (count > longest) {
      longest = count;
      best = start;
    }
  }
  print(output, best);
  print(output, longest);
}

struct Body {
  double x, y, z, vx, vy, vz, mass;
};

double energy(const std::vector<Body>& bodies) {
  double sum = 0;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const Body& a = bodies[i];
    sum = sum + a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz) * 0.5;
    for (std::size_t j = i + 1; j < bodies.size(); ++j) {
      const Body& b = bodies[j];
      const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      sum = sum - a.mass * b.mass / std::sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return sum;
}

void advance(std::vector<Body>& bodies, double dt) {
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    Body& a = bodies[i];
    for (std::size_t j = i + 1; j < bodies.size(); ++j) {
      Body& b = bodies[j];
      const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      const double square = dx * dx + dy * dy + dz * dz;
      const double force = dt / (square * std::sqrt(square));
      const double mass_a = a.mass * force, mass_b = b.mass * force;
      a.vx = a.vx - dx * mass_b;
      a.vy = a.vy - dy * mass_b;
      a.vz = a.vz - dz * mass_b;
      b.vx = b.vx + dx * mass_a;
      b.vy = b.vy + dy * mass_a;
      b.vz = b.vz + dz * mass_a;
    }
  }
  for (Body& body : bodies) {
    body.x = body.x + dt * body.vx;
    body.y = body.y + dt * body.vy;
    body.z = body.z + dt * body.vz;
  }
}

void nbody(Integer n, std::string& output) {
  const double days = 365.24, sun = 39.47841760435743;
  std::vector<Body> bodies = {
      {0, 0, 0, 0, 0, 0, sun},
      {4.841431442464721, -1.1603200440274284, -0.10362204447112311, 0.001660076642744037, 0.007699011184197404,
       -0.0000690460016972063, 0.0009547919384243266 * sun},
      {8.34336671824458, 4.124798564124305, -0.4035234171143214, -0.002767425107268624, 0.004998528012349172,
       0.00002304172975737639, 0.0002858859806661308 * sun},
      {12.894369562139131, -15.111151401698631, -0.22330757889265573, 0.002964601375647616, 0.0023784717395948095,
       -0.000029658956854023756, 0.00004366244043351563 * sun},
      {15.379697114850917, -25.919314609987964, 0.17925877295037118, 0.0026806777249038932, 0.001628241700382423,
       -0.00009515922545197159, 0.000051513890204661145 * sun},
  };
  for (Body& body : bodies) {
    body.vx = body.vx * days;
    body.vy = body.vy * days;
    body.vz = body.vz * days;
  }
  print(output, energy(bodies));
  for (Integer step = 0; step < n; ++step) advance(bodies, 0.01);
  print(output, energy(bodies));
}

/// Levels of nodes are counted in calls here, each of which has some.
void check_depth(std::uint32_t depth) {
  if (depth > Env::MaxLevels) throw std::runtime_error("calls nest too deep");
}

Integer fib_of(Integer n, std::uint32_t depth) {
  check_depth(depth);
  return n < 2 ? n : fib_of(n - 1, depth + 1) + fib_of(n - 2, depth + 1);
}

void fib(Integer n, std::string& output) { print(output, fib_of(n, 1)); }

void sieve(Integer n, std::string& output) {
  std::vector<Integer> composite(static_cast<std::size_t>(n));
  Integer primes = 0;
  for (Integer i = 2; i < n; ++i) {
    if (composite.at(static_cast<std::size_t>(i)) != 0) continue;
    ++primes;
    for (Integer multiple = i * i; multiple < n; multiple += i) composite.at(static_cast<std::size_t>(multiple)) = 1;
  }
  print(output, primes);
}

void matmul(Integer size, std::string& output) {
  const auto n = static_cast<std::size_t>(size);
  std::vector<double> a(n * n), b(n * n), c(n * n);
  for (std::size_t i = 0; i < n * n; ++i) {
    a.at(i) = static_cast<double>(i % 7) / 3;
    b.at(i) = static_cast<double>(i % 5) - 0.7;
  }
  double sum = 0;
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t column = 0; column < n; ++column) {
      double dot = 0;
      for (std::size_t k = 0; k < n; ++k) dot = dot + a.at(row * n + k) * b.at(k * n + column);
      c.at(row * n + column) = dot;
      sum = sum + dot;
    }
  }
  print(output, sum);
  print(output, c.at(n * n - 1));
}

using Before = bool (*)(Integer, Integer);

bool ascending(Integer x, Integer y) { return x < y; }
bool descending(Integer x, Integer y) { return x > y; }

void quicksort(std::vector<Integer>& a, Integer from, Integer to, Before before, std::uint32_t depth) {
  check_depth(depth);
  auto at = [&](Integer index) -> Integer& { return a.at(static_cast<std::size_t>(index)); };
  while (to - from > 1) {
    const Integer pivot = at((from + to) / 2);
    Integer i = from, j = to - 1;
    while (i <= j) {
      while (before(at(i), pivot)) ++i;
      while (before(pivot, at(j))) --j;
      if (i <= j) std::swap(at(i++), at(j--));
    }
    if (j + 1 - from < to - i) {
      quicksort(a, from, j + 1, before, depth + 1);
      from = i;
    } else {
      quicksort(a, i, to, before, depth + 1);
      to = j + 1;
    }
  }
}

void sort(Integer n, std::string& output) {
  std::vector<Integer> numbers(static_cast<std::size_t>(n));
  const Before orders[] = {ascending, descending};
  for (std::size_t round = 0; round < 2; ++round) {
    Bits x = round;
    for (Integer& number : numbers) {
      x = generate(x);
      number = static_cast<Integer>(x) / 4294967296;
    }
    quicksort(numbers, 0, n, orders[round], 1);
    for (const Integer index : {Integer{0}, n / 2, n - 1}) print(output, numbers.at(static_cast<std::size_t>(index)));
  }
}

}  // namespace

Handwritten find_handwritten(std::string_view name) {
  static constexpr struct {
    std::string_view name;
    Handwritten run;
  } All[] = {{"lcg", lcg},     {"collatz", collatz}, {"nbody", nbody}, {"fib", fib},
             {"sieve", sieve}, {"matmul", matmul},   {"sort", sort}};
  for (const auto& one : All)
    if (one.name == name) return one.run;
  return nullptr;
}

}  // namespace vm_tree
