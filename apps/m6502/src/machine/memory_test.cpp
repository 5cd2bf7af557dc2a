// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What lies in memory: ROM, banks, code that changes.
#include <gtest/gtest.h>

#include "machine/test_engines.h"

namespace inlay::m6502 {
namespace {

class Memories : public Machines {};

TEST_P(Memories, rom_is_not_written_by_the_program) {
  machine_.poke(0x8000, 0x12);
  ASSERT_TRUE(machine_.map_rom(0x80, 1));
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0x80, 0xAD, 0x00, 0x80, 0x4C, 0x06, 0x04});
  start(0x0400);
  machine_.run(100);
  EXPECT_EQ(machine_.registers().a, 0x12);
  machine_.poke(0x8000, 0x13);
  EXPECT_EQ(machine_.peek(0x8000), 0x13);
}

TEST_P(Memories, load_up_to_the_last_byte) {
  const std::vector<std::uint8_t> bytes(256, 0xAB);
  EXPECT_TRUE(machine_.load(0xFF00, bytes));
  EXPECT_EQ(machine_.peek(0xFFFF), 0xAB);
  const auto too_far = machine_.load(0xFF01, bytes);
  ASSERT_FALSE(too_far);
  EXPECT_EQ(too_far.error().kind(), ErrorKind::InvalidArgument);
  EXPECT_EQ(machine_.peek(0x0000), 0);
}

TEST_P(Memories, see_code_that_changes_one_instruction_ahead) {
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

TEST_P(Memories, switch_banks_and_keep_those_that_can_be_written) {
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

TEST_P(Memories, move_a_bank_that_is_in) {
  const BankId ram = machine_.add_bank(std::vector<std::uint8_t>(256, 0x22), true).value();
  ASSERT_TRUE(machine_.switch_in(ram, 0x80));
  machine_.poke(0x8001, 0x44);
  ASSERT_TRUE(machine_.switch_in(ram, 0x90));
  EXPECT_EQ(machine_.peek(0x9001), 0x44);
  machine_.poke(0x8001, 0x55);  // no longer the bank's
  ASSERT_TRUE(machine_.switch_in(ram, 0xA0));
  EXPECT_EQ(machine_.peek(0xA001), 0x44);
}

TEST_P(Memories, refuse_banks_that_do_not_fit) {
  EXPECT_FALSE(machine_.add_bank({}, false));
  EXPECT_FALSE(machine_.add_bank(std::vector<std::uint8_t>(255), false));
  EXPECT_FALSE(machine_.add_bank(std::vector<std::uint8_t>(65536 + 256), false));
  const BankId bank = machine_.add_bank(std::vector<std::uint8_t>(512), false).value();
  EXPECT_FALSE(machine_.switch_in(bank, 0xFF));
  EXPECT_FALSE(machine_.switch_in(bank, -1));
  EXPECT_FALSE(machine_.switch_in({}, 0));
  EXPECT_FALSE(machine_.switch_in({2}, 0));
}

TEST_P(Memories, run_the_bank_that_a_device_has_switched_in) {
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

TEST_P(Memories, a_device_that_takes_writes_gives_reads_to_the_bank) {
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

INSTANTIATE_TEST_SUITE_P(Engines, Memories, ::testing::ValuesIn(engine_cases()), engine_name);

}  // namespace
}  // namespace inlay::m6502
