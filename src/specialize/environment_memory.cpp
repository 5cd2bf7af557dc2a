// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an Environment knows of memory: bases and cells, and the constants that were seen there.
#include <algorithm>

#include "runtime/markers.h"
#include "runtime/state_pointers.h"
#include "specialize/environment.h"
#include "specialize/tracked_state.h"

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TypeBasedAliasAnalysis.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

namespace inlay::specialize {

using runtime::Marker;

namespace {

/// Constants of one type that were stored: what is met later is not tried.
constexpr std::size_t MostCandidates = 256;

/// Cells that are known at a time. Each is carried from node to node as long as nothing may write it, so without a
/// limit a guest that fills a table with constants would take time and memory by the square of the table.
constexpr std::size_t MostCells = 256;

}  // namespace

/// LLVM's alias analysis of the original. What it says of a base holds for all of a run of the function: a base is one
/// address. Scopes of `noalias` are left out, they hold for one round of a loop only.
struct Environment::Alias {
  explicit Alias(llvm::Function& function)
      : library_info(function.getParent()->getTargetTriple()),
        library(library_info),
        assumptions(function),
        dominators(function),
        basic(function.getDataLayout(), function, library, assumptions, &dominators),
        types(false),
        results(library) {
    results.addAAResult(basic);
    results.addAAResult(types);
    for (llvm::Instruction& inst : llvm::instructions(function)) {
      const Marker marker = runtime::marker_of(inst);
      if (marker == Marker::VirtualState) {
        runtime::StatePointers said(function, llvm::cast<llvm::CallInst>(inst));
        if (said.valid()) states.emplace_back(&inst, std::move(said));
      } else if (marker == Marker::TrackedState) {
        const TrackedState said(llvm::cast<llvm::CallInst>(inst));
        if (said.valid()) tracked.push_back(said);
      }
    }
  }

  /// Whether the author says that `writer` does not write this piece of `base`.
  bool is_kept_by_contract(const llvm::Instruction& writer, const llvm::Value* base, const Cell& cell) const {
    if (!llvm::isa<llvm::StoreInst, llvm::AnyMemIntrinsic>(writer)) return false;
    for (const TrackedState& said : tracked)
      if (said.base() == base && said.covers(cell.offset, cell.size) && dominators.dominates(&said.hint(), &writer) &&
          !said.may_be_written_by(writer))
        return true;
    return llvm::any_of(states, [&](const auto& state) {
      const auto& [hint, said] = state;
      return said.base() == base && cell.offset >= said.begin() &&
             cell.offset + static_cast<std::int64_t>(cell.size) <= said.end() && dominators.dominates(hint, &writer) &&
             !said.may_be_used_by(writer);
    });
  }

  llvm::TargetLibraryInfoImpl library_info;
  llvm::TargetLibraryInfo library;
  llvm::AssumptionCache assumptions;
  llvm::DominatorTree dominators;
  llvm::BasicAAResult basic;
  llvm::TypeBasedAAResult types;
  llvm::AAResults results;
  std::vector<std::pair<const llvm::Instruction*, runtime::StatePointers>> states;  // by virtual_state()
  std::vector<TrackedState> tracked;
};

/// How many bytes the author tracks is known when the hint is passed, which is before all that it covers.
void Environment::note_state(const llvm::Instruction& hint) {
  auto* size = llvm::dyn_cast_or_null<llvm::ConstantInt>(known(hint.getOperand(1)));
  if (!size || size->getValue().uge(runtime::FarthestDistance)) return;
  for (TrackedState& said : alias_->tracked)
    if (&said.hint() == &hint) said.set_size(size->getZExtValue());
}

Environment::Environment(const Facts& facts, Symbols& symbols, bool follow_memory)
    : facts_(facts), symbols_(symbols), values_(facts.values.size()) {
  if (!follow_memory) return;
  alias_ = std::make_unique<Alias>(facts.function);
}

Environment::~Environment() {
  for (auto& [value, placeholder] : bases_) symbols_.drop_placeholder(placeholder);
}

// ---- bases ----

llvm::Constant* Environment::new_base(const llvm::Value& value) {
  llvm::GlobalVariable*& placeholder = bases_[&value];
  if (!placeholder) {
    auto* variable = llvm::dyn_cast<llvm::AllocaInst>(&value);
    placeholder = symbols_.new_placeholder(variable ? variable->getAlign() : llvm::Align(1));
    base_values_[placeholder] = &value;
  }
  return placeholder;
}

const llvm::Value* Environment::base_value(const llvm::GlobalVariable* placeholder) const {
  return base_values_.lookup(placeholder);
}

bool Environment::mentions_base(const llvm::Constant* constant) {
  if (base_values_.empty() || llvm::isa<llvm::ConstantData>(constant)) return false;
  if (auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(constant)) return base_values_.contains(variable);
  if (llvm::isa<llvm::GlobalValue>(constant)) return false;
  if (auto found = mentions_.find(constant); found != mentions_.end()) return found->second;
  bool any = llvm::any_of(constant->operands(), [this](const llvm::Use& operand) {
    auto* inner = llvm::dyn_cast<llvm::Constant>(operand.get());
    return inner && mentions_base(inner);
  });
  return mentions_[constant] = any;
}

// ---- cells ----

std::optional<Cell> Environment::cell_at(llvm::Constant* pointer, llvm::Type* type) {
  if (!type->isSized() || llvm::isa<llvm::ScalableVectorType>(type)) return std::nullopt;
  std::optional<Symbols::Location> at = symbols_.locate(pointer);
  auto* base = at ? llvm::dyn_cast<llvm::GlobalVariable>(at->symbol) : nullptr;
  if (!base || base->isConstant()) return std::nullopt;
  if (at->offset >= runtime::FarthestDistance || at->offset <= -runtime::FarthestDistance) return std::nullopt;
  // Variables of the runtime change too, and are followed in the same way.
  if (!base_values_.contains(base) && symbols_.frozen_objects().contains(base)) return std::nullopt;
  return Cell{base, at->offset, symbols_.unit().getDataLayout().getTypeStoreSize(type).getFixedValue()};
}

unsigned Environment::number_of(const Cell& cell) {
  auto [slot, fresh] = cell_numbers_.try_emplace(cell, static_cast<unsigned>(facts_.values.size() + cell_list_.size()));
  if (fresh) {
    cell_list_.push_back(cell);
    cell_tags_.emplace_back();
  }
  return slot->second;
}

const std::set<unsigned>& Environment::cells_read_by(const llvm::Instruction& load) const {
  static const std::set<unsigned> none;
  auto found = read_.find(&load);
  return found == read_.end() ? none : found->second;
}

const InOrder<const llvm::StoreInst*>& Environment::stores_to(unsigned cell) const {
  static const InOrder<const llvm::StoreInst*> none;
  auto found = written_.find(cell);
  return found == written_.end() ? none : found->second;
}

std::size_t Environment::cells_of_use() const {
  return static_cast<std::size_t>(
      llvm::count_if(cells_, [this](const auto& cell) { return cells_read_.contains(cell.first); }));
}

/// Where the cell is among those that are known, or would be.
Known::iterator Environment::find_cell(unsigned number) {
  return std::lower_bound(cells_.begin(), cells_.end(), number,
                          [](const auto& known, unsigned wanted) { return known.first < wanted; });
}

void Environment::set_cell(unsigned number, llvm::Constant* value) {
  auto place = find_cell(number);
  if (place != cells_.end() && place->first == number)
    place->second = value;
  else if (cells_.size() < MostCells)
    cells_.insert(place, {number, value});
}

llvm::Constant* Environment::load_cell(const llvm::LoadInst& load, llvm::Constant* pointer) {
  std::optional<Cell> cell = load.isSimple() ? cell_at(pointer, load.getType()) : std::nullopt;
  if (!cell) return nullptr;
  unsigned number = number_of(*cell);
  read_[&load].insert(number);
  cells_read_.insert(number);
  note_type(number, load);
  auto found = find_cell(number);
  if (found == cells_.end() || found->first != number) return nullptr;
  llvm::Constant* value = found->second;
  if (value->getType() == load.getType()) return value;
  if (mentions_base(value)) return nullptr;
  return llvm::ConstantFoldLoadFromConst(value, load.getType(), symbols_.unit().getDataLayout());
}

bool Environment::may_write(const llvm::Instruction& writer, unsigned cell) {
  auto [slot, fresh] = may_write_.try_emplace({&writer, cell}, true);
  if (!fresh) return slot->second;
  const Cell& what = cell_list_[cell - facts_.values.size()];
  const llvm::Value* base = base_value(what.base);
  llvm::MemoryLocation location(base ? base : what.base, llvm::LocationSize::beforeOrAfterPointer(),
                                trusts_types_ ? cell_tags_[cell - facts_.values.size()].nodes : llvm::AAMDNodes());
  bool writes = !(base && alias_->is_kept_by_contract(writer, base, what)) &&
                llvm::isModSet(alias_->results.getModRefInfo(&writer, location));
  return may_write_[{&writer, cell}] = writes;
}

/// Drops the cells that an instruction may have changed.
void Environment::forget(const llvm::Instruction& writer) {
  // Of a copy of a known size to a known place, the same object's other cells are untouched.
  std::optional<Cell> place;
  if (auto* copy = llvm::dyn_cast<llvm::AnyMemIntrinsic>(&writer)) {
    llvm::Constant* to = known(copy->getRawDest());
    auto* size = llvm::dyn_cast_or_null<llvm::ConstantInt>(known(copy->getLength()));
    if (to && size && size->getValue().ult(std::numeric_limits<std::int32_t>::max()))
      place = cell_at(to, llvm::Type::getInt8Ty(writer.getContext()));
    if (place) place->size = size->getZExtValue();
  }
  std::erase_if(cells_, [&](const auto& entry) {
    const Cell& cell = cell_list_[entry.first - facts_.values.size()];
    if (place && cell.base == place->base)
      return cell.offset < place->offset + static_cast<std::int64_t>(place->size) &&
             place->offset < cell.offset + static_cast<std::int64_t>(cell.size);
    return may_write(writer, entry.first);
  });
}

/// A load at an unknown place of a constant table: notes what lies there.
void Environment::note_table(const llvm::LoadInst& load) {
  constexpr std::uint64_t Most = 64;
  auto* element = llvm::dyn_cast<llvm::GetElementPtrInst>(load.getPointerOperand());
  llvm::Constant* table = element && element->getNumIndices() == 1 ? known(element->getPointerOperand()) : nullptr;
  if (!table || !load.isSimple() || mentions_base(table) || !symbols_.locate(table)) return;
  // An index that is counted in bytes was multiplied before.
  const llvm::DataLayout& layout = symbols_.unit().getDataLayout();
  std::uint64_t step = std::max(layout.getTypeAllocSize(element->getSourceElementType()).getFixedValue(),
                                layout.getTypeStoreSize(load.getType()).getFixedValue());
  auto* byte = llvm::Type::getInt8Ty(load.getContext());
  auto* word = llvm::Type::getInt64Ty(load.getContext());
  for (std::uint64_t i = 0; i < Most && step > 0; ++i) {
    llvm::Constant* at = llvm::ConstantExpr::getGetElementPtr(byte, table, llvm::ConstantInt::get(word, i * step));
    llvm::Constant* value = symbols_.load(at, load.getType());
    if (!value) break;
    read_from_tables_[{&load, context_}].insert(value);
  }
}

std::vector<llvm::Constant*> Environment::candidates(const llvm::LoadInst& load, unsigned context) const {
  std::vector<llvm::Constant*> found;
  if (auto table = read_from_tables_.find({&load, context}); table != read_from_tables_.end())
    found.assign(table->second.begin(), table->second.end());
  auto stored = stored_.find({load.getType(), load.getMetadata(llvm::LLVMContext::MD_tbaa)});
  if (stored != stored_.end()) found.insert(found.end(), stored->second.begin(), stored->second.end());
  return found;
}

void Environment::store(const llvm::StoreInst& store) {
  const llvm::Value* stored = store.getValueOperand();
  if (llvm::isa<llvm::IntegerType, llvm::PointerType>(stored->getType()) && guarded_ && noting_)
    if (llvm::Constant* value = known(stored); value && !mentions_base(value)) {
      InOrder<llvm::Constant*>& seen = stored_[{stored->getType(), store.getMetadata(llvm::LLVMContext::MD_tbaa)}];
      if (seen.size() < MostCandidates) seen.insert(value);
    }
  llvm::Constant* pointer = known(store.getPointerOperand());
  std::optional<Cell> cell = pointer ? cell_at(pointer, stored->getType()) : std::nullopt;
  if (!cell) {
    forget(store);
    return;
  }
  const llvm::Value* base = base_value(cell->base);
  auto own = [&](const llvm::Value* value) { return value && llvm::isa<llvm::AllocaInst>(value); };
  std::erase_if(cells_, [&](const auto& entry) {
    const Cell& other = cell_list_[entry.first - facts_.values.size()];
    if (other.base == cell->base)
      return other.offset < cell->offset + static_cast<std::int64_t>(cell->size) &&
             cell->offset < other.offset + static_cast<std::int64_t>(other.size);
    // Two stack variables, or one and something that came from outside.
    if (own(base) && (own(base_value(other.base)) || llvm::isa_and_nonnull<llvm::Argument>(base_value(other.base))))
      return false;
    return may_write(store, entry.first);
  });
  unsigned number = number_of(*cell);
  written_[number].insert(&store);
  note_type(number, store);
  llvm::Constant* value = known(stored);
  if (value && store.isSimple()) set_cell(number, value);
}

/// What another store may do to a cell can be told by types only if all accesses to the cell are of one type.
void Environment::note_type(unsigned cell, const llvm::Instruction& access) {
  if (!trusts_types_) return;
  Tags& tags = cell_tags_[cell - facts_.values.size()];
  llvm::AAMDNodes now;
  now.TBAA = access.getMetadata(llvm::LLVMContext::MD_tbaa);
  if (!tags.seen) {
    tags = {now, true};
    // Asked about before its type was known: with none, so what was answered stays true.
    return;
  }
  if (tags.nodes == now || !tags.nodes) return;
  tags.nodes = llvm::AAMDNodes();
  std::erase_if(may_write_, [&](const auto& entry) { return entry.first.second == cell; });
  stale_ = true;
}

void Environment::distrust_types() {
  trusts_types_ = false;
  may_write_.clear();
}

}  // namespace inlay::specialize
