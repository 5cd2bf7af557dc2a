// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The target's IR function is what clang made of its C++ signature for x86-64 System V: a scalar is one parameter, a
// class passed in registers one for each eight bytes, a larger one a pointer with `byval`, a class with a copy
// constructor of its own a plain pointer, an empty class nothing. The C++ side told us its parameters' sizes and kinds;
// walking both lists side by side gives each IR parameter its bytes. Where they do not match up, we refuse.
#include "jit/entry.h"

#include <llvm/IR/IRBuilder.h>

namespace inlay::jit {

namespace {

using detail::Parameter;
using detail::ValueClass;

class EntryBuilder {
 public:
  EntryBuilder(specialize::Symbols& symbols, const detail::Request& request, const EntryFunction& entry, Report& report)
      : symbols_(symbols),
        request_(request),
        entry_(entry),
        report_(report),
        builder_(&entry.function->getEntryBlock()),
        pointer_(builder_.getPtrTy()) {}

  Result<void> run() {
    std::vector<llvm::Value*> arguments;
    if (entry_.has_result_place) arguments.push_back(entry_.function->getArg(0));
    std::uint64_t bound_at = 0;
    for (const Parameter& parameter : request_.parameters) {
      INLAY_TRY_VOID(add_argument(parameter, bound_at, arguments));
      bound_at += bound_space(parameter);
    }
    if (arguments.size() != entry_.target->arg_size()) return mismatch("its bitcode has more parameters");
    call_and_return(builder_, *entry_.target, arguments);
    return {};
  }

 private:
  Error mismatch(std::string what) const {
    return {ErrorKind::InvalidArgument, "the function cannot be called with constants in place: " + std::move(what)};
  }

  /// Bound bytes as a value of an IR type: a constant where every pointer among them is known, else read from the
  /// state.
  Result<llvm::Value*> bound(const Parameter& parameter, std::uint64_t offset, llvm::Type* type, std::uint64_t at) {
    std::uint64_t size = symbols_.unit().getDataLayout().getTypeStoreSize(type);
    std::vector<std::byte> bytes(
        parameter.bound.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(offset, parameter.bound.size())),
        parameter.bound.end());
    bytes.resize(std::max<std::uint64_t>(size, 16));
    if (llvm::Constant* constant = symbols_.constant(bytes.data(), type, at + offset)) return constant;
    if (!entry_.with_state)
      return Error(ErrorKind::NotCarried,
                   "a bound argument points to memory of this process that is not frozen; "
                   "freeze it, or leave the argument free");
    report_.remarks.push_back({Remark::Kind::NotFrozen,
                               "",
                               "argument " + std::to_string(&parameter - request_.parameters.data() + 1) +
                                   " is bound to a pointer to memory that is neither frozen nor promised constant, so "
                                   "nothing behind it is known; build it inside freeze(), or promise it constant",
                               {}});
    llvm::Value* block = builder_.CreateLoad(pointer_, entry_.state());
    return builder_.CreateLoad(type, builder_.CreateConstGEP1_64(builder_.getInt8Ty(), block, at + offset));
  }

  /// Adds the IR arguments of one C++ parameter.
  Result<void> add_argument(const Parameter& parameter, std::uint64_t bound_at, std::vector<llvm::Value*>& arguments) {
    if (parameter.by_reference) return add_reference(parameter, arguments);
    if (parameter.type.value_class != ValueClass::Object) {
      INLAY_TRY(llvm::Type * type, next_type(arguments));
      if (type != scalar_type(builder_.getContext(), parameter.type))
        return mismatch("a parameter has another type in its bitcode");
      if (parameter.free_index >= 0) {
        llvm::Constant* known =
            parameter.bound.empty() ? nullptr : known_value(symbols_, parameter.type, parameter.bound, bound_at);
        arguments.push_back(known ? static_cast<llvm::Value*>(known) : entry_.free(parameter.free_index));
        return {};
      }
      if (parameter.type.value_class == ValueClass::Bool) {
        arguments.push_back(builder_.getInt1(parameter.bound[0] != std::byte{0}));
        return {};
      }
      INLAY_TRY(llvm::Value * value, bound(parameter, 0, type, bound_at));
      arguments.push_back(value);
      return {};
    }
    return add_object(parameter, bound_at, arguments);
  }

  /// A parameter that the target takes by reference and we by value: std::function's invokers.
  Result<void> add_reference(const Parameter& parameter, std::vector<llvm::Value*>& arguments) {
    INLAY_TRY(llvm::Type * type, next_type(arguments));
    if (!type->isPointerTy() || parameter.free_index < 0) return mismatch("a reference was expected");
    llvm::Value* argument = entry_.free(parameter.free_index);
    if (parameter.type.value_class != ValueClass::Object) {
      llvm::Value* place = builder_.CreateAlloca(parameter.type.value_class == ValueClass::Bool ? builder_.getInt8Ty()
                                                                                                : argument->getType());
      if (parameter.type.value_class == ValueClass::Bool)
        argument = builder_.CreateZExt(argument, builder_.getInt8Ty());
      builder_.CreateStore(argument, place);
      argument = place;
    }
    arguments.push_back(argument);
    return {};
  }

  Result<void> add_object(const Parameter& parameter, std::uint64_t bound_at, std::vector<llvm::Value*>& arguments) {
    const llvm::DataLayout& layout = symbols_.unit().getDataLayout();
    llvm::Value* from = parameter.free_index >= 0 ? entry_.free(parameter.free_index) : nullptr;
    if (!parameter.type.trivial) {  // the caller made a temporary; its address is what is passed
      if (!from) return mismatch("a class with a copy constructor of its own cannot be bound by value");
      INLAY_TRY(llvm::Type * type, next_type(arguments));
      if (!type->isPointerTy()) return mismatch("a parameter has another type in its bitcode");
      arguments.push_back(from);
      return {};
    }
    if (arguments.size() < entry_.target->arg_size() && entry_.target->getArg(arguments.size())->hasByValAttr()) {
      if (!from) return mismatch("a class of more than 16 bytes cannot be bound by value; bind it by reference");
      arguments.push_back(from);
      return {};
    }
    if (parameter.type.size > 16) return mismatch("a large class is not passed in memory");
    for (std::uint64_t offset = 0; offset < parameter.type.size; offset += 8) {
      INLAY_TRY(llvm::Type * type, next_type(arguments));
      if (from) {
        arguments.push_back(builder_.CreateLoad(type, builder_.CreateConstGEP1_64(builder_.getInt8Ty(), from, offset)));
      } else {
        INLAY_TRY(llvm::Value * value, bound(parameter, offset, type, bound_at));
        arguments.push_back(value);
      }
      if (layout.getTypeStoreSize(type) > 8) break;  // one register holds all of it
    }
    return {};
  }

  Result<llvm::Type*> next_type(const std::vector<llvm::Value*>& arguments) const {
    if (arguments.size() >= entry_.target->arg_size()) return mismatch("its bitcode has fewer parameters");
    return entry_.target->getArg(arguments.size())->getType();
  }

  specialize::Symbols& symbols_;
  const detail::Request& request_;
  const EntryFunction& entry_;
  Report& report_;
  llvm::IRBuilder<> builder_;
  llvm::Type* pointer_;
};

}  // namespace

void call_and_return(llvm::IRBuilder<>& builder, llvm::Function& target, llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::CallInst* call = builder.CreateCall(&target, arguments);
  call->setAttributes(target.getAttributes().removeFnAttributes(target.getContext()));
  call->setCallingConv(target.getCallingConv());
  if (call->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
}

Result<llvm::Function*> build_entry(specialize::Symbols& symbols, const detail::Request& request,
                                    const EntryOptions& options, Report& report) {
  INLAY_TRY(const EntryFunction entry, declare_entry(symbols, request, options));
  Result<void> built = EntryBuilder(symbols, request, entry, report).run();
  if (built) return entry.function;
  entry.function->eraseFromParent();  // half-built, it would not verify
  return std::move(built).error();
}

}  // namespace inlay::jit
