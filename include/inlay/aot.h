// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ahead of time: units as files that run without Inlay.
//
// A file carries what its entries reach: bodies and variables of the runtimes that are linked into this process, with
// their initial values and static initializers, and the frozen data that specialized code still reads. What no runtime
// defines comes from the system's libraries (C, C++, mathematics, unwinding) or from `libraries`. Nothing else is run
// or needed: no compiler, no linker, no start files. Files are put in place whole or not at all, and the same unit and
// options give the same bytes. All functions here are safe to call from several threads, on different units; the unit
// is not changed.
#pragma once

#include <string>
#include <vector>

#include "inlay/architecture.h"
#include "inlay/level.h"
#include "inlay/result.h"
#include "inlay/runtime.h"
#include "inlay/stages.h"
#include "inlay/unit.h"

namespace inlay::aot {

struct Options {
  Level level = Level::O2;
  bool strip = false;   // leave out the symbol table
  bool debug = true;    // with the debug information that the unit has, and that of runtimes' code
  bool native = false;  // for processors like this one; otherwise for every one of the architecture

  /// What the file is for. The unit must have been made for it, and runtimes can be carried to x86-64 only. Shared
  /// libraries and executables for another architecture than this machine's are linked with the C library for it, or
  /// are freestanding.
  Architecture architecture = Architecture::X86_64;

  /// Without a C library and a dynamic linker: an executable is entered at the unit's `_start`, or else calls
  /// `main(argc, argv)` and ends with what it returns; a shared library needs no other. `memcpy`, `memmove`, `memset`,
  /// `memcmp` and what x86-64 lacks of IEEE 754 (rounding to whole numbers, fused multiplication) are there where they
  /// are needed. All else must be in the unit or in `libraries`.
  bool freestanding = false;

  /// A profile of the program as LLVM's tools write it (`.profdata`, or its text form): names of functions and how
  /// often they were entered. What belongs together is laid out together, the hottest first, and what never ran last.
  /// Functions that the profile does not know keep their place behind those that it knows.
  std::string profile = {};

  /// The functions and variables that others may use; they may be a runtime's. Empty: all that the unit defines itself.
  /// An executable's only entry is `main`.
  std::vector<std::string> entries = {};

  /// Whether the file carries what it needs of the runtimes as code that is made here, with the unit's. If not, small
  /// functions are still inlined, and all else comes from the runtimes' native code, which must be in `libraries` (for
  /// an object or static library: where it is linked): inlay_add_runtime(... NATIVE file) writes that. Much sooner done
  /// for a large runtime.
  bool carry_runtimes = true;

  /// Further files to link with (`.o`, `.a`, `.so`: anything with a slash), or names as after cc's -l. For executables
  /// and shared libraries.
  std::vector<std::string> libraries = {};

  /// If set, is appended to: a line for each word of frozen data that looks like an address and could not be carried.
  /// The file holds an address there that faults when used, the same one in each run.
  std::vector<std::string>* notes = nullptr;

  /// Told of join, optimize, emit (whose text is assembly) and link.
  Stages* stages = nullptr;
};

/// A relocatable object (.o).
Result<void> write_object(Unit& unit, const std::string& path, const Options& options = {});

/// A static library (.a) with one object.
Result<void> write_static_library(Unit& unit, const std::string& path, const Options& options = {});

/// A shared library (.so) that exports its entries and nothing else.
Result<void> write_shared_library(Unit& unit, const std::string& path, const Options& options = {});

/// A program; the unit must define `main`.
Result<void> write_executable(Unit& unit, const std::string& path, const Options& options = {});

/// For programs that were not linked with a runtime: makes runtimes known to this process, until it ends, from objects
/// and archives that `inlay embed` made, shared libraries with such objects, and sources (.c, .bc, anything else as
/// C++), which are compiled here as `options` say (its name, sources and output are not looked at).
Result<void> load_runtime(const std::vector<std::string>& files, const EmbedOptions& options = {});

}  // namespace inlay::aot
