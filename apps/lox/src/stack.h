// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The stack that Lox runs on. Parsing, compiling, running and freeing a program all recurse, so they do it on a thread
// whose stack is large, wherever the program was started and whatever `ulimit -s` says.
#pragma once

#include <cstdint>
#include <functional>

namespace lox {

/// Runs `body` on a thread of its own and returns its result. `body` throws nothing. Throws std::system_error if the
/// thread cannot be started.
int run_on_large_stack(const std::function<int()>& body);

/// For Vm::set_stack_limit(): how far down calls may go on the stack of this thread. Below is room for one more
/// function, whatever its size, and all that it calls in C++.
std::uintptr_t stack_limit();

}  // namespace lox
