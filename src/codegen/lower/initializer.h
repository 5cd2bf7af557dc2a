// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What data and the records of functions hold at first, as LLVM's constants: pointers stay pointers, so that LLVM sees
// through them.
#pragma once

#include "codegen/lower/types.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalVariable.h>

namespace inlay::codegen {

class Symbols;

/// The type of the initializer of an object that the program defines.
llvm::Type* initializer_type(const ir::Module& module, const ir::Data& data, Types& types);
Result<llvm::Constant*> initializer(const ir::Module& module, const ir::Data& data, Types& types, Symbols& symbols);

/// A FunctionRecord (inlay/ir/layout.h) with the texts that it points to behind it.
llvm::StructType* record_type(const ir::Module& module, ir::FunctionId function, Types& types);
llvm::Constant* record_initializer(const ir::Module& module, ir::FunctionId function, Types& types,
                                   llvm::GlobalVariable& record);

}  // namespace inlay::codegen
