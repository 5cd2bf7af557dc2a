// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/region.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <vector>

namespace inlay::m6502 {
namespace {

struct Program {
  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(65536 + 16);
  std::vector<std::uint8_t> facts = std::vector<std::uint8_t>(65536);
  std::unique_ptr<Map> map = std::make_unique<Map>();
  RegionLimits limits;

  void put(std::uint16_t at, std::initializer_list<std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), memory.begin() + at);
  }
  Region find(std::uint16_t pc) const {
    return find_region({Variant::Nmos, memory.data(), map.get(), facts.data()}, pc, limits);
  }
};

const RegionNode* at(const Region& region, std::uint16_t pc) {
  const auto found =
      std::find_if(region.nodes.begin(), region.nodes.end(), [&](const RegionNode& node) { return node.pc == pc; });
  return found == region.nodes.end() ? nullptr : &*found;
}

long count(const Region& region, std::uint16_t pc) {
  return std::count_if(region.nodes.begin(), region.nodes.end(), [&](const RegionNode& node) { return node.pc == pc; });
}

TEST(Region, holds_a_loop_whole_with_one_check_at_its_head) {
  Program program;
  program.put(0x300, {0xA2, 0x00,  // 300 LDX #0
                      0xCA,        // 302 DEX
                      0xD0, 0xFD,  // 303 BNE 302
                      0x60});      // 305 RTS
  const Region region = program.find(0x300);
  ASSERT_EQ(region.nodes.size(), 4u);
  EXPECT_FALSE(at(region, 0x300)->check);
  EXPECT_TRUE(at(region, 0x302)->check);
  EXPECT_FALSE(at(region, 0x303)->check);
  // Once around, or out of it: DEX and the branch, then RTS.
  EXPECT_EQ(at(region, 0x302)->bound, 2 + 4 + 6);
}

TEST(Region, long_ways_have_checks_between) {
  Program program;
  for (std::uint16_t i = 0; i < 400; ++i) program.memory[0x300u + i] = 0xEA;  // NOP
  program.memory[0x300 + 400] = 0x60;
  const Region region = program.find(0x300);
  EXPECT_EQ(region.nodes.size(), 401u);
  const auto checks =
      std::count_if(region.nodes.begin(), region.nodes.end(), [](const auto& node) { return node.check; });
  EXPECT_EQ(checks, 2);
  for (const RegionNode& node : region.nodes) EXPECT_LE(node.bound, program.limits.between_checks);
  EXPECT_LE(region.entry_bound, program.limits.between_checks);
}

TEST(Region, small_subroutines_are_copied_to_each_call) {
  Program program;
  program.put(0x300, {0x20, 0x00, 0x04, 0x20, 0x00, 0x04, 0x4C, 0x00, 0x03});
  program.put(0x400, {0xE8, 0x60});
  const Region region = program.find(0x300);
  EXPECT_EQ(count(region, 0x400), 2);
  for (const RegionNode& node : region.nodes) {
    if (node.pc == 0x401) {
      EXPECT_EQ(region.contexts[node.context].returns.size(), 1u);
    }
  }
}

TEST(Region, others_are_there_once_and_return_to_all_places) {
  Program program;
  program.limits.small_subroutine = 1;
  program.put(0x300, {0x20, 0x00, 0x04, 0x20, 0x00, 0x04, 0x4C, 0x00, 0x03});
  program.put(0x400, {0xE8, 0x60});
  const Region region = program.find(0x300);
  EXPECT_EQ(count(region, 0x400), 1);
  std::vector<std::uint16_t> returns;
  for (const RegionPlace& place : region.contexts[at(region, 0x401)->context].returns) returns.push_back(place.pc);
  EXPECT_EQ(returns, (std::vector<std::uint16_t>{0x303, 0x306}));
}

TEST(Region, code_that_sets_d_does_not_rely_on_its_being_clear) {
  Program program;
  program.put(0x300, {0xD8, 0x69, 0x01, 0x4C, 0x00, 0x03});              // CLD; ADC #1; JMP
  program.put(0x400, {0xF8, 0x69, 0x01, 0xD8, 0xCA, 0xD0, 0xF9, 0x60});  // SED; ADC #1; CLD; DEX; BNE; RTS
  EXPECT_TRUE(program.find(0x300).binary);
  EXPECT_FALSE(program.find(0x400).binary);
}

TEST(Region, a_recursion_ends) {
  Program program;
  program.put(0x300, {0xCA, 0xD0, 0x01, 0x60, 0x20, 0x00, 0x03, 0x20, 0x00, 0x03, 0x60});
  const Region region = program.find(0x300);
  EXPECT_EQ(region.nodes.size(), 6u);
  EXPECT_EQ(at(region, 0x303)->context, 0u);
  EXPECT_EQ(region.contexts[0].returns.size(), 2u);
}

TEST(Region, calls_within_calls_may_be_as_many_as_memory_holds) {
  Program program;
  std::uint16_t at = 0x200;
  for (; at < 0xFF00; at += 3)
    program.put(at, {0x20, static_cast<std::uint8_t>(at + 3), static_cast<std::uint8_t>((at + 3) >> 8)});
  program.put(at, {0x60});
  const Region region = program.find(0x200);
  EXPECT_TRUE(region.cut);
  EXPECT_EQ(region.nodes.size(), static_cast<std::size_t>(program.limits.instructions));
}

TEST(Region, a_subroutine_is_small_by_itself_whoever_measured_it_first) {
  Program program;
  program.limits.small_subroutine = 6;
  // 500 calls 400 when there is little left for it; then 400 is called directly.
  program.put(0x300, {0x20, 0x00, 0x05, 0x20, 0x00, 0x04, 0x20, 0x00, 0x04, 0x60});
  program.put(0x400, {0xE8, 0xE8, 0xE8, 0xE8, 0x60});
  program.put(0x500, {0xE8, 0xE8, 0x20, 0x00, 0x04, 0x60});
  const Region region = program.find(0x300);
  EXPECT_EQ(count(region, 0x500), 1);
  EXPECT_EQ(count(region, 0x400), 3);
}

TEST(Region, ends_where_the_driver_has_to_look) {
  Program program;
  program.put(0x300, {0xEA, 0x00});        // BRK
  program.put(0x310, {0xEA, 0x02});        // JAM, or what stands for more
  program.put(0x320, {0xEA, 0xE8, 0xE8});  // an instruction that keeps changing
  program.facts[0x321] = ByteInterpreted;
  for (const std::uint16_t pc : {0x300, 0x310, 0x320}) {
    const Region region = program.find(pc);
    EXPECT_EQ(region.nodes.size(), 1u) << pc;
    EXPECT_EQ(region.nodes[0].next, NoNode);
    EXPECT_EQ(region.nodes[0].next_pc, pc + 1);
  }
  program.map->read[4] = ReadDevice;
  program.put(0x3FD, {0xEA, 0xEA, 0xEA});
  EXPECT_EQ(program.find(0x3FD).nodes.size(), 2u) << "an instruction fetches the byte behind it, too";
  EXPECT_TRUE(program.find(0x400).empty());
  program.memory[0xFFFB] = 0xEA;
  EXPECT_TRUE(program.find(0xFFFB).empty());
}

TEST(Region, nothing_is_found_where_page_0_is_no_memory) {
  Program program;
  program.put(0x300, {0xEA, 0x60});
  program.map->read[0] = ReadDevice;
  EXPECT_TRUE(program.find(0x300).empty());
}

TEST(Region, depends_on_what_it_was_made_of_and_nothing_else) {
  Program program;
  program.put(0x300, {0xBD, 0x34, 0x12, 0xA9, 0x07, 0x60});  // LDA $1234,X; LDA #7; RTS
  program.facts[0x304] = ByteDynamic;
  const Region region = program.find(0x300);
  std::vector<std::uint16_t> addresses;
  for (const RegionByte& byte : region.bytes) addresses.push_back(byte.address);
  EXPECT_EQ(addresses, (std::vector<std::uint16_t>{0x300, 0x301, 0x302, 0x303, 0x305}));
  EXPECT_TRUE(region.bytes[1].operand);
  EXPECT_FALSE(region.bytes[3].operand);
  for (const int page : {0x00, 0x01, 0x03, 0x12, 0x13}) EXPECT_TRUE(region.pages[page]) << page;
  EXPECT_FALSE(region.pages[0x14]);
  EXPECT_FALSE(at(region, 0x303)->quick);
}

TEST(Region, a_jump_whose_target_keeps_changing_leads_anywhere) {
  Program program;
  program.put(0x300, {0x4C, 0x00, 0x04});
  program.facts[0x301] = ByteDynamic;
  EXPECT_EQ(program.find(0x300).nodes[0].flow, Flow::Anywhere);
}

TEST(Region, stays_within_its_limits_by_copying_less) {
  Program program;
  program.limits.instructions = 40;
  std::uint16_t pc = 0x300;
  for (int i = 0; i < 10; ++i, pc += 3) program.put(pc, {0x20, 0x00, 0x04});
  program.put(pc, {0x4C, 0x00, 0x03});
  program.put(0x400, {0xE8, 0xE8, 0xE8, 0xE8, 0xE8, 0x60});
  const Region region = program.find(0x300);
  EXPECT_FALSE(region.cut);
  EXPECT_EQ(count(region, 0x400), 1);
  EXPECT_EQ(region.nodes.size(), 11u + 6);
}

}  // namespace
}  // namespace inlay::m6502
