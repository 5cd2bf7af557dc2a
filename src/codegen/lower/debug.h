// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// DWARF for programs: functions, lines, parameters, locals and types, in words that debuggers know from C.
#pragma once

#include <string>
#include <vector>

#include "inlay/ir/module.h"

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>

namespace inlay::codegen {

class DebugInfo {
 public:
  DebugInfo(llvm::Module& into, const ir::Module& module);

  /// Starts a function, whose parameters and locals come next.
  void begin(ir::FunctionId id, llvm::Function& function);
  /// Where an instruction is said to be.
  llvm::DebugLoc location(ir::Location location);
  /// A parameter of the function, from 0, and what it holds: a pair is two values. The name may be empty.
  void parameter(std::uint32_t number, std::string_view name, ir::TypeId type, llvm::Value* first, llvm::Value* second,
                 llvm::IRBuilderBase& builder);
  /// A value of that name: its variable (`total` of `total.1`) holds it from here on.
  void local(std::string_view name, ir::TypeId type, llvm::Value* first, llvm::Value* second,
             llvm::IRBuilderBase& builder);
  /// A variable that lives in a slot.
  void slot(std::string_view name, ir::TypeId type, llvm::Value* address, llvm::IRBuilderBase& builder);
  void end();

  /// A global variable that is defined.
  void data(ir::DataId id, llvm::GlobalVariable& object);
  /// Nothing is added behind this.
  void finish();

 private:
  struct Local {
    std::string name;
    ir::TypeId type;
    llvm::DILocalVariable* variable;
  };

  void make_unit(llvm::DIFile* file);
  llvm::DIFile* file(ir::FileId id);
  llvm::DIType* type(ir::TypeId id);
  llvm::DIType* make_type(ir::TypeId id);
  llvm::DIType* make_struct(ir::TypeId id);
  llvm::DIType* make_pair(ir::TypeId id, std::string_view first, llvm::DIType* first_type, std::string_view second,
                          llvm::DIType* second_type);
  llvm::DISubroutineType* signature(ir::TypeId id);
  llvm::DILocalVariable* find_local(std::string_view name, ir::TypeId type);
  llvm::DILocalVariable* local_variable(std::string_view name, ir::TypeId type);
  const llvm::DILocation* here(llvm::IRBuilderBase& builder);
  void set_value(llvm::DILocalVariable* variable, llvm::Value* first, llvm::Value* second,
                 llvm::IRBuilderBase& builder);

  llvm::Module& into_;
  const ir::Module& module_;
  llvm::DIBuilder builder_;
  llvm::DICompileUnit* unit_ = nullptr;
  std::vector<llvm::DIFile*> files_;  // by FileId
  std::vector<llvm::DIType*> types_;  // by TypeId
  unsigned depth_ = 0;                // of the type that is being made

  // Of the function at hand
  llvm::DISubprogram* subprogram_ = nullptr;
  ir::FileId in_file_;
  std::uint32_t line_ = 0;
  ir::Location last_;
  llvm::DebugLoc last_location_;
  std::vector<std::pair<ir::FileId, llvm::DIScope*>> scopes_;  // of other files than the function's
  std::vector<Local> locals_;                                  // few: looked for from the end
};

}  // namespace inlay::codegen
