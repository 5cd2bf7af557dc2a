// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Jumps to themselves, with which programs say that they have ended, and in which cycle they were first come to.
//
// Nobody looks for them while the program runs: it runs for a while, and if it stands at a trap then, the same while is
// run again from what was noted at its beginning, on a machine of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "inlay/m6502/image.h"
#include "inlay/m6502/machine.h"
#include "inlay/m6502/sim65.h"

namespace inlay::m6502::command {

/// Whether the instruction at the pc jumps to itself, now and for ever as long as there are no interrupts.
bool at_trap(const Machine& machine);

class TrapFinder {
 public:
  /// `image` is what the machine has loaded.
  explicit TrapFinder(const Image& image) : image_(image) {}
  /// The machine has hooks there that stop it: a program that reads its own bytes sees them, the second time as well.
  void set_hooks(std::vector<std::uint16_t> hooks) { hooks_ = std::move(hooks); }
  /// From here it can be run again.
  void note(Machine& machine);
  /// A system call since then, which is not made again: what it has done is.
  void record(const Sim65Call& call) { calls_.push_back(call); }
  /// In which cycle the trap at which the machine stands was come to; none if it was not come to again.
  std::optional<std::int64_t> first_cycle(const Machine& machine) const;

 private:
  struct Moment {
    std::vector<std::uint8_t> memory;
    Registers registers;
    std::int64_t cycle = 0;
    std::size_t calls = 0;  // that were made until then
  };
  static void note(Machine& machine, std::int64_t cycle, std::size_t calls, Moment& moment);

  const Image& image_;
  std::vector<std::uint16_t> hooks_;
  std::vector<Sim65Call> calls_;
  Moment noted_;
};

}  // namespace inlay::m6502::command
