// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/declare.h"

#include "runtime/names.h"
#include "runtime/unit.h"
#include "specialize/locations.h"

namespace inlay::specialize {

llvm::AttributeSet attributes_left(llvm::LLVMContext& context, llvm::AttributeSet attributes) {
  for (llvm::Attribute::AttrKind kind :
       {llvm::Attribute::Memory, llvm::Attribute::AllocSize, llvm::Attribute::AllocKind})
    attributes = attributes.removeAttribute(context, kind);
  return attributes.removeAttribute(context, "alloc-family");
}

llvm::Function* declare_specialized(llvm::Module& unit, const llvm::Function& original,
                                    llvm::ArrayRef<llvm::Constant*> arguments, const llvm::Twine& name) {
  llvm::SmallVector<llvm::Type*, 8> types;
  llvm::SmallVector<llvm::AttributeSet, 8> attributes;
  llvm::AttributeList old = original.getAttributes();
  for (unsigned i = 0; i < arguments.size(); ++i) {
    if (arguments[i]) continue;
    types.push_back(original.getArg(i)->getType());
    attributes.push_back(old.getParamAttrs(i));
  }
  auto* type = llvm::FunctionType::get(original.getReturnType(), types, false);
  llvm::Function* function = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, name, &unit);
  llvm::LLVMContext& context = unit.getContext();
  // What an argument pointed to is now a symbol: what the function was said to access no longer holds.
  llvm::AttributeSet own = attributes_left(context, old.getFnAttrs());
  // A resume function is kept a call as the way out. Specialized, it is a way in.
  if (original.hasFnAttribute(runtime::ResumeAttribute))
    own = own.removeAttribute(context, llvm::Attribute::NoInline).removeAttribute(context, runtime::ResumeAttribute);
  function->setAttributes(llvm::AttributeList::get(context, own, old.getRetAttrs(), attributes));
  function->setCallingConv(original.getCallingConv());
  if (original.hasPersonalityFn()) function->setPersonalityFn(runtime::map_constant(unit, original.getPersonalityFn()));
  copy_subprogram(original, *function);
  return function;
}

}  // namespace inlay::specialize
