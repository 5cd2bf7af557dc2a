// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a Jit has done so far, in numbers.
#pragma once

#include <cstdint>

namespace inlay {

/// All of one Jit, from its beginning, but for what is said to be of now.
struct Counters {
  std::uint64_t asked = 0;        // functions that became hot enough to be compiled
  std::uint64_t quick = 0;        // functions compiled to Tier::Quick
  std::uint64_t optimized = 0;    // functions compiled to Tier::Optimized, units loaded, entries of HotCode
  std::uint64_t failed = 0;       // that could not be compiled
  std::uint64_t discarded = 0;    // compiled in vain: invalidated, or dropped meanwhile
  std::uint64_t cancelled = 0;    // that were asked for, but not begun when they were invalidated or dropped
  std::uint64_t batches = 0;      // objects that hold several functions
  std::uint64_t swaps = 0;        // times that calls were led to other code
  std::uint64_t invalidated = 0;  // functions whose code was dropped while they lived
  std::uint64_t entered = 0;      // times that a running interpreter went on in compiled code
  std::uint64_t exits = 0;        // times that one came back from there, noticed when it next passed an entry()
  std::uint64_t versions = 0;     // made of functions with promoted arguments
  std::uint64_t evicted = 0;      // of these, given up for others
  double compile_ms = 0;          // that compiling took, of all threads
  // Of now:
  std::uint64_t waiting = 0;     // functions that are to be compiled in the background
  std::uint64_t retired = 0;     // pieces of code that were replaced, while calls may still run them; of all Jits
  std::uint64_t code_bytes = 0;  // of linked objects
};

}  // namespace inlay
