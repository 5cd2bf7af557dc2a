// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/externals.h"

#include <optional>
#include <string>

#include "codegen/lower/types.h"
#include "inlay/lower.h"
#include "runtime/signature.h"
#include "runtime/unit.h"

namespace inlay::codegen {

namespace {

runtime::Signature declared_signature(Types& types, ir::TypeId type) {
  const Convention& convention = types.convention(type);
  std::vector<bool> padding;
  for (const PassedWord& word : convention.words) padding.push_back(word.parameter == PassedWord::Padding);
  return runtime::signature_of(*convention.type, {}, padding);
}

}  // namespace

Result<void> check_externals(const ir::Module& module, std::span<const ir::FunctionId> functions,
                             runtime::Bodies& bodies) {
  if (runtime::registered_images().empty()) return {};
  std::optional<Types> types;
  for (const ir::FunctionId id : functions) {
    const ir::Function& function = module.functions[id];
    if (!(function.flags & ir::FunctionExtern)) continue;
    const std::string name(module.text(function.name));
    const std::optional<runtime::SymbolRef> symbol = runtime::find_symbol(name);
    if (!symbol || !(symbol->record().flags & runtime::Defined)) continue;
    if (symbol->record().kind == runtime::SymbolKind::Variable)
      return Error(ErrorKind::InvalidProgram,
                   "the runtime defines '@" + name + "' as a variable, the program declares it as a function",
                   module.place(function.location));
    INLAY_TRY(const std::optional<runtime::Signature> defined, runtime::runtime_signature(name, bodies));
    if (!defined) continue;
    if (!types) types.emplace(bodies.context(), module, Architecture::X86_64);
    if (can_call(declared_signature(*types, function.signature), *defined)) continue;
    return Error(ErrorKind::InvalidProgram,
                 "the runtime defines '@" + name + "' as " + defined->text + ", the program declares it as " +
                     module.to_string(function.signature),
                 module.place(function.location));
  }
  return {};
}

}  // namespace inlay::codegen

namespace inlay {

Result<void> check_externals(const ir::Module& module, std::span<const ir::FunctionId> functions) {
  runtime::Workspace workspace;
  return codegen::check_externals(module, functions, workspace.bodies);
}

}  // namespace inlay
