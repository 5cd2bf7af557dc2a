// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a user may say about a Jit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "inlay/cache.h"
#include "inlay/policy.h"
#include "inlay/trace.h"

namespace inlay {

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
  /// Debuggers, profilers and describe_code() see the guest alone, as annotate_source() told it: one level for each of
  /// its functions that runs, and none of the host's that were inlined there. With `debugger`, no caller is missing
  /// because the last thing that it does is a call. Not of code with CompileOptions::explain_code.
  bool only_guest = false;
  Perf perf = Perf::Off;
  /// Where Perf::Dump writes. It must not be mounted `noexec`.
  std::string perf_directory = "/tmp";
  /// Where compiled code is kept for the next run; by default nowhere.
  Cache cache = {};
};

}  // namespace inlay
