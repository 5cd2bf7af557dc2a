// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/structure.h"

namespace inlay::filter {

extern const StructureCode BaselineStructure;
extern const StructureCode Avx2Structure;
extern const StructureCode Avx512Structure;

std::span<const StructureCode* const> structure_codes() {
  static constexpr const StructureCode* Codes[] = {
      &BaselineStructure,
      &Avx2Structure,
      &Avx512Structure,
  };
  return Codes;
}

const StructureCode& structure_code() {
  static const StructureCode* const best = [] {
    const StructureCode* found = structure_codes().front();
    for (const StructureCode* code : structure_codes())
      if (code->supported()) found = code;
    return found;
  }();
  return *best;
}

}  // namespace inlay::filter
