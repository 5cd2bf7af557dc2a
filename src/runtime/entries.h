// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the native code of an interpreter asks where it passes an entry() hint, and how.
//
// Each function with such hints has a variable, `<function>.inlay.entries`. It is null, and then the hint costs a load
// and a branch; or it points to an Entries.
#pragma once

#include <cstdint>

namespace inlay::runtime {

/// Code to go on with. Who gets it calls `code` once, and then `leave`, however that call ends.
struct Way {
  /// A function of the type of the interpreter's resume function (embed/resume.h), whose result is the interpreter's.
  void* code = nullptr;
  /// The code may go when everybody who is inside has said so.
  void (*leave)(Way* way) noexcept = nullptr;
};

struct Entries {
  /// The way to go on; or null, to go on as before.
  /// `place`: the hint's number. `depth`: how often this activation was left by compiled code, each time for a new one
  /// on the stack. `key`: the hint's argument. `values`: the other arguments of the resume function, one word each:
  /// integers of up to 64 bits, extended with zeros, and pointers; others are 0.
  Way* (*ask)(Entries* entries, std::uint32_t place, std::uint32_t depth, std::uint64_t key,
              const std::uint64_t* values) noexcept;
};

}  // namespace inlay::runtime
