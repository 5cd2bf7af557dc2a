// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Single instructions, compiled.
//
// INLAY_6502_VECTORS=n compiles n vectors of each opcode with their operands as constants, each for itself: some 5 ms
// each. All 200 take five minutes.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <set>

#include "core/opcodes.h"
#include "core/test_bus.h"
#include "jit/compile.h"
#include "jit/shape.h"

namespace inlay::m6502 {
namespace {

using testing::Recorder;
using testing::Vector;

struct Compiled {
  Loaded loaded;
  RegionCode code;
};

Compiled compile(const inlay::Jit& jit, const Region& region, Variant variant, const Map& map) {
  Loaded loaded = compile_region(jit, region, variant, map, {}, Level::O1).value();
  const RegionCode code = loaded.function<void(Bus*, Cpu*)>(std::string(RegionName));
  return {std::move(loaded), code};
}

void put(Bus& bus, const testing::VectorState& state) {
  for (const auto& [address, value] : state.memory) bus.memory[address] = value;
}

std::string memory_difference(const Bus& bus, const Vector& vector) {
  std::string wrong;
  for (const auto& [address, value] : vector.after.memory)
    if (bus.memory[address] != value) wrong += "memory at " + std::to_string(address) + "; ";
  return wrong;
}

void forget(Bus& bus, const Vector& vector) {
  for (const auto& [address, value] : vector.after.memory) bus.memory[address] = 0;
  for (const auto& [address, value] : vector.before.memory) bus.memory[address] = 0;
  bus.attention = 0;
}

/// Nothing is known of the instruction, and each page is a device: every access is seen.
void check_accesses(const char* file, Variant variant) {
  const auto vectors = testing::read_vectors(std::string(INLAY_6502_DATA) + "/sst/" + file);
  if (!vectors) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  const inlay::Jit jit = inlay::Jit::create().value();
  Recorder recorder;
  recorder.map_devices();
  Bus& bus = *recorder.bus;
  std::optional<Compiled> compiled;
  int compiled_for = -1;
  std::set<int> failed;
  for (const Vector& vector : *vectors) {
    const int number = vector.opcode();
    if (number != compiled_for) {
      const Region region = single_instruction(variant, static_cast<std::uint8_t>(number), CodeRegion);
      compiled = compile(jit, region, variant, bus.map);
      compiled_for = number;
    }
    put(bus, vector.before);
    testing::set_cpu(bus.cpu, vector.before);
    bus.cpu.left = 1000;
    recorder.accesses.clear();
    Recorder::read(&recorder, bus.cpu.pc, 0);  // the opcode's fetch is the driver's
    compiled->code(&bus, &bus.cpu);
    std::string wrong = testing::result_is_wrong(variant, vector) ? "" : testing::difference(bus.cpu, vector.after);
    wrong += memory_difference(bus, vector);
    if (1000 - bus.cpu.left != static_cast<int>(recorder.accesses.size())) wrong += "not every cycle is an access; ";
    if (!testing::cycles_are_wrong(variant, number) && recorder.accesses != vector.accesses)
      wrong += "other accesses; ";
    if (!wrong.empty() && failed.insert(number).second)
      ADD_FAILURE() << opcode_table(variant)[number].function_name << " (" << vector.name << "): " << wrong;
    forget(bus, vector);
  }
}

TEST(CompiledInstruction, does_what_an_nmos_6502_does_in_every_cycle) {
  check_accesses("sst_6502_200.bin", Variant::Nmos);
}
TEST(CompiledInstruction, does_what_a_65c02_does_in_every_cycle) {
  check_accesses("sst_wdc65c02_100.bin", Variant::Cmos);
}

/// As the JIT does it: in memory, with the bytes as constants. A few of each opcode, each compiled for itself.
void check_constants(const char* file, Variant variant) {
  const char* asked = std::getenv("INLAY_6502_VECTORS");
  const int each = asked ? std::atoi(asked) : 3;
  const auto vectors = testing::read_vectors(std::string(INLAY_6502_DATA) + "/sst/" + file);
  if (!vectors) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  const inlay::Jit jit = inlay::Jit::create().value();
  const auto bus = std::make_unique<Bus>();
  bus->end = 1'000'000;
  std::array<int, 256> seen = {};
  int compiled_count = 0;
  for (const Vector& vector : *vectors) {
    const int number = vector.opcode();
    if (seen[static_cast<std::size_t>(number)] == each) continue;
    put(*bus, vector.before);
    Map map = bus->map;
    if (vector.before.pc > 0x200) map.write[0] = map.write[1] = WriteUnwatched;
    RegionLimits one;
    one.instructions = 1;
    const Region region = find_region({variant, bus->memory, &map, nullptr, (vector.before.p & StatusDecimal) != 0},
                                      vector.before.pc, one);
    const Shape shape = shape_of(variant, static_cast<std::uint8_t>(number));
    // What is at the end of memory, or stops, is left to the interpreter.
    EXPECT_EQ(region.empty(), !shape.compiled || vector.before.pc + shape.fetched > 0xFFFA) << vector.name;
    if (!region.empty()) {
      const Compiled compiled = compile(jit, region, variant, map);
      testing::set_cpu(bus->cpu, vector.before);
      bus->cpu.left = 1000;
      compiled.code(bus.get(), &bus->cpu);
      std::string wrong = testing::result_is_wrong(variant, vector) ? "" : testing::difference(bus->cpu, vector.after);
      wrong += memory_difference(*bus, vector);
      if (!testing::cycles_are_wrong(variant, number) &&
          1000 - bus->cpu.left != static_cast<int>(vector.accesses.size()))
        wrong += "it took " + std::to_string(1000 - bus->cpu.left) + " cycles; ";
      if (!wrong.empty())
        ADD_FAILURE() << opcode_table(variant)[number].function_name << " (" << vector.name << "): " << wrong;
      ++seen[static_cast<std::size_t>(number)];
      ++compiled_count;
    }
    forget(*bus, vector);
  }
  EXPECT_GT(compiled_count, 230 * each);
}

TEST(CompiledInstruction, with_constants_does_what_an_nmos_6502_does) {
  check_constants("sst_6502_200.bin", Variant::Nmos);
}
TEST(CompiledInstruction, with_constants_does_what_a_65c02_does) {
  check_constants("sst_wdc65c02_100.bin", Variant::Cmos);
}

}  // namespace
}  // namespace inlay::m6502
