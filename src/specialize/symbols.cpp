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

using frozen::may_be_address;
using frozen::ReadBase;
using frozen::ReadKind;

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
  auto number = numbers_.try_emplace(object.id, static_cast<std::uint32_t>(numbers_.size())).first->second;
  std::string name =
      (object.graph ? GraphPrefix : FrozenPrefix) + std::to_string(target_ == For::File ? object.id : number);
  llvm::GlobalVariable* symbol = unit_.getGlobalVariable(name);
  if (!symbol) {
    // Of its true size, so that LLVM may read it ahead of a branch; constant where no store to it is legal.
    auto* type = llvm::ArrayType::get(llvm::Type::getInt8Ty(unit_.getContext()), object.size);
    symbol = new llvm::GlobalVariable(unit_, type, !object.open && !object.graph, llvm::GlobalValue::ExternalLinkage,
                                      nullptr, name);
    // What the address itself guarantees; more would be false for a promised range.
    symbol->setAlignment(llvm::Align(frozen::promised_alignment(object.begin)));
  }
  objects_.try_emplace(symbol, object);
  return offset_by(symbol, offset);
}

/// A function or variable that a runtime defines, or a variable that it mentions, as the code that uses it names it.
llvm::Constant* Symbols::runtime_symbol(const void* address) {
  std::optional<runtime::SymbolAt> found = runtime::find_named_symbol_at(address);
  if (!found) return nullptr;
  std::string_view name = found->symbol.name();
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

/// `known` is what a pointer among the bytes leads to; null: nothing known, or they are no pointer.
void Symbols::log(const std::byte* bytes, ReadKind kind, std::uint64_t size, const llvm::Constant* known) {
  if (!log_) return;
  if (!source_) return log_->refuse("memory was read whose origin is not known");
  const frozen::Question question{source_->base, source_->offset + (bytes - source_->begin), kind,
                                  static_cast<std::uint32_t>(size)};
  if (!known) {
    std::uint64_t word = 0;
    if (kind == ReadKind::Word) std::memcpy(&word, bytes, sizeof word);
    const bool unknown =
        kind == ReadKind::Pointer || kind == ReadKind::Opaque || (kind == ReadKind::Word && may_be_address(word));
    return unknown ? log_->unknown(question) : log_->bytes(question, {bytes, size});
  }
  if (known->isNullValue()) return log_->null(question);
  const std::optional<Location> at = locate(known);
  if (!at) return log_->refuse("a pointer leads to something without a symbol");
  auto object = objects_.find(llvm::dyn_cast<llvm::GlobalVariable>(at->symbol));
  if (object != objects_.end())
    log_->object(question, object->second, at->offset, numbers_.at(object->second.id));
  else
    log_->symbol(question, at->symbol->getName(), at->offset);
}

llvm::Constant* Symbols::constant(const std::byte* bytes, llvm::Type* type, std::uint64_t offset) {
  if (log_) source_ = Source{{}, static_cast<std::int64_t>(offset), bytes};
  llvm::Constant* value = from_bytes(bytes, type);
  if (!value) log(bytes, ReadKind::Opaque, 0, nullptr);
  source_.reset();
  return value;
}

llvm::Constant* Symbols::from_bytes(const std::byte* bytes, llvm::Type* type) {
  const llvm::DataLayout& layout = unit_.getDataLayout();
  if (type->isPointerTy()) {
    const void* word;
    std::memcpy(&word, bytes, sizeof word);
    llvm::Constant* known = pointer_to(word);
    log(bytes, ReadKind::Pointer, sizeof word, known);
    if (known) return known;
    if (in_graph_) return frozen_symbol(*graph_base_, static_cast<const std::byte*>(word) - graph_base_->begin);
    return nullptr;
  }
  if (auto* integer = llvm::dyn_cast<llvm::IntegerType>(type)) {
    unsigned bits = integer->getBitWidth();
    if (bits > 64 || bits % 8) return nullptr;
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, bits / 8);
    llvm::Constant* known = nullptr;
    if (bits == 64 && value > frozen::LargestSmallInteger)  // a struct copied by words: its pointers must stay pointers
      known = pointer_to(reinterpret_cast<const void*>(value));
    log(bytes, bits == 64 ? ReadKind::Integer : ReadKind::Bytes, bits / 8, known);
    if (known) return llvm::ConstantExpr::getPtrToInt(known, type);
    if (bits == 64 && target_ == For::File && may_be_address(value)) return nullptr;
    return llvm::ConstantInt::get(type, value);
  }
  if (type->isFloatTy() || type->isDoubleTy()) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, layout.getTypeStoreSize(type));
    log(bytes, ReadKind::Bytes, layout.getTypeStoreSize(type), nullptr);
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
    if (log_) log_->refuse("a graph that is only promised was read, and where it ends is not known");
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
    if (log_) {
      // Beyond the object that the pointer was made for, another process has another neighbour.
      if (object != objects_.end() && holder->id != object->second.id)
        log_->refuse("a pointer to one frozen object was followed into another one");
      source_ = Source{object == objects_.end() ? ReadBase{ReadBase::Kind::Symbol, 0, variable->getName()}
                                                : ReadBase{ReadBase::Kind::Object, numbers_.at(object->second.id), {}},
                       at->offset, bytes};
    }
    llvm::Constant* value = from_bytes(bytes, type);
    source_.reset();
    if (value) {
      if (object == objects_.end()) held_.push_back(holder->region);
      reads_.push_back(*read);
    }
    return value;
  }
  if (object == objects_.end()) return load_initializer(variable, at->offset, type);
  const bool inside = at->offset >= 0 && static_cast<std::uint64_t>(at->offset) + size <= object->second.size;
  outdated_ |= inside && (!holder || holder->id != object->second.id);  // it is gone; being changed is another matter
  return nullptr;
}

llvm::Constant* Symbols::contents_of(const frozen::Object& object, frozen::Read& read) {
  if (object.size == 0 || object.size > LargestShown) return nullptr;
  std::byte bytes[LargestShown];
  std::optional<frozen::Read> copied = frozen::copy_constant(object.begin, object.size, bytes);
  if (!copied) return nullptr;
  read = *copied;
  if (log_) source_ = Source{{ReadBase::Kind::Object, numbers_.at(object.id), {}}, 0, bytes};
  struct SourceEnd {
    std::optional<Source>& source;
    ~SourceEnd() { source.reset(); }
  } const source_end{source_};
  llvm::LLVMContext& context = unit_.getContext();
  llvm::SmallVector<llvm::Constant*, 32> parts;
  std::size_t at = 0;
  // A block may begin anywhere; its pointers are aligned.
  bool aligned = reinterpret_cast<std::uintptr_t>(object.begin) % sizeof(void*) == 0;
  for (; at + sizeof(std::uint64_t) <= object.size && aligned; at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, bytes + at, sizeof word);
    llvm::Constant* pointer = may_be_address(word) ? pointer_to(reinterpret_cast<const void*>(word)) : nullptr;
    log(bytes + at, ReadKind::Word, sizeof word, pointer);
    if (!pointer && may_be_address(word)) return nullptr;
    parts.push_back(pointer ? pointer : llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), word));
  }
  if (at < object.size) {
    log(bytes + at, ReadKind::Bytes, object.size - at, nullptr);
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
  // By number: the order decides what is met next, and that must not depend on where things lie.
  std::sort(used.begin(), used.end(),
            [&](const auto& a, const auto& b) { return numbers_.at(a.second.id) < numbers_.at(b.second.id); });
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
