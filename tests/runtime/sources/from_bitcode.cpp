// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled to bitcode by the build, embedded as a .bc file.
extern "C" int from_bitcode(int x, int factor) { return x * factor + 1; }
