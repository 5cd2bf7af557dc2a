// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program from its start to its end, by one engine or another, and all that can be seen of it afterwards.
#pragma once

#include "program.h"

#include <memory>
#include <string>
#include <vector>

namespace vm_stack {

/// What a run leaves behind. Engines agree if these are equal.
struct Outcome {
  VmStatus status = VmReturned;
  std::int64_t result = 0;
  std::uint64_t at = 0;
  std::uint64_t fuel = 0;
  std::string output;
  std::vector<std::uint8_t> memory;
  std::vector<std::int64_t> stack;  // what lies on it, bits of a NaN all alike: they are the compiler's choice
  std::size_t frames = 0;           // that are left

  bool operator==(const Outcome&) const = default;
};

/// A machine with memory and output.
class Machine {
 public:
  /// For one run of the program. The first function's arguments are on the stack: these, then the program's own, then
  /// zeros.
  Machine(const Program& program, const std::vector<std::int64_t>& arguments, std::uint64_t fuel = UINT64_MAX);
  Machine(const Machine&) = delete;

  Vm* vm() { return vm_.get(); }
  Outcome outcome(VmStatus status);

 private:
  std::unique_ptr<Vm> vm_;
  std::vector<std::uint8_t> memory_;
  std::string output_;
};

/// Runs the program with `engine(vm)`, which gives the status.
template <class Engine>
Outcome run(const Program& program, const std::vector<std::int64_t>& arguments, std::uint64_t fuel,
            const Engine& engine) {
  Machine machine(program, arguments, fuel);
  const VmStatus status = engine(machine.vm());
  return machine.outcome(status);
}

/// By the interpreter.
Outcome interpret(const Program& program, const std::vector<std::int64_t>& arguments, std::uint64_t fuel = UINT64_MAX);

/// `main+12: division by zero: div`
std::string describe_fault(const Program& program, const Outcome& outcome);

}  // namespace vm_stack
