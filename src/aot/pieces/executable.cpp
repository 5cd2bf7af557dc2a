// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/executable.h"

#include "aot/pieces/linker.h"

namespace inlay::aot {

Result<void> link_executable(std::span<const Piece* const> pieces, const Names& names, const ExecutableOptions& options,
                             base::Bytes& file) {
  for (const Piece* piece : pieces)
    for (const Definition& definition : piece->definitions)
      if (definition.name == options.entry) return Linker(pieces, names, options, file).run();
  return no_entry(names, options.entry);
}

Error no_entry(const Names& names, SymbolId entry) {
  return {ErrorKind::UndefinedSymbol, entry ? "nothing defines '" + names.text(entry) + "', where the program begins"
                                            : std::string("the program has no place to begin at")};
}

}  // namespace inlay::aot
