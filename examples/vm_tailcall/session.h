// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program's state at its start: registers that hold its arguments, memory of the size it asks for, no output yet.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assembler.h"
#include "interpreter.h"

namespace vm_tailcall {

class Session {
 public:
  /// `arguments` come before the defaults that the program gives.
  explicit Session(const Program& program, std::span<const std::int64_t> arguments = {});
  Session(const Session&) = delete;

  Vm& vm() { return vm_; }
  const std::string& output() const { return output_.text; }

  /// What the program can be seen to have done, but for the status: empty if it is the same, else what differs.
  std::string difference(const Session& other) const;

 private:
  Vm vm_;
  std::vector<std::int64_t> memory_;
  Output output_;
};

/// The program's arguments, `given` before the defaults.
std::vector<std::int64_t> arguments_of(const Program& program, std::span<const std::int64_t> given);

}  // namespace vm_tailcall
