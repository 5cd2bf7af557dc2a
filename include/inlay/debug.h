// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an address in compiled code belongs to, for handlers of crashes and profilers of one's own.
//
//   inlay::CodeFrame frame;
//   for (unsigned level = 0; inlay::describe_code(pc, level, frame); ++level) print(frame);
#pragma once

#include <cstddef>
#include <cstdint>

namespace inlay {

/// One of the functions that an instruction of compiled code is in.
struct CodeFrame {
  enum class Kind : std::uint8_t {
    Host,      // of a runtime, inlined into the one that follows
    Guest,     // of the program that an interpreter ran, as annotate_source() said
    Compiled,  // the function that was compiled, as it lies in memory; always the last one
  };
  Kind kind = Kind::Compiled;
  unsigned line = 0;        // 0: not known
  std::size_t offset = 0;   // of the address from the function's beginning; only of Compiled
  char function[256] = {};  // longer ones are cut off; ends with a 0 in any case
  char file[256] = {};
};

/// Describes the function in the `level`th place at `address`, counted from the innermost one, which is 0. False if
/// there is none, or if no function compiled here is at that address; `frame` is not changed then. Of an address to
/// return to, ask for the byte before: it belongs to the call.
///
/// Hosts and guests are known if JitOptions asked for lines, a debugger or a profiler; the compiled function always is.
///
/// May be called from a signal handler, on any thread and at any time, also while code is being compiled or dropped: it
/// takes no lock, allocates nothing, calls nothing but memcpy, reads no memory that may go meanwhile, and leaves errno
/// alone. Its stack takes less than 512 bytes. It must return: a thread that jumps out of it, or dies in it, keeps
/// descriptions of dropped code from being given back.
bool describe_code(const void* address, unsigned level, CodeFrame& frame) noexcept;

}  // namespace inlay
