// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a user may say about a compilation.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "inlay/cache.h"
#include "inlay/codegen.h"
#include "inlay/policy.h"
#include "inlay/trace.h"

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

/// What profilers are told of compiled code. The code then keeps its frame pointers, so that they can walk the stack.
enum class Perf : std::uint8_t {
  Off,
  Map,   // a line for each function in /tmp/perf-<pid>.map, which perf reads by itself
  Dump,  // code, and lines of the guest or the host, in jit-<pid>.dump, for `perf record -k mono` and `perf inject -j`
};

/// How a Jit works.
struct JitOptions {
  /// When functions are compiled, how well, and by whom. INLAY_JIT in the environment changes it.
  Policy policy = {};
  /// Where to note what happens and when; by default nowhere.
  std::optional<Trace> trace = std::nullopt;
  /// Debuggers see functions and lines of compiled code. Costs time to compile, and the memory of objects.
  bool debugger = false;
  /// describe_code() knows hosts and guests. So it does with a debugger or Perf::Dump.
  bool lines = false;
  Perf perf = Perf::Off;
  /// Where Perf::Dump writes. It must not be mounted `noexec`.
  std::string perf_directory = "/tmp";
  /// Where compiled code is kept for the next run; by default nowhere.
  Cache cache = {};
};

}  // namespace inlay
