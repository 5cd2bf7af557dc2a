// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
extern "C" long handwritten_product(long x, long y) { return x * y + 7; }
