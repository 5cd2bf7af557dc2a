// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Program IR → LLVM IR, function by function: what inlay::lower() and incremental compilation are made of.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "inlay/ir/fingerprint.h"
#include "inlay/ir/module.h"
#include "ir/symbol_names.h"

namespace llvm {
class Module;
}

namespace inlay::codegen {

struct LowerJob {
  std::span<const ir::FunctionId> functions = {};  // to be defined; their order is that of the code
  std::span<const ir::DataId> data = {};           // to be defined likewise
  /// What others may use; empty: what is exported.
  std::span<const ir::Value> visible = {};
  /// By the function's handle; empty: all are Free. Bodies that are `Always` inlined are added where they are called.
  std::span<const ir::Inlining> inlining = {};
  Architecture architecture = Architecture::X86_64;
  bool debug = false;
  bool frame_pointers = false;
  /// With what the program's meaning says and an optimizer cannot see: how long a slice can be whose elements are used.
  bool facts = false;
  /// The code of each function depends on nothing but what code_fingerprints() covers, whatever else the LLVM module
  /// holds. All symbols are visible to a linker, nothing is seen through one, and function records stay undefined.
  bool independent = false;
};

using ir::RecordPrefix;
using ir::TrapName;

/// Whether others may use it.
bool is_visible(const LowerJob& job, ir::Value symbol, bool exported);

/// The symbol of a function or object, as a linker sees it.
std::string symbol_name(const ir::Module& module, ir::FunctionId function);
std::string symbol_name(const ir::Module& module, ir::DataId data);
/// Whether code that LLVM makes may call a function of that name without being told to: for operations that the
/// processor lacks, for copies.
bool is_called_by_code(std::string_view name);
/// And of its FunctionRecord (inlay/ir/layout.h).
std::string record_name(const ir::Module& module, ir::FunctionId function);

/// Adds functions and data of a verified and expanded module, whose types are laid out. What they mention is declared.
/// After an error, `into` holds a part of it and is good for nothing.
Result<void> lower_functions(llvm::Module& into, const ir::Module& module, const LowerJob& job);

/// Adds the records of functions, under their names: local to `into`, which has their code, or, with `independent`,
/// for code that was made so.
Result<void> lower_records(llvm::Module& into, const ir::Module& module, std::span<const ir::FunctionId> functions,
                           bool independent);

}  // namespace inlay::codegen
