// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "output/columns.h"

#include <utility>

#include "language/scanner.h"

namespace inlay::filter {

Result<std::vector<OutputColumn>> compile_columns(const Schema& schema, std::span<const ListItem> items,
                                                  const FilterOptions& options) {
  std::vector<OutputColumn> columns;
  for (const ListItem& item : items) {
    INLAY_TRY(Compiled value, compile(schema, item.expression, Runner::Kind::Projection, options));
    columns.push_back({.name = item.name, .value = std::move(value)});
  }
  return columns;
}

Result<std::vector<OutputColumn>> compile_columns(const Schema& schema, const FilterOptions& options) {
  std::vector<ListItem> items;
  for (const Column& column : schema.columns())
    items.push_back({.name = column.name, .expression = name_text(column.name)});
  return compile_columns(schema, items, options);
}

}  // namespace inlay::filter
