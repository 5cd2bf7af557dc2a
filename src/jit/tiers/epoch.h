// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Giving back what calls may still be using. See inlay/gate.h for the other side.
#pragma once

#include <cstddef>
#include <memory>

namespace inlay::jit {

/// Drops `what` when no call that is under way now can be using it. Calls that begin from here on must not be able to
/// reach it. Does not wait; destructors run in whichever thread comes to it, of those that call reclaim() or
/// reclaim_what_was_left().
void reclaim(std::shared_ptr<void> what);

/// The same where nothing may be destroyed: only notes it.
void reclaim_later(std::shared_ptr<void> what);

/// Sees to it that a child of fork() can go on calling, whatever other threads were doing. To be called before the
/// first handle is there; any number of times.
void prepare_for_fork();

/// Drops what can be dropped. How much is left.
std::size_t reclaim_what_was_left();

}  // namespace inlay::jit
