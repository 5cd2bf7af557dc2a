// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/hot/way_in.h"

#include <algorithm>
#include <cstring>

#include "jit/entry.h"
#include "runtime/markers.h"
#include "runtime/names.h"
#include "runtime/resume_frames.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace inlay::jit {

namespace {

constexpr unsigned FirstWord = 2;  // among the parameters: behind the place's number and the depth

EntryPlace describe(const llvm::CallInst& hint, const llvm::Function& resume) {
  llvm::OperandBundleUse bundle = *hint.getOperandBundle(runtime::PlaceBundle);
  EntryPlace place;
  place.number = static_cast<std::uint32_t>(llvm::cast<llvm::ConstantInt>(bundle.Inputs[0])->getZExtValue());
  for (unsigned i = FirstWord; i < bundle.Inputs.size(); ++i) {
    const llvm::Value* value = bundle.Inputs[i].get();
    llvm::Type* type = value->getType();
    const std::optional<unsigned> frame = runtime::frame_pointed_into(resume, i);
    Word word = Word::Other;
    if (llvm::isa<llvm::UndefValue>(value))
      word = Word::Dead;
    else if (frame)
      word = Word::IntoFrame;
    else if (type->isPointerTy())
      word = Word::Pointer;
    else if (type->isIntegerTy() && type->getIntegerBitWidth() <= 64)
      word = Word::Number;
    place.words.push_back(word);
    place.is_key.push_back(value == hint.getArgOperand(0));
    place.frame_of.push_back(frame ? *frame - FirstWord : 0);
  }
  return place;
}

std::uint64_t bytes_of_frames(const llvm::Function& resume) {
  std::uint64_t sum = 0;
  for (unsigned i = 0; i < resume.arg_size(); ++i)
    if (std::optional<runtime::MovedFrame> frame = runtime::moved_frame(resume, i)) sum += frame->size;
  return sum;
}

class Builder {
 public:
  Builder(specialize::Symbols& symbols, llvm::Function& resume, const std::string& name)
      : symbols_(symbols), context_(symbols.unit().getContext()), builder_(context_) {
    target_ = llvm::cast<llvm::Function>(runtime::declare_in(symbols.unit(), resume));
    entry_ = llvm::Function::Create(resume.getFunctionType(), llvm::GlobalValue::ExternalLinkage, name, symbols.unit());
    entry_->setCallingConv(resume.getCallingConv());
    llvm::AttributeList old = resume.getAttributes();
    for (unsigned i = 0; i < resume.arg_size(); ++i) {
      for (llvm::Attribute::AttrKind kind : {llvm::Attribute::SExt, llvm::Attribute::ZExt})
        if (old.hasParamAttr(i, kind)) entry_->addParamAttr(i, kind);
      if (old.getParamAttrs(i).hasAttribute(runtime::ElsewhereAttribute))
        entry_->addParamAttr(i, llvm::Attribute::get(context_, runtime::ElsewhereAttribute));
    }
    entry_->addFnAttr(runtime::EnteredAttribute);
    entry_->setAttributes(entry_->getAttributes().addRetAttributes(context_, {context_, old.getRetAttrs()}));
    // Of the same processor as the interpreter, or the two could not become one function.
    for (const char* name_of : {"target-cpu", "target-features", "tune-cpu"})
      if (resume.hasFnAttribute(name_of)) entry_->addFnAttr(resume.getFnAttribute(name_of));
    entry_->setUWTableKind(llvm::UWTableKind::Async);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(context_, "", entry_));
  }

  llvm::Function* run(const EntryPlace& place, std::vector<Pin>& pins) {
    // One deeper in the stack, also where nothing is compiled but this call.
    std::vector<llvm::Value*> arguments{builder_.getInt32(place.number),
                                        builder_.CreateAdd(entry_->getArg(1), builder_.getInt32(1))};
    for (unsigned i = 0; i < place.words.size(); ++i) {
      llvm::Argument* parameter = entry_->getArg(i + FirstWord);
      arguments.push_back(place.words[i] == Word::Dead
                              ? static_cast<llvm::Value*>(llvm::PoisonValue::get(parameter->getType()))
                              : moved_frame(*parameter));
    }
    std::uint64_t offset = 0;
    std::erase_if(pins, [&](const Pin& pin) {
      const bool bound = bind(place, pin, offset, arguments);
      offset += sizeof pin.value;
      return !bound;
    });
    for (unsigned i = 0; i < place.words.size(); ++i) {
      llvm::Value*& argument = arguments[i + FirstWord];
      if (place.words[i] != Word::IntoFrame || argument != entry_->getArg(i + FirstWord)) continue;
      const unsigned frame = place.frame_of[i] + FirstWord;
      llvm::Value* offset = runtime::distance(builder_, argument, entry_->getArg(frame));
      argument = builder_.CreatePtrAdd(arguments[frame], offset);
    }
    call_and_return(builder_, *target_, arguments);
    return entry_;
  }

 private:
  /// A stack variable of the interpreter that nothing else points to gets a copy here, where it can become registers:
  /// the interpreter's activation does nothing more but return.
  llvm::Value* moved_frame(llvm::Argument& parameter) {
    const std::optional<runtime::MovedFrame> frame = runtime::moved_frame(*target_, parameter.getArgNo());
    if (!frame) return &parameter;
    llvm::AllocaInst* copy = builder_.CreateAlloca(llvm::ArrayType::get(builder_.getInt8Ty(), frame->size));
    copy->setAlignment(frame->alignment);
    builder_.CreateMemCpy(copy, copy->getAlign(), &parameter, copy->getAlign(), frame->size);
    return copy;
  }

  /// False if the pin says nothing that could be a constant.
  bool bind(const EntryPlace& place, const Pin& pin, std::uint64_t offset, std::vector<llvm::Value*>& arguments) {
    llvm::Value*& argument = arguments[pin.word + FirstWord];
    if (place.words[pin.word] == Word::IntoFrame) {
      argument = builder_.CreatePtrAdd(arguments[place.frame_of[pin.word] + FirstWord], builder_.getInt64(pin.value));
      return true;
    }
    std::byte bytes[16] = {};
    std::memcpy(bytes, &pin.value, sizeof pin.value);
    llvm::Constant* constant = symbols_.constant(bytes, argument->getType(), offset);
    if (!constant) return false;
    argument = constant;
    return true;
  }

  specialize::Symbols& symbols_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> builder_;
  llvm::Function* target_;
  llvm::Function* entry_;
};

}  // namespace

Result<EntryPoints> find_entry_points(runtime::Bodies& bodies, std::string_view function) {
  INLAY_TRY(llvm::Function * body, bodies.function(function));
  if (!body) return Error(ErrorKind::NotFound, "the body of '" + std::string(function) + "' is not in its runtime");
  EntryPoints points;
  for (const llvm::Instruction& inst : llvm::instructions(*body)) {
    if (!runtime::is_entry(inst)) continue;
    auto& hint = llvm::cast<llvm::CallInst>(inst);
    std::optional<llvm::OperandBundleUse> place = hint.getOperandBundle(runtime::PlaceBundle);
    if (!place) continue;
    auto* resume = llvm::cast<llvm::Function>(place->Inputs[1]);
    points.resume = resume->getName();
    points.frame_bytes = bytes_of_frames(*resume);
    points.places.push_back(describe(hint, *resume));
  }
  return points;
}

Result<llvm::Function*> build_way_in(specialize::Symbols& symbols, const EntryPoints& points, const EntryPlace& place,
                                     std::vector<Pin>& pins, const std::string& name) {
  INLAY_TRY(llvm::Function * resume, symbols.bodies().function(points.resume));
  if (!resume) return Error(ErrorKind::NotFound, "the body of '" + points.resume + "' is not in its runtime");
  return Builder(symbols, *resume, name).run(place, pins);
}

}  // namespace inlay::jit
