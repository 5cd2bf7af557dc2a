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
// Of handlers that tail-call one another, the resume function tail-calls on as the handler does. But the way out to it
// is an ordinary call, as is that of a handler that specialized code does not hold: when the last handler returns, so
// does specialized code.
#pragma once

#include <llvm/IR/Module.h>

namespace inlay::runtime {

/// Ends a block behind each place, and gives the place an operand bundle (PlaceBundle): its number, the resume function
/// and its further arguments: the function's own, the values that live at some place (poison where not at this one),
/// and the function's stack variables. Functions that cannot be entered in the middle have none.
void add_resume_functions(llvm::Module& module);

}  // namespace inlay::runtime
