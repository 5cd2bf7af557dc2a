// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a program to a unit: the third way in.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "inlay/architecture.h"
#include "inlay/ir/module.h"
#include "inlay/result.h"
#include "inlay/stages.h"
#include "inlay/unit.h"

namespace inlay {

struct LowerOptions {
  Architecture architecture = Architecture::X86_64;
  bool debug = false;           // DWARF: lines, functions, parameters, locals, types
  bool frame_pointers = false;  // for those who walk stacks by them; unwind tables are there always
  bool facts = true;            // with what helps an optimizer and costs time without one
  /// Functions and data that others may use, which the module exports from then on; empty: what is exported.
  std::vector<std::string> roots = {};
  Stages* stages = nullptr;  // told of verify, expand and lower
};

/// The program as a unit: verified, instances of generics made, everything that the roots reach, in the order of the
/// calls. Functions that it declares are joined with the runtimes' bodies when the unit is compiled. What traps calls
/// `inlay_trap` (inlay/ir/layout.h). The module gets the instances. An error also if it declares a function of a
/// runtime of this process otherwise than it is (check_externals()).
Result<Unit> lower(ir::Module& module, const LowerOptions& options = {});

/// Compares functions that a verified module declares as external with those of that name which runtimes of this
/// process define. An error where a call would surely hand over, or read, what the other side does not: another number
/// of words, integers for floats, half of what is looked at. What is only said in another way is none.
Result<void> check_externals(const ir::Module& module, std::span<const ir::FunctionId> functions);

}  // namespace inlay
