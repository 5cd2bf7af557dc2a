// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How what programs and C share lies in memory.
#pragma once

#include <cstdint>

namespace inlay::ir {

/// Pairs, as in C: passed and returned as two words.
struct SliceLayout {
  void* data;
  std::int64_t length;
};
struct InterfaceLayout {
  void* object;
  void* const* table;  // of functions that take the object first
};
struct ClosureLayout {
  void* function;  // takes `carried` first
  void* carried;
};

/// What `typeof(T)` points to.
struct TypeRecord {
  std::uint64_t hash;  // of what the type says; the same in every program
  std::int64_t size;
  std::int64_t alignment;
  const char* name;  // as in the text form, ends with 0
};

/// What a program says of a function of its own, for messages: what a trap and a walk of the stack tell.
struct FunctionRecord {
  const char* name;
  const char* file;    // empty if unknown
  std::uint32_t line;  // where it begins; 0 if unknown
  std::uint32_t reserved;
};

/// Why a program cannot go on. INLAY_IR_TRAP(Name, text): `{}` are the numbers that go with it.
#define INLAY_IR_TRAPS(INLAY_IR_TRAP)                              \
  INLAY_IR_TRAP(Message, "")                                       \
  INLAY_IR_TRAP(Index, "index {} is out of bounds of length {}")   \
  INLAY_IR_TRAP(Range, "range {} to {} does not lie in the slice") \
  INLAY_IR_TRAP(Null, "null pointer")                              \
  INLAY_IR_TRAP(DivisionByZero, "division by zero")                \
  INLAY_IR_TRAP(Overflow, "the result does not fit")

enum class TrapKind : std::uint32_t {
#define INLAY_IR_TRAP(Name, text) Name,
  INLAY_IR_TRAPS(INLAY_IR_TRAP)
#undef INLAY_IR_TRAP
};

/// A place where compiled code may trap: what it hands to `void inlay_trap(const TrapSite*, int64_t, int64_t)`, with
/// the numbers that go with the kind, or 0. Lines are counted from the function's, so that code stays the same when its
/// function moves in the file; those of other files are not.
struct TrapSite {
  const FunctionRecord* function;
  const char* message;  // of TrapKind::Message
  TrapKind kind;
  std::int32_t line;  // from FunctionRecord::line on, or of `file`
  const char* file;   // null: the function's; empty: the place is unknown
};

}  // namespace inlay::ir
