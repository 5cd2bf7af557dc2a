// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/function.h"

#include <algorithm>

#include "codegen/lower/initializer.h"

#include <llvm/IR/MDBuilder.h>

namespace inlay::codegen {

using ir::BlockId;
using ir::Inst;
using ir::InstId;
using ir::Op;
using ir::TypeId;

namespace {
/// More than any stack has: what LLVM cannot lay out is refused before.
constexpr std::uint64_t MostSlotBytes = std::uint64_t{1} << 30;
}  // namespace

FunctionLowering::FunctionLowering(Symbols& symbols, Types& types, const ir::Module& module, DebugInfo* debug,
                                   bool facts)
    : symbols_(symbols),
      types_(types),
      module_(module),
      debug_(debug),
      facts_(facts),
      context_(symbols.module().getContext()),
      builder_(context_),
      unlikely_(llvm::MDBuilder(context_).createUnlikelyBranchWeights()) {}

void FunctionLowering::lower(ir::FunctionId id, llvm::Function& function) {
  begin(id, function);
  order_blocks();
  make_blocks();
  if (debug_) debug_->begin(id, function);
  builder_.SetInsertPoint(entry_);
  builder_.SetCurrentDebugLocation(debug_ ? debug_->location({}) : llvm::DebugLoc());
  if (make_slots()) {
    take_parameters();
    for (BlockId block : order_) lower_block(block);
    finish_traps();
  }
  if (debug_) debug_->end();
}

void FunctionLowering::begin(ir::FunctionId id, llvm::Function& function) {
  id_ = id;
  function_ = &module_.functions[id];
  into_ = &function;
  location_ = {};
  place_ = 0;
  const std::size_t insts = function_->end.value - function_->first.value;
  values_.assign(insts, {});
  known_.assign(insts, {});
  const std::size_t blocks = function_->end_block.value - function_->first_block.value;
  state_.assign(blocks, 0);
  blocks_.assign(blocks, nullptr);
  target_of_.assign(blocks, 0);
  order_.clear();
  traps_.clear();
  sites_.clear();
}

/// Reverse post order of what is reached.
void FunctionLowering::order_blocks() {
  enum : std::uint32_t { Reached = 1 };
  struct Visit {
    BlockId block;
    bool left;
  };
  std::vector<Visit> stack{{function_->first_block, false}};
  while (!stack.empty()) {
    const auto [block, left] = stack.back();
    stack.pop_back();
    if (left) {
      order_.push_back(block);
      continue;
    }
    if (state_[index(block)] == Reached) continue;
    state_[index(block)] = Reached;
    stack.push_back({block, true});
    visit_targets(module_, module_.insts[module_.blocks[block].last], [&](BlockId target) {
      if (state_[index(target)] != Reached) stack.push_back({target, false});
    });
  }
  std::reverse(order_.begin(), order_.end());
}

/// In the order of the text, which is how its writer wants them.
void FunctionLowering::make_blocks() {
  for (std::uint32_t i = 0; i < blocks_.size(); ++i)
    if (state_[i]) blocks_[i] = llvm::BasicBlock::Create(context_, "", into_);
  entry_ = blocks_[0];
}

bool FunctionLowering::make_slots() {
  std::uint64_t total = 0;
  for (InstId id = function_->first; id < function_->end; id = InstId{id.value + 1}) {
    const Inst& inst = module_.insts[id];
    if (inst.op() != Op::Slot) continue;
    const std::uint64_t size = types_.size(inst.type());
    total += size;
    if (total > MostSlotBytes) {
      symbols_.fail(Error(ErrorKind::InvalidProgram,
                          "'@" + module_.full_name(id_) + "' has slots of more than 1 GiB; make one a variable",
                          module_.place(module_.locations[id])));
      return false;
    }
    // One that is empty takes a byte: each has an address of its own.
    llvm::Type* type = size > 0 ? types_.memory(inst.type()) : llvm::ArrayType::get(types_.byte(), 1);
    const llvm::Align align = types_.alignment(inst.type());
    auto* slot = new llvm::AllocaInst(type, 0, nullptr, align, "", entry_);
    if (type->isArrayTy()) {
      if (size > 0) builder_.CreateMemSet(slot, builder_.getInt8(0), size, align);
    } else {
      builder_.CreateAlignedStore(llvm::Constant::getNullValue(type), slot, align);
    }
    result_of(id) = {slot, nullptr};
    known_of(id).not_null = true;
    if (debug_ && module_.name_of(id)) debug_->slot(module_.text(module_.name_of(id)), inst.type(), slot, builder_);
  }
  return true;
}

void FunctionLowering::take_parameters() {
  // The program's parameters are the first instructions of the first block.
  std::vector<InstId> parameters;
  for (InstId id = module_.blocks[function_->first_block].first; id && module_.insts[id].op() == Op::Param;
       id = module_.insts[id].next)
    parameters.push_back(id);
  std::vector<Pair> given(parameters.size());
  const Convention& convention = types_.convention(function_->signature);
  for (std::size_t i = 0; i < convention.words.size(); ++i) {
    const PassedWord& word = convention.words[i];
    if (word.parameter >= given.size()) continue;
    (word.part ? given[word.parameter].second : given[word.parameter].first) = into_->getArg(static_cast<unsigned>(i));
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    const TypeId type = module_.insts[parameters[i]].type();
    if (debug_)
      debug_->parameter(static_cast<std::uint32_t>(i), module_.text(module_.name_of(parameters[i])), type,
                        given[i].first, given[i].second, builder_);
    result_of(parameters[i]) = given[i];
  }
}

void FunctionLowering::lower_block(BlockId block) {
  ++place_;
  builder_.SetInsertPoint(blocks_[index(block)]);
  for (InstId id = module_.blocks[block].first; id; id = module_.insts[id].next) {
    const Inst& inst = module_.insts[id];
    if (inst.op() == Op::Param) {
      if (block == function_->first_block) continue;
      // The phis may be there already, as edges are written first.
      Pair& value = result_of(id);
      if (!value.first) make_phi(inst.type(), value, blocks_[index(block)]);
      if (debug_ && module_.name_of(id))
        debug_->local(module_.text(module_.name_of(id)), inst.type(), value.first, value.second, builder_);
      continue;
    }
    set_location(id);
    lower_instruction(id, inst);
  }
}

void FunctionLowering::make_phi(TypeId type, Pair& value, llvm::BasicBlock* block) {
  value.first = llvm::PHINode::Create(types_.value(type), 2, "", block);
  if (types_.is_pair(type)) value.second = llvm::PHINode::Create(types_.second(type), 2, "", block);
}

void FunctionLowering::set_location(InstId id) {
  const ir::Location location = module_.locations[id];
  if (location == location_) return;
  location_ = location;
  if (debug_) builder_.SetCurrentDebugLocation(debug_->location(location));
}

void FunctionLowering::lower_instruction(InstId id, const Inst& inst) {
  const Op op = inst.op();
  if (op >= Op::Jump) return lower_end(inst);
  if (op == Op::Slot) return;
  Pair& result = result_of(id);
  if (op >= Op::Call)
    result = lower_call(inst);
  else if (op > Op::Slot)
    result = lower_memory(inst, known_of(id));
  else if (op == Op::Select)
    result = lower_select(inst);
  else if (op >= Op::Splat)
    result.first = lower_vector(inst);
  else
    result.first = lower_number(inst);
  if (debug_ && module_.name_of(id) && result.first) {
    const TypeId type = module_.result_type(inst);
    debug_->local(module_.text(module_.name_of(id)), type, result.first, result.second, builder_);
  }
}

FunctionLowering::Pair FunctionLowering::pair(std::uint32_t bits, TypeId type) {
  const ir::Value value = ir::Value::of_bits(bits);
  if (value.is_inst()) return result_of(value.inst());
  if (value.is_number()) return {llvm::ConstantInt::getSigned(types_.value(type), value.number()), nullptr};
  if (value.is_const()) return constant(value.constant());
  return {symbols_.constant(value), nullptr};
}

FunctionLowering::Pair FunctionLowering::constant(ir::ConstId id) {
  const ir::Const& c = module_.consts[id];
  llvm::Type* type = types_.value(c.type);
  switch (c.kind) {
    case ir::ConstKind::Int:
      return {llvm::ConstantInt::get(type, c.bits, /*IsSigned=*/true, /*ImplicitTrunc=*/true), nullptr};
    case ir::ConstKind::Float:
      if (type->isFloatTy())
        return {llvm::ConstantFP::get(type, llvm::APFloat(llvm::bit_cast<float>(static_cast<std::uint32_t>(c.bits)))),
                nullptr};
      return {llvm::ConstantFP::get(type, llvm::APFloat(llvm::bit_cast<double>(c.bits))), nullptr};
    case ir::ConstKind::Zero: {
      Pair zero{llvm::Constant::getNullValue(type), nullptr};
      if (types_.is_pair(c.type)) zero.second = llvm::Constant::getNullValue(types_.second(c.type));
      return zero;
    }
    case ir::ConstKind::Lanes: {
      const ir::Type& vector = module_.types[c.type];
      std::vector<llvm::Constant*> lanes;
      for (std::uint32_t bits : module_.words(ir::ExtraId{static_cast<std::uint32_t>(c.bits)}, vector.count))
        lanes.push_back(llvm::cast<llvm::Constant>(value(bits, vector.element)));
      return {llvm::ConstantVector::get(lanes), nullptr};
    }
    case ir::ConstKind::SizeOf:
      return {word(types_.size(TypeId{static_cast<std::uint32_t>(c.bits)})), nullptr};
    case ir::ConstKind::AlignOf:
      return {word(types_.alignment(TypeId{static_cast<std::uint32_t>(c.bits)}).value()), nullptr};
    case ir::ConstKind::TypeRecord:
    case ir::ConstKind::Param:
      break;
  }
  symbols_.fail(
      Error(ErrorKind::InvalidProgram,
            "'@" + module_.full_name(id_) + "' mentions what only stands in generics; expand the module first",
            module_.place(location_)));
  return {llvm::PoisonValue::get(type), nullptr};
}

}  // namespace inlay::codegen
