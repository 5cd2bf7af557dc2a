// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The handlers of the fast interpreter, one per opcode: each builds a Cpu of its registers, which are parameters, runs
// the instruction, and goes on to the next one's handler by a jump. A Cpu's address never leaves a handler, so it never
// exists; what needs one (a device, a watched byte, decimal arithmetic) is refused by CodeQuick, and `slow` does it.
//
// V, D and I are in bus->cpu: instructions that set V seldom are followed by some that ask for it. `pc` may be 0x10000
// where memory ends: the byte there is 0x02, whose handler goes back to the driver. With 8 bits in a parameter the
// compiler clears the other ones whenever it indexes by them; with 64, and being told, it does not.
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include "core/describe.h"
#include "core/interpreter.h"
#include "core/tables.h"

namespace inlay::m6502 {

struct Handlers;
using Word = std::uint64_t;

// NOLINTBEGIN
#define M6502_STATE                                                                                                 \
  [[maybe_unused]] Bus *bus, [[maybe_unused]] const Handlers *handlers, Word pc, std::int64_t left, Word a, Word x, \
      Word y, Word s, Word n, Word z, Word c
#define M6502_REGISTERS pc, left, a, x, y, s, n, z, c
#define M6502_CALL bus, handlers, M6502_REGISTERS
#define M6502_HANDLER [[clang::preserve_none]]
// NOLINTEND
M6502_HANDLER Interpreted any_handler(M6502_STATE);  // for its type
using Handler = decltype(any_handler);

/// What an interpreter goes by: 256 handlers, and whose opcode functions do what these refuse.
struct Handlers {
  Handler* of[256];
  const Opcode* (*opcodes)();  // of one variant only, so that executables hold no others
  bool heat;
};

/// The registers that are parameters, into a Cpu, and out of it.
M6502_INLINE void put(Cpu& cpu, Word pc, std::int64_t left, Word a, Word x, Word y, Word s, Word n, Word z, Word c) {
  cpu.pc = static_cast<std::uint16_t>(pc);
  cpu.left = left;
  cpu.a = static_cast<std::uint8_t>(a);
  cpu.x = static_cast<std::uint8_t>(x);
  cpu.y = static_cast<std::uint8_t>(y);
  cpu.s = static_cast<std::uint8_t>(s);
  cpu.n = static_cast<std::uint8_t>(n);
  cpu.z = static_cast<std::uint8_t>(z);
  cpu.c = static_cast<std::uint8_t>(c);
}
M6502_INLINE void take(const Cpu& cpu, Word& pc, std::int64_t& left, Word& a, Word& x, Word& y, Word& s, Word& n,
                       Word& z, Word& c) {
  pc = cpu.pc;
  left = cpu.left;
  a = cpu.a;
  x = cpu.x;
  y = cpu.y;
  s = cpu.s;
  n = cpu.n;
  z = cpu.z;
  c = cpu.c;
}

template <Interpreted Why>
M6502_HANDLER [[gnu::noinline]] Interpreted come_back(M6502_STATE) {
  put(bus->cpu, M6502_REGISTERS);
  bus->cpu.leave = 0;
  return Why;
}

/// Whether control has come by what counts in bus.heat.
inline bool counts(const Opcode& opcode, Word from, Word to) {
  if (opcode.flags & OpcodeBranch) return to <= from;
  return opcode.flags & (OpcodeJump | OpcodeCall | OpcodeReturn);
}

/// Runs the instruction at pc by its opcode function; by none if some of it may lie in a device.
M6502_HANDLER [[gnu::noinline]] inline Interpreted slow(M6502_STATE) {
  const Opcode& opcode = handlers->opcodes()[bus->memory[pc]];
  if ((pc & 0xFF) + opcode.looks > 0x100 && (pc > 0x10000 - opcode.looks || bus->map.read[(pc >> 8) + 1] != ReadMemory))
      [[clang::musttail]]
    return come_back<Interpreted::Look>(M6502_CALL);
  Cpu& cpu = bus->cpu;
  put(cpu, M6502_REGISTERS);
  cpu.leave = 0;
  opcode.function(cpu, *bus, bus->map, CodePlain);
  if (cpu.leave) return Interpreted::Leave;
  if (cpu.left <= 0) return Interpreted::Time;
  if (handlers->heat && counts(opcode, pc, cpu.pc) && --bus->heat[cpu.pc] == 0) return Interpreted::Heat;
  take(cpu, M6502_REGISTERS);
  [[clang::musttail]] return handlers->of[bus->memory[pc]](M6502_CALL);
}

/// How a handler goes on.
enum class Onward { Next, Branch, Jump };

template <Variant V, int Byte>
constexpr Onward onward_of() {
  constexpr std::uint32_t Flags =
      describe_detail::flags_of(Instruction<V, Byte>::name, Instruction<V, Byte>::mode, Instruction<V, Byte>::kind);
  if (Flags & OpcodeBranch) return Onward::Branch;
  return Flags & (OpcodeJump | OpcodeCall | OpcodeReturn) ? Onward::Jump : Onward::Next;
}

/// The bytes from the opcode on that are fetched.
template <Variant V, int Byte>
constexpr int looks_of() {
  return describe<V, Byte>("", "", nullptr, 0).looks;
}

constexpr bool sets_overflow(std::string_view name, Kind kind) {
  return kind == Kind::Arithmetic || kind == Kind::ArithmeticModify || name == "BIT" || name == "CLV" ||
         name == "PLP" || name == "RTI";
}

template <Variant V, int Byte, bool Heat>
M6502_HANDLER Interpreted handler(M6502_STATE) {
  using I = Instruction<V, Byte>;
  constexpr int Length = length_of(I::mode), Looks = looks_of<V, Byte>();
  constexpr Onward How = onward_of<V, Byte>();
  constexpr bool SetsStatus = describe_detail::flags_of(I::name, I::mode, I::kind) & OpcodeSetsStatus;
  __builtin_assume(pc < 0x10000);
  __builtin_assume(a < 0x100);
  __builtin_assume(x < 0x100);
  __builtin_assume(y < 0x100);
  __builtin_assume(s < 0x100);
  __builtin_assume(n < 0x100);
  __builtin_assume(z < 0x100);
  __builtin_assume(c < 2);

  // Some of it may lie in a device, or behind the end of memory. To be left to `slow` by a jump that is not taken.
  if constexpr (Looks > 1)
    if ((pc & 0xFF) > 0x100 - Looks) [[unlikely]]
      [[clang::musttail]] return slow(M6502_CALL);
  Code code = CodePlain | CodeQuick | CodeKnowsLow | CodeKnowsHigh;
  if constexpr (Length == 2) {
    code |= bus->memory[pc + 1];
  } else if constexpr (Length == 3) {
    std::uint16_t operand;
    std::memcpy(&operand, bus->memory + pc + 1, sizeof operand);
    code |= operand;
  }
  Cpu cpu;
  put(cpu, M6502_REGISTERS);
  cpu.v = bus->cpu.v;
  cpu.d = bus->cpu.d;
  cpu.i = bus->cpu.i;
  I::run(cpu, *bus, bus->map, code);
  if (cpu.leave) [[unlikely]]
    [[clang::musttail]] return slow(M6502_CALL);
  if constexpr (sets_overflow(I::name, I::kind)) bus->cpu.v = cpu.v;
  if constexpr (SetsStatus) {
    bus->cpu.d = cpu.d;
    bus->cpu.i = cpu.i;
  }
  [[maybe_unused]] const Word from = pc;
  take(cpu, M6502_REGISTERS);
  if constexpr (How == Onward::Next) pc = from + Length;
  if (left <= 0) [[unlikely]]
    [[clang::musttail]] return come_back<Interpreted::Time>(M6502_CALL);
  if constexpr (Heat && How != Onward::Next) {
    if (How == Onward::Jump || pc <= from)
      if (--bus->heat[pc] == 0) [[unlikely]]
        [[clang::musttail]] return come_back<Interpreted::Heat>(M6502_CALL);
  }
  [[clang::musttail]] return handlers->of[bus->memory[pc]](M6502_CALL);
}

/// Handlers of instructions that do not jump are the same with heat and without; those that a program seldom runs, or
/// that stop it, are left to the opcode functions.
template <Variant V, int Byte, bool Heat>
constexpr Handler* handler_of() {
  using I = Instruction<V, Byte>;
  if (Byte == 0x02 || I::name == "JAM" || I::name == "BRK") return come_back<Interpreted::Look>;
  if (I::name == "CLI" || I::name == "WAI" || I::name == "STP" || I::name == "NOL" || I::name == "SHA" ||
      I::name == "SHX" || I::name == "SHY" || I::name == "TAS")
    return slow;
  constexpr bool Jumps = onward_of<V, Byte>() != Onward::Next;
  constexpr bool Same = V != Variant::Ricoh2A03 || I::kind == Kind::Arithmetic || I::kind == Kind::ArithmeticModify;
  return handler < Same ? V : Variant::Nmos, Byte, Heat && Jumps > ;
}

template <Variant V, bool Heat, std::size_t... Byte>
constexpr Handlers handlers_of(std::index_sequence<Byte...>) {
  return {{handler_of<V, static_cast<int>(Byte), Heat>()...},
          V == Variant::Cmos        ? cmos_opcodes
          : V == Variant::Ricoh2A03 ? ricoh_opcodes
                                    : nmos_opcodes,
          Heat};
}

}  // namespace inlay::m6502
