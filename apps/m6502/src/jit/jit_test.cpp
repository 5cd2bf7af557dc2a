// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machines that compile at once, against machines that step.
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "inlay/m6502/machine.h"
#include "jit/compile.h"

namespace inlay::m6502 {
namespace {

struct Both {
  Machine step, jit;

  explicit Both(int heat = 2) : step(create(Engine::Step, heat)), jit(create(Engine::Jit, heat)) {}
  static Machine create(Engine engine, int heat) {
    MachineOptions options;
    options.engine = engine;
    options.heat = heat;
    options.compile_at_once = true;
    return Machine::create(options).value();
  }
  template <class Do>
  void each(Do what) {
    what(step);
    what(jit);
  }
  void put(std::uint16_t at, std::initializer_list<std::uint8_t> bytes) {
    each([&](Machine& machine) {
      std::uint16_t to = at;
      for (const std::uint8_t byte : bytes) machine.poke(to++, byte);
    });
  }
  void start(std::uint16_t pc) {
    each([&](Machine& machine) {
      Registers registers;
      registers.pc = pc;
      registers.s = 0xFF;
      registers.p = 0x04;
      machine.set_registers(registers);
    });
  }
  /// Runs both to that cycle in pieces, so that regions are left at many places; they must agree at each.
  void run(std::int64_t cycles, std::int64_t piece = 997) {
    for (std::int64_t at = piece; at < cycles; at += piece) {
      each([&](Machine& machine) { machine.run(at); });
      ASSERT_EQ(step.cycle(), jit.cycle()) << "at cycle " << at;
      ASSERT_EQ(step.registers(), jit.registers()) << "at cycle " << at;
    }
    for (int address = 0; address < 65536; ++address)
      ASSERT_EQ(step.peek(static_cast<std::uint16_t>(address)), jit.peek(static_cast<std::uint16_t>(address)))
          << address;
  }
};

TEST(Jit, a_loop_is_entered_and_stays_compiled) {
  Both both;
  both.put(0x300, {0xE8, 0xD0, 0xFD, 0xC8, 0x4C, 0x00, 0x03});  // INX; BNE; INY; JMP
  both.start(0x300);
  both.run(100'000);
  const Statistics statistics = both.jit.statistics();
  EXPECT_GE(statistics.regions, 1);
  EXPECT_LE(statistics.regions, 3);
  EXPECT_EQ(statistics.invalidated, 0);
  EXPECT_GT(statistics.entered, 50);
}

TEST(Jit, a_region_that_is_left_soon_becomes_part_of_its_callers) {
  Both both(100);
  both.put(0x300, {0xE6, 0x10});  // INC $10
  std::uint16_t at = 0x302;
  for (int call = 0; call < 20; ++call, at += 3) both.put(at, {0x20, 0x80, 0x03});  // JSR 380
  both.put(at, {0x4C, 0x00, 0x03});                                                 // JMP 300
  both.put(0x380, {0xA0, 0x1E, 0xC8, 0x88, 0x88, 0xD0, 0xFB, 0x60});                // LDY #30; INY; DEY; DEY; BNE; RTS
  both.start(0x300);
  both.run(1'000'000, 9973);
  const Statistics statistics = both.jit.statistics();
  EXPECT_LE(statistics.regions, 3);
  // Else each call enters one: some 4,000.
  EXPECT_GT(statistics.entered, 250);
  EXPECT_LT(statistics.entered, 1200);
}

TEST(Jit, what_ends_soon_is_not_compiled) {
  for (const std::int64_t patience : {std::int64_t{0}, MachineOptions{}.patience}) {
    MachineOptions options;
    options.heat = 1;
    options.patience = patience;
    Machine machine = Machine::create(options).value();
    for (std::uint16_t at = 0x300; const std::uint8_t byte : {0xE8, 0xD0, 0xFD, 0xC8, 0x4C, 0x00, 0x03})
      machine.poke(at++, static_cast<std::uint8_t>(byte));
    Registers registers;
    registers.pc = 0x300;
    machine.set_registers(registers);
    // Without patience, until the compiler is done.
    do machine.run(machine.cycle() + 1'000'000);
    while (patience == 0 && machine.statistics().regions == 0);
    EXPECT_EQ(machine.statistics().regions > 0, patience == 0);
  }
}

TEST(Jit, an_operand_that_is_rewritten_in_the_loop_becomes_data) {
  Both both;
  both.put(0x300, {0xA9, 0x00,          // 300 LDA #0, whose operand is written below
                   0x18, 0x69, 0x03,    // 302 CLC; ADC #3
                   0x8D, 0x01, 0x03,    // 305 STA $301
                   0x8D, 0x00, 0x20,    // 308 STA $2000
                   0xE8, 0xD0, 0xF2,    // 30B INX; BNE 300
                   0x4C, 0x00, 0x03});  // 30E JMP 300
  both.start(0x300);
  both.run(300'000);
  const Statistics statistics = both.jit.statistics();
  EXPECT_EQ(statistics.dynamic_operands, 1);
  EXPECT_EQ(statistics.interpreted_bytes, 0);
  EXPECT_LE(statistics.invalidated, 6);
}

TEST(Jit, an_instruction_changes_the_next_one) {
  Both both;
  both.put(0x300, {0xAD, 0x20, 0x03,    // 300 LDA $320
                   0x49, 0x20,          // 303 EOR #$20: INX <-> INY
                   0x8D, 0x20, 0x03,    // 305 STA $320
                   0x8D, 0x0B, 0x03,    // 308 STA $30B
                   0xE8,                // 30B INX or INY
                   0x4C, 0x00, 0x03});  // 30C JMP 300
  both.put(0x320, {0xE8});
  both.start(0x300);
  both.run(100'000);
  EXPECT_GE(both.jit.statistics().regions, 1);
  EXPECT_EQ(both.jit.statistics().interpreted_bytes, 1);
  EXPECT_LE(both.jit.statistics().invalidated, 10);
}

TEST(Jit, code_in_page_zero_and_on_the_stack_is_watched) {
  Both both;
  both.put(0x80, {0xE8,                 // 80 INX
                  0xA9, 0x00,           // 81 LDA #0: its operand is counted up
                  0xE6, 0x82,           // 83 INC $82
                  0x95, 0x10,           // 85 STA $10,X
                  0x60});               // 87 RTS
  both.put(0x300, {0xA2, 0x00,          // 300 LDX #0
                   0xC8, 0x98, 0x48,    // 302 INY; TYA; PHA
                   0x68, 0xCA,          // 305 PLA; DEX
                   0xD0, 0xF9,          // 307 BNE 302
                   0x20, 0x80, 0x00,    // 309 JSR 80
                   0xA2, 0x3F,          // 30C LDX #$3F
                   0x4C, 0x09, 0x03});  // 30E JMP 309
  both.start(0x300);
  both.run(100'000);
  EXPECT_EQ(both.jit.statistics().dynamic_operands, 1);
}

TEST(Jit, a_poke_changes_compiled_code) {
  Both both;
  both.put(0x300, {0xE8, 0xD0, 0xFD, 0xC8, 0x4C, 0x00, 0x03});
  both.start(0x300);
  both.run(20'000);
  both.put(0x300, {0xCA});
  both.each([](Machine& machine) { machine.run(20'500); });
  EXPECT_EQ(both.step.registers(), both.jit.registers());
  EXPECT_GE(both.jit.statistics().invalidated, 1);
}

TEST(Jit, code_of_a_bank_is_there_again_when_the_bank_is) {
  Both both;
  std::vector<std::uint8_t> ups(256, 0xEA), downs(256, 0xEA);
  const std::uint8_t up[] = {0xE8, 0xE8, 0xD0, 0xFC, 0x60}, down[] = {0xCA, 0xCA, 0xD0, 0xFC, 0x60};
  std::copy(std::begin(up), std::end(up), ups.begin());
  std::copy(std::begin(down), std::end(down), downs.begin());
  both.each([&](Machine& machine) {
    const BankId first = machine.add_bank(ups, false).value(), second = machine.add_bank(downs, true).value();
    machine.switch_in(first, 0x80).value();
    // A write to $D000 switches.
    machine
        .map_device(0xD0, 1, nullptr,
                    [&machine, first, second](std::uint16_t, std::uint8_t value, std::int64_t) {
                      machine.switch_in(value & 1 ? second : first, 0x80).value();
                    })
        .value();
  });
  both.put(0x300, {0xC8,                // 300 INY
                   0x8C, 0x00, 0xD0,    // 301 STY $D000
                   0x20, 0x00, 0x80,    // 304 JSR $8000
                   0x4C, 0x00, 0x03});  // 307 JMP 300
  both.start(0x300);
  both.run(400'000);
  // Both banks' loops, and what calls them.
  EXPECT_GE(both.jit.statistics().regions, 3);
  EXPECT_GT(both.jit.statistics().entered, 20);
  EXPECT_LE(both.jit.statistics().regions, 8);
  EXPECT_EQ(both.jit.statistics().invalidated, 0);
}

TEST(Jit, a_device_is_read_in_the_right_cycle_from_compiled_code) {
  Both both;
  std::vector<std::int64_t> cycles[2];
  int machine_number = 0;
  both.each([&](Machine& machine) {
    std::vector<std::int64_t>& seen = cycles[machine_number++];
    machine
        .map_device(
            0xD0, 1,
            [&seen](std::uint16_t, std::int64_t cycle) {
              seen.push_back(cycle);
              return static_cast<std::uint8_t>(cycle * 7);
            },
            nullptr)
        .value();
  });
  both.put(0x300, {0xAD, 0x12, 0xD0,    // 300 LDA $D012
                   0x9D, 0x00, 0x20,    // 303 STA $2000,X
                   0xBD, 0xF0, 0xCF,    // 306 LDA $CFF0,X: the device from X = $10 on
                   0xE8,                // 309 INX
                   0x4C, 0x00, 0x03});  // 30A JMP 300
  both.start(0x300);
  both.run(50'000);
  EXPECT_GE(both.jit.statistics().regions, 1);
  EXPECT_GT(both.jit.statistics().entered, 20);
  EXPECT_GT(cycles[0].size(), 3000u);
  EXPECT_EQ(cycles[0], cycles[1]);
}

TEST(Jit, a_device_that_comes_later_is_read_by_code_that_knew_memory_only) {
  Both both;
  both.put(0x10, {0xF0, 0x40});
  both.put(0x300, {0xB1, 0x10,          // 300 LDA ($10),Y: $40F0 to $41EF
                   0x99, 0x00, 0x20,    // 302 STA $2000,Y
                   0xC8, 0xD0, 0xF8,    // 305 INY; BNE 300
                   0x4C, 0x00, 0x03});  // 308 JMP 300
  both.start(0x300);
  both.run(50'000);
  EXPECT_GE(both.jit.statistics().regions, 1);
  both.each([](Machine& machine) {
    machine
        .map_device(
            0x41, 1, [](std::uint16_t, std::int64_t cycle) { return static_cast<std::uint8_t>(cycle); }, nullptr)
        .value();
  });
  both.each([](Machine& machine) { machine.run(150'000); });
  EXPECT_EQ(both.step.registers(), both.jit.registers());
  for (std::uint16_t at = 0x2000; at < 0x2100; ++at) ASSERT_EQ(both.step.peek(at), both.jit.peek(at)) << at;
}

TEST(Jit, decimal_mode_inside_a_region) {
  Both both;
  both.put(0x300, {0xF8, 0x18, 0x69, 0x07,  // 300 SED; CLC; ADC #7
                   0xD8, 0x69, 0x01,        // 304 CLD; ADC #1
                   0x08, 0x28,              // 307 PHP; PLP
                   0xCA, 0xD0, 0xF4,        // 309 DEX; BNE 300
                   0x4C, 0x00, 0x03});
  both.start(0x300);
  both.run(100'000);
  EXPECT_GE(both.jit.statistics().regions, 1);
  EXPECT_GT(both.jit.statistics().entered, 20);
}

// What is entered and left again is counted when its code goes, too.
TEST(Jit, entries_are_counted_of_code_that_is_gone) {
  Both both;
  both.put(0x300, {0xE8, 0xD0, 0xFD, 0xC8, 0x4C, 0x00, 0x03});
  both.start(0x300);
  std::int64_t entered = 0;
  for (int round = 1; round <= 6; ++round) {
    both.each([&](Machine& machine) {
      for (std::int64_t at = machine.cycle(), end = at + 20'000; at < end; at += 500) machine.run(at);
    });
    const std::int64_t now = both.jit.statistics().entered;
    EXPECT_GT(now, entered + 20);
    entered = now;
    both.put(0x300, {static_cast<std::uint8_t>(round & 1 ? 0xCA : 0xE8)});
  }
}

/// A loop that ends never: X or Y is counted, by one of several instructions.
constexpr std::uint16_t Overlay = 0x300;
std::vector<std::uint8_t> overlay(int number) {
  constexpr std::uint8_t Counts[] = {0xE8, 0xCA, 0xC8, 0x88};
  return {0xE6, static_cast<std::uint8_t>(0x10 + number), 0x38, 0x65, 0x20, Counts[number % 4], 0xD0, 0xF8, 0x4C, 0x00,
          0x03};
}

TEST(Jit, what_the_host_loads_again_and_again_stays_compiled) {
  Both both;
  for (int load = 0; load != 30; ++load) {
    both.each([&](Machine& machine) { machine.load(Overlay, overlay(load % 5)).value(); });
    both.start(Overlay);
    const std::int64_t entered = both.jit.statistics().entered;
    both.each([](Machine& machine) { machine.run(machine.cycle() + 20'000); });
    ASSERT_EQ(both.step.registers(), both.jit.registers()) << load;
    EXPECT_GT(both.jit.statistics().entered, entered) << load;
  }
  EXPECT_EQ(both.jit.statistics().interpreted_bytes, 0);
  EXPECT_EQ(both.jit.statistics().dynamic_operands, 0);
  EXPECT_GE(both.jit.statistics().invalidated, 20);
  // Each once, with what was found on the way.
  EXPECT_LE(both.jit.statistics().regions, 15);
}

TEST(Jit, overlays_that_the_program_brings_in_seldom_stay_compiled) {
  Both both(100);  // so that what copies is not compiled with what it copies
  both.each([](Machine& machine) {
    for (int number = 0; number != 3; ++number)
      machine.load(static_cast<std::uint16_t>(0x2000 + 0x100 * number), overlay(number)).value();
  });
  // Copies page $20 + A to the overlay, and goes there.
  both.put(0x400, {0x18, 0x69, 0x20, 0x8D, 0x0A, 0x04,  // 400 CLC; ADC #$20; STA 40A
                   0xA2, 0x0A,                          // 406 LDX #10
                   0xBD, 0x00, 0x20,                    // 408 LDA $2000,X
                   0x9D, 0x00, 0x03,                    // 40B STA $300,X
                   0xCA, 0x10, 0xF7,                    // 40E DEX; BPL 408
                   0x4C, 0x00, 0x03});                  // 411 JMP 300
  std::int64_t end = 0;
  for (int round = 0; round != 24; ++round) {
    both.each([&](Machine& machine) {
      Registers registers = machine.registers();
      registers.pc = 0x400;
      registers.a = static_cast<std::uint8_t>(round % 3);
      registers.p = 0x04;
      machine.set_registers(registers);
    });
    const std::int64_t entered = both.jit.statistics().entered;
    end += 1'500'000;
    both.each([&](Machine& machine) { machine.run(end); });
    ASSERT_EQ(both.step.registers(), both.jit.registers()) << round;
    EXPECT_GT(both.jit.statistics().entered, entered) << round;
  }
  EXPECT_GE(both.jit.statistics().invalidated, 20);
  EXPECT_EQ(both.jit.statistics().interpreted_bytes, 0);
  EXPECT_LE(both.jit.statistics().regions, 15);
}

TEST(Jit, says_why_a_region_could_not_be_compiled) {
  const auto bus = std::make_unique<Bus>();
  const std::uint8_t code[] = {0xAD, 0x00, 0xD0, 0x4C, 0x00, 0x03};  // LDA $D000; JMP 300
  std::copy(std::begin(code), std::end(code), bus->memory + 0x300);
  bus->map.read[0xD0] = ReadDevice;
  bus->map.devices[0].read = [](void*, std::uint16_t, std::int64_t) { return std::uint8_t{0}; };
  RegionJob job;
  job.pc = 0x300;
  job.memory.assign(bus->memory, bus->memory + sizeof bus->memory);
  job.facts.resize(65536);
  job.map = bus->map;
  auto names = std::make_shared<DeviceNames>();
  names->emplace(reinterpret_cast<const void*>(bus->map.devices[0].read), "there_is_no_such_function");
  job.names = names;
  do_job(inlay::Jit::create().value(), job);
  EXPECT_TRUE(job.done);
  EXPECT_EQ(job.code, nullptr);
  ASSERT_TRUE(job.error);
  EXPECT_NE(job.error->find("there_is_no_such_function"), std::string::npos) << *job.error;
}

}  // namespace
}  // namespace inlay::m6502
