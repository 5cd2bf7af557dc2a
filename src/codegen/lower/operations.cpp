// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers and vectors. Nothing here is undefined to LLVM: no instruction gets a flag that promises something, and what
// LLVM leaves open is asked before or computed otherwise.
#include "codegen/lower/function.h"

#include <llvm/IR/Constants.h>

namespace inlay::codegen {

using ir::Inst;
using ir::Op;
using ir::TrapKind;
using ir::TypeId;
namespace Intrinsic = llvm::Intrinsic;

namespace {

bool is_float(const llvm::Value* value) { return value->getType()->isFPOrFPVectorTy(); }

}  // namespace

llvm::Value* FunctionLowering::lower_number(const Inst& inst) {
  const Op op = inst.op();
  if (op >= Op::Trunc) return lower_conversion(inst);
  const TypeId type = inst.type();
  Words words(module_, inst);
  llvm::Value* a = value(words.next(), type);
  switch (op) {
    case Op::Neg:
      return is_float(a) ? builder_.CreateFNeg(a) : builder_.CreateNeg(a);
    case Op::Abs:
      return is_float(a) ? builder_.CreateUnaryIntrinsic(Intrinsic::fabs, a)
                         : builder_.CreateBinaryIntrinsic(Intrinsic::abs, a, builder_.getFalse());
    case Op::Sqrt:
      return builder_.CreateUnaryIntrinsic(Intrinsic::sqrt, a);
    case Op::Floor:
      return builder_.CreateUnaryIntrinsic(Intrinsic::floor, a);
    case Op::Ceil:
      return builder_.CreateUnaryIntrinsic(Intrinsic::ceil, a);
    case Op::Round:
      return builder_.CreateUnaryIntrinsic(Intrinsic::roundeven, a);
    case Op::Not:
      return builder_.CreateNot(a);
    case Op::Popcount:
      return builder_.CreateUnaryIntrinsic(Intrinsic::ctpop, a);
    case Op::Clz:
      return builder_.CreateBinaryIntrinsic(Intrinsic::ctlz, a, builder_.getFalse());
    case Op::Ctz:
      return builder_.CreateBinaryIntrinsic(Intrinsic::cttz, a, builder_.getFalse());
    case Op::Bswap:
      return type == ir::I8 ? a : builder_.CreateUnaryIntrinsic(Intrinsic::bswap, a);
    default:
      break;
  }
  llvm::Value* b = value(words.next(), type);
  switch (op) {
    case Op::Add:
      return is_float(a) ? builder_.CreateFAdd(a, b) : builder_.CreateAdd(a, b);
    case Op::Sub:
      return is_float(a) ? builder_.CreateFSub(a, b) : builder_.CreateSub(a, b);
    case Op::Mul:
      return is_float(a) ? builder_.CreateFMul(a, b) : builder_.CreateMul(a, b);
    case Op::Div:
      if (is_float(a)) return builder_.CreateFDiv(a, b);
      [[fallthrough]];
    case Op::DivU:
    case Op::Rem:
    case Op::RemU:
      return lower_division(op, a, b);
    case Op::AddTrap:
      return lower_checked(Intrinsic::sadd_with_overflow, a, b);
    case Op::SubTrap:
      return lower_checked(Intrinsic::ssub_with_overflow, a, b);
    case Op::MulTrap:
      return lower_checked(Intrinsic::smul_with_overflow, a, b);
    case Op::Min:
    case Op::Max:
    case Op::MinU:
    case Op::MaxU:
      return lesser(op, a, b);
    case Op::Fma:
      return builder_.CreateIntrinsic(Intrinsic::fma, {a->getType()}, {a, b, value(words.next(), type)});
    case Op::And:
      return builder_.CreateAnd(a, b);
    case Op::Or:
      return builder_.CreateOr(a, b);
    case Op::Xor:
      return builder_.CreateXor(a, b);
    case Op::Shl:
      return builder_.CreateShl(a, shift_amount(b));
    case Op::Shr:
      return builder_.CreateLShr(a, shift_amount(b));
    case Op::Sar:
      return builder_.CreateAShr(a, shift_amount(b));
    case Op::Rotl:
      return builder_.CreateIntrinsic(Intrinsic::fshl, {a->getType()}, {a, a, b});
    default:
      return lower_comparison(op, a, b);
  }
}

/// Modulo the width.
llvm::Value* FunctionLowering::shift_amount(llvm::Value* amount) {
  llvm::Type* type = amount->getType();
  return builder_.CreateAnd(amount, llvm::ConstantInt::get(type, type->getScalarSizeInBits() - 1));
}

llvm::Value* FunctionLowering::lower_division(Op op, llvm::Value* a, llvm::Value* b) {
  llvm::Type* type = a->getType();
  llvm::Constant* zero = llvm::ConstantInt::get(type, 0);
  llvm::Constant* minus_one = llvm::Constant::getAllOnesValue(type);
  trap_if(builder_.CreateICmpEQ(b, zero), TrapKind::DivisionByZero);
  switch (op) {
    case Op::DivU:
      return builder_.CreateUDiv(a, b);
    case Op::RemU:
      return builder_.CreateURem(a, b);
    case Op::Rem:  // of -1 it is 0, which a division of the least integer does not give
      return builder_.CreateSRem(
          a, builder_.CreateSelect(builder_.CreateICmpEQ(b, minus_one), llvm::ConstantInt::get(type, 1), b));
    default: {
      llvm::Constant* least = llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
      llvm::Value* overflows = builder_.CreateAnd(builder_.CreateICmpEQ(b, minus_one), builder_.CreateICmpEQ(a, least));
      trap_if(overflows, TrapKind::Overflow);
      return builder_.CreateSDiv(a, b);
    }
  }
}

llvm::Value* FunctionLowering::lower_checked(Intrinsic::ID intrinsic, llvm::Value* a, llvm::Value* b) {
  llvm::Value* both = builder_.CreateBinaryIntrinsic(intrinsic, a, b);
  llvm::Value* result = builder_.CreateExtractValue(both, 0);
  trap_if(builder_.CreateExtractValue(both, 1), TrapKind::Overflow);
  return result;
}

/// `a` if it compares so, else `b`: with NaN, and of two zeros, `b`.
llvm::Value* FunctionLowering::lesser(Op op, llvm::Value* a, llvm::Value* b) {
  const Op comparison = op == Op::Min ? Op::Lt : op == Op::Max ? Op::Gt : op == Op::MinU ? Op::LtU : Op::GtU;
  return builder_.CreateSelect(lower_comparison(comparison, a, b), a, b);
}

llvm::Value* FunctionLowering::lower_comparison(Op op, llvm::Value* a, llvm::Value* b) {
  using Predicate = llvm::CmpInst::Predicate;
  struct Predicates {
    Predicate of_integers, of_floats;
  };
  const auto predicates = [&]() -> Predicates {
    switch (op) {
      case Op::Eq:
        return {Predicate::ICMP_EQ, Predicate::FCMP_OEQ};
      case Op::Ne:
        return {Predicate::ICMP_NE, Predicate::FCMP_UNE};
      case Op::Lt:
        return {Predicate::ICMP_SLT, Predicate::FCMP_OLT};
      case Op::Le:
        return {Predicate::ICMP_SLE, Predicate::FCMP_OLE};
      case Op::Gt:
        return {Predicate::ICMP_SGT, Predicate::FCMP_OGT};
      case Op::Ge:
        return {Predicate::ICMP_SGE, Predicate::FCMP_OGE};
      case Op::LtU:
        return {Predicate::ICMP_ULT, Predicate::FCMP_FALSE};
      case Op::LeU:
        return {Predicate::ICMP_ULE, Predicate::FCMP_FALSE};
      case Op::GtU:
        return {Predicate::ICMP_UGT, Predicate::FCMP_FALSE};
      default:
        return {Predicate::ICMP_UGE, Predicate::FCMP_FALSE};
    }
  }();
  return is_float(a) ? builder_.CreateFCmp(predicates.of_floats, a, b)
                     : builder_.CreateICmp(predicates.of_integers, a, b);
}

llvm::Value* FunctionLowering::lower_conversion(const Inst& inst) {
  llvm::Type* to = types_.value(inst.type());
  llvm::Value* from = value(inst.a, inst.type());
  switch (inst.op()) {
    case Op::Trunc:
      return builder_.CreateTrunc(from, to);
    case Op::Zext:
      return builder_.CreateZExt(from, to);
    case Op::Sext:
      return builder_.CreateSExt(from, to);
    case Op::IntToFloat:
      return builder_.CreateSIToFP(from, to);
    case Op::UintToFloat:
      return builder_.CreateUIToFP(from, to);
    case Op::FloatToInt:
      return builder_.CreateIntrinsic(Intrinsic::fptosi_sat, {to, from->getType()}, {from});
    case Op::FloatToUint:
      return builder_.CreateIntrinsic(Intrinsic::fptoui_sat, {to, from->getType()}, {from});
    case Op::FloatCast:
      return builder_.CreateFPCast(from, to);
    default:
      return lower_bitcast(from, to);
  }
}

llvm::Value* FunctionLowering::lower_bitcast(llvm::Value* from, llvm::Type* to) {
  if (from->getType() == to) return from;
  if (from->getType()->isPointerTy()) from = builder_.CreatePtrToInt(from, types_.word());
  if (!to->isPointerTy()) return builder_.CreateBitCast(from, to);
  return builder_.CreateIntToPtr(builder_.CreateBitCast(from, types_.word()), to);
}

FunctionLowering::Pair FunctionLowering::lower_select(const Inst& inst) {
  Words words(module_, inst);
  const TypeId type = inst.type();
  const std::uint32_t condition_word = words.next();
  // A plain number is a bool.
  llvm::Value* condition = value(condition_word, ir::Bool);
  const Pair a = pair(words.next(), type);
  const Pair b = pair(words.next(), type);
  Pair result{builder_.CreateSelect(condition, a.first, b.first), nullptr};
  if (a.second) result.second = builder_.CreateSelect(condition, a.second, b.second);
  return result;
}

llvm::Value* FunctionLowering::lower_vector(const Inst& inst) {
  const TypeId type = inst.type();
  const ir::Type& vector = module_.types[type];
  Words words(module_, inst);
  switch (inst.op()) {
    case Op::Splat:
      return builder_.CreateVectorSplat(vector.count, value(words.next(), vector.element));
    case Op::Extract: {
      llvm::Value* from = value(words.next(), type);
      return builder_.CreateExtractElement(from, std::uint64_t{words.next()});
    }
    case Op::Insert: {
      llvm::Value* into = value(words.next(), type);
      llvm::Value* lane = value(words.next(), vector.element);
      return builder_.CreateInsertElement(into, lane, std::uint64_t{words.next()});
    }
    case Op::Shuffle: {
      llvm::Value* a = value(words.next(), type);
      llvm::Value* b = value(words.next(), type);
      llvm::SmallVector<int, 64> lanes;
      for (std::uint32_t n = words.next(); n > 0; --n) lanes.push_back(static_cast<int>(words.next()));
      return builder_.CreateShuffleVector(a, b, lanes);
    }
    default:
      return lower_reduction(inst.op(), value(words.next(), type));
  }
}

llvm::Value* FunctionLowering::lower_reduction(Op op, llvm::Value* vector) {
  switch (op) {
    case Op::ReduceAdd:
      if (!is_float(vector)) return builder_.CreateAddReduce(vector);
      // In order, as nothing says otherwise; -0 + x is x for each x.
      return builder_.CreateFAddReduce(
          llvm::ConstantFP::getNegativeZero(llvm::cast<llvm::VectorType>(vector->getType())->getElementType()), vector);
    case Op::ReduceAnd:
      return builder_.CreateAndReduce(vector);
    case Op::ReduceOr:
      return builder_.CreateOrReduce(vector);
    default:
      break;
  }
  const Op each = op == Op::ReduceMin ? Op::Min : Op::Max;
  if (!is_float(vector))
    return each == Op::Min ? builder_.CreateIntMinReduce(vector, /*IsSigned=*/true)
                           : builder_.CreateIntMaxReduce(vector, /*IsSigned=*/true);
  const unsigned lanes = llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements();
  llvm::Value* result = builder_.CreateExtractElement(vector, std::uint64_t{0});
  for (unsigned lane = 1; lane < lanes; ++lane)
    result = lesser(each, result, builder_.CreateExtractElement(vector, std::uint64_t{lane}));
  return result;
}

}  // namespace inlay::codegen
