// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a user may say about the compilation of one function.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "inlay/level.h"

namespace inlay {

/// A call that the evaluator is about to decide on.
struct CallSite {
  std::string_view callee;    // demangled
  unsigned instructions = 0;  // of the callee's body
  unsigned depth = 0;         // of specialized calls around it
  unsigned known_arguments = 0;
};

enum class InlineChoice : std::uint8_t {
  Default,     // as without a policy
  Inline,      // specialize and inline, whatever its size
  Specialize,  // specialize, but keep it a function of its own
  Call,        // call the original
};

/// How one function is compiled. The defaults suit trees of closures.
struct CompileOptions {
  /// What people call it: `rule 17`. Reports, traces, debuggers, profilers and `inlay cache list` show it, so that a
  /// thousand closures of one type can be told apart. It has no effect on the code, nor on what a cache finds.
  std::string name = {};
  Level level = Level::O2;
  /// Every call runs the original and the compiled code on copies of the arguments and compares; see verify.h.
  bool verify = false;
  /// The report says which machine code each instruction of an interpreter's program became, with its assembly. Costs
  /// time to compile and memory; the code is the same.
  bool explain_code = false;
  /// Asked about each call whose body is at hand, on the thread that compiles; empty: the default throughout. It must
  /// not throw, nor compile anything with the same Jit.
  std::function<InlineChoice(const CallSite&)> inline_policy = {};
  // Limits. What lies beyond them stays a call to the original and is reported.
  unsigned max_instructions = 100'000;  // of all specialized functions together
  unsigned max_depth = 2'000;           // of calls specialized within calls
  unsigned max_rounds = 10;
  // Of an interpreter's program. What lies beyond them is left to the interpreter, which goes on from there.
  unsigned max_contexts = 10'000;   // values of context() in one function
  unsigned max_versions = 8;        // of one block, for one value of context()
  unsigned max_promoted = 8;        // versions of one function for values of promoted arguments
  unsigned leave_at_context = ~0u;  // for tests: hand over to the interpreter at this context, counted from 0
};

}  // namespace inlay
