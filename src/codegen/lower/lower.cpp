// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/lower.h"

#include <optional>

#include "codegen/lower/assembly.h"
#include "codegen/lower/function.h"

namespace inlay::codegen {

Result<void> lower_functions(llvm::Module& into, const ir::Module& module, const LowerJob& job) {
  Types types(into.getContext(), module, job.architecture);
  Symbols symbols(into, module, job, types);
  std::optional<DebugInfo> debug;
  if (job.debug && !job.functions.empty()) debug.emplace(into, module);
  FunctionLowering lowering(symbols, types, module, debug ? &*debug : nullptr);
  // LLVM emits in the order of declarations.
  for (ir::FunctionId id : job.functions) symbols.function(id);
  for (ir::DataId id : job.data) symbols.data(id);

  const auto lower = [&](ir::FunctionId id, llvm::Function& function) {
    if (symbols.error() || !function.isDeclaration()) return;
    symbols.prepare_definition(id, function);
    lowering.lower(id, function);
  };
  for (ir::FunctionId id : job.functions)
    if (module.functions[id].flags & ir::FunctionDefined) lower(id, *symbols.function(id));
  // Bodies that are inlined may ask for more of them.
  for (std::vector<ir::FunctionId> wanted = symbols.take_wanted_bodies(); !wanted.empty();
       wanted = symbols.take_wanted_bodies())
    for (ir::FunctionId id : wanted) lower(id, *symbols.callee(id));
  for (ir::DataId id : job.data) symbols.define(id);
  if (!job.independent) symbols.define_wanted_records();
  if (debug) {
    for (ir::DataId id : job.data) debug->data(id, *symbols.data(id));
    debug->finish();
  }
  if (symbols.error()) return *symbols.error();
  return lower_assembly(into, module, job);
}

Result<void> lower_records(llvm::Module& into, const ir::Module& module, std::span<const ir::FunctionId> functions) {
  LowerJob job;
  job.independent = true;
  Types types(into.getContext(), module, job.architecture);
  Symbols symbols(into, module, job, types);
  for (ir::FunctionId id : functions) symbols.define_record(id);
  if (symbols.error()) return *symbols.error();
  return {};
}

}  // namespace inlay::codegen
