// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/inline.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "runtime/markers.h"
#include "runtime/names.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace inlay::specialize {

namespace {

/// A function with several callers is copied into each if it is not larger than this.
constexpr unsigned SharedBody = 80;

using CallList = std::vector<llvm::CallBase*>;

class Inliner {
 public:
  Inliner(llvm::Function& entry, Callees& callees, unsigned max_instructions)
      : entry_(entry), callees_(callees), max_instructions_(max_instructions) {}

  std::vector<llvm::Function*> run(unsigned& inlined) {
    find_recursions();
    std::vector<llvm::Function*> kept{&entry_};
    std::unordered_set<llvm::Function*> seen{&entry_};
    for (std::size_t i = 0; i < kept.size(); ++i) {
      inlined += inline_into(*kept[i]);
      for (llvm::CallBase* call : calls_in(*kept[i]))
        if (seen.insert(call->getCalledFunction()).second) kept.push_back(call->getCalledFunction());
    }
    return kept;
  }

 private:
  CallList calls_in(llvm::Function& function) {
    CallList calls;
    for (llvm::Instruction& inst : llvm::instructions(function)) {
      auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
      if (call && call->getCalledFunction() && callees_.find(call->getCalledFunction())) calls.push_back(call);
    }
    return calls;
  }

  /// Depth first from the entry; a call back into a function that is open makes that one the head of a recursion.
  /// Also sums sizes from the leaves up, and counts callers.
  void find_recursions() {
    struct Open {
      llvm::Function* function;
      CallList calls;
      std::size_t next = 0;
    };
    std::vector<Open> stack{{&entry_, calls_in(entry_)}};
    std::unordered_set<llvm::Function*> open{&entry_}, done;
    sizes_[&entry_] = entry_.getInstructionCount();
    while (!stack.empty()) {
      Open& top = stack.back();
      if (top.next == top.calls.size()) {
        open.erase(top.function);
        done.insert(top.function);
        llvm::Function* finished = top.function;
        stack.pop_back();
        if (!stack.empty()) sizes_[stack.back().function] += sizes_[finished];
        continue;
      }
      llvm::Function* callee = top.calls[top.next++]->getCalledFunction();
      ++callers_[callee];
      if (open.contains(callee)) {
        heads_.insert(callee);
      } else if (done.contains(callee)) {
        sizes_[top.function] += sizes_[callee];
      } else {
        open.insert(callee);
        sizes_[callee] = callee->getInstructionCount();
        stack.push_back({callee, calls_in(*callee)});
      }
    }
  }

  bool should_inline(const llvm::CallBase& call) {
    const llvm::Function& caller = *call.getFunction();
    llvm::Function* callee = call.getCalledFunction();
    // Code for a better processor must not come where nobody asked which one it is.
    if (caller.getFnAttribute("target-features") != callee->getFnAttribute("target-features")) return false;
    if (heads_.contains(callee) || callee->hasFnAttribute(llvm::Attribute::NoInline) || callee->isDeclaration())
      return false;
    // What is said of state holds until its function returns: there must be nothing more behind the call. (What
    // was inlined into the entry before may have more.)
    const bool last = llvm::isa<llvm::CallInst>(call) && llvm::isa<llvm::ReturnInst>(call.getNextNode());
    if (!(last && &caller == &entry_) && runtime::has_state_marker(*callee)) return false;
    Callee* known = callees_.find(callee);
    if (known->choice == InlineChoice::Specialize) return false;
    if (known->choice == InlineChoice::Inline || known->original->hasFnAttribute(runtime::InlineAttribute)) return true;
    return callers_[callee] == 1 || sizes_[callee] <= SharedBody;
  }

  unsigned inline_into(llvm::Function& function) {
    unsigned count = 0;
    std::uint64_t size = function.getInstructionCount();
    CallList work = calls_in(function);
    std::reverse(work.begin(), work.end());
    while (!work.empty()) {
      llvm::CallBase* call = work.back();
      work.pop_back();
      llvm::Function* callee = call->getCalledFunction();
      if (!should_inline(*call) || size + callee->getInstructionCount() > max_instructions_) continue;
      llvm::InlineFunctionInfo info;
      std::uint64_t added = callee->getInstructionCount();
      if (!llvm::InlineFunction(*call, info).isSuccess()) continue;
      size += added;
      ++count;
      for (llvm::CallBase* inner : llvm::reverse(info.InlinedCallSites))
        if (inner->getCalledFunction() && callees_.find(inner->getCalledFunction())) work.push_back(inner);
    }
    return count;
  }

  llvm::Function& entry_;
  Callees& callees_;
  std::uint64_t max_instructions_;
  std::unordered_set<llvm::Function*> heads_;
  std::unordered_map<llvm::Function*, unsigned> callers_;
  std::unordered_map<llvm::Function*, std::uint64_t> sizes_;
};

}  // namespace

std::vector<llvm::Function*> inline_callees(llvm::Function& entry, Callees& callees, unsigned max_instructions,
                                            unsigned& inlined) {
  return Inliner(entry, callees, max_instructions).run(inlined);
}

}  // namespace inlay::specialize
