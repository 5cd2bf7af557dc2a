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
  std::uint32_t depth = 100;  // instances of one generic that were asked for by each other
};

/// Gives bodies to the instances of generics that the roots reach, and data to type records, in a module that was
/// verified, and makes sizes of types the numbers that they are. The roots: functions or data; none means all that is
/// exported. The instances are verified. An error if there is no end to them, naming the chain of who asked for whom.
/// Instances of a `shared` generic whose type arguments are laid out alike become one, whose argument is the layout
/// itself, such as `{f0: [2]i32, f1: [1]i8}`; its signature may name other slices than its callers do. May be called
/// again after more was added.
///
/// The order: each function, then what it calls, in the order of its calls and as far down as they lead; then what its
/// data lead to. Cold functions come last, with what only they reach.
Result<Reach> expand(Module& module, std::span<const Value> roots = {}, const ExpandLimits& limits = {});

}  // namespace inlay::ir
