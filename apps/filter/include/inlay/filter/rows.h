// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows that are C++ objects in an array. The columns are members, or what accessor functions yield.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/filter/batch.h"
#include "inlay/filter/function.h"
#include "inlay/filter/schema.h"

namespace inlay::filter {

/// Builds the schema of an array of T. Members: bool, integers, float, double, std::string, std::string_view,
/// const char*, std::chrono::sys_days and sys_time of seconds to nanoseconds, year_month_day not; std::optional of
/// these.
template <class T>
class Rows {
 public:
  template <class M>
  Rows& column(std::string name, M T::* member);
  /// A function `extern "C" R accessor(const T&)` of a runtime, R one of the types in registers.
  template <auto F>
  Rows& accessor(std::string name, std::string symbol);

  const Schema& schema() const { return schema_; }
  Batch batch(std::span<const T> rows);

 private:
  Schema schema_;
  std::vector<std::size_t> offsets_;
  std::vector<ColumnData> data_;
};

}  // namespace inlay::filter
