// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The programs in programs/ as a C++ author writes them by hand: what specialized bytecode is measured against. They
// look at indices and at the depth of calls as the machine does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vm_register {

using Handwritten = void (*)(std::int64_t n, std::string& output);

/// The counterpart of programs/`name`.asm, or null. It prints the same for the same argument.
Handwritten find_handwritten(std::string_view name);

}  // namespace vm_register
