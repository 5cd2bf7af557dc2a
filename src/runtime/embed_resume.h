// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Entering an interpreter in the middle.
//
// A *place* is a hint that says where an interpreter is: context() or expect(). For each function with places, a second
// one is made, its *resume function*: the same code, but it starts behind the place whose number it is given, with
// everything that lives there as arguments. Specialized code that cannot go on (a value that is not known, a guard that
// fails, a budget that is used up) calls it with the values it has, and returns what it returns. So the interpreter
// goes on with the exact state, and nothing needs to know how that state was laid out.
//
// It is native code, made when the runtime is built: leaving specialized code costs no compiling. And being an ordinary
// function it can be specialized itself: that is code that is entered at a known place.
//
// Handlers that tail-call one another have no resume function and need none: from specialized code the way out is a
// call of the next handler, with the tail call's arguments. It is an ordinary call: the handlers behind it tail-call
// on, and when the last one returns, so does specialized code.
#pragma once

#include <llvm/IR/Module.h>

namespace inlay::runtime {

/// Ends a block behind each place, and gives the place an operand bundle (PlaceBundle): its number, the resume function
/// and its further arguments: the function's own, the values that live at some place (poison where not at this one),
/// and the function's stack variables. Functions that cannot be entered in the middle have none.
void add_resume_functions(llvm::Module& module);

}  // namespace inlay::runtime
