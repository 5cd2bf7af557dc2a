// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a Machine: LLVM's two pass managers, old (code generation) and new (optimization), kept warm.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "codegen/target.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

namespace inlay::codegen {

/// The code generator's passes, which end by writing an object into `bytes`. They reset themselves at the end of each
/// module (AsmPrinter and MachineModuleInfo do so in doFinalization), so one list serves many modules.
struct Emitter {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream{bytes};
  llvm::legacy::PassManager passes;
};

/// The optimizer's analyses; empty between two runs.
struct Analyses {
  explicit Analyses(llvm::TargetMachine& target);
  void clear();

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder;
};

struct Machine::State {
  std::unique_ptr<llvm::TargetMachine> target;       // outlives what follows
  std::unique_ptr<Analyses> analyses;                // null until optimize() needs it
  std::array<std::unique_ptr<Emitter>, 5> emitters;  // by Level; null until emit() needs it
  std::string abi;                                   // where the architecture has several; the module says it too
  std::string known_features;                        // the last "target-features" that adopt() found to be covered
};

}  // namespace inlay::codegen
