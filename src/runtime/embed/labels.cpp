// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/embed/labels.h"

#include <vector>

#include "runtime/bodies.h"
#include "runtime/names.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace inlay::runtime {

namespace {

using Seen = llvm::SmallPtrSet<const llvm::Value*, 16>;

bool stays_inside(const llvm::Value& value, const llvm::Function& function, Seen& seen) {
  if (!seen.insert(&value).second) return true;
  for (const llvm::User* user : value.users()) {
    if (auto* inst = llvm::dyn_cast<llvm::Instruction>(user); inst && inst->getFunction() != &function) return false;
    if (llvm::isa<llvm::IndirectBrInst, llvm::ICmpInst>(user)) continue;
    if (auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(user)) {
      if (!variable->isConstant() || !variable->hasLocalLinkage()) return false;
    } else if (!llvm::isa<llvm::ConstantAggregate, llvm::ConstantExpr, llvm::GetElementPtrInst, llvm::CastInst,
                          llvm::SelectInst, llvm::PHINode, llvm::LoadInst, llvm::BinaryOperator, llvm::FreezeInst>(
                   user)) {
      return false;
    }
    if (!stays_inside(*user, function, seen)) return false;
  }
  return true;
}

/// 0 is no label, so that a table may have gaps.
llvm::Constant* number_of(const llvm::BasicBlock& label) {
  unsigned position = 1;
  for (const llvm::BasicBlock& block : *label.getParent()) {
    if (&block == &label) break;
    ++position;
  }
  return llvm::ConstantExpr::getIntToPtr(
      llvm::ConstantInt::get(llvm::Type::getInt64Ty(label.getContext()), 16 * position),
      llvm::PointerType::getUnqual(label.getContext()));
}

/// The same constant with numbers in place of labels.
llvm::Constant* with_numbers(llvm::Constant* constant, const llvm::DataLayout& layout) {
  if (auto* label = llvm::dyn_cast<llvm::BlockAddress>(constant)) return number_of(*label->getBasicBlock());
  if (llvm::isa<llvm::GlobalValue>(constant) || constant->getNumOperands() == 0) return constant;
  llvm::SmallVector<llvm::Constant*, 16> operands;
  bool changed = false;
  for (const llvm::Use& operand : constant->operands()) {
    operands.push_back(with_numbers(llvm::cast<llvm::Constant>(operand.get()), layout));
    changed |= operands.back() != operand.get();
  }
  if (!changed) return constant;
  if (auto* array = llvm::dyn_cast<llvm::ConstantArray>(constant))
    return llvm::ConstantArray::get(array->getType(), operands);
  if (auto* record = llvm::dyn_cast<llvm::ConstantStruct>(constant))
    return llvm::ConstantStruct::get(record->getType(), operands);
  if (llvm::isa<llvm::ConstantVector>(constant)) return llvm::ConstantVector::get(operands);
  auto* expression = llvm::cast<llvm::ConstantExpr>(constant);
  return llvm::ConstantFoldConstant(expression->getWithOperands(operands), layout);
}

bool has_computed_goto(const llvm::Function& function) {
  return llvm::any_of(function, [](const llvm::BasicBlock& block) {
    return llvm::isa_and_nonnull<llvm::IndirectBrInst>(block.getTerminator());
  });
}

bool mentions_any_label(const llvm::Constant& constant) {
  if (llvm::isa<llvm::BlockAddress>(constant)) return true;
  if (llvm::isa<llvm::GlobalValue>(constant)) return false;
  return llvm::any_of(constant.operands(), [](const llvm::Use& operand) {
    auto* inner = llvm::dyn_cast<llvm::Constant>(operand.get());
    return inner && mentions_any_label(*inner);
  });
}

/// The numbers of a table, by the names that both have in the end: what makes internal names unique comes last.
std::string numbers_name(llvm::StringRef table) {
  std::size_t unique = table.rfind(".inlay.");
  return (table.substr(0, unique) + LabelsSuffix + (unique == llvm::StringRef::npos ? "" : table.substr(unique))).str();
}

/// In instructions of `function`: numbers for labels, and the tables of numbers for those of labels.
void replace_labels(llvm::Function& function, const llvm::Module& source) {
  llvm::Module& module = *function.getParent();
  std::vector<llvm::GlobalVariable*> tables;
  for (llvm::GlobalVariable& table : module.globals())
    if (table.hasInitializer() && mentions_labels_of(*table.getInitializer(), function)) tables.push_back(&table);
  for (llvm::GlobalVariable* table : tables) {
    const llvm::GlobalValue* numbers = source.getNamedValue(numbers_name(table->getName()));
    if (numbers) table->replaceAllUsesWith(declare_in(module, *numbers));
  }
  for (llvm::Instruction& inst : llvm::instructions(function))
    for (llvm::Use& operand : inst.operands())
      if (auto* constant = llvm::dyn_cast<llvm::Constant>(operand.get()); constant && mentions_any_label(*constant))
        operand.set(with_numbers(constant, module.getDataLayout()));
}

void replace_jump(llvm::IndirectBrInst& jump) {
  llvm::IRBuilder<> builder(&jump);
  llvm::BasicBlock* block = jump.getParent();
  auto* nowhere = llvm::BasicBlock::Create(jump.getContext(), "nowhere", jump.getFunction());
  new llvm::UnreachableInst(jump.getContext(), nowhere);
  llvm::Value* number = builder.CreatePtrToInt(jump.getAddress(), builder.getInt64Ty());
  llvm::SwitchInst* dispatch = builder.CreateSwitch(number, nowhere, jump.getNumDestinations());
  llvm::SmallPtrSet<llvm::BasicBlock*, 32> seen;
  for (llvm::BasicBlock* label : llvm::successors(block)) {
    if (!seen.insert(label).second) {
      label->removePredecessor(block, /*KeepOneInputPHIs=*/true);
      continue;
    }
    auto* value = llvm::cast<llvm::ConstantExpr>(number_of(*label))->getOperand(0);
    dispatch->addCase(llvm::cast<llvm::ConstantInt>(value), label);
  }
  jump.eraseFromParent();
}

}  // namespace

bool mentions_labels_of(const llvm::Constant& constant, const llvm::Function& function) {
  if (auto* label = llvm::dyn_cast<llvm::BlockAddress>(&constant)) return label->getFunction() == &function;
  if (llvm::isa<llvm::GlobalValue>(constant)) return false;
  return llvm::any_of(constant.operands(), [&](const llvm::Use& operand) {
    auto* inner = llvm::dyn_cast<llvm::Constant>(operand.get());
    return inner && mentions_labels_of(*inner, function);
  });
}

bool labels_stay_inside(const llvm::Function& function) {
  Seen seen;
  for (const llvm::BasicBlock& block : function)
    if (block.hasAddressTaken())
      if (auto* label = llvm::BlockAddress::lookup(&block); label && !stays_inside(*label, function, seen))
        return false;
  return true;
}

void add_number_tables(llvm::Module& module) {
  for (llvm::Function& function : module)
    if (has_computed_goto(function) && labels_stay_inside(function)) function.addFnAttr(NumberedLabelsAttribute);
  std::vector<llvm::GlobalVariable*> tables;
  for (llvm::GlobalVariable& table : module.globals())
    if (table.hasInitializer() && table.isConstant() && table.hasLocalLinkage() &&
        mentions_any_label(*table.getInitializer()))
      tables.push_back(&table);
  for (llvm::GlobalVariable* table : tables) {
    auto* numbers = new llvm::GlobalVariable(
        module, table->getValueType(), /*isConstant=*/true, llvm::GlobalValue::InternalLinkage,
        with_numbers(table->getInitializer(), module.getDataLayout()), table->getName() + LabelsSuffix, table);
    numbers->setAlignment(table->getAlign());
  }
}

void turn_labels_into_numbers(llvm::Module& module, const llvm::Module& source) {
  for (llvm::Function& function : module) {
    if (function.isDeclaration() || !function.hasFnAttribute(NumberedLabelsAttribute)) continue;
    replace_labels(function, source);
    for (llvm::BasicBlock& block : function)
      if (auto* jump = llvm::dyn_cast<llvm::IndirectBrInst>(block.getTerminator())) replace_jump(*jump);
  }
}

}  // namespace inlay::runtime
