// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bodies of runtime functions and the initial values of runtime globals, as LLVM IR, loaded when first asked for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "inlay/result.h"
#include "runtime/image.h"

#include <llvm/IR/Module.h>

namespace inlay::runtime {

/// Definitions loaded from the images registered in this process, in one LLVM context. What it hands out are templates:
/// read them, never change them.
class Bodies {
 public:
  explicit Bodies(llvm::LLVMContext& context) : context_(context) {}
  Bodies(const Bodies&) = delete;

  llvm::LLVMContext& context() { return context_; }

  /// The function's definition, its body materialized; null if no runtime defines it.
  Result<llvm::Function*> function(std::string_view name);

  /// The function that a runtime defines as that symbol, which need not be materialized.
  Result<llvm::Function*> declaration(const SymbolRef& symbol);

  /// The global variable's definition with its initializer; null if no runtime defines it.
  Result<llvm::GlobalVariable*> variable(std::string_view name);

  /// Copies the definition of `declaration` (a function or variable of another module in this context) into it, under
  /// `linkage`, declaring whatever else it mentions. False if no runtime defines it.
  Result<bool> define(llvm::GlobalValue& declaration, llvm::GlobalValue::LinkageTypes linkage);

 private:
  Result<llvm::Module*> chunk_of(const SymbolRef& symbol);

  llvm::LLVMContext& context_;
  std::map<std::pair<const Image*, std::uint32_t>, std::unique_ptr<llvm::Module>> chunks_;
};

/// The global of the same name in `module`, declared there first if need be with the type and attributes of `original`.
llvm::GlobalValue* declare_in(llvm::Module& module, const llvm::GlobalValue& original);

/// The constant in `module` that a constant of another module of the same context stands for.
llvm::Constant* map_constant(llvm::Module& module, llvm::Constant* constant);

/// Copies the body of `from` into the declaration `into`, which may be in another module of the same context: what the
/// body mentions is declared there.
void copy_body(llvm::Function& into, const llvm::Function& from);

/// Copies definitions of another module into `module`, where they are declared already, together: labels of the
/// functions that the variables mention are those of the copies.
void copy_definitions(llvm::Module& module, llvm::ArrayRef<llvm::Function*> functions,
                      llvm::ArrayRef<llvm::GlobalVariable*> variables);

}  // namespace inlay::runtime
