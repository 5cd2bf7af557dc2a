// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The system calls of cc65's simulator, so that C programs compiled for it run: files, arguments, the exit code.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlay/m6502/machine.h"
#include "inlay/result.h"

namespace inlay::m6502 {

/// What a call has done to the machine.
struct Sim65Call {
  struct Byte {
    std::uint16_t address;
    std::uint8_t value;
  };
  Registers registers;       // behind it
  std::vector<Byte> memory;  // what it has written there, in its order
};

struct Sim65Options {
  std::vector<std::string> arguments = {};  // the first is the program's name
  std::uint8_t c_stack = 0;                 // Image::c_stack
  int input = 0, output = 1, error = 2;     // the process's descriptors behind the program's 0, 1 and 2; -1: none
  bool files = true;                        // whether it may open others
  std::function<void(const Sim65Call&)> called = {};  // behind each call but the last
};

/// Calls take no cycles, as in sim65. They are entered at $FFF4 to $FFF9; what lies there is not run.
class Sim65 {
 public:
  /// The machine must not outlive it.
  static std::unique_ptr<Sim65> attach(Machine& machine, Sim65Options options);
  Sim65(const Sim65&) = delete;
  ~Sim65();

  /// There is one when the program has ended; the machine was stopped then.
  std::optional<int> exit_code() const;
  std::int64_t calls() const;

 private:
  struct State;
  explicit Sim65(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace inlay::m6502
