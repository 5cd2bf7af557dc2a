// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program from its start to its end, by one engine or another, and all that can be seen of it afterwards.
#pragma once

#include "interpreter.h"

#include <string>
#include <vector>

namespace vm_register {

/// What a run leaves behind. Engines agree if these are equal.
struct Outcome {
  Status status = Status::Returned;
  std::int64_t result = 0;
  Location fault;
  std::string output;
  std::vector<std::uint8_t> memory;
  std::uint64_t fuel = 0;

  bool operator==(const Outcome&) const = default;
};

/// As many arguments as the program's first function takes: these, then the program's own, then zeros.
std::vector<std::int64_t> complete_arguments(const Program& program, std::vector<std::int64_t> arguments);

/// A machine as the program wants it.
Machine make_machine(const Program& program, std::uint64_t fuel = UINT64_MAX);

/// Runs the first function with `engine(machine, arguments)`, which gives the status.
template <class Engine>
Outcome run(const Program& program, const std::vector<std::int64_t>& arguments, std::uint64_t fuel,
            const Engine& engine) {
  Machine machine = make_machine(program, fuel);
  const std::vector<std::int64_t> complete = complete_arguments(program, arguments);
  const Status status = engine(machine, complete.data());
  return {status, machine.result, machine.fault, std::move(machine.output), std::move(machine.memory), machine.fuel};
}

/// `main+12: division by zero: div r1, r2, r3`
std::string describe_fault(const Program& program, Status status, Location fault);

}  // namespace vm_register
