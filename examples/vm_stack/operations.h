/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The bytes of the stack machine's instructions: an opcode, then its operands, low byte first. */
#ifndef VM_STACK_OPERATIONS_H
#define VM_STACK_OPERATIONS_H

typedef enum VmOpcode {
#define OPCODE(name, text, format) Vm##name,
#include "opcodes.def"
  VmOpcodeCount,
} VmOpcode;

/* The operands of an instruction, and in brackets what they are behind `wide`, where that is possible.
 * Jumps count from the first byte of their instruction, which is the prefix where there is one. */
typedef enum VmFormat {
  VmFormatNone,
  VmFormatPrefix,
  VmFormatByte,           /* i8 */
  VmFormatShort,          /* i16 */
  VmFormatWord,           /* i64, or a double */
  VmFormatLocal,          /* u8 [u16] */
  VmFormatTwoLocals,      /* u8 u8 */
  VmFormatLocalImmediate, /* u8 i8 [u16 i16] */
  VmFormatTarget,         /* i16 [i32] */
  VmFormatLocalTarget,    /* u8 i16 [u16 i32] */
  VmFormatFunction,       /* u16 */
  VmFormatDisplacement,   /* u16 */
  VmFormatTable,          /* u8 = n, n times i16 */
} VmFormat;

#endif /* VM_STACK_OPERATIONS_H */
