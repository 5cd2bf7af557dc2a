// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>
#include <string.h>

#include "inlay/annotate.h"
#include "traits.h"

#define TRAIT_RETURN(x) return (x)

int64_t c_plain(const struct Insn* code, struct Vm* vm) {
  const struct Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST)
}

// A table of labels, each with a dispatch of its own.
int64_t c_labels(const struct Insn* code, struct Vm* vm) {
  static const void* const labels[OP_COUNT] = {&&stop, &&set,  &&add, &&multiply, &&less,  &&jump,  &&jump_if, &&push,
                                               &&pop,  &&host, &&go,  &&other,    &&other, &&other, &&other,   &&other};
  const struct Insn* insn = code;
#define NEXT                                      \
  do {                                            \
    insn = inlay_context(insn);                   \
    if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL; \
    goto* labels[insn->op];                       \
  } while (0)
  NEXT;
set:
  vm->regs[insn->a & 3] = insn->imm;
  ++insn;
  NEXT;
add:
  vm->regs[insn->a & 3] = (int64_t)((uint64_t)vm->regs[insn->a & 3] + (uint64_t)vm->regs[insn->b & 3]);
  ++insn;
  NEXT;
multiply:
  vm->regs[insn->a & 3] = (int64_t)((uint64_t)vm->regs[insn->a & 3] * (uint64_t)vm->regs[insn->b & 3]);
  ++insn;
  NEXT;
less:
  vm->regs[insn->a & 3] = vm->regs[insn->a & 3] < vm->regs[insn->b & 3];
  ++insn;
  NEXT;
jump:
  insn += insn->imm;
  NEXT;
jump_if:
  insn += vm->regs[insn->a & 3] ? insn->imm : 1;
  NEXT;
push:
  vm->stack[vm->sp++ % TRAIT_STACK] = vm->regs[insn->a & 3];
  ++insn;
  NEXT;
pop:
  vm->regs[insn->a & 3] = vm->stack[--vm->sp % TRAIT_STACK];
  ++insn;
  NEXT;
host:
  vm->regs[insn->a & 3] = trait_host(vm, insn->imm, vm->regs[insn->a & 3]);
  ++insn;
  NEXT;
go:
  insn = code + (uint64_t)vm->regs[insn->a & 3] % vm->size;
  NEXT;
other:
  ++insn;
  NEXT;
stop:
  return vm->regs[insn->a & 3];
#undef NEXT
}

// Everything in an object of malloc, which it frees.
struct Running {
  const struct Insn* pc;
  uint32_t sp;
  int64_t stack[TRAIT_STACK];
};

#undef TRAIT_RETURN
#define TRAIT_RETURN(x)                  \
  do {                                   \
    int64_t result_ = (x);               \
    vm->sp = run->sp;                    \
    vm->at = (uint64_t)(run->pc - code); \
    free(run);                           \
    return result_;                      \
  } while (0)

int64_t c_heap_state(const struct Insn* code, struct Vm* vm) {
  struct Running* run = malloc(sizeof *run);
  run->pc = code;
  run->sp = vm->sp;
  memcpy(run->stack, vm->stack, sizeof run->stack);
  TRAIT_LOOP(run->pc, run->pc, code,
             TRAIT_HOST case OP_PUSH : run->stack[run->sp++ % TRAIT_STACK] = vm->regs[insn->a & 3];
             break; case OP_POP : vm->regs[insn->a & 3] = run->stack[--run->sp % TRAIT_STACK]; break;)
}

#undef TRAIT_RETURN
#define TRAIT_RETURN(x) return (x)

// A stack that grows.
int64_t c_growing(const struct Insn* code, struct Vm* vm) {
  const struct Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_HOST case OP_PUSH : {
    if (vm->heap_size == vm->heap_capacity) {
      vm->heap_capacity = vm->heap_capacity ? 2 * vm->heap_capacity : 1;
      vm->heap = realloc(vm->heap, vm->heap_capacity * sizeof *vm->heap);
      if (!vm->heap) abort();
    }
    vm->heap[vm->heap_size++] = vm->regs[insn->a & 3];
    break;
  }
  case OP_POP:
    vm->regs[insn->a & 3] = vm->heap_size ? vm->heap[--vm->heap_size] : -7;
    break;)
}
