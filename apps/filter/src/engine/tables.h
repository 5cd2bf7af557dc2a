// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What tests find out for the entries of a batch's dictionaries.
#pragma once

#include <cstdint>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/scope.h"
#include "plan/program.h"

namespace inlay::filter {

/// Tables of a program for one batch, and what they lie in.
struct BatchTables {
  std::vector<const std::uint8_t*> addresses;  // by DictionaryTest
  std::vector<std::vector<std::uint8_t>> held;
};

/// Runs the program's tests on the batch's dictionaries. False if one raised scope.fault.
bool prepare_tables(const Program& program, const Batch& batch, Scope& scope, BatchTables& tables);

}  // namespace inlay::filter
