// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instructions: an operation and an addressing mode, put together as the lists of opcodes say.
#pragma once

#include <string_view>
#include <type_traits>

#include "core/specials.h"

namespace inlay::m6502 {

/// How an instruction accesses memory.
enum class Kind {
  Read,
  Arithmetic,  // reads; looks at D
  Write,
  Modify,
  ArithmeticModify,
  Accumulator,  // modifies A
  Register,
  Branch,
  Special,  // as nothing else does
};

template <Variant V, Mode M, void (*Operation)(Cpu&, std::uint8_t)>
M6502_INLINE void run_read(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  const Place place = place_of<V, M, Carry::IfNeeded>(cpu, bus, map, code);
  if (refused(cpu, code)) return;
  Operation(cpu, load<M>(cpu, bus, map, place, code));
  next(cpu, length_of(M));
}

template <Variant V, Mode M, void (*Operation)(Cpu&, std::uint8_t, Code)>
M6502_INLINE void run_arithmetic(Cpu& cpu, Bus& bus, const Map& map, Code code, std::uint8_t immediate_again) {
  const Place place = place_of<V, M, Carry::IfNeeded>(cpu, bus, map, code);
  if (refused(cpu, code)) return;
  Operation(cpu, load<M>(cpu, bus, map, place, code), code);
  if constexpr (V == Variant::Cmos) {
    if (!(code & (CodeQuick | CodeBinary)) && cpu.d) {  // one cycle more; with a constant it reads somewhere in page 0
      if constexpr (M == Mode::IMM)
        touch_plain(cpu, bus, immediate_again, code);
      else
        load_again<M>(cpu, bus, map, place, code);
    }
  }
  next(cpu, length_of(M));
}

template <Variant V, Mode M, std::uint8_t (*Operation)(const Cpu&)>
M6502_INLINE void run_write(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  const Place place = place_of<V, M, Carry::Always>(cpu, bus, map, code);
  if (refused(cpu, code)) return;
  store<M>(cpu, bus, map, place, Operation(cpu), code);
  next(cpu, length_of(M));
}

/// NMOS processors write what they have read before they write the result; the 65C02 reads twice.
template <Variant V, Mode M, Carry When>
M6502_INLINE std::uint8_t load_to_modify(Cpu& cpu, Bus& bus, const Map& map, Place& place, Code code) {
  place = place_of<V, M, When>(cpu, bus, map, code);
  if (refused(cpu, code)) return 0;
  const std::uint8_t value = load<M>(cpu, bus, map, place, code);
  if (refused(cpu, code)) return 0;
  if constexpr (V == Variant::Cmos)
    load_again<M>(cpu, bus, map, place, code);
  else
    store<M>(cpu, bus, map, place, value, code);
  return value;
}

template <Variant V, Mode M, std::uint8_t (*Operation)(Cpu&, std::uint8_t), Carry When>
M6502_INLINE void run_modify(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  Place place;
  const std::uint8_t value = load_to_modify<V, M, When>(cpu, bus, map, place, code);
  if (refused(cpu, code)) return;
  store<M>(cpu, bus, map, place, Operation(cpu, value), code);
  next(cpu, length_of(M));
}

template <Variant V, Mode M, std::uint8_t (*Operation)(Cpu&, std::uint8_t, Code)>
M6502_INLINE void run_arithmetic_modify(Cpu& cpu, Bus& bus, const Map& map, Code code) {
  Place place;
  const std::uint8_t value = load_to_modify<V, M, Carry::Always>(cpu, bus, map, place, code);
  if (refused(cpu, code)) return;
  const std::uint8_t result = Operation(cpu, value, code);
  if (refused(cpu, code)) return;
  store<M>(cpu, bus, map, place, result, code);
  next(cpu, length_of(M));
}

template <std::uint8_t (*Operation)(Cpu&, std::uint8_t)>
M6502_INLINE void run_accumulator(Cpu& cpu, Bus& bus, Code code) {
  touch_next(cpu, bus, code);
  cpu.a = Operation(cpu, cpu.a);
  next(cpu, 1);
}

template <void (*Operation)(Cpu&)>
M6502_INLINE void run_register(Cpu& cpu, Bus& bus, Code code) {
  touch_next(cpu, bus, code);
  Operation(cpu);
  next(cpu, 1);
}

template <bool (*Condition)(const Cpu&)>
M6502_INLINE void run_branch(Cpu& cpu, Bus& bus, Code code) {
  const std::uint8_t offset = fetch_low(cpu, bus, code);
  if (Condition(cpu))
    take_branch(cpu, bus, offset, code);
  else
    next(cpu, 2);
}

/// 65C02: shifts at $1234,X take the cycle for the carry only when there is one.
template <Variant V>
constexpr Carry carry_of(std::string_view name, Mode mode) {
  const bool shift = name == "ASL" || name == "LSR" || name == "ROL" || name == "ROR";
  return V == Variant::Cmos && shift && mode == Mode::ABX ? Carry::IfNeeded : Carry::Always;
}

// Each opcode of each variant: what it is called, and `run`, which is it.
template <Variant V, int Byte>
struct NmosInstruction;
template <Variant V, int Byte>
struct CmosInstruction;
template <Variant V, int Byte>
using Instruction = std::conditional_t<V == Variant::Cmos, CmosInstruction<V, Byte>, NmosInstruction<V, Byte>>;

#define M6502_RUN_Read(NAME, MODE) run_read<V, Mode::MODE, read_##NAME>(cpu, bus, map, code)
#define M6502_RUN_Arithmetic(NAME, MODE)                                   \
  run_arithmetic<V, Mode::MODE, arithmetic_##NAME<V>>(cpu, bus, map, code, \
                                                      std::string_view(#NAME) == "ADC" ? 0x7F : 0xB8)
#define M6502_RUN_Write(NAME, MODE) run_write<V, Mode::MODE, write_##NAME>(cpu, bus, map, code)
#define M6502_RUN_Modify(NAME, MODE) \
  run_modify<V, Mode::MODE, modify_##NAME, carry_of<V>(#NAME, Mode::MODE)>(cpu, bus, map, code)
#define M6502_RUN_ArithmeticModify(NAME, MODE) \
  run_arithmetic_modify<V, Mode::MODE, arithmetic_modify_##NAME<V>>(cpu, bus, map, code)
#define M6502_RUN_Accumulator(NAME, MODE) run_accumulator<modify_##NAME>(cpu, bus, code)
#define M6502_RUN_Register(NAME, MODE) run_register<register_##NAME>(cpu, bus, code)
#define M6502_RUN_Branch(NAME, MODE) run_branch<branch_##NAME>(cpu, bus, code)
#define M6502_RUN_Special(NAME, MODE) special_##NAME<V, Mode::MODE>(cpu, bus, map, code)

// The first cycle is the opcode's fetch, which is the driver's access.
#define M6502_INSTRUCTION(STRUCT, BYTE, NAME, MODE, KIND)                                          \
  template <Variant V>                                                                             \
  struct STRUCT<V, 0x##BYTE> {                                                                     \
    static constexpr std::string_view name = #NAME;                                                \
    static constexpr Mode mode = Mode::MODE;                                                       \
    static constexpr Kind kind = Kind::KIND;                                                       \
    M6502_INLINE static void run(Cpu& cpu, Bus& bus, [[maybe_unused]] const Map& map, Code code) { \
      --cpu.left;                                                                                  \
      M6502_RUN_##KIND(NAME, MODE);                                                                \
    }                                                                                              \
  };

#define M6502_OPCODE(BYTE, NAME, MODE, KIND) M6502_INSTRUCTION(NmosInstruction, BYTE, NAME, MODE, KIND)
#include "core/opcodes_nmos.def"
#undef M6502_OPCODE
#define M6502_OPCODE(BYTE, NAME, MODE, KIND) M6502_INSTRUCTION(CmosInstruction, BYTE, NAME, MODE, KIND)
#include "core/opcodes_cmos.def"
#undef M6502_OPCODE

}  // namespace inlay::m6502
