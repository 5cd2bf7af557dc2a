// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/checks.h"

#include "codegen/bounds.h"

#include <optional>

#include <llvm/IR/Constants.h>
#include <llvm/IR/PatternMatch.h>

namespace inlay::codegen {

namespace {

namespace match = llvm::PatternMatch;

struct Check {
  llvm::ICmpInst* comparison;
  bool passes;  // what it yields then
};

bool is_end(const llvm::BasicBlock& block) { return llvm::isa<llvm::UnreachableInst>(block.getTerminator()); }

/// The comparisons each of which lets `condition` be `outcome` only if it is so too.
void collect(llvm::Value* condition, bool outcome, std::vector<Check>& checks, unsigned depth = 0) {
  if (auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(condition)) {
    checks.push_back({comparison, outcome});
    return;
  }
  llvm::Value *one = nullptr, *other = nullptr;
  if (depth > 3) return;
  if (match::match(condition, match::m_Not(match::m_Value(one)))) return collect(one, !outcome, checks, depth + 1);
  if (outcome ? match::match(condition, match::m_LogicalAnd(match::m_Value(one), match::m_Value(other)))
              : match::match(condition, match::m_LogicalOr(match::m_Value(one), match::m_Value(other)))) {
    collect(one, outcome, checks, depth + 1);
    collect(other, outcome, checks, depth + 1);
  }
}

std::vector<Check> checks_of(llvm::Function& function) {
  std::vector<Check> checks;
  for (llvm::BasicBlock& block : function) {
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
    if (!branch || !branch->isConditional()) continue;
    const bool first = is_end(*branch->getSuccessor(0)), second = is_end(*branch->getSuccessor(1));
    if (first != second) collect(branch->getCondition(), second, checks);
  }
  return checks;
}

}  // namespace

llvm::PreservedAnalyses RemoveChecksPass::run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
  const std::vector<Check> checks = checks_of(function);
  if (checks.empty()) return llvm::PreservedAnalyses::all();
  Bounds bounds(function, analyses.getResult<llvm::DominatorTreeAnalysis>(function),
                analyses.getResult<llvm::AssumptionAnalysis>(function));
  bool changed = false;
  for (const Check& check : checks) {
    if (check.comparison->use_empty() || !bounds.is_always(*check.comparison, check.passes)) continue;
    check.comparison->replaceAllUsesWith(llvm::ConstantInt::getBool(check.comparison->getContext(), check.passes));
    changed = true;
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace inlay::codegen
