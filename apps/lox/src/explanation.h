// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What became of a program: plain data for `inlay-lox explain`, which shows it as text or as a page.
#pragma once

#include "commands.h"
#include "machine_code.h"
#include "session.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lox {

/// A call that is left in the code of a line, and how often.
struct LineNote {
  LeftCall call;
  unsigned count = 0;
};

/// What one line of Lox became in one function or loop.
struct LineOfUnit {
  unsigned instructions = 0;
  unsigned cold = 0;  // of them
  std::vector<LineNote> notes;
};

/// A function or loop, which may be compiled by itself.
struct Unit {
  enum class Status { Compiled, Inside, Cold, Failed, Dropped };

  std::string title;
  unsigned line = 0;  // where it begins; 0: the script
  bool is_loop = false;
  Status status = Status::Cold;
  std::string why;  // not compiled by itself
  inlay::Report report;
  std::vector<MachineFunction> code;
  std::map<unsigned, LineOfUnit> lines;  // 0: code of no line, or of several

  bool is_compiled() const { return status == Status::Compiled; }
  double milliseconds() const;
  std::uint64_t code_bytes() const;
  unsigned instructions() const;
  unsigned cold_instructions() const;
};

struct Explanation {
  std::string name;                // of the source
  std::vector<std::string> lines;  // of it
  std::vector<Unit> units;         // by line; the script comes first

  /// `3 of 6 functions and 2 of 3 loops were compiled`
  std::string summary() const;
};

/// After the session ran the source, and nothing is compiled any more.
Explanation explanation_of(const Session& session, const Source& source);

/// `28 calls inlined; 246 LLVM instructions; 812 bytes of machine code`: how far a compiled unit collapsed.
std::string sizes_of(const Unit& unit);
/// `slow path: allocating…`
std::string text_of(const LineNote& note);

std::string to_text(const Explanation& explanation);
/// A page that needs nothing else.
std::string to_html(const Explanation& explanation);

}  // namespace lox
