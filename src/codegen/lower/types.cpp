// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM leaves a part of the calling conventions to front ends: it knows words, not structs. C passes a struct of two
// words in registers if both fit there. Where only one register is left, x86-64 puts both on the stack and gives the
// register to the next word, AArch64 puts both and all that follows there, and RISC-V passes one here and one there.
// The parameters of an LLVM function are the words in an order, with padding, that has this effect.
#include "codegen/lower/types.h"

namespace inlay::codegen {

namespace {

using ir::TypeId;
using ir::TypeKind;

/// Registers for integers and pointers, and for floats and vectors.
struct Registers {
  unsigned integers, floats;
};

Registers registers_of(Architecture architecture) {
  return architecture == Architecture::X86_64 ? Registers{6, 8} : Registers{8, 8};
}

}  // namespace

Types::Types(llvm::LLVMContext& context, const ir::Module& module, Architecture architecture)
    : context_(context),
      module_(module),
      architecture_(architecture),
      pointer_(llvm::PointerType::get(context, 0)),
      word_(llvm::Type::getInt64Ty(context)),
      byte_(llvm::Type::getInt8Ty(context)),
      values_(module.types.count()) {
  for (auto& conventions : conventions_) conventions.resize(module.types.count());
}

llvm::Type* Types::make_value(TypeId id) {
  const ir::Type& type = module_.types[id];
  switch (type.kind) {
    case TypeKind::Void:
      return llvm::Type::getVoidTy(context_);
    case TypeKind::Bool:
      return llvm::Type::getInt1Ty(context_);
    case TypeKind::I8:
    case TypeKind::I16:
    case TypeKind::I32:
    case TypeKind::I64:
      return llvm::Type::getIntNTy(context_, module_.bits_of(id));
    case TypeKind::F32:
      return llvm::Type::getFloatTy(context_);
    case TypeKind::F64:
      return llvm::Type::getDoubleTy(context_);
    case TypeKind::Vector:
      return llvm::FixedVectorType::get(value(type.element), type.count);
    case TypeKind::Array:
    case TypeKind::Struct:
      return llvm::ArrayType::get(byte_, type.size);
    case TypeKind::Ptr:
    case TypeKind::Fn:
    case TypeKind::Slice:
    case TypeKind::Interface:
    case TypeKind::Closure:
    case TypeKind::TypeParam:
      return pointer_;
  }
  return pointer_;
}

llvm::Type* Types::memory(TypeId type) {
  if (type == ir::Bool) return byte_;
  return is_pair(type) ? llvm::ArrayType::get(byte_, size(type)) : value(type);
}

llvm::Align Types::access_alignment(TypeId type) const {
  const ir::Type& t = module_.types[type];
  return alignment(t.kind == TypeKind::Vector ? t.element : type);
}

llvm::Type* Types::result(TypeId type) {
  return is_pair(type) ? llvm::StructType::get(context_, {pointer_, second(type)}) : value(type);
}

/// Integers that are narrower than a register are passed as signed ones: the program does not say what they are. On
/// AArch64 nobody extends what it passes, and nobody may rely on it (AAPCS64, 6.8.2).
llvm::Attribute::AttrKind Types::extension(TypeId type) const {
  if (architecture_ == Architecture::AArch64) return llvm::Attribute::None;
  if (type == ir::Bool) return llvm::Attribute::ZExt;
  return type == ir::I8 || type == ir::I16 || type == ir::I32 ? llvm::Attribute::SExt : llvm::Attribute::None;
}

namespace {

/// Puts words in order.
class Passing {
 public:
  explicit Passing(Architecture architecture) : architecture_(architecture), left_(registers_of(architecture)) {}

  void add_scalar(std::uint32_t parameter, bool is_float) {
    unsigned& left = is_float ? left_.floats : left_.integers;
    if (left > 0) {
      --left;
      words_.push_back({parameter, 0});
    } else {
      on_stack({parameter, 0}, is_float);
    }
    flush_if_full();
  }

  void add_pair(std::uint32_t parameter) {
    const PassedWord first{parameter, 0}, second{parameter, 1};
    if (left_.integers >= 2 || architecture_ == Architecture::RiscV64) {
      left_.integers -= std::min(left_.integers, 2u);
      words_.insert(words_.end(), {first, second});
      return;
    }
    if (left_.integers == 1 && architecture_ == Architecture::AArch64) {
      words_.push_back({PassedWord::Padding, 0});
      left_.integers = 0;
    }
    on_stack(first, false);
    on_stack(second, false);
    flush_if_full();
  }

  std::vector<PassedWord> finish() {
    if (!waiting_.empty()) words_.push_back({PassedWord::Padding, 0});
    words_.insert(words_.end(), waiting_.begin(), waiting_.end());
    return std::move(words_);
  }

 private:
  /// What belongs on the stack waits while LLVM would put it into a register, and so does what comes behind that.
  void on_stack(PassedWord word, bool is_float) {
    const bool waits = is_float ? !waiting_.empty() : left_.integers > 0;
    (waits ? waiting_ : words_).push_back(word);
  }
  void flush_if_full() {
    if (left_.integers > 0) return;
    words_.insert(words_.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
  }

  Architecture architecture_;
  Registers left_;
  std::vector<PassedWord> words_, waiting_;
};

}  // namespace

std::unique_ptr<Convention> Types::make_convention(TypeId id, bool with_object) {
  const ir::Type& signature = module_.types[id];
  std::vector<TypeId> parameters;
  if (with_object) parameters.push_back(ir::Ptr);
  for (std::uint32_t i = 0; i < signature.count; ++i) parameters.push_back(module_.parameter_type(id, i));

  Passing passing(architecture_);
  for (std::uint32_t i = 0; i < parameters.size(); ++i) {
    const TypeKind kind = module_.types[parameters[i]].kind;
    if (is_pair(parameters[i]))
      passing.add_pair(i);
    else
      passing.add_scalar(i, kind == TypeKind::F32 || kind == TypeKind::F64 || kind == TypeKind::Vector);
  }

  auto convention = std::make_unique<Convention>();
  convention->words = passing.finish();
  std::vector<llvm::Type*> types;
  std::vector<llvm::AttributeSet> attributes;
  const auto attributes_of = [&](TypeId type) {
    const llvm::Attribute::AttrKind kind = extension(type);
    llvm::AttributeSet set;
    if (kind != llvm::Attribute::None) set = set.addAttribute(context_, kind);
    return set;
  };
  for (const PassedWord& word : convention->words) {
    if (word.parameter == PassedWord::Padding) {
      types.push_back(word_);
      attributes.emplace_back();
      continue;
    }
    const TypeId type = parameters[word.parameter];
    types.push_back(word.part ? second(type) : value(type));
    attributes.push_back(attributes_of(type));
  }
  convention->type = llvm::FunctionType::get(result(signature.element), types, false);
  convention->attributes = llvm::AttributeList::get(context_, {}, attributes_of(signature.element), attributes);
  return convention;
}

}  // namespace inlay::codegen
