// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every opcode, compiled with its operand as a constant, on machines where nearly all is devices: it does what stepping
// does, access by access, or is left to that as if it had not begun.
#include <gtest/gtest.h>

#include <random>

#include "core/opcodes.h"
#include "core/step.h"
#include "core/test_bus.h"
#include "jit/compile.h"
#include "jit/shape.h"

namespace inlay::m6502 {
namespace {

using testing::Access;
using testing::Recorder;

constexpr std::uint16_t Start = 0x0300;
constexpr int MemoryPages = 4;  // 0 to 3; all others are devices
constexpr int MostSteps = 60;   // of what time is given for
constexpr int StatesOfEach = 24;

struct Surroundings {
  const char* name;
  bool reads = true, page_zero = false;  // devices for reads, and page 0 one for writes
  bool decimal = false, dynamic = false;
};
constexpr Surroundings All[] = {{.name = "devices"},
                                {.name = "devices for writes", .reads = false},
                                {.name = "page 0 a device for writes", .page_zero = true},
                                {.name = "decimal mode", .decimal = true},
                                {.name = "operands that change", .dynamic = true}};

/// A machine in some state; two with the same are the same.
void begin(Recorder& recorder, const Surroundings& given, std::uint8_t opcode, std::uint16_t operand,
           std::uint32_t seed) {
  Bus& bus = *recorder.bus;
  std::mt19937 random(seed);
  const auto byte = [&] { return static_cast<std::uint8_t>(random()); };
  recorder.accesses.clear();
  recorder.cycles.clear();
  for (int page = 0; page < 256; ++page) {
    const bool device = page >= MemoryPages;
    bus.map.read[page] = device && given.reads ? ReadDevice : ReadMemory;
    bus.map.write[page] = device || (page == 0 && given.page_zero) ? WriteDevice : WriteMemory;
    std::fill_n(bus.watch + 256 * page, 256, bus.map.write[page] == WriteMemory ? 0 : WatchPage);
  }
  // Pointers and return addresses: half of them lead to memory.
  for (int at = 0; at < 0x200; ++at) {
    const std::uint8_t any = byte();
    bus.memory[at] = (any & 1) ? any & 3 : any;
  }
  for (int at = 0x200; at < 65536; ++at) bus.memory[at] = static_cast<std::uint8_t>(at * 167 >> 3);
  const std::uint8_t code[] = {opcode, static_cast<std::uint8_t>(operand), static_cast<std::uint8_t>(operand >> 8),
                               0xE8, 0x02};
  std::copy(std::begin(code), std::end(code), bus.memory + Start);
  Cpu& cpu = bus.cpu = {};
  cpu.pc = Start;
  cpu.a = byte();
  cpu.x = byte();
  cpu.y = byte();
  cpu.s = byte();
  set_status(cpu, byte());
  cpu.i = 1;
  cpu.d = given.decimal ? 1 : 0;
  cpu.left = 60;
  // With a line low, any access to a device makes code come back.
  bus.attention = (seed & 1) ? AttentionIrq : 0;
}

std::string difference(const Recorder& a, const Recorder& b) {
  const Cpu& one = a.bus->cpu;
  const Cpu& other = b.bus->cpu;
  std::string text;
  const auto compare = [&](const char* what, auto is, auto should) {
    if (is != should) text += std::string(what) + " " + std::to_string(is) + ", not " + std::to_string(should) + "; ";
  };
  compare("left", one.left, other.left);
  compare("pc", one.pc, other.pc);
  compare("a", one.a, other.a);
  compare("x", one.x, other.x);
  compare("y", one.y, other.y);
  compare("s", one.s, other.s);
  compare("p", status_of(one, false), status_of(other, false));
  if (a.accesses != b.accesses || a.cycles != b.cycles) text += "other accesses; ";
  if (text.empty() && !std::equal(a.bus->memory, a.bus->memory + 65536, b.bus->memory)) text += "other memory; ";
  return text;
}

/// Steps until that is the state of compiled code; how many, or -1 with what is wrong then.
int steps_to(const Recorder& compiled, Recorder& stepped, Variant variant, std::string& wrong) {
  Cpu& cpu = stepped.bus->cpu;
  for (int steps = 0;; ++steps) {
    const std::string difference_now = difference(compiled, stepped);
    if (difference_now.empty()) return steps;
    if (steps == 1) wrong = difference_now;
    if (steps == MostSteps || cpu.leave != 0 || cpu.left <= 0 || stepped.bus->memory[cpu.pc] == 0x02) return -1;
    m6502_step(stepped.bus.get(), variant, nullptr);
  }
}

bool makes_a_difference(const Surroundings& given, const Shape& shape) {
  if (given.decimal) return shape.decimal;
  if (given.page_zero) return shape.writes || shape.pushes;
  if (given.dynamic) return shape.length > 1;
  return given.reads || shape.may_leave;
}

/// Most of the 2A03's are the NMOS processor's.
bool is_its_own(Variant variant, std::uint8_t opcode) {
  return variant != Variant::Ricoh2A03 ||
         opcode_table(variant)[opcode].function != opcode_table(Variant::Nmos)[opcode].function;
}

class CompiledAmongDevices : public ::testing::TestWithParam<Variant> {};

TEST_P(CompiledAmongDevices, opcodes_do_what_stepping_does_or_nothing) {
  const inlay::Jit jit = inlay::Jit::create().value();
  Recorder compiled, stepped;
  // Nothing else is code.
  std::vector<std::uint8_t> facts(65536, ByteInterpreted);
  for (const Surroundings& given : All) {
    std::fill_n(facts.begin() + Start, 5, given.dynamic ? ByteDynamic : 0);
    int ran = 0, refused = 0, opcodes = 0;
    for (int number = 0; number < 256; ++number) {
      const auto opcode = static_cast<std::uint8_t>(number);
      const Shape shape = shape_of(GetParam(), opcode);
      if (!shape.compiled || !is_its_own(GetParam(), opcode) || !makes_a_difference(given, shape)) continue;
      ++opcodes;
      for (const std::uint16_t operand : {std::uint16_t{0x42F0}, std::uint16_t{0x0210}}) {
        if (shape.length < 3 && operand == 0x0210) continue;
        begin(compiled, given, opcode, operand, 0);
        const Region region =
            find_region({GetParam(), compiled.bus->memory, &compiled.bus->map, facts.data(), given.decimal}, Start);
        ASSERT_FALSE(region.empty());
        Loaded loaded = compile_region(jit, region, GetParam(), compiled.bus->map, {}, Level::O1).value();
        const RegionCode code = loaded.function<void(Bus*, Cpu*)>(std::string(RegionName));
        for (std::uint32_t seed = 0; seed < StatesOfEach; ++seed) {
          begin(compiled, given, opcode, operand, seed);
          begin(stepped, given, opcode, operand, seed);
          code(compiled.bus.get(), &compiled.bus->cpu);
          std::string wrong;
          const int steps = steps_to(compiled, stepped, GetParam(), wrong);
          ran += steps > 0 ? 1 : 0;
          refused += steps == 0 ? 1 : 0;
          ASSERT_GE(steps, 0) << given.name << ": " << opcode_table(GetParam())[number].function_name << ", operand "
                              << operand << ", state " << seed << ": " << wrong;
        }
      }
    }
    if (opcodes == 0) continue;
    // General functions do all, and compiled code refuses what is not memory.
    EXPECT_GT(ran, opcodes * StatesOfEach / 4) << given.name;
    if (given.dynamic || given.decimal) {
      EXPECT_EQ(refused, 0) << given.name;
    } else {
      EXPECT_GT(refused, 0) << given.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, CompiledAmongDevices,
                         ::testing::Values(Variant::Nmos, Variant::Ricoh2A03, Variant::Cmos), [](const auto& info) {
                           return info.param == Variant::Cmos   ? "C65c02"
                                  : info.param == Variant::Nmos ? "Nmos"
                                                                : "Ricoh";
                         });

}  // namespace
}  // namespace inlay::m6502
