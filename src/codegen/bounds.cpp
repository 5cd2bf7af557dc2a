// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Why this is right. A value means what it was last computed as. A fact that a branch or an assumption states lies
// between the computation of what it mentions and the point that it dominates, so that it speaks of the same values
// there. Along an edge into a phi's block, phis of that block still have the values of their last round: what is being
// shown of a phi may be taken for granted of these, which is induction over the rounds. The other side of such a claim
// must be the same in all rounds: what dominates the phi's block, and is not in it, is not computed again between the
// last round of a phi and an edge into the phi that it leads to.
#include "codegen/bounds.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PatternMatch.h>

namespace inlay::codegen {

namespace {

using Number = Bounds::Number;
namespace match = llvm::PatternMatch;

constexpr unsigned MostSteps = 600;       // for one question
constexpr unsigned MostDepth = 20;        // of questions within one
constexpr unsigned MostDominators = 100;  // whose branches are looked at
constexpr std::size_t MostFacts = 200;
constexpr unsigned MostEdges = 8;  // into a phi

Number from(const llvm::APInt& number) { return number.getSExtValue(); }

/// The greatest number of the type.
Number greatest(const llvm::Value& value) {
  return from(llvm::APInt::getSignedMaxValue(value.getType()->getIntegerBitWidth()));
}
Number least(const llvm::Value& value) { return -greatest(value) - 1; }

bool is_of_numbers(const llvm::Value& value) {
  const llvm::Type* type = value.getType();
  return type->isIntegerTy() && type->getIntegerBitWidth() >= 8 && type->getIntegerBitWidth() <= 64;
}

/// The number that an operand is.
const llvm::APInt* number(const llvm::Value* value) {
  const auto* constant = llvm::dyn_cast<llvm::ConstantInt>(value);
  return constant ? &constant->getValue() : nullptr;
}

bool computes(const llvm::Instruction& inst, llvm::Intrinsic::ID intrinsic) {
  const auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&inst);
  return call && call->getIntrinsicID() == intrinsic;
}

/// Whether all phis of the block, in all their rounds, meet one and the same value.
bool is_the_same_in(const llvm::Value* value, const llvm::BasicBlock* block, const llvm::DominatorTree& dominators) {
  const auto* inst = llvm::dyn_cast_or_null<llvm::Instruction>(value);
  return !inst || dominators.properlyDominates(inst->getParent(), block);
}

}  // namespace

Bounds::Bounds(llvm::Function& function, llvm::DominatorTree& dominators, llvm::AssumptionCache& assumptions)
    : dominators_(dominators), layout_(function.getDataLayout()) {
  for (const auto& entry : assumptions.assumptions()) {
    const auto* call = llvm::cast_or_null<llvm::CallInst>(static_cast<llvm::Value*>(entry));
    if (call) assumptions_[call->getParent()].push_back(call);
  }
}

bool Bounds::is_always(const llvm::ICmpInst& comparison, bool outcome) {
  const llvm::Value *x = comparison.getOperand(0), *y = comparison.getOperand(1);
  if (!is_of_numbers(*x)) return false;
  const Point here{&comparison};
  steps_ = 0;
  depth_ = 0;
  llvm::CmpInst::Predicate predicate = outcome ? comparison.getPredicate() : comparison.getInversePredicate();
  if (llvm::ICmpInst::isGT(predicate) || llvm::ICmpInst::isGE(predicate)) {
    predicate = llvm::ICmpInst::getSwappedPredicate(predicate);
    std::swap(x, y);
  }
  switch (predicate) {
    case llvm::CmpInst::ICMP_SLT:
      return at_most(x, y, -1, here);
    case llvm::CmpInst::ICMP_SLE:
      return at_most(x, y, 0, here);
    case llvm::CmpInst::ICMP_ULT:  // where x is no less than 0, neither is y
      return at_most(x, y, -1, here) && is_positive(x, 0, here);
    case llvm::CmpInst::ICMP_ULE:
      return at_most(x, y, 0, here) && is_positive(x, 0, here);
    case llvm::CmpInst::ICMP_NE:
      return at_most(x, y, -1, here) || at_most(y, x, -1, here);
    default:
      return false;
  }
}

bool Bounds::at_most(const llvm::Value* a, const llvm::Value* b, Number c, Point point) {
  if (++steps_ > MostSteps || depth_ >= MostDepth) return false;
  if (const llvm::APInt* known = a ? number(a) : nullptr) {
    c -= from(*known);
    a = nullptr;
  }
  if (const llvm::APInt* known = b ? number(b) : nullptr) {
    c += from(*known);
    b = nullptr;
  }
  if (a == b) return c >= 0;
  if ((a && !is_of_numbers(*a)) || (b && !is_of_numbers(*b))) return false;
  ++depth_;
  const bool result = follows(a, b, c, point);
  --depth_;
  return result;
}

bool Bounds::follows(const llvm::Value* a, const llvm::Value* b, Number c, Point point) {
  for (Side side : {Side::Lesser, Side::Greater})
    if (auto found = assumed_.find({{a, b}, side}); found != assumed_.end() && c >= found->second) return true;
  const auto range = [&](const llvm::Value* value) {
    return llvm::computeConstantRangeIncludingKnownBits(value, /*ForSigned=*/true, llvm::SimplifyQuery(layout_));
  };
  if (!a && from(range(b).getSignedMin()) + c >= 0) return true;
  if (!b && from(range(a).getSignedMax()) <= c) return true;
  if (const auto* inst = llvm::dyn_cast_or_null<llvm::Instruction>(a); inst && lesser_follows(*inst, b, c, point))
    return true;
  if (const auto* inst = llvm::dyn_cast_or_null<llvm::Instruction>(b); inst && greater_follows(a, *inst, c, point))
    return true;
  return facts_say(a, b, c, point);
}

/// From how the lesser one is computed.
bool Bounds::lesser_follows(const llvm::Instruction& a, const llvm::Value* b, Number c, Point point) {
  if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(&a)) return phi_keeps(*phi, b, c, Side::Lesser);
  if (const auto* select = llvm::dyn_cast<llvm::SelectInst>(&a))
    return at_most(select->getTrueValue(), b, c, point) && at_most(select->getFalseValue(), b, c, point);
  if (a.getNumOperands() < 2) return false;
  const llvm::Value *x = a.getOperand(0), *y = a.getOperand(1);
  if (computes(a, llvm::Intrinsic::smax)) return at_most(x, b, c, point) && at_most(y, b, c, point);
  if (computes(a, llvm::Intrinsic::smin)) return at_most(x, b, c, point) || at_most(y, b, c, point);
  const llvm::APInt* known = number(y);
  switch (a.getOpcode()) {
    case llvm::Instruction::Add:
      if (known) return at_most(x, b, c - from(*known), point) && fits(a, point);
      return is_midpoint(a, b, c, point);
    case llvm::Instruction::Or:  // as a sum, if it is one
      return known && llvm::cast<llvm::PossiblyDisjointInst>(a).isDisjoint() && !known->isNegative() &&
             is_positive(x, 0, point) && at_most(x, b, c - from(*known), point);
    case llvm::Instruction::Sub:
      if (number(x)) return false;
      for (int less : {1, 0})
        if (is_positive(y, less, point)) return at_most(x, b, c + less, point) && fits(a, point);
      return false;
    case llvm::Instruction::Shl:
      if (!known || b || known->uge(62)) return false;
      return c >= 0 && at_most(x, nullptr, c >> known->getZExtValue(), point) && fits(a, point);
    case llvm::Instruction::LShr:
    case llvm::Instruction::AShr:
      return is_positive(x, 0, point) && at_most(x, b, c, point);
    case llvm::Instruction::UDiv:
    case llvm::Instruction::SDiv:
      return known && known->isStrictlyPositive() && is_positive(x, 0, point) && at_most(x, b, c, point);
    case llvm::Instruction::URem:
      return is_positive(y, 0, point) && at_most(y, b, c + 1, point);
    case llvm::Instruction::SRem:
      return is_positive(y, 1, point) && at_most(y, b, c + 1, point);
    case llvm::Instruction::And:
      for (const llvm::Value* part : {y, x})
        if (is_positive(part, 0, point) && at_most(part, b, c, point)) return true;
      return false;
    default:
      return false;
  }
}

/// From how the greater one is computed.
bool Bounds::greater_follows(const llvm::Value* a, const llvm::Instruction& b, Number c, Point point) {
  if (const auto* phi = llvm::dyn_cast<llvm::PHINode>(&b)) return phi_keeps(*phi, a, c, Side::Greater);
  if (const auto* select = llvm::dyn_cast<llvm::SelectInst>(&b))
    return at_most(a, select->getTrueValue(), c, point) && at_most(a, select->getFalseValue(), c, point);
  if (b.getNumOperands() < 2) return false;
  const llvm::Value *x = b.getOperand(0), *y = b.getOperand(1);
  if (computes(b, llvm::Intrinsic::smax)) return at_most(a, x, c, point) || at_most(a, y, c, point);
  if (computes(b, llvm::Intrinsic::smin)) return at_most(a, x, c, point) && at_most(a, y, c, point);
  const llvm::APInt* known = number(y);
  switch (b.getOpcode()) {
    case llvm::Instruction::Add:
      if (known) return at_most(a, x, c + from(*known), point) && fits(b, point);
      for (const auto& [part, other] : {std::pair(x, y), std::pair(y, x)})
        if (is_positive(other, 0, point) && at_most(a, part, c, point)) return fits(b, point);
      return false;
    case llvm::Instruction::Or:
      return known && llvm::cast<llvm::PossiblyDisjointInst>(b).isDisjoint() && !known->isNegative() &&
             is_positive(x, 0, point) && at_most(a, x, c + from(*known), point);
    case llvm::Instruction::Sub:  // a <= x - y + c
      return !a && !number(x) && at_most(y, x, c, point) && fits(b, point);
    case llvm::Instruction::Shl:  // no less than x, if it fits
      return known && known->ult(62) && is_positive(x, 0, point) && at_most(a, x, c, point) && fits(b, point);
    case llvm::Instruction::LShr:
    case llvm::Instruction::AShr:
    case llvm::Instruction::UDiv:
    case llvm::Instruction::SDiv:  // of what is no less than 0, neither is the quotient
      return !a && c >= 0 && is_positive(x, 0, point) && (b.isShift() || is_positive(y, 1, point));
    case llvm::Instruction::URem:
      return !a && c >= 0 && is_positive(y, 0, point);
    case llvm::Instruction::SRem:
      return !a && c >= 0 && is_positive(x, 0, point);
    case llvm::Instruction::And:
      return !a && c >= 0 && (is_positive(x, 0, point) || is_positive(y, 0, point));
    default:
      return false;
  }
}

/// x + (y - x) / 2, with x < y and both no less than 0: less than y.
bool Bounds::is_midpoint(const llvm::Instruction& sum, const llvm::Value* b, Number c, Point point) {
  for (unsigned i : {0, 1}) {
    const llvm::Value *x = sum.getOperand(i), *half = sum.getOperand(1 - i), *y = nullptr;
    const auto distance = match::m_Sub(match::m_Value(y), match::m_Specific(x));
    if (!match::match(half, match::m_CombineOr(match::m_Shr(distance, match::m_One()),
                                               match::m_SDiv(distance, match::m_SpecificInt(2)))))
      continue;
    return at_most(y, b, c + 1, point) && at_most(x, y, -1, point) && is_positive(x, 0, point);
  }
  return false;
}

/// Whether the values that enter keep the bound.
bool Bounds::phi_keeps(const llvm::PHINode& phi, const llvm::Value* other, Number c, Side side) {
  if (!is_the_same_in(other, phi.getParent(), dominators_) || phi.getNumIncomingValues() > MostEdges) return false;
  const auto [a, b] = side == Side::Lesser ? Values(&phi, other) : Values(other, &phi);
  // Not to be negative is easier to keep than to be no less than some negative number.
  if (!other && side == Side::Greater && c > 0 && phi_keeps(phi, other, 0, side)) return true;
  const auto [entry, first] = assumed_.try_emplace({{a, b}, side}, c);
  if (!first) return false;  // it asks for more than is being shown
  bool kept = true;
  for (unsigned i = 0; kept && i < phi.getNumIncomingValues(); ++i) {
    const llvm::BasicBlock* from = phi.getIncomingBlock(i);
    const llvm::Value* value = phi.getIncomingValue(i);
    if (value == &phi || !dominators_.isReachableFromEntry(from)) continue;
    const Point edge{from->getTerminator(), phi.getParent()};
    kept = side == Side::Lesser ? at_most(value, other, c, edge) : at_most(other, value, c, edge);
  }
  assumed_.erase({{a, b}, side});
  return kept;
}

/// Whether the result is what it would be without a limit to numbers.
bool Bounds::fits(const llvm::Instruction& sum, Point point) {
  if (const auto* may_wrap = llvm::dyn_cast<llvm::OverflowingBinaryOperator>(&sum);
      may_wrap && may_wrap->hasNoSignedWrap())
    return true;
  const llvm::Value *x = sum.getOperand(0), *y = sum.getOperand(1);
  const Number most = greatest(sum);
  const llvm::APInt* known = number(y);
  switch (sum.getOpcode()) {
    case llvm::Instruction::Add:
      if (known && known->isNegative()) return at_most(nullptr, x, from(*known) - least(sum), point);
      if (known) return at_most(x, nullptr, most - from(*known), point);
      return is_midpoint(sum, nullptr, most, point) || (is_within(x, most / 2, point) && is_within(y, most / 2, point));
    case llvm::Instruction::Sub:
      if (is_positive(x, 0, point) && is_positive(y, 0, point)) return true;
      return is_within(x, most / 2, point) && is_within(y, most / 2, point);
    case llvm::Instruction::Shl:
      return known && known->ult(62) && is_positive(x, 0, point) &&
             at_most(x, nullptr, most >> known->getZExtValue(), point);
    default:
      return false;
  }
}

/// Whether -most <= value <= most.
bool Bounds::is_within(const llvm::Value* value, Number most, Point point) {
  return at_most(value, nullptr, most, point) && at_most(nullptr, value, most, point);
}

bool Bounds::facts_say(const llvm::Value* a, const llvm::Value* b, Number c, Point point) {
  const std::vector<Fact> facts = facts_at(point);
  for (const Fact& fact : facts)
    if (fact.a == a && fact.b == b && fact.c <= c) return true;
  for (const Fact& fact : facts) {
    if (a && fact.a == a && fact.b != b && at_most(fact.b, b, c - fact.c, point)) return true;
    if (b && fact.b == b && fact.a != a && at_most(a, fact.a, c - fact.c, point)) return true;
    // A fact of a sum with a number is one of what was added to.
    const auto part_of = [&](const llvm::Value* sum, const llvm::Value* value) -> const llvm::APInt* {
      const auto* inst = llvm::dyn_cast_or_null<llvm::Instruction>(sum);
      if (!inst || !value || inst->getOpcode() != llvm::Instruction::Add || inst->getOperand(0) != value)
        return nullptr;
      return number(inst->getOperand(1));
    };
    if (const llvm::APInt* added = part_of(fact.a, a); added && at_most(fact.b, b, c - fact.c + from(*added), point) &&
                                                       fits(*llvm::cast<llvm::Instruction>(fact.a), point))
      return true;
    if (const llvm::APInt* added = part_of(fact.b, b); added && at_most(a, fact.a, c - fact.c - from(*added), point) &&
                                                       fits(*llvm::cast<llvm::Instruction>(fact.b), point))
      return true;
  }
  return false;
}

std::vector<Bounds::Fact> Bounds::facts_at(Point point) {
  std::vector<Fact> facts;
  const llvm::BasicBlock* block = point.at->getParent();
  if (!dominators_.isReachableFromEntry(block)) return facts;
  if (point.next) add_edge(block, point.next, facts);
  if (auto found = assumptions_.find(block); found != assumptions_.end())
    for (const llvm::CallInst* assumption : found->second)
      if (assumption->comesBefore(point.at)) add_outcome(assumption->getArgOperand(0), true, facts);
  unsigned looked_at = 0;
  for (const llvm::DomTreeNode* node = dominators_.getNode(block); node && ++looked_at < MostDominators;
       node = node->getIDom()) {
    const std::vector<Fact>& entry = facts_on_entry(node->getBlock());
    facts.insert(facts.end(), entry.begin(), entry.end());
    if (facts.size() > MostFacts) break;
  }
  return facts;
}

/// What the branch of the block's dominator says, and what was assumed there.
const std::vector<Bounds::Fact>& Bounds::facts_on_entry(const llvm::BasicBlock* block) {
  const auto [found, added] = on_entry_.try_emplace(block);
  if (!added) return found->second;
  std::vector<Fact> facts;
  const llvm::DomTreeNode* dominator = dominators_.getNode(block)->getIDom();
  if (dominator) {
    const llvm::BasicBlock* from = dominator->getBlock();
    if (const llvm::BasicBlock* only = block->getSinglePredecessor(); only == from) add_edge(from, block, facts);
    if (auto assumed = assumptions_.find(from); assumed != assumptions_.end())
      for (const llvm::CallInst* assumption : assumed->second) add_outcome(assumption->getArgOperand(0), true, facts);
  }
  return on_entry_[block] = std::move(facts);
}

void Bounds::add_edge(const llvm::BasicBlock* from, const llvm::BasicBlock* to, std::vector<Fact>& facts) {
  const auto* branch = llvm::dyn_cast<llvm::BranchInst>(from->getTerminator());
  if (!branch || !branch->isConditional() || branch->getSuccessor(0) == branch->getSuccessor(1)) return;
  if (to == branch->getSuccessor(0)) add_outcome(branch->getCondition(), true, facts);
  if (to == branch->getSuccessor(1)) add_outcome(branch->getCondition(), false, facts);
}

void Bounds::add_outcome(const llvm::Value* condition, bool outcome, std::vector<Fact>& facts, unsigned depth) {
  const llvm::Value *one = nullptr, *other = nullptr;
  if (depth < 4 && match::match(condition, match::m_Not(match::m_Value(one))))
    return add_outcome(one, !outcome, facts, depth + 1);
  const bool both = outcome ? match::match(condition, match::m_LogicalAnd(match::m_Value(one), match::m_Value(other)))
                            : match::match(condition, match::m_LogicalOr(match::m_Value(one), match::m_Value(other)));
  if (both && depth < 4) {
    add_outcome(one, outcome, facts, depth + 1);
    add_outcome(other, outcome, facts, depth + 1);
    return;
  }
  const auto* comparison = llvm::dyn_cast<llvm::ICmpInst>(condition);
  if (!comparison || !is_of_numbers(*comparison->getOperand(0))) return;
  const llvm::Value *x = comparison->getOperand(0), *y = comparison->getOperand(1);
  llvm::CmpInst::Predicate predicate = outcome ? comparison->getPredicate() : comparison->getInversePredicate();
  if (llvm::ICmpInst::isGT(predicate) || llvm::ICmpInst::isGE(predicate)) {
    predicate = llvm::ICmpInst::getSwappedPredicate(predicate);
    std::swap(x, y);
  }
  const auto add = [&](const llvm::Value* a, const llvm::Value* b, Number c) {
    if (const llvm::APInt* known = a ? number(a) : nullptr) {
      c -= from(*known);
      a = nullptr;
    }
    if (const llvm::APInt* known = b ? number(b) : nullptr) {
      c += from(*known);
      b = nullptr;
    }
    if (a != b) facts.push_back({a, b, c});
  };
  switch (predicate) {
    case llvm::CmpInst::ICMP_SLT:
      return add(x, y, -1);
    case llvm::CmpInst::ICMP_SLE:
      return add(x, y, 0);
    case llvm::CmpInst::ICMP_EQ:
      add(x, y, 0);
      return add(y, x, 0);
    case llvm::CmpInst::ICMP_ULT:
    case llvm::CmpInst::ICMP_ULE: {
      // As signed numbers if both are: if the greater one is no less than 0, or if the comparison says so.
      const bool positive =
          llvm::computeConstantRangeIncludingKnownBits(y, /*ForSigned=*/true, llvm::SimplifyQuery(layout_))
              .getSignedMin()
              .isNonNegative();
      if (!positive && !comparison->hasSameSign()) return;
      add(x, y, predicate == llvm::CmpInst::ICMP_ULT ? -1 : 0);
      if (positive) add(nullptr, x, 0);
      return;
    }
    default:
      return;
  }
}

}  // namespace inlay::codegen
