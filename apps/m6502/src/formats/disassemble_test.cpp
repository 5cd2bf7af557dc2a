// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/disassemble.h"

#include <gtest/gtest.h>

#include <set>

namespace inlay::m6502 {
namespace {

std::string text(Variant variant, InstructionBytes bytes, const Labels* labels = nullptr) {
  return instruction_text(variant, 0xC000, bytes, labels);
}

TEST(Disassemble, writes_each_mode_as_assemblers_read_it) {
  EXPECT_EQ(text(Variant::Nmos, {0xEA}), "NOP");
  EXPECT_EQ(text(Variant::Nmos, {0x0A}), "ASL A");
  EXPECT_EQ(text(Variant::Nmos, {0xA9, 0x0F}), "LDA #$0F");
  EXPECT_EQ(text(Variant::Nmos, {0xA5, 0x0F}), "LDA $0F");
  EXPECT_EQ(text(Variant::Nmos, {0xB5, 0x0F}), "LDA $0F,X");
  EXPECT_EQ(text(Variant::Nmos, {0xB6, 0x0F}), "LDX $0F,Y");
  EXPECT_EQ(text(Variant::Nmos, {0x8D, 0x34, 0x12}), "STA $1234");
  EXPECT_EQ(text(Variant::Nmos, {0x9D, 0x34, 0x12}), "STA $1234,X");
  EXPECT_EQ(text(Variant::Nmos, {0x99, 0x34, 0x12}), "STA $1234,Y");
  EXPECT_EQ(text(Variant::Nmos, {0x6C, 0x34, 0x12}), "JMP ($1234)");
  EXPECT_EQ(text(Variant::Nmos, {0xA1, 0x80}), "LDA ($80,X)");
  EXPECT_EQ(text(Variant::Nmos, {0xB1, 0x80}), "LDA ($80),Y");
  EXPECT_EQ(text(Variant::Nmos, {0xD0, 0xFE}), "BNE $C000");
  EXPECT_EQ(text(Variant::Cmos, {0xB2, 0x80}), "LDA ($80)");
  EXPECT_EQ(text(Variant::Cmos, {0x7C, 0x34, 0x12}), "JMP ($1234,X)");
  EXPECT_EQ(text(Variant::Cmos, {0x0F, 0x80, 0xFD}), "BBR0 $80,$C000");
  EXPECT_EQ(text(Variant::Cmos, {0xF7, 0x12}), "SMB7 $12");
}

TEST(Disassemble, branches_wrap_at_the_ends_of_memory) {
  EXPECT_EQ(instruction_text(Variant::Nmos, 0xFFF0, {0x10, 0x7F}), "BPL $0071");
  EXPECT_EQ(instruction_text(Variant::Nmos, 0x0000, {0x10, 0x80}), "BPL $FF82");
}

TEST(Disassemble, listings_mark_what_no_manual_had) {
  EXPECT_EQ(listing_line(Variant::Nmos, 0xC000, {0x4C, 0xF5, 0xC5}), "C000  4C F5 C5  JMP $C5F5");
  EXPECT_EQ(listing_line(Variant::Nmos, 0x0012, {0xE3, 0x40}), "0012  E3 40    *ISB ($40,X)");
  EXPECT_EQ(listing_line(Variant::Nmos, 0x0012, {0xEB, 0x40}), "0012  EB 40    *SBC #$40");
  EXPECT_EQ(listing_line(Variant::Nmos, 0xFFFF, {0x02}), "FFFF  02       *JAM");
  EXPECT_EQ(listing_line(Variant::Cmos, 0xFFFF, {0xCB}), "FFFF  CB        WAI");
}

TEST(Disassemble, there_are_as_many_documented_opcodes_as_in_the_manuals) {
  int nmos = 0, cmos = 0, jams = 0;
  for (int opcode = 0; opcode < 256; ++opcode) {
    nmos += !opcode_text(Variant::Nmos, static_cast<std::uint8_t>(opcode)).undocumented;
    cmos += !opcode_text(Variant::Cmos, static_cast<std::uint8_t>(opcode)).undocumented;
    jams += opcode_text(Variant::Nmos, static_cast<std::uint8_t>(opcode)).mnemonic == "JAM";
  }
  EXPECT_EQ(nmos, 151);
  EXPECT_EQ(cmos, 212);
  EXPECT_EQ(jams, 12);
}

TEST(Disassemble, operands_are_named_by_labels) {
  Labels labels;
  labels.add("_main", 0x1234);
  labels.add("sp", 0x80);
  EXPECT_EQ(text(Variant::Nmos, {0x20, 0x34, 0x12}, &labels), "JSR _main");
  EXPECT_EQ(text(Variant::Nmos, {0xB1, 0x80}, &labels), "LDA (sp),Y");
  EXPECT_EQ(text(Variant::Nmos, {0xA9, 0x80}, &labels), "LDA #$80");
}

std::string traced(Variant variant, std::uint16_t pc, InstructionBytes bytes, std::uint8_t x = 0, std::uint8_t y = 0) {
  std::array<std::uint8_t, 0x10000> memory = {};
  for (std::size_t k = 0; k < 3; ++k) memory[(pc + k) & 0xFFFF] = bytes[k];
  memory[0x80] = 0x00, memory[0x81] = 0x02;  // a pointer to $0200
  memory[0xFF] = 0xCD, memory[0x00] = 0xAB;  // one around the end of page 0, to $ABCD
  memory[0x0200] = 0x5A, memory[0x0201] = 0xDB, memory[0x0205] = 0x89;
  memory[0x02FF] = 0x34, memory[0x0300] = 0x12;
  const std::string line =
      trace_line(variant, [&](std::uint16_t at) { return memory[at]; }, pc, 0, x, y, 0x24, 0xFD, 7);
  return line.substr(16, 32);
}

std::string padded(std::string text) {
  text.resize(32, ' ');
  return text;
}

TEST(Trace, a_line_is_that_of_nestest) {
  const std::array<std::uint8_t, 3> bytes = {0x4C, 0xF5, 0xC5};
  const auto peek = [&](std::uint16_t at) { return bytes[(at - 0xC000) % 3]; };
  EXPECT_EQ(trace_line(Variant::Ricoh2A03, peek, 0xC000, 0, 0, 0, 0x24, 0xFD, 7),
            "C000  4C F5 C5  JMP $C5F5                       A:00 X:00 Y:00 P:24 SP:FD PPU:  0, 21 CYC:7");
  EXPECT_EQ(trace_line(
                Variant::Ricoh2A03, [](std::uint16_t) { return 0x60; }, 0xC66E, 0, 0xFF, 0x15, 0x27, 0xFD, 26554),
            "C66E  60        RTS                             A:00 X:FF Y:15 P:27 SP:FD PPU:233,209 CYC:26554");
}

TEST(Trace, the_picture_begins_again_after_its_lines) {
  const auto peek = [](std::uint16_t) { return std::uint8_t{0xEA}; };
  EXPECT_TRUE(trace_line(Variant::Nmos, peek, 0, 0, 0, 0, 0, 0, 341 * 262 / 3 + 1).ends_with("PPU:  0,  1 CYC:29781"));
}

TEST(Trace, operands_show_what_they_lead_to) {
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xA5, 0x80}), padded("LDA $80 = 00"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xB5, 0x90}, 0xF1), padded("LDA $90,X @ 81 = 02"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xB6, 0x90}, 0, 0xF1), padded("LDX $90,Y @ 81 = 02"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xAD, 0x00, 0x02}), padded("LDA $0200 = 5A"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xBD, 0x00, 0x02}, 5), padded("LDA $0200,X @ 0205 = 89"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xB9, 0x01, 0xFF}, 0, 0xFF), padded("LDA $FF01,Y @ 0000 = AB"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xA1, 0x7F}, 1), padded("LDA ($7F,X) @ 80 = 0200 = 5A"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xA1, 0xFE}, 1), padded("LDA ($FE,X) @ FF = ABCD = 00"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0xB1, 0x80}, 0, 5), padded("LDA ($80),Y = 0200 @ 0205 = 89"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0x6C, 0x00, 0x02}), padded("JMP ($0200) = DB5A"));
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0x20, 0x00, 0x02}), padded("JSR $0200"));
  EXPECT_EQ(traced(Variant::Cmos, 0xC000, {0xB2, 0x80}), padded("LDA ($80) = 0200 = 5A"));
  EXPECT_EQ(traced(Variant::Cmos, 0xC000, {0x7C, 0xFF, 0x01}, 1), padded("JMP ($01FF,X) @ 0200 = DB5A"));
}

TEST(Trace, an_indirect_jump_stays_in_its_page_on_older_processors) {
  EXPECT_EQ(traced(Variant::Nmos, 0xC000, {0x6C, 0xFF, 0x02}), padded("JMP ($02FF) = 5A34"));
  EXPECT_EQ(traced(Variant::Cmos, 0xC000, {0x6C, 0xFF, 0x02}), padded("JMP ($02FF) = 1234"));
}

}  // namespace
}  // namespace inlay::m6502
