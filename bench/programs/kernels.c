// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rival of kernels.inlay: the same in C, with the runtime in the same file.
#include "runtime.c"

uint64_t c_hash(const uint8_t* text, int64_t n) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (int64_t i = 0; i < n; ++i) hash = rt_mix(hash, text[i]);
  return hash;
}

uint32_t c_crc(const uint8_t* text, int64_t n) {
  uint32_t crc = ~0u;
  for (int64_t i = 0; i < n; ++i) crc = rt_crc_step(crc, text[i]);
  return ~crc;
}

int64_t c_words(const uint8_t* text, int64_t n) {
  int64_t words = 0;
  int32_t inside = 0;
  for (int64_t i = 0; i < n; ++i) {
    const int32_t word = rt_is_word(text[i]);
    words += word & (inside ^ 1);
    inside = word;
  }
  return words;
}

int64_t c_sieve(uint8_t* flags, int64_t n) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; ++i) flags[i] = 1;
  for (int64_t i = 2; i < n; ++i) {
    if (!flags[i]) continue;
    ++count;
    for (int64_t k = i * 2; k < n; k += i) flags[k] = 0;
  }
  return count;
}

void c_matmul(const double* a, const double* b, double* c, int64_t n) {
  for (int64_t i = 0; i < n; ++i)
    for (int64_t k = 0; k < n; ++k) {
      const double x = a[i * n + k];
      for (int64_t j = 0; j < n; ++j) c[i * n + j] += x * b[k * n + j];
    }
}

int64_t c_clamped_sum(const int64_t* values, int64_t n, int64_t least, int64_t greatest) {
  int64_t sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += rt_clamp(values[i], least, greatest);
  return sum;
}

void c_spectral(const double* v, int64_t n, double* out, int64_t m) {
  for (int64_t i = 0; i < m; ++i) {
    double sum = 0;
    for (int64_t j = 0; j < n; ++j) sum += rt_kernel_entry(i, j) * v[j];
    out[i] = sum;
  }
}

int64_t c_collatz(int64_t limit) {
  int64_t longest = 0;
  for (int64_t start = 1; start < limit; ++start) {
    int64_t steps = 0;
    for (int64_t n = start; n != 1; n = rt_collatz_next(n)) ++steps;
    if (steps > longest) longest = steps;
  }
  return longest;
}

void c_sort(int64_t* values, int64_t n) {  // Shell's
  for (int64_t gap = n / 2; gap > 0; gap /= 2)
    for (int64_t i = gap; i < n; ++i) {
      const int64_t value = values[i];
      int64_t k = i;
      while (k >= gap && rt_less(value, values[k - gap])) {
        values[k] = values[k - gap];
        k -= gap;
      }
      values[k] = value;
    }
}

int64_t c_mandelbrot(int64_t size, int64_t limit) {
  int64_t inside = 0;
  for (int64_t row = 0; row < size; ++row)
    for (int64_t column = 0; column < size; ++column) {
      const double cx = 3.0 * (double)column / (double)size - 2.0;
      const double cy = 2.0 * (double)row / (double)size - 1.0;
      double x = 0, y = 0;
      int64_t i = 0;
      while (i < limit && rt_squared_length(x, y) <= 4.0) {
        const double t = x * x - y * y + cx;
        y = 2.0 * x * y + cy;
        x = t;
        ++i;
      }
      inside += i == limit;
    }
  return inside;
}
