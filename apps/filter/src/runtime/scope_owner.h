// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The Scope of one thread, with the memory that its texts lie in.
#pragma once

#include "inlay/filter/scope.h"

namespace inlay::filter {

/// Memory for texts and the faults of one thread. Give it to one batch after the other.
class ScopeOwner {
 public:
  ScopeOwner();
  ScopeOwner(const ScopeOwner&) = delete;
  ScopeOwner& operator=(const ScopeOwner&) = delete;
  ~ScopeOwner();
  Scope& scope() { return scope_; }
  /// Forgets faults and texts; memory that many batches need stays. `objects` stay, too.
  void reset();

 private:
  Scope scope_;
};

}  // namespace inlay::filter
