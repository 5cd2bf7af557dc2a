// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From pieces to a program that needs nothing else: our own linker.
#pragma once

#include <span>

#include "aot/pieces/piece.h"
#include "inlay/result.h"

namespace inlay::aot {

struct ExecutableOptions {
  SymbolId entry;      // where the program begins
  bool strip = false;  // leave out the symbol table
};

/// Lays the pieces out in their order and writes a static ELF executable for x86-64 at a fixed address into `file`,
/// whose memory is used again. The same pieces give the same bytes. An error (kind UndefinedSymbol) names what is
/// needed and who needs it.
Result<void> link_executable(std::span<const Piece* const> pieces, const Names& names, const ExecutableOptions& options,
                             base::Bytes& file);

/// That nothing defines it.
Error no_entry(const Names& names, SymbolId entry);

}  // namespace inlay::aot
