// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What each operation does: one function each, which ends with a tail call of the next. The accumulators and the
// program counter live in its arguments. `Form` says how code is read: bytes (interpreter.cpp) or cells (threaded.cpp).
//
// A Form has: Pc and Code; for the instruction at pc reg, immediate, word; next; the targets of jumps, null where they
// lead out of the code; handler(pc), and position(pc, code) for messages.
#pragma once

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "convention.h"
#include "inlay/annotate.h"
#include "interpreter.h"

namespace vm_tailcall {
namespace {

#define VM_ARGUMENTS typename Form::Pc pc, std::int64_t a, double f, Vm *vm, const typename Form::Code *code
#define VM_HANDLER(name) \
  template <class Form>  \
  VM_CONVENTION Status name(VM_ARGUMENTS)

/// Goes on at `target`: the one dispatch of this interpreter, copied into each handler.
#define VM_DISPATCH(target)                                           \
  do {                                                                \
    pc = inlay::context(target);                                      \
    [[clang::musttail]] return Form::handler(pc)(pc, a, f, vm, code); \
  } while (false)
#define VM_NEXT(registers, tail) VM_DISPATCH(Form::next(pc, registers, Tail::tail))
#define VM_STOP(status) return stop<Form>(Status::status, pc, a, f, vm, code)

/// Jumps backward and calls cost fuel, so that there is no way around a check in an endless loop.
#define VM_PAY()                                              \
  do {                                                        \
    if (code->metered && vm->fuel-- <= 0) VM_STOP(OutOfFuel); \
  } while (false)
#define VM_JUMP(target)                    \
  do {                                     \
    const typename Form::Pc to = (target); \
    if (to == nullptr) VM_STOP(BadJump);   \
    if (to > pc) VM_DISPATCH(to);          \
    VM_PAY();                              \
    VM_DISPATCH(inlay::entry(to));         \
  } while (false)
#define VM_JUMP_IF(condition, registers)                            \
  do {                                                              \
    if (condition) VM_JUMP(Form::jump_target(pc, registers, code)); \
    VM_NEXT(registers, Jump);                                       \
  } while (false)
#define VM_CALL(target, tail)                                                     \
  do {                                                                            \
    const typename Form::Pc to = (target);                                        \
    if (to == nullptr) VM_STOP(BadJump);                                          \
    if (vm->calls == Vm::MaxCalls) VM_STOP(StackOverflow);                        \
    VM_PAY();                                                                     \
    vm->returns[vm->calls++] = Form::offset(Form::next(pc, 0, Tail::tail), code); \
    VM_DISPATCH(inlay::entry(to));                                                \
  } while (false)

template <class Form>
Status stop(Status status, typename Form::Pc pc, std::int64_t a, double f, Vm* vm, const typename Form::Code* code) {
  vm->accumulator = a;
  vm->f_accumulator = f;
  vm->position = Form::position(pc, code);
  return status;
}

std::int64_t wrap(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }
double number(std::int64_t value) { return std::bit_cast<double>(value); }

std::int64_t truncate(double value) {
  if (value >= 0x1p63) return INT64_MAX;
  if (value <= -0x1p63) return INT64_MIN;
  return value == value ? static_cast<std::int64_t>(value) : 0;
}

INLAY_NOINLINE void print_integer(Output* output, std::int64_t value) { output->text += std::to_string(value) + '\n'; }

INLAY_NOINLINE void print_double(Output* output, double value) {
  if (std::isnan(value)) value = std::fabs(value);  // the sign of what is no number says nothing
  char text[32];
  const std::to_chars_result result = std::to_chars(text, text + sizeof text, value);
  output->text.append(text, result.ptr).push_back('\n');
}

VM_HANDLER(bad_opcode) { VM_STOP(BadOpcode); }
VM_HANDLER(past_end) { VM_STOP(PastEnd); }
VM_HANDLER(halt) { VM_STOP(Halted); }

// Moving values.

VM_HANDLER(constant) {
  a = Form::word(pc);
  VM_NEXT(0, Word);
}
VM_HANDLER(immediate) {
  a = Form::immediate(pc, 0);
  VM_NEXT(0, Immediate);
}
VM_HANDLER(load) {
  a = vm->registers[Form::reg(pc, 0)];
  VM_NEXT(1, None);
}
VM_HANDLER(store) {
  vm->registers[Form::reg(pc, 0)] = a;
  VM_NEXT(1, None);
}
VM_HANDLER(move) {
  vm->registers[Form::reg(pc, 0)] = vm->registers[Form::reg(pc, 1)];
  VM_NEXT(2, None);
}

// Integers. They wrap, so they are computed without a sign.

#define VM_BINARY(name, expression)                         \
  VM_HANDLER(name) {                                        \
    const std::int64_t r = vm->registers[Form::reg(pc, 0)]; \
    a = wrap(expression);                                   \
    VM_NEXT(1, None);                                       \
  }
VM_BINARY(add, bits(a) + bits(r))
VM_BINARY(subtract, bits(a) - bits(r))
VM_BINARY(multiply, bits(a) * bits(r))
VM_BINARY(bit_and, bits(a) & bits(r))
VM_BINARY(bit_or, bits(a) | bits(r))
VM_BINARY(bit_xor, bits(a) ^ bits(r))
VM_BINARY(shift_left, bits(a) << (r & 63))
VM_BINARY(shift_right, bits(a) >> (r & 63))
VM_BINARY(shift_arithmetic, bits(a >> (r & 63)))
#undef VM_BINARY

VM_HANDLER(divide) {
  const std::int64_t r = vm->registers[Form::reg(pc, 0)];
  if (r == 0) VM_STOP(DivisionByZero);
  a = r == -1 ? wrap(0 - bits(a)) : a / r;
  VM_NEXT(1, None);
}
VM_HANDLER(remainder) {
  const std::int64_t r = vm->registers[Form::reg(pc, 0)];
  if (r == 0) VM_STOP(DivisionByZero);
  a = r == -1 ? 0 : a % r;
  VM_NEXT(1, None);
}
VM_HANDLER(add_immediate) {
  a = wrap(bits(a) + bits(Form::immediate(pc, 0)));
  VM_NEXT(0, Immediate);
}
VM_HANDLER(multiply_immediate) {
  a = wrap(bits(a) * bits(Form::immediate(pc, 0)));
  VM_NEXT(0, Immediate);
}
VM_HANDLER(negate) {
  a = wrap(0 - bits(a));
  VM_NEXT(0, None);
}
VM_HANDLER(bit_not) {
  a = ~a;
  VM_NEXT(0, None);
}

// Doubles.

VM_HANDLER(f_constant) {
  f = number(Form::word(pc));
  VM_NEXT(0, Word);
}
VM_HANDLER(f_load) {
  f = number(vm->registers[Form::reg(pc, 0)]);
  VM_NEXT(1, None);
}
VM_HANDLER(f_store) {
  vm->registers[Form::reg(pc, 0)] = std::bit_cast<std::int64_t>(f);
  VM_NEXT(1, None);
}
VM_HANDLER(f_add) {
  f += number(vm->registers[Form::reg(pc, 0)]);
  VM_NEXT(1, None);
}
VM_HANDLER(f_subtract) {
  f -= number(vm->registers[Form::reg(pc, 0)]);
  VM_NEXT(1, None);
}
VM_HANDLER(f_multiply) {
  f *= number(vm->registers[Form::reg(pc, 0)]);
  VM_NEXT(1, None);
}
VM_HANDLER(f_divide) {
  f /= number(vm->registers[Form::reg(pc, 0)]);
  VM_NEXT(1, None);
}
VM_HANDLER(f_negate) {
  f = -f;
  VM_NEXT(0, None);
}
VM_HANDLER(f_absolute) {
  f = std::fabs(f);
  VM_NEXT(0, None);
}
VM_HANDLER(f_square_root) {
  f = std::sqrt(f);
  VM_NEXT(0, None);
}
VM_HANDLER(to_double) {
  f = static_cast<double>(a);
  VM_NEXT(0, None);
}
VM_HANDLER(to_integer) {
  a = truncate(f);
  VM_NEXT(0, None);
}

// Jumps. Most compare as well.

VM_HANDLER(jump) { VM_JUMP(Form::jump_target(pc, 0, code)); }
VM_HANDLER(jump_zero) { VM_JUMP_IF(a == 0, 0); }
VM_HANDLER(jump_not_zero) { VM_JUMP_IF(a != 0, 0); }
VM_HANDLER(jump_equal) { VM_JUMP_IF(a == vm->registers[Form::reg(pc, 0)], 1); }
VM_HANDLER(jump_not_equal) { VM_JUMP_IF(a != vm->registers[Form::reg(pc, 0)], 1); }
VM_HANDLER(jump_less) { VM_JUMP_IF(a < vm->registers[Form::reg(pc, 0)], 1); }
VM_HANDLER(jump_less_equal) { VM_JUMP_IF(a <= vm->registers[Form::reg(pc, 0)], 1); }
VM_HANDLER(jump_greater) { VM_JUMP_IF(a > vm->registers[Form::reg(pc, 0)], 1); }
VM_HANDLER(jump_greater_equal) { VM_JUMP_IF(a >= vm->registers[Form::reg(pc, 0)], 1); }
VM_HANDLER(f_jump_less) { VM_JUMP_IF(f < number(vm->registers[Form::reg(pc, 0)]), 1); }
VM_HANDLER(f_jump_less_equal) { VM_JUMP_IF(f <= number(vm->registers[Form::reg(pc, 0)]), 1); }
VM_HANDLER(f_jump_greater) { VM_JUMP_IF(f > number(vm->registers[Form::reg(pc, 0)]), 1); }
VM_HANDLER(f_jump_greater_equal) { VM_JUMP_IF(f >= number(vm->registers[Form::reg(pc, 0)]), 1); }
VM_HANDLER(repeat) {
  std::int64_t& left = vm->registers[Form::reg(pc, 0)];
  left = wrap(bits(left) - 1);
  VM_JUMP_IF(left != 0, 1);
}
VM_HANDLER(count) {
  std::int64_t& counter = vm->registers[Form::reg(pc, 0)];
  counter = wrap(bits(counter) + 1);
  VM_JUMP_IF(counter < vm->registers[Form::reg(pc, 1)], 2);
}
VM_HANDLER(jump_table) {
  if (bits(a) < Form::table_size(pc)) VM_JUMP(Form::table_target(pc, static_cast<std::uint32_t>(a), code));
  VM_NEXT(0, Table);
}
VM_HANDLER(jump_to) { VM_JUMP(Form::position_target(bits(a), code)); }

// Calls.

VM_HANDLER(call) { VM_CALL(Form::jump_target(pc, 0, code), Jump); }
VM_HANDLER(call_to) { VM_CALL(Form::position_target(bits(a), code), None); }
VM_HANDLER(ret) {
  if (vm->calls == 0) VM_STOP(StackUnderflow);
  VM_DISPATCH(Form::at(vm->returns[--vm->calls], code));
}

// The stack and the data memory.

VM_HANDLER(push) {
  if (vm->pushed == Vm::MaxPushed) VM_STOP(StackOverflow);
  vm->stack[vm->pushed++] = vm->registers[Form::reg(pc, 0)];
  VM_NEXT(1, None);
}
VM_HANDLER(pop) {
  if (vm->pushed == 0) VM_STOP(StackUnderflow);
  vm->registers[Form::reg(pc, 0)] = vm->stack[--vm->pushed];
  VM_NEXT(1, None);
}

#define VM_ADDRESS(name)                                                                           \
  const std::uint64_t name = bits(vm->registers[Form::reg(pc, 0)]) + bits(Form::immediate(pc, 1)); \
  if (name >= vm->memory_size) VM_STOP(BadAddress)
VM_HANDLER(read) {
  VM_ADDRESS(address);
  a = vm->memory[address];
  VM_NEXT(1, Immediate);
}
VM_HANDLER(write) {
  VM_ADDRESS(address);
  vm->memory[address] = a;
  VM_NEXT(1, Immediate);
}
VM_HANDLER(f_read) {
  VM_ADDRESS(address);
  f = number(vm->memory[address]);
  VM_NEXT(1, Immediate);
}
VM_HANDLER(f_write) {
  VM_ADDRESS(address);
  vm->memory[address] = std::bit_cast<std::int64_t>(f);
  VM_NEXT(1, Immediate);
}
#undef VM_ADDRESS

VM_HANDLER(print) {
  print_integer(vm->output, a);
  VM_NEXT(0, None);
}
VM_HANDLER(f_print) {
  print_double(vm->output, f);
  VM_NEXT(0, None);
}

}  // namespace
}  // namespace vm_tailcall
