/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* 16- and 32-bit arithmetic: products, quotients, a matrix, greatest common divisors, Fibonacci numbers. */
#define SIZE 10
#define ROUNDS 55

static int left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

static void multiply(void) {
  unsigned char i, j, k;
  int sum;
  for (i = 0; i < SIZE; ++i)
    for (j = 0; j < SIZE; ++j) {
      sum = 0;
      for (k = 0; k < SIZE; ++k) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
    }
}

static unsigned gcd(unsigned a, unsigned b) {
  unsigned rest;
  while (b != 0) {
    rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

static unsigned long fibonacci(unsigned char n) {
  unsigned long a = 0, b = 1, next;
  while (n--) {
    next = a + b;
    a = b;
    b = next;
  }
  return a;
}

int main(void) {
  unsigned i;
  unsigned char round;
  unsigned long sum = 0;
  for (round = 0; round < ROUNDS; ++round) {
    for (i = 0; i < SIZE * SIZE; ++i) {
      left[i / SIZE][i % SIZE] = (int)(i * 3 + round);
      right[i / SIZE][i % SIZE] = (int)(i ^ round);
    }
    multiply();
    sum += (unsigned)product[3][4];
    for (i = 1; i < 60; ++i) sum += gcd(i * 231, 4620 + round);
    sum = sum * 31 + fibonacci(45);
    sum ^= sum / (round + 3);
  }
  return (unsigned)(sum ^ (sum >> 16)) & 0x7F;
}
