// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/compile.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "aot/pieces/split.h"
#include "cache/build_id.h"
#include "codegen/emit.h"
#include "codegen/lower/lower.h"
#include "codegen/pipeline.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

namespace inlay::aot {

namespace {

/// Makes the code of some functions an object with a section for each.
Result<codegen::Object> compile_batch(const ir::Module& program, std::span<const ir::FunctionId> functions,
                                      const CompileJob& job, codegen::Machine& machine) {
  llvm::LLVMContext context;
  context.setDiscardValueNames(true);
  llvm::Module module("pieces", context);
  INLAY_TRY_VOID(codegen::lower_functions(module, program,
                                          {.functions = functions,
                                           .data = {},
                                           .visible = {},
                                           .inlining = job.inlining,
                                           .architecture = Architecture::X86_64,
                                           .debug = false,
                                           .frame_pointers = true,
                                           .facts = job.level == Level::O2 || job.level == Level::O3,
                                           .independent = true}));
  llvm::TargetOptions& options = machine.target().Options;
  options.FunctionSections = options.DataSections = options.UniqueSectionNames = true;
  // Before anything else: what LLVM concludes from all calls of a body must not depend on who else is in the batch.
  codegen::inline_what_must_be(module, machine);
  codegen::optimize(module, machine, job.level);
  return codegen::emit(module, machine, job.level);
}

}  // namespace

Result<std::unique_ptr<codegen::Machine>> Machines::take(codegen::Cpu cpu) {
  {
    std::lock_guard lock(mutex_);
    std::vector<std::unique_ptr<codegen::Machine>>& idle = idle_[static_cast<int>(cpu)];
    if (!idle.empty()) {
      std::unique_ptr<codegen::Machine> machine = std::move(idle.back());
      idle.pop_back();
      return machine;
    }
  }
  return codegen::Machine::create(cpu);
}

void Machines::give_back(codegen::Cpu cpu, std::unique_ptr<codegen::Machine> machine) {
  std::lock_guard lock(mutex_);
  idle_[static_cast<int>(cpu)].push_back(std::move(machine));
}

Result<std::vector<Piece>> compile_pieces(const ir::Module& module, const CompileJob& job, Machines& machines,
                                          Names& names) {
  const std::size_t batch = std::max(1u, job.batch);
  const std::size_t batches = (job.functions.size() + batch - 1) / batch;
  std::vector<std::optional<Result<codegen::Object>>> objects(batches);
  std::atomic<std::size_t> next = 0;
  auto work = [&] {
    Result<std::unique_ptr<codegen::Machine>> machine = machines.take(job.cpu);
    for (std::size_t i; !job.stop.stop_requested() && (i = next++) < batches;) {
      if (!machine) {
        objects[i] = machine.error();
        continue;
      }
      const std::span<const ir::FunctionId> rest = job.functions.subspan(i * batch);
      objects[i] = compile_batch(module, rest.first(std::min(batch, rest.size())), job, **machine);
    }
    if (machine) machines.give_back(job.cpu, *std::move(machine));
  };
  {
    std::vector<std::jthread> threads;
    try {
      for (std::size_t i = 1; i < std::min<std::size_t>(job.threads, batches); ++i) threads.emplace_back(work);
    } catch (const std::system_error&) {  // no more are to be had: these take what there is
    }
    work();
  }

  // Errors in the order of the functions, so that the same program gives the same message.
  std::unordered_map<std::uint32_t, Piece> made;  // by number of the name
  for (std::optional<Result<codegen::Object>>& object : objects) {
    if (!object) continue;  // it was stopped
    if (!*object) return std::move(*object).error();
    const llvm::StringRef bytes = (**object).bytes->getBuffer();
    INLAY_TRY(std::vector<Piece> pieces, split_object({bytes.data(), bytes.size()}, names));
    for (Piece& piece : pieces) {
      const std::uint32_t name = piece.name().value;
      made.insert_or_assign(name, std::move(piece));
    }
  }
  std::vector<Piece> pieces;
  pieces.reserve(job.functions.size());
  for (ir::FunctionId function : job.functions) {
    const std::string name = codegen::symbol_name(module, function);
    const auto found = made.find(names.add(name).value);
    if (found == made.end() && job.stop.stop_requested()) {
      pieces.emplace_back();
      continue;
    }
    if (found == made.end()) return Error(ErrorKind::Codegen, "LLVM made no code for '" + name + "'");
    for (Definition& definition : found->second.definitions)
      definition.exported = (module.functions[function].flags & ir::FunctionExported) != 0;
    pieces.push_back(std::move(found->second));
    made.erase(found);
  }
  return pieces;
}

std::optional<std::string> describe_compiler(codegen::Cpu cpu) {
  static const char here = 0;
  static const std::optional<std::string> own = cache::build_id_of(&here);
  static const std::optional<std::string> llvm =
      cache::build_id_of(reinterpret_cast<const void*>(&llvm::sys::getHostCPUFeatures));
  if (!own || !llvm) return std::nullopt;
  const auto processor = [&]() -> std::string {
    switch (cpu) {
      case codegen::Cpu::Host:
        return codegen::host_processor();
      case codegen::Cpu::Portable:
        return "portable";
      case codegen::Cpu::V3:
        return "x86-64-v3";
      case codegen::Cpu::V4:
        return "x86-64-v4";
    }
    return {};
  };
  return *own + *llvm + processor();
}

}  // namespace inlay::aot
