// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The ways out of one function to the interpreter: its resume function goes on.
#pragma once

#include <map>
#include <utility>

#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

class Exits {
 public:
  /// Of the function `from`.
  explicit Exits(llvm::Function& from) : from_(from) {}

  /// Ends `block` with a call of `resume`, whose result is ours.
  void leave(llvm::Function& resume, llvm::ArrayRef<llvm::Value*> arguments, llvm::BasicBlock& block,
             const llvm::DebugLoc& where);

 private:
  void move_frames(llvm::CallInst& call);

  llvm::Function& from_;
  std::map<std::pair<const llvm::Function*, unsigned>, llvm::AllocaInst*> moved_frames_;  // by parameter of a resume
};

}  // namespace inlay::specialize
