// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tiers/dispatch.h"

#include <cstring>

#include <llvm/IR/IRBuilder.h>

namespace inlay::jit {

namespace {

using detail::Parameter;

/// Goes on in another function of the entry's type.
void forward(llvm::IRBuilder<>& builder, llvm::Function& entry, llvm::Value* to) {
  llvm::SmallVector<llvm::Value*, 8> arguments;
  for (llvm::Argument& argument : entry.args()) arguments.push_back(&argument);
  llvm::CallInst* call = builder.CreateCall(entry.getFunctionType(), to, arguments);
  call->setAttributes(entry.getAttributes().removeFnAttributes(entry.getContext()));
  call->setCallingConv(entry.getCallingConv());
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  if (call->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
}

/// if (each promoted argument has its value) { ++counter; go on in the version }
void build_case(llvm::IRBuilder<>& builder, specialize::Symbols& symbols, const detail::Request& request,
                const EntryFunction& entry, const DispatchCase& version) {
  llvm::Value* fits = nullptr;
  std::size_t next = 0;
  for (const Parameter& parameter : request.parameters) {
    if (!parameter.promoted) continue;
    std::vector<std::byte> bytes(sizeof(std::uint64_t));
    std::memcpy(bytes.data(), &version.values[next++], sizeof(std::uint64_t));
    llvm::Constant* value = known_value(symbols, parameter.type, bytes, 0);
    if (!value) return;
    llvm::Value* same = builder.CreateICmpEQ(entry.free(parameter.free_index), value);
    fits = fits ? builder.CreateAnd(fits, same) : same;
  }
  llvm::BasicBlock* here = llvm::BasicBlock::Create(builder.getContext(), "", entry.function);
  llvm::BasicBlock* next_block = llvm::BasicBlock::Create(builder.getContext(), "", entry.function);
  builder.CreateCondBr(fits, here, next_block);
  builder.SetInsertPoint(here);
  llvm::Module& unit = symbols.unit();
  llvm::Type* word = builder.getInt64Ty();
  llvm::Value* counter = unit.getOrInsertGlobal(version.counter, word);
  llvm::LoadInst* count = builder.CreateAlignedLoad(word, counter, llvm::Align(8));
  count->setAtomic(llvm::AtomicOrdering::Monotonic);  // counts of other threads may get lost
  llvm::StoreInst* store =
      builder.CreateAlignedStore(builder.CreateAdd(count, builder.getInt64(1)), counter, llvm::Align(8));
  store->setAtomic(llvm::AtomicOrdering::Monotonic);
  forward(builder, *entry.function,
          unit.getOrInsertFunction(version.symbol, entry.function->getFunctionType()).getCallee());
  builder.SetInsertPoint(next_block);
}

}  // namespace

Result<llvm::Function*> build_dispatch(specialize::Symbols& symbols, const detail::Request& request,
                                       const EntryOptions& options, const std::vector<DispatchCase>& versions) {
  INLAY_TRY(const EntryFunction entry, declare_entry(symbols, request, options));
  llvm::IRBuilder<> builder(&entry.function->getEntryBlock());
  for (const DispatchCase& version : versions) build_case(builder, symbols, request, entry, version);
  llvm::Value* at = builder.CreateConstGEP1_64(builder.getInt8Ty(), entry.state(), sizeof(void*));
  forward(builder, *entry.function, builder.CreateLoad(builder.getPtrTy(), at));
  return entry.function;
}

}  // namespace inlay::jit
