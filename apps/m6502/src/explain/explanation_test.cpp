// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "explain/explanation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "explain/listing.h"
#include "jit/compile.h"

namespace inlay::m6502 {
namespace {

/// At $0300: INX; BNE $0300; INC $20; JMP ($0040), where $0300 stands; and in the middle a store that may hit code.
Machine looping(int heat = 2) {
  Machine machine = Machine::create({.heat = heat, .compile_at_once = true}).value();
  std::uint16_t to = 0x300;
  for (const int byte : {0xE8, 0xD0, 0xFD, 0x8D, 0x00, 0x20, 0x6C, 0x40, 0x00})
    machine.poke(to++, static_cast<std::uint8_t>(byte));
  machine.poke(0x41, 0x03);
  Registers registers;
  registers.pc = 0x300;
  registers.s = 0xFF;
  registers.p = 0x04;
  machine.set_registers(registers);
  return machine;
}

const ListedInstruction* find(const RegionListing& listing, std::uint16_t pc) {
  for (const ListedInstruction& each : listing.instructions)
    if (each.pc == pc) return &each;
  return nullptr;
}

bool has_note(const ListedInstruction& each, const std::string& words) {
  for (const std::string& note : each.notes)
    if (note.find(words) != note.npos) return true;
  return false;
}

bool calls(const std::vector<MachineLine>& code, const std::string& symbol) {
  for (const MachineLine& line : code)
    if (line.symbol.find(symbol) != line.symbol.npos) return true;
  return false;
}

TEST(Explain, a_hot_loop_is_listed_with_its_machine_code) {
  Machine machine = looping();
  run_to_explain(machine, 500'000);
  const Result<Explanation> made = explain(machine, {.program = "loop"});
  ASSERT_TRUE(made) << made.error().to_string();
  ASSERT_FALSE(made->regions.empty());
  const ExplainedRegion& hottest = made->regions[0];
  EXPECT_GT(hottest.account.entered, 0);
  EXPECT_GT(made->cycles_in_regions(), 400'000);
  EXPECT_LE(made->cycles_in_regions(), machine.cycle());
  ASSERT_TRUE(hottest.listing);
  EXPECT_GT(hottest.listing->code_bytes, 20u);
  const ListedInstruction* inx = find(*hottest.listing, 0x300);
  const ListedInstruction* jump = find(*hottest.listing, 0x306);
  ASSERT_TRUE(inx && jump);
  EXPECT_EQ(inx->listing, "0300  E8        INX");
  EXPECT_FALSE(inx->code.empty());
  EXPECT_TRUE(has_note(*inx, "cycles are left"));
  EXPECT_TRUE(has_note(*jump, "where to is known when it runs"));
  for (std::size_t i = 1; i < inx->code.size(); ++i) EXPECT_LT(inx->code[i - 1].offset, inx->code[i].offset);
}

TEST(Explain, each_machine_instruction_belongs_to_one_place) {
  Machine machine = looping();
  machine.run(100'000);
  const Explanation made = explain(machine, {}).value();
  ASSERT_TRUE(made.regions.at(0).listing);
  const RegionListing& listing = *made.regions[0].listing;
  std::vector<std::uint64_t> offsets;
  for (const MachineLine& line : listing.around) offsets.push_back(line.offset);
  for (const ListedInstruction& each : listing.instructions)
    for (const MachineLine& line : each.code) offsets.push_back(line.offset);
  std::sort(offsets.begin(), offsets.end());
  EXPECT_EQ(std::adjacent_find(offsets.begin(), offsets.end()), offsets.end());
  EXPECT_EQ(offsets.at(0), 0u);
}

TEST(Explain, a_place_is_compiled_on_demand_without_a_run) {
  Machine machine = looping(200);
  const Explanation made = explain(machine, {.at = 0x300}).value();
  EXPECT_FALSE(made.ran);
  ASSERT_EQ(made.regions.size(), 1u);
  EXPECT_EQ(made.regions[0].entry, 0x300);
  ASSERT_TRUE(made.regions[0].listing);
  EXPECT_EQ(machine.cycle(), 0);
  // And a place of which nothing can be made says why.
  machine.poke(0x400, 0x00);
  const Result<Explanation> nothing = explain(machine, {.at = 0x400});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().message(), "nothing is compiled at $0400: BRK is left to the interpreter");
}

TEST(Explain, names_what_stays_a_call) {
  Machine machine = looping(200);
  ASSERT_TRUE(machine.map_device(
      0xD0, 1, [](std::uint16_t, std::int64_t) -> std::uint8_t { return 1; },
      [](std::uint16_t, std::uint8_t, std::int64_t) {}));
  std::uint16_t to = 0x500;
  for (const int byte : {0xAD, 0x12, 0xD0, 0x8D, 0x13, 0xD0, 0x4C, 0x00, 0x05})  // LDA $D012; STA $D013; JMP $0500
    machine.poke(to++, static_cast<std::uint8_t>(byte));
  const Explanation made = explain(machine, {.at = 0x500}).value();
  const RegionListing& listing = *made.regions.at(0).listing;
  const ListedInstruction *load = find(listing, 0x500), *store = find(listing, 0x503);
  ASSERT_TRUE(load && store);
  EXPECT_TRUE(has_note(*load, "a page of a device"));
  EXPECT_TRUE(calls(load->code, "device at $D000: read")) << to_text(made, false);
  EXPECT_TRUE(calls(store->code, "device at $D000: write")) << to_text(made, false);
}

TEST(Explain, says_what_was_not_compiled_and_why) {
  Machine machine = looping(100);
  std::uint16_t to = 0x600;
  for (const int byte : {0xE8, 0xD0, 0xFD, 0x00})  // INX; BNE; BRK
    machine.poke(to++, static_cast<std::uint8_t>(byte));
  machine.set_vector(IrqVector, 0x620);
  to = 0x620;
  for (const int byte : {0x4C, 0x00, 0x06}) machine.poke(to++, static_cast<std::uint8_t>(byte));
  Registers registers = machine.registers();
  registers.pc = 0x600;
  machine.set_registers(registers);
  machine.run(60'000);
  const Explanation made = explain(machine, {}).value();
  std::string all;
  for (const NotCompiled& each : made.not_compiled) all += each.listing + " / " + each.why + "\n";
  EXPECT_NE(all.find("0603  00        BRK / BRK is left to the interpreter"), all.npos) << all;
}

TEST(Explain, an_operand_that_keeps_changing_is_told) {
  Machine machine = looping(2);
  std::uint16_t to = 0x300;
  for (const int byte :
       {0xA9, 0x00, 0x18, 0x69, 0x03, 0x8D, 0x01, 0x03, 0x8D, 0x00, 0x20, 0xE8, 0xD0, 0xF2, 0x4C, 0x00, 0x03})
    machine.poke(to++, static_cast<std::uint8_t>(byte));
  machine.run(300'000);
  const Explanation made = explain(machine, {.all = true}).value();
  bool told = false;
  for (const ExplainedRegion& region : made.regions)
    if (const ListedInstruction* load = region.listing ? find(*region.listing, 0x300) : nullptr)
      told |= has_note(*load, "keeps changing its operand");
  EXPECT_TRUE(told) << to_text(made, false);
}

TEST(Explain, forms_agree_and_escape_what_they_hold) {
  Machine machine = looping();
  machine.run(100'000);
  Labels labels;
  labels.add("loop<&\"", 0x300);
  const Explanation made = explain(machine, {.program = "a<b>\".bin", .labels = &labels}).value();
  const std::string text = to_text(made, false), json = to_json(made), html = to_html(made);
  EXPECT_EQ(text.find('\x1b'), text.npos);
  EXPECT_NE(to_text(made, true).find('\x1b'), text.npos);
  EXPECT_NE(text.find("loop<&\":"), text.npos);
  EXPECT_NE(json.find("\"program\":\"a<b>\\\".bin\""), json.npos);
  EXPECT_NE(html.find("a&lt;b&gt;&quot;.bin"), html.npos);
  EXPECT_EQ(html.find("loop<&"), html.npos);
  EXPECT_EQ(html.find("<script"), html.npos);
}

TEST(Explain, code_that_is_explained_is_the_code_that_runs) {
  // LDA #3; loop: STA $20,X; ADC ($30),Y; DEX; BNE loop; JMP loop
  std::vector<std::uint8_t> memory(65536);
  const std::uint8_t program[] = {0xA9, 0x03, 0x95, 0x20, 0x71, 0x30, 0xCA, 0xD0, 0xF9, 0x4C, 0x02, 0x03};
  std::copy(std::begin(program), std::end(program), memory.begin() + 0x300);
  Map map = {};
  map.write[0] = map.write[1] = WriteUnwatched;
  const Region region = find_region({Variant::Nmos, memory.data(), &map, nullptr, false}, 0x300);
  ASSERT_EQ(region.nodes.size(), 6u);
  const inlay::Jit compiler = inlay::Jit::create().value();
  for (const Level level : {Level::O1, Level::O2}) {
    const Loaded plain = compile_region(compiler, region, Variant::Nmos, map, {}, level).value();
    const Loaded explained = compile_region(compiler, region, Variant::Nmos, map, {}, level, true).value();
    const std::string name(RegionName);
    const std::uint64_t size = lines_of(explained.report(), region.nodes.size(), {}).bytes;
    ASSERT_GT(size, 100u);
    EXPECT_EQ(std::memcmp(plain.address(name), explained.address(name), size), 0);
  }
}

TEST(Explain, other_engines_compile_nothing) {
  Machine machine = Machine::create({.engine = Engine::Step}).value();
  EXPECT_FALSE(explain(machine, {}));
}

}  // namespace
}  // namespace inlay::m6502
