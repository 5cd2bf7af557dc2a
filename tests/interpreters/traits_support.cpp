// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "traits_support.h"

#include <chrono>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace traits {

const inlay::Jit& jit() {
  static const inlay::Jit engine = inlay::Jit::create().value();
  return engine;
}

inlay::Frozen<Program> freeze(const Program& program) {
  return jit().freeze([&] { return program; });
}

namespace {

// ---- the host ----

struct Host {
  std::string log;
  const Insn* code = nullptr;  // to show places by
  std::jmp_buf* way_out = nullptr;
};
thread_local Host host;
int counters_made = 0;

std::string place(const Insn* pc) { return pc ? std::to_string(pc - host.code) : "-"; }

std::string show(const Vm& vm) {
  std::string text = "regs";
  for (std::int64_t reg : vm.regs) text += " " + std::to_string(reg);
  text += " stack";
  for (std::int64_t value : vm.stack) text += " " + std::to_string(value);
  text += " sp " + std::to_string(vm.sp) + " fuel " + std::to_string(vm.fuel) + " depth " + std::to_string(vm.depth) +
          " pc " + place(vm.pc) + " at " + std::to_string(vm.at) + " heap";
  for (std::uint64_t i = 0; i < vm.heap_size; ++i) text += " " + std::to_string(vm.heap[i]);
  return text;
}

}  // namespace

extern "C" std::int64_t trait_host(Vm* vm, int what, std::int64_t value) {
  host.log += "host " + std::to_string(what) + " of " + std::to_string(value) + ": " + show(*vm) + "\n";
  switch (what) {
    case Changes:
      vm->regs[1] += 10;
      vm->fuel -= 1;
      vm->stack[0] ^= 1;
      vm->sp += 1;
      break;
    case Throws:
      vm->regs[2] += 1;
      if (value & 1) throw std::runtime_error("thrown " + std::to_string(value));
      break;
    case Jumps:
      vm->regs[2] += 3;
      if (value % 3 == 0) {
        if (vm->heap) std::longjmp(*reinterpret_cast<std::jmp_buf*>(vm->heap), 1);
        if (host.way_out) std::longjmp(*host.way_out, 1);
      }
      break;
    case Moves:
      if (vm->pc && value > 0) ++vm->pc;
      break;
    default:
      break;
  }
  return value + 1;
}

extern "C" void trait_note(const char* what, std::int64_t value) {
  if (std::strcmp(what, "counter made") == 0) {
    ++counters_made;
    return;
  }
  host.log += std::string(what) + " " + std::to_string(value) + "\n";
}

void host_fails(Vm* vm, std::int64_t value) {
  host.log += "fails: " + show(*vm) + "\n";
  vm->regs[0] += 1000;
  vm->sp += 2;
  vm->fuel -= 3;
  throw std::runtime_error("failed " + std::to_string(value));
}

// ---- programs ----

std::string show(const Program& program) {
  static const char* const names[] = {"stop", "set",  "add", "multiply", "less",   "jump",   "jump_if", "push",
                                      "pop",  "host", "go",  "guard",    "expect", "switch", "yield",   "call"};
  std::string text;
  for (std::size_t i = 0; i < program.size(); ++i)
    text += std::to_string(i) + ": " + names[program[i].op] + " " + std::to_string(program[i].a) + " " +
            std::to_string(program[i].b) + " " + std::to_string(program[i].imm) + "\n";
  return text;
}

Program random_program(std::uint64_t seed, unsigned ops, unsigned hosts) {
  std::mt19937_64 random(seed);
  // Jumps to where it was computed are rare: with one, nothing else can be known for sure.
  if (random() % 4) ops &= ~bit(OP_GO);
  std::vector<std::uint8_t> choice;
  for (unsigned op = 0; op < OP_COUNT; ++op)
    for (int weight = op == OP_STOP || op == OP_GO ? 1 : op == OP_JUMP ? 2 : 4; (ops & bit(op)) && weight > 0; --weight)
      choice.push_back(static_cast<std::uint8_t>(op));
  std::vector<int> functions;
  for (int what = 0; what < 6; ++what)
    if (hosts & bit(static_cast<unsigned>(what))) functions.push_back(what);
  Program program(1 + random() % 24);
  auto size = static_cast<std::int32_t>(program.size());
  for (std::int32_t i = 0; i < size; ++i) {
    Insn& insn = program[static_cast<std::size_t>(i)];
    insn = {choice[random() % choice.size()], static_cast<std::uint8_t>(random() % 4),
            static_cast<std::uint8_t>(random() % 4), static_cast<std::int32_t>(random() % 7) - 2};
    switch (insn.op) {
      case OP_JUMP:
      case OP_JUMP_IF:
      case OP_CALL:
        insn.imm = static_cast<std::int32_t>(random() % static_cast<unsigned>(size)) - i;
        break;
      case OP_GUARD:
        insn.imm = random() % 4 ? static_cast<std::int32_t>(random() % static_cast<unsigned>(size)) - i : 0;
        break;
      case OP_HOST:
        if (functions.empty())
          insn.op = OP_ADD;
        else
          insn.imm = functions[random() % functions.size()];
        break;
      default:
        break;
    }
  }
  program.back() = {OP_STOP, 0, 0, 0};
  return program;
}

// ---- runs ----

std::string outcome(const std::function<std::int64_t(Vm*)>& call, const Insn* code, std::size_t size,
                    std::int64_t input, std::int32_t fuel) {
  static const Program other = {{OP_ADD, 0, 1, 0}, {OP_HOST, 2, 0, Changes}, {OP_CALL, 1, 0, 0}, {OP_STOP, 2, 0, 0}};
  Vm vm{};
  vm.regs[0] = input;
  vm.regs[1] = 1 - input;
  vm.regs[2] = 7;
  vm.fuel = fuel;
  vm.size = static_cast<std::uint32_t>(size);
  vm.other = other.data();
  host.log.clear();
  host.code = code;
  std::jmp_buf way_out;
  if (setjmp(way_out)) {
    host.log += "jumped out\n";
  } else {
    host.way_out = &way_out;
    try {
      // What can be called again is.
      int calls = 0;
      do host.log += "returns " + std::to_string(call(&vm)) + "\n";
      while (vm.fuel > 0 && (vm.pc || vm.at) && ++calls < 6);
    } catch (const std::exception& error) {
      host.log += std::string("throws ") + error.what() + "\n";
    }
  }
  host.way_out = nullptr;
  if (!vm.heap_capacity) vm.heap = nullptr;
  host.log += "ends: " + show(vm) + "\n";
  std::free(vm.heap);
  return std::move(host.log);
}

std::string show(const inlay::CompileOptions& options) {
  return "level " + std::to_string(static_cast<int>(options.level)) + ", leave_at_context " +
         std::to_string(options.leave_at_context) + ", max_contexts " + std::to_string(options.max_contexts) +
         ", max_versions " + std::to_string(options.max_versions);
}

// ---- each trait ----

namespace {

#define TRAIT(name, ...) {#name, name, __VA_ARGS__}
const std::vector<Trait> all = {
    TRAIT(c_plain, Usual, Calm | bit(Throws) | bit(Jumps)),
    TRAIT(c_labels, Usual, Calm | bit(Throws) | bit(Jumps)),
    TRAIT(c_heap_state, Usual, Calm),
    TRAIT(c_growing, Usual, Calm),
    TRAIT(pc_in_struct, Usual, Calm | bit(Throws) | bit(Jumps) | bit(Moves)),
    TRAIT(pc_in_new_object, Usual, Calm),
    TRAIT(pc_in_global, Usual, Calm | bit(Throws)),
    TRAIT(pc_in_hidden_global, Usual, Calm),
    TRAIT(pc_in_thread_local, Usual, Calm),
    TRAIT(with_statics, Usual, Calm),
    TRAIT(index_unsigned, Usual, Calm),
    TRAIT(index_int, Usual, Calm),
    TRAIT(index_size_t, Usual, Calm),
    TRAIT(index_in_struct, Usual, Calm),
    TRAIT(index_of_byte_steps, Usual, Calm),
    TRAIT(many_contexts, Usual, Calm),
    TRAIT(context_in_helper, Usual, Calm),
    TRAIT(context_in_noinline, Usual, Calm, true),
    TRAIT(context_in_template, Usual, Calm),
    TRAIT(throws_through, Usual, Calm | bit(Throws)),
    TRAIT(catches_inside, Usual | bit(OP_GUARD), Calm | bit(Throws) | bit(Fails)),
    TRAIT(catches_everything, Usual | bit(OP_GUARD), Calm | bit(Throws) | bit(Fails)),
    TRAIT(virtual_registers, Usual, Calm | bit(Throws) | bit(Jumps)),
    TRAIT(virtual_catching, Usual | bit(OP_GUARD), Calm | bit(Throws) | bit(Fails)),
    TRAIT(virtual_on_stack, Usual, Calm | bit(Throws)),
    TRAIT(virtual_by_table, Usual, Calm),
    TRAIT(virtual_by_variable, bit(OP_GO), 0),
    TRAIT(virtual_beside_memory, bit(OP_GO), 0),
    TRAIT(virtual_in_bulk, Usual, Calm),
    TRAIT(virtual_of_many_sizes, Usual, Calm),
    TRAIT(virtual_boxes, Usual, Calm),
    TRAIT(large_locals, Usual, Calm),
    TRAIT(nested_loops, Usual, Calm),
    TRAIT(vector_stack, Usual, Calm | bit(Throws)),
    TRAIT(handlers_by_table, Usual, Calm | bit(Throws) | bit(Moves)),
    TRAIT(handlers_by_switch_of_functions, Usual, Calm | bit(Moves)),
    TRAIT(tail_handlers, Usual, Calm | bit(Throws)),
    TRAIT(nested_known, bit(OP_HOST) | bit(OP_CALL), Calm | bit(Throws)),
    TRAIT(nested_ping, bit(OP_HOST) | bit(OP_CALL), Calm | bit(Throws)),
    TRAIT(nested_unknown, bit(OP_HOST) | bit(OP_CALL), Calm),
    TRAIT(nested_object, bit(OP_HOST) | bit(OP_CALL), Calm | bit(Throws)),
    TRAIT(expecting, Usual | bit(OP_EXPECT), Calm),
    TRAIT(expecting_in_locals, (Usual | bit(OP_EXPECT)), bit(Looks)),
    TRAIT(promoting, Usual | bit(OP_SWITCH), Calm),
    TRAIT(resumable, Usual | bit(OP_YIELD), Calm, true),
    TRAIT(resumable_by_index, Usual | bit(OP_YIELD), Calm, true),
    TRAIT(long_jumping, Usual, Calm | bit(Jumps)),
};

}  // namespace

const std::vector<Trait>& all_traits() { return all; }

void PrintTo(const Trait& trait, std::ostream* stream) { *stream << trait.name; }

int counters() { return counters_made; }

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

void search(const std::function<void(std::uint64_t seed)>& each) {
  if (std::uint64_t seed = setting("INLAY_FUZZ_SEED", 0)) return each(seed);
  auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(setting("INLAY_FUZZ_SECONDS", 0) * 1000 + 300);
  std::uint64_t seed = setting("INLAY_FUZZ_FIRST", 1);
  do each(seed++);
  while (std::chrono::steady_clock::now() < end && !::testing::Test::HasFailure());
}

}  // namespace traits
