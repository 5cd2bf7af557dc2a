// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/columns.h"

#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace inlay::filter {

std::vector<std::string> distinct_names(std::vector<std::string> names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].empty()) names[i] = "column" + std::to_string(i + 1);
  // Names as they stand go first, so that no made name takes one that follows.
  std::unordered_set<std::string> taken(names.begin(), names.end());
  std::unordered_set<std::string> seen;
  std::unordered_map<std::string, std::size_t> next;  // the number to try for a name
  for (std::string& name : names) {
    if (seen.insert(name).second) continue;
    std::string candidate;
    std::size_t& number = next.try_emplace(name, 2).first->second;
    do candidate = name + "_" + std::to_string(number++);
    while (!taken.insert(candidate).second);
    seen.insert(candidate);
    name = std::move(candidate);
  }
  return names;
}

Column typed_column(std::string name, Type type) {
  Column column{.name = std::move(name), .type = type, .accessor = {}};
  switch (type) {
    case Type::Boolean:
      column.storage = Storage::Byte;
      column.stride = 1;
      break;
    case Type::Integer:
      column.storage = Storage::Int64;
      column.stride = 8;
      break;
    case Type::Real:
      column.storage = Storage::Double;
      column.stride = 8;
      break;
    default:
      column.storage = Storage::Cell;
      column.stride = sizeof(Text);
      column.validity = Validity::InValue;
      return column;
  }
  column.validity = Validity::Bitmap;
  return column;
}

Result<void> give_types(std::span<const std::string> names, std::span<const std::pair<std::string, Type>> given,
                        bool others, const std::string& file, std::vector<Type>& types,
                        std::vector<TypeOrigin>& origins) {
  if (given.empty()) return {};
  Schema schema;
  for (const std::string& name : names) schema.add({.name = name, .accessor = {}});
  for (const auto& [name, type] : given) {
    const std::optional<ColumnId> column = schema.find(name);
    if (!column) {
      if (others) continue;
      std::string message = "there is no column '" + name + "' to give a type to";
      if (const std::optional<std::string> near = schema.suggestion(name)) message += "; did you mean '" + *near + "'?";
      return Error(ErrorKind::InvalidArgument, std::move(message), {.file = file});
    }
    types[column->value - 1] = type;
    origins[column->value - 1] = TypeOrigin::Given;
  }
  return {};
}

Schema with_column(const Schema& schema, ColumnId id, Column column) {
  Schema changed;
  for (std::uint32_t i = 0; i < schema.size(); ++i)
    changed.add(i + 1 == id.value ? std::move(column) : schema.columns()[i]);
  return changed;
}

std::string_view to_string(TypeOrigin origin) {
  switch (origin) {
    case TypeOrigin::Given:
      return "given";
    case TypeOrigin::Declared:
      return "declared";
    case TypeOrigin::Inferred:
      return "inferred";
    case TypeOrigin::Unknown:
      return "unknown";
  }
  return {};
}

}  // namespace inlay::filter
