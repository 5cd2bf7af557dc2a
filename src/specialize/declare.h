// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The signature of a specialized function: the original's, without the arguments that are known.
#pragma once

#include <llvm/ADT/Twine.h>
#include <llvm/IR/Attributes.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>

namespace inlay::specialize {

/// The declaration that emit() fills: internal, with the attributes that still hold.
llvm::Function* declare_specialized(llvm::Module& unit, const llvm::Function& original,
                                    llvm::ArrayRef<llvm::Constant*> arguments, const llvm::Twine& name);

/// What function attributes still say when arguments were dropped: nothing of what was accessed through them, and
/// nothing that counts them.
llvm::AttributeSet attributes_left(llvm::LLVMContext& context, llvm::AttributeSet attributes);

}  // namespace inlay::specialize
