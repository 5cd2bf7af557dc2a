// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The files in support/, as the build found them.
#pragma once

namespace inlay::aot {

extern const char* const SupportTextOfTrap;
extern const char* const SupportTextOfMemory;
extern const char* const SupportTextOfMath;

}  // namespace inlay::aot
