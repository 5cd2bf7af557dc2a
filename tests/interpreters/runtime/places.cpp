// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the place in the program is kept, and what it is.
#include <cstddef>

#include "inlay/annotate.h"
#include "traits.h"

namespace traits {

const Insn* global_pc;

#define TRAIT_RETURN(x) return (x)

std::int64_t pc_in_struct(const Insn* code, Vm* vm) {
  vm->pc = code;
  TRAIT_LOOP(vm->pc, vm->pc, code, TRAIT_PUSH_POP TRAIT_HOST)
}

std::int64_t pc_in_global(const Insn* code, Vm* vm) {
  global_pc = code;
  TRAIT_LOOP(global_pc, global_pc, code, TRAIT_PUSH_POP TRAIT_HOST)
}

std::int64_t pc_in_hidden_global(const Insn* code, Vm* vm) {
  static const Insn* pc;
  pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST)
}

std::int64_t pc_in_thread_local(const Insn* code, Vm* vm) {
  static thread_local const Insn* pc;
  static thread_local std::uint32_t depth;
  pc = code;
  depth = vm->sp;
  TRAIT_LOOP(pc, pc, code, TRAIT_HOST case OP_PUSH : vm->stack[depth++ % TRAIT_STACK] = vm->regs[insn->a & 3];
             vm->sp = depth; break; case OP_POP : vm->regs[insn->a & 3] = vm->stack[--depth % TRAIT_STACK];
             vm->sp = depth; break;)
}

namespace {
struct Counter {
  explicit Counter(std::int64_t from) : count(from) { trait_note("counter made", from); }
  std::int64_t count;
};
}  // namespace

// Pushes count in a static that is made when it is first met, and never goes back.
std::int64_t with_statics(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  static std::int64_t pops = 0;
  pops = 0;
  TRAIT_LOOP(pc, pc, code, TRAIT_HOST case OP_PUSH : {
    static Counter counter(vm->regs[0] * 0 + 5);
    static thread_local Counter here(6);
    counter.count = vm->regs[insn->a & 3];
    here.count = ~counter.count;
    vm->stack[vm->sp++ % TRAIT_STACK] = counter.count ^ here.count;
    break;
  }
  case OP_POP:
    vm->regs[insn->a & 3] = vm->stack[--vm->sp % TRAIT_STACK] + ++pops;
    break;)
}

namespace {
struct Running {
  explicit Running(const Insn* code, Vm& vm) : pc(code), vm(vm), sp(vm.sp) {}
  ~Running() {
    vm.sp = sp;
    trait_note("running ends", static_cast<std::int64_t>(sp));
  }
  const Insn* pc;
  Vm& vm;
  std::uint32_t sp;
};
}  // namespace

#undef TRAIT_RETURN
#define TRAIT_RETURN(x)        \
  do {                         \
    std::int64_t result = (x); \
    delete run;                \
    return result;             \
  } while (0)

std::int64_t pc_in_new_object(const Insn* code, Vm* vm) {
  auto* run = new Running(code, *vm);
  TRAIT_LOOP(run->pc, run->pc, code,
             TRAIT_HOST case OP_PUSH : vm->stack[run->sp++ % TRAIT_STACK] = vm->regs[insn->a & 3];
             break; case OP_POP : vm->regs[insn->a & 3] = vm->stack[--run->sp % TRAIT_STACK]; break;)
}

#undef TRAIT_RETURN
#define TRAIT_RETURN(x) return (x)

// ---- numbers ----

std::int64_t index_unsigned(const Insn* code, Vm* vm) {
  unsigned pc = 0;
  TRAIT_LOOP(pc, code + pc, 0u, TRAIT_PUSH_POP TRAIT_HOST)
}
std::int64_t index_int(const Insn* code, Vm* vm) {
  int pc = 0;
  TRAIT_LOOP(pc, code + pc, 0, TRAIT_PUSH_POP TRAIT_HOST)
}
std::int64_t index_size_t(const Insn* code, Vm* vm) {
  std::size_t pc = 0;
  TRAIT_LOOP(pc, &code[pc], 0u, TRAIT_PUSH_POP TRAIT_HOST)
}
std::int64_t index_in_struct(const Insn* code, Vm* vm) {
  vm->at = 0;
  TRAIT_LOOP(vm->at, code + vm->at, 0u, TRAIT_PUSH_POP TRAIT_HOST)
}
// Counts down from the top of 16 bits, and wraps around.
std::int64_t index_of_byte_steps(const Insn* code, Vm* vm) {
  std::uint16_t pc = 65530;
  TRAIT_LOOP(pc, code + static_cast<std::uint16_t>(pc + 6), 65530u, TRAIT_PUSH_POP TRAIT_HOST)
}

// ---- hints ----

// A loop in a loop, each at a place of its own, and what is known in the inner one is needed in the outer.
std::int64_t nested_loops(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  bool odd = false;
  for (;;) {
    odd = inlay::context(odd);
    const Insn* begin = pc;
    do {
      pc = inlay::context(pc);
      if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL;
      odd = !odd;
      const Insn* insn = pc++;
      switch (insn->op) {
        TRAIT_OPERATIONS
        TRAIT_PUSH_POP
        TRAIT_HOST
        case OP_JUMP:
          pc = insn + insn->imm;
          break;
        case OP_JUMP_IF:
          if (vm->regs[insn->a & 3]) pc = insn + insn->imm;
          break;
        case OP_GO:
          pc = code + static_cast<std::uint64_t>(vm->regs[insn->a & 3]) % vm->size;
          break;
        case OP_STOP:
          return vm->regs[insn->a & 3] * 31 + (pc - begin);
        default:
          break;
      }
    } while (vm->regs[1] & 1);
    begin = inlay::context(begin);
    vm->regs[2] += begin->op + odd;
  }
}

std::int64_t many_contexts(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  for (;;) {
    const Insn* insn = pc = inlay::context(pc);
    if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL;
    switch (insn->op) {
      TRAIT_OPERATIONS
      TRAIT_PUSH_POP
      TRAIT_HOST
      case OP_JUMP:
        // Jumps go on at once, at a hint of their own.
        for (;;) {
          pc = inlay::context(pc + pc->imm);
          if (pc->op != OP_JUMP) break;
          if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL;
        }
        continue;
      case OP_JUMP_IF:
        if (vm->regs[insn->a & 3])
          pc = inlay::context(pc + insn->imm);
        else
          pc = inlay::context(pc + 1);
        continue;
      case OP_GO:
        pc = inlay::context(code + static_cast<std::uint64_t>(vm->regs[insn->a & 3]) % vm->size);
        continue;
      case OP_STOP:
        return vm->regs[insn->a & 3];
      default:
        break;
    }
    ++pc;
  }
}

namespace {
inline const Insn* fetch(const Insn*& pc) {
  pc = inlay::context(pc);
  return pc;
}
__attribute__((noinline)) const Insn* fetch_apart(const Insn** pc) {
  *pc = inlay::context(*pc);
  return *pc;
}
template <class Pc>
struct Reader {
  Pc pc;
  Pc next() { return pc = inlay::context(pc); }
};
}  // namespace

#define TRAIT_PLAIN_LOOP(FETCH, PC)               \
  for (;;) {                                      \
    const Insn* insn = FETCH;                     \
    if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL; \
    switch (insn->op) {                           \
      TRAIT_OPERATIONS                            \
      TRAIT_PUSH_POP                              \
      TRAIT_HOST                                  \
      TRAIT_JUMPS(PC, code)                       \
      case OP_STOP:                               \
        return vm->regs[insn->a & 3];             \
      default:                                    \
        break;                                    \
    }                                             \
    ++PC;                                         \
  }

std::int64_t context_in_helper(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  TRAIT_PLAIN_LOOP(fetch(pc), pc)
}
std::int64_t context_in_noinline(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  TRAIT_PLAIN_LOOP(fetch_apart(&pc), pc)
}
std::int64_t context_in_template(const Insn* code, Vm* vm) {
  Reader<const Insn*> reader{code};
  TRAIT_PLAIN_LOOP(reader.next(), reader.pc)
}

// ---- called again ----

#define TRAIT_YIELD(PC, SAVED) \
  case OP_YIELD:               \
    SAVED;                     \
    return vm->regs[insn->a & 3];

std::int64_t resumable(const Insn* code, Vm* vm) {
  const Insn* pc = vm->pc ? vm->pc : code;
  vm->pc = nullptr;
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST TRAIT_YIELD(pc, vm->pc = pc + 1))
}
std::int64_t resumable_by_index(const Insn* code, Vm* vm) {
  std::uint64_t pc = vm->at;
  vm->at = 0;
  TRAIT_LOOP(pc, code + pc, 0u, TRAIT_PUSH_POP TRAIT_HOST TRAIT_YIELD(pc, vm->at = pc + 1))
}

}  // namespace traits
