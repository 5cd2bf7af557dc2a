// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a 6502 sees of the world: 64 KiB, of which pages of 256 bytes may be memory, ROM or a device.
//
// Code of all engines works on this one struct, so it is plain data. Memory is flat: what a bank switch brings in is
// copied in, and what it takes out is copied back. So an access to memory is one load; whether an address is more than
// memory is one byte more.
#pragma once

#include <cstdint>

#include "inlay/m6502/cpu.h"

namespace inlay::m6502 {

/// A device's accesses, which may change everything but the registers: memory and the map through Machine's functions,
/// interrupt lines, when to stop. `cycle` counts from the start of the machine; the access takes that one. Must not
/// throw: Machine wraps those that may.
using ReadFunction = std::uint8_t (*)(void* context, std::uint16_t address, std::int64_t cycle);
using WriteFunction = void (*)(void* context, std::uint16_t address, std::uint8_t value, std::int64_t cycle);

struct DeviceEntry {
  ReadFunction read;
  WriteFunction write;
  void* context;
};

constexpr int MaxDevices = 32;

/// How a page is read.
enum ReadKind : std::uint8_t { ReadMemory = 0, ReadDevice = 1 };  // ReadDevice + k: devices[k]
/// How a page is written. Unwatched is memory that holds no compiled code as long as the map is used: only the maps of
/// compiled regions say that.
enum WriteKind : std::uint8_t { WriteMemory = 0, WriteUnwatched = 1, WriteNothing = 2, WriteDevice = 3 };

/// What each page is. The interpreters read the machine's; a compiled region has a constant copy, so that accesses to
/// addresses that are known while it is compiled need no test, and call a device's functions directly.
struct Map {
  std::uint8_t read[256];
  std::uint8_t write[256];
  DeviceEntry devices[MaxDevices];
};

/// Bits of Bus::watch: why a write to that byte is not just a store.
enum Watch : std::uint8_t {
  WatchPage = 0x01,  // the page is not plain memory for writes: the map tells
  WatchCode = 0x02,  // compiled code was made of it
};

/// Why the driver has to look at the machine; bits of Bus::attention.
enum Attention : std::uint8_t {
  AttentionIrq = 0x01,   // a line is low
  AttentionNmi = 0x02,   // an edge was seen
  AttentionCode = 0x04,  // a byte of compiled code has changed, or the map
  AttentionStop = 0x08,  // somebody asked to stop
  AttentionTime = 0x10,  // an event was scheduled that may be earlier than `end`
  AttentionJam = 0x20,   // the processor has jammed (JAM, STP)
  AttentionWait = 0x40,  // the processor waits for an interrupt (WAI)
};

struct Bus {
  std::uint8_t memory[65536 + 16] = {};  // the last 16 are never looked at for their values
  std::uint8_t watch[65536] = {};
  /// How often control may still come to an address by a jump before the driver wants to know.
  std::uint8_t heat[65536] = {};
  Map map = {};
  std::int64_t end = 0;  // the cycle at which `left` is 0
  std::uint8_t attention = 0;
  Cpu cpu;                  // at instruction boundaries outside of engines
  void* machine = nullptr;  // for the slow paths
};

}  // namespace inlay::m6502
