// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is compiled together: instructions that are reached from a hot place, as a graph.
//
// A node is an instruction in a context. The context says who called: a small subroutine has one for each place that
// calls it, so that its RTS is known to lead there, and what the caller knows is known within; others have one for all
// that call them, and their RTS leads to one of those places. A context is a guess, never a promise: RTS compares what
// it popped, and goes on elsewhere if that is something else. So any node at an address will do for going on there.
//
// Cycles are looked at where control comes back to: at the heads of loops, at the places behind a table of them, and
// every so often on the way. A check makes sure that all instructions up to the next check, or out of the region, begin
// before the time is up.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/access.h"
#include "inlay/m6502/bus.h"
#include "inlay/m6502/cpu.h"

namespace inlay::m6502 {

/// What was learned of a byte of the guest's.
enum ByteFact : std::uint8_t {
  ByteDynamic = 1,      // an operand that keeps changing: loaded when the instruction runs
  ByteInterpreted = 2,  // instructions that begin here are not compiled
};

/// What regions are made from.
struct Guest {
  Variant variant = Variant::Nmos;
  const std::uint8_t* memory = nullptr;  // 65536 bytes
  const Map* map = nullptr;
  const std::uint8_t* facts = nullptr;  // 65536 of ByteFact; null: nothing was learned
  bool decimal = false;                 // D is set
};

struct RegionLimits {
  int instructions = 800;     // copies counted
  int small_subroutine = 24;  // instructions, with those that it calls: copied to each call, if there is room
  int call_depth = 4;         // of copies within copies
  int between_checks = 300;   // cycles
  int entries = 64;
};

using NodeId = std::uint32_t;
inline constexpr NodeId NoNode = ~NodeId{0};

/// How control goes on behind an instruction.
enum class Flow : std::uint8_t {
  Next,
  Branch,    // to `taken` or `next`
  Jump,      // to `next`
  Call,      // to `next`, which is what is called
  Return,    // to where a return of the context leads, if it does; else to any place of the region, or out of it
  Anywhere,  // to any place of the region, or out of it
};

struct RegionNode {
  std::uint16_t pc = 0;
  std::uint8_t opcode = 0;
  std::uint8_t length = 1;
  Flow flow = Flow::Next;
  bool quick = false;         // needs nothing but memory, as far as its operand tells: may be refused, then
  bool may_leave = false;     // may set Cpu::leave
  bool check = false;         // of the cycles, before it
  bool sets_decimal = false;  // may change D
  Code code = 0;
  std::uint32_t context = 0;
  int cycles = 0;             // at most
  int bound = 0;              // of a check: so many cycles are needed
  NodeId next = NoNode;       // NoNode: out of the region
  NodeId taken = NoNode;      // of a branch
  std::uint16_t next_pc = 0;  // where these lead, also if out of the region
  std::uint16_t taken_pc = 0;
};

/// Where control goes on at an address.
struct RegionPlace {
  std::uint16_t pc = 0;
  NodeId node = NoNode;
};

struct RegionContext {
  std::uint16_t target = 0;          // of the call
  std::uint32_t parent = 0;          // of a copy: who calls
  int depth = 0;                     // of copies
  std::vector<RegionPlace> returns;  // empty for that of the entry
};

/// A byte that the region was made of.
struct RegionByte {
  std::uint16_t address = 0;
  std::uint8_t value = 0;
  bool operand = false;
};

struct Region {
  std::uint16_t entry = 0;
  std::vector<RegionNode> nodes;  // the entry's is the first
  std::vector<RegionContext> contexts;
  std::vector<RegionPlace> entries;  // places where it can be entered, with the entry first
  int entry_bound = 0;               // cycles that are needed there
  bool binary = false;               // D is clear where it is entered, and as long as it runs
  bool anywhere = false;             // a single instruction, at whatever pc it is entered
  std::vector<RegionByte> bytes;     // by address
  bool pages[256] = {};              // whose entry in the map matters
  bool reads_memory = false;         // no page may become a device for reads

  bool cut = false;  // there was more

  bool empty() const { return nodes.empty(); }
};

/// The region that begins at `pc`; empty if nothing there can be compiled. Reads nothing but what it is given.
Region find_region(const Guest& guest, std::uint16_t pc, const RegionLimits& limits = {});

/// A region of one instruction, wherever it stands, of which `code` is known; for tests.
Region single_instruction(Variant variant, std::uint8_t opcode, Code code);

}  // namespace inlay::m6502
