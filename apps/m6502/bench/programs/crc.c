/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* CRC-16 bit by bit and CRC-32 by a table, over the same block. */
#define SIZE 1024
#define ROUNDS 50

static unsigned char block[SIZE];
static unsigned long table[256];

static unsigned crc16(void) {
  unsigned crc = 0xFFFF, i;
  unsigned char bit;
  for (i = 0; i < SIZE; ++i) {
    crc ^= (unsigned)block[i] << 8;
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
  unsigned i;
  unsigned char bit;
  unsigned long value;
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

static unsigned long crc32(void) {
  unsigned long crc = 0xFFFFFFFFUL;
  unsigned i;
  for (i = 0; i < SIZE; ++i) crc = table[(unsigned char)(crc ^ block[i])] ^ (crc >> 8);
  return ~crc;
}

int main(void) {
  unsigned i, sum = 0;
  unsigned char round;
  fill_table();
  for (i = 0; i < SIZE; ++i) block[i] = (unsigned char)(i * 7 + (i >> 3));
  for (round = 0; round < ROUNDS; ++round) {
    sum += crc16();
    sum += (unsigned)crc32();
    block[round] ^= 0x55;
  }
  return (sum ^ (sum >> 8)) & 0xFF;
}
