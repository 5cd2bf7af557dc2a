// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/embed/object.h"

#include "runtime/image.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

namespace inlay::runtime {

namespace {

/// `if (&callee) callee(descriptor);`: the reference is weak, so that a program without Inlay links and runs.
llvm::Function* caller_of(llvm::Module& module, const char* callee_name, llvm::GlobalVariable* descriptor,
                          const std::string& name) {
  llvm::LLVMContext& context = module.getContext();
  auto* pointer = llvm::PointerType::getUnqual(context);
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer}, false);
  llvm::Function* callee = llvm::Function::Create(type, llvm::GlobalValue::ExternalWeakLinkage, callee_name, &module);
  llvm::Function* function = llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context), false),
                                                    llvm::GlobalValue::InternalLinkage, name, &module);
  auto* entry = llvm::BasicBlock::Create(context, "", function);
  auto* call = llvm::BasicBlock::Create(context, "", function);
  auto* done = llvm::BasicBlock::Create(context, "", function);
  llvm::IRBuilder<> builder(entry);
  builder.CreateCondBr(builder.CreateIsNotNull(callee), call, done);
  builder.SetInsertPoint(call);
  builder.CreateCall(callee, {descriptor});
  builder.CreateBr(done);
  builder.SetInsertPoint(done);
  builder.CreateRetVoid();
  return function;
}

}  // namespace

std::string anchor_name(const std::string& runtime_name) { return "inlay_runtime_" + runtime_name; }

void add_registration(llvm::Module& module, const WrittenImage& image, const std::string& runtime_name) {
  llvm::LLVMContext& context = module.getContext();
  auto* pointer = llvm::PointerType::getUnqual(context);
  auto* word = llvm::Type::getInt64Ty(context);

  llvm::SmallVector<llvm::Constant*, 0> addresses;
  for (llvm::GlobalValue* symbol : image.symbols) {
    // A thread-local has no one address; its accessor function is in the table.
    if (symbol->isThreadLocal())
      addresses.push_back(llvm::ConstantPointerNull::get(pointer));
    else
      addresses.push_back(symbol);
  }
  auto* table_type = llvm::ArrayType::get(pointer, addresses.size());
  auto* table =
      new llvm::GlobalVariable(module, table_type, /*isConstant=*/true, llvm::GlobalValue::InternalLinkage,
                               llvm::ConstantArray::get(table_type, addresses), runtime_name + ".inlay.addresses");
  table->setSection(".data.rel.ro.inlay");

  llvm::StringRef text(reinterpret_cast<const char*>(image.bytes.data()), image.bytes.size());
  auto* bytes = llvm::ConstantDataArray::getString(context, text, /*AddNull=*/false);
  auto* data = new llvm::GlobalVariable(module, bytes->getType(), /*isConstant=*/true,
                                        llvm::GlobalValue::InternalLinkage, bytes, runtime_name + ".inlay.image");
  data->setSection(ImageSection);
  data->setAlignment(llvm::Align(8));

  auto* descriptor_type = llvm::StructType::get(pointer, word, pointer, word);
  auto* descriptor = new llvm::GlobalVariable(
      module, descriptor_type, /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage,
      llvm::ConstantStruct::get(descriptor_type, data, llvm::ConstantInt::get(word, image.bytes.size()), table,
                                llvm::ConstantInt::get(word, addresses.size())),
      anchor_name(runtime_name));
  llvm::appendToGlobalCtors(
      module, caller_of(module, "inlay_register_runtime", descriptor, runtime_name + ".inlay.register"), 0);
  llvm::appendToGlobalDtors(
      module, caller_of(module, "inlay_unregister_runtime", descriptor, runtime_name + ".inlay.unregister"), 0);
}

}  // namespace inlay::runtime
