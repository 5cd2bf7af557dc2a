// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Data of programs, and the records of their functions, as pieces: laid out here, for nothing has to be compiled.
#pragma once

#include <span>
#include <vector>

#include "aot/pieces/piece.h"
#include "inlay/ir/module.h"

namespace inlay::aot {

/// Names of the symbols of one module, made when they are first asked for. They are good as long as the functions and
/// data of the module keep their handles and names.
class ModuleSymbols {
 public:
  ModuleSymbols(const ir::Module& module, Names& names) : module_(module), names_(names) {}

  SymbolId function(ir::FunctionId id);
  SymbolId data(ir::DataId id);
  /// Of the record of a function.
  SymbolId record(ir::FunctionId id);

 private:
  static SymbolId& at(std::vector<SymbolId>& table, std::uint32_t number) {
    if (number >= table.size()) table.resize(number + number / 2 + 16);
    return table[number];
  }
  const ir::Module& module_;
  Names& names_;
  std::vector<SymbolId> functions_, data_, records_;
};

/// An object that the module defines. Its type is laid out.
Piece data_piece(const ir::Module& module, ir::DataId data, ModuleSymbols& symbols);

/// The FunctionRecords of functions (inlay/ir/layout.h), in one piece, whose name is that of the first one. There must
/// be one at least.
Piece record_piece(const ir::Module& module, std::span<const ir::FunctionId> functions, ModuleSymbols& symbols);

/// Gives a piece of record_piece(), made for the same functions, the lines that they have now.
void update_lines(Piece& records, const ir::Module& module, std::span<const ir::FunctionId> functions);

/// The table by which a trap finds the functions on the stack (aot/support/trap.inlay): where each begins, and its
/// record. It mentions `end_of_code()`, which is to lie behind the functions.
Piece function_table(std::span<const ir::FunctionId> functions, ModuleSymbols& symbols, Names& names);
/// The count that belongs to it.
Piece function_count(std::span<const ir::FunctionId> functions, Names& names);
Piece end_of_code(Names& names);

}  // namespace inlay::aot
