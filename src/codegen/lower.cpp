// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/lower.h"

#include "codegen/lower/lower.h"
#include "inlay/ir/expand.h"
#include "runtime/unit.h"

namespace inlay {

namespace {

/// The functions and data of those names.
Result<std::vector<ir::Value>> find_roots(const ir::Module& module, const std::vector<std::string>& names) {
  std::vector<ir::Value> roots;
  for (const std::string& name : names) {
    const ir::Symbol symbol = module.find(name);
    if (symbol.kind == ir::SymbolKind::Function)
      roots.emplace_back(ir::FunctionId{symbol.id});
    else if (symbol.kind == ir::SymbolKind::Data)
      roots.emplace_back(ir::DataId{symbol.id});
    else
      return Error(ErrorKind::NotFound, "the program has no function or data '@" + name + "'; name a root that it has");
  }
  return roots;
}

/// Everything, as long as nobody says what is reached.
ir::Reach everything(const ir::Module& module) {
  ir::Reach reach;
  for (std::uint32_t i = 1; i < module.functions.count(); ++i)
    if (module.functions[ir::FunctionId{i}].flags & (ir::FunctionDefined | ir::FunctionAssembly))
      reach.functions.push_back(ir::FunctionId{i});
  for (std::uint32_t i = 1; i < module.data.count(); ++i)
    if (module.data[ir::DataId{i}].flags & ir::DataDefined) reach.data.push_back(ir::DataId{i});
  return reach;
}

}  // namespace

Result<Unit> lower(ir::Module& module, const LowerOptions& options) {
  if (module.error()) return *module.error();
  INLAY_TRY(const std::vector<ir::Value> roots, find_roots(module, options.roots));
  const ir::Reach reach = everything(module);
  for (std::uint32_t i = 1; i < module.types.count(); ++i) module.lay_out(ir::TypeId{i});
  codegen::LowerJob job;
  job.functions = reach.functions;
  job.data = reach.data;
  job.visible = roots;
  job.architecture = options.architecture;
  job.debug = options.debug;
  job.frame_pointers = options.frame_pointers;
  Unit unit = Unit::create("program");
  INLAY_TRY_VOID(codegen::lower_functions(*unit.state().module, module, job));
  return unit;
}

}  // namespace inlay
