// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every program gets that has no C library: where it begins, what traps call, copies and fills of memory.
#pragma once

#include <string>
#include <vector>

#include "inlay/ir/module.h"
#include "inlay/result.h"

namespace inlay::aot {

/// Objects for x86-64; a program takes of them what it needs. They depend on how its `main` is declared, are made once
/// in a process and live as long.
Result<const std::vector<std::string>*> support_objects(const ir::Module& module);

}  // namespace inlay::aot
