// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exceptions, and state that is seen from outside.
#include <csetjmp>
#include <cstddef>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <vector>

#include "inlay/annotate.h"
#include "traits.h"

namespace traits {

#define TRAIT_RETURN(x) return (x)

namespace {
struct Noted {
  const char* what;
  Vm* vm;
  ~Noted() { trait_note(what, vm->fuel); }
};
}  // namespace

std::int64_t throws_through(const Insn* code, Vm* vm) {
  Noted outer{"outer ends", vm};
  const Insn* pc = code;
  TRAIT_LOOP(
      pc, pc, code, TRAIT_PUSH_POP case OP_HOST : {
        Noted inner{"inner ends", vm};
        vm->regs[insn->a & 3] = trait_host(vm, insn->imm, vm->regs[insn->a & 3]);
        break;
      })
}

// The handler goes on at the place of the last OP_GUARD.
#define TRAIT_CATCHING_LOOP(EXCEPTION)                                                                      \
  for (;;) {                                                                                                \
    try {                                                                                                   \
      TRAIT_LOOP(                                                                                           \
          pc, pc, code, TRAIT_PUSH_POP case OP_GUARD : guard = insn->imm ? pc + insn->imm : nullptr; break; \
          case OP_HOST : {                                                                                  \
            Noted inner{"inner ends", vm};                                                                  \
            if (insn->imm == 4) host_fails(vm, vm->regs[insn->a & 3]);                                      \
            vm->regs[insn->a & 3] = trait_host(vm, insn->imm, vm->regs[insn->a & 3]);                       \
            break;                                                                                          \
          })                                                                                                \
    } catch (EXCEPTION) {                                                                                   \
      if (!guard) throw;                                                                                    \
      pc = guard;                                                                                           \
      guard = nullptr;                                                                                      \
    }                                                                                                       \
  }

std::int64_t catches_inside(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  const Insn* guard = nullptr;
  TRAIT_CATCHING_LOOP(const std::runtime_error& error)
}
std::int64_t catches_everything(const Insn* code, Vm* vm) {
  Noted outer{"outer ends", vm};
  const Insn* pc = code;
  const Insn* guard = nullptr;
  TRAIT_CATCHING_LOOP(...)
}

// ---- virtual state ----

std::int64_t virtual_registers(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, sizeof *vm);
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST)
}
std::int64_t virtual_catching(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, sizeof *vm);
  const Insn* pc = code;
  const Insn* guard = nullptr;
  TRAIT_CATCHING_LOOP(const std::runtime_error& error)
}
// A copy of the state in a variable of its own, which is told to the host.
std::int64_t virtual_on_stack(const Insn* code, Vm* out) {
  Vm own = *out;
  Vm* vm = &own;
  inlay::virtual_state(vm, sizeof own);
  const Insn* pc = code;
#undef TRAIT_RETURN
#define TRAIT_RETURN(x)        \
  do {                         \
    std::int64_t result = (x); \
    *out = own;                \
    return result;             \
  } while (0)
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST)
#undef TRAIT_RETURN
#define TRAIT_RETURN(x) return (x)
}

// Pointers to registers lie in a table of the function's own.
std::int64_t virtual_by_table(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, sizeof *vm);
  std::int64_t* const places[] = {&vm->regs[3], &vm->regs[0], &vm->regs[2], &vm->regs[1]};
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_HOST case OP_PUSH : *places[vm->regs[insn->b & 3] & 3] ^= insn->imm; break;
             case OP_POP : vm->regs[insn->a & 3] = *places[vm->regs[insn->b & 3] & 3]; break;)
}
// They lie in a variable that a function has filled.
INLAY_NOINLINE void lead_to(std::int64_t** place, std::int64_t* reg) { *place = reg; }
std::int64_t virtual_by_variable(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, sizeof *vm);
  std::int64_t* place = nullptr;
  lead_to(&place, &vm->regs[1]);
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, case OP_PUSH : * place ^= insn->imm; break; case OP_POP : place = &vm->regs[insn->b & 3];
             break;)
}
// The state ends before `heap`, which leads elsewhere; the place is in the state.
std::int64_t virtual_beside_memory(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, offsetof(Vm, heap));
  std::int64_t memory[TRAIT_STACK] = {};
  vm->heap = memory;
  vm->pc = code;
#undef TRAIT_RETURN
#define TRAIT_RETURN(x)        \
  do {                         \
    std::int64_t result = (x); \
    vm->heap = nullptr;        \
    return result;             \
  } while (0)
  TRAIT_LOOP(
      vm->pc, vm->pc, code,
      case OP_PUSH : vm->heap[static_cast<std::uint64_t>(vm->regs[insn->b & 3]) % TRAIT_STACK] ^= vm->regs[insn->a & 3];
      break;
      case OP_POP : vm->regs[insn->a & 3] = vm->heap[static_cast<std::uint64_t>(vm->regs[insn->b & 3]) % TRAIT_STACK];
      break;)
#undef TRAIT_RETURN
#define TRAIT_RETURN(x) return (x)
}
// Pieces of the state are copied and filled at once, registers in part.
std::int64_t virtual_in_bulk(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, sizeof *vm);
  std::int64_t saved[4] = {1, 2, 3, 4};
  const Insn* pc = code;
  TRAIT_LOOP(
      pc, pc, code, TRAIT_HOST case OP_PUSH
      : switch (insn->b & 3) {
        case 0: std::memcpy(vm->stack, vm->regs, sizeof vm->regs); break;
        case 1: std::memcpy(saved, vm->regs, sizeof saved); break;
        case 2: std::memset(&vm->regs[1], insn->imm, 16); break;
        case 3: std::memset(reinterpret_cast<char*>(vm->regs) + 4, insn->imm, 13); break;
      } break;
      case OP_POP
      : switch (insn->b & 3) {
        case 0: std::memcpy(&vm->regs[1], &vm->stack[0], 16); break;
        case 1: std::memcpy(vm->regs, saved, sizeof saved); break;
        case 2: std::memmove(&vm->regs[0], &vm->regs[1], 24); break;
        case 3: std::memcpy(&vm->sp, &vm->regs[insn->a & 3], 4); break;
      } break;)
}

// Eight bytes are read as one, and written one by one.
std::int64_t virtual_of_many_sizes(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, sizeof *vm);
  const Insn* pc = code;
  TRAIT_LOOP(
      pc, pc, code, TRAIT_HOST case OP_PUSH : {
        auto* bytes = reinterpret_cast<unsigned char*>(vm->stack);
        bytes[insn->imm & 7] = static_cast<unsigned char>(bytes[insn->imm & 7] + vm->regs[insn->a & 3]);
        break;
      } case OP_POP : vm->regs[insn->a & 3] += vm->stack[0];
      break;)
}

// A value is a number or a pointer.
std::int64_t virtual_boxes(const Insn* code, Vm* vm) {
  inlay::virtual_state(vm, sizeof *vm);
  const Insn* pc = code;
  TRAIT_LOOP(
      pc, pc, code, TRAIT_HOST case OP_PUSH : {
        if (insn->imm & 1) {
          double number = 0;
          std::memcpy(&number, &vm->stack[insn->b & 1], sizeof number);
          number = number == 0.5 ? 0 : 0.5;
          std::memcpy(&vm->stack[insn->b & 1], &number, sizeof number);
        } else {
          const void* object = nullptr;
          std::memcpy(&object, &vm->stack[insn->b & 1], sizeof object);
          object = object ? nullptr : reinterpret_cast<const void*>(0x1000);
          std::memcpy(&vm->stack[insn->b & 1], &object, sizeof object);
        }
        break;
      } case OP_POP : vm->regs[insn->a & 3] += vm->stack[insn->b & 1] == 0;
      break;)
}

// So many variables that a stack does not have room for many copies of them.
std::int64_t large_locals(const Insn* code, Vm* vm) {
  std::int64_t memory[20'000];
  for (int i = 0; i < 8; ++i) memory[i] = i;
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_HOST case OP_PUSH : memory[insn->b & 7] += vm->regs[insn->a & 3]; break;
             case OP_POP : vm->regs[insn->a & 3] ^= memory[insn->b & 7]; break;)
}

std::int64_t vector_stack(const Insn* code, Vm* vm) {
  std::vector<std::int64_t> stack;
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_HOST case OP_PUSH : stack.push_back(vm->regs[insn->a & 3]);
             vm->sp = static_cast<std::uint32_t>(stack.size()); break; case OP_POP : if (stack.empty()) break;
             vm->regs[insn->a & 3] = stack.back(); stack.pop_back(); break;)
}

// ---- hints on values ----

std::int64_t expecting(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code,
             TRAIT_PUSH_POP TRAIT_HOST case OP_EXPECT : vm->regs[insn->a & 3] =
                 2 * inlay::expect(vm->regs[insn->a & 3], std::int64_t{insn->imm});
             break;)
}
// The state is in variables, and is exact where an expectation fails.
std::int64_t expecting_in_locals(const Insn* code, Vm* out) {
  struct Locals {
    std::int64_t regs[4];
    std::int32_t fuel;
    std::uint32_t size;
  } own{{out->regs[0], out->regs[1], out->regs[2], out->regs[3]}, out->fuel, out->size}, *vm = &own;
  const Insn* pc = code;
#undef TRAIT_RETURN
#define TRAIT_RETURN(x)                                     \
  do {                                                      \
    std::int64_t result = (x);                              \
    for (int i = 0; i < 4; ++i) out->regs[i] = own.regs[i]; \
    out->fuel = own.fuel;                                   \
    return result;                                          \
  } while (0)
  TRAIT_LOOP(pc, pc, code,
             case OP_EXPECT : own.regs[insn->a & 3] = 2 * inlay::expect(own.regs[insn->a & 3], std::int64_t{insn->imm});
             break; case OP_HOST : own.regs[insn->a & 3] = trait_host(out, insn->imm, own.regs[insn->a & 3]); break;)
#undef TRAIT_RETURN
#define TRAIT_RETURN(x) return (x)
}
std::int64_t promoting(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  TRAIT_LOOP(
      pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST case OP_SWITCH : {
        std::int64_t which = inlay::promote(vm->regs[insn->a & 3]);
        std::int64_t factor = which == 0 ? 3 : which == 1 ? 5 : which < 0 ? -1 : which * which;
        vm->regs[insn->b & 3] = static_cast<std::int64_t>(static_cast<std::uint64_t>(vm->regs[insn->b & 3]) +
                                                          7 * static_cast<std::uint64_t>(factor));
        break;
      })
}

// ---- jumps out ----

// A setjmp of its own: no resume function can stand in for it.
std::int64_t long_jumping(const Insn* code, Vm* vm) {
  const Insn* volatile guard = nullptr;
  std::jmp_buf place;
  vm->heap = reinterpret_cast<std::int64_t*>(&place);
  const Insn* pc = code;
  if (setjmp(place)) pc = guard;
#undef TRAIT_RETURN
#define TRAIT_RETURN(x) \
  do {                  \
    vm->heap = nullptr; \
    return (x);         \
  } while (0)
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP case OP_HOST : guard = pc + 1;
             vm->regs[insn->a & 3] = trait_host(vm, insn->imm, vm->regs[insn->a & 3]); break;)
#undef TRAIT_RETURN
}

}  // namespace traits
