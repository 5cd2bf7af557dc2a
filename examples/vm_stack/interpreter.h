/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A stack machine: programs of bytes, an operand stack that also holds the locals of each call, a stack of frames, and
 * a data memory. All that a program can do wrong ends in a status and the place of the instruction. */
#ifndef VM_STACK_INTERPRETER_H
#define VM_STACK_INTERPRETER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  VmPadding = 16,     /* bytes of zero behind a program's code: operands may be read, and `end` is met, there */
  VmStackSize = 8192, /* values */
  VmMaxFrames = 1024,
};

/* A guest function. Its arguments are on the stack when it is called, and become its first locals. */
typedef struct VmFunction {
  uint32_t entry; /* its first byte in the code */
  uint16_t arguments;
  uint16_t locals; /* more of them, which begin as zero */
} VmFunction;

/* What does not change while a program runs. */
typedef struct VmProgram {
  const uint8_t* code; /* code_size bytes, and VmPadding zeros */
  uint64_t code_size;
  const VmFunction* functions; /* the first one is where a program starts */
  uint64_t function_count;
  uint8_t metered; /* jumps backward and calls cost fuel */
} VmProgram;

typedef enum VmStatus {
  VmReturned,
  VmHalted,
  /* Faults, of the instruction at Vm.at. */
  VmBadOpcode,
  VmBadFunction,
  VmBadJump,
  VmBadLocal,
  VmBadAddress,
  VmPastEnd,
  VmDivisionByZero,
  VmUnderflow,
  VmOverflow,
  VmTooDeep,
  VmOutOfFuel,
  VmStatusCount,
} VmStatus;

/* What a call comes back to. */
typedef struct VmFrame {
  const uint8_t* pc;
  int64_t* locals;
  int64_t* floor;
} VmFrame;

/* A machine. All up to `memory` is its own. */
typedef struct Vm {
  int64_t* sp;     /* where the next value goes */
  int64_t* locals; /* of the function that runs */
  int64_t* floor;  /* behind those: its operands begin here */
  VmFrame* frame;  /* where the next call goes */
  uint64_t fuel;   /* jumps backward and calls that are left to a metered program */
  int64_t result;  /* of the last function that returned, or of `halt` */
  uint64_t at;     /* the instruction that the program ended with */
  int64_t stack[VmStackSize];
  VmFrame frames[VmMaxFrames];
  uint8_t* memory;
  uint64_t memory_size;
  void (*write)(void* sink, const char* text, size_t length);
  void* sink;
} Vm;

/* Makes a machine without memory, with an empty stack, and with fuel that lasts. */
void vm_init(Vm* vm, void (*write)(void* sink, const char* text, size_t length), void* sink);

/* Puts an argument for the program's first function on the stack, if there is room. */
void vm_push(Vm* vm, int64_t value);

/* Calls the program's first function and runs it to its end. */
VmStatus vm_interpret(const VmProgram* program, Vm* vm);

const char* vm_status_text(VmStatus status);

#ifdef __cplusplus
}
#endif

#endif /* VM_STACK_INTERPRETER_H */
