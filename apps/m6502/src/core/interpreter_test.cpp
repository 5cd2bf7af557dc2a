// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/interpreter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/access.h"
#include "core/step.h"
#include "core/test_bus.h"

namespace inlay::m6502 {

// The slow path of all the core's tests: no machine is linked here.
extern "C" std::uint32_t m6502_slow_write(Bus* bus, std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
  if (const std::uint8_t kind = bus->map.write[address >> 8]; kind >= WriteDevice)
    bus->map.devices[kind - WriteDevice].write(bus->map.devices[kind - WriteDevice].context, address, value, cycle);
  else if (kind != WriteNothing)
    bus->memory[address] = value;
  return bus->attention;
}

namespace {

using testing::Recorder;
using testing::Vector;

using Interpret = Interpreted (*)(Bus*, Variant);

/// Runs one instruction as a driver does.
Interpreted run_one(Bus& bus, Variant variant, Interpret interpret) {
  const Interpreted why = interpret(&bus, variant);
  if (why == Interpreted::Look) m6502_step(&bus, variant, nullptr);
  return why;
}

/// All vectors of a file, one instruction each.
void check_all(const char* file, Variant variant, Interpret interpret) {
  const auto vectors = testing::read_vectors(std::string(INLAY_6502_DATA) + "/sst/" + file);
  if (!vectors) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  Recorder recorder;
  Bus& bus = *recorder.bus;
  std::fill(std::begin(bus.heat), std::end(bus.heat), 200);
  std::set<int> failed;
  int looks = 0;
  for (const Vector& vector : *vectors) {
    const int number = vector.opcode();
    const Opcode& opcode = opcode_table(variant)[number];
    for (const auto& [address, value] : vector.before.memory) bus.memory[address] = value;
    testing::set_cpu(bus.cpu, vector.before);
    bus.cpu.left = 1;
    bus.heat[vector.after.pc] = 200;
    const Interpreted why = run_one(bus, variant, interpret);
    std::string wrong = testing::result_is_wrong(variant, vector) ? "" : testing::difference(bus.cpu, vector.after);
    for (const auto& [address, value] : vector.after.memory)
      if (bus.memory[address] != value) wrong += "memory at " + std::to_string(address) + "; ";
    if (!testing::cycles_are_wrong(variant, number) &&
        1 - bus.cpu.left != static_cast<std::int64_t>(vector.accesses.size()))
      wrong += "it takes " + std::to_string(1 - bus.cpu.left) + " cycles; ";
    if (opcode.flags & OpcodeBreak) {
      EXPECT_EQ(why, Interpreted::Look);
    } else if (opcode.flags & OpcodeStops) {
      EXPECT_TRUE(why == Interpreted::Leave || why == Interpreted::Look);
    } else if (why == Interpreted::Look) {
      ++looks;
    } else {
      EXPECT_EQ(why, Interpreted::Time);
    }
    bus.attention = 0;
    if (!wrong.empty() && failed.insert(number).second)
      ADD_FAILURE() << opcode.function_name << " (" << vector.name << "): " << wrong;
    for (const auto& [address, value] : vector.after.memory) bus.memory[address] = 0;
    for (const auto& [address, value] : vector.before.memory) bus.memory[address] = 0;
  }
  // Those of $02, and the few at the end of memory.
  EXPECT_LE(looks, variant == Variant::Cmos ? 110 : 10);
  EXPECT_TRUE(recorder.accesses.empty());
}

TEST(Interpreter, does_what_an_nmos_6502_does) { check_all("sst_6502_200.bin", Variant::Nmos, m6502_interpret); }
TEST(Interpreter, does_what_a_65c02_does) { check_all("sst_wdc65c02_100.bin", Variant::Cmos, m6502_interpret); }
TEST(Interpreter, with_heat_does_what_an_nmos_6502_does) {
  check_all("sst_6502_200.bin", Variant::Nmos, m6502_interpret_with_heat);
}
TEST(Interpreter, with_heat_does_what_a_65c02_does) {
  check_all("sst_wdc65c02_100.bin", Variant::Cmos, m6502_interpret_with_heat);
}

/// A machine of plain memory with a program at $0200.
struct Program {
  Recorder recorder;
  Bus& bus = *recorder.bus;
  explicit Program(std::initializer_list<int> bytes) {
    std::uint16_t at = 0x0200;
    for (const int value : bytes) bus.memory[at++] = static_cast<std::uint8_t>(value);
    bus.cpu.pc = 0x0200;
    bus.cpu.left = 100;
    bus.cpu.s = 0xFD;
    std::fill(std::begin(bus.heat), std::end(bus.heat), 200);
  }
  /// A device for reads and writes.
  void map_device(int page) {
    bus.map.read[page] = ReadDevice;
    bus.map.write[page] = WriteDevice;
    std::fill_n(bus.watch + 256 * page, 256, WatchPage);
  }
};

TEST(Interpreter, stops_at_the_first_boundary_that_is_not_before_the_end) {
  Program program{0xEA, 0xEA, 0xE6, 0x10, 0xEA, 0xEA};  // NOP, NOP, INC $10
  program.bus.cpu.left = 5;
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Time);
  EXPECT_EQ(program.bus.cpu.pc, 0x0204);
  EXPECT_EQ(program.bus.cpu.left, -4);
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Time);
  EXPECT_EQ(program.bus.cpu.pc, 0x0204);
}

TEST(Interpreter, accesses_devices_in_their_cycles) {
  Program program{0xAD, 0x34, 0xD0, 0x8D, 0x35, 0xD0, 0xEE, 0x36, 0xD0, 0xA2, 0xFF, 0xBD, 0x35, 0xD0, 0x02};
  program.map_device(0xD0);
  program.bus.memory[0xD034] = 0x77;
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Look);
  EXPECT_EQ(program.bus.cpu.pc, 0x020E);
  const std::vector<testing::Access> accesses = {{0xD034, 0x77, false}, {0xD035, 0x77, true}, {0xD036, 0, false},
                                                 {0xD036, 0, true},     {0xD036, 1, true},    {0xD034, 0x77, false}};
  EXPECT_EQ(program.recorder.accesses, accesses);
  std::vector<std::int64_t> cycles;
  for (const std::int64_t cycle : program.recorder.cycles) cycles.push_back(cycle - (program.bus.end - 100));
  EXPECT_EQ(cycles, (std::vector<std::int64_t>{3, 7, 11, 12, 13, 19}));
}

TEST(Interpreter, comes_back_when_a_device_wants_attention) {
  Program program{0xAD, 0x34, 0xD0, 0xEA};
  program.map_device(0xD0);
  program.bus.attention = AttentionIrq;
  program.bus.cpu.i = 1;
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Leave);
  EXPECT_EQ(program.bus.cpu.pc, 0x0203);
  EXPECT_EQ(program.bus.cpu.leave, AttentionIrq);
}

TEST(Interpreter, comes_back_when_an_instruction_lets_interrupts_in) {
  for (const std::initializer_list<int> bytes : {std::initializer_list<int>{0x58, 0xEA}, {0x28, 0xEA}}) {
    Program program(bytes);
    program.bus.attention = AttentionIrq;
    program.bus.cpu.i = 1;
    EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Leave);
    EXPECT_EQ(program.bus.cpu.pc, 0x0201);
    EXPECT_EQ(program.bus.cpu.leave, LeaveMasked);
    EXPECT_EQ(program.bus.cpu.i, 0);
  }
  Program program{0x40};
  program.bus.memory[0x0100] = 0x03;
  program.bus.attention = AttentionIrq;
  program.bus.cpu.i = 1;
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Leave);
  EXPECT_EQ(program.bus.cpu.pc, 0x0300);
  EXPECT_EQ(program.bus.cpu.leave, AttentionIrq);
}

TEST(Interpreter, comes_back_before_an_instruction_that_reaches_into_a_device) {
  Program program{};
  program.map_device(0x03);
  const std::pair<int, bool> cases[] = {{0xAD, false}, {0xA9, true}, {0xEA, true}, {0xD0, false}, {0x60, true}};
  for (const auto& [opcode, fits_before_fe] : cases) {
    program.bus.memory[0x02FE] = static_cast<std::uint8_t>(opcode);
    program.bus.memory[0x02FF] = 0x02;
    program.bus.cpu.pc = 0x02FE;
    program.bus.cpu.left = 1;
    EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), fits_before_fe ? Interpreted::Time : Interpreted::Look)
        << opcode;
    program.bus.memory[0x02FF] = static_cast<std::uint8_t>(opcode);
    program.bus.cpu.pc = 0x02FF;
    program.bus.cpu.left = 1;
    EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Look) << opcode;
    EXPECT_EQ(program.bus.cpu.pc, 0x02FF);
  }
  EXPECT_TRUE(program.recorder.accesses.empty());
}

TEST(Interpreter, comes_back_at_the_end_of_memory) {
  Program program{0x4C, 0xFD, 0xFF};  // JMP $FFFD
  program.bus.memory[0xFFFD] = 0xA9;
  program.bus.memory[0xFFFE] = 0x12;
  program.bus.memory[0xFFFF] = 0xEA;
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Look);
  EXPECT_EQ(program.bus.cpu.pc, 0xFFFF);
  EXPECT_EQ(program.bus.cpu.a, 0x12);
}

TEST(Interpreter, counts_jumps_and_branches_backward) {
  // LDX #5; loop: DEX; BNE loop; JSR sub; JMP end; sub: BEQ on; on: RTS; end: $02
  Program program{0xA2, 5, 0xCA, 0xD0, 0xFD, 0x20, 0x0B, 0x02, 0x4C, 0x0E, 0x02, 0xF0, 0x00, 0x60, 0x02};
  EXPECT_EQ(m6502_interpret_with_heat(&program.bus, Variant::Nmos), Interpreted::Look);
  EXPECT_EQ(program.bus.cpu.pc, 0x020E);
  std::vector<std::pair<int, int>> counted;
  for (int i = 0; i < 65536; ++i)
    if (program.bus.heat[i] != 200) counted.emplace_back(i, 200 - program.bus.heat[i]);
  EXPECT_EQ(counted, (std::vector<std::pair<int, int>>{{0x0202, 4}, {0x0208, 1}, {0x020B, 1}, {0x020E, 1}}));
}

TEST(Interpreter, comes_back_when_heat_is_used_up) {
  Program program{0xCA, 0xD0, 0xFD, 0x02};
  program.bus.heat[0x0200] = 3;
  EXPECT_EQ(m6502_interpret_with_heat(&program.bus, Variant::Nmos), Interpreted::Heat);
  EXPECT_EQ(program.bus.cpu.pc, 0x0200);
  EXPECT_EQ(program.bus.cpu.x, 0xFD);
  EXPECT_EQ(program.bus.heat[0x0200], 0);
}

TEST(Interpreter, counts_jumps_from_the_end_of_a_page) {
  Program program{};
  const std::initializer_list<int> bytes = {0xCA, 0xD0, 0xFD};  // at $02FD: DEX; BNE back
  std::copy(bytes.begin(), bytes.end(), program.bus.memory + 0x02FD);
  program.bus.cpu.pc = 0x02FD;
  program.bus.heat[0x02FD] = 2;
  EXPECT_EQ(m6502_interpret_with_heat(&program.bus, Variant::Nmos), Interpreted::Heat);
  EXPECT_EQ(program.bus.cpu.pc, 0x02FD);
  EXPECT_EQ(program.bus.cpu.x, 0xFE);
  // The branch ends in the next page: 2 cycles of DEX, 4 of the branch.
  EXPECT_EQ(program.bus.cpu.left, 100 - 2 * (2 + 4));
}

TEST(Interpreter, without_heat_does_not_count) {
  Program program{0xA2, 3, 0xCA, 0xD0, 0xFD, 0x02};
  std::fill(std::begin(program.bus.heat), std::end(program.bus.heat), 1);
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Look);
  EXPECT_EQ(program.bus.cpu.pc, 0x0205);
}

TEST(Interpreter, sees_what_a_call_on_the_stack_overwrites) {
  // JSR at $01FC with S=$FF: the pushes of $01 and $FE go to $01FF and $01FE, its own high byte.
  Program program{};
  program.bus.memory[0x01FC] = 0x20;
  program.bus.memory[0x01FD] = 0x34;
  program.bus.memory[0x01FE] = 0x12;
  program.bus.cpu.pc = 0x01FC;
  program.bus.cpu.s = 0xFF;
  program.bus.cpu.left = 1;
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Time);
  EXPECT_EQ(program.bus.cpu.pc, 0xFE34);
}

TEST(Interpreter, writes_watched_bytes_once) {
  // PHA; STA $40; INC $40: all of them watched.
  Program program{0x48, 0x85, 0x40, 0xE6, 0x40, 0x02};
  program.bus.cpu.a = 0x41;
  program.map_device(0x00);
  program.bus.map.read[0x00] = ReadMemory;
  program.bus.watch[0x01FD] = WatchCode;
  EXPECT_EQ(m6502_interpret(&program.bus, Variant::Nmos), Interpreted::Look);
  const std::vector<testing::Access> accesses = {{0x40, 0x41, true}, {0x40, 0x41, true}, {0x40, 0x42, true}};
  EXPECT_EQ(program.recorder.accesses, accesses);
  EXPECT_EQ(program.bus.memory[0x01FD], 0x41);
  EXPECT_EQ(program.bus.cpu.s, 0xFC);
}

}  // namespace
}  // namespace inlay::m6502
