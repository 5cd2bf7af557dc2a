// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What debuggers and profilers need of code, and what is not made where none of them was asked for.
#pragma once

#include <string_view>

#include "inlay/jit_options.h"

namespace llvm {
class Module;
}

namespace inlay::jit {

/// Whether anybody reads debug information of compiled code.
inline bool wants_lines(const JitOptions& options) {
  return options.debugger || options.lines || options.perf == Perf::Dump;
}

/// How the machine code differs from what it is without tools.
struct CodeChanges {
  bool keeps_frame_pointers = false;
  bool has_no_tail_calls = false;
  bool any() const { return keeps_frame_pointers || has_no_tail_calls; }
};
inline CodeChanges changes_code(const JitOptions& options) {
  return {options.perf != Perf::Off, options.debugger && options.only_guest};
}

/// Gives the functions of a module what the options' tools need, before it is optimized. Drops the debug information
/// unless they, or `keep_debug_info`, want it.
void prepare_for_tools(llvm::Module& module, const JitOptions& options, bool keep_debug_info);

/// One word of INLAY_JIT: `gdb`, `lines`, `guest`, `hosts`, `perf=map`, `perf=dump`. False if it is none of them.
bool take_tool_word(std::string_view word, JitOptions& options);

}  // namespace inlay::jit
