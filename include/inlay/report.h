// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What happened to a function on its way to native code, and why not more: plain data, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/result.h"

namespace inlay {

/// One call that is left in the compiled code, or one other thing that stopped the evaluator.
struct Remark {
  enum class Kind : std::uint8_t {
    UnknownTarget,  // a call whose target is not known before it runs
    External,       // the callee is in no runtime: the C library, the operating system, the program itself
    AskedFor,       // INLAY_NOINLINE, INLAY_OPAQUE or the inline policy said so
    NothingKnown,   // no argument of the call is known: calling the original is as good
    Recursion,      // a call to a specialized function that is being called already
    Shared,         // a specialized function with several callers, too large to copy into each
    NotEvaluable,   // the callee holds something that the evaluator does not take
    NotFrozen,      // a bound argument leads to memory that may change, so nothing behind it was folded
    WritesFrozen,   // code stores to memory that is frozen: when it runs, it breaks the promise
    Budget,         // a limit on growth was reached
    LeavesCode,     // an interpreter's program goes on in the interpreter from here
    NotCompiled,    // nothing was compiled at all; the original runs
  };
  Kind kind;
  std::string callee;  // demangled; empty if unknown
  std::string reason;  // in plain words
  Place place;         // where the first cause stands in the source, if known
  unsigned count = 1;  // equal remarks are counted, not repeated
  // Of a call: where it is in the guest's own source. Known if annotate_source() said so, and
  // CompileOptions::explain_code or a debugger asked for code to be followed.
  Place source = {};
  std::string source_function = {};
};

std::string_view to_string(Remark::Kind kind);

/// Machine code of a compiled function.
struct CodeRange {
  unsigned function = 0;     // an index into Report::functions
  std::uint64_t offset = 0;  // from the function's beginning
  std::uint64_t size = 0;
};

/// A function that was compiled.
struct CompiledFunction {
  std::string name;  // demangled
  std::uint64_t size = 0;
  std::uint64_t shared = 0;  // bytes that LLVM merged from code of several guest instructions
  std::string assembly;      // all of it, a line for each machine instruction
};

/// One instruction of an interpreter's program, as far as it was compiled: a value of context(). If
/// CompileOptions::explain_code asks for it, also each node of a tree: a frozen object that a function with a `switch`
/// was specialized for, and a node or closure whose place annotate_source() told. Nodes whose code was copied into the
/// function that walks to them count with that one.
///
/// Of a program (inlay/ir.h) that was compiled with ProgramOptions::explain_code, each line that machine code came
/// from: `source`, `source_function`, `at` (the line again), `number`, `code` and `assembly` are filled in. Code of a
/// runtime's functions that was inlined belongs to the line that calls them.
struct GuestInstruction {
  std::string interpreter;  // demangled; of handlers that tail-call, the one that the program begins with
  std::int64_t at = 0;      // bytes from the beginning of the constant memory that holds it; or the integer itself; of
                            // a node, the number of the frozen object
  std::string opcode;       // what the interpreter decided on first: the value of its switch, or a handler's name.
                            // Of computed goto it is the number that stands for the label in embedded code, which
                            // tells opcodes apart, but is not the guest's. Empty: nothing of the kind was decided
  Place handler;            // where that is in the interpreter's source, if known
  Place source;             // where it stands in the guest's own source, if annotate_source() said so
  std::string source_function;  // and in which function of the guest
  unsigned instructions = 0;    // of LLVM, before its own optimization
  unsigned copies = 0;          // of blocks
  unsigned number = 0;          // in this report, from 1: how debug information of the compiled code calls it
  // If explain_code asked for it:
  std::vector<CodeRange> code;  // in ascending order, no two overlap; none if it was folded away
  std::string assembly;         // of these ranges, a line for each machine instruction
  std::uint64_t code_bytes() const {
    std::uint64_t sum = 0;
    for (const CodeRange& range : code) sum += range.size;
    return sum;
  }
};

/// The account of one compilation.
struct Report {
  std::string function;      // what was asked for, demangled
  std::string name;          // how CompileOptions::name calls it; of HotCode, with the guest's place. May be empty
  bool compiled = false;     // false: the original runs
  bool cached = false;       // the code was compiled earlier, and found in a cache; counts and remarks are of then
  unsigned rounds = 0;       // of evaluating and inlining
  unsigned specialized = 0;  // functions evaluated with known arguments
  unsigned inlined = 0;      // calls replaced by bodies
  unsigned folded_loads = 0;
  unsigned folded_values = 0;
  unsigned folded_branches = 0;
  unsigned instructions = 0;     // of LLVM, in the result before its own optimization
  std::uint64_t code_bytes = 0;  // of the object: machine code, constants, what unwinding and debuggers need
  std::uint64_t work = 0;  // of the evaluator: instructions that it walked over, and what it carried along. The time
                           // that it takes goes with it, and it is the same on each machine
  // Times in microseconds.
  double load_us = 0, specialize_us = 0, optimize_us = 0, emit_us = 0, link_us = 0;
  std::vector<Remark> remarks;
  std::vector<GuestInstruction> guest;      // of interpreters, in the order of their programs; of programs by lines
  std::vector<CompiledFunction> functions;  // only if explain_code of CompileOptions or ProgramOptions asked for it

  /// Whether `code` and `assembly` of guest instructions are filled in.
  bool explains_code() const { return !functions.empty(); }

  /// How to call it: the name where there is one, else the function.
  const std::string& title() const { return name.empty() ? function : name; }

  /// Several lines for people; the last one without a newline.
  std::string to_text() const;
  /// Each instruction or line of the program with its machine code; empty unless explain_code asked for it.
  std::string to_listing() const;
  /// One JSON object.
  std::string to_json() const;
};

}  // namespace inlay
