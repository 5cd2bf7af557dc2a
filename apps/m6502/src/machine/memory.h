// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine's memory: its map, banks, and bytes that engines must not run.
//
// Engines read Bus::memory without asking what a page is, so that holds the opcode of JAM wherever an instruction
// cannot simply be run: in pages that are devices for reads, and where a hook is. What the guest has there lies in
// `under`, and writes to it are slow.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/interpreter.h"
#include "inlay/m6502/bus.h"
#include "inlay/result.h"

namespace inlay::m6502 {

class Jit;

/// `$D012`, for messages.
std::string address_text(std::uint16_t address);

class Memory {
 public:
  explicit Memory(Bus& bus) : bus_(&bus) {}
  /// Who wants to know of changes to compiled code and to the map; null: nobody.
  void set_jit(Jit* jit) { jit_ = jit; }

  std::uint8_t get(std::uint16_t address) const { return covered(address) ? under_[address] : bus_->memory[address]; }
  /// All 64 KiB, as get() answers each.
  void copy_to(std::uint8_t* bytes) const;
  /// Whether compiled code has been changed by it. `cycle`: the program's, which writes then; else it is from outside.
  bool put(std::uint16_t address, std::uint8_t value, std::optional<std::int64_t> cycle = {});

  /// Checks the range of pages.
  static Result<void> check_pages(int first, int count);
  /// An index into the map's devices for these pages: one that is there already, or one that no other page uses; -1 if
  /// all are used.
  int device_index(const DeviceEntry& device, int first, int count);
  /// Makes pages what these kinds say; for a kind of a device, ReadDevice or WriteDevice plus its index.
  void set_kind(int first, int count, std::uint8_t read, std::uint8_t write);

  Result<std::uint32_t> add_bank(std::vector<std::uint8_t> bytes, bool writable);
  Result<void> switch_in(std::uint32_t bank, int page);

  /// Puts a hook's JAM over the byte, or takes it away.
  void hook(std::uint16_t address, bool on);
  bool hooked(std::uint16_t address) const { return hooked_[address]; }

 private:
  struct Bank {
    std::vector<std::uint8_t> bytes;
    bool writable = false;
    int at = -1;  // the page of its first one, as far as it is in
  };

  bool covered(std::uint16_t address) const { return bus_->map.read[address >> 8] != ReadMemory || hooked_[address]; }
  /// All its bytes are in Bus::memory.
  bool is_whole(int page) const {
    return bus_->map.read[page] == ReadMemory && hooks_[static_cast<std::size_t>(page)] == 0;
  }
  void watch_page(int page);
  void take_out(int page);
  void map_changed(int first, int count);

  Bus* bus_;
  Jit* jit_ = nullptr;
  std::array<std::uint8_t, 65536> under_ = {};
  std::bitset<65536> hooked_;
  std::array<std::uint16_t, 256> hooks_ = {};  // in each page
  std::vector<Bank> banks_;
  std::array<std::uint32_t, 256> bank_of_ = {};  // 0: none, else the index + 1
};

}  // namespace inlay::m6502
