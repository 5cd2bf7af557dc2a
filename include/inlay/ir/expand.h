// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program needs: instances of generics are made where they are reached, and nothing else is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// What is reached from some roots, in the order of a walk along the calls: a function stands near those that call it,
/// data near its first user.
struct Reach {
  std::vector<FunctionId> functions;  // with bodies: defined here, or in assembly
  std::vector<DataId> data;           // defined here
  std::vector<FunctionId> external_functions;
  std::vector<DataId> external_data;
};

struct ExpandLimits {
  std::uint32_t instances = 1'000'000;
  std::uint32_t depth = 100;  // of instances that were asked for by instances
};

/// Gives bodies to the instances of generics that the roots reach, and data to type records, in a module that was
/// verified. The roots: functions or data; none means all that is exported. An error if there is no end to it, naming
/// the chain of instances. May be called again after more was added.
Result<Reach> expand(Module& module, std::span<const Value> roots = {}, const ExpandLimits& limits = {});

}  // namespace inlay::ir
