// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The stack variables of an interpreter that its resume function (embed/resume.h) takes: which of them nothing else
// points to, so that they can be moved, and which values point into those. Said by attributes of its parameters.
#pragma once

#include <cstdint>
#include <optional>

#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>

namespace inlay::runtime {

/// Of the parameter for a variable that can be moved.
struct MovedFrame {
  std::uint64_t size;
  llvm::Align alignment;
};
llvm::Attribute frame_attribute(llvm::LLVMContext& context, const MovedFrame& frame);
std::optional<MovedFrame> moved_frame(const llvm::Function& resume, unsigned parameter);

/// Of a parameter that points into such a variable: which parameter that variable is.
llvm::Attribute into_frame_attribute(llvm::LLVMContext& context, unsigned frame);
std::optional<unsigned> frame_pointed_into(const llvm::Function& resume, unsigned parameter);

/// Code for the bytes from one pointer to another.
llvm::Value* distance(llvm::IRBuilder<>& builder, llvm::Value* to, llvm::Value* from);

}  // namespace inlay::runtime
