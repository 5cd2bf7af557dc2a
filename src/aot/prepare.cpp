// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/prepare.h"

#include <algorithm>

#include "aot/carry.h"
#include "aot/order.h"
#include "aot/trap.h"
#include "codegen/diagnostics.h"
#include "codegen/disassemble.h"
#include "codegen/join.h"
#include "codegen/lower/lower.h"
#include "codegen/pipeline.h"
#include "ir/symbol_names.h"
#include "runtime/unit.h"

#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/Module.h>
#include <llvm/Object/ModuleSymbolTable.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace inlay::aot {

namespace {

/// Assembly in a module is text to LLVM; these are the names in it.
struct AssemblySymbols {
  std::vector<std::string> defined;    // for others
  std::vector<std::string> local;      // defined, for nobody but this module
  std::vector<std::string> mentioned;  // and not defined there

  static bool contains(const std::vector<std::string>& names, llvm::StringRef name) {
    return std::ranges::find(names, name) != names.end();
  }
};

Result<AssemblySymbols> assembly_symbols(const llvm::Module& module) {
  AssemblySymbols found;
  const std::optional<Architecture> architecture = codegen::architecture_of(module);
  if (module.getModuleInlineAsm().empty() || !architecture) return found;
  (void)codegen::backend_of(*architecture);  // its reader of assembly
  codegen::Diagnostics diagnostics(module.getContext());
  using Symbol = llvm::object::BasicSymbolRef;
  llvm::ModuleSymbolTable::CollectAsmSymbols(module, [&](llvm::StringRef name, Symbol::Flags flags) {
    if (flags & Symbol::SF_Undefined)
      found.mentioned.push_back(name.str());
    else if (flags & Symbol::SF_Global)
      found.defined.push_back(name.str());
    else
      found.local.push_back(name.str());
  });
  if (diagnostics.failed())
    return diagnostics.take(ErrorKind::Codegen).with_note("in the assembly of '" + module.getName().str() + "'");
  return found;
}

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

/// The entry of that name, declared if it is a runtime's.
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

std::vector<std::string> own_entries(const llvm::Module& module, const AssemblySymbols& assembly) {
  std::vector<std::string> names;
  for (const llvm::GlobalValue& global : module.global_values())
    if (!global.isDeclarationForLinker() && !global.hasLocalLinkage() && !global.getName().starts_with("llvm."))
      names.push_back(global.getName().str());
  names.insert(names.end(), assembly.defined.begin(), assembly.defined.end());
  return names;
}

bool is_entry(const std::vector<std::string>& entries, llvm::StringRef name) {
  return std::binary_search(entries.begin(), entries.end(), name.str());
}

/// Entries are visible under their names, what assembly mentions is within the file, everything else is local.
void set_visibility(llvm::Module& module, const std::vector<std::string>& entries, const AssemblySymbols& assembly) {
  for (llvm::GlobalValue& global : module.global_values()) {
    if (global.isDeclaration() || global.getName().starts_with("llvm.")) continue;
    bool entry = is_entry(entries, global.getName());
    bool mentioned = !entry && AssemblySymbols::contains(assembly.mentioned, global.getName());
    global.setLinkage(entry || mentioned ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage);
    global.setVisibility(mentioned ? llvm::GlobalValue::HiddenVisibility : llvm::GlobalValue::DefaultVisibility);
    if (!entry) global.setDSOLocal(true);
    // Otherwise calls for operations would find it, rather than what does them.
    if (!entry && !mentioned && codegen::is_called_by_code(global.getName()))
      global.setName(global.getName() + ir::OwnSuffix);
    if (auto* object = llvm::dyn_cast<llvm::GlobalObject>(&global)) object->setComdat(nullptr);
  }
}

/// Whether the unit was made for that architecture.
Result<void> check_architecture(const llvm::Module& module, Architecture architecture) {
  if (codegen::architecture_of(module) == architecture) return {};
  return Error(ErrorKind::InvalidArgument, "the unit '" + module.getName().str() + "' was made for " +
                                               module.getTargetTriple().getArchName().str() + ", not for " +
                                               std::string(to_string(architecture)) + "; make it for that");
}

/// Runtimes are embedded as code for x86-64.
Result<void> refuse_runtimes(const llvm::Module& module, Architecture architecture) {
  for (const llvm::GlobalValue& global : module.global_values()) {
    if (!global.isDeclaration() || global.use_empty() || global.getName().starts_with("llvm.")) continue;
    std::optional<runtime::SymbolRef> symbol = runtime::find_symbol(std::string_view(global.getName()));
    if (symbol && (symbol->record().flags & runtime::Defined))
      return Error(ErrorKind::NotCarried,
                   "'" + global.getName().str() + "' is a runtime's, which is code for x86_64; " +
                       std::string(to_string(architecture)) + " needs a definition in the program or in a library");
  }
  return {};
}

std::string text_of(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

/// A program without a C library has nobody who would unwind it: the tables are for debuggers.
void drop_unwind_tables(llvm::Module& module) {
  module.setUwtable(llvm::UWTableKind::None);
  for (llvm::Function& function : module) {
    function.removeFnAttr(llvm::Attribute::UWTable);
    if (!function.isDeclaration()) function.setDoesNotThrow();
  }
  std::string assembly;
  for (llvm::StringRef rest = module.getModuleInlineAsm(); !rest.empty();) {
    auto [line, behind] = rest.split('\n');
    if (!line.trim().starts_with(".cfi_")) assembly += line.str() + '\n';
    rest = behind;
  }
  module.setModuleInlineAsm(assembly);
}

/// Joins what the module reaches: bodies mention frozen data, frozen data mentions bodies, until neither brings
/// anything new.
Result<void> join_all(llvm::Module& module, codegen::Machine& machine, runtime::Bodies& bodies,
                      const Options& options) {
  if (options.architecture != Architecture::X86_64) return refuse_runtimes(module, options.architecture);
  Carrier carrier(module, bodies);
  for (bool more = true; more;) {
    const auto how = options.carry_runtimes ? codegen::Joined::Carried : codegen::Joined::Here;
    INLAY_TRY(codegen::JoinReport joined, codegen::join(module, bodies, {.joined = how}));
    codegen::remove_unused(module, machine);
    INLAY_TRY(more, carrier.carry());
  }
  if (options.notes) options.notes->insert(options.notes->end(), carrier.notes().begin(), carrier.notes().end());
  return {};
}

}  // namespace

Result<bool> defines(const llvm::Module& module, const std::string& name) {
  const llvm::GlobalValue* global = module.getNamedValue(name);
  if (global && !global->isDeclarationForLinker()) return true;
  INLAY_TRY(const AssemblySymbols assembly, assembly_symbols(module));
  return AssemblySymbols::contains(assembly.defined, name);
}

Result<bool> needs_libraries(const llvm::Module& module) {
  INLAY_TRY(const AssemblySymbols assembly, assembly_symbols(module));
  const auto is_here = [&](llvm::StringRef name) {
    return name.starts_with("llvm.") || name == llvm::StringRef(codegen::TrapName) ||
           AssemblySymbols::contains(assembly.defined, name) || AssemblySymbols::contains(assembly.local, name);
  };
  for (const llvm::GlobalValue& global : module.global_values())
    if (global.isDeclaration() && !is_here(global.getName())) return true;
  for (const std::string& name : assembly.mentioned) {
    const llvm::GlobalValue* global = module.getNamedValue(name);
    if (!is_here(name) && (!global || global->isDeclaration())) return true;
  }
  return false;
}

Result<Prepared> prepare(Unit& unit, std::vector<std::string> entries, const Options& options,
                         codegen::Position position) {
  StageClock clock(options.stages);
  const bool used_up = unit.state().used_up;
  if (!used_up) INLAY_TRY_VOID(codegen::check(*unit.state().module));
  INLAY_TRY_VOID(check_architecture(*unit.state().module, options.architecture));
  Profile profile;
  if (!options.profile.empty()) {
    INLAY_TRY(profile, read_profile(options.profile));
  }
  INLAY_TRY(codegen::Machine * machine,
            codegen::machine_of_thread({.cpu = options.native ? codegen::Cpu::Host : codegen::Cpu::Portable,
                                        .architecture = options.architecture,
                                        .position = position}));
  const std::unique_ptr<llvm::Module> copy = used_up ? nullptr : llvm::CloneModule(*unit.state().module);
  llvm::Module* const module = used_up ? unit.state().module.get() : copy.get();
  runtime::Bodies& bodies = unit.state().workspace->bodies;

  withdraw_offers(*module);
  INLAY_TRY(const AssemblySymbols assembly, assembly_symbols(*module));
  if (entries.empty()) entries = own_entries(*module, assembly);
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  for (const std::string& name : entries) {
    if (AssemblySymbols::contains(assembly.defined, name)) continue;
    INLAY_TRY(llvm::GlobalValue * entry, find_entry(*module, bodies, name));
    if (!entry->isDeclaration()) continue;
    if (!options.carry_runtimes)
      return Error(ErrorKind::InvalidArgument,
                   "'" + name + "' is a runtime's, and the file does not carry the runtimes; name entries of the unit");
    INLAY_TRY(bool defined, bodies.define(*entry, llvm::GlobalValue::ExternalLinkage));
    if (!defined) return Error(ErrorKind::NotFound, "the runtime's body of '" + name + "' cannot be used here");
  }
  set_visibility(*module, entries, assembly);
  Traps traps(*module);
  INLAY_TRY_VOID(join_all(*module, *machine, bodies, options));

  INLAY_TRY_VOID(traps.join(*module, options.architecture));
  if (!options.debug) llvm::StripDebugInfo(*module);  // what traps tell of it, they know by now

  // Beyond this point, nothing is added but tables.
  clock.done("join", [&] { return text_of(*module); });
  if (options.freestanding && options.strip) drop_unwind_tables(*module);
  apply_profile(*module, profile);
  codegen::optimize(*module, *machine, options.level);
  order_functions(*module, profile);
  traps.add_table(*module);
  order_data(*module);
  const bool initializers = module->getNamedGlobal("llvm.global_ctors") != nullptr;
  clock.done("optimize", [&] { return text_of(*module); });
  INLAY_TRY(codegen::Object object, codegen::emit(*module, *machine, options.level));
  clock.done("emit", [&] { return codegen::disassemble(*machine, *object.bytes); });
  return Prepared{std::move(object), std::move(entries), initializers};
}

}  // namespace inlay::aot
