// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the author says with tracked_state(p, n): who writes the n bytes at p.
#pragma once

#include <cstdint>

#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

/// The contract: the function reads and writes the bytes through pointers that it computes from p; functions that it
/// calls may do so as they like.
class TrackedState {
 public:
  /// `hint` is a call of tracked_state().
  explicit TrackedState(const llvm::CallInst& hint);

  /// False: p is no argument, and nothing can be said.
  bool valid() const { return base_ != nullptr; }
  const llvm::Argument* base() const { return base_; }
  const llvm::CallInst& hint() const { return *hint_; }
  /// n, once it is known; until then nothing is tracked.
  void set_size(std::uint64_t size) { end_ = begin_ + static_cast<std::int64_t>(size); }
  bool covers(std::int64_t offset, std::uint64_t size) const {
    return offset >= begin_ && offset + static_cast<std::int64_t>(size) <= end_;
  }

  /// Whether a store, or a copy of memory, may write there.
  bool may_be_written_by(const llvm::Instruction& writer) const;
  /// Whether a pointer is computed from p, or may be.
  bool may_lead(const llvm::Value* pointer) const { return may_lead(pointer, MostCalls); }
  /// Whether a pointer certainly is one to `size` of the bytes.
  bool leads(const llvm::Value* pointer, std::uint64_t size) const;

 private:
  static constexpr unsigned MostCalls = 4;  // that a pointer comes from, one in the arguments of the other
  bool may_lead(const llvm::Value* pointer, unsigned depth) const;

  const llvm::CallInst* hint_;
  const llvm::DataLayout& layout_;
  const llvm::Argument* base_ = nullptr;
  std::int64_t begin_ = 0, end_ = 0;  // in bytes from the base
};

/// Tells LLVM what such hints of a function say, as scopes of aliasing, and takes the hints away.
void mark_tracked_state(llvm::Function& function);

}  // namespace inlay::specialize
