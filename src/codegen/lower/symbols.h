// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions and data of a program as globals of an LLVM module.
#pragma once

#include <optional>
#include <vector>

#include "codegen/lower/lower.h"
#include "codegen/lower/types.h"

#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/Module.h>

namespace inlay::codegen {

class Symbols {
 public:
  Symbols(llvm::Module& into, const ir::Module& module, const LowerJob& job, Types& types);

  /// What calls of a function go to: declared at first use.
  llvm::Function* callee(ir::FunctionId function);
  /// Its address.
  llvm::Function* function(ir::FunctionId function) {
    llvm::Function*& known = functions_[function.value];
    return known ? known : known = declare(function);
  }
  llvm::GlobalVariable* data(ir::DataId data) {
    llvm::GlobalVariable*& known = data_[data.value];
    return known ? known : known = declare(data);
  }
  llvm::Constant* constant(ir::Value symbol);
  llvm::GlobalVariable* record(ir::FunctionId function);
  llvm::FunctionCallee trap();

  /// Bodies that are inlined into what was lowered, and are not lowered themselves yet. They are gone from here then.
  std::vector<ir::FunctionId> take_wanted_bodies() { return std::exchange(wanted_, {}); }

  /// Lets the declaration become a definition: linkage, attributes.
  void prepare_definition(ir::FunctionId id, llvm::Function& function);
  void define(ir::DataId data);
  void define_record(ir::FunctionId function);
  /// Of all functions whose records were asked for.
  void define_wanted_records();

  ir::Inlining inlining(ir::FunctionId function) const {
    return function.value < job_.inlining.size() ? job_.inlining[function.value] : ir::Inlining::Free;
  }

  llvm::Module& module() { return into_; }
  /// The first thing that went wrong.
  const std::optional<Error>& error() const { return error_; }
  void fail(Error error) {
    if (!error_) error_ = std::move(error);
  }

 private:
  void check_vectors(ir::FunctionId function);
  std::string name_of(ir::Value symbol, std::string name, bool exported) const;
  llvm::Function* declare(ir::FunctionId function);
  llvm::GlobalVariable* declare(ir::DataId data);
  llvm::GlobalVariable* declare_object(const std::string& name, llvm::Type* type);
  llvm::GlobalVariable* with_type(llvm::GlobalVariable* object, llvm::Type* type);

  llvm::Module& into_;
  const ir::Module& module_;
  const LowerJob& job_;
  Types& types_;
  std::vector<llvm::Function*> functions_;      // by FunctionId
  std::vector<llvm::Function*> inline_copies_;  // likewise; of Always functions in independent code
  std::vector<llvm::GlobalVariable*> data_;     // by DataId
  std::vector<llvm::GlobalVariable*> records_;  // by FunctionId
  std::vector<ir::FunctionId> wanted_;
  llvm::FunctionCallee trap_;
  std::optional<Error> error_;
};

}  // namespace inlay::codegen
