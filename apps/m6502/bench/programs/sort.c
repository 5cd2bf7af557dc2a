/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Quicksort of 16-bit numbers, and insertion sort of the small parts. */
#include <stdint.h>

#define SIZE 1500
#define ROUNDS 14

static uint16_t numbers[SIZE];
static uint16_t seed;

static uint16_t next_number(void) {
  seed ^= seed << 7;
  seed ^= seed >> 9;
  seed ^= seed << 8;
  return seed;
}

static void insertion_sort(int16_t low, int16_t high) {
  int16_t i, j;
  uint16_t value;
  for (i = low + 1; i <= high; ++i) {
    value = numbers[i];
    for (j = i - 1; j >= low && numbers[j] > value; --j) numbers[j + 1] = numbers[j];
    numbers[j + 1] = value;
  }
}

static void quicksort(int16_t low, int16_t high) {
  int16_t i, j;
  uint16_t pivot, swap;
  while (high - low > 8) {
    pivot = numbers[(low + high) / 2];
    i = low;
    j = high;
    while (i <= j) {
      while (numbers[i] < pivot) ++i;
      while (numbers[j] > pivot) --j;
      if (i <= j) {
        swap = numbers[i];
        numbers[i] = numbers[j];
        numbers[j] = swap;
        ++i;
        --j;
      }
    }
    quicksort(low, j);
    low = i;
  }
  insertion_sort(low, high);
}

int main(void) {
  uint16_t i, sum = 0;
  uint8_t round;
  seed = 12345;
  for (round = 0; round < ROUNDS; ++round) {
    for (i = 0; i < SIZE; ++i) numbers[i] = next_number();
    quicksort(0, SIZE - 1);
    for (i = 1; i < SIZE; ++i)
      if (numbers[i - 1] > numbers[i]) return 255;
    sum += numbers[SIZE / 2];
  }
  return sum & 0x7F;
}
