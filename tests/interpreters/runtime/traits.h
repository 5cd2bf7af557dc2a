// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Small interpreters of one language, each written with one trait that interpreters have. C and C++.
#ifndef INLAY_TESTS_TRAITS_H
#define INLAY_TESTS_TRAITS_H

#include <stdint.h>

#include "inlay/annotate.h"

/* The same interpreters, enterable at each of their places. */
#ifdef TRAIT_ENTRIES
#undef inlay_context
#define inlay_context(pc) inlay_entry(pc)
#define context entry
#endif
#ifdef __cplusplus
#include <cstdint>
#endif

enum Op {
  OP_STOP,      // returns regs[a]
  OP_SET,       // regs[a] = imm
  OP_ADD,       // regs[a] += regs[b]
  OP_MULTIPLY,  // regs[a] *= regs[b]
  OP_LESS,      // regs[a] = regs[a] < regs[b]
  OP_JUMP,      // imm instructions further
  OP_JUMP_IF,   // the same, if regs[a] is not zero
  OP_PUSH,
  OP_POP,
  OP_HOST,    // regs[a] = trait_host(vm, imm, regs[a])
  OP_GO,      // to the instruction regs[a], modulo their number
  OP_GUARD,   // where an exception goes on from now on: imm instructions further; 0: nowhere
  OP_EXPECT,  // regs[a] is expected to be imm, and doubled
  OP_SWITCH,  // regs[a] is promoted: regs[b] += regs[a] times a constant
  OP_YIELD,   // returns regs[a], to go on behind it at the next call
  OP_CALL,    // a guest function, imm instructions further, until OP_STOP
  OP_COUNT
};

enum { TRAIT_OUT_OF_FUEL = -1000, TRAIT_STACK = 8 };

struct Insn {
  uint8_t op, a, b;
  int32_t imm;
};

struct Vm {
  int64_t regs[4];
  int64_t stack[TRAIT_STACK];
  uint32_t sp;  // modulo TRAIT_STACK
  int32_t fuel;
  uint32_t size;  // of the program
  uint32_t depth;
  // Where some keep the place: relative to what they were given, so that it can be compared.
  const struct Insn* pc;
  uint64_t at;
  const struct Insn* other;  // of some, the code of guest functions
  // A stack on the heap.
  int64_t* heap;
  uint64_t heap_size, heap_capacity;
};

#ifdef __cplusplus
extern "C" {
#endif
/* Of the host. They look at the state, change it, throw, jump. */
int64_t trait_host(struct Vm* vm, int what, int64_t value);
void trait_note(const char* what, int64_t value);

int64_t c_plain(const struct Insn* code, struct Vm* vm);
int64_t c_labels(const struct Insn* code, struct Vm* vm);
int64_t c_heap_state(const struct Insn* code, struct Vm* vm);
int64_t c_growing(const struct Insn* code, struct Vm* vm);
#ifdef __cplusplus
}
#endif

/* Cases that all have. REGS[i]; the stack is the variant's. */
#define TRAIT_OPERATIONS                                                                                  \
  case OP_SET:                                                                                            \
    vm->regs[insn->a & 3] = insn->imm;                                                                    \
    break;                                                                                                \
  case OP_ADD:                                                                                            \
    vm->regs[insn->a & 3] = (int64_t)((uint64_t)vm->regs[insn->a & 3] + (uint64_t)vm->regs[insn->b & 3]); \
    break;                                                                                                \
  case OP_MULTIPLY:                                                                                       \
    vm->regs[insn->a & 3] = (int64_t)((uint64_t)vm->regs[insn->a & 3] * (uint64_t)vm->regs[insn->b & 3]); \
    break;                                                                                                \
  case OP_LESS:                                                                                           \
    vm->regs[insn->a & 3] = vm->regs[insn->a & 3] < vm->regs[insn->b & 3];                                \
    break;
#define TRAIT_PUSH_POP                                         \
  case OP_PUSH:                                                \
    vm->stack[vm->sp++ % TRAIT_STACK] = vm->regs[insn->a & 3]; \
    break;                                                     \
  case OP_POP:                                                 \
    vm->regs[insn->a & 3] = vm->stack[--vm->sp % TRAIT_STACK]; \
    break;
#define TRAIT_HOST                                                            \
  case OP_HOST:                                                               \
    vm->regs[insn->a & 3] = trait_host(vm, insn->imm, vm->regs[insn->a & 3]); \
    break;
#define TRAIT_JUMPS(PC, BASE)                               \
  case OP_JUMP:                                             \
    PC += insn->imm;                                        \
    continue;                                               \
  case OP_JUMP_IF:                                          \
    if (vm->regs[insn->a & 3]) {                            \
      PC += insn->imm;                                      \
      continue;                                             \
    }                                                       \
    break;                                                  \
  case OP_GO:                                               \
    PC = BASE + (uint64_t)vm->regs[insn->a & 3] % vm->size; \
    continue;

/* A whole loop. PC: where it is, AT: the instruction there, BASE: the first place. */
#define TRAIT_LOOP(PC, AT, BASE, ...)                    \
  for (;;) {                                             \
    PC = inlay_context(PC);                              \
    if (--vm->fuel < 0) TRAIT_RETURN(TRAIT_OUT_OF_FUEL); \
    const struct Insn* insn = (AT);                      \
    switch (insn->op) {                                  \
      TRAIT_OPERATIONS                                   \
      TRAIT_JUMPS(PC, BASE)                              \
      __VA_ARGS__                                        \
      case OP_STOP:                                      \
        TRAIT_RETURN(vm->regs[insn->a & 3]);             \
      default:                                           \
        break;                                           \
    }                                                    \
    ++PC;                                                \
  }

#ifdef __cplusplus
namespace traits {

using Interpreter = std::int64_t(const Insn* code, Vm* vm);
Interpreter pc_in_struct, pc_in_new_object, pc_in_global, pc_in_hidden_global, pc_in_thread_local, with_statics;
Interpreter index_unsigned, index_int, index_size_t, index_in_struct, index_of_byte_steps;
Interpreter many_contexts, context_in_helper, context_in_noinline, context_in_template;
Interpreter throws_through, catches_inside, catches_everything, virtual_registers, virtual_catching, virtual_on_stack;
Interpreter virtual_by_table, virtual_by_variable, virtual_beside_memory, virtual_in_bulk, virtual_of_many_sizes;
Interpreter virtual_boxes, large_locals, nested_loops;
Interpreter vector_stack;
Interpreter handlers_by_table, handlers_by_switch_of_functions, tail_handlers;
Interpreter nested_known, nested_ping, nested_unknown, nested_object;
Interpreter expecting, promoting, expecting_in_locals;
Interpreter resumable, resumable_by_index;
Interpreter long_jumping;

/// Threaded code: each instruction with the function that does it.
struct Cell {
  const Cell* (*fn)(const Cell* pc, Vm* vm);
  Insn insn;
};
/// Ends with a Cell without a function.
std::int64_t call_threaded(const Cell* code, Vm* vm);
const Cell* (*threaded_handler(std::uint8_t op))(const Cell*, Vm*);

extern const Insn* global_pc;

/// Throws after it has changed the state.
[[noreturn]] void host_fails(Vm* vm, std::int64_t value);

}  // namespace traits
#endif

#endif
