// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Variables of a caller that a function works on come and go as values.
#pragma once

#include <vector>

#include <llvm/IR/Function.h>

namespace inlay::codegen {

/// A guest's frame is a variable of one specialized function and is passed to another one by its address: where a
/// recursion is cut, arguments and results go through memory. This turns `f(&frame)` into `{..., outs} = f(ins)`, for
/// functions of `module` that all call by name and that read and write only some pieces of the frame. LLVM promotes
/// what is only read. Returns the functions that changed.
std::vector<llvm::Function*> pass_frames_by_value(llvm::Module& module);

}  // namespace inlay::codegen
