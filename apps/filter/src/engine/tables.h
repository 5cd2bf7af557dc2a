// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was found out for the entries of dictionaries, kept as long as the dictionaries last.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/scope.h"
#include "plan/program.h"

namespace inlay::filter {

/// Tables of a program for one batch, and what they lie in.
struct BatchTables {
  std::vector<const std::uint8_t*> addresses;  // by DictionaryTest
  std::vector<std::shared_ptr<const std::vector<std::uint8_t>>> held;
};

/// Shared by threads.
class DictionaryTables {
 public:
  /// The program must outlive it.
  explicit DictionaryTables(const Program& program) : program_(program), known_(program.tables.size()) {}

  /// Runs the tests that were not run on these dictionaries yet. False if one raised scope.fault.
  bool prepare(const Batch& batch, Scope& scope, BatchTables& tables);

 private:
  struct Known {
    std::uint64_t version = 0;
    std::shared_ptr<const std::vector<std::uint8_t>> table;
  };
  std::shared_ptr<const std::vector<std::uint8_t>> find(std::size_t test, const ColumnData& column);
  void keep(std::size_t test, const ColumnData& column, std::shared_ptr<const std::vector<std::uint8_t>> table);

  const Program& program_;
  std::mutex mutex_;
  std::vector<std::vector<Known>> known_;  // by DictionaryTest, the newest last
};

}  // namespace inlay::filter
