// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the verifier asks of an operation for each instruction: the table of operations in few bytes, so that most
// instructions are checked without a look at the letters of their operands.
#pragma once

#include <array>
#include <cstdint>

#include "inlay/ir/walk.h"

namespace inlay::ir {

/// The type that a word of an instruction is to be of.
enum class Wanted : std::uint8_t {
  Nothing = 0,  // no value
  Bool = ir::Bool.value,
  I64 = ir::I64.value,
  Ptr = ir::Ptr.value,
  Typed = 255,  // the type of the instruction
};

/// Of what is yielded, as Wanted; or one of these.
inline constexpr std::uint8_t YieldsTruth = 254, YieldsOther = 253;

constexpr TypeId wanted_type(Wanted wanted, TypeId typed) {
  return wanted == Wanted::Typed ? typed : TypeId{static_cast<std::uint32_t>(wanted)};
}

struct alignas(16) Operation {
  std::uint32_t types = 0;  // of TypeSet
  std::uint8_t yields = 0;
  std::uint8_t flags = 0;  // of OpFlags
  bool plain = false;      // its words are these values, and there is nothing else to know of it
  Wanted a = Wanted::Nothing, b = Wanted::Nothing;
};

constexpr std::uint8_t yields_of(Yields yields) {
  switch (yields) {
    case Yields::Nothing:
      return Void.value;
    case Yields::Same:
      return static_cast<std::uint8_t>(Wanted::Typed);
    case Yields::Pointer:
      return Ptr.value;
    case Yields::Length:
      return I64.value;
    case Yields::Truth:
      return YieldsTruth;
    case Yields::Element:
    case Yields::Returned:
      return YieldsOther;
  }
  return YieldsOther;
}

inline constexpr auto Operations = [] {
  std::array<Operation, OpCount> table{};
  for (std::size_t op = 1; op < OpCount; ++op) {
    const OpInfo& info = OpInfos[op];
    Operation& out = table[op];
    out = {info.types, yields_of(info.yields), info.flags, fits_inline(info.slots)};
    for (std::size_t i = 0; i < info.slots.size() && i < 2; ++i) {
      Wanted& wanted = i == 0 ? out.a : out.b;
      switch (static_cast<Slot>(info.slots[i])) {
        case Slot::Typed:
        case Slot::Returned:  // where the type is that of the function's result
          wanted = Wanted::Typed;
          break;
        case Slot::Pointer:
          wanted = Wanted::Ptr;
          break;
        case Slot::Index:
          wanted = Wanted::I64;
          break;
        case Slot::Bool:
          wanted = Wanted::Bool;
          break;
        default:
          out.plain = false;
      }
    }
  }
  table[static_cast<std::size_t>(Op::ReturnVoid)].plain = false;  // whether the function has a result is looked at
  table[static_cast<std::size_t>(Op::Param)].plain = true;        // its number was looked at when the block was
  return table;
}();

}  // namespace inlay::ir
