// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Handlers that are functions, and guest calls.
#include "inlay/annotate.h"
#include "traits.h"

namespace traits {

#define TRAIT_RETURN(x) return (x)

// ---- handlers of threaded code ----

namespace {

template <std::uint8_t op>
const Cell* threaded(const Cell* pc, Vm* vm) {
  const Insn* insn = &pc->insn;
  do {
    if (--vm->fuel < 0) {
      vm->at = 1;  // no more
      return pc;
    }
    switch (op) {
      TRAIT_OPERATIONS
      TRAIT_PUSH_POP
      TRAIT_HOST
      case OP_JUMP:
        return pc + insn->imm;
      case OP_JUMP_IF:
        return vm->regs[insn->a & 3] ? pc + insn->imm : pc + 1;
      default:
        break;
    }
  } while (false);
  return pc + 1;
}

template <std::uint8_t... op>
struct Ops {};
template <std::uint8_t... op>
const Cell* (*find(std::uint8_t wanted, Ops<op...>))(const Cell*, Vm*) {
  const Cell* (*found)(const Cell*, Vm*) = nullptr;
  ((op == wanted ? void(found = threaded<op>) : void()), ...);
  return found;
}

}  // namespace

const Cell* (*threaded_handler(std::uint8_t op))(const Cell*, Vm*) {
  if (op == OP_STOP) return nullptr;
  return find(op, Ops<OP_SET, OP_ADD, OP_MULTIPLY, OP_LESS, OP_JUMP, OP_JUMP_IF, OP_PUSH, OP_POP, OP_HOST, OP_GO,
                      OP_GUARD, OP_EXPECT, OP_SWITCH, OP_YIELD, OP_CALL>{});
}

std::int64_t call_threaded(const Cell* code, Vm* vm) {
  const Cell* pc = code;
  vm->at = 0;
  while ((pc = inlay::context(pc))->fn) {
    pc = pc->fn(pc, vm);
    if (vm->at) {
      vm->at = 0;
      return TRAIT_OUT_OF_FUEL;
    }
  }
  return vm->regs[pc->insn.a & 3];
}

// ---- a table of handlers that find the place in the struct ----

namespace {

using Handler = bool(Vm* vm, const Insn* code);

template <std::uint8_t op>
bool handle(Vm* vm, const Insn* code) {
  const Insn* insn = vm->pc;
  do {
    switch (op) {
      TRAIT_OPERATIONS
      TRAIT_PUSH_POP
      TRAIT_HOST
      case OP_JUMP:
        vm->pc += insn->imm;
        return true;
      case OP_JUMP_IF:
        vm->pc += vm->regs[insn->a & 3] ? insn->imm : 1;
        return true;
      case OP_GO:
        vm->pc = code + static_cast<std::uint64_t>(vm->regs[insn->a & 3]) % vm->size;
        return true;
      case OP_STOP:
        return false;
      default:
        break;
    }
  } while (false);
  ++vm->pc;
  return true;
}

Handler* const handlers[OP_COUNT] = {handle<OP_STOP>,   handle<OP_SET>,    handle<OP_ADD>,     handle<OP_MULTIPLY>,
                                     handle<OP_LESS>,   handle<OP_JUMP>,   handle<OP_JUMP_IF>, handle<OP_PUSH>,
                                     handle<OP_POP>,    handle<OP_HOST>,   handle<OP_GO>,      handle<OP_GUARD>,
                                     handle<OP_EXPECT>, handle<OP_SWITCH>, handle<OP_YIELD>,   handle<OP_CALL>};

}  // namespace

std::int64_t handlers_by_table(const Insn* code, Vm* vm) {
  vm->pc = code;
  do {
    vm->pc = inlay::context(vm->pc);
    if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL;
  } while (handlers[vm->pc->op](vm, code));
  return vm->regs[vm->pc->a & 3];
}

std::int64_t handlers_by_switch_of_functions(const Insn* code, Vm* vm) {
  vm->pc = code;
  for (bool on = true; on;) {
    vm->pc = inlay::context(vm->pc);
    if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL;
    switch (vm->pc->op) {
      case OP_STOP:
        on = false;
        break;
      case OP_SET:
        on = handle<OP_SET>(vm, code);
        break;
      case OP_ADD:
        on = handle<OP_ADD>(vm, code);
        break;
      case OP_MULTIPLY:
        on = handle<OP_MULTIPLY>(vm, code);
        break;
      case OP_LESS:
        on = handle<OP_LESS>(vm, code);
        break;
      case OP_JUMP:
        on = handle<OP_JUMP>(vm, code);
        break;
      case OP_JUMP_IF:
        on = handle<OP_JUMP_IF>(vm, code);
        break;
      case OP_PUSH:
        on = handle<OP_PUSH>(vm, code);
        break;
      case OP_POP:
        on = handle<OP_POP>(vm, code);
        break;
      case OP_HOST:
        on = handle<OP_HOST>(vm, code);
        break;
      case OP_GO:
        on = handle<OP_GO>(vm, code);
        break;
      default:
        ++vm->pc;
        break;
    }
  }
  return vm->regs[vm->pc->a & 3];
}

// ---- handlers that call the next one last ----

namespace {

using Tail = std::int64_t(const Insn* pc, Vm* vm, const Insn* code);
extern Tail* const tails[OP_COUNT];

template <std::uint8_t op>
std::int64_t tail(const Insn* pc, Vm* vm, const Insn* code) {
  const Insn* insn = pc;
  do {
    switch (op) {
      TRAIT_OPERATIONS
      TRAIT_PUSH_POP
      TRAIT_HOST
      TRAIT_JUMPS(pc, code)
      case OP_STOP:
        return vm->regs[insn->a & 3];
      default:
        break;
    }
    ++pc;
  } while (false);
  pc = inlay::context(pc);
  if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL;
  [[clang::musttail]] return tails[pc->op](pc, vm, code);
}

Tail* const tails[OP_COUNT] = {tail<OP_STOP>,   tail<OP_SET>,    tail<OP_ADD>,     tail<OP_MULTIPLY>,
                               tail<OP_LESS>,   tail<OP_JUMP>,   tail<OP_JUMP_IF>, tail<OP_PUSH>,
                               tail<OP_POP>,    tail<OP_HOST>,   tail<OP_GO>,      tail<OP_GUARD>,
                               tail<OP_EXPECT>, tail<OP_SWITCH>, tail<OP_YIELD>,   tail<OP_CALL>};

}  // namespace

std::int64_t tail_handlers(const Insn* code, Vm* vm) {
  const Insn* pc = inlay::context(code);
  if (--vm->fuel < 0) return TRAIT_OUT_OF_FUEL;
  return tails[pc->op](pc, vm, code);
}

// ---- guest calls ----

#define TRAIT_CALL(FUNCTION, CODE)              \
  case OP_CALL:                                 \
    if (vm->depth > 5) break;                   \
    ++vm->depth;                                \
    vm->regs[insn->a & 3] = FUNCTION(CODE, vm); \
    --vm->depth;                                \
    if (vm->fuel < 0) return TRAIT_OUT_OF_FUEL; \
    break;

std::int64_t nested_known(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST TRAIT_CALL(nested_known, pc + insn->imm))
}

namespace {
std::int64_t pong(const Insn* code, Vm* vm) {
  int pc = 0;  // a guest function may jump to before its beginning
  vm->regs[3] += 100;
  TRAIT_LOOP(pc, code + pc, 0, TRAIT_PUSH_POP TRAIT_HOST TRAIT_CALL(nested_ping, code + pc + insn->imm))
}
}  // namespace

std::int64_t nested_ping(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST TRAIT_CALL(pong, pc + insn->imm))
}

std::int64_t nested_unknown(const Insn* code, Vm* vm) {
  const Insn* pc = code;
  TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST TRAIT_CALL(nested_unknown, vm->other))
}

// The state of a guest function is an object, whose method runs it.
namespace {
struct Frame {
  const Insn* code;
  const Insn* pc;
  Vm* vm;
  std::int64_t calls = 0;

  static std::int64_t enter(const Insn* code, Vm* vm) {
    Frame frame{code, code, vm};
    std::int64_t result = frame.run();
    vm->regs[2] ^= frame.calls;
    return result;
  }
  std::int64_t run() {
    TRAIT_LOOP(pc, pc, code, TRAIT_PUSH_POP TRAIT_HOST case OP_CALL : if (vm->depth > 5) break; ++vm->depth; ++calls;
               vm->regs[insn->a & 3] = enter(pc + insn->imm, vm); --vm->depth; break;)
  }
};
}  // namespace

std::int64_t nested_object(const Insn* code, Vm* vm) { return Frame::enter(code, vm); }

}  // namespace traits
