// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/signature.h"

#include <map>
#include <mutex>

#include <llvm/IR/DataLayout.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>

#include "runtime/unit.h"

namespace inlay::runtime {

namespace {

constexpr unsigned IntegerRegisters = 6, FloatRegisters = 8;
constexpr std::uint64_t Word = 8;         // bytes
constexpr std::uint32_t ExtendedTo = 32;  // bits, of narrower integers with `signext` and `zeroext`

const llvm::DataLayout& layout() {
  static const llvm::DataLayout host(HostDataLayout);
  return host;
}

std::uint64_t bits_of(llvm::Type* type) { return layout().getTypeSizeInBits(type).getFixedValue(); }

std::string shown(llvm::Type* type) {
  if (type->isVoidTy()) return "void";
  if (type->isFloatTy()) return "f32";
  if (type->isDoubleTy()) return "f64";
  if (type->isPointerTy()) return "ptr";
  if (type->isIntegerTy(1)) return "bool";
  if (type->isX86_FP80Ty()) return "long double";
  if (type->isIntegerTy() || type->isFloatingPointTy())
    return (type->isIntegerTy() ? "i" : "f") + std::to_string(bits_of(type));
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type))
    return '<' + std::to_string(vector->getNumElements()) + " x " + shown(vector->getElementType()) + '>';
  if (auto* array = llvm::dyn_cast<llvm::ArrayType>(type))
    return '[' + std::to_string(array->getNumElements()) + ']' + shown(array->getElementType());
  std::string text;
  for (llvm::Type* element : type->subtypes()) text += (text.empty() ? "" : ", ") + shown(element);
  return '{' + text + '}';
}

/// Lays values out as x86-64 does.
class Layout {
 public:
  Layout(unsigned integers, unsigned floats) : integers_left_(integers), floats_left_(floats) {}

  void add(llvm::Type* type, bool extended, bool padding) {
    if (auto* array = llvm::dyn_cast<llvm::ArrayType>(type)) {
      for (std::uint64_t i = 0; i < array->getNumElements() && passed_.stack <= Most; ++i)
        add(array->getElementType(), extended, padding);
    } else if (type->isStructTy()) {
      for (llvm::Type* element : type->subtypes()) add(element, extended, padding);
    } else if (type->isX86_FP80Ty()) {
      add_memory(2 * Word, 2 * Word);
    } else if (type->isIntegerTy() || type->isPointerTy()) {
      add_integer(static_cast<std::uint32_t>(bits_of(type)), extended, padding);
    } else if (type->isFloatingPointTy() || llvm::isa<llvm::FixedVectorType>(type)) {
      add_float(static_cast<std::uint32_t>(bits_of(type)));
    } else {
      known_ = false;
    }
  }
  void add_memory(std::uint64_t bytes, std::uint64_t align) {
    const std::uint64_t words = std::max<std::uint64_t>(align / Word, 1);
    passed_.stack = (passed_.stack + words - 1) / words * words + (bytes + Word - 1) / Word;
  }
  bool known() const { return known_; }
  Passed take() { return std::move(passed_); }

 private:
  static constexpr std::uint64_t Most = 1000;  // of what is written out, and no more than that

  void add_integer(std::uint32_t bits, bool extended, bool padding) {
    const unsigned words = bits > 64 ? 2 : 1;
    if (bits > 128) {
      known_ = false;
    } else if (integers_left_ < words) {
      add_memory(words * Word, words * Word);
    } else {
      integers_left_ -= words;
      if (padding) return;
      bits = std::max<std::uint32_t>(bits, extended ? ExtendedTo : 8);
      for (unsigned i = 0; i < words; ++i) passed_.integers.push_back(words == 2 ? 64 : bits);
    }
  }
  void add_float(std::uint32_t bits) {
    if (bits > 128) known_ = false;  // it depends on the processor
    if (floats_left_ == 0) return add_memory(bits > 64 ? 2 * Word : Word, bits > 64 ? 2 * Word : Word);
    --floats_left_;
    passed_.floats.push_back(bits);
  }

  unsigned integers_left_, floats_left_;
  Passed passed_;
  bool known_ = true;
};

}  // namespace

Signature signature_of(const llvm::FunctionType& type, const llvm::AttributeList& attributes,
                       const std::vector<bool>& padding) {
  using llvm::Attribute;
  Signature signature;
  signature.variadic = type.isVarArg();
  Layout parameters(IntegerRegisters, FloatRegisters), result(2, 2);
  llvm::Type* given = type.getReturnType();
  std::string list;
  for (unsigned i = 0; i < type.getNumParams(); ++i) {
    const bool is_padding = i < padding.size() && padding[i];
    const llvm::AttributeSet of_parameter = attributes.getParamAttrs(i);
    llvm::Type* parameter = type.getParamType(i);
    std::string text = shown(parameter);
    if (llvm::Type* copied = of_parameter.getByValType()) {
      const std::uint64_t size = layout().getTypeAllocSize(copied).getFixedValue();
      parameters.add_memory(size, of_parameter.getAlignment().valueOrOne().value());
      text = std::to_string(size) + " bytes by value";
    } else {
      const bool extended = of_parameter.hasAttribute(Attribute::SExt) || of_parameter.hasAttribute(Attribute::ZExt);
      parameters.add(parameter, extended, is_padding);
    }
    if (of_parameter.hasAttribute(Attribute::StructRet)) {
      text += " for the result";
      result.add(parameter, false, false);  // the address comes back
    }
    for (Attribute::AttrKind other : {Attribute::InAlloca, Attribute::Nest, Attribute::SwiftSelf, Attribute::InReg})
      if (of_parameter.hasAttribute(other)) signature.known = false;
    if (!is_padding) list += (list.empty() ? "" : ", ") + text;
  }
  const llvm::AttributeSet of_result = attributes.getRetAttrs();
  // What C has no registers for comes on a stack of the processor's, which programs know nothing of.
  if (!given->isVoidTy() && !given->isX86_FP80Ty())
    result.add(given, of_result.hasAttribute(Attribute::SExt) || of_result.hasAttribute(Attribute::ZExt), false);
  signature.returns = !given->isVoidTy();
  signature.known = signature.known && parameters.known() && result.known();
  signature.parameters = parameters.take();
  signature.result = result.take();
  if (signature.variadic) list += list.empty() ? "..." : ", ...";
  signature.text = "fn(" + list + ')' + (given->isVoidTy() ? "" : " -> " + shown(given));
  return signature;
}

bool can_call(const Signature& declared, const Signature& defined) {
  if (!declared.known || !defined.known) return true;
  const Passed& brings = declared.parameters;
  const Passed& takes = defined.parameters;
  if (defined.variadic ? brings.integers.size() < takes.integers.size() || brings.floats.size() < takes.floats.size()
                       : brings.integers.size() != takes.integers.size() ||
                             brings.floats.size() != takes.floats.size() || brings.stack != takes.stack)
    return false;
  // Integers of up to 32 bits are extended by whoever calls, and no further.
  for (std::size_t i = 0; i < takes.integers.size(); ++i)
    if (takes.integers[i] > ExtendedTo && brings.integers[i] <= ExtendedTo) return false;
  for (std::size_t i = 0; i < takes.floats.size(); ++i)
    if (takes.floats[i] != brings.floats[i]) return false;
  if (!declared.returns) return true;
  const Passed& wanted = declared.result;
  const Passed& given = defined.result;
  if (wanted.integers.size() > given.integers.size() || wanted.floats.size() > given.floats.size()) return false;
  for (std::size_t i = 0; i < wanted.integers.size(); ++i)
    if (std::max(wanted.integers[i], 8u) > given.integers[i]) return false;
  for (std::size_t i = 0; i < wanted.floats.size(); ++i)
    if (wanted.floats[i] != given.floats[i]) return false;
  return true;
}

Result<std::optional<Signature>> runtime_signature(const std::string& name, Bodies& bodies) {
  const std::optional<SymbolRef> symbol = find_symbol(name);
  if (!symbol || !(symbol->record().flags & Defined) || symbol->ambiguous ||
      symbol->record().kind != SymbolKind::Function)
    return std::optional<Signature>();
  // Images live as long as the process.
  static std::mutex mutex;
  static auto* known = new std::map<std::pair<const Image*, std::uint32_t>, Signature>;
  const std::pair key(symbol->image, symbol->index);
  {
    std::lock_guard lock(mutex);
    if (const auto found = known->find(key); found != known->end()) return std::optional(found->second);
  }
  INLAY_TRY(const llvm::Function* function, bodies.declaration(*symbol));
  Signature signature = signature_of(*function->getFunctionType(), function->getAttributes());
  if (function->getCallingConv() != llvm::CallingConv::C) signature.known = false;
  std::lock_guard lock(mutex);
  return std::optional(known->emplace(key, std::move(signature)).first->second);
}

}  // namespace inlay::runtime
