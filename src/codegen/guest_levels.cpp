// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/guest_levels.h"

#include "runtime/names.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/InstIterator.h>

namespace inlay::codegen {

namespace {

bool is_guests(const llvm::DISubprogram* scope) {
  return scope && scope->getUnit() && scope->getUnit()->getProducer() == runtime::GuestProducer &&
         !scope->isArtificial();
}

llvm::DISubprogram* scope_of(const llvm::DILocation* level) { return level->getScope()->getSubprogram(); }

/// Specialized copies of a function's code have scopes of their own.
bool are_same(const llvm::DISubprogram* a, const llvm::DISubprogram* b) {
  return a == b || (a->getName() == b->getName() && a->getLine() == b->getLine() && a->getFile() == b->getFile());
}

bool is_entry(const llvm::DILocation* level) {
  const auto* block = llvm::dyn_cast<llvm::DILexicalBlockFile>(level->getScope());
  return block && block->getDiscriminator() == runtime::EntryDiscriminator;
}

/// The guest's level that is nearest to the function.
const llvm::DILocation* outermost_guest(const llvm::DILocation* level) {
  const llvm::DILocation* found = nullptr;
  for (; level; level = level->getInlinedAt())
    if (is_guests(scope_of(level))) found = level;
  return found;
}

/// The one guest function that all code of an artificial function is of, or null.
llvm::DISubprogram* only_guest_of(llvm::Function& function) {
  if (!function.getSubprogram()->isArtificial()) return nullptr;
  llvm::DISubprogram* only = nullptr;
  for (const llvm::Instruction& inst : llvm::instructions(function)) {
    const llvm::DILocation* level = outermost_guest(inst.getDebugLoc().get());
    if (!level) continue;
    if (only && !are_same(only, scope_of(level))) return nullptr;
    if (!only) only = scope_of(level);
  }
  return only;
}

class Rewrite {
 public:
  explicit Rewrite(llvm::Function& function) : function_(function) {}

  void run() {
    if (llvm::DISubprogram* guest = only_guest_of(function_)) {
      // Other functions, or this one where it is inlined, may have it already.
      entered_ = llvm::MDNode::replaceWithDistinct(guest->clone());
      function_.setSubprogram(entered_);
    }
    for (llvm::Instruction& inst : llvm::instructions(function_)) {
      inst.dropDbgRecords();
      if (llvm::DILocation* level = inst.getDebugLoc().get()) inst.setDebugLoc(rewrite(level));
    }
  }

 private:
  llvm::DILocation* rewrite(llvm::DILocation* level) {
    if (auto known = rewritten_.find(level); known != rewritten_.end()) return known->second;
    llvm::DILocation* made =
        level->getInlinedAt() ? rewrite_inlined(level, rewrite(level->getInlinedAt())) : rewrite_outermost(level);
    return rewritten_[level] = made;
  }

  llvm::DILocation* rewrite_outermost(llvm::DILocation* level) {
    if (!entered_) return level;
    // Until code of the guest says which line.
    if (!beginning_) {
      beginning_ = llvm::DILocation::getDistinct(level->getContext(), entered_->getLine(), 0, entered_, nullptr);
      only_entered_.insert(beginning_);
    }
    return beginning_;
  }

  llvm::DILocation* rewrite_inlined(llvm::DILocation* level, llvm::DILocation* around) {
    llvm::DISubprogram* guest = scope_of(level);
    if (!is_guests(guest)) return around;
    llvm::DISubprogram* guest_around = scope_of(around);
    // Several functions of the host may be what enters one of the guest.
    const bool goes_on = is_guests(guest_around) && are_same(guest, guest_around) &&
                         (!is_entry(level) || only_entered_.contains(around));
    // LLVM's passes leave no line where they merged code of several.
    const llvm::DILocation* line = level->getLine() || !goes_on ? level : around;
    llvm::DILocation* made =
        llvm::DILocation::getDistinct(level->getContext(), line->getLine(), line->getColumn(),
                                      goes_on ? guest_around : guest, goes_on ? around->getInlinedAt() : around);
    if (is_entry(level)) only_entered_.insert(made);
    return made;
  }

  llvm::Function& function_;
  llvm::DISubprogram* entered_ = nullptr;                 // what an artificial function becomes
  llvm::DILocation* beginning_ = nullptr;                 // of it
  llvm::DenseSet<const llvm::DILocation*> only_entered_;  // levels where nothing else of the function ran yet
  llvm::DenseMap<llvm::DILocation*, llvm::DILocation*> rewritten_;
};

}  // namespace

void keep_guest_levels(llvm::Module& module) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration() || !function.getSubprogram()) continue;
    for (const llvm::Instruction& inst : llvm::instructions(function)) {
      if (!outermost_guest(inst.getDebugLoc().get())) continue;
      Rewrite(function).run();
      break;
    }
  }
}

}  // namespace inlay::codegen
