// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Interpreters of runtime/, each with a trait of its own: the interpreter against its specialized form, on programs
// that are made for the trait and on random ones.
//
// A failure prints the seed; INLAY_FUZZ_SEED=n runs that program alone, INLAY_FUZZ_SECONDS=n sets how long to search,
// and INLAY_FUZZ_FIRST=n begins at another seed than 1.
#include <chrono>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "inlay/jit.h"
#include "traits.h"

#include <gtest/gtest.h>

namespace traits {
namespace {

using inlay::CompileOptions;
using inlay::Level;
using inlay::Remark;
using std::placeholders::_1;

const inlay::Jit& jit() {
  static const inlay::Jit engine = inlay::Jit::create().value();
  return engine;
}

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

enum HostFunction { Looks, Changes, Throws, Jumps, Fails, Moves };

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

namespace {

// ---- programs ----

using Program = std::vector<Insn>;

std::string show(const Program& program) {
  static const char* const names[] = {"stop", "set",  "add", "multiply", "less",   "jump",   "jump_if", "push",
                                      "pop",  "host", "go",  "guard",    "expect", "switch", "yield",   "call"};
  std::string text;
  for (std::size_t i = 0; i < program.size(); ++i)
    text += std::to_string(i) + ": " + names[program[i].op] + " " + std::to_string(program[i].a) + " " +
            std::to_string(program[i].b) + " " + std::to_string(program[i].imm) + "\n";
  return text;
}

constexpr unsigned bit(unsigned n) { return 1u << n; }
constexpr unsigned Basic = bit(OP_SET) | bit(OP_ADD) | bit(OP_MULTIPLY) | bit(OP_LESS) | bit(OP_JUMP) |
                           bit(OP_JUMP_IF) | bit(OP_PUSH) | bit(OP_POP) | bit(OP_STOP);

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

constexpr std::int32_t Fuel = 70;

template <class Call>
std::string outcome(const Call& call, const Insn* code, std::size_t size, std::int64_t input,
                    std::int32_t fuel = Fuel) {
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

template <class Element>
using Entry = std::int64_t(const Element* code, Vm* vm);

bool leaves(const inlay::Report& report) {
  for (const Remark& remark : report.remarks)
    if (remark.kind == Remark::Kind::LeavesCode) return true;
  return false;
}

std::string show(const CompileOptions& options) {
  return "level " + std::to_string(static_cast<int>(options.level)) + ", leave_at_context " +
         std::to_string(options.leave_at_context) + ", max_contexts " + std::to_string(options.max_contexts) +
         ", max_versions " + std::to_string(options.max_versions);
}

/// What compiles longer, in seconds, is shown.
const double slow = std::getenv("INLAY_FUZZ_SLOW") ? std::atof(std::getenv("INLAY_FUZZ_SLOW")) : 1e9;

/// Compiles and compares; whether the specialized form leaves for the interpreter somewhere.
template <class Element>
bool compare(Entry<Element>* function, const inlay::Frozen<std::vector<Element>>& program, const std::string& text,
             const CompileOptions& options, std::int32_t fuel = Fuel) {
  const Element* code = program->data();
  auto begin = std::chrono::steady_clock::now();
  auto specialized = jit().specialize_with(options, function, inlay::constant(code), _1);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (seconds > slow)
    std::printf("compiled in %.1f s: %s\n%s%s\n", seconds, show(options).c_str(), text.c_str(),
                specialized ? specialized->explain().to_text().c_str() : "");
  EXPECT_TRUE(specialized) << text;
  if (!specialized) return false;
  EXPECT_TRUE(specialized->compiled()) << specialized->explain().to_text() << "\n" << text;
  for (std::int64_t input : {0, 1, 5}) {
    const Insn* places = reinterpret_cast<const Insn*>(code);
    std::string expected = outcome([&](Vm* vm) { return function(code, vm); }, places, program->size(), input, fuel);
    std::string seen = outcome([&](Vm* vm) { return (*specialized)(vm); }, places, program->size(), input, fuel);
    EXPECT_EQ(expected, seen) << "input " << input << ", " << show(options) << "\n" << text;
    if (expected != seen) break;
  }
  return leaves(specialized->explain());
}

/// With each context to leave at in turn, at most so many and for two seconds.
template <class Element>
void compare_everywhere(Entry<Element>* function, const inlay::Frozen<std::vector<Element>>& program,
                        const std::string& text, unsigned most = 40) {
  for (Level level : {Level::O0, Level::O2}) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    CompileOptions options;
    options.level = level;
    if (compare(function, program, text, options)) most = std::min(most, 10u);
    for (unsigned k = 0; k < most && !::testing::Test::HasFailure(); ++k) {
      options.leave_at_context = k;
      if (!compare(function, program, text, options) || std::chrono::steady_clock::now() > end) break;
    }
  }
}

inlay::Frozen<Program> freeze(const Program& program) {
  return jit().freeze([&] { return program; });
}

void compare_everywhere(Interpreter* function, const Program& program, unsigned most = 40) {
  compare_everywhere<Insn>(function, freeze(program), show(program), most);
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// ---- each trait ----

struct Trait {
  const char* name;
  Interpreter* function;
  unsigned ops = 0;              // beyond the basic ones
  unsigned hosts = 0;            // the functions of the host that it may call
  bool enters_anywhere = false;  // where it begins is not known, so its code is not all of it
};

constexpr unsigned Calm = bit(Looks) | bit(Changes);
constexpr unsigned Usual = bit(OP_HOST) | bit(OP_GO);

#define TRAIT(name, ...) {#name, name, __VA_ARGS__}
const Trait all[] = {
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

class Traits : public ::testing::TestWithParam<Trait> {};

TEST_P(Traits, random_programs) {
  auto each = [](std::uint64_t seed) {
    SCOPED_TRACE(std::string(GetParam().name) + " seed " + std::to_string(seed));
    const Program program = random_program(seed, Basic | GetParam().ops, GetParam().hosts);
    if (seed % 2) return compare_everywhere(GetParam().function, program);
    std::mt19937_64 random(seed);
    CompileOptions options;
    options.level = random() % 2 ? Level::O1 : Level::O2;
    if (random() % 4 == 0) options.max_contexts = static_cast<unsigned>(1 + random() % 10);
    if (random() % 4 == 0) options.max_instructions = static_cast<unsigned>(random() % 3000);
    if (random() % 4 == 0) options.max_versions = static_cast<unsigned>(1 + random() % 4);
    compare<Insn>(GetParam().function, freeze(program), show(program), options);
  };
  if (std::uint64_t seed = setting("INLAY_FUZZ_SEED", 0)) return each(seed);
  // The first one is always run.
  auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(setting("INLAY_FUZZ_SECONDS", 0) * 1000 + 300);
  std::uint64_t seed = setting("INLAY_FUZZ_FIRST", 1);
  do each(seed++);
  while (std::chrono::steady_clock::now() < end && !HasFailure());
}

#ifdef TRAIT_ENTRIES

/// The interpreter that is watched, on frozen code, against itself: wherever it goes on in compiled code, and wherever
/// that leaves.
void compare_while_running(Interpreter* function, const inlay::Frozen<Program>& program,
                           const inlay::HotOptions& options) {
  constexpr std::int64_t Inputs[] = {0, 1, 5};
  auto run = [&](std::int64_t input) {
    return outcome([&](Vm* vm) { return function(program->data(), vm); }, program->data(), program->size(), input);
  };
  std::vector<std::string> expected;
  for (std::int64_t input : Inputs) expected.push_back(run(input));
  auto hot = jit().compile_hot(function, options);
  ASSERT_TRUE(hot) << hot.error().to_string();
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < std::size(Inputs); ++i)
      ASSERT_EQ(expected[i], run(Inputs[i]))
          << "input " << Inputs[i] << ", threshold " << options.threshold << ", max_versions " << options.max_versions
          << ", " << show(options.compile) << "\n"
          << show(*program);
}

TEST_P(Traits, while_they_run) {
  auto each = [](std::uint64_t seed) {
    SCOPED_TRACE(std::string(GetParam().name) + " seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    inlay::HotOptions options;
    options.threshold = static_cast<unsigned>(1 + random() % 5);
    options.max_entries = static_cast<unsigned>(1 + random() % 20);
    options.max_versions = static_cast<unsigned>(random() % 5);
    options.compile.level = random() % 8 ? Level::O0 : Level::O2;
    if (random() % 2) options.compile.leave_at_context = static_cast<unsigned>(random() % 8);
    if (random() % 4 == 0) options.compile.max_contexts = static_cast<unsigned>(1 + random() % 10);
    compare_while_running(GetParam().function, freeze(random_program(seed, Basic | GetParam().ops, GetParam().hosts)),
                          options);
  };
  if (std::uint64_t seed = setting("INLAY_FUZZ_SEED", 0)) return each(seed);
  auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(setting("INLAY_FUZZ_SECONDS", 0) * 1000 + 300);
  std::uint64_t seed = setting("INLAY_FUZZ_FIRST", 1);
  do each(seed++);
  while (std::chrono::steady_clock::now() < end && !HasFailure());
}

#endif

const Program Sum = {{OP_SET, 1, 0, 0},       // 0
                     {OP_SET, 2, 0, 9},       // 1
                     {OP_ADD, 1, 2, 0},       // 2
                     {OP_SET, 3, 0, -1},      // 3
                     {OP_ADD, 2, 3, 0},       // 4
                     {OP_JUMP_IF, 2, 0, -3},  // 5
                     {OP_STOP, 1, 0, 0}};

TEST_P(Traits, a_loop_is_native_code) {
  CompileOptions options;
  EXPECT_EQ(compare<Insn>(GetParam().function, freeze(Sum), show(Sum), options), GetParam().enters_anywhere);
}

TEST_P(Traits, tiny_and_endless_programs) {
  CompileOptions options;
  for (const Program& program : {Program{{OP_STOP, 0, 0, 0}}, Program{{OP_JUMP, 0, 0, 0}, {OP_STOP, 0, 0, 0}},
                                 Program{{OP_JUMP_IF, 0, 0, 0}, {OP_STOP, 1, 0, 0}},
                                 Program{{OP_ADD, 0, 0, 0}, {OP_JUMP, 0, 0, 1}, {OP_JUMP, 0, 0, -2}}})
    compare<Insn>(GetParam().function, freeze(program), show(program), options);
}

INSTANTIATE_TEST_SUITE_P(All, Traits, ::testing::ValuesIn(all),
                         [](const auto& info) { return std::string(info.param.name); });

// ---- one trait, one program ----

TEST(TraitOf, threaded_code) {
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program program =
        seed == 1 ? Sum : random_program(seed, Basic | bit(OP_HOST), Calm | bit(Throws) | bit(Jumps));
    auto frozen = jit().freeze([&] {
      std::vector<Cell> cells;
      for (const Insn& insn : program) cells.push_back({threaded_handler(insn.op), insn});
      return cells;
    });
    compare_everywhere<Cell>(call_threaded, frozen, show(program), 8);
    if (HasFailure()) return;
  }
}

/// Fails in the last of many rounds.
TEST(TraitOf, an_expectation_that_fails_late) {
  const Program program = {{OP_SET, 1, 0, 3000},    // 0
                           {OP_SET, 2, 0, 0},       // 1
                           {OP_SET, 3, 0, -1},      // 2
                           {OP_EXPECT, 0, 0, 0},    // 3: holds as long as nothing is added
                           {OP_ADD, 1, 3, 0},       // 4
                           {OP_SET, 3, 0, 2000},    // 5
                           {OP_LESS, 3, 1, 0},      // 6
                           {OP_ADD, 0, 3, 0},       // 7: from the thousandth round on
                           {OP_SET, 3, 0, 900},     // 8
                           {OP_LESS, 3, 1, 0},      // 9
                           {OP_ADD, 2, 3, 0},       // 10
                           {OP_SET, 3, 0, -1},      // 11
                           {OP_JUMP_IF, 1, 0, -9},  // 12
                           {OP_STOP, 2, 0, 0}};
  for (Interpreter* function : {expecting, expecting_in_locals})
    for (Level level : {Level::O0, Level::O2})
      for (std::int32_t fuel : {100, 9'000, 15'000, 100'000}) {
        CompileOptions options;
        options.level = level;
        compare<Insn>(function, freeze(program), show(program), options, fuel);
      }
}

/// Bytes of one word, of which only the first two lie side by side.
TEST(TraitOf, state_of_many_sizes) {
  compare_everywhere(virtual_of_many_sizes, {{OP_PUSH, 0, 0, 1},
                                             {OP_PUSH, 0, 0, 2},
                                             {OP_PUSH, 0, 0, 4},
                                             {OP_POP, 1, 0, 0},
                                             {OP_ADD, 0, 1, 0},
                                             {OP_JUMP_IF, 0, 0, -5},
                                             {OP_STOP, 1, 0, 0}});
  compare_everywhere(virtual_boxes, {{OP_PUSH, 0, 0, 1},
                                     {OP_POP, 1, 0, 0},
                                     {OP_PUSH, 0, 0, 0},
                                     {OP_ADD, 0, 1, 0},
                                     {OP_JUMP_IF, 0, 0, -4},
                                     {OP_STOP, 1, 0, 0}});
}

TEST(TraitOf, statics_are_one_and_the_same) {
  const Program program = {{OP_PUSH, 0, 0, 0}, {OP_POP, 1, 0, 0}, {OP_STOP, 1, 0, 0}};
  compare_everywhere(with_statics, program);
  EXPECT_LE(counters_made, 2);  // one of the process, one of this thread
}

/// Where a place is an integer and not known, each number that was stored might be one. Those that lie outside of the
/// program are none, and what follows a guess is no source of others.
TEST(TraitOf, guesses_stay_inside_of_the_program) {
  for (Interpreter* function : {index_in_struct, index_unsigned, index_int, index_size_t})
    for (std::uint64_t seed = 1; seed < 40; ++seed) {
      const Program program = random_program(seed, Basic | Usual, Calm);
      SCOPED_TRACE("seed " + std::to_string(seed));
      CompileOptions options;
      options.level = Level::O0;
      auto frozen = freeze(program);
      const Insn* code = frozen->data();
      auto specialized = jit().specialize_with(options, function, inlay::constant(code), _1);
      ASSERT_TRUE(specialized);
      EXPECT_LE(specialized->explain().guest.size(), program.size());
      EXPECT_LT(specialized->explain().work, 2'000'000u);
    }
}

#ifdef TRAIT_ENTRIES
/// Handlers that tail-call one another do not know how often that was, nor does code in which nothing was compiled.
TEST(TraitOf, entered_and_left_any_number_of_times) {
  const Program program = {{OP_SET, 1, 0, 1}, {OP_ADD, 0, 1, 0}, {OP_GO, 0, 0, 0},
                           {OP_SET, 1, 0, 3}, {OP_GO, 0, 0, 0},  {OP_STOP, 1, 0, 0}};
  auto frozen = freeze(program);
  for (Interpreter* function : {c_plain, tail_handlers})
    for (unsigned max_instructions : {1u, 100'000u}) {
      auto run = [&] {
        return outcome([&](Vm* vm) { return function(frozen->data(), vm); }, frozen->data(), 5, 1, 2'000'000);
      };
      const std::string expected = run();
      inlay::HotOptions options;
      options.threshold = 2;
      options.compile.leave_at_context = 2;
      options.compile.max_instructions = max_instructions;
      options.compile.level = Level::O0;
      inlay::HotCode hot = jit().compile_hot(function, options).value();
      EXPECT_EQ(expected, run());
    }
}

/// Each time that it is left and entered again, it is deeper in the stack.
TEST(TraitOf, large_locals_that_are_left_often) {
  const Program program = {{OP_PUSH, 0, 1, 0}, {OP_POP, 0, 1, 0}, {OP_ADD, 0, 1, 0}, {OP_GO, 0, 0, 0},
                           {OP_SET, 1, 0, 3},  {OP_GO, 0, 0, 0},  {OP_STOP, 1, 0, 0}};
  auto frozen = freeze(program);
  auto run = [&] {
    return outcome([&](Vm* vm) { return large_locals(frozen->data(), vm); }, frozen->data(), 6, 1, 20'000);
  };
  const std::string expected = run();
  inlay::HotOptions options;
  options.threshold = 2;
  options.compile.leave_at_context = 2;
  inlay::HotCode hot = jit().compile_hot(large_locals, options).value();
  for (int round = 0; round < 3; ++round) EXPECT_EQ(expected, run());
}
#endif

/// What programs of this size take.
void compare_large(const char* what, Interpreter* function, const Program& program) {
  auto begin = std::chrono::steady_clock::now();
  CompileOptions options;
  options.level = Level::O1;
  compare<Insn>(function, freeze(program), "a large program", options, 20'000);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  ::testing::Test::RecordProperty(what, std::to_string(seconds));
  if (setting("INLAY_FUZZ_TIMES", 0)) std::printf("%s: %.1f s\n", what, seconds);
}

Program straight_line(int size) {
  std::mt19937_64 random(1);
  Program program;
  for (int i = 0; i < size; ++i)
    program.push_back({static_cast<std::uint8_t>(OP_SET + random() % 4), static_cast<std::uint8_t>(random() % 4),
                       static_cast<std::uint8_t>(random() % 4), static_cast<std::int32_t>(random() % 100)});
  program.push_back({OP_STOP, 0, 0, 0});
  return program;
}

Program branches(int count) {
  std::mt19937_64 random(2);
  Program program;
  for (int i = 0; i < count; ++i) {
    program.push_back({OP_ADD, static_cast<std::uint8_t>(i % 4), static_cast<std::uint8_t>(random() % 4), 0});
    auto to = static_cast<int>(random() % static_cast<unsigned>(2 * count));
    program.push_back({OP_JUMP_IF, static_cast<std::uint8_t>(random() % 4), 0, to - static_cast<int>(program.size())});
  }
  program.push_back({OP_STOP, 0, 0, 0});
  return program;
}

TEST(TraitOf, long_programs) {
  compare_large("plain", c_plain, straight_line(5000));
  compare_large("index", index_unsigned, straight_line(5000));
  compare_large("table of handlers", handlers_by_table, straight_line(5000));
  compare_large("virtual state", virtual_registers, straight_line(1000));
  compare_large("tail calls", tail_handlers, straight_line(1000));
}

TEST(TraitOf, programs_of_many_branches) {
  compare_large("labels", c_labels, branches(3000));
  compare_large("plain", c_plain, branches(600));
  compare_large("struct", pc_in_struct, branches(300));
  compare_large("virtual state", virtual_registers, branches(600));
  compare_large("tail calls", tail_handlers, branches(300));
}

}  // namespace
}  // namespace traits
