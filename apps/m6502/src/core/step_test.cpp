// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/step.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "core/test_bus.h"

namespace inlay::m6502 {
namespace {

using testing::Access;
using testing::Recorder;
using testing::Vector;

std::string text(const std::vector<Access>& accesses) {
  std::string result;
  for (const Access& access : accesses) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%04X:%02X%c ", access.address, access.value, access.write ? 'w' : 'r');
    result += buffer;
  }
  return result;
}

/// All vectors of a file: state, cycles, each access with its cycle, and what the table promises of the opcode.
void check_all(const char* file, Variant variant, std::size_t expected) {
  const auto vectors = testing::read_vectors(std::string(INLAY_6502_DATA) + "/sst/" + file);
  if (!vectors) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  ASSERT_EQ(vectors->size(), expected);
  Recorder recorder;
  recorder.map_devices();
  Bus& bus = *recorder.bus;
  std::set<int> failed;
  for (const Vector& vector : *vectors) {
    const int number = vector.opcode();
    const Opcode& opcode = opcode_table(variant)[number];
    for (const auto& [address, value] : vector.before.memory) bus.memory[address] = value;
    testing::set_cpu(bus.cpu, vector.before);
    bus.cpu.left = 1000;
    recorder.accesses.clear();
    recorder.cycles.clear();
    m6502_step(&bus, variant, nullptr);
    std::string wrong = testing::result_is_wrong(variant, vector) ? "" : testing::difference(bus.cpu, vector.after);
    for (const auto& [address, value] : vector.after.memory)
      if (bus.memory[address] != value) wrong += "memory at " + std::to_string(address) + "; ";
    const auto cycles = static_cast<int>(1000 - bus.cpu.left);
    if (cycles != static_cast<int>(recorder.accesses.size())) wrong += "not every cycle is an access; ";
    for (std::size_t i = 0; i < recorder.cycles.size(); ++i)
      if (recorder.cycles[i] != bus.end - 1000 + static_cast<int>(i)) wrong += "an access is in another's cycle; ";
    if (!testing::cycles_are_wrong(variant, number) && recorder.accesses != vector.accesses)
      wrong += "accesses " + text(recorder.accesses) + "not " + text(vector.accesses);
    if (cycles < opcode.cycles || cycles > opcode.longest) wrong += "the table does not give the cycles; ";
    if (!(opcode.flags & OpcodeStops)) {
      EXPECT_EQ(bus.cpu.leave, 0);
    }
    bus.attention = 0;
    if (!wrong.empty() && failed.insert(number).second)
      ADD_FAILURE() << opcode.function_name << " (" << vector.name << "): " << wrong;
    for (const auto& [address, value] : vector.after.memory) bus.memory[address] = 0;
    for (const auto& [address, value] : vector.before.memory) bus.memory[address] = 0;
  }
}

/// Where BRK goes while an edge of NMI waits, when nobody chooses.
std::uint16_t break_with_nmi(Variant variant) {
  const auto bus = std::make_unique<Bus>();
  bus->cpu.pc = 0x0200;
  bus->cpu.s = 0xFF;
  bus->memory[0xFFFB] = 0x30;
  bus->memory[0xFFFF] = 0x40;
  bus->attention = AttentionNmi;
  m6502_step(bus.get(), variant, nullptr);
  return bus->cpu.pc;
}

TEST(Step, nmi_takes_over_the_break_of_an_nmos_6502_only) {
  EXPECT_EQ(break_with_nmi(Variant::Nmos), 0x3000);
  EXPECT_EQ(break_with_nmi(Variant::Ricoh2A03), 0x3000);
  EXPECT_EQ(break_with_nmi(Variant::Cmos), 0x4000);
}

TEST(Step, does_what_an_nmos_6502_does_in_every_cycle) { check_all("sst_6502_200.bin", Variant::Nmos, 51200); }
TEST(Step, does_what_a_65c02_does_in_every_cycle) { check_all("sst_wdc65c02_100.bin", Variant::Cmos, 25400); }

}  // namespace
}  // namespace inlay::m6502
