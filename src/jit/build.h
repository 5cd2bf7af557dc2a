// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From an entry function in a fresh unit to code in this process: specialize, optimize, emit, link.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/stopwatch.h"
#include "inlay/jit.h"
#include "jit/cached.h"
#include "jit/engine.h"
#include "specialize/symbols.h"

#include <llvm/ADT/STLFunctionalExtras.h>

namespace inlay::jit {

/// An object that was made for this process but is not linked into it yet.
struct Built {
  codegen::Object object;
  std::string entry;                                     // the symbol of the function that was asked for
  std::vector<HostSymbol> symbols;                       // where the frozen objects lie that it refers to
  std::vector<std::shared_ptr<frozen::Region>> regions;  // the memory that it reads
  std::vector<frozen::Read> reads;                       // the constants that it was made from
  std::vector<std::uint64_t> unknown_bound;  // of code from a cache: where bound bytes lie that it has not as constants
};

/// Writes the function that is to be compiled, under the name it is given, into the symbols' unit.
using MakeEntry = llvm::function_ref<Result<llvm::Function*>(specialize::Symbols&, const std::string& name)>;

/// A module that is specialized, and what its object will need.
struct Prepared {
  std::unique_ptr<llvm::Module> module;
  Built built;  // without an object
};

/// What is said of code whose constants changed each time that it was compiled, after MostAttempts.
Error changed_each_time();

/// The first half of build(): what happens to one function alone. What it refers to must not be dropped before
/// `module`. `log`: where reads are noted for a cache, or null.
Result<Prepared> prepare(runtime::Workspace& workspace, MakeEntry make_entry, const CompileOptions& options,
                         const JitOptions& jit_options, const std::string& name, Report& report,
                         frozen::ReadLog* log = nullptr);

/// What is done to each module in the end: optimized and emitted, with what the engine's tools need. The report gets
/// the times. The module must be well-formed (codegen::check).
Result<codegen::Object> make_object(llvm::Module& module, codegen::Machine& machine, const JitOptions& jit_options,
                                    Level level, bool keep_debug_info, Report& report);

/// The options for the best code that the policy allows.
CompileOptions with_policy(CompileOptions options, const Policy& policy);

/// Compiles what `make_entry` writes, as far as an object: everything that LLVM IR is needed for. The report gets
/// times, sizes and remarks, also on failure. With a subject the engine's cache is asked first; then `make_entry` is
/// not called where it has the object.
Result<Built> build(Engine& engine, const CompileOptions& options, Report& report, MakeEntry make_entry,
                    const Subject* subject = nullptr);

struct Compiled {
  std::shared_ptr<Code> code;
  void* entry = nullptr;
  std::vector<std::uint64_t> unknown_bound;  // see Built
};

/// Lets code keep the frozen memory that it reads, and `holds`, and know what it was made from.
void give_memory(Code& code, Built& built, const std::vector<std::shared_ptr<frozen::Region>>& holds);

/// Links an object. The code keeps the frozen memory that it reads, and `holds`; tools call it as the report does.
Result<Compiled> link(Engine& engine, Built built, Report& report,
                      const std::vector<std::shared_ptr<frozen::Region>>& holds = {});

/// A compilation that overlapped with a change of what it read is made again, so often.
inline constexpr int MostAttempts = 3;

/// Both; and the trace gets each phase.
Result<Compiled> compile_entry(Engine& engine, const CompileOptions& options, Report& report, MakeEntry make_entry,
                               const std::vector<std::shared_ptr<frozen::Region>>& holds = {},
                               const Subject* subject = nullptr);

/// The names of the module's own compile units: those that code joined later does not come from.
std::vector<std::string> source_units(const llvm::Module& module);

/// Says of each line of these units which machine code it became.
Result<void> explain_lines(const codegen::Object& object, codegen::Machine& machine, std::span<const std::string> units,
                           Report& report);

/// Compiles a function that needs no specializing, which `make_entry` writes: it may use `symbols`. `title`: how tools
/// are to call it.
Result<Compiled> compile_plain(Engine& engine, std::string title, std::vector<HostSymbol> symbols,
                               MakeEntry make_entry);

using base::Stopwatch;

}  // namespace inlay::jit
