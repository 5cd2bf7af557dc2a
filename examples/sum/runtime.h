/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The runtime of the sum language: what its programs call. Ordinary code with a C interface; it knows nothing of the
 * compiler, and is tested like any library. */
#ifndef SUM_RUNTIME_H
#define SUM_RUNTIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A list of numbers, to be summed. */
typedef struct Sum Sum;

Sum* sum_new(void);
void sum_push(Sum* sum, int64_t number);
int64_t sum_count(const Sum* sum);
int64_t sum_total(const Sum* sum);
void sum_free(Sum* sum);

/* Arithmetic that ends the program with a message instead of giving a wrong result. */
int64_t sum_add(int64_t a, int64_t b);
int64_t sum_subtract(int64_t a, int64_t b);
int64_t sum_multiply(int64_t a, int64_t b);
int64_t sum_divide(int64_t a, int64_t b);
int64_t sum_remainder(int64_t a, int64_t b);

/* The program's argument of that index, which must be a number. */
int64_t sum_argument(int argc, char** argv, int index);

void sum_print(int64_t number);

#ifdef __cplusplus
}
#endif

#endif /* SUM_RUNTIME_H */
