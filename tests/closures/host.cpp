// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the closures' runtime calls in the program that holds it.
#include <cstdint>

extern "C" std::int64_t closures_test_host(std::int64_t x);
std::int64_t closures_test_host(std::int64_t x) { return x + 1000; }
