// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pages that are functions.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <tuple>

#include "machine/test_engines.h"

namespace inlay::m6502 {
namespace {

using Access = std::tuple<char, int, int, std::int64_t>;

class Devices : public Machines {
 protected:
  std::vector<Access> seen_;
  void SetUp() override {
    ASSERT_TRUE(machine_.map_device(
        0xD0, 2,
        [this](std::uint16_t address, std::int64_t cycle) {
          EXPECT_EQ(machine_.cycle(), cycle);
          seen_.emplace_back('r', address, 0, cycle);
          return static_cast<std::uint8_t>(seen_.size());
        },
        [this](std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
          seen_.emplace_back('w', address, value, cycle);
        }));
  }
};

TEST_P(Devices, see_every_access_in_its_cycle) {
  write_bytes(machine_, 0x0400, {0xAD, 0x00, 0xD0,    // LDA $D000
                                 0x8D, 0x01, 0xD0,    // STA $D001
                                 0xEE, 0x02, 0xD0,    // INC $D002: reads, writes what it read, writes
                                 0xA2, 0x20,          // LDX #$20
                                 0xBD, 0xF0, 0xD0,    // LDA $D0F0,X: reads $D010 and then $D110
                                 0x9D, 0x00, 0xD0,    // STA $D000,X: reads first
                                 0x4C, 0x11, 0x04});  // JMP to itself
  start(0x0400);
  machine_.run(1000);
  const std::vector<Access> expected = {{'r', 0xD000, 0, 3},  {'w', 0xD001, 1, 7},  {'r', 0xD002, 0, 11},
                                        {'w', 0xD002, 3, 12}, {'w', 0xD002, 4, 13}, {'r', 0xD010, 0, 19},
                                        {'r', 0xD110, 0, 20}, {'r', 0xD020, 0, 24}, {'w', 0xD020, 7, 25}};
  EXPECT_EQ(seen_, expected);
}

TEST_P(Devices, see_accesses_of_a_loop_that_is_hot) {
  // LDX #0; loop: LDA $D000; STA $0200,X; INX; BNE loop
  write_bytes(machine_, 0x0400, {0xA2, 0x00, 0xAD, 0x00, 0xD0, 0x9D, 0x00, 0x02, 0xE8, 0xD0, 0xF7, 0x4C, 0x0B, 0x04});
  start(0x0400);
  machine_.run(10'000);
  ASSERT_EQ(seen_.size(), 256u);
  for (int at = 0; at != 256; ++at) {
    EXPECT_EQ(seen_[static_cast<std::size_t>(at)], Access('r', 0xD000, 0, 2 + 14 * at + 3));
    EXPECT_EQ(machine_.peek(static_cast<std::uint16_t>(0x0200 + at)), (at + 1) % 256);
  }
}

TEST_P(Devices, are_read_by_instructions_that_run_in_them) {
  // A device that gives NOPs: each fetch is a read, and that of the next byte too.
  ASSERT_TRUE(machine_.map_device(
      0xC0, 1,
      [this](std::uint16_t address, std::int64_t cycle) {
        seen_.emplace_back('r', address, 0, cycle);
        return static_cast<std::uint8_t>(0xEA);
      },
      nullptr));
  start(0xC000);
  machine_.run(4);
  const std::vector<Access> expected = {
      {'r', 0xC000, 0, 0}, {'r', 0xC001, 0, 1}, {'r', 0xC001, 0, 2}, {'r', 0xC002, 0, 3}};
  EXPECT_EQ(seen_, expected);
  EXPECT_EQ(machine_.registers().pc, 0xC002);
}

TEST_P(Devices, are_fetched_from_where_an_instruction_begins_in_memory_before_them) {
  machine_.poke(0xCFFF, 0xAD);  // LDA with its operand in the device: $0201 or the like
  start(0xCFFF);
  machine_.run(4);
  const std::vector<Access> expected = {{'r', 0xD000, 0, 1}, {'r', 0xD001, 0, 2}};
  EXPECT_EQ(seen_, expected);
  EXPECT_EQ(machine_.registers().pc, 0xD002);
}

TEST_P(Devices, that_throw_stop_the_machine_behind_the_instruction) {
  ASSERT_TRUE(machine_.map_device(
      0xD8, 1, [](std::uint16_t, std::int64_t) -> std::uint8_t { throw std::runtime_error("no disk"); },
      [](std::uint16_t, std::uint8_t, std::int64_t) { throw 1; }));
  write_bytes(machine_, 0x0400, {0xAD, 0x00, 0xD8, 0x8D, 0x00, 0xD8, 0x4C, 0x06, 0x04});
  start(0x0400);
  Stopped stopped = machine_.run(100);
  EXPECT_EQ(stopped.reason, StopReason::Error);
  EXPECT_EQ(stopped.message, "no disk");
  EXPECT_EQ(machine_.cycle(), 4);
  EXPECT_EQ(machine_.registers().a, 0xFF);
  stopped = machine_.run(100);
  EXPECT_EQ(stopped.reason, StopReason::Error);
  EXPECT_NE(stopped.message, "");
  EXPECT_EQ(machine_.cycle(), 8);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
}

TEST_P(Devices, stop_the_machine_behind_the_instruction) {
  ASSERT_TRUE(
      machine_.map_device(0xD8, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t) { machine_.stop(); }));
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0xD8, 0x4C, 0x03, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Asked);
  EXPECT_EQ(machine_.cycle(), 6);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
}

TEST_P(Devices, cannot_run_the_machine_that_runs_them) {
  Stopped inner;
  ASSERT_TRUE(machine_.map_device(0xD8, 1, nullptr,
                                  [&](std::uint16_t, std::uint8_t, std::int64_t) { inner = machine_.run(1000); }));
  write_bytes(machine_, 0x0400, {0x8D, 0x00, 0xD8, 0x4C, 0x03, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
  EXPECT_EQ(inner.reason, StopReason::Error);
}

TEST_P(Devices, cannot_set_registers_or_take_cycles) {
  for (const bool registers : {true, false}) {
    ASSERT_TRUE(machine_.map_device(0xD8, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t) {
      if (registers)
        machine_.set_registers(registers_at(0x1234));
      else
        machine_.take_cycles(10);
    }));
    write_bytes(machine_, 0x0400, {0x8D, 0x00, 0xD8, 0x4C, 0x03, 0x04});
    start(0x0400);
    const std::int64_t before = machine_.cycle();
    const Stopped stopped = machine_.run(before + 100);
    EXPECT_EQ(stopped.reason, StopReason::Error);
    EXPECT_NE(stopped.message.find("device's access"), std::string::npos);
    EXPECT_EQ(machine_.registers().pc, 0x0403);
    EXPECT_EQ(machine_.cycle(), before + 4);
  }
}

TEST_P(Devices, that_replace_themselves_are_freed_while_the_machine_runs) {
  const auto alive = std::make_shared<int>();
  long most = 0;
  std::function<void()> replace = [&] {
    most = std::max(most, alive.use_count());
    ASSERT_TRUE(machine_.map_device(0xD8, 1, nullptr,
                                    [&replace, alive](std::uint16_t, std::uint8_t, std::int64_t) { replace(); }));
  };
  replace();
  write_bytes(machine_, 0x0400, {0x8D, 0x00, 0xD8, 0x4C, 0x00, 0x04});  // STA $D800, JMP
  start(0x0400);
  machine_.run(7 * 500);
  EXPECT_LE(most, 4);
  ASSERT_TRUE(machine_.map_memory(0xD8, 1));
  machine_.run(7 * 600);
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_P(Devices, map_themselves_away) {
  // The second write to $D800 goes to memory.
  ASSERT_TRUE(machine_.map_device(
      0xD8, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t) { EXPECT_TRUE(machine_.map_memory(0xD8, 1)); }));
  write_bytes(machine_, 0x0400, {0xA9, 0x42, 0x8D, 0x00, 0xD8, 0xCE, 0x00, 0xD8, 0x4C, 0x08, 0x04});
  start(0x0400);
  machine_.run(100);
  EXPECT_EQ(machine_.peek(0xD800), 0xFF);
}

TEST_P(Devices, leave_what_lies_under_them) {
  machine_.poke(0xD800, 0x11);
  ASSERT_TRUE(machine_.map_device(0xD8, 1, [](std::uint16_t, std::int64_t) { return std::uint8_t{0x77}; }, nullptr));
  EXPECT_EQ(machine_.peek(0xD800), 0x11);
  write_bytes(machine_, 0x0400, {0xAD, 0x00, 0xD8, 0x8D, 0x01, 0xD8, 0x4C, 0x06, 0x04});
  start(0x0400);
  machine_.run(100);
  EXPECT_EQ(machine_.registers().a, 0x77);
  EXPECT_EQ(machine_.peek(0xD801), 0x77);  // writes without a function go to memory
  ASSERT_TRUE(machine_.map_memory(0xD8, 1));
  EXPECT_EQ(machine_.peek(0xD800), 0x11);
  EXPECT_EQ(machine_.peek(0xD801), 0x77);
}

TEST_P(Devices, are_not_more_than_there_is_room_for) {
  for (int again = 0; again != 3; ++again)  // those that are mapped away make room
    for (int page = 0x40; page != 0x40 + MaxDevices - 1; ++page)
      ASSERT_TRUE(machine_.map_device(page, 1, [](std::uint16_t, std::int64_t) { return std::uint8_t{0}; }, nullptr));
  EXPECT_FALSE(machine_.map_device(0x90, 1, [](std::uint16_t, std::int64_t) { return std::uint8_t{0}; }, nullptr));
  EXPECT_FALSE(machine_.map_rom(0x100, 1));
  EXPECT_FALSE(machine_.map_rom(0xFF, 2));
  EXPECT_FALSE(machine_.map_rom(-1, 1));
  EXPECT_FALSE(machine_.map_memory(0, 0));
}

TEST_P(Devices, on_the_stack_and_in_page_zero_see_what_others_do) {
  ASSERT_TRUE(machine_.map_device(
      0x01, 1,
      [this](std::uint16_t address, std::int64_t cycle) {
        seen_.emplace_back('r', address, 0, cycle);
        return std::uint8_t{0x04};
      },
      [this](std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
        seen_.emplace_back('w', address, value, cycle);
      }));
  write_bytes(machine_, 0x0400, {0x20, 0x10, 0x04});  // JSR $0410
  write_bytes(machine_, 0x0410, {0x60});              // RTS to $0405
  write_bytes(machine_, 0x0405, {0x4C, 0x05, 0x04});
  start(0x0400);
  machine_.run(100);
  const std::vector<Access> expected = {{'r', 0x01FF, 0, 2}, {'w', 0x01FF, 4, 3}, {'w', 0x01FE, 2, 4},
                                        {'r', 0x01FD, 0, 8}, {'r', 0x01FE, 0, 9}, {'r', 0x01FF, 0, 10}};
  EXPECT_EQ(seen_, expected);
  EXPECT_EQ(machine_.registers().pc, 0x0405);
}

TEST_P(Devices, an_edge_while_brk_reads_its_vector_is_seen_behind_the_handlers_first_instruction) {
  for (int address = 0x0300; address != 0x0330; ++address) machine_.poke(static_cast<std::uint16_t>(address), 0xEA);
  write_bytes(machine_, 0x0400, {0xEA, 0xEA, 0x00});
  ASSERT_TRUE(machine_.map_device(
      0xFF, 1,
      [this](std::uint16_t address, std::int64_t) -> std::uint8_t {
        if (address == IrqVector) machine_.nmi();
        return address % 2 == 0 ? 0x00 : address < ResetVector ? 0x05 : 0x03;  // NMI: $0500, BRK: $0300
      },
      nullptr));
  machine_.on_execute(0x0500, [](Machine& machine) { machine.stop(); });
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Asked);
  EXPECT_EQ(machine_.cycle(), 2 + 2 + 7 + 2 + 7);
  EXPECT_EQ(machine_.peek(0x01FB), 0x01);  // where NMI returns to: behind the first instruction
}

INSTANTIATE_TEST_SUITE_P(Engines, Devices, ::testing::ValuesIn(engine_cases()), engine_name);

}  // namespace
}  // namespace inlay::m6502
