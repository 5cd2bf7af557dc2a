// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Putting specialized functions back together.
#pragma once

#include "specialize/callees.h"

namespace inlay::specialize {

/// Inlines specialized functions into `entry` and into those that stay functions of their own: all that have one
/// caller, small ones with several, but none that a recursion comes back to. Each body is copied once for each place
/// it ends in, from the outside in. Functions that nothing calls any more are removed. Returns what is left: the
/// entry first.
std::vector<llvm::Function*> inline_callees(llvm::Function& entry, Callees& callees, unsigned max_instructions,
                                            unsigned& inlined);

}  // namespace inlay::specialize
