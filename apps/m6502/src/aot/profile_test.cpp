// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/profile.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/opcodes.h"

namespace inlay::m6502 {
namespace {

Image image_of(std::vector<std::uint8_t> bytes) {
  Image image;
  image.start = 0x1000;
  image.parts.push_back({0x1000, std::move(bytes)});
  return image;
}

/// LDX #3; loop: INC loop + 3 (the operand of LDA #0); LDA #0; DEX; BNE loop; trap: JMP trap.
const std::vector<std::uint8_t> Changing = {0xA2, 0x03, 0xEE, 0x06, 0x10, 0xA9, 0x00,
                                            0xCA, 0xD0, 0xF8, 0x4C, 0x0A, 0x10};

TEST(Profile, counts_what_runs_and_what_changes) {
  const Profile made = profile(image_of(Changing), Variant::Nmos, 1000).value();
  EXPECT_EQ(made.lines()[0x1000].times, 1);
  EXPECT_EQ(made.lines()[0x1002].times, 3);
  EXPECT_EQ(made.lines()[0x1002].cycles, 18);
  EXPECT_TRUE(made.lines()[0x1002].place);
  EXPECT_FALSE(made.lines()[0x1005].place);
  EXPECT_EQ(made.lines()[0x1005].changed, 2);
  EXPECT_EQ(made.lines()[0x1006].length, 0);
  EXPECT_EQ(made.instructions(), 1 + 4 * 3);
  EXPECT_EQ(made.cycles(), 2 + 3 * (6 + 2 + 2) + 3 + 3 + 2);
}

TEST(Profile, tells_a_program_what_was_seen) {
  const Profile made = profile(image_of(Changing), Variant::Nmos, 1000).value();
  KnownProgram program{Variant::Nmos, std::vector<std::uint8_t>(65536), std::vector<std::uint8_t>(65536), {}};
  made.add_to(program);
  EXPECT_EQ(program.facts[0x1006], ByteDynamic);
  EXPECT_EQ(std::count(program.facts.begin(), program.facts.end(), 0), 65535);
  EXPECT_EQ(program.memory[0x1002], 0xEE);
  EXPECT_EQ(program.memory[0x1006], 3);
  EXPECT_EQ(program.places, (std::vector<std::uint16_t>{0x1000, 0x1002}));
}

TEST(Profile, is_the_same_when_it_was_written_and_read) {
  for (const Variant variant : {Variant::Nmos, Variant::Ricoh2A03, Variant::Cmos}) {
    const Profile made = profile(image_of(Changing), variant, 1000).value();
    Labels labels;
    labels.add("loop", 0x1002);
    const std::string text = to_text(made, "a\nb", labels);
    const Result<Profile> read = read_profile(text, "p");
    ASSERT_TRUE(read) << read.error().to_string() << text;
    EXPECT_EQ(read->variant(), variant);
    EXPECT_EQ(to_text(*read, "a\nb", labels), text);
    EXPECT_NE(text.find("  loop\n"), text.npos) << text;
    EXPECT_NE(text.find("1005   A903              6             3"), text.npos) << text;
  }
}

TEST(Profile, instructions_of_each_length_can_be_read_back) {
  for (const Variant variant : {Variant::Nmos, Variant::Cmos})
    for (int opcode = 0; opcode < 256; ++opcode) {
      const Profile made = profile(image_of({static_cast<std::uint8_t>(opcode), 0x02, 0x10}), variant, 1).value();
      const std::string text = to_text(made, "one", {});
      EXPECT_TRUE(read_profile(text, "p")) << text;
      EXPECT_EQ(made.lines()[0x1000].length, opcode_table(variant)[opcode].length);
    }
}

TEST(Profile, what_is_wrong_in_a_file_is_told_by_its_line) {
  const auto message = [](const std::string& text) {
    const Result<Profile> read = read_profile(text, "p");
    return read ? std::string("none") : read.error().to_string();
  };
  EXPECT_NE(message("").find("p:1: "), std::string::npos) << message("");
  EXPECT_NE(message("# inlay-6502 profile, z80\n").find("p:1: "), std::string::npos);
  const std::string head = "# inlay-6502 profile, 6502\n";
  EXPECT_EQ(message(head), "none");
  EXPECT_EQ(message(head + "\n# words\n1000 A903 2 1 0.5 j1 LDA"), "none");
  for (const char* const line :
       {"1000", "10000 A903 2 1 0.5 -", "10 A903 2 1 0.5 -", "1000 A9 2 1 0.5 -", "1000 A90300 2 1 0.5 -",
        "1000 A9x3 2 1 0.5 -", "1000 A903 -2 1 0.5 -", "1000 A903 2 1e9 0.5 -",
        "1000 A903 99999999999999999999 1 0.5 -", "1000 A903 2 1 0.5 2", "1000 A903 2 1 0.5 k", "$100 A903 2 1 0.5 -",
        "1000 $A03 2 1 0.5 -"})
    EXPECT_NE(message(head + "#\n" + line + "\n").find("p:3: "), std::string::npos) << line;
}

}  // namespace
}  // namespace inlay::m6502
