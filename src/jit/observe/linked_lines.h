// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The debug information of an object that was just linked → rows of its functions.
#pragma once

#include <vector>

#include "jit/observe/code_table.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

namespace inlay::jit {

/// Fills in rows and lines. The graph's debug sections must have been kept, and its addresses be final.
llvm::Error add_lines(llvm::jitlink::LinkGraph& graph, std::vector<CodeFunction>& functions);

}  // namespace inlay::jit
