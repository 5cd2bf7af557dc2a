// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "runtime/register.h"

namespace inlay::filter {

namespace {

/// Steps from a type to a parameter's; -1: there is no way. NULL literals, being of any type, are not told apart here:
/// the parser gives them the type that is wanted.
int distance(Type from, Type to) {
  if (from == to) return 0;
  const bool widens = (from == Type::Integer && to == Type::Real) || (from == Type::Date && to == Type::Timestamp);
  return widens ? 1 : -1;
}

Registry make_standard() {
  Registry registry;
  add_comparisons(registry);
  add_numbers(registry);
  add_texts(registry);
  add_cases(registry);
  add_patterns(registry);
  add_expressions(registry);
  add_dates(registry);
  add_casts(registry);
  add_nulls(registry);
  add_sets(registry);
  return registry;
}

}  // namespace

const Registry& Registry::standard() {
  static const Registry registry = make_standard();
  return registry;
}

// Weak: src/language has them, too.
[[gnu::weak]] FunctionId Registry::add(Function function) {
  for (std::size_t i = 0; i < functions_.size(); ++i) {
    if (functions_[i].name != function.name || functions_[i].parameters != function.parameters) continue;
    functions_[i] = std::move(function);
    return FunctionId{static_cast<std::uint32_t>(i + 1)};
  }
  functions_.push_back(std::move(function));
  return FunctionId{static_cast<std::uint32_t>(functions_.size())};
}

[[gnu::weak]] std::vector<FunctionId> Registry::find(std::string_view name, std::span<const Type> types) const {
  std::vector<FunctionId> nearest;
  int least = 0;
  for (std::size_t i = 0; i < functions_.size(); ++i) {
    const Function& function = functions_[i];
    if (function.name != name || function.parameters.size() != types.size()) continue;
    int sum = 0;
    bool fits = true;
    for (std::size_t p = 0; p < types.size() && fits; ++p) {
      const int steps = distance(types[p], function.parameters[p]);
      fits = steps >= 0;
      sum += steps;
    }
    if (!fits || (!nearest.empty() && sum > least)) continue;
    if (sum < least) nearest.clear();
    least = sum;
    nearest.push_back(FunctionId{static_cast<std::uint32_t>(i + 1)});
  }
  return nearest;
}

[[gnu::weak]] bool Registry::has(std::string_view name) const {
  return std::any_of(functions_.begin(), functions_.end(), [&](const Function& f) { return f.name == name; });
}

}  // namespace inlay::filter
