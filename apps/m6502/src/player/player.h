// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The driver of executables: 64 KiB of memory, no devices, no interrupts, so that nothing can happen but what the
// program does. Of C's library only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "player/game.h"

namespace inlay::m6502 {

inline constexpr std::size_t Addresses = 65536;

enum class PlayerStop : std::uint8_t {
  Time,  // the cycle that was asked for has come
  Call,  // the program stands at a system call
  Jam,
  Wait,  // for an interrupt, and there is none (WAI)
};

/// Memory, registers and time.
struct PlayerState {
  std::uint8_t memory[Addresses];
  Cpu cpu;
  std::int64_t cycle;
};

class Player {
 public:
  /// Everything as it is at the start. Memory must be large enough for it: some 600 KiB.
  explicit Player(const Game& game);
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  std::uint8_t peek(std::uint16_t address) const {
    return is_call(address) ? under_[address - first_call_] : bus_.memory[address];
  }
  void poke(std::uint16_t address, std::uint8_t value);

  Cpu& cpu() { return bus_.cpu; }
  const Cpu& cpu() const { return bus_.cpu; }
  std::int64_t cycle() const { return bus_.end - bus_.cpu.left; }
  /// Until the first boundary that is not before `until`, or a reason to stop before.
  PlayerStop run(std::int64_t until);
  /// Code that was compiled is not run from now on.
  void interpret_only() { regions_ = false; }
  bool is_at_trap() const;

  void save(PlayerState& state) const;
  void restore(const PlayerState& state);

  std::int64_t entered() const { return entered_; }
  std::int64_t invalidated() const { return invalidated_; }

  /// A write to a byte that is watched; what of it concerns the driver (core/access.h).
  std::uint32_t slow_write(std::uint16_t address, std::uint8_t value);

 private:
  bool is_call(std::uint16_t address) const { return static_cast<std::uint16_t>(address - first_call_) < calls_; }
  bool matches(const GameRegion& region) const;
  void activate(std::uint32_t index);
  void put_aside(std::uint32_t index);
  void changed(std::uint16_t address);
  void arrive(std::uint16_t pc);
  bool run_regions();

  Bus bus_;
  const Game& game_;
  Variant variant_;
  std::uint16_t first_call_, calls_;  // addresses at which system calls are entered
  std::uint8_t under_[16] = {};       // what the program has there
  bool regions_ = true;
  std::int64_t entered_ = 0, invalidated_ = 0;
  std::uint8_t state_[MaxGameRegions] = {};
  std::uint16_t pads_[Addresses] = {};   // one more than the index of the region that is entered there
  std::uint16_t users_[Addresses] = {};  // regions that run and were made of that byte
};

}  // namespace inlay::m6502
