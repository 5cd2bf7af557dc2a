// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/symbols.h"

#include <algorithm>

#include "codegen/lower/initializer.h"

#include <llvm/ADT/StringSet.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/RuntimeLibcalls.h>

namespace inlay::codegen {

namespace {

/// Whether LLVM would take a function of that name for the C library's.
bool is_library_name(llvm::StringRef name) {
  static const llvm::TargetLibraryInfoImpl library(llvm::Triple("x86_64-pc-linux-gnu"));
  llvm::LibFunc found;
  return library.getLibFunc(name, found);
}

}  // namespace

bool is_called_by_code(std::string_view name) {
  static const llvm::StringSet<> names = [] {
    llvm::StringSet<> all;
    for (llvm::RTLIB::LibcallImpl call : llvm::RTLIB::libcall_impls())
      all.insert(llvm::RTLIB::RuntimeLibcallsInfo::getLibcallImplName(call));
    return all;
  }();
  return names.contains(name) || is_library_name(name);
}

namespace {

std::string raw_name(const ir::Module& module, ir::StringId name, bool instance, bool own, auto id) {
  if (instance) return module.full_name(id);
  std::string text(module.text(name));
  if (own && is_called_by_code(text)) text += ir::OwnSuffix;
  return text;
}

}  // namespace

std::string symbol_name(const ir::Module& module, ir::FunctionId function) {
  const ir::Function& f = module.functions[function];
  return raw_name(module, f.name, static_cast<bool>(f.generic),
                  (f.flags & (ir::FunctionExported | ir::FunctionExtern)) == 0, function);
}

std::string symbol_name(const ir::Module& module, ir::DataId data) {
  const ir::Data& d = module.data[data];
  return raw_name(module, d.name, static_cast<bool>(d.generic), (d.flags & (ir::DataExported | ir::DataExtern)) == 0,
                  data);
}

std::string record_name(const ir::Module& module, ir::FunctionId function) {
  return std::string(RecordPrefix) + symbol_name(module, function);
}

Symbols::Symbols(llvm::Module& into, const ir::Module& module, const LowerJob& job, Types& types)
    : into_(into),
      module_(module),
      job_(job),
      types_(types),
      functions_(module.functions.count()),
      inline_copies_(job.independent ? module.functions.count() : 0),
      data_(module.data.count()),
      records_(module.functions.count()) {}

bool is_visible(const LowerJob& job, ir::Value symbol, bool exported) {
  if (job.visible.empty()) return exported;
  return std::find(job.visible.begin(), job.visible.end(), symbol) != job.visible.end();
}

/// C passes other vectors in its own way, by processor and by what that is said to have.
void Symbols::check_vectors(ir::FunctionId id) {
  constexpr std::uint32_t Passed = 16;  // bytes
  const ir::Function& f = module_.functions[id];
  const ir::Type& signature = module_.types[f.signature];
  std::vector<ir::TypeId> types{signature.element};
  for (std::uint32_t i = 0; i < signature.count; ++i) types.push_back(module_.parameter_type(f.signature, i));
  for (ir::TypeId type : types) {
    const ir::Type& t = module_.types[type];
    if (t.kind != ir::TypeKind::Vector || (t.size == Passed && job_.architecture != Architecture::RiscV64)) continue;
    fail(Error(ErrorKind::InvalidProgram,
               "the external function '@" + module_.full_name(id) + "' takes or gives a " + module_.to_string(type) +
                   ", which C passes in a way of its own; pass a pointer" +
                   (job_.architecture == Architecture::RiscV64 ? "" : ", or vectors of 16 bytes"),
               module_.place(f.location)));
    return;
  }
}

/// What is exported and yet not visible is the program's own: code must not call it for operations.
std::string Symbols::name_of(ir::Value symbol, std::string name, bool exported) const {
  if (exported && !job_.independent && !is_visible(job_, symbol, true) && is_called_by_code(name))
    name += ir::OwnSuffix;
  return name;
}

llvm::Function* Symbols::declare(ir::FunctionId id) {
  const ir::Function& f = module_.functions[id];
  const Convention& convention = types_.convention(f.signature);
  const std::string name = name_of(id, symbol_name(module_, id), f.flags & ir::FunctionExported);
  if (llvm::GlobalValue* there = into_.getNamedValue(name)) {
    if (auto* function = llvm::dyn_cast<llvm::Function>(there)) return function;
    fail(Error(ErrorKind::InvalidProgram, "'@" + name + "' is a function here and data elsewhere; rename one",
               module_.place(f.location)));
  }
  llvm::Function* function = llvm::Function::Create(convention.type, llvm::GlobalValue::ExternalLinkage, name, &into_);
  function->setAttributes(convention.attributes);
  if (f.flags & ir::FunctionExtern) {
    check_vectors(id);
    return function;
  }
  if (is_library_name(name)) {  // it is the program's own, whatever the C library's does
    function->addFnAttr("no-builtins");
    function->addFnAttr(llvm::Attribute::NoBuiltin);
  }
  if (job_.independent) {
    function->setDSOLocal(true);
    if (!is_visible(job_, id, f.flags & ir::FunctionExported))
      function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
  // Callers see it whether or not the body is beside them; their fingerprints know it.
  if (f.flags & ir::FunctionCold) function->addFnAttr(llvm::Attribute::Cold);
  return function;
}

llvm::Function* Symbols::callee(ir::FunctionId id) {
  if (!job_.independent || inlining(id) != ir::Inlining::Always) return function(id);
  llvm::Function*& copy = inline_copies_[id.value];
  if (copy) return copy;
  const Convention& convention = types_.convention(module_.functions[id].signature);
  copy = llvm::Function::Create(convention.type, llvm::GlobalValue::InternalLinkage,
                                std::string(ir::InlinePrefix) + symbol_name(module_, id), &into_);
  copy->setAttributes(convention.attributes);
  copy->addFnAttr(llvm::Attribute::AlwaysInline);
  if (module_.functions[id].flags & ir::FunctionCold) copy->addFnAttr(llvm::Attribute::Cold);
  wanted_.push_back(id);
  return copy;
}

void Symbols::prepare_definition(ir::FunctionId id, llvm::Function& function) {
  const ir::Function& f = module_.functions[id];
  const bool inline_copy = function.hasLocalLinkage();
  if (!inline_copy) {
    if (job_.independent)
      function.setLinkage(llvm::GlobalValue::WeakAnyLinkage);
    else if (!is_visible(job_, id, f.flags & ir::FunctionExported))
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
  function.setUWTableKind(llvm::UWTableKind::Async);
  if (job_.frame_pointers) function.addFnAttr("frame-pointer", "all");
  if (inline_copy) return;
  if (inlining(id) == ir::Inlining::Never || f.flags & ir::FunctionNoInline)
    function.addFnAttr(llvm::Attribute::NoInline);
  else if (inlining(id) == ir::Inlining::Always && !job_.independent)
    function.addFnAttr(llvm::Attribute::AlwaysInline);
  else if (f.flags & ir::FunctionInline)
    function.addFnAttr(llvm::Attribute::InlineHint);
}

llvm::FunctionCallee Symbols::trap() {
  if (trap_) return trap_;
  llvm::Type* word = types_.word();
  trap_ = into_.getOrInsertFunction(TrapName, llvm::Type::getVoidTy(into_.getContext()), types_.pointer(), word, word);
  // It may throw: whoever calls the program may catch that.
  if (auto* function = llvm::dyn_cast<llvm::Function>(trap_.getCallee())) {
    function->addFnAttr(llvm::Attribute::NoReturn);
    function->addFnAttr(llvm::Attribute::Cold);
  }
  return trap_;
}

llvm::Constant* Symbols::constant(ir::Value symbol) {
  if (symbol.is_function()) return function(symbol.function());
  return data(symbol.data());
}

llvm::GlobalVariable* Symbols::declare_object(const std::string& name, llvm::Type* type) {
  return new llvm::GlobalVariable(into_, type, /*isConstant=*/false, llvm::GlobalValue::ExternalLinkage, nullptr, name);
}

/// Independent code declares objects as what it knows of them: nothing.
llvm::GlobalVariable* Symbols::with_type(llvm::GlobalVariable* object, llvm::Type* type) {
  if (object->getValueType() == type) return object;
  llvm::GlobalVariable* other = declare_object("", type);
  other->copyAttributesFrom(object);
  object->replaceAllUsesWith(other);
  other->takeName(object);
  object->eraseFromParent();
  return other;
}

llvm::GlobalVariable* Symbols::declare(ir::DataId id) {
  const ir::Data& d = module_.data[id];
  const std::string name = name_of(id, symbol_name(module_, id), d.flags & ir::DataExported);
  if (llvm::GlobalValue* there = into_.getNamedValue(name)) {
    if (auto* object = llvm::dyn_cast<llvm::GlobalVariable>(there)) return object;
    fail(Error(ErrorKind::InvalidProgram, "'@" + name + "' is data here and a function elsewhere; rename one",
               module_.place(d.location)));
  }
  // What others say about an object is not known to independent code.
  const bool known = !job_.independent && d.flags & ir::DataDefined;
  llvm::GlobalVariable* object = declare_object(name, known ? initializer_type(module_, d, types_) : types_.byte());
  if (d.flags & ir::DataExtern) {
    object->setConstant(!(d.flags & ir::DataMutable));
  } else if (job_.independent) {
    object->setDSOLocal(true);
    if (!is_visible(job_, id, d.flags & ir::DataExported)) object->setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
  return object;
}

void Symbols::define(ir::DataId id) {
  const ir::Data& d = module_.data[id];
  llvm::GlobalVariable* object = data(id);
  if (error_ || !object->isDeclaration()) return;
  Result<llvm::Constant*> value = initializer(module_, d, types_, *this);
  if (!value) return fail(std::move(value).error());
  object = data_[id.value] = with_type(object, (*value)->getType());
  object->setInitializer(*value);
  object->setConstant(!(d.flags & ir::DataMutable));
  object->setAlignment(d.flags & ir::DataTable || !d.type ? llvm::Align(8) : types_.alignment(d.type));
  if (job_.independent)
    object->setLinkage(llvm::GlobalValue::WeakAnyLinkage);
  else if (!is_visible(job_, id, d.flags & ir::DataExported))
    object->setLinkage(llvm::GlobalValue::InternalLinkage);
}

llvm::GlobalVariable* Symbols::record(ir::FunctionId id) {
  llvm::GlobalVariable*& known = records_[id.value];
  if (known) return known;
  const std::string name = record_name(module_, id);
  known = into_.getGlobalVariable(name, /*AllowInternal=*/true);
  if (known) return known;
  known = declare_object(name, job_.independent ? types_.byte() : record_type(module_, id, types_));
  known->setVisibility(llvm::GlobalValue::HiddenVisibility);
  known->setDSOLocal(true);
  return known;
}

void Symbols::define_record(ir::FunctionId id) {
  llvm::GlobalVariable* object = record(id);
  if (!object->isDeclaration()) return;
  object = records_[id.value] = with_type(object, record_type(module_, id, types_));
  object->setInitializer(record_initializer(module_, id, types_, *object));
  object->setConstant(true);
  object->setAlignment(llvm::Align(8));
  if (!job_.independent) {
    object->setVisibility(llvm::GlobalValue::DefaultVisibility);
    object->setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

void Symbols::define_wanted_records() {
  for (std::uint32_t i = 1; i < records_.size(); ++i)
    if (records_[i]) define_record(ir::FunctionId{i});
}

}  // namespace inlay::codegen
