// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/discover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

namespace inlay::m6502 {
namespace {

KnownProgram program_at(std::uint16_t start, std::initializer_list<std::uint8_t> code) {
  KnownProgram program;
  program.memory.resize(65536);
  std::copy(code.begin(), code.end(), program.memory.begin() + start);
  program.places = {start};
  return program;
}

bool has(const std::vector<Region>& regions, std::uint16_t pc) {
  return std::any_of(regions.begin(), regions.end(), [&](const Region& region) {
    return std::any_of(region.nodes.begin(), region.nodes.end(), [&](const RegionNode& node) { return node.pc == pc; });
  });
}

bool is_entered_at(const std::vector<Region>& regions, std::uint16_t pc) {
  return std::any_of(regions.begin(), regions.end(), [&](const Region& region) {
    return std::any_of(region.entries.begin(), region.entries.end(),
                       [&](const RegionPlace& place) { return place.pc == pc; });
  });
}

TEST(Discovery, goes_on_behind_a_call_of_what_is_not_compiled) {
  // JSR $FFF4, where JAM stands for a system call; INX; BNE to the INX
  KnownProgram program = program_at(0x0200, {0x20, 0xF4, 0xFF, 0xE8, 0xD0, 0xFD});
  program.memory[0xFFF4] = 0x02;
  const std::vector<Region> regions = discover(program);
  EXPECT_TRUE(has(regions, 0x0203));
  EXPECT_TRUE(is_entered_at(regions, 0x0203));
}

TEST(Discovery, operands_that_are_written_to_are_data) {
  // INC $0204; LDA #0; INX; BNE to the beginning
  KnownProgram program = program_at(0x0200, {0xEE, 0x04, 0x02, 0xA9, 0x00, 0xE8, 0xD0, 0xF8});
  const std::vector<Region> regions = discover(program);
  EXPECT_EQ(program.facts[0x0204], ByteDynamic);
  ASSERT_EQ(regions.size(), 1u);
  EXPECT_TRUE(has(regions, 0x0203));
  for (const RegionNode& node : regions[0].nodes)
    EXPECT_EQ((node.code & CodeKnowsLow) != 0, node.pc != 0x0203 && node.length > 1);
}

TEST(Discovery, opcodes_that_are_written_to_are_interpreted) {
  // LDA #0; STA $0205; INX; BNE to the beginning
  KnownProgram program = program_at(0x0200, {0xA9, 0x00, 0x8D, 0x05, 0x02, 0xE8, 0xD0, 0xF8});
  const std::vector<Region> regions = discover(program);
  EXPECT_EQ(program.facts[0x0205], ByteInterpreted);
  EXPECT_FALSE(has(regions, 0x0205));
}

TEST(Discovery, stores_to_pages_of_code_are_watched) {
  KnownProgram program = program_at(0x0080, {0xE8, 0xD0, 0xFD, 0x4C, 0x80, 0x00});
  const Map map = map_of(discover(program));
  EXPECT_EQ(map.write[0], WriteMemory);
  EXPECT_EQ(map.write[1], WriteUnwatched);
  EXPECT_EQ(map.write[2], WriteMemory);
}

TEST(Discovery, a_large_program_is_cut_into_its_subroutines_each_compiled_once) {
  // Calls of subroutines that are too large to be copied, again and again.
  constexpr int Subroutines = 20, Length = 150, Calls = 500;
  KnownProgram program = program_at(0x0200, {});
  std::size_t at = 0x0200;
  for (int call = 0; call < Calls; ++call) {
    const int target = 0x2000 + call % Subroutines * 0x100;
    program.memory[at++] = 0x20;
    program.memory[at++] = 0;
    program.memory[at++] = static_cast<std::uint8_t>(target >> 8);
  }
  program.memory[at++] = 0x4C;
  program.memory[at++] = 0x00;
  program.memory[at++] = 0x02;
  for (int index = 0; index < Subroutines; ++index) {
    std::uint8_t* code = program.memory.data() + 0x2000 + index * 0x100;
    std::fill_n(code, Length, std::uint8_t{0xE8});
    code[Length] = 0x60;
  }
  const std::vector<Region> regions = discover(program);
  std::size_t instructions = 0;
  for (const Region& region : regions) instructions += region.nodes.size();
  EXPECT_EQ(regions.size(), Subroutines + 1u);
  EXPECT_EQ(instructions, Calls + 1u + Subroutines * (Length + 1u));
  for (int index = 0; index < Subroutines; ++index)
    EXPECT_TRUE(is_entered_at(regions, static_cast<std::uint16_t>(0x2000 + index * 0x100)));
  EXPECT_TRUE(is_entered_at(regions, 0x0203));
}

}  // namespace
}  // namespace inlay::m6502
