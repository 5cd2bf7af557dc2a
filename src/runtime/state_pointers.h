// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the author says with virtual_state(p, n): which pointers can lead into the interpreter's own state.
#pragma once

#include <cstdint>
#include <optional>

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/Instructions.h>

namespace inlay::runtime {

/// Constant distances beyond this, in bytes, are arithmetic of a program that makes no sense; sums of others do not
/// overflow.
constexpr std::int64_t FarthestDistance = std::int64_t{1} << 40;

/// A pointer as a base and a constant distance from it, in bytes; no distance if it is beyond the farthest one.
struct PointerAt {
  llvm::Value* base;
  std::optional<std::int64_t> distance;
};
PointerAt pointer_at(llvm::Value& pointer, const llvm::DataLayout& layout);

/// The contract: pointers into the n bytes are computed from p. They are kept in variables, in those bytes themselves,
/// or in memory that is reached through them. Pointers that came in otherwise, or that are loaded from elsewhere, lead
/// elsewhere; but for those that this function was seen to put there, or that lie in its variables.
class StatePointers {
 public:
  /// `hint` is a call of virtual_state() in `function`.
  StatePointers(llvm::Function& function, const llvm::CallInst& hint);

  /// False: `n` is not a constant, and nothing can be said.
  bool valid() const { return end_ > begin_; }
  /// Whether this function puts pointers into the state where nobody would expect them: then loads may find them.
  bool stored_elsewhere() const { return stored_elsewhere_; }
  llvm::Value* base() const { return base_; }
  /// Where the state lies, in bytes from the base.
  std::int64_t begin() const { return begin_; }
  std::int64_t end() const { return end_; }

  /// Whether a pointer may lead into the state.
  bool may_lead(const llvm::Value* pointer) const;
  /// Whether an instruction that is no call may read or write through such a pointer.
  bool may_be_used_by(const llvm::Instruction& inst) const;
  /// The distance from the base, if that is a constant.
  bool distance(const llvm::Value* pointer, std::int64_t& from_base) const;

 private:
  bool reads_state(const llvm::LoadInst& load) const;
  bool may_carry(const llvm::Value& value) const;
  bool stores_elsewhere(llvm::Function& function) const;

  const llvm::DataLayout& layout_;
  llvm::Value* base_;
  std::int64_t begin_ = 0, end_ = 0;
  llvm::SmallPtrSet<const llvm::Value*, 4> bases_;  // base_, and what it may be one of
  bool stored_elsewhere_ = false;
  bool entered_ = false;  // in the middle: pointers that were computed from p before may come in
};

}  // namespace inlay::runtime
