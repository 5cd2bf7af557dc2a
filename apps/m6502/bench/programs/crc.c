/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* CRC-16 bit by bit and CRC-32 by a table, over the same block. */
#include <stdint.h>

#define SIZE 1024
#define ROUNDS 50

static uint8_t block[SIZE];
static uint32_t table[256];

static uint16_t crc16(void) {
  uint16_t crc = 0xFFFF, i;
  uint8_t bit;
  for (i = 0; i < SIZE; ++i) {
    crc ^= (uint16_t)block[i] << 8;
    for (bit = 0; bit < 8; ++bit) {
      if (crc & 0x8000)
        crc = (crc << 1) ^ 0x1021;
      else
        crc <<= 1;
    }
  }
  return crc;
}

static void fill_table(void) {
  uint16_t i;
  uint8_t bit;
  uint32_t value;
  for (i = 0; i < 256; ++i) {
    value = i;
    for (bit = 0; bit < 8; ++bit) {
      if (value & 1)
        value = (value >> 1) ^ 0xEDB88320UL;
      else
        value >>= 1;
    }
    table[i] = value;
  }
}

static uint32_t crc32(void) {
  uint32_t crc = 0xFFFFFFFFUL;
  uint16_t i;
  for (i = 0; i < SIZE; ++i) crc = table[(uint8_t)(crc ^ block[i])] ^ (crc >> 8);
  return ~crc;
}

int main(void) {
  uint16_t i, sum = 0;
  uint8_t round;
  fill_table();
  for (i = 0; i < SIZE; ++i) block[i] = (uint8_t)(i * 7 + (i >> 3));
  for (round = 0; round < ROUNDS; ++round) {
    sum += crc16();
    sum += (uint16_t)crc32();
    block[round] ^= 0x55;
  }
  return (sum ^ (sum >> 8)) & 0xFF;
}
