// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/lower.h"

#include "codegen/externals.h"
#include "codegen/lower/lower.h"
#include "codegen/target.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"
#include "runtime/unit.h"

namespace inlay {

namespace {

/// The functions and data of those names, which are exported from now on: others find them by these names.
Result<std::vector<ir::Value>> find_roots(ir::Module& module, const std::vector<std::string>& names) {
  std::vector<ir::Value> roots;
  for (const std::string& name : names) {
    const ir::Symbol symbol = module.find(name);
    if (symbol.kind == ir::SymbolKind::Function) {
      const ir::FunctionId function{symbol.id};
      roots.emplace_back(function);
      if (!(module.functions[function].flags & ir::FunctionExtern))
        module.functions[function].flags |= ir::FunctionExported;
    } else if (symbol.kind == ir::SymbolKind::Data) {
      const ir::DataId data{symbol.id};
      roots.emplace_back(data);
      if (!(module.data[data].flags & ir::DataExtern)) module.data[data].flags |= ir::DataExported;
    } else {
      return Error(ErrorKind::NotFound, "the program has no function or data '@" + name + "'; name a root that it has");
    }
  }
  return roots;
}

}  // namespace

Result<Unit> lower(ir::Module& module, const LowerOptions& options) {
  StageClock clock(options.stages);
  INLAY_TRY_VOID(ir::verify(module));
  clock.done("verify");
  INLAY_TRY(const std::vector<ir::Value> roots, find_roots(module, options.roots));
  INLAY_TRY(const ir::Reach reach, ir::expand(module, roots));
  // Of types that are there: laying out a generic one names others, of which there may be no end.
  const std::uint32_t types = module.types.count();
  for (std::uint32_t i = 1; i < types; ++i) module.lay_out(ir::TypeId{i});
  clock.done("expand", [&] { return ir::print(module, {.locations = false}); });
  const std::vector<ir::Inlining> inlining = ir::decide_inlining(module, reach.functions);
  codegen::LowerJob job;
  job.inlining = inlining;
  job.functions = reach.functions;
  job.data = reach.data;
  job.visible = roots;
  job.architecture = options.architecture;
  job.debug = options.debug;
  job.frame_pointers = options.frame_pointers;
  job.facts = options.facts;
  Unit unit = Unit::create("program");
  llvm::Module& code = *unit.state().module;
  if (options.architecture != Architecture::X86_64) {  // which units are for
    INLAY_TRY(codegen::Machine * machine,
              codegen::machine_of_thread({.cpu = codegen::Cpu::Portable, .architecture = options.architecture}));
    machine->adopt(code);
  }
  if (options.architecture == Architecture::X86_64)  // which runtimes are for
    INLAY_TRY_VOID(codegen::check_externals(module, reach.external_functions, unit.state().workspace->bodies));
  INLAY_TRY_VOID(codegen::lower_functions(code, module, job));
  // Whoever walks the stack of a program that trapped asks for every function, not only those that can trap themselves.
  if (code.getFunction(codegen::TrapName)) INLAY_TRY_VOID(codegen::lower_records(code, module, job.functions, false));
  clock.done("lower", [&] { return unit.to_text(); });
  return unit;
}

}  // namespace inlay
