/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* 16- and 32-bit arithmetic: products, quotients, a matrix, greatest common divisors, Fibonacci numbers. */
#include <stdint.h>

#define SIZE 10
#define ROUNDS 55

static int16_t left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

static void multiply(void) {
  uint8_t i, j, k;
  int16_t sum;
  for (i = 0; i < SIZE; ++i)
    for (j = 0; j < SIZE; ++j) {
      sum = 0;
      for (k = 0; k < SIZE; ++k) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
    }
}

static uint16_t gcd(uint16_t a, uint16_t b) {
  uint16_t rest;
  while (b != 0) {
    rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static uint32_t fibonacci(uint8_t n) {
  uint32_t a = 0, b = 1, next;
  while (n--) {
    next = a + b;
    a = b;
    b = next;
  }
  return a;
}

int main(void) {
  uint16_t i;
  uint8_t round;
  uint32_t sum = 0;
  for (round = 0; round < ROUNDS; ++round) {
    for (i = 0; i < SIZE * SIZE; ++i) {
      left[i / SIZE][i % SIZE] = (int16_t)(i * 3 + round);
      right[i / SIZE][i % SIZE] = (int16_t)(i ^ round);
    }
    multiply();
    sum += (uint16_t)product[3][4];
    for (i = 1; i < 60; ++i) sum += gcd(i * 231, 4620 + round);
    sum = sum * 31 + fibonacci(45);
    sum ^= sum / (round + 3);
  }
  return (uint16_t)(sum ^ (sum >> 16)) & 0x7F;
}
