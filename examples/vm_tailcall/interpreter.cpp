// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Byte code: the opcode is an index into a table of handlers.
#include "interpreter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "convention.h"
#include "handlers.h"
#include "inlay/annotate.h"

namespace vm_tailcall {
namespace {

using Handler = Status VM_CONVENTION(const std::uint8_t* pc, std::int64_t a, double f, Vm* vm, const Code* code);

/// The longest instruction is a table, behind a prefix.
constexpr std::size_t Padding = 2 + 1 + 255 * sizeof(std::int16_t) + 1;

template <class T>
T read_as(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// Code as bytes; `Number` is what an immediate or a distance is stored as.
template <class Number>
struct Bytes {
  using Pc = const std::uint8_t*;
  using Code = vm_tailcall::Code;

  static std::uint8_t reg(Pc pc, int index) { return pc[1 + index]; }
  static std::int64_t immediate(Pc pc, int registers) { return read_as<Number>(pc + 1 + registers); }
  static std::int64_t word(Pc pc) { return read_as<std::int64_t>(pc + 1); }
  static std::uint32_t table_size(Pc pc) { return pc[1]; }

  static Pc next(Pc pc, int registers, Tail tail) {
    pc += 1 + registers;
    switch (tail) {
      case Tail::None:
        return pc;
      case Tail::Immediate:
      case Tail::Jump:
        return pc + sizeof(Number);
      case Tail::Word:
        return pc + sizeof(std::int64_t);
      case Tail::Table:
        return pc + 1 + *pc * sizeof(std::int16_t);
    }
    __builtin_unreachable();
  }

  static std::uint32_t offset(Pc pc, const Code* code) { return static_cast<std::uint32_t>(pc - code->bytes.data()); }
  static Pc at(std::uint32_t offset, const Code* code) { return code->bytes.data() + offset; }
  static Pc position_target(std::uint64_t position, const Code* code) {
    return position < code->size ? code->bytes.data() + position : nullptr;
  }
  static Pc jump_target(Pc pc, int registers, const Code* code) {
    return position_target(bits(offset(next(pc, registers, Tail::Jump), code) + immediate(pc, registers)), code);
  }
  static Pc table_target(Pc pc, std::uint32_t index, const Code* code) {
    const std::int64_t distance = read_as<std::int16_t>(pc + 2 + index * sizeof(std::int16_t));
    return position_target(bits(offset(next(pc, 0, Tail::Table), code) + distance), code);
  }

  static Handler* handler(Pc pc);
  /// An instruction begins with its prefix.
  static std::uint32_t position(Pc pc, const Code* code) { return offset(pc, code) - (sizeof(Number) == 1 ? 0 : 1); }
};
using Narrow = Bytes<std::int8_t>;
using Wide = Bytes<std::int16_t>;

VM_HANDLER(wide);

/// Zeros end the code; one inside of it is no operation either.
VM_HANDLER(opcode_zero) {
  if (Form::offset(pc, code) >= code->size) VM_STOP(PastEnd);
  VM_STOP(BadOpcode);
}

constexpr auto Handlers = [] {
  std::array<Handler*, 256> table;
  table.fill(bad_opcode<Narrow>);
  table[static_cast<std::uint8_t>(Op::PastEnd)] = opcode_zero<Narrow>;
#define VM_OPERATION(Enumerator, name, registers, tail) table[static_cast<std::uint8_t>(Op::Enumerator)] = name<Narrow>;
#include "operations.def"
  return table;
}();

/// Behind the prefix.
constexpr auto WideHandlers = [] {
  std::array<Handler*, 256> table;
  table.fill(bad_opcode<Wide>);
#define VM_OPERATION(Enumerator, name, registers, tail)          \
  if (Tail::tail == Tail::Immediate || Tail::tail == Tail::Jump) \
    table[static_cast<std::uint8_t>(Op::Enumerator)] = name<Wide>;
#include "operations.def"
  return table;
}();

VM_HANDLER(wide) {
  ++pc;
  [[clang::musttail]] return WideHandlers[*pc](pc, a, f, vm, code);
}

template <class Number>
Handler* Bytes<Number>::handler(Pc pc) {
  return Handlers[*pc];
}

}  // namespace

Code::Code(std::span<const std::uint8_t> code, bool metered)
    : bytes(code.size() + Padding), size(static_cast<std::uint32_t>(code.size())), metered(metered) {
  std::copy(code.begin(), code.end(), bytes.begin());
}

Status run(const Code& code, Vm& vm) {
  inlay::virtual_state(&vm, offsetof(Vm, memory));
  vm.calls = vm.pushed = 0;
  const std::uint8_t* pc = inlay::context(code.bytes.data());
  return Handlers[*pc](pc, vm.accumulator, vm.f_accumulator, &vm, &code);
}

const char* to_string(Status status) {
  switch (status) {
    case Status::Halted:
      return "halted";
    case Status::BadOpcode:
      return "bad opcode";
    case Status::BadJump:
      return "jump out of the code";
    case Status::PastEnd:
      return "ran past the end of the code";
    case Status::StackOverflow:
      return "stack overflow";
    case Status::StackUnderflow:
      return "stack underflow";
    case Status::BadAddress:
      return "address out of the memory";
    case Status::DivisionByZero:
      return "division by zero";
    case Status::OutOfFuel:
      return "out of fuel";
  }
  return "unknown status";
}

}  // namespace vm_tailcall
