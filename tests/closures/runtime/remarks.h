// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that each leave one kind of remark; remarks.cpp marks the line that is to blame with `cause: …`.
#pragma once

#include <cstdint>
#include <vector>

namespace remarks {

using Int = std::int64_t;

Int unknown_target(Int (*function)(Int), Int x);
Int unknown_from_variable(Int x);
Int external(Int x);
Int asked_noinline(Int x);
Int asked_opaque(Int x);
Int policy(Int x);
Int nothing_known(Int x, Int y);
Int recursion(Int n, Int step);
Int shared(Int x, Int y);
Int not_evaluable(Int x);
Int budget(Int depth, Int x);
Int long_list(const std::vector<Int (*)(Int)>& list, Int x);
Int eager(Int x);
Int twice(Int x);

/// Changes what unknown_from_variable calls.
void set_variable(Int (*function)(Int));

}  // namespace remarks
