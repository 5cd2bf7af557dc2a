// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiling a program while its interpreter runs, and going on in the compiled code.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "inlay/options.h"
#include "inlay/report.h"

namespace inlay {

namespace jit {
class Engine;
}

struct HotOptions {
  /// How often an entry() is passed with the same program counter before the program is compiled from there. 0
  /// counts as 1.
  unsigned threshold = 1000;
  /// Pieces of code for one program counter, each for other values of what else the interpreter has at hand.
  unsigned max_versions = 4;
  /// Pieces of code at one time. So many of those that could not be compiled are remembered.
  unsigned max_entries = 10'000;
  /// Compile in the Jit's threads (Policy::threads), while the interpreter goes on as it is. Else, or if there are
  /// none, in the thread that passed the entry, which waits for that, while others go on.
  bool background = false;
  CompileOptions compile = {};  // `verify` has no effect. Behind `name` comes where the code begins in the guest's
                                // source, if annotate_source() said so: `fib (fib.asm:12)`
};

/// One piece of code that the interpreter goes on in.
struct HotEntry {
  std::int64_t at = 0;        // the program counter, as in GuestInstruction
  std::uint64_t entered = 0;  // how often
  Report report;
};

/// What Jit::compile_hot() returns: as long as it or a copy of it lives, running interpreters are counted, and go on in
/// compiled code. The code does not keep the programs: when one is freed, or a range in it changes (see Changing), the
/// code that was made from it goes, as soon as nobody is inside. When the last copy of this goes, so does all code: no
/// thread may be inside of the interpreter then. Safe to ask from any thread. The Jit's policy holds: its budgets, its
/// highest tier, and Policy::off(), with which nothing is counted. Its thresholds do not: HotOptions has one.
class HotCode {
 public:
  /// The code that there is, and what could not be compiled, in the order in which that was tried. A copy, reports and
  /// all. Does not wait for a compilation that is under way.
  std::vector<HotEntry> entries() const;

  struct State;
  explicit HotCode(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

namespace detail {

/// Watches the runtime that the function at `interpreter` belongs to. NotFound: no runtime has that function.
/// InvalidArgument: nothing there can be entered, or another HotCode watches it.
Result<HotCode> compile_hot(std::shared_ptr<jit::Engine> engine, const void* interpreter, const HotOptions& options);

}  // namespace detail

}  // namespace inlay
