// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runtimes as bitcode: embedding them at build time, and looking at what was embedded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/result.h"

namespace inlay {

/// What `inlay embed` is asked for.
struct EmbedOptions {
  std::string name;                        // of the runtime; a C identifier
  std::vector<std::string> sources;        // C (.c), C++ (anything else) and bitcode (.bc) files
  std::vector<std::string> compile_flags;  // for clang, each source alike: -I, -D, -f…
  std::vector<std::string> cxx_flags;      // for clang, C++ sources only: -std=c++20
  std::string output;                      // the object file to write
  std::string native_output;               // optional: another one with the native code alone (see inlay/aot.h)
  std::string dependency_file;             // optional: what was read, in make's form
  std::string clang;                       // the compiler; empty: clang-22 or clang of that version on the PATH
  std::string optimization = "-O2";        // of the native code
};

/// Compiles the sources to bitcode, links them, and writes one object file with their native code, the bitcode in
/// chunks that load alone, and the index of every function and global. The native code is made from the very bitcode
/// that is embedded, so both always agree. Writes nothing on failure.
Result<void> embed(const EmbedOptions& options);

/// One function or variable of a runtime.
struct RuntimeSymbol {
  std::string name;       // as the linker sees it
  std::string demangled;  // as a person reads it
  bool function = false;
  bool defined = false;    // false: used by the runtime and defined elsewhere
  bool exported = false;   // visible to the linker; false: internal linkage in its source
  std::uint64_t size = 0;  // LLVM instructions of a function, bytes of a variable
};

/// What an embedded runtime holds.
struct RuntimeListing {
  std::string name;
  std::string llvm_version;
  std::uint64_t image_bytes = 0;
  std::uint32_t chunks = 0;
  std::vector<RuntimeSymbol> symbols;
};

/// The runtimes in an object file, static library, executable or shared library; or the bare image, if the file is one.
/// With `verify`, every byte is read and checked.
Result<std::vector<RuntimeListing>> list_runtimes(const std::string& path, bool verify = false);

/// For programs that load Inlay when they need it (dlopen): makes a runtime known that is linked into the program.
/// `inlay_add_runtime(NAME)` gives it the symbol `inlay_runtime_NAME`; its address is what is asked for here, as
/// `extern "C" const char inlay_runtime_NAME[]`. Where the program links Inlay, it is known already, and nothing
/// happens.
void register_runtime(const void* runtime);

/// Where the function or variable of that name lies which a runtime of this process defines; null if none does, or if
/// several do in different ways.
void* address_in_runtime(std::string_view name);

/// The runtimes that are linked into this process.
std::vector<RuntimeListing> linked_runtimes();

}  // namespace inlay
