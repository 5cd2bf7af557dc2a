// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Signatures as the calling convention of x86-64 sees them: who declares a function of a runtime otherwise than it is
// defined hands over what nobody looks at, and reads what nobody wrote.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/bodies.h"

namespace inlay::runtime {

/// What lies where, in a call or after it: the bits of each register that is in use, and words on the stack.
struct Passed {
  std::vector<std::uint32_t> integers, floats;
  std::uint64_t stack = 0;
};

struct Signature {
  bool known = true;  // false: beyond what is understood here
  bool variadic = false;
  bool returns = true;
  Passed parameters, result;
  std::string text;  // in the notation of programs: `fn(f64, ptr) -> f64`
};

/// Of a function of that type. `padding`: parameters, by number, that carry nothing.
Signature signature_of(const llvm::FunctionType& type, const llvm::AttributeList& attributes,
                       const std::vector<bool>& padding = {});

/// Of the function that a runtime of this process defines under that name; nothing if none does, or several do in
/// different ways. Its body is not loaded, and it is looked at once in a process.
Result<std::optional<Signature>> runtime_signature(const std::string& name, Bodies& bodies);

/// Whether calls of one find nothing that the other does not bring: false only where that is sure. Results may be left
/// unread, and read in part; integers may be wider than they are looked at.
bool can_call(const Signature& declared, const Signature& defined);

}  // namespace inlay::runtime
