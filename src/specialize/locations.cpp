// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/locations.h"

#include <algorithm>

#include "runtime/names.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Module.h>

namespace inlay::specialize {

namespace {

/// Lists a compile unit in the module, where LLVM wants to find every one that its locations lead to.
void list_unit(llvm::Module& module, const llvm::DISubprogram* subprogram) {
  llvm::DICompileUnit* unit = subprogram ? subprogram->getUnit() : nullptr;
  if (!unit) return;
  llvm::NamedMDNode* units = module.getOrInsertNamedMetadata("llvm.dbg.cu");
  if (std::find(units->op_begin(), units->op_end(), unit) == units->op_end()) units->addOperand(unit);
}

/// The compile unit of scopes that no source has; one for each module.
llvm::DICompileUnit* artificial_unit(llvm::Module& module) {
  for (llvm::DICompileUnit* unit : module.debug_compile_units())
    if (unit->getFilename() == runtime::GuestScope) return unit;
  llvm::DIBuilder builder(module);
  llvm::DICompileUnit* unit = builder.createCompileUnit(
      llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C), builder.createFile(runtime::GuestScope, ""), "inlay",
      /*isOptimized=*/true, "", 0, "", llvm::DICompileUnit::LineTablesOnly);
  builder.finalize();
  return unit;
}

llvm::DISubprogram* artificial_scope(llvm::Module& module, llvm::DICompileUnit* unit, llvm::StringRef name) {
  llvm::DIBuilder builder(module, /*AllowUnresolved=*/true, unit);
  llvm::DISubprogram* scope = builder.createFunction(
      unit->getFile(), name, "", unit->getFile(), 0, builder.createSubroutineType(builder.getOrCreateTypeArray({})), 0,
      llvm::DINode::FlagArtificial,
      llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagLocalToUnit |
          llvm::DISubprogram::SPFlagOptimized);
  builder.finalizeSubprogram(scope);
  return scope;
}

/// The compile unit of the guest's functions; one for each module. Not only of line tables: so debuggers know where a
/// function is declared.
llvm::DICompileUnit* source_unit(llvm::Module& module) {
  for (llvm::DICompileUnit* unit : module.debug_compile_units())
    if (unit->getProducer() == runtime::GuestProducer) return unit;
  llvm::DIBuilder builder(module);
  llvm::DICompileUnit* unit = builder.createCompileUnit(
      llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C), builder.createFile("guest", ""), runtime::GuestProducer,
      /*isOptimized=*/true, "", 0, "", llvm::DICompileUnit::FullDebug);
  builder.finalize();
  return unit;
}

llvm::DISubprogram* source_scope(llvm::Module& module, const frozen::SourceFunction& function) {
  llvm::DICompileUnit* unit = source_unit(module);
  llvm::DIBuilder builder(module, /*AllowUnresolved=*/true, unit);
  llvm::DIFile* file = builder.createFile(function.file, "");
  llvm::DISubprogram* scope = builder.createFunction(
      file, function.name, "", file, function.line, builder.createSubroutineType(builder.getOrCreateTypeArray({})),
      function.line, llvm::DINode::FlagZero,
      llvm::DISubprogram::SPFlagDefinition | llvm::DISubprogram::SPFlagLocalToUnit |
          llvm::DISubprogram::SPFlagOptimized);
  builder.finalizeSubprogram(scope);
  return scope;
}

/// The scope of a place in a function of the guest.
llvm::DILocalScope* scope_at(const frozen::SourcePlace& place, llvm::DISubprogram* function) {
  if (!place.entry) return function;
  return llvm::DILexicalBlockFile::get(function->getContext(), function, function->getFile(),
                                       runtime::EntryDiscriminator);
}

/// Whether the outermost level of what lies in this scope is the guest's.
bool is_guests(const llvm::DISubprogram* scope) {
  return scope && (scope->getName() == runtime::GuestScope ||
                   (scope->getUnit() && scope->getUnit()->getProducer() == runtime::GuestProducer));
}

}  // namespace

Locations::Locations(const llvm::Function& original, llvm::Function& copy)
    : module_(*copy.getParent()), to_(original.getSubprogram() ? copy.getSubprogram() : nullptr) {
  // One that has the guest level already is copied as any other.
  if (!is_guests(copy.getSubprogram()) || is_guests(original.getSubprogram())) return;
  guest_ = copy.getSubprogram();
  enter_guest(runtime::NoGuest, nullptr);
}

void Locations::enter_guest(unsigned number, const frozen::SourcePlace* place) {
  if (!guest_) return;
  llvm::LLVMContext& context = guest_->getContext();
  const bool numbers = guest_->getName() == runtime::GuestScope;
  at_guest_ = llvm::DILocation::get(context, numbers ? number : 0, 0, guest_);
  cache_.clear();
  if (!place) return;
  const frozen::SourceFunction& function = *place->function;
  if (!numbers && guest_->getName() == function.name && guest_->getLine() == function.line &&
      guest_->getFilename() == function.file) {
    at_guest_ = llvm::DILocation::get(context, place->line, place->column, scope_at(*place, guest_));
    return;
  }
  llvm::DISubprogram* scope = guest_function(function);
  llvm::DILocation* around = numbers ? at_guest_ : llvm::DILocation::get(context, guest_->getLine(), 0, guest_);
  at_guest_ = llvm::DILocation::get(context, place->line, place->column, scope_at(*place, scope), around);
}

llvm::DISubprogram* Locations::guest_function(const frozen::SourceFunction& function) {
  llvm::DISubprogram*& scope = functions_[&function];
  if (!scope) scope = source_scope(module_, function);
  return scope;
}

llvm::DebugLoc Locations::map(const llvm::DebugLoc& location) {
  if (guest_) return location ? in_guest(location.get()) : at_guest_;
  // Without a scope of its own (the entry), a function holds locations of what was inlined into it, as they are.
  return !location || !to_ ? location : llvm::DebugLoc(in_copy(location.get()));
}

/// Locations that were inlined into the original keep their scopes; only the outermost level changes.
llvm::DILocation* Locations::in_copy(llvm::DILocation* location) {
  auto [slot, inserted] = cache_.try_emplace(location, nullptr);
  if (!inserted) return slot->second;
  llvm::LLVMContext& context = location->getContext();
  if (location->getInlinedAt()) list_unit(module_, location->getScope()->getSubprogram());
  llvm::DILocalScope* outermost = to_;
  if (auto* block = llvm::dyn_cast<llvm::DILexicalBlockFile>(location->getScope()); block && is_guests(to_))
    outermost = llvm::DILexicalBlockFile::get(context, to_, block->getFile(), block->getDiscriminator());
  llvm::DILocation* mapped =
      location->getInlinedAt() ? llvm::DILocation::getDistinct(context, location->getLine(), location->getColumn(),
                                                               location->getScope(), in_copy(location->getInlinedAt()))
                               : llvm::DILocation::get(context, location->getLine(), location->getColumn(), outermost);
  return cache_[location] = mapped;
}

/// All levels keep their scopes, and the outermost is now inlined at the guest's.
llvm::DILocation* Locations::in_guest(llvm::DILocation* location) {
  auto [slot, inserted] = cache_.try_emplace(location, nullptr);
  if (!inserted) return slot->second;
  list_unit(module_, location->getScope()->getSubprogram());
  llvm::DILocation* outer = location->getInlinedAt() ? in_guest(location->getInlinedAt()) : at_guest_;
  llvm::LLVMContext& context = location->getContext();
  llvm::DILocation* mapped =
      location->isDistinct()
          ? llvm::DILocation::getDistinct(context, location->getLine(), location->getColumn(), location->getScope(),
                                          outer)
          : llvm::DILocation::get(context, location->getLine(), location->getColumn(), location->getScope(), outer);
  return cache_[location] = mapped;
}

void copy_subprogram(const llvm::Function& original, llvm::Function& function) {
  llvm::DISubprogram* subprogram = original.getSubprogram();
  if (!subprogram) return;
  list_unit(*function.getParent(), subprogram);
  function.setSubprogram(llvm::MDNode::replaceWithDistinct(subprogram->clone()));
}

void give_guest_scope(llvm::Function& function) {
  llvm::Module& module = *function.getParent();
  function.setSubprogram(artificial_scope(module, artificial_unit(module), runtime::GuestScope));
}

void give_guest_function(llvm::Function& function, const frozen::SourceFunction& guest) {
  function.setSubprogram(source_scope(*function.getParent(), guest));
}

void give_artificial_scope(llvm::Function& function, llvm::StringRef name, bool beside_source) {
  if (function.getSubprogram()) return;
  llvm::Module& module = *function.getParent();
  llvm::DISubprogram* scope =
      artificial_scope(module, beside_source ? source_unit(module) : artificial_unit(module), name);
  function.setSubprogram(scope);
  const llvm::DebugLoc nowhere = llvm::DILocation::get(function.getContext(), 0, 0, scope);
  for (llvm::Instruction& inst : llvm::instructions(function)) inst.setDebugLoc(nowhere);
}

}  // namespace inlay::specialize
