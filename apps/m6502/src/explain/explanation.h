// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What became of a program in compiled code, and what did not and why: plain data, shown as text, JSON or a page.
//
// Regions are compiled again to be explained: what runs was made without keeping track of where code is from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/m6502/labels.h"
#include "inlay/m6502/machine.h"
#include "inlay/result.h"
#include "jit/account.h"

namespace inlay::m6502 {

/// A machine instruction.
struct MachineLine {
  std::uint64_t offset = 0;  // in its function
  std::string text;          // in Intel's syntax
  std::string symbol;        // what it calls or refers to, if that has a name
};

/// An instruction of the guest in a region, with what came from it; it may be there once for each call of its
/// subroutine.
struct ListedInstruction {
  std::uint16_t pc = 0;
  std::string label;               // of its address; may be empty
  std::string listing;             // as `disassemble` prints it
  std::string heading;             // of the first one of a subroutine, in words
  std::vector<std::string> notes;  // in words
  std::vector<MachineLine> code;   // by offset
};

struct ListedFunction {
  std::string name;
  std::vector<MachineLine> code;
};

struct RegionListing {
  std::uint64_t code_bytes = 0;                 // of machine code
  std::vector<ListedInstruction> instructions;  // by subroutine, and there by address
  std::vector<MachineLine> around;              // entering, leaving, and what instructions share
  std::vector<ListedFunction> functions;        // others that came with it: what was not inlined
};

struct ExplainedRegion {
  std::uint16_t entry = 0;
  std::string name;  // `$C000 (main)`
  std::size_t instructions = 0, copies = 0;
  std::vector<std::string> entries;  // where it can be entered
  RegionAccount account;
  std::optional<RegionListing> listing;
};

struct NotCompiled {
  std::uint16_t pc = 0;
  std::string name;
  std::string listing;  // of the instruction there
  std::string why;      // in words
};

struct Explanation {
  std::string program;
  Statistics statistics;
  bool ran = false;
  std::vector<ExplainedRegion> regions;   // those that most cycles were spent in come first
  std::vector<NotCompiled> not_compiled;  // by address

  std::int64_t cycles_in_regions() const;
  /// `2 regions of 31 instructions, compiled in 40.1 ms; 98.7 % of 1000000 cycles were spent in them`
  std::string summary() const;
};

struct ExplainOptions {
  std::string program = {};  // its name
  const Labels* labels = nullptr;
  /// The region that is listed: the one that begins there, or would be compiled there. Else the hottest.
  std::optional<std::uint16_t> at = {};
  bool all = false;  // all are listed
};

/// Runs a machine as Machine::run() does, but waits now and then for what is being compiled: so a short program shows
/// what a longer one would have become.
Stopped run_to_explain(Machine& machine, std::int64_t until);

/// Of a machine with Engine::Jit that does not run. InvalidArgument if nothing at `at` can be compiled.
Result<Explanation> explain(Machine& machine, const ExplainOptions& options);

std::string to_text(const Explanation& explanation, bool colors);
std::string to_json(const Explanation& explanation);
/// A page that needs nothing else.
std::string to_html(const Explanation& explanation);

/// Text in JSON, with its quotes. Bytes beyond ASCII stand as they are: names of files may be anything.
std::string quoted(std::string_view text);

}  // namespace inlay::m6502
