// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <utility>

#include "inlay/filter/function.h"
#include "runtime/conversions.h"

namespace inlay::filter {

FunctionId Registry::add(Function function) {
  auto same = [&](const Function& known) {
    return known.name == function.name && known.parameters == function.parameters;
  };
  auto at = std::find_if(functions_.begin(), functions_.end(), same);
  const auto number = static_cast<std::uint32_t>(at - functions_.begin());
  if (at != functions_.end()) {
    *at = std::move(function);
  } else {
    functions_.push_back(std::move(function));
  }
  return FunctionId(number + 1);
}

std::vector<FunctionId> Registry::find(std::string_view name, std::span<const Type> types) const {
  std::vector<FunctionId> found;
  std::size_t fewest = types.size() + 1;
  for (std::uint32_t i = 0; i < functions_.size(); ++i) {
    const Function& function = functions_[i];
    if (function.parameters.size() != types.size() || function.name != name) continue;
    std::size_t conversions = 0;
    bool suits = true;
    for (std::size_t k = 0; k < types.size() && suits; ++k) {
      suits = converts(types[k], function.parameters[k]);
      conversions += types[k] != function.parameters[k] && types[k] != AnyType;
    }
    if (!suits || conversions > fewest) continue;
    if (conversions < fewest) found.clear();
    fewest = conversions;
    found.push_back(FunctionId(i + 1));
  }
  return found;
}

bool Registry::has(std::string_view name) const {
  return std::any_of(functions_.begin(), functions_.end(),
                     [&](const Function& function) { return function.name == name; });
}

}  // namespace inlay::filter
