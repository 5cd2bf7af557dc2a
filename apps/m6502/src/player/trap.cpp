// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "player/trap.h"

#include <cstdlib>

#include "core/self_jump.h"

namespace inlay::m6502 {

CallLog::~CallLog() { std::free(entries_); }

void CallLog::clear() {
  count_ = 0;
  incomplete_ = false;
}

void CallLog::add(const Entry& entry) {
  if (count_ == room_) {
    const std::size_t room = room_ == 0 ? 1024 : room_ * 2;
    void* more = std::realloc(entries_, room * sizeof(Entry));
    incomplete_ = incomplete_ || !more;
    if (!more) return;
    entries_ = static_cast<Entry*>(more);
    room_ = room;
  }
  entries_[count_++] = entry;
}

std::int64_t first_cycle_of_trap(const Player& player, const PlayerState& noted, const CallLog& calls, Player& again) {
  if (calls.incomplete()) return player.cycle();
  again.restore(noted);
  again.interpret_only();
  const std::uint16_t trap = player.cpu().pc;
  again.stop_at(trap);
  const CallLog::Entry* next = calls.begin();
  bool single = false;
  for (;;) {
    if (again.cpu().pc == trap && again.is_at_trap()) return again.cycle();
    switch (again.run(single ? again.cycle() + 1 : player.cycle())) {
      case PlayerStop::Call: {
        while (next != calls.end() && !next->returns) again.poke(next->address, next->value), ++next;
        if (next == calls.end()) return player.cycle();
        const CallRegisters& registers = next++->registers;
        again.cpu().pc = registers.pc;
        again.cpu().a = registers.a;
        again.cpu().x = registers.x;
        again.cpu().s = registers.s;
        break;
      }
      case PlayerStop::Place: {
        if (again.is_at_trap()) return again.cycle();
        Cpu& cpu = again.cpu();
        if (is_branch(again.peek(trap))) {  // a branch that is not taken yet
          cpu.pc = static_cast<std::uint16_t>(cpu.pc + UntakenLength);
          cpu.left -= UntakenCycles;
        } else {  // another instruction stood there before
          again.stop_at(-1);
          single = true;
        }
        break;
      }
      case PlayerStop::Time:
        if (!single || again.cycle() >= player.cycle()) return player.cycle();
        break;
      case PlayerStop::Jam:
      case PlayerStop::Wait:
        return player.cycle();
    }
  }
}

}  // namespace inlay::m6502
