// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operations of the program IR, as a table that programs can read.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace inlay::ir {

enum class Op : std::uint8_t {
  None,
#define INLAY_IR_OP(Name, text, slots, types, result, flags, meaning) Name,
#include "inlay/ir/ops.def"
};

/// What a word of an instruction holds. A letter for each in the table.
enum class Slot : char {
  Typed = 'T',        // a value of the instruction's type
  Pointer = 'P',      // a value: ptr
  Index = 'I',        // a value: i64
  Bool = 'b',         // a value: bool
  Truth = 'B',        // a value: bool; or a vector of bool, if the type is a vector of as many lanes
  Element = 'E',      // a value of the type of the vector's lanes
  Other = 'X',        // a value of a type of its own: never a plain number
  Code = 'C',         // a value: a function with ptr before the parameters of the closure
  ClosureOf = 'Y',    // a value: a closure of the instruction's type
  InterfaceOf = 'W',  // a value: an interface
  Returned = 'R',     // a value of the function's result type, which is the instruction's type
  Callee = 'F',       // a FunctionId, as a value: its signature is the instruction's type
  Number = 'n',       // a plain number
  Field = 'f',        // the number of a field of the struct
  Method = 'm',       // the number of a method of the interface before it
  Text = 's',         // a StringId
  Args = 'A',         // a list: how many, then values of the signature's parameter types
  Numbers = 'N',      // a list: how many, then plain numbers
  Target = 'J',       // a BlockId, then a list: how many, then values of the types of its parameters
  Cases = 'K',        // how many, then for each a constant of the instruction's type and a target as above
};

/// Which types an instruction may have, as bits.
enum TypeSet : std::uint32_t {
  TypesNothing = 0,  // none: the instruction has no type
  TypesBool = 1,
  TypesInt = 2,  // i8 to i64
  TypesFloat = 4,
  TypesPtr = 8,
  TypesFn = 16,
  TypesIntVector = 32,
  TypesFloatVector = 64,
  TypesBoolVector = 128,
  TypesSlice = 256,
  TypesInterface = 512,
  TypesClosure = 1024,
  TypesStruct = 2048,
  TypesArray = 4096,
  TypesByte = 8192,  // i8 alone
  TypesVectors = TypesIntVector | TypesFloatVector,
  TypesComparable = TypesBool | TypesInt | TypesFloat | TypesPtr | TypesFn | TypesVectors,
  /// What has a place in memory: all but vectors of bool.
  TypesLoadable = TypesComparable | TypesSlice | TypesInterface | TypesClosure,
  TypesInMemory = TypesLoadable | TypesStruct | TypesArray,
  TypesAnyValue = TypesLoadable | TypesBoolVector,
};

/// The type of what an instruction yields.
enum class Yields : std::uint8_t {
  Nothing,
  Same,      // the instruction's type
  Truth,     // bool, or a vector of bool for a vector
  Element,   // of the vector
  Pointer,   // ptr
  Length,    // i64
  Returned,  // the result of the signature, if it has one
};

enum OpFlags : std::uint8_t {
  FlagNone = 0,
  FlagPure = 1,    // depends on its operands only; of no effect (but for a trap)
  FlagTraps = 2,   // may trap
  FlagReads = 4,   // reads memory
  FlagWrites = 8,  // writes memory
  FlagEnds = 16,   // ends its block
};

struct OpInfo {
  std::string_view text;
  std::string_view slots;
  std::uint32_t types;  // of TypeSet
  Yields yields;
  std::uint8_t flags;  // of OpFlags
  std::string_view meaning;
};

namespace detail {
// The names of the table, out of sight.
struct OpTable {
  enum : std::uint32_t {
    Nothing = TypesNothing,
    Bool = TypesBool,
    Int = TypesInt,
    Float = TypesFloat,
    Ptr = TypesPtr,
    Fn = TypesFn,
    IntVector = TypesIntVector,
    FloatVector = TypesFloatVector,
    BoolVector = TypesBoolVector,
    Slice = TypesSlice,
    Interface = TypesInterface,
    Closure = TypesClosure,
    Struct = TypesStruct,
    Array = TypesArray,
    Byte = TypesByte,
    Vectors = TypesVectors,
    Comparable = TypesComparable,
    Loadable = TypesLoadable,
    InMemory = TypesInMemory,
    AnyValue = TypesAnyValue,
  };
  struct Flags {
    enum : std::uint8_t { None = 0, Pure = 1, Traps = 2, Reads = 4, Writes = 8, Ends = 16 };
  };
  template <class T>
  static constexpr std::uint8_t flags(T value) {
    return static_cast<std::uint8_t>(value);
  }
};
struct OpTypes : OpTable {
#define INLAY_IR_OP(Name, text, slots, types, result, flags, meaning) \
  static constexpr std::uint32_t Name##Types = (types);
#include "inlay/ir/ops.def"
};
struct OpFlagValues : OpTable::Flags {
#define INLAY_IR_OP(Name, text, slots, types, result, flags, meaning) \
  static constexpr std::uint8_t Name##Flags = (flags);
#include "inlay/ir/ops.def"
};
}  // namespace detail

inline constexpr auto OpInfos = std::to_array<OpInfo>({
    {"", "", TypesNothing, Yields::Nothing, FlagNone, ""},
#define INLAY_IR_OP(Name, text, slots, types, result, flags, meaning) \
  {text, slots, detail::OpTypes::Name##Types, Yields::result, detail::OpFlagValues::Name##Flags, meaning},
#include "inlay/ir/ops.def"
});
inline constexpr std::uint32_t OpCount = OpInfos.size();  // Op::None included

inline constexpr const OpInfo& info(Op op) { return OpInfos[static_cast<std::size_t>(op)]; }
inline constexpr bool ends_block(Op op) { return (info(op).flags & FlagEnds) != 0; }

/// The operation that is written so; None if there is none.
Op op_named(std::string_view text);

}  // namespace inlay::ir
