// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types of programs as LLVM's, and how values travel between functions.
#pragma once

#include <memory>
#include <vector>

#include "inlay/ir/module.h"

#include <llvm/IR/Attributes.h>
#include <llvm/IR/DerivedTypes.h>

namespace inlay::codegen {

/// What an LLVM parameter holds: a word of one of the program's parameters, or nothing.
struct PassedWord {
  static constexpr std::uint32_t Padding = ~0u;
  std::uint32_t parameter;  // number; Padding: nobody looks
  std::uint32_t part;       // 1: the second word of a pair
};

/// How functions of a signature are called: as C does, where pairs are structs of two words.
struct Convention {
  llvm::FunctionType* type = nullptr;
  llvm::AttributeList attributes;
  std::vector<PassedWord> words;  // one for each LLVM parameter
};

/// Types of one module, in one LLVM context. All of them must be laid out (verify() sees to that).
class Types {
 public:
  Types(llvm::LLVMContext& context, const ir::Module& module, Architecture architecture);

  /// In registers: of a bool i1, of a pair its first word.
  llvm::Type* value(ir::TypeId type) {
    llvm::Type*& known = values_[type.value];
    return known ? known : known = make_value(type);
  }
  /// In memory: of a bool i8; of what is larger than a register, its bytes.
  llvm::Type* memory(ir::TypeId type);
  bool is_pair(ir::TypeId type) const {
    const ir::TypeKind kind = module_.types[type].kind;
    return kind == ir::TypeKind::Slice || kind == ir::TypeKind::Interface || kind == ir::TypeKind::Closure;
  }
  /// The second word of a pair.
  llvm::Type* second(ir::TypeId type) { return module_.types[type].kind == ir::TypeKind::Slice ? word_ : pointer_; }
  /// Of loads and stores: for a vector that of a lane.
  llvm::Align access_alignment(ir::TypeId type) const;
  llvm::Align alignment(ir::TypeId type) const { return llvm::Align(1ull << module_.types[type].align_log2); }
  std::uint64_t size(ir::TypeId type) const { return module_.types[type].size; }

  /// Of a signature. `with_object`: with a pointer before its parameters.
  const Convention& convention(ir::TypeId signature, bool with_object = false) {
    std::unique_ptr<Convention>& known = conventions_[with_object][signature.value];
    if (!known) known = make_convention(signature, with_object);
    return *known;
  }

  llvm::Type* pointer() const { return pointer_; }
  llvm::Type* word() const { return word_; }
  llvm::Type* byte() const { return byte_; }

 private:
  llvm::Type* make_value(ir::TypeId type);
  llvm::Type* result(ir::TypeId type);
  llvm::Attribute::AttrKind extension(ir::TypeId type) const;
  std::unique_ptr<Convention> make_convention(ir::TypeId signature, bool with_object);

  llvm::LLVMContext& context_;
  const ir::Module& module_;
  Architecture architecture_;
  llvm::Type *pointer_, *word_, *byte_;
  std::vector<llvm::Type*> values_;                          // by TypeId
  std::vector<std::unique_ptr<Convention>> conventions_[2];  // by TypeId
};

}  // namespace inlay::codegen
