// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers are doubles and indexes are checked here as in calc, so that both do the same work: same operations in the
// same order, same results to the last bit.
#include "handwritten.h"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace calc {
namespace {

using Numbers = std::vector<double>;

/// Says what the closures say: a check that needs less would leave the compiler more freedom than theirs.
[[noreturn, gnu::cold, gnu::noinline]] void fail_index(double index, double length) {
  throw std::out_of_range("index " + to_text(index) + " is outside of an array of length " + to_text(length));
}

double& element(Numbers& numbers, double index) {
  const auto length = static_cast<double>(numbers.size());
  if (!(index >= 0 && index < length)) fail_index(index, length);
  return numbers[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(index))];
}

Array view(Numbers& numbers) { return {numbers.data(), static_cast<double>(numbers.size())}; }

// mandelbrot

double escape_time(double cx, double cy, double limit) {
  double x = 0;
  double y = 0;
  double n = 0;
  while (n < limit && x * x + y * y <= 4) {
    const double next_x = x * x - y * y + cx;
    y = 2 * x * y + cy;
    x = next_x;
    n += 1;
  }
  return n;
}

void mandelbrot(Env& env) {
  const double width = 600;
  const double height = 400;
  const double limit = 250;
  Numbers colours(static_cast<std::size_t>(3 * width * height));
  double total = 0;
  for (double row = 0; row < height; row += 1) {
    for (double column = 0; column < width; column += 1) {
      const double n = escape_time(column / width * 3 - 2.25, row / height * 2 - 1, limit);
      total += n;
      if (n < limit) {
        const double t = std::sqrt(n / limit);
        const double pixel = 3 * (row * width + column);
        element(colours, pixel) = 9 * (1 - t) * t * t * t;
        element(colours, pixel + 1) = 15 * (1 - t) * (1 - t) * t * t;
        element(colours, pixel + 2) = 8.5 * (1 - t) * (1 - t) * (1 - t) * t;
      }
    }
  }
  env.print(total);
  env.draw(width, height, view(colours), "mandelbrot.png", {});
}

// sieve

double count_primes(double n) {
  Numbers composite(static_cast<std::size_t>(n));
  for (double i = 2; i * i < n; i += 1) {
    if (element(composite, i) == 0) {
      for (double multiple = i * i; multiple < n; multiple += i) element(composite, multiple) = 1;
    }
  }
  double count = 0;
  for (double i = 2; i < n; i += 1) {
    if (element(composite, i) == 0) count += 1;
  }
  return count;
}

void sieve(Env& env) {
  double total = 0;
  for (double round = 0; round < 120; round += 1) total += count_primes(100000 + round);
  env.print(count_primes(100000));
  env.print(total);
}

// nbody

void set_body(Numbers& bodies, double at, double x, double y, double z, double vx, double vy, double vz, double mass) {
  const double days_per_year = 365.24;
  element(bodies, at) = x;
  element(bodies, at + 1) = y;
  element(bodies, at + 2) = z;
  element(bodies, at + 3) = vx * days_per_year;
  element(bodies, at + 4) = vy * days_per_year;
  element(bodies, at + 5) = vz * days_per_year;
  element(bodies, at + 6) = mass * 39.47841760435743;
}

void advance(Numbers& bodies, double dt) {
  const auto count = static_cast<double>(bodies.size());
  for (double i = 0; i < count; i += 7) {
    for (double j = i + 7; j < count; j += 7) {
      const double dx = element(bodies, i) - element(bodies, j);
      const double dy = element(bodies, i + 1) - element(bodies, j + 1);
      const double dz = element(bodies, i + 2) - element(bodies, j + 2);
      const double squared = dx * dx + dy * dy + dz * dz;
      const double pull = dt / (squared * std::sqrt(squared));
      const double mass_i = element(bodies, i + 6) * pull;
      const double mass_j = element(bodies, j + 6) * pull;
      element(bodies, i + 3) -= dx * mass_j;
      element(bodies, i + 4) -= dy * mass_j;
      element(bodies, i + 5) -= dz * mass_j;
      element(bodies, j + 3) += dx * mass_i;
      element(bodies, j + 4) += dy * mass_i;
      element(bodies, j + 5) += dz * mass_i;
    }
  }
  for (double i = 0; i < count; i += 7) {
    element(bodies, i) += dt * element(bodies, i + 3);
    element(bodies, i + 1) += dt * element(bodies, i + 4);
    element(bodies, i + 2) += dt * element(bodies, i + 5);
  }
}

double energy(Numbers& bodies) {
  const auto count = static_cast<double>(bodies.size());
  double sum = 0;
  for (double i = 0; i < count; i += 7) {
    const double vx = element(bodies, i + 3);
    const double vy = element(bodies, i + 4);
    const double vz = element(bodies, i + 5);
    sum += 0.5 * element(bodies, i + 6) * (vx * vx + vy * vy + vz * vz);
    for (double j = i + 7; j < count; j += 7) {
      const double dx = element(bodies, i) - element(bodies, j);
      const double dy = element(bodies, i + 1) - element(bodies, j + 1);
      const double dz = element(bodies, i + 2) - element(bodies, j + 2);
      sum -= element(bodies, i + 6) * element(bodies, j + 6) / std::sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return sum;
}

void offset_momentum(Numbers& bodies) {
  const auto count = static_cast<double>(bodies.size());
  for (double axis = 3; axis < 6; axis += 1) {
    double momentum = 0;
    for (double i = 0; i < count; i += 7) momentum += element(bodies, i + axis) * element(bodies, i + 6);
    element(bodies, axis) = -momentum / element(bodies, 6);
  }
}

void nbody(Env& env) {
  Numbers bodies(35);
  set_body(bodies, 0, 0, 0, 0, 0, 0, 0, 1);
  set_body(bodies, 7, 4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694,
           0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609);
  set_body(bodies, 14, 8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411041,
           0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812);
  set_body(bodies, 21, 12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618,
           0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298);
  set_body(bodies, 28, 15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322,
           0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451);
  offset_momentum(bodies);
  env.print(energy(bodies));
  for (double step = 0; step < 300000; step += 1) advance(bodies, 0.01);
  env.print(energy(bodies));
}

// integrate

double curve(double x) { return std::sqrt(x) * (1 + x) / (1 + x * x); }

double simpson(double low, double high, double intervals) {
  const double width = (high - low) / intervals;
  double sum = curve(low) + curve(high);
  double weight = 4;
  for (double i = 1; i < intervals; i += 1) {
    sum += weight * curve(low + i * width);
    weight = 6 - weight;
  }
  return sum * width / 3;
}

void integrate(Env& env) {
  env.print(simpson(0, 1, 1000));
  env.print(simpson(0, 10, 10000000));
}

// collatz

double steps(double n) {
  double count = 0;
  while (n != 1) {
    const double half = std::floor(n / 2);
    n = n == 2 * half ? half : 3 * n + 1;
    count += 1;
  }
  return count;
}

void collatz(Env& env) {
  double best = 0;
  double longest = 0;
  for (double start = 1; start < 250000; start += 1) {
    const double count = steps(start);
    if (count > longest) {
      longest = count;
      best = start;
    }
  }
  env.print(best);
  env.print(longest);
}

// fib

double fib(double n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

void fibonacci(Env& env) { env.print(fib(35)); }

// spectral

double a(double i, double j) { return 1 / ((i + j) * (i + j + 1) / 2 + i + 1); }

void multiply(Numbers& v, Numbers& result) {
  const auto count = static_cast<double>(v.size());
  for (double i = 0; i < count; i += 1) {
    double sum = 0;
    for (double j = 0; j < count; j += 1) sum += a(i, j) * element(v, j);
    element(result, i) = sum;
  }
}

void multiply_transposed(Numbers& v, Numbers& result) {
  const auto count = static_cast<double>(v.size());
  for (double i = 0; i < count; i += 1) {
    double sum = 0;
    for (double j = 0; j < count; j += 1) sum += a(j, i) * element(v, j);
    element(result, i) = sum;
  }
}

void multiply_both(Numbers& v, Numbers& result) {
  Numbers between(v.size());
  multiply(v, between);
  multiply_transposed(between, result);
}

void spectral(Env& env) {
  const double n = 500;
  Numbers u(500, 1.0);
  Numbers v(500);
  for (double round = 0; round < 10; round += 1) {
    multiply_both(u, v);
    multiply_both(v, u);
  }
  double u_v = 0;
  double v_v = 0;
  for (double i = 0; i < n; i += 1) {
    u_v += element(u, i) * element(v, i);
    v_v += element(v, i) * element(v, i);
  }
  env.print(std::sqrt(u_v / v_v));
}

// matmul

void multiply(Numbers& left, Numbers& right, Numbers& product, double n) {
  for (double row = 0; row < n; row += 1) {
    for (double column = 0; column < n; column += 1) {
      double sum = 0;
      for (double k = 0; k < n; k += 1) sum += element(left, row * n + k) * element(right, k * n + column);
      element(product, row * n + column) = sum;
    }
  }
}

void fill(Numbers& matrix, double seed) {
  const auto count = static_cast<double>(matrix.size());
  double state = seed;
  for (double i = 0; i < count; i += 1) {
    state = std::fmod(state * 3877 + 29573, 139968);
    element(matrix, i) = state / 139968;
  }
}

void matmul(Env& env) {
  const double n = 300;
  const auto size = static_cast<std::size_t>(n * n);
  Numbers left(size);
  Numbers right(size);
  Numbers product(size);
  fill(left, 42);
  fill(right, 7);
  multiply(left, right, product, n);
  double trace = 0;
  for (double i = 0; i < n; i += 1) trace += element(product, i * n + i);
  env.print(trace);
  env.print(element(product, n + 2));
}

}  // namespace

Handwritten find_handwritten(std::string_view name) {
  struct Row {
    std::string_view name;
    Handwritten run;
  };
  constexpr Row rows[] = {
      {"mandelbrot", mandelbrot}, {"sieve", sieve},   {"nbody", nbody},       {"integrate", integrate},
      {"collatz", collatz},       {"fib", fibonacci}, {"spectral", spectral}, {"matmul", matmul},
  };
  for (const Row& row : rows) {
    if (row.name == name) return row.run;
  }
  return nullptr;
}

}  // namespace calc
