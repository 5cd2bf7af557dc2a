// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// In which cycle a jump to itself was first come to: as src/command/trap_finder.h says, for an executable.
#pragma once

#include "player/player.h"
#include "system/calls.h"

namespace inlay::m6502 {

/// What system calls have done since the state that was noted.
class CallLog {
 public:
  CallLog() = default;
  ~CallLog();
  CallLog(const CallLog&) = delete;
  CallLog& operator=(const CallLog&) = delete;

  void clear();
  void wrote(std::uint16_t address, std::uint8_t value) { add({address, value, false, {}}); }
  void returned(const CallRegisters& registers) { add({0, 0, true, registers}); }

  struct Entry {
    std::uint16_t address;
    std::uint8_t value;
    bool returns;  // the last one of a call
    CallRegisters registers;
  };
  const Entry* begin() const { return entries_; }
  const Entry* end() const { return entries_ + count_; }
  /// There was no memory for all.
  bool incomplete() const { return incomplete_; }

 private:
  void add(const Entry& entry);

  Entry* entries_ = nullptr;
  std::size_t count_ = 0, room_ = 0;
  bool incomplete_ = false;
};

/// A player at a trap: runs what is between again, with another one that is new. `noted` is used up.
std::int64_t first_cycle_of_trap(const Player& player, PlayerState& noted, const CallLog& calls, Player& again);

}  // namespace inlay::m6502
