// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtime of the kernels: what a language would bring along for its programs. kernels.c includes it as it stands;
// kernels.inlay calls it, and gets its bodies inlined.
#include <stdint.h>

uint64_t rt_mix(uint64_t hash, uint8_t byte) { return (hash ^ byte) * 0x100000001b3u; }

static const uint32_t crc_nibbles[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                         0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                         0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
uint32_t rt_crc_step(uint32_t crc, uint8_t byte) {
  crc ^= byte;
  crc = crc_nibbles[crc & 15] ^ (crc >> 4);
  return crc_nibbles[crc & 15] ^ (crc >> 4);
}

int32_t rt_is_word(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

int64_t rt_clamp(int64_t value, int64_t least, int64_t greatest) {
  return value < least ? least : value > greatest ? greatest : value;
}

double rt_kernel_entry(int64_t i, int64_t j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }

int64_t rt_collatz_next(int64_t n) { return n & 1 ? 3 * n + 1 : n >> 1; }

int32_t rt_less(int64_t a, int64_t b) { return a < b; }

double rt_squared_length(double x, double y) { return x * x + y * y; }

int32_t rt_least(int32_t a, int32_t b, int32_t c) {
  const int32_t least = a < b ? a : b;
  return least < c ? least : c;
}

uint64_t rt_hash_key(uint64_t key) {
  key ^= key >> 33;
  key *= 0xff51afd7ed558ccdu;
  return key ^ (key >> 33);
}

int32_t rt_digit(uint8_t c) { return c >= '0' && c <= '9' ? c - '0' : -1; }
