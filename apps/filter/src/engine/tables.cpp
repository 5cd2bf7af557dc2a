// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/tables.h"

#include <algorithm>

#include "interpret/interpret.h"

namespace inlay::filter {

namespace {

/// Dictionaries that alternate, as those of several files that are read at once do.
constexpr std::size_t MostVersions = 8;
constexpr std::uint8_t Null = 2;

}  // namespace

std::shared_ptr<const std::vector<std::uint8_t>> DictionaryTables::find(std::size_t test, const ColumnData& column) {
  if (column.dictionary_version == 0) return nullptr;
  std::lock_guard lock(mutex_);
  for (const Known& known : known_[test])
    if (known.version == column.dictionary_version &&
        known.table->size() == static_cast<std::size_t>(column.dictionary_size) + 1)
      return known.table;
  return nullptr;
}

void DictionaryTables::keep(std::size_t test, const ColumnData& column,
                            std::shared_ptr<const std::vector<std::uint8_t>> table) {
  if (column.dictionary_version == 0) return;
  std::lock_guard lock(mutex_);
  std::vector<Known>& all = known_[test];
  if (all.size() == MostVersions) all.erase(all.begin());
  all.push_back({column.dictionary_version, std::move(table)});
}

bool DictionaryTables::prepare(const Batch& batch, Scope& scope, BatchTables& tables) {
  for (std::size_t i = 0; i < program_.tables.size(); ++i) {
    const DictionaryTest& test = program_.tables[i];
    const ColumnData& column = batch.columns[test.column.value - 1];
    auto table = find(i, column);
    if (!table) {
      // The byte in front is entry -1's.
      auto made = std::make_shared<std::vector<std::uint8_t>>(
          static_cast<std::size_t>(std::max<std::int64_t>(column.dictionary_size, 0)) + 1, Null);
      if (column.dictionary && !interpret_dictionary(test, column, scope, made->data() + 1)) return false;
      table = std::move(made);
      keep(i, column, table);
    }
    tables.addresses.push_back(table->data() + 1);
    tables.held.push_back(std::move(table));
  }
  return true;
}

}  // namespace inlay::filter
