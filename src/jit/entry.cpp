// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The target's IR function is what clang made of its C++ signature for x86-64 System V: a scalar is one parameter, a
// class passed in registers one for each eight bytes, a larger one a pointer with `byval`, a class with a copy
// constructor of its own a plain pointer, an empty class nothing. The C++ side told us its parameters' sizes and kinds;
// walking both lists side by side gives each IR parameter its bytes. Where they do not match up, we refuse.
#include "jit/entry.h"

#include "specialize/explain.h"

#include <cstring>

#include <llvm/IR/IRBuilder.h>

namespace inlay::jit {

namespace {

using detail::Parameter;
using detail::ValueClass;
using detail::ValueType;

class EntryBuilder {
 public:
  EntryBuilder(specialize::Symbols& symbols, const detail::Request& request, const EntryOptions& options,
               Report& report)
      : symbols_(symbols),
        request_(request),
        options_(options),
        report_(report),
        context_(symbols.unit().getContext()),
        builder_(context_),
        pointer_(llvm::PointerType::getUnqual(context_)) {}

  llvm::Function* entry() const { return entry_; }

  Result<llvm::Function*> run() {
    INLAY_TRY_VOID(find_target());
    INLAY_TRY_VOID(build_call());
    return entry_;
  }

  Result<llvm::Function*> run_dispatch(const std::vector<VersionEntry>& versions) {
    INLAY_TRY_VOID(find_target());
    for (const VersionEntry& version : versions) build_branch(version);
    llvm::Value* at = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), state_argument(), sizeof(void*));
    forward(builder_.CreateLoad(pointer_, at));
    return entry_;
  }

 private:
  /// The target, and the entry with an empty block.
  Result<void> find_target() {
    if (!request_.target)
      return Error(ErrorKind::InvalidArgument, "there is nothing to compile: " + request_.what + " is empty");
    std::optional<runtime::SymbolAt> found = runtime::find_symbol_at(request_.target);
    if (!found || found->offset != 0)
      return Error(ErrorKind::NotFound, "no runtime that is linked into this program has the code of " +
                                            (request_.what.empty() ? "this function" : request_.what) +
                                            "; compile the source that defines it with inlay_add_runtime");
    std::optional<runtime::SymbolRef> by_name = runtime::find_symbol(found->symbol.name());
    if (!by_name || by_name->ambiguous)
      return Error(ErrorKind::InvalidArgument, "two runtimes of this program define '" +
                                                   std::string(found->symbol.name()) +
                                                   "' differently; give one of them another name");
    INLAY_TRY(llvm::Function * original, symbols_.bodies().function(found->symbol.name()));
    if (!original)
      return Error(ErrorKind::NotFound,
                   "the body of '" + std::string(found->symbol.name()) + "' is not in its runtime");
    target_ = llvm::cast<llvm::Function>(runtime::declare_in(symbols_.unit(), *original));
    declare(*original);
    return {};
  }

  Error mismatch(std::string what) const {
    return {ErrorKind::InvalidArgument, "the function cannot be called with constants in place: " + std::move(what)};
  }

  llvm::Type* scalar(const ValueType& type) const {
    switch (type.value_class) {
      case ValueClass::Bool:
        return llvm::Type::getInt1Ty(context_);
      case ValueClass::Signed:
      case ValueClass::Unsigned:
        return llvm::Type::getIntNTy(context_, type.size * 8);
      case ValueClass::Float:
        return type.size == 4   ? llvm::Type::getFloatTy(context_)
               : type.size == 8 ? llvm::Type::getDoubleTy(context_)
                                : llvm::Type::getX86_FP80Ty(context_);
      case ValueClass::Pointer:
      case ValueClass::Object:
        break;
    }
    return pointer_;
  }

  void declare(const llvm::Function& original) {
    llvm::AttributeList old = original.getAttributes();
    llvm::SmallVector<llvm::Type*, 8> types;
    llvm::SmallVector<llvm::AttributeSet, 8> attributes;
    has_result_place_ = original.arg_size() > 0 && original.getArg(0)->hasStructRetAttr();
    if (has_result_place_) {
      types.push_back(pointer_);
      attributes.push_back(old.getParamAttrs(0));
    }
    if (options_.with_state) {
      types.push_back(pointer_);
      attributes.emplace_back();
    }
    for (const ValueType& type : request_.free) {
      types.push_back(scalar(type));
      llvm::AttrBuilder attribute(context_);
      if (type.value_class == ValueClass::Bool || (type.value_class == ValueClass::Unsigned && type.size < 4))
        attribute.addAttribute(llvm::Attribute::ZExt);
      if (type.value_class == ValueClass::Signed && type.size < 4) attribute.addAttribute(llvm::Attribute::SExt);
      attributes.push_back(llvm::AttributeSet::get(context_, attribute));
    }
    entry_ = llvm::Function::Create(llvm::FunctionType::get(original.getReturnType(), types, false),
                                    llvm::GlobalValue::ExternalLinkage, options_.name, symbols_.unit());
    entry_->setAttributes(llvm::AttributeList::get(context_, {}, old.getRetAttrs(), attributes));
    // Of the same processor as the target, or the two could not become one function.
    for (const char* name : {"target-cpu", "target-features", "tune-cpu"})
      if (original.hasFnAttribute(name)) entry_->addFnAttr(original.getFnAttribute(name));
    entry_->setUWTableKind(llvm::UWTableKind::Async);
    // explain_calls() tells causes by these names.
    if (options_.with_state) state_argument()->setName(specialize::StateArgument);
    for (std::size_t i = 0; i < request_.free.size(); ++i)
      free_argument(static_cast<int>(i))->setName(specialize::FreeArgument + std::to_string(i + 1));
    builder_.SetInsertPoint(llvm::BasicBlock::Create(context_, "", entry_));
  }

  llvm::Argument* state_argument() const { return entry_->getArg(has_result_place_ ? 1 : 0); }

  llvm::Argument* free_argument(int index) const {
    return entry_->getArg(static_cast<unsigned>(index) + (has_result_place_ ? 1 : 0) + (options_.with_state ? 1 : 0));
  }

  /// A scalar that is known and lies at `at` of what is bound, as a constant; null for a pointer that leads nowhere
  /// known.
  llvm::Constant* value_of(const ValueType& type, const std::vector<std::byte>& bytes, std::uint64_t at) {
    if (type.value_class == ValueClass::Bool) return builder_.getInt1(bytes[0] != std::byte{0});
    std::vector<std::byte> padded = bytes;
    padded.resize(16);
    return symbols_.constant(padded.data(), scalar(type), at);
  }

  /// Goes on in another function of this type.
  void forward(llvm::Value* to) {
    llvm::SmallVector<llvm::Value*, 8> arguments;
    for (llvm::Argument& argument : entry_->args()) arguments.push_back(&argument);
    llvm::CallInst* call = builder_.CreateCall(entry_->getFunctionType(), to, arguments);
    call->setAttributes(entry_->getAttributes().removeFnAttributes(context_));
    call->setCallingConv(entry_->getCallingConv());
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    if (call->getType()->isVoidTy())
      builder_.CreateRetVoid();
    else
      builder_.CreateRet(call);
  }

  /// if (each promoted argument has its value) { ++counter; go on in the version }
  void build_branch(const VersionEntry& version) {
    llvm::Value* fits = nullptr;
    std::size_t next = 0;
    for (const Parameter& parameter : request_.parameters) {
      if (!parameter.promoted) continue;
      std::vector<std::byte> bytes(sizeof(std::uint64_t));
      std::memcpy(bytes.data(), &version.values[next++], sizeof(std::uint64_t));
      llvm::Constant* value = value_of(parameter.type, bytes, 0);
      if (!value) return;
      llvm::Value* same = builder_.CreateICmpEQ(free_argument(parameter.free_index), value);
      fits = fits ? builder_.CreateAnd(fits, same) : same;
    }
    llvm::BasicBlock* here = llvm::BasicBlock::Create(context_, "", entry_);
    llvm::BasicBlock* next_block = llvm::BasicBlock::Create(context_, "", entry_);
    builder_.CreateCondBr(fits, here, next_block);
    builder_.SetInsertPoint(here);
    llvm::Module& unit = symbols_.unit();
    llvm::Type* word = builder_.getInt64Ty();
    llvm::Value* counter = unit.getOrInsertGlobal(version.counter, word);
    llvm::LoadInst* count = builder_.CreateAlignedLoad(word, counter, llvm::Align(8));
    count->setAtomic(llvm::AtomicOrdering::Monotonic);  // counts of other threads may get lost
    llvm::StoreInst* store =
        builder_.CreateAlignedStore(builder_.CreateAdd(count, builder_.getInt64(1)), counter, llvm::Align(8));
    store->setAtomic(llvm::AtomicOrdering::Monotonic);
    forward(unit.getOrInsertFunction(version.symbol, entry_->getFunctionType()).getCallee());
    builder_.SetInsertPoint(next_block);
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
    if (!options_.with_state)
      return Error(ErrorKind::NotCarried,
                   "a bound argument points to memory of this process that is not frozen; "
                   "freeze it, or leave the argument free");
    report_.remarks.push_back({Remark::Kind::NotFrozen,
                               "",
                               "argument " + std::to_string(&parameter - request_.parameters.data() + 1) +
                                   " is bound to a pointer to memory that is neither frozen nor promised constant, so "
                                   "nothing behind it is known; build it inside freeze(), or promise it constant",
                               {}});
    llvm::Value* block = builder_.CreateLoad(pointer_, state_argument());
    return builder_.CreateLoad(type, builder_.CreateConstGEP1_64(builder_.getInt8Ty(), block, at + offset));
  }

  /// Adds the IR arguments of one C++ parameter.
  Result<void> add_argument(const Parameter& parameter, std::uint64_t bound_at, std::vector<llvm::Value*>& arguments) {
    if (parameter.by_reference) return add_reference(parameter, arguments);
    if (parameter.type.value_class != ValueClass::Object) {
      INLAY_TRY(llvm::Type * type, next_type(arguments));
      if (type != scalar(parameter.type)) return mismatch("a parameter has another type in its bitcode");
      if (parameter.free_index >= 0) {
        llvm::Constant* known = parameter.bound.empty() ? nullptr : value_of(parameter.type, parameter.bound, bound_at);
        arguments.push_back(known ? static_cast<llvm::Value*>(known) : free_argument(parameter.free_index));
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
    llvm::Value* argument = free_argument(parameter.free_index);
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
    llvm::Value* from = parameter.free_index >= 0 ? free_argument(parameter.free_index) : nullptr;
    if (!parameter.type.trivial) {  // the caller made a temporary; its address is what is passed
      if (!from) return mismatch("a class with a copy constructor of its own cannot be bound by value");
      INLAY_TRY(llvm::Type * type, next_type(arguments));
      if (!type->isPointerTy()) return mismatch("a parameter has another type in its bitcode");
      arguments.push_back(from);
      return {};
    }
    if (arguments.size() < target_->arg_size() && target_->getArg(arguments.size())->hasByValAttr()) {
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
    if (arguments.size() >= target_->arg_size()) return mismatch("its bitcode has fewer parameters");
    return target_->getArg(arguments.size())->getType();
  }

  Result<void> build_call() {
    std::vector<llvm::Value*> arguments;
    if (has_result_place_) arguments.push_back(entry_->getArg(0));
    std::uint64_t bound_at = 0;
    for (const Parameter& parameter : request_.parameters) {
      INLAY_TRY_VOID(add_argument(parameter, bound_at, arguments));
      bound_at += bound_space(parameter);
    }
    if (arguments.size() != target_->arg_size()) return mismatch("its bitcode has more parameters");
    call_and_return(builder_, *target_, arguments);
    return {};
  }

  specialize::Symbols& symbols_;
  const detail::Request& request_;
  const EntryOptions& options_;
  Report& report_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> builder_;
  llvm::Type* pointer_;
  llvm::Function* target_ = nullptr;
  llvm::Function* entry_ = nullptr;
  bool has_result_place_ = false;
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
  EntryBuilder builder(symbols, request, options, report);
  Result<llvm::Function*> entry = builder.run();
  if (!entry && builder.entry()) builder.entry()->eraseFromParent();  // half-built, it would not verify
  return entry;
}

Result<llvm::Function*> build_dispatch(specialize::Symbols& symbols, const detail::Request& request,
                                       const EntryOptions& options, const std::vector<VersionEntry>& versions) {
  Report nothing;
  EntryBuilder builder(symbols, request, options, nothing);
  Result<llvm::Function*> entry = builder.run_dispatch(versions);
  if (!entry && builder.entry()) builder.entry()->eraseFromParent();
  return entry;
}

}  // namespace inlay::jit
