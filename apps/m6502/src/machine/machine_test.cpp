// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine around the processor: the map, devices, banks, hooks, events, and what goes wrong.
#include "inlay/m6502/machine.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <tuple>

#include "machine/test_engines.h"

namespace inlay::m6502 {
namespace {

class Machines : public ::testing::TestWithParam<EngineCase> {
 protected:
  Machine machine_ = make_machine(GetParam().options);
  void start(std::uint16_t pc, std::uint8_t p = StatusInterrupt) { machine_.set_registers(registers_at(pc, p)); }
};

TEST_P(Machines, RunToTheFirstBoundaryThatIsNotBefore) {
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

TEST_P(Machines, EndAnEndlessLoopWhenTheTimeIsUp) {
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(3'000'000).reason, StopReason::Time);
  EXPECT_EQ(machine_.cycle(), 3'000'000);
}

TEST_P(Machines, GoNowhereFromAVectorIntoNothing) {
  // Memory is zero: BRK through a vector that is zero, for ever.
  machine_.reset();
  EXPECT_EQ(machine_.run(7 + 7 * 1000).reason, StopReason::Time);
  EXPECT_EQ(machine_.cycle(), 7007);
  EXPECT_EQ(machine_.registers().pc, 0);
}

TEST_P(Machines, RunOverTheEndOfMemory) {
  for (int address = 0xFF00; address != 0x10000; ++address) machine_.poke(static_cast<std::uint16_t>(address), 0xEA);
  write_bytes(machine_, 0x0000, {0xEA, 0x4C, 0x01, 0x00});
  start(0xFF00);
  machine_.run(514);
  EXPECT_EQ(machine_.registers().pc, 0x0001);
}

TEST_P(Machines, JamUntilReset) {
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

// Devices.

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

TEST_P(Devices, SeeEveryAccessInItsCycle) {
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

TEST_P(Devices, SeeAccessesOfALoopThatIsHot) {
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

TEST_P(Devices, AreReadByInstructionsThatRunInThem) {
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

TEST_P(Devices, AreFetchedFromWhereAnInstructionBeginsInMemoryBeforeThem) {
  machine_.poke(0xCFFF, 0xAD);  // LDA with its operand in the device: $0201 or the like
  start(0xCFFF);
  machine_.run(4);
  const std::vector<Access> expected = {{'r', 0xD000, 0, 1}, {'r', 0xD001, 0, 2}};
  EXPECT_EQ(seen_, expected);
  EXPECT_EQ(machine_.registers().pc, 0xD002);
}

TEST_P(Devices, ThatThrowStopTheMachineBehindTheInstruction) {
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

TEST_P(Devices, StopTheMachineBehindTheInstruction) {
  ASSERT_TRUE(
      machine_.map_device(0xD8, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t) { machine_.stop(); }));
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0xD8, 0x4C, 0x03, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Asked);
  EXPECT_EQ(machine_.cycle(), 6);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
}

TEST_P(Devices, CannotRunTheMachineThatRunsThem) {
  Stopped inner;
  ASSERT_TRUE(machine_.map_device(0xD8, 1, nullptr,
                                  [&](std::uint16_t, std::uint8_t, std::int64_t) { inner = machine_.run(1000); }));
  write_bytes(machine_, 0x0400, {0x8D, 0x00, 0xD8, 0x4C, 0x03, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
  EXPECT_EQ(inner.reason, StopReason::Error);
}

TEST_P(Devices, MapThemselvesAway) {
  // The second write to $D800 goes to memory.
  ASSERT_TRUE(machine_.map_device(
      0xD8, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t) { EXPECT_TRUE(machine_.map_memory(0xD8, 1)); }));
  write_bytes(machine_, 0x0400, {0xA9, 0x42, 0x8D, 0x00, 0xD8, 0xCE, 0x00, 0xD8, 0x4C, 0x08, 0x04});
  start(0x0400);
  machine_.run(100);
  EXPECT_EQ(machine_.peek(0xD800), 0xFF);
}

TEST_P(Devices, LeaveWhatLiesUnderThem) {
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

TEST_P(Devices, AreNotMoreThanThereIsRoomFor) {
  for (int again = 0; again != 3; ++again)  // those that are mapped away make room
    for (int page = 0x40; page != 0x40 + MaxDevices - 1; ++page)
      ASSERT_TRUE(machine_.map_device(page, 1, [](std::uint16_t, std::int64_t) { return std::uint8_t{0}; }, nullptr));
  EXPECT_FALSE(machine_.map_device(0x90, 1, [](std::uint16_t, std::int64_t) { return std::uint8_t{0}; }, nullptr));
  EXPECT_FALSE(machine_.map_rom(0x100, 1));
  EXPECT_FALSE(machine_.map_rom(0xFF, 2));
  EXPECT_FALSE(machine_.map_rom(-1, 1));
  EXPECT_FALSE(machine_.map_memory(0, 0));
}

TEST_P(Devices, OnTheStackAndInPageZeroSeeWhatOthersDo) {
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

INSTANTIATE_TEST_SUITE_P(Engines, Devices, ::testing::ValuesIn(engine_cases()), engine_name);

// Memory.

TEST_P(Machines, RomIsNotWrittenByTheProgram) {
  machine_.poke(0x8000, 0x12);
  ASSERT_TRUE(machine_.map_rom(0x80, 1));
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0x80, 0xAD, 0x00, 0x80, 0x4C, 0x06, 0x04});
  start(0x0400);
  machine_.run(100);
  EXPECT_EQ(machine_.registers().a, 0x12);
  machine_.poke(0x8000, 0x13);
  EXPECT_EQ(machine_.peek(0x8000), 0x13);
}

TEST_P(Machines, LoadUpToTheLastByte) {
  const std::vector<std::uint8_t> bytes(256, 0xAB);
  EXPECT_TRUE(machine_.load(0xFF00, bytes));
  EXPECT_EQ(machine_.peek(0xFFFF), 0xAB);
  const auto too_far = machine_.load(0xFF01, bytes);
  ASSERT_FALSE(too_far);
  EXPECT_EQ(too_far.error().kind(), ErrorKind::InvalidArgument);
  EXPECT_EQ(machine_.peek(0x0000), 0);
}

TEST_P(Machines, SeeCodeThatChangesOneInstructionAhead) {
  // LDA #$E8 (INX); STA next; next: NOP, and again and again with DEX.
  write_bytes(machine_, 0x0400,
              {0xA9, 0xE8,                    // LDA #$E8
               0x8D, 0x05, 0x04,              // STA $0405
               0xEA,                          // becomes INX and DEX
               0x49, 0x22, 0x8D, 0x01, 0x04,  // EOR #$22 (E8 <-> CA), STA $0401
               0xC8, 0xC0, 0x65, 0xD0, 0xF0,  // INY, CPY #$65, BNE
               0x4C, 0x10, 0x04});
  start(0x0400);
  machine_.run(100'000);
  EXPECT_EQ(machine_.registers().pc, 0x0410);
  EXPECT_EQ(machine_.registers().y, 0x65);
  EXPECT_EQ(machine_.registers().x, 1);
}

TEST_P(Machines, SwitchBanksAndKeepThoseThatCanBeWritten) {
  const BankId rom = machine_.add_bank(std::vector<std::uint8_t>(512, 0x11), false).value();
  const BankId ram = machine_.add_bank(std::vector<std::uint8_t>(256, 0x22), true).value();
  ASSERT_TRUE(machine_.switch_in(rom, 0x80));
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0x80, 0xEE, 0x00, 0x81, 0x4C, 0x06, 0x04});
  start(0x0400);
  machine_.run(100);
  EXPECT_EQ(machine_.peek(0x8000), 0x11);
  ASSERT_TRUE(machine_.switch_in(ram, 0x80));
  EXPECT_EQ(machine_.peek(0x8000), 0x22);
  EXPECT_EQ(machine_.peek(0x8100), 0x11);  // the rest of the other one
  start(0x0400);
  machine_.run(200);
  EXPECT_EQ(machine_.peek(0x8000), 0x23);
  ASSERT_TRUE(machine_.switch_in(rom, 0x80));
  EXPECT_EQ(machine_.peek(0x8000), 0x11);
  machine_.poke(0x8000, 0x12);  // lasts while it is in
  ASSERT_TRUE(machine_.switch_in(ram, 0x80));
  ASSERT_TRUE(machine_.switch_in(rom, 0x80));
  EXPECT_EQ(machine_.peek(0x8000), 0x11);
  ASSERT_TRUE(machine_.switch_in(ram, 0xA0));
  EXPECT_EQ(machine_.peek(0xA000), 0x23);
  EXPECT_EQ(machine_.peek(0x8000), 0x11);
}

TEST_P(Machines, MoveABankThatIsIn) {
  const BankId ram = machine_.add_bank(std::vector<std::uint8_t>(256, 0x22), true).value();
  ASSERT_TRUE(machine_.switch_in(ram, 0x80));
  machine_.poke(0x8001, 0x44);
  ASSERT_TRUE(machine_.switch_in(ram, 0x90));
  EXPECT_EQ(machine_.peek(0x9001), 0x44);
  machine_.poke(0x8001, 0x55);  // no longer the bank's
  ASSERT_TRUE(machine_.switch_in(ram, 0xA0));
  EXPECT_EQ(machine_.peek(0xA001), 0x44);
}

TEST_P(Machines, RefuseBanksThatDoNotFit) {
  EXPECT_FALSE(machine_.add_bank({}, false));
  EXPECT_FALSE(machine_.add_bank(std::vector<std::uint8_t>(255), false));
  EXPECT_FALSE(machine_.add_bank(std::vector<std::uint8_t>(65536 + 256), false));
  const BankId bank = machine_.add_bank(std::vector<std::uint8_t>(512), false).value();
  EXPECT_FALSE(machine_.switch_in(bank, 0xFF));
  EXPECT_FALSE(machine_.switch_in(bank, -1));
  EXPECT_FALSE(machine_.switch_in({}, 0));
  EXPECT_FALSE(machine_.switch_in({2}, 0));
}

TEST_P(Machines, RunTheBankThatADeviceHasSwitchedIn) {
  // Both banks count in their own place, and switch at once: the next instruction is the other bank's.
  std::vector<BankId> banks;
  for (const std::uint8_t counter : {0x10, 0x11}) {
    std::vector<std::uint8_t> bytes(256, 0xEA);
    const std::uint8_t code[] = {0xE6, counter, 0x8D, 0x00, 0xD0, 0x4C, 0x00, 0x80};  // INC, STA $D000, JMP $8000
    std::copy(std::begin(code), std::end(code), bytes.begin());
    banks.push_back(machine_.add_bank(std::move(bytes), false).value());
  }
  int in = 0;
  ASSERT_TRUE(machine_.map_device(0xD0, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t) {
    ASSERT_TRUE(machine_.switch_in(banks[static_cast<std::size_t>(in ^= 1)], 0x80));
  }));
  ASSERT_TRUE(machine_.switch_in(banks[0], 0x80));
  start(0x8000);
  machine_.run(12 * 200);
  EXPECT_EQ(machine_.peek(0x10), 100);
  EXPECT_EQ(machine_.peek(0x11), 100);
}

TEST_P(Machines, ADeviceThatTakesWritesGivesReadsToTheBank) {
  const BankId rom = machine_.add_bank(std::vector<std::uint8_t>(256, 0x11), false).value();
  int written = 0;
  ASSERT_TRUE(
      machine_.map_device(0x80, 1, nullptr, [&](std::uint16_t, std::uint8_t value, std::int64_t) { written = value; }));
  ASSERT_TRUE(machine_.switch_in(rom, 0x80));
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0x80, 0x4C, 0x03, 0x04});
  start(0x0400);
  machine_.run(100);
  EXPECT_EQ(written, 0x12);
  EXPECT_EQ(machine_.peek(0x8000), 0x11);
}

// Hooks and events.

TEST_P(Machines, CallHooksInsteadOfTheInstruction) {
  write_bytes(machine_, 0x0400, {0x20, 0x00, 0x05, 0xE8, 0x4C, 0x00, 0x04});  // JSR $0500, INX, JMP
  write_bytes(machine_, 0x0500, {0x00, 0x60});
  int calls = 0;
  machine_.on_execute(0x0500, [&](Machine& machine) {
    Registers registers = machine.registers();
    registers.a = static_cast<std::uint8_t>(++calls);
    registers.pc = 0x0501;
    machine.set_registers(registers);
    machine.take_cycles(4);
  });
  EXPECT_EQ(machine_.peek(0x0500), 0x00);
  start(0x0400);
  machine_.run(21 * 1000);
  EXPECT_EQ(calls, 1000);
  EXPECT_EQ(machine_.registers().x, 1000 % 256);
  EXPECT_EQ(machine_.cycle(), 21 * 1000);
  machine_.on_execute(0x0500, nullptr);
  write_bytes(machine_, 0x0500, {0xEA, 0x60});
  machine_.run(machine_.cycle() + 19);
  EXPECT_EQ(calls, 1000);
}

TEST_P(Machines, HooksSurviveWritesAndBanks) {
  int calls = 0;
  machine_.on_execute(0x8000, [&](Machine& machine) {
    ++calls;
    machine.stop();
    machine.take_cycles(1);
  });
  write_bytes(machine_, 0x0400, {0xA9, 0xEA, 0x8D, 0x00, 0x80, 0x4C, 0x00, 0x80});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Asked);
  EXPECT_EQ(machine_.peek(0x8000), 0xEA);
  const BankId bank = machine_.add_bank(std::vector<std::uint8_t>(256, 0x33), true).value();
  ASSERT_TRUE(machine_.switch_in(bank, 0x80));
  EXPECT_EQ(machine_.peek(0x8000), 0x33);
  start(0x0405);
  EXPECT_EQ(machine_.run(200).reason, StopReason::Asked);
  EXPECT_EQ(calls, 2);
}

TEST_P(Machines, AHookThatLeavesEverythingAsItIsIsAnError) {
  machine_.on_execute(0x0400, [](Machine&) {});
  start(0x0400);
  const Stopped stopped = machine_.run(100);
  EXPECT_EQ(stopped.reason, StopReason::Error);
  EXPECT_NE(stopped.message.find("hook"), std::string::npos);
}

TEST_P(Machines, HooksMayEndThemselvesAndThrow) {
  machine_.on_execute(0x0400, [](Machine& machine) {
    machine.on_execute(0x0400, nullptr);
    throw std::runtime_error("enough");
  });
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).message, "enough");
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
}

TEST_P(Machines, CallEventsAtTheFirstBoundaryThatIsNotBefore) {
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0x02, 0x4C, 0x00, 0x04});  // boundaries at 6, 9, 15, 18, ...
  start(0x0400);
  std::vector<std::pair<std::int64_t, std::int64_t>> seen;
  for (const std::int64_t at : {16, 7, 9, 6, 3})
    machine_.schedule(at, [&](Machine& machine, std::int64_t since) { seen.emplace_back(since, machine.cycle()); });
  machine_.run(1000);
  const std::vector<std::pair<std::int64_t, std::int64_t>> expected = {{3, 6}, {6, 6}, {7, 9}, {9, 9}, {16, 18}};
  EXPECT_EQ(seen, expected);
}

TEST_P(Machines, EventsOfADeviceComeInTime) {
  write_bytes(machine_, 0x0400, {0x8D, 0x00, 0xD0, 0xEE, 0x00, 0x02, 0x4C, 0x03, 0x04});  // STA; 10, 13, 19, 22, ...
  std::int64_t called = 0;
  ASSERT_TRUE(machine_.map_device(0xD0, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t cycle) {
    machine_.schedule(cycle + 11, [&](Machine& machine, std::int64_t) { called = machine.cycle(); });
  }));
  start(0x0400);
  machine_.run(100'000);
  EXPECT_EQ(called, 19);
}

TEST_P(Machines, EventsThatFollowThemselvesLetTimePass) {
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  int calls = 0;
  std::function<void(Machine&, std::int64_t)> again = [&](Machine& machine, std::int64_t) {
    ++calls;
    machine.schedule(0, again);
  };
  machine_.schedule(0, again);
  EXPECT_EQ(machine_.run(30).reason, StopReason::Time);
  EXPECT_EQ(calls, 31);
  machine_.schedule(0, [](Machine&, std::int64_t) { throw std::runtime_error("late"); });
  EXPECT_EQ(machine_.run(60).message, "late");
  EXPECT_EQ(machine_.cycle(), 30);
}

TEST_P(Machines, StopAndFailFromOutsideStopTheNextRun) {
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

TEST_P(Machines, StepOverOneInstructionOrTheBeginningOfAnInterrupt) {
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

TEST_P(Machines, MoveWhileTheirDevicesStay) {
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

INSTANTIATE_TEST_SUITE_P(Engines, Machines, ::testing::ValuesIn(engine_cases()), engine_name);

TEST(MachineStatistics, CountARegionOnce) {
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

TEST(MachineOptions, AreChecked) {
  MachineOptions options;
  options.heat = 0;
  EXPECT_FALSE(Machine::create(options));
  options.heat = 256;
  EXPECT_FALSE(Machine::create(options));
}

}  // namespace
}  // namespace inlay::m6502
