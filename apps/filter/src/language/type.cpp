// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/type.h"

namespace inlay::filter {

namespace {

struct Name {
  std::string_view name;
  Type type;
};

constexpr Name Names[] = {
    {"boolean", Type::Boolean}, {"integer", Type::Integer},     {"real", Type::Real},          {"text", Type::Text},
    {"date", Type::Date},       {"timestamp", Type::Timestamp}, {"bool", Type::Boolean},       {"int", Type::Integer},
    {"bigint", Type::Integer},  {"smallint", Type::Integer},    {"double", Type::Real},        {"float", Type::Real},
    {"varchar", Type::Text},    {"string", Type::Text},         {"datetime", Type::Timestamp},
};

}  // namespace

std::string_view to_string(Type type) { return Names[static_cast<std::size_t>(type)].name; }

std::optional<Type> type_named(std::string_view name) {
  for (const Name& known : Names)
    if (known.name == name) return known.type;
  return std::nullopt;
}

}  // namespace inlay::filter
