// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory, pairs, and calls.
#include "codegen/lower/function.h"

#include <llvm/IR/Constants.h>

namespace inlay::codegen {

using ir::Inst;
using ir::InstId;
using ir::Op;
using ir::TrapKind;
using ir::TypeId;

bool FunctionLowering::is_not_null(ir::Value value) {
  if (value.is_symbol()) return true;
  if (!value.is_inst()) return false;
  const Known& known = known_of(value.inst());
  return known.not_null || known.asked_in == place_;
}

void FunctionLowering::trap_if_null(ir::Value value, llvm::Value* address) {
  if (is_not_null(value)) return;
  trap_if(builder_.CreateIsNull(address), TrapKind::Null);
  if (value.is_inst()) known_of(value.inst()).asked_in = place_;
}

/// A slice of negative length has no elements.
llvm::Value* FunctionLowering::element_count(Pair slice) {
  return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, slice.second, word(0));
}

/// Of a slice with an element that is used: its memory is there, and there is no more than an address reaches. Sums of
/// such lengths and indices fit into an i64, which they would not have to otherwise.
void FunctionLowering::state_length(ir::Value slice, llvm::Value* length, TypeId element) {
  constexpr unsigned AddressBits = 56;  // of programs: x86-64 and RISC-V with five levels of page tables
  const std::uint64_t size = types_.size(element);
  if (!facts_ || size == 0 || !slice.is_inst() || llvm::isa<llvm::Constant>(length)) return;
  if (std::exchange(known_of(slice.inst()).length_stated_in, place_) == place_) return;
  builder_.CreateAssumption(builder_.CreateICmpULE(length, word((std::uint64_t{1} << AddressBits) / size)));
}

/// Within an object.
llvm::Value* FunctionLowering::at_offset(llvm::Value* address, std::uint64_t bytes) {
  return bytes == 0 ? address : builder_.CreateInBoundsGEP(types_.byte(), address, word(bytes));
}

FunctionLowering::Pair FunctionLowering::lower_memory(const Inst& inst, Known& known) {
  const TypeId type = inst.type();
  switch (inst.op()) {
    case Op::Load: {
      llvm::Value* address = value(inst.a, ir::Ptr);
      trap_if_null(inst.value_a(), address);
      return lower_load(type, address);
    }
    case Op::Store: {
      const Pair what = pair(inst.a, type);
      llvm::Value* address = value(inst.b, ir::Ptr);
      trap_if_null(inst.value_b(), address);
      lower_store(type, what, address);
      return {};
    }
    case Op::Field: {
      llvm::Value* address = value(inst.a, ir::Ptr);
      trap_if_null(inst.value_a(), address);
      known.not_null = true;
      const std::uint32_t offset = (&module_.extra[module_.types[type].list])[std::size_t{inst.b} * 3 + 2];
      return {at_offset(address, offset), nullptr};
    }
    case Op::At: {
      const ir::Type& array = module_.types[type];
      llvm::Value* address = value(inst.a, ir::Ptr);
      llvm::Value* index = value(inst.b, ir::I64);
      llvm::Value* length = value(array.length.bits, ir::I64);
      trap_if_null(inst.value_a(), address);
      trap_if(builder_.CreateICmpUGE(index, length), TrapKind::Index, index, length);
      known.not_null = true;
      return {element(address, array.element, index, true), nullptr};
    }
    case Op::Elem: {
      const Pair slice = pair(inst.a, type);
      llvm::Value* index = value(inst.b, ir::I64);
      trap_if(builder_.CreateICmpUGE(index, element_count(slice)), TrapKind::Index, index, slice.second);
      state_length(inst.value_a(), slice.second, module_.types[type].element);
      known.not_null = true;
      return {element(slice.first, module_.types[type].element, index, true), nullptr};
    }
    case Op::Offset:  // which may lead to null from anywhere
      return {element(value(inst.a, ir::Ptr), type, value(inst.b, ir::I64), false), nullptr};
    case Op::Copy:
      lower_copy(inst);
      return {};
    case Op::Fill:
      lower_fill(inst);
      return {};
    case Op::MakeSlice:
      return {value(inst.a, ir::Ptr), value(inst.b, ir::I64)};
    case Op::MakeInterface:
    case Op::MakeClosure:
      return {value(inst.a, ir::Ptr), value(inst.b, ir::Ptr)};
    case Op::Len:
    case Op::TableOf:
      return {pair(inst.a, type).second, nullptr};
    case Op::SliceData:
      return {pair(inst.a, type).first, nullptr};
    case Op::ObjectOf: {
      const Pair both = pair(inst.a, type);
      return {module_.types[type].kind == ir::TypeKind::Closure ? both.second : both.first, nullptr};
    }
    default:
      return lower_subslice(inst);
  }
}

/// `within`: of an object that is known to have that element.
llvm::Value* FunctionLowering::element(llvm::Value* address, TypeId type, llvm::Value* index, bool within) {
  return builder_.CreateGEP(llvm::ArrayType::get(types_.byte(), types_.size(type)), address, index, "",
                            within ? llvm::GEPNoWrapFlags::inBounds() : llvm::GEPNoWrapFlags::none());
}

FunctionLowering::Pair FunctionLowering::lower_load(TypeId type, llvm::Value* address) {
  const llvm::Align align = types_.access_alignment(type);
  if (type == ir::Bool) {
    llvm::Value* byte = builder_.CreateAlignedLoad(types_.byte(), address, align);
    return {builder_.CreateTrunc(byte, builder_.getInt1Ty()), nullptr};
  }
  Pair result{builder_.CreateAlignedLoad(types_.value(type), address, align), nullptr};
  if (types_.is_pair(type))
    result.second = builder_.CreateAlignedLoad(types_.second(type), at_offset(address, 8), llvm::Align(8));
  return result;
}

void FunctionLowering::lower_store(TypeId type, Pair value, llvm::Value* address) {
  const llvm::Align align = types_.access_alignment(type);
  if (type == ir::Bool) value.first = builder_.CreateZExt(value.first, types_.byte());
  builder_.CreateAlignedStore(value.first, address, align);
  if (value.second) builder_.CreateAlignedStore(value.second, at_offset(address, 8), llvm::Align(8));
}

void FunctionLowering::lower_copy(const Inst& inst) {
  Words words(module_, inst);
  const ir::Value to_value = ir::Value::of_bits(words.next());
  const ir::Value from_value = ir::Value::of_bits(words.next());
  llvm::Value* to = value(to_value.bits, ir::Ptr);
  llvm::Value* from = value(from_value.bits, ir::Ptr);
  llvm::Value* bytes = value(words.next(), ir::I64);
  llvm::Value* null = builder_.getFalse();
  if (!is_not_null(to_value)) null = builder_.CreateIsNull(to);
  if (!is_not_null(from_value)) null = builder_.CreateOr(null, builder_.CreateIsNull(from));
  trap_if(builder_.CreateAnd(null, builder_.CreateIsNotNull(bytes)), TrapKind::Null);
  builder_.CreateMemMove(to, llvm::Align(1), from, llvm::Align(1), bytes);
}

void FunctionLowering::lower_fill(const Inst& inst) {
  Words words(module_, inst);
  const ir::Value to_value = ir::Value::of_bits(words.next());
  llvm::Value* to = value(to_value.bits, ir::Ptr);
  llvm::Value* byte = value(words.next(), ir::I8);
  llvm::Value* bytes = value(words.next(), ir::I64);
  if (!is_not_null(to_value))
    trap_if(builder_.CreateAnd(builder_.CreateIsNull(to), builder_.CreateIsNotNull(bytes)), TrapKind::Null);
  builder_.CreateMemSet(to, byte, bytes, llvm::Align(1));
}

FunctionLowering::Pair FunctionLowering::lower_subslice(const Inst& inst) {
  Words words(module_, inst);
  const Pair slice = pair(words.next(), inst.type());
  llvm::Value* from = value(words.next(), ir::I64);
  llvm::Value* to = value(words.next(), ir::I64);
  llvm::Value* bad = builder_.CreateOr(builder_.CreateICmpSLT(from, word(0)), builder_.CreateICmpSGT(from, to));
  bad = builder_.CreateOr(bad, builder_.CreateICmpSGT(to, slice.second));
  trap_if(bad, TrapKind::Range, from, to);
  return {element(slice.first, module_.types[inst.type()].element, from, true), builder_.CreateSub(to, from)};
}

/// Tables do not change while a program runs.
llvm::Value* FunctionLowering::table_entry(llvm::Value* table, std::uint32_t number) {
  llvm::LoadInst* entry =
      builder_.CreateAlignedLoad(types_.pointer(), at_offset(table, std::uint64_t{number} * 8), llvm::Align(8));
  entry->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context_, {}));
  return entry;
}

FunctionLowering::Pair FunctionLowering::lower_call(const Inst& inst) {
  Words words(module_, inst);
  const TypeId signature = inst.type();
  const ir::Value what = ir::Value::of_bits(words.next());
  if (inst.op() == Op::Call) {
    llvm::Function* callee = symbols_.callee(what.function());
    return call(types_.convention(signature), callee, nullptr, words, signature);
  }
  const Convention& convention = types_.convention(signature, /*with_object=*/inst.op() != Op::CallPointer);
  switch (inst.op()) {
    case Op::CallPointer: {
      llvm::Value* function = value(what.bits, signature);
      trap_if_null(what, function);
      return call(convention, {convention.type, function}, nullptr, words, signature);
    }
    case Op::CallClosure: {
      const Pair closure = pair(what.bits, TypeId{});
      trap_if(builder_.CreateIsNull(closure.first), TrapKind::Null);
      return call(convention, {convention.type, closure.first}, closure.second, words, signature);
    }
    case Op::CallVirtual: {
      llvm::Value* object = value(what.bits, ir::Ptr);
      trap_if_null(what, object);
      llvm::Value* table = builder_.CreateAlignedLoad(types_.pointer(), object, llvm::Align(8));
      trap_if(builder_.CreateIsNull(table), TrapKind::Null);
      llvm::Value* function = table_entry(table, words.next());
      return call(convention, {convention.type, function}, object, words, signature);
    }
    default: {
      const Pair object = pair(what.bits, TypeId{});
      trap_if(builder_.CreateIsNull(object.second), TrapKind::Null);
      llvm::Value* function = table_entry(object.second, words.next());
      return call(convention, {convention.type, function}, object.first, words, signature);
    }
  }
}

FunctionLowering::Pair FunctionLowering::call(const Convention& convention, llvm::FunctionCallee callee,
                                              llvm::Value* object, Words& words, TypeId signature) {
  llvm::SmallVector<Pair, 8> given;
  if (object) given.push_back({object, nullptr});
  const std::uint32_t count = words.next();
  for (std::uint32_t i = 0; i < count; ++i) given.push_back(pair(words.next(), module_.parameter_type(signature, i)));
  llvm::SmallVector<llvm::Value*, 12> arguments;
  for (const PassedWord& passed : convention.words) {
    if (passed.parameter == PassedWord::Padding)
      arguments.push_back(llvm::UndefValue::get(types_.word()));
    else
      arguments.push_back(passed.part ? given[passed.parameter].second : given[passed.parameter].first);
  }
  llvm::CallInst* made = builder_.CreateCall(convention.type, callee.getCallee(), arguments);
  llvm::AttributeList attributes = convention.attributes;
  // The program's own, though the C library has one of that name.
  if (auto* function = llvm::dyn_cast<llvm::Function>(callee.getCallee());
      function && function->hasFnAttribute(llvm::Attribute::NoBuiltin))
    attributes = attributes.addFnAttribute(context_, llvm::Attribute::NoBuiltin);
  made->setAttributes(attributes);
  const TypeId result = module_.types[signature].element;
  if (result == ir::Void) return {};
  if (!types_.is_pair(result)) return {made, nullptr};
  return {builder_.CreateExtractValue(made, 0), builder_.CreateExtractValue(made, 1)};
}

}  // namespace inlay::codegen
