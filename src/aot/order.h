// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What lies beside what in a file. The module's lists of functions and variables are in the order in which they are
// written; the linker keeps it, for an object has one section of each kind.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "inlay/result.h"

namespace llvm {
class Module;
}

namespace inlay::aot {

/// How often functions were entered, by name.
using Profile = std::unordered_map<std::string, std::uint64_t>;

/// Reads what `llvm-profdata` writes, or its text form.
Result<Profile> read_profile(const std::string& path);

/// Before optimizing: tells LLVM how often functions are entered, and which ones never were (they are cold).
void apply_profile(llvm::Module& module, const Profile& profile);

/// Functions that call each other often become neighbours, hot ones first; those that the profile does not know come
/// behind, as they were.
void order_functions(llvm::Module& module, const Profile& profile);

/// Constants and variables in the order in which the functions first mention them, each one with what it refers to
/// behind it; first those that only the linker or nobody refers to.
void order_data(llvm::Module& module);

}  // namespace inlay::aot
