// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bruce Clark's tests: every sum and difference of two bytes in decimal mode, with every flag.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/step.h"
#include "core/test_bus.h"

namespace inlay::m6502 {
namespace {

/// The few records of Intel HEX that the tests have.
bool load_hex(Bus& bus, const std::string& path) {
  std::ifstream file(path);
  if (!file) return false;
  for (std::string line; std::getline(file, line);) {
    const auto byte = [&](std::size_t i) { return std::stoi(line.substr(1 + 2 * i, 2), nullptr, 16); };
    if (line.size() < 11 || byte(3) != 0) continue;
    for (int i = 0; i < byte(0); ++i)
      bus.memory[byte(1) * 256 + byte(2) + i] = static_cast<std::uint8_t>(byte(4 + static_cast<std::size_t>(i)));
  }
  return true;
}

struct Ran {
  std::int64_t instructions = 0, cycles = 0;
  int error = -1;
};

Ran run(const char* file, Variant variant) {
  testing::Recorder recorder;
  Bus& bus = *recorder.bus;
  Ran ran;
  if (!load_hex(bus, std::string(INLAY_6502_DATA) + "/decimal/" + file)) return ran;
  bus.cpu.pc = 0x0200;
  bus.cpu.left = bus.end;
  while (bus.cpu.pc != 0x024B && ran.instructions < 100'000'000) {
    m6502_step(&bus, variant, nullptr);
    ++ran.instructions;
  }
  ran.cycles = bus.end - bus.cpu.left;
  ran.error = bus.memory[0x000B];
  return ran;
}

TEST(Decimal, of_the_nmos_6502_has_all_results_and_flags) {
  const Ran ran = run("6502_decimal_test.hex", Variant::Nmos);
  if (ran.error < 0) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  EXPECT_EQ(ran.error, 0);
  EXPECT_EQ(ran.instructions, 15'512'763);
  EXPECT_EQ(ran.cycles, 48'710'945);
}

TEST(Decimal, of_the_65c02_has_all_results_and_flags) {
  const Ran ran = run("65C02_decimal_test.hex", Variant::Cmos);
  if (ran.error < 0) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  EXPECT_EQ(ran.error, 0);
}

TEST(Decimal, of_the_nmos_6502_is_not_that_of_the_65c02) {
  const Ran ran = run("65C02_decimal_test.hex", Variant::Nmos);
  if (ran.error < 0) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  EXPECT_EQ(ran.error, 1);
  EXPECT_EQ(ran.instructions, 20'832);
}

TEST(Decimal, is_not_in_the_2a03) {
  const Ran ran = run("6502_decimal_test.hex", Variant::Ricoh2A03);
  if (ran.error < 0) GTEST_SKIP() << "the test data is not there: " << INLAY_6502_DATA;
  EXPECT_EQ(ran.error, 1);
}

}  // namespace
}  // namespace inlay::m6502
