// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/bodies.h"

#include "runtime/llvm_errors.h"
#include "runtime/markers.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace inlay::runtime {

Result<llvm::Module*> Bodies::chunk_of(const SymbolRef& symbol) {
  std::unique_ptr<llvm::Module>& slot = chunks_[{symbol.image, symbol.record().chunk}];
  if (!slot) {
    INLAY_TRY(std::span<const std::byte> bytes, symbol.image->chunk(symbol.record().chunk));
    llvm::MemoryBufferRef buffer(llvm::StringRef(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                                 "runtime chunk");
    llvm::Expected<std::unique_ptr<llvm::Module>> module = llvm::getLazyBitcodeModule(buffer, context_);
    if (!module) return from_llvm(module.takeError(), ErrorKind::InvalidBitcode);
    slot = std::move(*module);
  }
  return slot.get();
}

Result<llvm::Function*> Bodies::declaration(const SymbolRef& symbol) {
  INLAY_TRY(llvm::Module * chunk, chunk_of(symbol));
  llvm::Function* function = chunk->getFunction(llvm::StringRef(symbol.name()));
  if (function) return function;
  return Error(ErrorKind::DamagedImage, "the chunk of '" + std::string(symbol.name()) + "' does not hold it");
}

Result<llvm::Function*> Bodies::function(std::string_view name) {
  std::optional<SymbolRef> symbol = find_symbol(name);
  if (!symbol || !(symbol->record().flags & Defined) || symbol->record().kind != SymbolKind::Function ||
      symbol->ambiguous)
    return static_cast<llvm::Function*>(nullptr);
  INLAY_TRY(llvm::Function * function, declaration(*symbol));
  const bool is_new = function->isMaterializable();
  if (llvm::Error error = function->materialize()) return from_llvm(std::move(error), ErrorKind::InvalidBitcode);
  if (is_new) answer_compiled(*function, true);
  return function->isDeclaration() ? nullptr : function;
}

Result<llvm::GlobalVariable*> Bodies::variable(std::string_view name) {
  std::optional<SymbolRef> symbol = find_symbol(name);
  if (!symbol || !(symbol->record().flags & Defined) || symbol->record().kind != SymbolKind::Variable ||
      symbol->ambiguous)
    return static_cast<llvm::GlobalVariable*>(nullptr);
  INLAY_TRY(llvm::Module * chunk, chunk_of(*symbol));
  llvm::GlobalVariable* variable = chunk->getGlobalVariable(llvm::StringRef(name), /*AllowInternal=*/true);
  if (!variable || !variable->hasInitializer())
    return Error(ErrorKind::DamagedImage, "the chunk of '" + std::string(name) + "' does not hold it");
  return variable;
}

llvm::GlobalValue* declare_in(llvm::Module& module, const llvm::GlobalValue& original) {
  if (llvm::GlobalValue* existing = module.getNamedValue(original.getName())) return existing;
  if (const auto* function = llvm::dyn_cast<llvm::Function>(&original)) {
    llvm::Function* declared = llvm::Function::Create(function->getFunctionType(), llvm::GlobalValue::ExternalLinkage,
                                                      function->getAddressSpace(), function->getName(), &module);
    declared->setCallingConv(function->getCallingConv());
    declared->setAttributes(function->getAttributes());
    return declared;
  }
  const auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(&original);
  auto* declared = new llvm::GlobalVariable(module, original.getValueType(), variable && variable->isConstant(),
                                            llvm::GlobalValue::ExternalLinkage,
                                            /*Initializer=*/nullptr, original.getName(), /*InsertBefore=*/nullptr,
                                            original.getThreadLocalMode(), original.getAddressSpace());
  if (variable) declared->setAlignment(variable->getAlign());
  return declared;
}

namespace {

/// Declares in one module whatever global a body copied from another one mentions.
class Declarer : public llvm::ValueMaterializer {
 public:
  explicit Declarer(llvm::Module& module) : module_(module) {}
  llvm::Value* materialize(llvm::Value* value) override {
    auto* global = llvm::dyn_cast<llvm::GlobalValue>(value);
    return global && global->getParent() != &module_ ? declare_in(module_, *global) : nullptr;
  }

 private:
  llvm::Module& module_;
};

void copy_body(llvm::Function& into, const llvm::Function& from, llvm::ValueToValueMapTy& map, Declarer& declarer) {
  auto argument = into.arg_begin();
  for (const llvm::Argument& original : from.args()) {
    argument->setName(original.getName());
    map[&original] = &*argument++;
  }
  map[&from] = &into;
  llvm::SmallVector<llvm::ReturnInst*, 4> returns;
  llvm::CloneFunctionInto(&into, &from, map, llvm::CloneFunctionChangeType::DifferentModule, returns, "", nullptr,
                          nullptr, &declarer);
  into.setComdat(nullptr);
  // Where the original was hidden in its library, the copy is elsewhere, and out of reach of a relative address.
  into.setVisibility(llvm::GlobalValue::DefaultVisibility);
  into.setDSOLocal(false);
}

}  // namespace

llvm::Constant* map_constant(llvm::Module& module, llvm::Constant* constant) {
  Declarer declarer(module);
  llvm::ValueToValueMapTy map;
  return llvm::MapValue(constant, map, llvm::RF_None, nullptr, &declarer);
}

void copy_body(llvm::Function& into, const llvm::Function& from) {
  Declarer declarer(*into.getParent());
  llvm::ValueToValueMapTy map;
  copy_body(into, from, map, declarer);
}

void copy_definitions(llvm::Module& module, llvm::ArrayRef<llvm::Function*> functions,
                      llvm::ArrayRef<llvm::GlobalVariable*> variables) {
  Declarer declarer(module);
  llvm::ValueToValueMapTy map;
  for (llvm::GlobalVariable* from : variables) map[from] = module.getNamedValue(from->getName());
  for (llvm::Function* from : functions) map[from] = module.getNamedValue(from->getName());
  for (llvm::Function* from : functions) copy_body(*module.getFunction(from->getName()), *from, map, declarer);
  for (llvm::GlobalVariable* from : variables) {
    auto* into = llvm::cast<llvm::GlobalVariable>(map.lookup(from));
    into->setInitializer(llvm::MapValue(from->getInitializer(), map, llvm::RF_None, nullptr, &declarer));
  }
}

Result<bool> Bodies::define(llvm::GlobalValue& declaration, llvm::GlobalValue::LinkageTypes linkage) {
  std::string name = declaration.getName().str();
  if (auto* into = llvm::dyn_cast<llvm::Function>(&declaration)) {
    INLAY_TRY(llvm::Function * from, function(name));
    if (!from || from->getFunctionType() != into->getFunctionType()) return false;
    copy_body(*into, *from);
    strip_markers(*into);  // only the evaluator understands them
    into->setLinkage(linkage);
    return true;
  }
  auto* into = llvm::dyn_cast<llvm::GlobalVariable>(&declaration);
  if (!into) return false;
  INLAY_TRY(llvm::GlobalVariable * from, variable(name));
  if (!from) return false;
  if (from->getValueType() != into->getValueType()) {  // declared with another type, as `extern` arrays are
    auto* typed = new llvm::GlobalVariable(*into->getParent(), from->getValueType(), from->isConstant(),
                                           llvm::GlobalValue::ExternalLinkage, nullptr, "", into,
                                           from->getThreadLocalMode(), from->getAddressSpace());
    into->replaceAllUsesWith(typed);
    typed->takeName(into);
    into->eraseFromParent();
    into = typed;
  }
  Declarer declarer(*into->getParent());
  llvm::ValueToValueMapTy map;
  map[from] = into;
  into->setInitializer(llvm::MapValue(from->getInitializer(), map, llvm::RF_None, nullptr, &declarer));
  into->setConstant(from->isConstant());
  into->setAlignment(from->getAlign());
  into->setLinkage(linkage);
  return true;
}

}  // namespace inlay::runtime
