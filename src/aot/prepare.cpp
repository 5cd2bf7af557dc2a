// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/prepare.h"

#include <algorithm>

#include "aot/carry.h"
#include "codegen/join.h"
#include "codegen/pipeline.h"
#include "runtime/unit.h"

#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace inlay::aot {

namespace {

/// Bodies that were offered to the inliner of this process are needed for good now: joining brings them again.
void withdraw_offers(llvm::Module& module) {
  for (llvm::Function& function : module)
    if (function.hasAvailableExternallyLinkage()) function.deleteBody();
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (!variable.hasAvailableExternallyLinkage()) continue;
    variable.setInitializer(nullptr);
    variable.setLinkage(llvm::GlobalValue::ExternalLinkage);
  }
}

/// The entry of that name, declared if it is a runtime's; null if there is none.
Result<llvm::GlobalValue*> find_entry(llvm::Module& module, runtime::Bodies& bodies, const std::string& name) {
  llvm::GlobalValue* known = module.getNamedValue(name);
  if (known && !known->isDeclaration()) return known;
  INLAY_TRY(llvm::Function * function, bodies.function(name));
  if (function) return runtime::declare_in(module, *function);
  INLAY_TRY(llvm::GlobalVariable * variable, bodies.variable(name));
  if (variable) return runtime::declare_in(module, *variable);
  return Error(ErrorKind::NotFound, "neither the unit '" + module.getName().str() + "' nor a runtime defines '" + name +
                                        "'; name an entry that one of them does");
}

std::vector<std::string> own_entries(const llvm::Module& module) {
  std::vector<std::string> names;
  for (const llvm::GlobalValue& global : module.global_values())
    if (!global.isDeclarationForLinker() && !global.hasLocalLinkage() && !global.getName().starts_with("llvm."))
      names.push_back(global.getName().str());
  return names;
}

bool is_entry(const std::vector<std::string>& entries, llvm::StringRef name) {
  return std::binary_search(entries.begin(), entries.end(), name.str());
}

/// Entries are visible under their names, everything else is local.
void set_visibility(llvm::Module& module, const std::vector<std::string>& entries) {
  for (llvm::GlobalValue& global : module.global_values()) {
    if (global.isDeclaration() || global.getName().starts_with("llvm.")) continue;
    bool entry = is_entry(entries, global.getName());
    global.setLinkage(entry ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage);
    global.setVisibility(llvm::GlobalValue::DefaultVisibility);
    if (!entry) global.setDSOLocal(true);
    if (auto* object = llvm::dyn_cast<llvm::GlobalObject>(&global)) object->setComdat(nullptr);
  }
}

}  // namespace

Result<Prepared> prepare(Unit& unit, std::vector<std::string> entries, const Options& options) {
  INLAY_TRY_VOID(codegen::check(*unit.state().module));
  INLAY_TRY(codegen::Machine * machine,
            codegen::machine_of_thread(options.native ? codegen::Cpu::Host : codegen::Cpu::Portable));
  std::unique_ptr<llvm::Module> module = llvm::CloneModule(*unit.state().module);
  runtime::Bodies& bodies = unit.state().workspace->bodies;

  withdraw_offers(*module);
  if (entries.empty()) entries = own_entries(*module);
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  for (const std::string& name : entries) {
    INLAY_TRY(llvm::GlobalValue * entry, find_entry(*module, bodies, name));
    if (!entry->isDeclaration()) continue;
    if (!options.carry_runtimes)
      return Error(ErrorKind::InvalidArgument,
                   "'" + name + "' is a runtime's, and the file does not carry the runtimes; name entries of the unit");
    INLAY_TRY(bool defined, bodies.define(*entry, llvm::GlobalValue::ExternalLinkage));
    if (!defined) return Error(ErrorKind::NotFound, "the runtime's body of '" + name + "' cannot be used here");
  }
  set_visibility(*module, entries);

  // Bodies mention frozen data, frozen data mentions bodies: until neither brings anything new.
  Carrier carrier(*module, bodies);
  for (bool more = true; more;) {
    const auto how = options.carry_runtimes ? codegen::Joined::Carried : codegen::Joined::Here;
    INLAY_TRY(codegen::JoinReport joined, codegen::join(*module, bodies, {.joined = how}));
    codegen::remove_unused(*module, *machine);
    INLAY_TRY(more, carrier.carry());
  }
  if (options.notes) options.notes->insert(options.notes->end(), carrier.notes().begin(), carrier.notes().end());

  // Beyond this point, nothing is added.
  codegen::optimize(*module, *machine, options.level);
  INLAY_TRY(codegen::Object object, codegen::emit(*module, *machine, options.level));
  return Prepared{std::move(object), std::move(entries)};
}

}  // namespace inlay::aot
