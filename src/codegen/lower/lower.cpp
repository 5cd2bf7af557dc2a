// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/lower.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "codegen/lower/assembly.h"
#include "codegen/lower/function.h"

#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>

namespace inlay::codegen {

namespace {

/// Puts bodies that are to be inlined behind those that they call, and otherwise by name. LLVM inlines them in this
/// order, and what comes of it depends on the order: it has to be the same whatever else is in the module.
void put_bodies_in_order(llvm::Module& module) {
  std::vector<llvm::Function*> bodies;
  for (llvm::Function& function : module)
    if (function.hasLocalLinkage() && function.hasFnAttribute(llvm::Attribute::AlwaysInline))
      bodies.push_back(&function);
  std::map<const llvm::Function*, unsigned> heights;  // of the calls below each
  // Few levels, and no cycles: decide_inlining() sees to both.
  for (bool more = true; more;) {
    more = false;
    for (llvm::Function* body : bodies)
      for (const llvm::User* user : body->users()) {
        const auto* call = llvm::dyn_cast<llvm::CallBase>(user);
        if (!call || call->getCalledFunction() != body) continue;
        unsigned& above = heights[call->getFunction()];
        const unsigned least = heights[body] + 1;
        if (above >= least) continue;
        above = least;
        more = true;
      }
  }
  std::sort(bodies.begin(), bodies.end(), [&](const llvm::Function* a, const llvm::Function* b) {
    return std::pair(heights[a], a->getName()) < std::pair(heights[b], b->getName());
  });
  for (llvm::Function* body : bodies) {
    body->removeFromParent();
    module.getFunctionList().push_back(body);
  }
}

}  // namespace

Result<void> lower_functions(llvm::Module& into, const ir::Module& module, const LowerJob& job) {
  Types types(into.getContext(), module, job.architecture);
  Symbols symbols(into, module, job, types);
  std::optional<DebugInfo> debug;
  if (job.debug && !job.functions.empty()) debug.emplace(into, module);
  FunctionLowering lowering(symbols, types, module, debug ? &*debug : nullptr, job.facts);
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
  if (job.independent) put_bodies_in_order(into);
  for (ir::DataId id : job.data) symbols.define(id);
  if (!job.independent) symbols.define_wanted_records();
  if (debug) {
    for (ir::DataId id : job.data) debug->data(id, *symbols.data(id));
    debug->finish();
  }
  if (symbols.error()) return *symbols.error();
  return lower_assembly(into, module, job);
}

Result<void> lower_records(llvm::Module& into, const ir::Module& module, std::span<const ir::FunctionId> functions,
                           bool independent) {
  LowerJob job;
  job.independent = independent;
  Types types(into.getContext(), module, job.architecture);
  Symbols symbols(into, module, job, types);
  for (ir::FunctionId id : functions) symbols.define_record(id);
  if (symbols.error()) return *symbols.error();
  return {};
}

}  // namespace inlay::codegen
