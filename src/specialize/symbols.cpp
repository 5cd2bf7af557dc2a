// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/symbols.h"

#include <algorithm>
#include <cstring>

#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/Demangle/Demangle.h>

namespace inlay::specialize {

std::string readable(llvm::StringRef name) {
  return llvm::demangle(name.substr(0, std::min(name.find(".inlay."), name.find(".special"))).str());
}

namespace {

/// Larger objects cost more to show than folding from them is likely to win.
constexpr std::size_t LargestShown = 2048;

/// Whether a word might be an address of this process. One that leads nowhere known must not become a number.
bool may_be_address(std::uint64_t word) { return word >= 0x10000 && word < (std::uint64_t{1} << 47); }

llvm::Constant* offset_by(llvm::Constant* pointer, std::int64_t offset) {
  if (offset == 0) return pointer;
  llvm::LLVMContext& context = pointer->getContext();
  return llvm::ConstantExpr::getGetElementPtr(llvm::Type::getInt8Ty(context), pointer,
                                              llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), offset));
}

}  // namespace

llvm::Constant* Symbols::frozen_symbol(const frozen::Object& object, std::int64_t offset) {
  if (object.graph) {
    if (!graph_base_) graph_base_ = object;
    if (object.id != graph_base_->id) {
      if (std::find(held_.begin(), held_.end(), object.region) == held_.end()) {
        held_.push_back(object.region);
        reads_.push_back({object.id, 0, 0});  // which of them a read went through is not known: it ends with each
      }
      return frozen_symbol(*graph_base_, offset + (object.begin - graph_base_->begin));
    }
  }
  std::string name = (object.graph ? GraphPrefix : FrozenPrefix) + std::to_string(object.id);
  llvm::GlobalVariable* symbol = unit_.getGlobalVariable(name);
  if (!symbol) {
    // Of its true size, so that LLVM may read it ahead of a branch; constant where no store to it is legal.
    auto* type = llvm::ArrayType::get(llvm::Type::getInt8Ty(unit_.getContext()), object.size);
    symbol = new llvm::GlobalVariable(unit_, type, !object.open && !object.graph, llvm::GlobalValue::ExternalLinkage,
                                      nullptr, name);
    // What the address itself guarantees; more would be false for a promised range.
    auto at = reinterpret_cast<std::uintptr_t>(object.begin);
    symbol->setAlignment(llvm::Align(std::min<std::uintptr_t>(16, at & (~at + 1))));
  }
  objects_.try_emplace(symbol, object);
  return offset_by(symbol, offset);
}

/// A function or variable that a runtime defines, or a variable that it mentions, as the code that uses it names it.
llvm::Constant* Symbols::runtime_symbol(const void* address) {
  std::optional<runtime::SymbolAt> found = runtime::find_symbol_at(address);
  if (!found) return nullptr;
  std::string_view name = found->symbol.name();
  std::optional<runtime::SymbolRef> by_name = runtime::find_symbol(name);
  if (!by_name || by_name->ambiguous) return nullptr;
  llvm::GlobalValue* symbol = unit_.getNamedValue(llvm::StringRef(name));
  if (!symbol) {
    const llvm::GlobalValue* original = nullptr;
    if (found->symbol.record().kind == runtime::SymbolKind::Function) {
      Result<llvm::Function*> function = bodies_.function(name);
      if (function) original = *function;
      if (!original) return nullptr;
    } else {
      Result<llvm::GlobalVariable*> variable = bodies_.variable(name);
      if (variable) original = *variable;
    }
    symbol = original ? runtime::declare_in(unit_, *original)
                      : new llvm::GlobalVariable(unit_, llvm::Type::getInt8Ty(unit_.getContext()), false,
                                                 llvm::GlobalValue::ExternalLinkage, nullptr, llvm::StringRef(name));
  }
  addresses_[symbol] = reinterpret_cast<std::uintptr_t>(found->symbol.address);
  return offset_by(symbol, static_cast<std::int64_t>(found->offset));
}

llvm::Constant* Symbols::pointer_to(const void* address) {
  if (!address) return llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(unit_.getContext()));
  // One place, one name: LLVM takes two symbols for two places. So a runtime's variable goes by its own name also where
  // its memory was promised to be constant.
  if (llvm::Constant* symbol = runtime_symbol(address)) return symbol;
  std::optional<frozen::Object> object = frozen::find(address);
  return object ? frozen_symbol(*object, static_cast<const std::byte*>(address) - object->begin) : nullptr;
}

std::optional<Symbols::Location> Symbols::locate(const llvm::Constant* pointer) {
  if (!pointer->getType()->isPointerTy()) return std::nullopt;
  llvm::APInt offset(64, 0);
  const llvm::Value* base =
      pointer->stripAndAccumulateConstantOffsets(unit_.getDataLayout(), offset, /*AllowNonInbounds=*/true);
  auto* symbol = const_cast<llvm::GlobalValue*>(llvm::dyn_cast<llvm::GlobalValue>(base));
  if (!symbol) return std::nullopt;
  Location location{symbol, offset.getSExtValue(), 0};
  if (placeholders_.contains(symbol)) return location;
  if (auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(symbol)) {
    if (auto object = objects_.find(variable); object != objects_.end()) {
      location.address = reinterpret_cast<std::uintptr_t>(object->second.begin) + location.offset;
      return location;
    }
  }
  auto [known, inserted] = addresses_.try_emplace(symbol, 0);
  if (inserted)
    if (std::optional<runtime::SymbolRef> found = runtime::find_symbol(std::string_view(symbol->getName()));
        found && !found->ambiguous)
      known->second = reinterpret_cast<std::uintptr_t>(found->address);
  if (known->second) location.address = known->second + location.offset;
  return location;
}

bool Symbols::lies_outside(const llvm::Constant* pointer) {
  std::optional<Location> at = locate(pointer);
  if (!at) return false;
  auto object = objects_.find(llvm::dyn_cast<llvm::GlobalVariable>(at->symbol));
  return object != objects_.end() && !object->second.graph &&
         (at->offset < 0 || static_cast<std::uint64_t>(at->offset) >= object->second.size);
}

llvm::GlobalVariable* Symbols::new_placeholder(llvm::Align alignment) {
  // Weak, so that LLVM does not take it for something that is surely there.
  auto* placeholder = new llvm::GlobalVariable(unit_, llvm::Type::getInt8Ty(unit_.getContext()), /*isConstant=*/false,
                                               llvm::GlobalValue::ExternalWeakLinkage, nullptr, "inlay.placeholder");
  placeholder->setAlignment(alignment);
  placeholders_.insert(placeholder);
  return placeholder;
}

void Symbols::drop_placeholder(llvm::GlobalVariable* placeholder) {
  placeholder->removeDeadConstantUsers();
  placeholders_.erase(placeholder);
  if (placeholder->use_empty())
    placeholder->eraseFromParent();
  else  // never the case; if it were, the code would not link, and the original would be the answer
    placeholder->setLinkage(llvm::GlobalValue::ExternalLinkage);
}

llvm::Constant* Symbols::from_bytes(const std::byte* bytes, llvm::Type* type) {
  const llvm::DataLayout& layout = unit_.getDataLayout();
  if (type->isPointerTy()) {
    const void* word;
    std::memcpy(&word, bytes, sizeof word);
    if (llvm::Constant* known = pointer_to(word)) return known;
    if (in_graph_) return frozen_symbol(*graph_base_, static_cast<const std::byte*>(word) - graph_base_->begin);
    return nullptr;
  }
  if (auto* integer = llvm::dyn_cast<llvm::IntegerType>(type)) {
    unsigned bits = integer->getBitWidth();
    if (bits > 64 || bits % 8) return nullptr;
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, bits / 8);
    if (bits == 64 && value > 0xffff)  // a struct copied by words: its pointers must stay pointers
      if (llvm::Constant* known = pointer_to(reinterpret_cast<const void*>(value)))
        return llvm::ConstantExpr::getPtrToInt(known, type);
    if (bits == 64 && target_ == For::File && may_be_address(value)) return nullptr;
    return llvm::ConstantInt::get(type, value);
  }
  if (type->isFloatTy() || type->isDoubleTy()) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, layout.getTypeStoreSize(type));
    llvm::APInt raw(static_cast<unsigned>(type->getPrimitiveSizeInBits().getFixedValue()), value);
    return llvm::ConstantFP::get(type->getContext(), llvm::APFloat(type->getFltSemantics(), raw));
  }
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) {
    llvm::SmallVector<llvm::Constant*, 8> elements;
    std::uint64_t step = layout.getTypeStoreSize(vector->getElementType());
    if (step * 8 != layout.getTypeSizeInBits(vector->getElementType())) return nullptr;
    for (unsigned i = 0; i < vector->getNumElements(); ++i) {
      llvm::Constant* element = from_bytes(bytes + i * step, vector->getElementType());
      if (!element) return nullptr;
      elements.push_back(element);
    }
    return llvm::ConstantVector::get(elements);
  }
  return nullptr;
}

llvm::Constant* Symbols::load_initializer(llvm::GlobalVariable* variable, std::int64_t offset, llvm::Type* type) {
  std::optional<runtime::SymbolRef> found = runtime::find_symbol(std::string_view(variable->getName()));
  if (!found || found->ambiguous || !(found->record().flags & runtime::Constant)) return nullptr;
  Result<llvm::GlobalVariable*> defined = bodies_.variable(std::string_view(variable->getName()));
  if (!defined || !*defined || !(*defined)->isConstant()) return nullptr;
  llvm::Constant* value =
      llvm::ConstantFoldLoadFromConst((*defined)->getInitializer(), type,
                                      llvm::APInt(64, static_cast<std::uint64_t>(offset), true), unit_.getDataLayout());
  if (!value || llvm::isa<llvm::UndefValue>(value) || value->containsUndefOrPoisonElement()) return nullptr;
  return runtime::map_constant(unit_, value);
}

llvm::Constant* Symbols::load(llvm::Constant* pointer, llvm::Type* type) {
  auto [slot, fresh] = loads_.try_emplace({pointer, type}, nullptr);
  if (!fresh) return slot->second;
  llvm::Constant* value = load_anew(pointer, type);
  return loads_[{pointer, type}] = value;
}

llvm::Constant* Symbols::load_anew(llvm::Constant* pointer, llvm::Type* type) {
  if (!type->isSized() || llvm::isa<llvm::ScalableVectorType>(type)) return nullptr;
  std::optional<Location> at = locate(pointer);
  if (!at || placeholders_.contains(at->symbol)) return nullptr;
  std::uint64_t size = unit_.getDataLayout().getTypeStoreSize(type).getFixedValue();
  auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(at->symbol);
  if (!variable || size > 64) return nullptr;
  const auto* address = reinterpret_cast<const std::byte*>(at->address);

  auto object = objects_.find(variable);
  if (object != objects_.end() && object->second.graph) {
    std::byte bytes[64];
    if (frozen::is_open(address, size) || !frozen::read_safely(address, size, bytes)) return nullptr;
    in_graph_ = true;
    llvm::Constant* value = from_bytes(bytes, type);
    in_graph_ = false;
    if (value) reads_.push_back({object->second.id, static_cast<std::uint64_t>(at->offset), size});
    return value;
  }
  // By address, so that a runtime's own variable counts as frozen when its user promised so. Held before it is read:
  // the promise may end at any time.
  std::optional<frozen::Object> holder = at->address ? frozen::find(address) : std::nullopt;
  std::byte bytes[64];
  std::optional<frozen::Read> read;
  if (holder && !holder->graph) read = frozen::copy_constant(address, size, bytes);
  if (read) {
    llvm::Constant* value = from_bytes(bytes, type);
    if (value) {
      if (object == objects_.end()) held_.push_back(holder->region);
      reads_.push_back(*read);
    }
    return value;
  }
  return object == objects_.end() ? load_initializer(variable, at->offset, type) : nullptr;
}

llvm::Constant* Symbols::contents_of(const frozen::Object& object, frozen::Read& read) {
  if (object.size == 0 || object.size > LargestShown) return nullptr;
  std::byte bytes[LargestShown];
  std::optional<frozen::Read> copied = frozen::copy_constant(object.begin, object.size, bytes);
  if (!copied) return nullptr;
  read = *copied;
  llvm::LLVMContext& context = unit_.getContext();
  llvm::SmallVector<llvm::Constant*, 32> parts;
  std::size_t at = 0;
  // A block may begin anywhere; its pointers are aligned.
  bool aligned = reinterpret_cast<std::uintptr_t>(object.begin) % sizeof(void*) == 0;
  for (; at + sizeof(std::uint64_t) <= object.size && aligned; at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, bytes + at, sizeof word);
    llvm::Constant* pointer = may_be_address(word) ? pointer_to(reinterpret_cast<const void*>(word)) : nullptr;
    if (!pointer && may_be_address(word)) return nullptr;
    parts.push_back(pointer ? pointer : llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), word));
  }
  if (at < object.size) {
    llvm::StringRef rest(reinterpret_cast<const char*>(bytes + at), object.size - at);
    parts.push_back(llvm::ConstantDataArray::getString(context, rest, /*AddNull=*/false));
  }
  return llvm::ConstantStruct::getAnon(context, parts, /*Packed=*/true);
}

void Symbols::show_contents() {
  std::vector<std::pair<llvm::GlobalVariable*, frozen::Object>> used;
  for (const auto& [symbol, object] : objects_) {
    symbol->removeDeadConstantUsers();  // offsets of it that were folded away
    if (!symbol->use_empty() && symbol->isConstant()) used.emplace_back(symbol, object);
  }
  for (const auto& [symbol, object] : used) {
    frozen::Read read{};
    llvm::Constant* contents = contents_of(object, read);
    if (!contents) continue;
    auto* shown = new llvm::GlobalVariable(unit_, contents->getType(), /*isConstant=*/true,
                                           llvm::GlobalValue::AvailableExternallyLinkage, contents, "", symbol);
    shown->setAlignment(symbol->getAlign());
    shown->takeName(symbol);
    symbol->replaceAllUsesWith(shown);
    objects_.erase(symbol);
    objects_.emplace(shown, object);
    symbol->eraseFromParent();
    reads_.push_back(read);
  }
}

std::string Symbols::why_not_constant(llvm::Constant* pointer, llvm::Type* type) {
  std::optional<Location> at = locate(pointer);
  if (!at) return "the address is not a known object";
  auto* variable = llvm::dyn_cast<llvm::GlobalVariable>(at->symbol);
  if (!variable) return "it reads the code of a function";
  std::uint64_t size = unit_.getDataLayout().getTypeStoreSize(type).getFixedValue();
  if (objects_.contains(variable)) {
    if (frozen::is_open(reinterpret_cast<const void*>(at->address), size))
      return "this part of the frozen object is Mutable";
    if (!objects_.at(variable).graph && !frozen::is_constant(reinterpret_cast<const void*>(at->address), size))
      return "it reads beyond the frozen object";
    return "the frozen object holds a pointer to memory that is not frozen";
  }
  return "'" + readable(variable->getName()) + "' is a variable that may change; promise_constant would freeze it";
}

}  // namespace inlay::specialize
