// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table is made after optimizing, of the functions that are left then: before, it would keep alive what was inlined
// everywhere. It holds distances instead of addresses, so that nobody has to fill it in when the file is loaded. Sizes
// of functions are not known where it is made; instead, functions without a byte stand where code ends, so that what
// was linked behind it is not taken for the last function.
#include "aot/trap.h"

#include <set>

#include "aot/support.h"
#include "inlay/ir/layout.h"
#include "ir/symbol_names.h"

#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Linker/Linker.h>

namespace inlay::aot {

namespace {

using ir::RecordPrefix;
using ir::TrapName;
constexpr const char* ColdSection = ".text.unlikely.";

/// Joins the module with the support's, of which nothing is seen from outside.
Result<void> link_support(llvm::Module& module, Architecture architecture) {
  INLAY_TRY(llvm::MemoryBufferRef bitcode, trap_bitcode(architecture));
  llvm::Expected<std::unique_ptr<llvm::Module>> support = llvm::parseBitcodeFile(bitcode, module.getContext());
  if (!support) return Error(ErrorKind::Codegen, "the support code cannot be read: " + toString(support.takeError()));
  (*support)->setDataLayout(module.getDataLayout());
  (*support)->setTargetTriple(module.getTargetTriple());
  std::set<std::string> names;
  for (const llvm::GlobalValue& global : (*support)->global_values())
    if (!global.isDeclaration() && !global.hasLocalLinkage()) names.insert(global.getName().str());
  if (llvm::Linker::linkModules(module, std::move(*support)))
    return Error(ErrorKind::Codegen, "the unit '" + module.getName().str() +
                                         "' defines names of the support code; names that begin with " +
                                         "'inlay.' or 'inlay_' are taken");
  for (const std::string& name : names) {
    llvm::GlobalValue* global = module.getNamedValue(name);
    global->setLinkage(llvm::GlobalValue::InternalLinkage);
    global->setVisibility(llvm::GlobalValue::DefaultVisibility);
    global->setDSOLocal(true);
  }
  for (const char* name : {FunctionTableName, FunctionCountName})
    if (llvm::GlobalVariable* table = module.getNamedGlobal(name)) {
      table->setVisibility(llvm::GlobalValue::HiddenVisibility);
      table->setDSOLocal(true);
    }
  return {};
}

/// The text that a constant points to, up to its 0; empty if that is none.
std::string text_at(llvm::Constant* pointer, const llvm::DataLayout& layout) {
  llvm::APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
  auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(
      pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true));
  if (!variable || !variable->hasInitializer()) return "";
  llvm::Type* byte = llvm::Type::getInt8Ty(pointer->getContext());
  const std::uint64_t size = layout.getTypeAllocSize(variable->getValueType());
  std::string text;
  for (; offset.ult(size); ++offset) {
    auto* c = llvm::dyn_cast_or_null<llvm::ConstantInt>(
        llvm::ConstantFoldLoadFromConst(variable->getInitializer(), byte, offset, layout));
    if (!c || c->isZero()) break;
    text += static_cast<char>(c->getZExtValue());
  }
  return text;
}

/// How far `to` lies from `from`, in 32 bits.
llvm::Constant* distance(llvm::Constant* to, llvm::Constant* from) {
  llvm::Type* word = llvm::Type::getInt64Ty(to->getContext());
  return llvm::ConstantExpr::getTrunc(llvm::ConstantExpr::getSub(llvm::ConstantExpr::getPtrToInt(to, word),
                                                                 llvm::ConstantExpr::getPtrToInt(from, word)),
                                      llvm::Type::getInt32Ty(to->getContext()));
}

/// The function as this file has it: one that is seen from outside may have another one in its place, of which nobody
/// knows yet how far away it is.
llvm::Constant* as_it_is_here(llvm::Function& function) {
  if (function.hasLocalLinkage()) return &function;
  return llvm::GlobalAlias::create(function.getValueType(), function.getAddressSpace(),
                                   llvm::GlobalValue::InternalLinkage, function.getName() + ".here", &function);
}

/// A function without a byte, where a section's code ends.
llvm::Function* add_end(llvm::Module& module, const std::string& section) {
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(module.getContext()), false);
  llvm::Function* end = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, EndOfCodeName, &module);
  end->addFnAttr(llvm::Attribute::Naked);
  end->addFnAttr(llvm::Attribute::NoUnwind);
  end->setAlignment(llvm::Align(1));
  if (!section.empty()) end->setSection(section);
  llvm::IRBuilder<>(llvm::BasicBlock::Create(module.getContext(), "", end)).CreateUnreachable();
  return end;
}

/// Texts of records, each once.
class Texts {
 public:
  explicit Texts(llvm::Module& module) : module_(module) {}
  llvm::Constant* operator()(const std::string& text) {
    llvm::GlobalVariable*& variable = known_[text];
    if (variable) return variable;
    llvm::Constant* bytes = llvm::ConstantDataArray::getString(module_.getContext(), text);
    variable = new llvm::GlobalVariable(module_, bytes->getType(), true, llvm::GlobalValue::PrivateLinkage, bytes);
    return variable;
  }

 private:
  llvm::Module& module_;
  std::map<std::string, llvm::GlobalVariable*> known_;
};

/// Replaces a declaration that the support code refers to.
void define(llvm::Module& module, const char* name, llvm::GlobalVariable* definition) {
  llvm::GlobalVariable* declaration = module.getNamedGlobal(name);
  if (!declaration) {
    definition->eraseFromParent();
    return;
  }
  declaration->replaceAllUsesWith(definition);
  definition->takeName(declaration);
  declaration->eraseFromParent();
}

}  // namespace

Traps::Traps(const llvm::Module& module) {
  for (const llvm::GlobalVariable& record : module.globals()) {
    if (!record.hasInitializer() || !record.getName().starts_with(RecordPrefix)) continue;
    const auto* fields = llvm::dyn_cast<llvm::ConstantStruct>(record.getInitializer());
    if (!fields || fields->getNumOperands() < 3) continue;
    const auto* line = llvm::dyn_cast<llvm::ConstantInt>(fields->getOperand(2));
    origins_[record.getName().drop_front(RecordPrefix.size()).str()] = {
        text_at(fields->getOperand(1), module.getDataLayout()), line ? static_cast<unsigned>(line->getZExtValue()) : 0};
  }
}

Result<void> Traps::join(llvm::Module& module, Architecture architecture) {
  const llvm::Function* trap = module.getFunction(TrapName);
  if (!trap || !trap->isDeclaration() || trap->use_empty()) return {};
  INLAY_TRY_VOID(link_support(module, architecture));
  needed_ = true;
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("frame-pointer", "all");
    if (const llvm::DISubprogram* subprogram = function.getSubprogram())
      origins_.try_emplace(function.getName().str(), Origin{subprogram->getFilename().str(), subprogram->getLine()});
  }
  module.setFramePointer(llvm::FramePointerKind::All);
  return {};
}

void Traps::add_table(llvm::Module& module) const {
  if (!needed_ || !module.getNamedGlobal(FunctionTableName)) return;
  llvm::LLVMContext& context = module.getContext();
  llvm::Type* half = llvm::Type::getInt32Ty(context);
  llvm::Type* pointer = llvm::PointerType::getUnqual(context);
  auto* record_type = llvm::StructType::get(context, {pointer, pointer, half, half});
  auto* entry_type = llvm::StructType::get(context, {half, half});

  std::vector<llvm::Function*> functions;
  std::set<std::string> sections{"", ColdSection};
  for (llvm::Function& function : module) {
    if (function.isDeclarationForLinker()) continue;
    functions.push_back(&function);
    sections.insert(function.getSection().str());
  }
  for (const std::string& section : sections) functions.push_back(add_end(module, section));

  auto* table_type = llvm::ArrayType::get(entry_type, functions.size());
  auto* table = new llvm::GlobalVariable(module, table_type, true, llvm::GlobalValue::InternalLinkage, nullptr);
  Texts texts(module);
  auto record_of = [&](const llvm::Function& function) -> llvm::Constant* {
    const std::string name = function.getName().str();
    if (name == TrapName || name.starts_with(ir::OwnPrefix)) return nullptr;
    if (llvm::GlobalVariable* record = module.getNamedGlobal(std::string(RecordPrefix) + name);
        record && record->hasInitializer())
      return record;
    auto known = origins_.find(name);
    const Origin origin = known == origins_.end() ? Origin() : known->second;
    llvm::Constant* fields[] = {texts(name), texts(origin.file), llvm::ConstantInt::get(half, origin.line),
                                llvm::ConstantInt::get(half, 0)};
    return new llvm::GlobalVariable(module, record_type, true, llvm::GlobalValue::PrivateLinkage,
                                    llvm::ConstantStruct::get(record_type, fields));
  };
  std::vector<llvm::Constant*> entries;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    auto place = [&](unsigned field) {
      llvm::Constant* indices[] = {llvm::ConstantInt::get(half, 0), llvm::ConstantInt::get(half, i),
                                   llvm::ConstantInt::get(half, field)};
      return llvm::ConstantExpr::getInBoundsGetElementPtr(table_type, table, indices);
    };
    llvm::Constant* record = record_of(*functions[i]);
    llvm::Constant* fields[] = {distance(as_it_is_here(*functions[i]), place(0)),
                                record ? distance(record, place(1)) : llvm::ConstantInt::get(half, 0)};
    entries.push_back(llvm::ConstantStruct::get(entry_type, fields));
  }
  table->setInitializer(llvm::ConstantArray::get(table_type, entries));
  define(module, FunctionTableName, table);
  llvm::Constant* count = llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), functions.size());
  define(module, FunctionCountName,
         new llvm::GlobalVariable(module, count->getType(), true, llvm::GlobalValue::InternalLinkage, count));
}

}  // namespace inlay::aot
