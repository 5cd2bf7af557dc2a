// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: random programs with what is hard on an engine: loops and calls, code that changes itself, devices whose
// reads have effects, that stop and throw, banks, hooks and resets that come and go, interrupts in any cycle; in some
// also stacks that wrap, pointers across pages, code that runs from the last page into the first, vectors of a device.
// Everything is drawn from a seed, and the same for each engine; what happened is logged.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "inlay/m6502/machine.h"

namespace inlay::m6502 {

/// An access to a device, or what else must come in the same cycle in all engines.
struct LogEntry {
  char what = 0;
  std::uint16_t address = 0;
  std::uint8_t value = 0;
  std::int64_t cycle = 0;
  bool operator==(const LogEntry&) const = default;
};

std::string to_string(const LogEntry& entry);

/// A machine that runs one. Its address must not change.
class RandomProgram {
 public:
  RandomProgram(std::uint32_t seed, const MachineOptions& options);
  RandomProgram(const RandomProgram&) = delete;
  RandomProgram& operator=(const RandomProgram&) = delete;

  /// Runs in pieces that are drawn from `pieces`, 0 for a single one: they must not make a difference. With a pause
  /// before each, what is compiled in the background gets a chance. What jams is reset.
  void run(std::int64_t until, std::uint32_t pieces, std::chrono::microseconds pause = {});

  Machine& machine() { return machine_; }
  const std::vector<LogEntry>& log() const { return log_; }

 private:
  int draw(int count) { return static_cast<int>(random_() % static_cast<std::uint32_t>(count)); }
  bool one_in(int count) { return draw(count) == 0; }
  void byte(int value) { machine_.poke(at_++, static_cast<std::uint8_t>(value)); }
  void word(int value) {
    byte(value & 0xFF);
    byte(value >> 8);
  }
  void map_devices();
  void map_vectors();
  void schedule_disturbances();
  void hook(bool there);
  void add_banks();
  void write_handlers();
  void write_code(std::uint16_t from, std::uint16_t end, bool subroutine);
  void write_instruction();
  void write_oddity();
  void write_loop(int depth, std::uint16_t end);
  int data_address();
  std::uint8_t read_device(std::uint16_t address, std::int64_t cycle);
  void write_device(std::uint16_t address, std::uint8_t value, std::int64_t cycle);
  void stopped(const Stopped& why);
  void log(char what, std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
    log_.push_back({what, address, value, cycle});
  }

  std::mt19937 random_;
  Machine machine_;
  Variant variant_;
  std::vector<BankId> banks_;
  std::vector<std::uint16_t> operands_;     // addresses of operands in what was written
  std::vector<std::uint16_t> subroutines_;  // where they begin
  bool low_code_ = false, odd_ = false;
  std::uint16_t at_ = 0;
  std::uint32_t device_ = 0;  // its state
  std::vector<LogEntry> log_;
};

}  // namespace inlay::m6502
