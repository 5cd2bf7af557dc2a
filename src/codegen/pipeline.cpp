// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/pipeline.h"

#include "codegen/checks.h"
#include "codegen/diagnostics.h"
#include "codegen/machine_state.h"
#include "codegen/recursion.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/ArgumentPromotion.h>
#include <llvm/Transforms/IPO/ElimAvailExtern.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/InstSimplifyPass.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

namespace inlay::codegen {

/// Values that may come instead of a pointer to them; more than there are registers for arguments would go through
/// memory again.
static constexpr unsigned MostPromoted = 6;

/// Without call graph profiles in objects: nobody sorts by them, and the code generator cannot be used again once it
/// has written one (its writer keeps the expressions of a context that is gone). With what clang has from O2 on and
/// LLVM's default has not: vectors of what stands side by side in straight code.
static llvm::PipelineTuningOptions tuning() {
  llvm::PipelineTuningOptions options;
  options.CallGraphProfile = false;
  options.SLPVectorization = true;
  return options;
}

Analyses::Analyses(llvm::TargetMachine& target) : builder(&target, tuning()) {
  // What a specialized function takes behind a pointer to its caller's variables (the arguments of a guest call) comes
  // as values: LLVM's own pipeline does that from O3 on, two of them at most.
  builder.registerCGSCCOptimizerLateEPCallback([](llvm::CGSCCPassManager& passes, llvm::OptimizationLevel level) {
    if (level == llvm::OptimizationLevel::O2) passes.addPass(llvm::ArgumentPromotionPass(MostPromoted));
  });
  builder.registerOptimizerEarlyEPCallback(
      [](llvm::ModulePassManager& passes, llvm::OptimizationLevel level, llvm::ThinOrFullLTOPhase) {
        if (level.getSpeedupLevel() >= 2) passes.addPass(InlineRecursionPass());
      });
  builder.registerPeepholeEPCallback([](llvm::FunctionPassManager& passes, llvm::OptimizationLevel level) {
    if (level.getSpeedupLevel() >= 2) passes.addPass(RemoveChecksPass());
  });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
}

void Analyses::clear() {
  modules.clear();
  sccs.clear();
  functions.clear();
  loops.clear();
}

namespace {

llvm::OptimizationLevel to_llvm(Level level) {
  switch (level) {
    case Level::O0:
    case Level::Quick:
      return llvm::OptimizationLevel::O0;
    case Level::O1:
      return llvm::OptimizationLevel::O1;
    case Level::O2:
      return llvm::OptimizationLevel::O2;
    case Level::O3:
      return llvm::OptimizationLevel::O3;
  }
  return llvm::OptimizationLevel::O2;
}

Analyses& analyses_of(Machine& machine) {
  std::unique_ptr<Analyses>& analyses = machine.state().analyses;
  if (!analyses) analyses = std::make_unique<Analyses>(machine.target());
  return *analyses;
}

/// What specialized code needs most: variables that held closures' arguments become registers, equal loads become one.
llvm::FunctionPassManager quick_passes() {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/false));
  passes.addPass(llvm::InstSimplifyPass());
  passes.addPass(llvm::SimplifyCFGPass());
  return passes;
}

}  // namespace

void optimize(llvm::Module& module, Machine& machine, Level level) {
  machine.adopt(module);
  Diagnostics diagnostics(module.getContext());
  Analyses& analyses = analyses_of(machine);
  // The list of passes cannot be kept: the inliner's wrapper moves its passes out when it runs. Building it costs 40
  // us.
  llvm::ModulePassManager passes;
  if (level == Level::O0 || level == Level::Quick) {
    passes.addPass(llvm::AlwaysInlinerPass(/*InsertLifetimeIntrinsics=*/false));
    if (level == Level::Quick) passes.addPass(llvm::createModuleToFunctionPassAdaptor(quick_passes()));
    passes.addPass(llvm::EliminateAvailableExternallyPass());
    passes.addPass(llvm::GlobalDCEPass());
  } else {
    passes = analyses.builder.buildPerModuleDefaultPipeline(to_llvm(level));
  }
  passes.run(module, analyses.modules);
  analyses.clear();
}

void inline_what_must_be(llvm::Module& module, Machine& machine) {
  machine.adopt(module);
  Diagnostics diagnostics(module.getContext());
  Analyses& analyses = analyses_of(machine);
  llvm::AlwaysInlinerPass(/*InsertLifetimeIntrinsics=*/false).run(module, analyses.modules);
  analyses.clear();
}

void remove_unused(llvm::Module& module, Machine& machine) {
  Analyses& analyses = analyses_of(machine);
  llvm::GlobalDCEPass().run(module, analyses.modules);
  analyses.clear();
}

}  // namespace inlay::codegen
