// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/bridge.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

namespace inlay::codegen {

namespace {

bool is_word(llvm::Type* type) {
  return type->isPointerTy() || (type->isIntegerTy() && type->getIntegerBitWidth() <= 64);
}

bool can_become(llvm::Type* from, llvm::Type* to) { return from == to || (is_word(from) && is_word(to)); }

/// Narrow integers are signed, as everywhere between programs and C.
llvm::Value* converted(llvm::IRBuilder<>& builder, llvm::Value* value, llvm::Type* to) {
  if (value->getType() == to) return value;
  if (value->getType()->isPointerTy()) value = builder.CreatePtrToInt(value, builder.getInt64Ty());
  if (!to->isPointerTy()) return builder.CreateSExtOrTrunc(value, to);
  return builder.CreateIntToPtr(builder.CreateSExtOrTrunc(value, builder.getInt64Ty()), to);
}

}  // namespace

Result<bool> bridge(llvm::Function& declaration, runtime::Bodies& bodies) {
  const std::string name = declaration.getName().str();
  INLAY_TRY(llvm::Function * original, bodies.function(name));
  if (!original || original->isVarArg()) return false;
  llvm::FunctionType* own = declaration.getFunctionType();
  llvm::FunctionType* other = original->getFunctionType();
  if (own == other || own->getNumParams() != other->getNumParams()) return false;
  for (unsigned i = 0; i < own->getNumParams(); ++i)
    if (!can_become(own->getParamType(i), other->getParamType(i)) ||
        original->hasParamAttribute(i, llvm::Attribute::ByVal))
      return false;
  if (!own->getReturnType()->isVoidTy() && !can_become(other->getReturnType(), own->getReturnType())) return false;

  declaration.setName(name + ".as_declared");
  auto* target = llvm::cast<llvm::Function>(runtime::declare_in(*declaration.getParent(), *original));
  for (llvm::User* user : llvm::make_early_inc_range(declaration.users())) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(user);
    if (call && call->getCalledOperand() == &declaration && call->getFunctionType() == other)
      call->setCalledOperand(target);
  }
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(declaration.getContext(), "", &declaration));
  llvm::SmallVector<llvm::Value*, 8> arguments;
  for (llvm::Argument& argument : declaration.args())
    arguments.push_back(converted(builder, &argument, other->getParamType(argument.getArgNo())));
  llvm::CallInst* call = builder.CreateCall(target, arguments);
  call->setAttributes(target->getAttributes());
  call->setCallingConv(target->getCallingConv());
  if (own->getReturnType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(converted(builder, call, own->getReturnType()));
  declaration.setLinkage(llvm::GlobalValue::InternalLinkage);
  declaration.setUWTableKind(llvm::UWTableKind::Async);
  return true;
}

}  // namespace inlay::codegen
