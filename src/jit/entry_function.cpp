// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/entry_function.h"

#include "specialize/explain.h"

namespace inlay::jit {

namespace {

using detail::ValueClass;
using detail::ValueType;

/// The function that the request means, as its runtime has it.
Result<llvm::Function*> find_target(specialize::Symbols& symbols, const detail::Request& request) {
  if (!request.target)
    return Error(ErrorKind::InvalidArgument, "there is nothing to compile: " + request.what + " is empty");
  std::optional<runtime::SymbolAt> found = runtime::find_symbol_at(request.target);
  if (!found || found->offset != 0)
    return Error(ErrorKind::NotFound, "no runtime that is linked into this program has the code of " +
                                          (request.what.empty() ? "this function" : request.what) +
                                          "; compile the source that defines it with inlay_add_runtime");
  std::optional<runtime::SymbolRef> by_name = runtime::find_symbol(found->symbol.name());
  if (!by_name || by_name->ambiguous)
    return Error(ErrorKind::InvalidArgument, "two runtimes of this program define '" +
                                                 std::string(found->symbol.name()) +
                                                 "' differently; give one of them another name");
  INLAY_TRY(llvm::Function * original, symbols.bodies().function(found->symbol.name()));
  if (!original)
    return Error(ErrorKind::NotFound, "the body of '" + std::string(found->symbol.name()) + "' is not in its runtime");
  return original;
}

}  // namespace

llvm::Argument* EntryFunction::state() const { return function->getArg(has_result_place ? 1 : 0); }

llvm::Argument* EntryFunction::free(int index) const {
  return function->getArg(static_cast<unsigned>(index) + (has_result_place ? 1 : 0) + (with_state ? 1 : 0));
}

llvm::Type* scalar_type(llvm::LLVMContext& context, const ValueType& type) {
  switch (type.value_class) {
    case ValueClass::Bool:
      return llvm::Type::getInt1Ty(context);
    case ValueClass::Signed:
    case ValueClass::Unsigned:
      return llvm::Type::getIntNTy(context, type.size * 8);
    case ValueClass::Float:
      return type.size == 4   ? llvm::Type::getFloatTy(context)
             : type.size == 8 ? llvm::Type::getDoubleTy(context)
                              : llvm::Type::getX86_FP80Ty(context);
    case ValueClass::Pointer:
    case ValueClass::Object:
      break;
  }
  return llvm::PointerType::getUnqual(context);
}

llvm::Constant* known_value(specialize::Symbols& symbols, const ValueType& type, const std::vector<std::byte>& bytes,
                            std::uint64_t at) {
  llvm::LLVMContext& context = symbols.unit().getContext();
  if (type.value_class == ValueClass::Bool) return llvm::ConstantInt::getBool(context, bytes[0] != std::byte{0});
  std::vector<std::byte> padded = bytes;
  padded.resize(16);
  return symbols.constant(padded.data(), scalar_type(context, type), at);
}

Result<EntryFunction> declare_entry(specialize::Symbols& symbols, const detail::Request& request,
                                    const EntryOptions& options) {
  INLAY_TRY(llvm::Function * original, find_target(symbols, request));
  llvm::LLVMContext& context = symbols.unit().getContext();
  llvm::Type* pointer = llvm::PointerType::getUnqual(context);
  EntryFunction entry;
  entry.with_state = options.with_state;
  entry.target = llvm::cast<llvm::Function>(runtime::declare_in(symbols.unit(), *original));
  llvm::AttributeList old = original->getAttributes();
  llvm::SmallVector<llvm::Type*, 8> types;
  llvm::SmallVector<llvm::AttributeSet, 8> attributes;
  entry.has_result_place = original->arg_size() > 0 && original->getArg(0)->hasStructRetAttr();
  if (entry.has_result_place) {
    types.push_back(pointer);
    attributes.push_back(old.getParamAttrs(0));
  }
  if (options.with_state) {
    types.push_back(pointer);
    attributes.emplace_back();
  }
  for (const ValueType& type : request.free) {
    types.push_back(scalar_type(context, type));
    llvm::AttrBuilder attribute(context);
    if (type.value_class == ValueClass::Bool || (type.value_class == ValueClass::Unsigned && type.size < 4))
      attribute.addAttribute(llvm::Attribute::ZExt);
    if (type.value_class == ValueClass::Signed && type.size < 4) attribute.addAttribute(llvm::Attribute::SExt);
    attributes.push_back(llvm::AttributeSet::get(context, attribute));
  }
  entry.function = llvm::Function::Create(llvm::FunctionType::get(original->getReturnType(), types, false),
                                          llvm::GlobalValue::ExternalLinkage, options.name, symbols.unit());
  entry.function->setAttributes(llvm::AttributeList::get(context, {}, old.getRetAttrs(), attributes));
  // Of the same processor as the target, or the two could not become one function.
  for (const char* name : {"target-cpu", "target-features", "tune-cpu"})
    if (original->hasFnAttribute(name)) entry.function->addFnAttr(original->getFnAttribute(name));
  entry.function->setUWTableKind(llvm::UWTableKind::Async);
  // explain_calls() tells causes by these names.
  if (options.with_state) entry.state()->setName(specialize::StateArgument);
  for (std::size_t i = 0; i < request.free.size(); ++i)
    entry.free(static_cast<int>(i))->setName(specialize::FreeArgument + std::to_string(i + 1));
  llvm::BasicBlock::Create(context, "", entry.function);
  return entry;
}

}  // namespace inlay::jit
