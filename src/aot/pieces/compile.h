// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From functions of a program to pieces.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <vector>

#include "aot/pieces/piece.h"
#include "codegen/target.h"
#include "inlay/ir/fingerprint.h"
#include "inlay/ir/module.h"
#include "inlay/level.h"
#include "inlay/result.h"

namespace inlay::aot {

/// Machines that are not in use, kept warm whatever threads come and go. Safe to use from several threads.
class Machines {
 public:
  Result<std::unique_ptr<codegen::Machine>> take(codegen::Cpu cpu);
  void give_back(codegen::Cpu cpu, std::unique_ptr<codegen::Machine> machine);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<codegen::Machine>> idle_[codegen::CpuCount];
};

struct CompileJob {
  std::span<const ir::FunctionId> functions;
  std::span<const ir::Inlining> inlining;  // of all of the module
  Level level = Level::O2;
  codegen::Cpu cpu = codegen::Cpu::Portable;
  unsigned threads = 1;
  unsigned batch = 32;  // functions that are compiled together; changes nothing about them
  std::stop_token stop = {};
};

/// The pieces of the functions, in their order; their code depends on nothing but what ir::code_fingerprints() covers.
/// When it is stopped, batches that were begun are finished, and the pieces of other functions have no names.
Result<std::vector<Piece>> compile_pieces(const ir::Module& module, const CompileJob& job, Machines& machines,
                                          Names& names);

/// Of what else code depends on: this build of Inlay and of LLVM, and the processor. Nothing if that cannot be told;
/// then code must not be kept beyond this process.
std::optional<std::string> describe_compiler(codegen::Cpu cpu);

}  // namespace inlay::aot
