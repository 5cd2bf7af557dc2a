// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instructions as messages show them, however damaged they are.
#pragma once

#include <string>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// The name of a value, as far as its handle leads somewhere.
std::string shown_value(const Module& module, Value value);

/// `%x = add i32 %y, 5`: as in the text form, but that long lists are cut short. Types, constants and the headers of
/// functions must have been checked; of the instruction itself, nothing.
std::string shown_inst(const Module& module, InstId inst);

}  // namespace inlay::ir
