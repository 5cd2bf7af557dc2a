// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What calls that are left in compiled code mean to somebody who knows Lox and not this program.
#pragma once

#include <string>
#include <string_view>

namespace lox {

struct LeftCall {
  enum class Kind {
    Work,      // what the program asks for: calls of its functions, printing, joining texts
    SlowPath,  // taken when something is not as it was before
    Error,     // taken when the program fails
  };
  Kind kind = Kind::Work;
  std::string words;
};

/// `symbol`: the function's name, demangled; empty for a call through a pointer.
LeftCall describe_call(std::string_view symbol);

/// Whether the function never comes back.
bool never_returns(std::string_view symbol);

}  // namespace lox
