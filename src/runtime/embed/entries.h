// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The native side of entry() hints: code that asks whether there is compiled code to go on with (entries.h).
#pragma once

#include <llvm/IR/Module.h>

namespace inlay::runtime {

/// Adds the variable of each function that can be entered at an entry() hint, and names it at the hint (EntriesBundle).
/// After resume functions were added, before internal names are made unique.
void add_entry_variables(llvm::Module& module);

/// In a module that becomes native code: asks at each entry() hint. The hints stay, to be stripped.
void ask_at_entries(llvm::Module& module);

}  // namespace inlay::runtime
