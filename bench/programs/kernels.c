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

int64_t c_edit_distance(const uint8_t* a, int64_t na, const uint8_t* b, int64_t nb, int32_t* row, int64_t size) {
  (void)size;
  for (int64_t j = 0; j <= nb; ++j) row[j] = (int32_t)j;
  for (int64_t i = 0; i < na; ++i) {
    int32_t diagonal = row[0];
    row[0] = (int32_t)(i + 1);
    for (int64_t j = 0; j < nb; ++j) {
      const int32_t up = row[j + 1];
      row[j + 1] = rt_least(up + 1, row[j] + 1, diagonal + (a[i] != b[j]));
      diagonal = up;
    }
  }
  return row[nb];
}

int64_t c_binary_search(const int64_t* sorted, int64_t n, const int64_t* wanted, int64_t m) {
  int64_t sum = 0;
  for (int64_t i = 0; i < m; ++i) {
    int64_t low = 0, high = n;
    while (low < high) {
      const int64_t middle = low + (high - low) / 2;
      if (sorted[middle] < wanted[i])
        low = middle + 1;
      else
        high = middle;
    }
    sum += low;
  }
  return sum;
}

void c_histogram(const uint8_t* text, int64_t n, int64_t* counts, int64_t m) {
  (void)m;
  for (int64_t i = 0; i < n; ++i) ++counts[text[i]];
}

int64_t c_hash_table(int64_t* table, int64_t size, const int64_t* keys, int64_t n) {
  const int64_t mask = size - 1;
  int64_t hits = 0;
  for (int64_t i = 0; i < size; ++i) table[i] = 0;
  for (int64_t i = 0; i < n; ++i) {
    int64_t at = (int64_t)rt_hash_key((uint64_t)keys[i]) & mask;
    for (; table[at]; at = (at + 1) & mask)
      if (table[at] == keys[i]) {
        ++hits;
        break;
      }
    if (!table[at]) table[at] = keys[i];
  }
  return hits;
}

static const char digits[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int64_t c_base64(const uint8_t* in, int64_t n, uint8_t* out, int64_t m) {
  (void)m;
  int64_t o = 0;
  for (int64_t i = 0; i + 2 < n; i += 3, o += 4) {
    const uint64_t bits = (uint64_t)in[i] << 16 | (uint64_t)in[i + 1] << 8 | in[i + 2];
    out[o] = (uint8_t)digits[bits >> 18];
    out[o + 1] = (uint8_t)digits[bits >> 12 & 63];
    out[o + 2] = (uint8_t)digits[bits >> 6 & 63];
    out[o + 3] = (uint8_t)digits[bits & 63];
  }
  return o;
}

typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;

void c_nbody(Body* bodies, int64_t n, double dt) {
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = i + 1; j < n; ++j) {
      Body *a = bodies + i, *b = bodies + j;
      const double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      const double square = dx * dx + dy * dy + dz * dz + 0.01;
      const double magnitude = dt / (square * __builtin_sqrt(square));
      a->vx -= dx * b->mass * magnitude;
      a->vy -= dy * b->mass * magnitude;
      a->vz -= dz * b->mass * magnitude;
      b->vx += dx * a->mass * magnitude;
      b->vy += dy * a->mass * magnitude;
      b->vz += dz * a->mass * magnitude;
    }
  for (int64_t i = 0; i < n; ++i) {
    bodies[i].x += dt * bodies[i].vx;
    bodies[i].y += dt * bodies[i].vy;
    bodies[i].z += dt * bodies[i].vz;
  }
}

int64_t c_numbers(const uint8_t* text, int64_t n) {
  int64_t sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    int64_t value = 0;
    for (; i < n && rt_digit(text[i]) >= 0; ++i) value = value * 10 + rt_digit(text[i]);
    sum += value;
  }
  return sum;
}

void c_insertion_sort(int32_t* values, int64_t n) {
  for (int64_t i = 1; i < n; ++i) {
    const int32_t value = values[i];
    int64_t k = i;
    for (; k > 0 && values[k - 1] > value; --k) values[k] = values[k - 1];
    values[k] = value;
  }
}

typedef struct {
  void* object;
  double (*const* methods)(void*);
} Shape;

double c_areas(const Shape* shapes, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += shapes[i].methods[0](shapes[i].object);
  return sum;
}
