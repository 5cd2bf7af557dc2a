// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How blocks end, and what becomes of traps.
#include "codegen/lower/function.h"

#include <llvm/IR/Constants.h>

namespace inlay::codegen {

using ir::BlockId;
using ir::Inst;
using ir::InstId;
using ir::Op;
using ir::TrapKind;

void FunctionLowering::lower_end(const Inst& inst) {
  switch (inst.op()) {
    case Op::Jump: {
      Words words(module_, inst);
      builder_.CreateBr(edge(words));
      return;
    }
    case Op::Branch: {
      Words words(module_, inst);
      llvm::Value* condition = value(words.next(), ir::Bool);
      llvm::BasicBlock* yes = edge(words);
      llvm::BasicBlock* no = edge(words);
      builder_.CreateCondBr(condition, yes, no);
      return;
    }
    case Op::Switch:
      return lower_switch(inst);
    case Op::Return:
      return lower_return(inst);
    case Op::ReturnVoid:
      builder_.CreateRetVoid();
      return;
    default:
      trap(ir::StringId{inst.a});
  }
}

/// The LLVM block that leads to the next target of the words, with its arguments. That is the target itself, unless it
/// has parameters and this block leads there by another way already: LLVM tells ways apart by where they come from.
llvm::BasicBlock* FunctionLowering::edge(Words& words) {
  const BlockId target{words.next()};
  const std::uint32_t count = words.next();
  llvm::BasicBlock* block = blocks_[index(target)];
  llvm::BasicBlock* from = builder_.GetInsertBlock();
  llvm::BasicBlock* to = block;
  if (count > 0 && std::exchange(target_of_[index(target)], place_) == place_) {
    to = llvm::BasicBlock::Create(context_, "", into_, block);
    llvm::BranchInst::Create(block, to)->setDebugLoc(builder_.getCurrentDebugLocation());
    from = to;
  }
  InstId parameter = module_.blocks[target].first;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Inst& inst = module_.insts[parameter];
    Pair& phi = result_of(parameter);
    if (!phi.first) make_phi(inst.type(), phi, block);
    const Pair argument = pair(words.next(), inst.type());
    llvm::cast<llvm::PHINode>(phi.first)->addIncoming(argument.first, from);
    if (phi.second) llvm::cast<llvm::PHINode>(phi.second)->addIncoming(argument.second, from);
    parameter = inst.next;
  }
  return to;
}

void FunctionLowering::lower_switch(const Inst& inst) {
  Words words(module_, inst);
  llvm::Value* on = value(words.next(), inst.type());
  llvm::BasicBlock* otherwise = edge(words);
  const std::uint32_t count = words.next();
  llvm::SwitchInst* end = builder_.CreateSwitch(on, otherwise, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    auto* number = llvm::cast<llvm::ConstantInt>(value(words.next(), inst.type()));
    end->addCase(number, edge(words));
  }
}

void FunctionLowering::lower_return(const Inst& inst) {
  const Pair result = pair(inst.a, inst.type());
  if (!types_.is_pair(inst.type())) {
    builder_.CreateRet(result.first);
    return;
  }
  llvm::Value* both = llvm::PoisonValue::get(into_->getReturnType());
  both = builder_.CreateInsertValue(both, result.first, 0);
  builder_.CreateRet(builder_.CreateInsertValue(both, result.second, 1));
}

/// The number of the place, in the function's table, that says why and where it trapped.
std::uint32_t FunctionLowering::site(TrapKind kind, ir::StringId message) {
  constexpr std::size_t LookedAt = 8;  // the last ones: checks of one line stand together
  const bool same_file = location_.file() == function_->location.file();
  const std::uint32_t begin = same_file ? function_->location.line() : 0;
  const auto line = static_cast<std::int32_t>(location_.line()) - static_cast<std::int32_t>(begin);
  const Site wanted{kind, line, message, same_file ? std::nullopt : std::optional(location_.file())};
  for (std::size_t i = sites_.size(); i > 0 && sites_.size() - i < LookedAt; --i)
    if (sites_[i - 1] == wanted) return static_cast<std::uint32_t>(i - 1);
  sites_.push_back(wanted);
  return static_cast<std::uint32_t>(sites_.size() - 1);
}

/// Goes on here unless `bad`.
void FunctionLowering::trap_if(llvm::Value* bad, TrapKind kind, llvm::Value* a, llvm::Value* b) {
  if (auto* known = llvm::dyn_cast<llvm::ConstantInt>(bad); known && known->isZero()) return;
  const std::uint32_t number = site(kind);
  llvm::BasicBlock* trap = nullptr;
  // What goes without numbers shares a block with the check before it.
  if (!a && !traps_.empty() && traps_.back().site == number) trap = traps_.back().block;
  if (!trap) {
    trap = llvm::BasicBlock::Create(context_);  // it gets its place in the end
    traps_.push_back({trap, number, a, b, builder_.getCurrentDebugLocation()});
  }
  llvm::BasicBlock* here = builder_.GetInsertBlock();
  llvm::BasicBlock* next = llvm::BasicBlock::Create(context_, "", into_, here->getNextNode());
  builder_.CreateCondBr(bad, trap, next, unlikely_);
  builder_.SetInsertPoint(next);
}

void FunctionLowering::trap(ir::StringId message) {
  llvm::BasicBlock* block = llvm::BasicBlock::Create(context_);
  traps_.push_back({block, site(TrapKind::Message, message), nullptr, nullptr, builder_.getCurrentDebugLocation()});
  builder_.CreateBr(block);
}

/// One object for the function: its places, and the texts behind them.
void FunctionLowering::finish_traps() {
  if (traps_.empty()) return;
  llvm::Type* number = llvm::Type::getInt32Ty(context_);
  auto* place = llvm::StructType::get(context_, {types_.pointer(), types_.pointer(), number, number, types_.pointer()});
  static_assert(sizeof(ir::TrapSite) == 32 && offsetof(ir::TrapSite, file) == 24);
  std::string texts;
  const auto add_text = [&](std::string_view text) {
    const std::size_t at = texts.size();
    texts.append(text).push_back('\0');
    return at;
  };
  struct Texts {
    std::size_t message = 0, file = 0;  // where they begin
  };
  std::vector<Texts> of_sites;
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    const Site& site = sites_[i];
    Texts& own = of_sites.emplace_back();
    if (site.kind == TrapKind::Message) own.message = add_text(module_.text(site.message));
    if (!site.file) continue;
    const bool again = i > 0 && sites_[i - 1].file == site.file;
    own.file = again ? of_sites[i - 1].file : *site.file ? add_text(module_.path(*site.file)) : add_text({});
  }
  auto* places = llvm::ArrayType::get(place, sites_.size());
  auto* table_type = llvm::StructType::get(context_, {places, llvm::ArrayType::get(types_.byte(), texts.size())});
  auto* table =
      new llvm::GlobalVariable(symbols_.module(), table_type, /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
                               nullptr, ir::SitesPrefix + into_->getName());
  llvm::GlobalVariable* record = symbols_.record(id_);
  std::vector<llvm::Constant*> entries;
  const auto text_if = [&](bool there, std::size_t at) -> llvm::Constant* {
    if (!there) return llvm::Constant::getNullValue(types_.pointer());
    return llvm::ConstantExpr::getInBoundsGetElementPtr(types_.byte(), table,
                                                        word(sites_.size() * sizeof(ir::TrapSite) + at));
  };
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    const Site& site = sites_[i];
    entries.push_back(llvm::ConstantStruct::get(
        place, {record, text_if(site.kind == TrapKind::Message, of_sites[i].message),
                llvm::ConstantInt::get(number, static_cast<std::uint32_t>(site.kind)),
                llvm::ConstantInt::getSigned(number, site.line), text_if(site.file.has_value(), of_sites[i].file)}));
  }
  table->setInitializer(
      llvm::ConstantStruct::get(table_type, {llvm::ConstantArray::get(places, entries),
                                             llvm::ConstantDataArray::getString(context_, texts, /*AddNull=*/false)}));
  table->setAlignment(llvm::Align(alignof(ir::TrapSite)));

  const llvm::FunctionCallee callee = symbols_.trap();
  for (const TrapBlock& trap : traps_) {
    trap.block->insertInto(into_);
    builder_.SetInsertPoint(trap.block);
    builder_.SetCurrentDebugLocation(trap.location);
    llvm::Constant* at =
        llvm::ConstantExpr::getInBoundsGetElementPtr(types_.byte(), table, word(trap.site * sizeof(ir::TrapSite)));
    llvm::Value* none = word(0);
    builder_.CreateCall(callee, {at, trap.a ? trap.a : none, trap.b ? trap.b : none})->setDoesNotReturn();
    builder_.CreateUnreachable();
  }
}

}  // namespace inlay::codegen
