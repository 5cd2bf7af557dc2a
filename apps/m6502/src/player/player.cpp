// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "player/player.h"

#include <cstring>

#include "core/access.h"
#include "core/interpreter.h"
#include "core/self_jump.h"
#include "system/call_addresses.h"

namespace inlay::m6502 {

namespace {

/// Changes of its bytes before a region is left for good.
constexpr std::uint8_t MostChanges = 8;
/// In Player::state_, beside the number of changes.
constexpr std::uint8_t Active = 0x80;

bool depends_on(const GameRegion& region, std::uint16_t address) {
  std::uint32_t first = 0, count = region.byte_count;
  while (count > 0) {
    const std::uint32_t half = count / 2;
    if (region.bytes[first + half].address < address) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first < region.byte_count && region.bytes[first].address == address;
}

}  // namespace

extern "C" std::uint32_t m6502_slow_write(Bus* bus, std::uint16_t address, std::uint8_t value, std::int64_t) {
  return static_cast<Player*>(bus->machine)->slow_write(address, value);
}

Player::Player(const Game& game)
    : game_(game),
      variant_(static_cast<Variant>(game.variant)),
      first_call_(Sim65Calls),
      calls_(game.calls ? Sim65CallsEnd - Sim65Calls : 0) {
  bus_.machine = this;
  std::memcpy(bus_.memory + game.load, game.image, game.image_size);
  for (std::uint16_t call = 0; call < calls_; ++call) {
    under_[call] = bus_.memory[first_call_ + call];
    bus_.memory[first_call_ + call] = JamOpcode;
    bus_.watch[first_call_ + call] = WatchPage;
  }
  Cpu& cpu = bus_.cpu;
  cpu.pc = game.start;
  cpu.s = StackAfterReset;
  set_status(cpu, StatusAlways | StatusInterrupt);
  for (std::uint32_t index = 0; index < game.region_count; ++index)
    for (std::uint32_t k = 0; k < game.regions[index].entry_count; ++k) bus_.heat[game.regions[index].entries[k]] = 1;
}

void Player::poke(std::uint16_t address, std::uint8_t value) {
  if (bus_.watch[address] == 0)
    bus_.memory[address] = value;
  else
    slow_write(address, value);
}

std::uint32_t Player::slow_write(std::uint16_t address, std::uint8_t value) {
  if (is_call(address)) {
    under_[address - first_call_] = value;
    return 0;
  }
  std::uint8_t& byte = bus_.memory[address];
  if (byte == value) return 0;
  byte = value;
  if ((bus_.watch[address] & WatchCode) == 0) return 0;
  changed(address);
  return AttentionCode;
}

bool Player::is_at_trap() const {
  if (bus_.attention & AttentionWait) return false;
  const auto byte = [&](int offset) { return peek(static_cast<std::uint16_t>(bus_.cpu.pc + offset)); };
  return jumps_to_itself(variant_, bus_.cpu.pc, byte(0), byte(1), byte(2), status_of(bus_.cpu, false));
}

void Player::save(PlayerState& state) const {
  std::memcpy(state.memory, bus_.memory, Addresses);
  for (std::uint16_t call = 0; call < calls_; ++call) state.memory[first_call_ + call] = under_[call];
  state.cpu = bus_.cpu;
  state.cycle = cycle();
}

void Player::restore(const PlayerState& state) {
  for (std::size_t address = 0; address < Addresses; ++address)
    poke(static_cast<std::uint16_t>(address), state.memory[address]);
  bus_.cpu = state.cpu;
  bus_.cpu.left = 0;
  bus_.end = state.cycle;
}

bool Player::matches(const GameRegion& region) const {
  for (std::uint32_t k = 0; k < region.byte_count; ++k)
    if (bus_.memory[region.bytes[k].address] != region.bytes[k].value) return false;
  return true;
}

void Player::activate(std::uint32_t index) {
  const GameRegion& region = game_.regions[index];
  state_[index] |= Active;
  for (std::uint32_t k = 0; k < region.byte_count; ++k)
    if (users_[region.bytes[k].address]++ == 0) bus_.watch[region.bytes[k].address] |= WatchCode;
  for (std::uint32_t k = 0; k < region.entry_count; ++k) {
    const std::uint16_t place = region.entries[k];
    // A region that begins here is better than one that comes by.
    if (pads_[place] == 0 || k == 0) pads_[place] = static_cast<std::uint16_t>(index + 1);
    bus_.heat[place] = 1;
  }
}

void Player::put_aside(std::uint32_t index) {
  const GameRegion& region = game_.regions[index];
  state_[index] = static_cast<std::uint8_t>((state_[index] & ~Active) + 1);
  for (std::uint32_t k = 0; k < region.byte_count; ++k)
    if (--users_[region.bytes[k].address] == 0)
      bus_.watch[region.bytes[k].address] &= static_cast<std::uint8_t>(~WatchCode);
  for (std::uint32_t k = 0; k < region.entry_count; ++k)
    if (pads_[region.entries[k]] == index + 1) pads_[region.entries[k]] = 0;
}

void Player::changed(std::uint16_t address) {
  for (std::uint32_t index = 0; index < game_.region_count; ++index) {
    if ((state_[index] & Active) == 0 || !depends_on(game_.regions[index], address)) continue;
    put_aside(index);
    ++invalidated_;
  }
}

/// Control has come to a place for which there may be a region, which is entered if its bytes are there.
void Player::arrive(std::uint16_t pc) {
  if (pads_[pc] != 0) {
    bus_.heat[pc] = 1;
    return;
  }
  for (std::uint32_t index = 0; index < game_.region_count; ++index) {
    const GameRegion& region = game_.regions[index];
    bool here = false;
    for (std::uint32_t k = 0; k < region.entry_count && !here; ++k) here = region.entries[k] == pc;
    if (!here || (state_[index] & ~Active) >= MostChanges) continue;
    if ((state_[index] & Active) == 0) {
      if (!matches(region)) continue;
      activate(index);
    }
    pads_[pc] = static_cast<std::uint16_t>(index + 1);
    bus_.heat[pc] = 1;
    return;
  }
  bus_.heat[pc] = 0;
}

/// Whether control is where a region begins that cannot be entered.
bool Player::run_regions() {
  Cpu& cpu = bus_.cpu;
  while (const std::uint16_t pad = pads_[cpu.pc]) {
    const GameRegion& region = game_.regions[pad - 1];
    const std::int64_t before = cpu.left;
    if (before <= region.needs) return true;
    region.code(&bus_, &cpu);
    ++entered_;
    if (cpu.leave != 0) return false;
    if (cpu.left == before) {  // it does not run in this state (decimal mode): not to be tried at every jump
      bus_.heat[cpu.pc] = 0;
      return false;
    }
  }
  return false;
}

PlayerStop Player::run(std::int64_t until) {
  Cpu& cpu = bus_.cpu;
  cpu.left = until - cycle();
  bus_.end = until;
  for (;;) {
    if (cpu.left <= 0) return PlayerStop::Time;
    if (bus_.attention & AttentionJam) return PlayerStop::Jam;
    if (bus_.attention & AttentionWait) return PlayerStop::Wait;
    if (is_call(cpu.pc)) return PlayerStop::Call;
    cpu.leave = 0;
    if (pads_[cpu.pc] == 0 && bus_.heat[cpu.pc] == 1) arrive(cpu.pc);
    const bool late = regions_ && run_regions();
    if (cpu.leave != 0 || cpu.left <= 0) continue;
    switch (regions_ && !late ? game_.interpret_with_heat(&bus_) : game_.interpret(&bus_)) {
      case Interpreted::Heat:
        arrive(cpu.pc);
        break;
      case Interpreted::Look:
        if (!is_call(cpu.pc)) game_.step(&bus_);
        break;
      case Interpreted::Time:
      case Interpreted::Leave:
        break;
    }
  }
}

}  // namespace inlay::m6502
