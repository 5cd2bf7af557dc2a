// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What JITLink puts objects into.
#pragma once

#include <memory>

#include "inlay/result.h"

#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>

namespace inlay::jit {

enum class CodeMemory : std::uint8_t {
  Packed,  // functions side by side in slabs; see code_space.h
  Pages,   // LLVM's own, for systems that forbid the other: pages and mappings for each object, writable at first
};

/// Packed where the system allows it.
Result<std::unique_ptr<llvm::jitlink::JITLinkMemoryManager>> new_code_memory();

/// What engines that are made from now on get: for tests of what is not this machine's.
void use_code_memory(CodeMemory kind);

}  // namespace inlay::jit
