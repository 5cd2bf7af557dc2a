// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/callees.h"

#include "runtime/names.h"
#include "specialize/declare.h"
#include "specialize/environment.h"
#include "specialize/facts.h"

#include <llvm/IR/Instructions.h>

namespace inlay::specialize {

namespace {

/// Bodies as small as this are specialized (and so inlined) even when nothing is known: a call costs as much.
constexpr unsigned SmallBody = 24;
/// A function that was specialized so often has its numbers left variable from then on, so that a recursion that counts
/// comes to an end.
constexpr unsigned ManyVariants = 256;

bool is_number(const llvm::Constant* constant) { return !constant->getType()->isPointerTy(); }

/// Parameters whose argument is a copy or a place for the result: what the caller passes is not what the callee sees.
bool is_plain(const llvm::Argument& parameter) {
  return !parameter.hasByValAttr() && !parameter.hasStructRetAttr() && !parameter.hasInAllocaAttr() &&
         !parameter.hasPreallocatedAttr() && !parameter.hasSwiftErrorAttr() && !parameter.hasNestAttr();
}

}  // namespace

/// Counting takes as long as the function is large.
unsigned Callees::size_of(const llvm::Function& original) {
  auto [size, fresh] = sizes_.try_emplace(&original, 0);
  if (fresh) size->second = original.getInstructionCount();
  return size->second;
}

bool Callees::worth(const llvm::CallBase& call, const llvm::Function& original, unsigned depth,
                    const std::vector<llvm::Constant*>& known) {
  if (call.hasFnAttr(llvm::Attribute::AlwaysInline) || original.hasFnAttribute(runtime::InlineAttribute)) return true;
  if (depth == 0 || size_of(original) <= SmallBody) return true;
  for (llvm::Constant* constant : known) {
    if (!constant || is_number(constant) || constant->isNullValue()) continue;
    std::optional<Symbols::Location> at = symbols_.locate(constant);
    if (!at) continue;
    if (llvm::isa<llvm::Function>(at->symbol)) return true;
    if (symbols_.frozen_objects().contains(llvm::cast<llvm::GlobalVariable>(at->symbol))) return true;
  }
  return false;
}

Decision Callees::decide(const llvm::CallBase& call, unsigned depth) {
  auto* declared = llvm::dyn_cast<llvm::Function>(call.getCalledOperand());
  if (!declared || declared->isIntrinsic() || by_function_.contains(declared)) return {};
  Decision decision = consider(call, *declared, depth);
  if (!decision.callee) left_[declared] = decision;
  return decision;
}

Decision Callees::why_left(const llvm::Function& function) const {
  auto found = left_.find(&function);
  if (found != left_.end()) return found->second;
  return {nullptr, Remark::Kind::NothingKnown, "it came up when nothing more was to be specialized"};
}

void Callees::settle(const Callee& callee, unsigned actual) {
  spent_ += actual;
  spent_ -= size_of(*callee.original);
}

Decision Callees::consider(const llvm::CallBase& call, llvm::Function& function, unsigned depth) {
  using Kind = Remark::Kind;
  llvm::Function* declared = &function;
  if (declared->getName().contains(".inlay.tls"))
    return {nullptr, Kind::External, "it is thread-local, so its address is asked of the host each time"};
  if (declared->hasFnAttribute(runtime::NoInlineAttribute))
    return {nullptr, Kind::AskedFor, "it is marked INLAY_NOINLINE"};
  if (call.hasFnAttr(LeavesAttribute) || (declared->hasFnAttribute(runtime::ResumeAttribute) && keep_ways_out_))
    return {nullptr, Kind::LeavesCode, "this is the way out to the interpreter"};
  if (declared->hasFnAttribute("inlay-opaque")) return {nullptr, Kind::AskedFor, "it is marked INLAY_OPAQUE"};
  Result<llvm::Function*> found = symbols_.bodies().function(std::string_view(declared->getName()));
  if (!found) return {nullptr, Kind::External, found.error().message()};
  llvm::Function* original = *found;
  if (!original) return {nullptr, Kind::External, "no runtime that is linked into this program has its body"};
  if (original->getFunctionType() != call.getFunctionType())
    return {nullptr, Kind::NotEvaluable, "it is called with another signature than it is defined with"};
  auto [refusal, fresh] = refusals_.try_emplace(original);
  if (fresh) refusal->second = why_not_evaluable(*original);
  if (!refusal->second.empty()) return {nullptr, Kind::NotEvaluable, refusal->second};

  std::vector<llvm::Constant*> known(call.arg_size());
  bool many = variants_[original] >= ManyVariants;
  unsigned count = 0;
  for (unsigned i = 0; i < known.size(); ++i) {
    auto* constant = llvm::dyn_cast<llvm::Constant>(call.getArgOperand(i));
    if (!constant || llvm::isa<llvm::UndefValue>(constant) || constant->containsUndefOrPoisonElement()) continue;
    if (!is_plain(*original->getArg(i)) || (many && is_number(constant))) continue;
    known[i] = constant;
    ++count;
  }
  InlineChoice choice = InlineChoice::Default;
  std::string name;
  if (options_.inline_policy) {
    name = readable(declared->getName());
    choice = options_.inline_policy({name, static_cast<unsigned>(size_of(*original)), depth, count});
    if (choice == InlineChoice::Call) return {nullptr, Kind::AskedFor, "the inline policy keeps this call"};
  }
  if (choice == InlineChoice::Default && !worth(call, *original, depth, known))
    return {nullptr, Kind::NothingKnown, "none of its arguments is known to the evaluator"};

  Key key{original, known};
  std::unique_ptr<Callee>& slot = callees_[key];
  if (!slot) {
    bool over = spent_ + size_of(*original) > options_.max_instructions;
    if (over || depth >= options_.max_depth) {
      callees_.erase(key);
      return {nullptr, Kind::Budget,
              over ? "the budget of " + std::to_string(options_.max_instructions) + " instructions is used up"
                   : "it is nested deeper than " + std::to_string(options_.max_depth) + " calls"};
    }
    ++variants_[original];
    slot = std::make_unique<Callee>();
    slot->original = original;
    slot->known = std::move(known);
    slot->depth = depth + 1;
    slot->choice = choice;
    slot->function = declare_specialized(symbols_.unit(), *original, slot->known, original->getName() + ".special");
    by_function_[slot->function] = slot.get();
    new_.push_back(slot.get());
    spent_ += size_of(*original);
  }
  return {slot.get(), {}, {}};
}

Callee* Callees::find(const llvm::Function* function) {
  auto found = by_function_.find(function);
  return found == by_function_.end() ? nullptr : found->second;
}

llvm::CallBase* redirect(llvm::CallBase& call, const Callee& callee) {
  llvm::SmallVector<llvm::Value*, 8> arguments;
  llvm::SmallVector<llvm::AttributeSet, 8> attributes;
  llvm::AttributeList old = call.getAttributes();
  for (unsigned i = 0; i < call.arg_size(); ++i) {
    if (callee.known[i]) continue;
    arguments.push_back(call.getArgOperand(i));
    attributes.push_back(old.getParamAttrs(i));
  }
  llvm::SmallVector<llvm::OperandBundleDef, 1> bundles;
  call.getOperandBundlesAsDefs(bundles);
  llvm::CallBase* replacement;
  if (auto* invoke = llvm::dyn_cast<llvm::InvokeInst>(&call)) {
    replacement = llvm::InvokeInst::Create(callee.function->getFunctionType(), callee.function, invoke->getNormalDest(),
                                           invoke->getUnwindDest(), arguments, bundles, "", call.getIterator());
  } else {
    auto* plain = llvm::CallInst::Create(callee.function->getFunctionType(), callee.function, arguments, bundles, "",
                                         call.getIterator());
    plain->setTailCallKind(llvm::cast<llvm::CallInst>(call).getTailCallKind());
    replacement = plain;
  }
  llvm::LLVMContext& context = call.getContext();
  replacement->setAttributes(
      llvm::AttributeList::get(context, attributes_left(context, old.getFnAttrs()), old.getRetAttrs(), attributes));
  replacement->setCallingConv(callee.function->getCallingConv());
  replacement->setDebugLoc(call.getDebugLoc());
  replacement->takeName(&call);
  call.replaceAllUsesWith(replacement);
  call.eraseFromParent();
  return replacement;
}

}  // namespace inlay::specialize
