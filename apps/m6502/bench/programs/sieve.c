/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Primes below 8192 by Eratosthenes' sieve, a few times. The exit code is the low byte of their number. */
#include <stdint.h>

#define SIZE 8192
#define ROUNDS 30

static uint8_t composite[SIZE];

int main(void) {
  uint16_t i, j, count = 0;
  uint8_t round;
  for (round = 0; round < ROUNDS; ++round) {
    count = 0;
    for (i = 0; i < SIZE; ++i) composite[i] = 0;
    for (i = 2; i < SIZE; ++i) {
      if (composite[i]) continue;
      ++count;
      for (j = i + i; j < SIZE; j += i) composite[j] = 1;
    }
  }
  return count & 0xFF;
}
