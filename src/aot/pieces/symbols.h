// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Symbol tables of ELF files.
#pragma once

#include <elf.h>

#include <string>
#include <vector>

#include "aot/pieces/names.h"

namespace inlay::aot {

/// Local symbols are to be added first: ELF wants them at the front.
class SymbolWriter {
 public:
  explicit SymbolWriter(const Names& names) : names_(names) {}

  std::uint32_t add(SymbolId name, bool global, unsigned type, std::uint16_t section, std::uint64_t value,
                    std::uint64_t size, bool weak = false) {
    Elf64_Sym symbol = {};
    if (name) {
      symbol.st_name = static_cast<Elf64_Word>(strings_.size());
      strings_ += names_.text(name);
      strings_ += '\0';
    }
    const unsigned binding = !global ? STB_LOCAL : weak ? STB_WEAK : STB_GLOBAL;
    symbol.st_info = static_cast<unsigned char>(ELF64_ST_INFO(binding, type));
    symbol.st_shndx = section;
    symbol.st_value = value;
    symbol.st_size = size;
    entries_.push_back(symbol);
    if (!global) locals_ = static_cast<std::uint32_t>(entries_.size());
    return static_cast<std::uint32_t>(entries_.size() - 1);
  }

  const std::vector<Elf64_Sym>& entries() const { return entries_; }
  const std::string& strings() const { return strings_; }
  /// How many local ones there are, with the empty one at the front.
  std::uint32_t locals() const { return locals_; }

 private:
  const Names& names_;
  std::vector<Elf64_Sym> entries_ = {Elf64_Sym{}};
  std::string strings_ = std::string(1, '\0');
  std::uint32_t locals_ = 1;
};

}  // namespace inlay::aot
