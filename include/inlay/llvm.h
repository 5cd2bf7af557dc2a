// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The one public header that shows LLVM: for front ends that build their units with LLVM's own IRBuilder.
#pragma once

#include "inlay/unit.h"

namespace llvm {
class Module;
}

namespace inlay {

/// The unit's module, in its own context (`module.getContext()`). Declare a runtime function by its name to call it;
/// its body is joined when the unit is compiled. The unit keeps ownership.
llvm::Module& module_of(Unit& unit);

}  // namespace inlay
