/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The interpreter of the stack machine: threaded by computed goto, guest calls inside of the loop. The registers of the
 * machine (pc, sp, ...) are locals here, and are stored where others can look: before output, and at the end. */
#include "interpreter.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inlay/annotate.h"
#include "operations.h"

static INLAY_NOINLINE void print(Vm* vm, int64_t value) {
  char text[32];
  vm->write(vm->sink, text, (size_t)snprintf(text, sizeof text, "%" PRId64 "\n", value));
}

static INLAY_NOINLINE void print_float(Vm* vm, double value) {
  char text[40];
  /* The sign of what is no number says nothing. */
  vm->write(vm->sink, text, (size_t)snprintf(text, sizeof text, "%.17g\n", isnan(value) ? fabs(value) : value));
}

static inline double to_double(int64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline int64_t to_bits(double value) {
  int64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline int64_t truncate_double(double value) {
  if (isnan(value)) return 0;
  if (value >= 0x1p63) return INT64_MAX;
  if (value < -0x1p63) return INT64_MIN;
  return (int64_t)value;
}

static inline int64_t read_i16(const uint8_t* p) { return (int16_t)(p[0] | p[1] << 8); }
static inline uint16_t read_u16(const uint8_t* p) { return (uint16_t)(p[0] | p[1] << 8); }
static inline int64_t read_i32(const uint8_t* p) {
  return (int32_t)((uint32_t)read_u16(p) | (uint32_t)read_u16(p + 2) << 16);
}
static inline int64_t read_i64(const uint8_t* p) {
  int64_t value;
  memcpy(&value, p, sizeof value);
  return value;
}

/* How many addresses there are at which so many bytes lie inside of the memory; from 0 on. */
static inline uint64_t places(uint64_t bytes, uint64_t memory_size) {
  return memory_size < bytes ? 0 : memory_size - bytes + 1;
}

void vm_init(Vm* vm, void (*write)(void* sink, const char* text, size_t length), void* sink) {
  memset(vm, 0, sizeof *vm);
  vm->sp = vm->locals = vm->floor = vm->stack;
  vm->frame = vm->frames;
  vm->fuel = UINT64_MAX;
  vm->write = write;
  vm->sink = sink;
}

void vm_push(Vm* vm, int64_t value) {
  if (vm->sp != vm->stack + VmStackSize) *vm->sp++ = value;
}

#define NEXT()              \
  do {                      \
    pc = inlay_context(pc); \
    at = pc;                \
    goto* labels[*pc++];    \
  } while (0)

#define FAIL(reason)   \
  do {                 \
    status = (reason); \
    goto stop;         \
  } while (0)

/* For a jump backward or a call. */
#define PAY()                               \
  do {                                      \
    if (program->metered) {                 \
      if (vm->fuel == 0) FAIL(VmOutOfFuel); \
      --vm->fuel;                           \
    }                                       \
  } while (0)

/* Operands that an instruction takes, and values that it adds to the stack. */
#define NEED(count) \
  if (sp - floor < (count)) FAIL(VmUnderflow)
#define ROOM(count) \
  if (limit - sp < (count)) FAIL(VmOverflow)

#define SAVE()                      \
  do {                              \
    vm->sp = sp;                    \
    vm->locals = locals;            \
    vm->floor = floor;              \
    vm->frame = frame;              \
    vm->at = (uint64_t)(at - code); \
  } while (0)

/* An instruction that makes one value of two. */
#define BINARY(name, expression)          \
  name: {                                 \
    NEED(2);                              \
    const int64_t a = sp[-2], b = sp[-1]; \
    --sp;                                 \
    sp[-1] = (expression);                \
    NEXT();                               \
  }
#define BINARY_FLOAT(name, expression)                         \
  name: {                                                      \
    NEED(2);                                                   \
    const double a = to_double(sp[-2]), b = to_double(sp[-1]); \
    --sp;                                                      \
    sp[-1] = (expression);                                     \
    NEXT();                                                    \
  }
#define UNARY(name, expression) \
  name: {                       \
    NEED(1);                    \
    const int64_t a = sp[-1];   \
    sp[-1] = (expression);      \
    NEXT();                     \
  }
#define JUMP_IF(name, condition)          \
  name: {                                 \
    NEED(2);                              \
    const int64_t a = sp[-2], b = sp[-1]; \
    sp -= 2;                              \
    offset = read_i16(pc);                \
    pc += 2;                              \
    if (condition) goto jump;             \
    NEXT();                               \
  }

VmStatus vm_interpret(const VmProgram* program, Vm* vm) {
  static const void* const labels[256] = {
#define OPCODE(name, text, format) [Vm##name] = &&name,
#include "opcodes.def"
      [VmOpcodeCount... 255] = &&bad_opcode,
  };
  inlay_virtual_state(vm, offsetof(Vm, memory));

  const uint8_t* const code = program->code;
  const uint8_t* pc = code;
  const uint8_t* at = code; /* the instruction that runs */
  int64_t* sp = vm->sp;
  int64_t* locals = vm->stack;
  int64_t* floor = vm->stack;
  int64_t* const limit = vm->stack + VmStackSize;
  VmFrame* frame = vm->frames;
  uint8_t* const memory = vm->memory;
  const uint64_t byte_places = places(1, vm->memory_size);
  const uint64_t word_places = places(8, vm->memory_size);
  VmStatus status = VmReturned;

  /* Operands of instructions that have a narrow and a wide form, or of several that continue together. */
  uint64_t index = 0;
  int64_t immediate = 0;
  int64_t offset = 0;
  uint64_t target = 0;
  uint64_t address = 0;

  /* Where the stack ends is a matter of the program, not of the machine that runs it. */
  if (program->function_count != 0) {
    const uint16_t arguments = program->functions[0].arguments;
    if (vm->sp - vm->stack != arguments) FAIL(VmUnderflow);
    sp = vm->stack + arguments;
  }
  goto call;

End:
  if (at < code + program->code_size) goto bad_opcode;
  FAIL(VmPastEnd);
Nop:
  NEXT();
Halt:
  NEED(1);
  vm->result = *--sp;
  FAIL(VmHalted);

Wide:
  switch (*pc++) {
    case VmLoadLocal:
      index = read_u16(pc);
      pc += 2;
      goto load_local;
    case VmStoreLocal:
      index = read_u16(pc);
      pc += 2;
      goto store_local;
    case VmTeeLocal:
      index = read_u16(pc);
      pc += 2;
      goto tee_local;
    case VmIncrement:
      index = read_u16(pc);
      immediate = read_i16(pc + 2);
      pc += 4;
      goto increment;
    case VmJump:
      offset = read_i32(pc);
      pc += 4;
      goto jump;
    case VmJumpZero:
      offset = read_i32(pc);
      pc += 4;
      goto jump_zero;
    case VmJumpNonzero:
      offset = read_i32(pc);
      pc += 4;
      goto jump_nonzero;
    case VmLoop:
      index = read_u16(pc);
      offset = read_i32(pc + 2);
      pc += 6;
      goto loop;
    default:
      goto bad_opcode;
  }

CallIndirect:
  NEED(1);
  index = (uint64_t)*--sp;
  goto spend_and_call;
Call:
  index = read_u16(pc);
  pc += 2;
spend_and_call:
  PAY();
call: {
  if (index >= program->function_count) FAIL(VmBadFunction);
  const VmFunction* const callee = &program->functions[index];
  if (callee->entry >= program->code_size) FAIL(VmBadFunction);
  if (frame == vm->frames + VmMaxFrames) FAIL(VmTooDeep);
  NEED(callee->arguments);
  ROOM(callee->locals);
  frame->pc = pc;
  frame->locals = locals;
  frame->floor = floor;
  ++frame;
  locals = sp - callee->arguments;
  memset(sp, 0, callee->locals * sizeof *sp);
  sp += callee->locals;
  floor = sp;
  pc = inlay_entry(code + callee->entry);
  NEXT();
}
Return:
  NEED(1);
  vm->result = sp[-1];
  sp = locals;
  *sp++ = vm->result;
  --frame;
  pc = frame->pc;
  locals = frame->locals;
  floor = frame->floor;
  if (frame == vm->frames) goto stop;
  pc = inlay_promote(pc);
  NEXT();

JumpIndirect:
  NEED(1);
  target = (uint64_t)*--sp;
  goto jump_to_target;
JumpTable: {
  NEED(1);
  const uint64_t entry = (uint64_t)*--sp;
  const uint8_t entries = *pc++;
  if (code + program->code_size - pc < 2 * entries) FAIL(VmPastEnd);
  if (entry < entries) {
    offset = read_i16(pc + 2 * entry);
    goto jump;
  }
  pc += 2 * entries;
  NEXT();
}
Jump:
  offset = read_i16(pc);
  pc += 2;
jump:
  target = (uint64_t)(at - code) + (uint64_t)offset;
jump_to_target:
  if (target >= program->code_size) FAIL(VmBadJump);
  pc = code + target;
  if (pc > at) NEXT();
  PAY();
  pc = inlay_entry(pc);
  NEXT();
JumpZero:
  offset = read_i16(pc);
  pc += 2;
jump_zero:
  NEED(1);
  if (*--sp == 0) goto jump;
  NEXT();
JumpNonzero:
  offset = read_i16(pc);
  pc += 2;
jump_nonzero:
  NEED(1);
  if (*--sp != 0) goto jump;
  NEXT();
  JUMP_IF(JumpEqual, a == b)
  JUMP_IF(JumpNotEqual, a != b)
  JUMP_IF(JumpLess, a < b)
  JUMP_IF(JumpLessEqual, a <= b)
Loop:
  index = *pc;
  offset = read_i16(pc + 1);
  pc += 3;
loop:
  if (index >= (uint64_t)(floor - locals)) FAIL(VmBadLocal);
  locals[index] = (int64_t)((uint64_t)locals[index] - 1);
  if (locals[index] != 0) goto jump;
  NEXT();

Push1:
  ROOM(1);
  *sp++ = (int8_t)*pc;
  pc += 1;
  NEXT();
Push2:
  ROOM(1);
  *sp++ = read_i16(pc);
  pc += 2;
  NEXT();
Push8:
  ROOM(1);
  *sp++ = read_i64(pc);
  pc += 8;
  NEXT();
Duplicate:
  NEED(1);
  ROOM(1);
  sp[0] = sp[-1];
  ++sp;
  NEXT();
Drop:
  NEED(1);
  --sp;
  NEXT();
Swap: {
  NEED(2);
  const int64_t top = sp[-1];
  sp[-1] = sp[-2];
  sp[-2] = top;
  NEXT();
}
Over:
  NEED(2);
  ROOM(1);
  sp[0] = sp[-2];
  ++sp;
  NEXT();
LoadLocal:
  index = *pc++;
load_local:
  if (index >= (uint64_t)(floor - locals)) FAIL(VmBadLocal);
  ROOM(1);
  *sp++ = locals[index];
  NEXT();
StoreLocal:
  index = *pc++;
store_local:
  if (index >= (uint64_t)(floor - locals)) FAIL(VmBadLocal);
  NEED(1);
  locals[index] = *--sp;
  NEXT();
TeeLocal:
  index = *pc++;
tee_local:
  if (index >= (uint64_t)(floor - locals)) FAIL(VmBadLocal);
  NEED(1);
  locals[index] = sp[-1];
  NEXT();
LoadTwo:
  if (pc[0] >= floor - locals || pc[1] >= floor - locals) FAIL(VmBadLocal);
  ROOM(2);
  sp[0] = locals[pc[0]];
  sp[1] = locals[pc[1]];
  sp += 2;
  pc += 2;
  NEXT();
Increment:
  index = pc[0];
  immediate = (int8_t)pc[1];
  pc += 2;
increment:
  if (index >= (uint64_t)(floor - locals)) FAIL(VmBadLocal);
  locals[index] = (int64_t)((uint64_t)locals[index] + (uint64_t)immediate);
  NEXT();

LoadByte:
  NEED(1);
  address = (uint64_t)sp[-1] + read_u16(pc);
  pc += 2;
  if (address >= byte_places) FAIL(VmBadAddress);
  sp[-1] = memory[address];
  NEXT();
StoreByte:
  NEED(2);
  address = (uint64_t)sp[-2] + read_u16(pc);
  pc += 2;
  if (address >= byte_places) FAIL(VmBadAddress);
  memory[address] = (uint8_t)sp[-1];
  sp -= 2;
  NEXT();
LoadWord:
  NEED(1);
  address = (uint64_t)sp[-1] + read_u16(pc);
  pc += 2;
  if (address >= word_places) FAIL(VmBadAddress);
  memcpy(&sp[-1], memory + address, 8);
  NEXT();
StoreWord:
  NEED(2);
  address = (uint64_t)sp[-2] + read_u16(pc);
  pc += 2;
  if (address >= word_places) FAIL(VmBadAddress);
  memcpy(memory + address, &sp[-1], 8);
  sp -= 2;
  NEXT();
Print:
  NEED(1);
  --sp;
  SAVE();
  print(vm, *sp);
  NEXT();
PrintFloat:
  NEED(1);
  --sp;
  SAVE();
  print_float(vm, to_double(*sp));
  NEXT();

  BINARY(Add, (int64_t)((uint64_t)a + (uint64_t)b))
  BINARY(Subtract, (int64_t)((uint64_t)a - (uint64_t)b))
  BINARY(Multiply, (int64_t)((uint64_t)a * (uint64_t)b))
  BINARY(And, a & b)
  BINARY(Or, a | b)
  BINARY(Xor, a ^ b)
  BINARY(ShiftLeft, (int64_t)((uint64_t)a << (b & 63)))
  BINARY(ShiftRight, (int64_t)((uint64_t)a >> (b & 63)))
  BINARY(ShiftRightSigned, a >> (b & 63))
  BINARY(Equal, a == b)
  BINARY(Less, a < b)
  BINARY(LessUnsigned, (uint64_t)a < (uint64_t)b)
  UNARY(Negate, (int64_t)(0 - (uint64_t)a))
  UNARY(Not, ~a)
AddImmediate:
  NEED(1);
  sp[-1] = (int64_t)((uint64_t)sp[-1] + (uint64_t)(int64_t)(int8_t)*pc);
  pc += 1;
  NEXT();
Divide:
  NEED(2);
  if (sp[-1] == 0) FAIL(VmDivisionByZero);
  --sp; /* the smallest number by -1 wraps around */
  sp[-1] = sp[0] == -1 ? (int64_t)(0 - (uint64_t)sp[-1]) : sp[-1] / sp[0];
  NEXT();
Remainder:
  NEED(2);
  if (sp[-1] == 0) FAIL(VmDivisionByZero);
  --sp;
  sp[-1] = sp[0] == -1 ? 0 : sp[-1] % sp[0];
  NEXT();

  BINARY_FLOAT(AddFloat, to_bits(a + b))
  BINARY_FLOAT(SubtractFloat, to_bits(a - b))
  BINARY_FLOAT(MultiplyFloat, to_bits(a * b))
  BINARY_FLOAT(DivideFloat, to_bits(a / b))
  BINARY_FLOAT(EqualFloat, a == b)
  BINARY_FLOAT(LessFloat, a < b)
  BINARY_FLOAT(LessEqualFloat, a <= b)
  UNARY(SquareRoot, to_bits(sqrt(to_double(a))))
  UNARY(NegateFloat, to_bits(-to_double(a)))
  UNARY(ToFloat, to_bits((double)a))
  UNARY(ToInteger, truncate_double(to_double(a)))

bad_opcode:
  status = VmBadOpcode;
stop:
  SAVE();
  return status;
}

const char* vm_status_text(VmStatus status) {
  switch (status) {
    case VmReturned:
      return "returned";
    case VmHalted:
      return "halted";
    case VmBadOpcode:
      return "no such instruction";
    case VmBadFunction:
      return "no such function";
    case VmBadJump:
      return "jump out of the code";
    case VmBadLocal:
      return "no such local";
    case VmBadAddress:
      return "address outside of the memory";
    case VmPastEnd:
      return "no instruction behind the last one";
    case VmDivisionByZero:
      return "division by zero";
    case VmUnderflow:
      return "nothing on the stack";
    case VmOverflow:
      return "no room on the stack";
    case VmTooDeep:
      return "calls nest too deep";
    case VmOutOfFuel:
      return "out of fuel";
    case VmStatusCount:
      break;
  }
  return "unknown status";
}
