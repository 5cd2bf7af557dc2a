// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The programs in programs/ as a C++ author writes them by hand: what specialized code is measured against.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vm_tailcall {

/// Takes as many arguments as its program, and prints the same to the last bit.
using Handwritten = void (*)(const std::int64_t* arguments, std::string& output);

/// The counterpart of programs/`name`.vm, or null.
Handwritten find_handwritten(std::string_view name);

}  // namespace vm_tailcall
