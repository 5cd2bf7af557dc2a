// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/tables.h"

#include <algorithm>

#include "interpret/interpret.h"

namespace inlay::filter {

bool prepare_tables(const Program& program, const Batch& batch, Scope& scope, BatchTables& tables) {
  constexpr std::uint8_t Null = 2;
  for (const DictionaryTest& test : program.tables) {
    const ColumnData& column = batch.columns[test.column.value - 1];
    // The byte in front is entry -1's.
    std::vector<std::uint8_t>& table =
        tables.held.emplace_back(static_cast<std::size_t>(std::max<std::int64_t>(column.dictionary_size, 0)) + 1, Null);
    if (column.dictionary && !interpret_dictionary(test, column, scope, table.data() + 1)) return false;
    tables.addresses.push_back(table.data() + 1);
  }
  return true;
}

}  // namespace inlay::filter
