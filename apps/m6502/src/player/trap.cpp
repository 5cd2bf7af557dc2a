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

std::int64_t first_cycle_of_trap(const Player& player, PlayerState& noted, const CallLog& calls, Player& again) {
  if (calls.incomplete()) return player.cycle();
  again.restore(noted);
  again.interpret_only();
  const CallLog::Entry* next = calls.begin();
  // Calls take no time, so that a trap behind one is found only by who looks there.
  const auto run = [&](std::int64_t until, bool to_call) {
    for (;;) {
      const PlayerStop stop = again.run(until);
      if (stop != PlayerStop::Call) return stop == PlayerStop::Time;
      while (next != calls.end() && !next->returns) again.poke(next->address, next->value), ++next;
      if (next == calls.end()) return false;
      const CallRegisters& registers = next++->registers;
      again.cpu().pc = registers.pc;
      again.cpu().a = registers.a;
      again.cpu().x = registers.x;
      again.cpu().s = registers.s;
      if (to_call) return true;
    }
  };
  const CallLog::Entry* before = next;
  while (!again.is_at_trap()) {
    again.save(noted);
    before = next;
    const std::int64_t limit = player.cycle(), until = again.cycle() + AgainPiece;
    if (again.cycle() >= limit || !run(until < limit ? until : limit, false)) return limit;
  }
  again.restore(noted);
  next = before;
  while (!again.is_at_trap())
    if (!run(again.cycle() + 1, true)) return player.cycle();
  return again.cycle();
}

}  // namespace inlay::m6502
