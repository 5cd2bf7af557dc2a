// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs that run one after another and share their globals: a script, or the lines of a REPL.
#pragma once

#include "frontend.h"
#include "tiers.h"

#include <list>
#include <memory>
#include <string>
#include <string_view>

namespace lox {

/// What became of a program. The messages were written to standard error.
enum class Outcome { Succeeded, CompileError, RuntimeError, OutputError };

/// Writes what is wrong with a program to standard error.
void report(const Parsed& parsed, std::string_view source);
/// The same of standard output that could not be written; `error`: errno.
void report_output_error(int error);

class Session {
 public:
  /// Throws std::runtime_error if Inlay cannot be set up. `options`: of all that is compiled.
  explicit Session(Mode mode, inlay::CompileOptions options = {});
  ~Session();

  /// Parses and runs a program. `file`: what debuggers are told.
  Outcome run(std::string_view source, const std::string& file);
  /// The same of what is parsed already.
  Outcome run(const syntax::Function& script, const std::string& file);

  Vm& vm() { return vm_; }
  GlobalNames& globals() { return globals_; }
  const Tiers* tiers() const { return tiers_.get(); }
  /// The program that ran last, if Inlay has it; or null.
  const Program* program() const { return programs_.empty() ? nullptr : programs_.back().get(); }

 private:
  GlobalNames globals_;
  std::list<inlay::Frozen<Program>> programs_;  // before the Vm: closures know their functions
  std::list<Program> plain_programs_;
  SiteMemory plain_sites_;
  std::unique_ptr<Tiers> tiers_;
  Vm vm_;
};

}  // namespace lox
