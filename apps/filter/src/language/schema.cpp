// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/schema.h"

#include <utility>

#include "language/nearest.h"

namespace inlay::filter {

ColumnId Schema::add(Column column) {
  columns_.push_back(std::move(column));
  return ColumnId(size());
}

std::optional<ColumnId> Schema::find(std::string_view name) const {
  for (std::uint32_t i = 0; i < size(); ++i)
    if (columns_[i].name == name) return ColumnId(i + 1);
  const std::string wanted = lower_case(name);
  std::optional<ColumnId> found;
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (columns_[i].name.size() != wanted.size() || lower_case(columns_[i].name) != wanted) continue;
    if (found) return std::nullopt;
    found = ColumnId(i + 1);
  }
  return found;
}

std::optional<std::string> Schema::suggestion(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const Column& column : columns_) names.push_back(column.name);
  if (std::optional<std::string_view> found = nearest(name, names)) return std::string(*found);
  return std::nullopt;
}

}  // namespace inlay::filter
