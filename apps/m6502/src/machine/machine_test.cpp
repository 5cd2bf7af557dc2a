// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine around the processor: how far it runs, how it stops, what it refuses.
#include "inlay/m6502/machine.h"

#include <gtest/gtest.h>

#include <string>

#include "machine/test_engines.h"

namespace inlay::m6502 {
namespace {

TEST_P(Machines, run_to_the_first_boundary_that_is_not_before) {
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0x02, 0x4C, 0x00, 0x04});  // INC $0200 (6), JMP (3)
  start(0x0400);
  const std::int64_t boundaries[] = {0, 6, 6, 6, 6, 6, 6, 9, 9, 9, 15};
  for (std::int64_t until = 0; until <= 10; ++until) {
    EXPECT_EQ(machine_.run(until).reason, StopReason::Time);
    EXPECT_EQ(machine_.cycle(), boundaries[until]) << until;
  }
  machine_.run(900'001);
  EXPECT_EQ(machine_.cycle(), 900'006);
  EXPECT_EQ(machine_.peek(0x0200), 100'001 % 256);
}

TEST_P(Machines, end_an_endless_loop_when_the_time_is_up) {
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(3'000'000).reason, StopReason::Time);
  EXPECT_EQ(machine_.cycle(), 3'000'000);
}

TEST_P(Machines, go_nowhere_from_a_vector_into_nothing) {
  // Memory is zero: BRK through a vector that is zero, for ever.
  machine_.reset();
  EXPECT_EQ(machine_.run(7 + 7 * 1000).reason, StopReason::Time);
  EXPECT_EQ(machine_.cycle(), 7007);
  EXPECT_EQ(machine_.registers().pc, 0);
}

TEST_P(Machines, run_over_the_end_of_memory) {
  for (int address = 0xFF00; address != 0x10000; ++address) machine_.poke(static_cast<std::uint16_t>(address), 0xEA);
  write_bytes(machine_, 0x0000, {0xEA, 0x4C, 0x01, 0x00});
  start(0xFF00);
  machine_.run(514);
  EXPECT_EQ(machine_.registers().pc, 0x0001);
}

TEST_P(Machines, jam_until_reset) {
  write_bytes(machine_, 0x0400, {0xA9, 0x01, 0x02});
  machine_.set_vector(ResetVector, 0x0500);
  write_bytes(machine_, 0x0500, {0x4C, 0x00, 0x05});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Jam);
  EXPECT_EQ(machine_.cycle(), 2 + 3);
  machine_.nmi();
  EXPECT_EQ(machine_.run(100).reason, StopReason::Jam);
  EXPECT_EQ(machine_.step().reason, StopReason::Jam);
  machine_.reset();
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
  EXPECT_EQ(machine_.registers().pc, 0x0500);
}

TEST_P(Machines, stop_and_fail_from_outside_stop_the_next_run) {
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  machine_.stop();
  EXPECT_EQ(machine_.run(30).reason, StopReason::Asked);
  EXPECT_EQ(machine_.cycle(), 0);
  machine_.fail("first");
  machine_.fail("second");
  EXPECT_EQ(machine_.run(30).message, "first");
  EXPECT_EQ(machine_.run(30).reason, StopReason::Time);
}

TEST_P(Machines, step_over_one_instruction_or_the_beginning_of_an_interrupt) {
  write_bytes(machine_, 0x0400, {0xEA, 0xEA});
  machine_.set_vector(IrqVector, 0x0500);
  start(0x0400, 0);
  machine_.set_irq(true, 0);
  EXPECT_EQ(machine_.step().reason, StopReason::Time);
  EXPECT_EQ(machine_.registers().pc, 0x0401);
  EXPECT_EQ(machine_.cycle(), 2);
  machine_.step();
  EXPECT_EQ(machine_.registers().pc, 0x0500);
  EXPECT_EQ(machine_.cycle(), 9);
}

TEST_P(Machines, move_while_their_devices_stay) {
  int reads = 0;
  ASSERT_TRUE(machine_.map_device(
      0xD0, 1, [&](std::uint16_t, std::int64_t) { return static_cast<std::uint8_t>(++reads); }, nullptr));
  write_bytes(machine_, 0x0400, {0xAD, 0x00, 0xD0, 0x4C, 0x00, 0x04});
  start(0x0400);
  machine_.run(70);
  Machine moved = std::move(machine_);
  moved.run(140);
  EXPECT_EQ(reads, 20);
}

TEST_P(Machines, take_sources_from_0_to_31) {
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  for (const int source : {-1, 32}) {
    machine_.set_irq(true, {}, source);
    const Stopped stopped = machine_.run(machine_.cycle() + 30);
    EXPECT_EQ(stopped.reason, StopReason::Error);
    EXPECT_NE(stopped.message.find("source " + std::to_string(source)), std::string::npos);
  }
  start(0x0400, 0);
  machine_.set_irq(true, {}, 31);
  machine_.run(machine_.cycle() + 30);
  EXPECT_EQ(machine_.statistics().interrupts, 1);
}

TEST_P(Machines, do_not_let_time_go_back) {
  machine_.take_cycles(5);
  EXPECT_EQ(machine_.cycle(), 5);
  machine_.take_cycles(-3);
  EXPECT_EQ(machine_.cycle(), 5);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Error);
  EXPECT_EQ(machine_.cycle(), 5);
}

TEST_P(Machines, tell_addresses_in_hexadecimal) {
  EXPECT_NE(machine_.load(0xFFFF, std::vector<std::uint8_t>(2)).error().to_string().find("from $FFFF"),
            std::string::npos);
  machine_.on_execute(0xC00A, [](Machine&) {});
  start(0xC00A);
  EXPECT_NE(machine_.run(100).message.find("the hook at $C00A"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Engines, Machines, ::testing::ValuesIn(engine_cases()), engine_name);

TEST(MachineStatistics, count_a_region_once) {
  MachineOptions options;
  options.heat = 1;
  options.compile_at_once = true;
  Machine machine = make_machine(options);
  write_bytes(machine, 0x0400, {0xE6, 0x10, 0x4C, 0x00, 0x04});  // INC $10, JMP
  machine.set_registers(registers_at(0x0400));
  machine.run(100'000);
  EXPECT_EQ(machine.statistics().cycles, 100'000);
  EXPECT_EQ(machine.statistics().regions, 1);
  EXPECT_EQ(machine.statistics().region_instructions, 2);
}

TEST(MachineOptions, are_checked) {
  MachineOptions options;
  options.heat = 0;
  EXPECT_FALSE(Machine::create(options));
  options.heat = 256;
  EXPECT_FALSE(Machine::create(options));
}

}  // namespace
}  // namespace inlay::m6502
