// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "inlay/m6502/disassemble.h"

namespace inlay::m6502 {
namespace {

// Name and mode from the manuals, and `*` before what none had; made apart from the table of the engines.
// clang-format off
constexpr std::array<std::string_view, 256> NmosNames = {
    "BRK", "ORA izx", "*JAM", "*SLO izx", "*NOP zp", "ORA zp", "ASL zp", "*SLO zp",  // 00
    "PHP", "ORA #", "ASL A", "*ANC #", "*NOP abs", "ORA abs", "ASL abs", "*SLO abs",
    "BPL rel", "ORA izy", "*JAM", "*SLO izy", "*NOP zpx", "ORA zpx", "ASL zpx", "*SLO zpx",  // 10
    "CLC", "ORA aby", "*NOP", "*SLO aby", "*NOP abx", "ORA abx", "ASL abx", "*SLO abx",
    "JSR abs", "AND izx", "*JAM", "*RLA izx", "BIT zp", "AND zp", "ROL zp", "*RLA zp",  // 20
    "PLP", "AND #", "ROL A", "*ANC #", "BIT abs", "AND abs", "ROL abs", "*RLA abs",
    "BMI rel", "AND izy", "*JAM", "*RLA izy", "*NOP zpx", "AND zpx", "ROL zpx", "*RLA zpx",  // 30
    "SEC", "AND aby", "*NOP", "*RLA aby", "*NOP abx", "AND abx", "ROL abx", "*RLA abx",
    "RTI", "EOR izx", "*JAM", "*SRE izx", "*NOP zp", "EOR zp", "LSR zp", "*SRE zp",  // 40
    "PHA", "EOR #", "LSR A", "*ALR #", "JMP abs", "EOR abs", "LSR abs", "*SRE abs",
    "BVC rel", "EOR izy", "*JAM", "*SRE izy", "*NOP zpx", "EOR zpx", "LSR zpx", "*SRE zpx",  // 50
    "CLI", "EOR aby", "*NOP", "*SRE aby", "*NOP abx", "EOR abx", "LSR abx", "*SRE abx",
    "RTS", "ADC izx", "*JAM", "*RRA izx", "*NOP zp", "ADC zp", "ROR zp", "*RRA zp",  // 60
    "PLA", "ADC #", "ROR A", "*ARR #", "JMP ind", "ADC abs", "ROR abs", "*RRA abs",
    "BVS rel", "ADC izy", "*JAM", "*RRA izy", "*NOP zpx", "ADC zpx", "ROR zpx", "*RRA zpx",  // 70
    "SEI", "ADC aby", "*NOP", "*RRA aby", "*NOP abx", "ADC abx", "ROR abx", "*RRA abx",
    "*NOP #", "STA izx", "*NOP #", "*SAX izx", "STY zp", "STA zp", "STX zp", "*SAX zp",  // 80
    "DEY", "*NOP #", "TXA", "*ANE #", "STY abs", "STA abs", "STX abs", "*SAX abs",
    "BCC rel", "STA izy", "*JAM", "*SHA izy", "STY zpx", "STA zpx", "STX zpy", "*SAX zpy",  // 90
    "TYA", "STA aby", "TXS", "*TAS aby", "*SHY abx", "STA abx", "*SHX aby", "*SHA aby",
    "LDY #", "LDA izx", "LDX #", "*LAX izx", "LDY zp", "LDA zp", "LDX zp", "*LAX zp",  // A0
    "TAY", "LDA #", "TAX", "*LXA #", "LDY abs", "LDA abs", "LDX abs", "*LAX abs",
    "BCS rel", "LDA izy", "*JAM", "*LAX izy", "LDY zpx", "LDA zpx", "LDX zpy", "*LAX zpy",  // B0
    "CLV", "LDA aby", "TSX", "*LAS aby", "LDY abx", "LDA abx", "LDX aby", "*LAX aby",
    "CPY #", "CMP izx", "*NOP #", "*DCP izx", "CPY zp", "CMP zp", "DEC zp", "*DCP zp",  // C0
    "INY", "CMP #", "DEX", "*SBX #", "CPY abs", "CMP abs", "DEC abs", "*DCP abs",
    "BNE rel", "CMP izy", "*JAM", "*DCP izy", "*NOP zpx", "CMP zpx", "DEC zpx", "*DCP zpx",  // D0
    "CLD", "CMP aby", "*NOP", "*DCP aby", "*NOP abx", "CMP abx", "DEC abx", "*DCP abx",
    "CPX #", "SBC izx", "*NOP #", "*ISB izx", "CPX zp", "SBC zp", "INC zp", "*ISB zp",  // E0
    "INX", "SBC #", "NOP", "*SBC #", "CPX abs", "SBC abs", "INC abs", "*ISB abs",
    "BEQ rel", "SBC izy", "*JAM", "*ISB izy", "*NOP zpx", "SBC zpx", "INC zpx", "*ISB zpx",  // F0
    "SED", "SBC aby", "*NOP", "*ISB aby", "*NOP abx", "SBC abx", "INC abx", "*ISB abx",
};

constexpr std::array<std::string_view, 256> CmosNames = {
    "BRK", "ORA izx", "*NOP #", "*NOP", "TSB zp", "ORA zp", "ASL zp", "RMB0 zp",  // 00
    "PHP", "ORA #", "ASL A", "*NOP", "TSB abs", "ORA abs", "ASL abs", "BBR0 zpr",
    "BPL rel", "ORA izy", "ORA izp", "*NOP", "TRB zp", "ORA zpx", "ASL zpx", "RMB1 zp",  // 10
    "CLC", "ORA aby", "INC A", "*NOP", "TRB abs", "ORA abx", "ASL abx", "BBR1 zpr",
    "JSR abs", "AND izx", "*NOP #", "*NOP", "BIT zp", "AND zp", "ROL zp", "RMB2 zp",  // 20
    "PLP", "AND #", "ROL A", "*NOP", "BIT abs", "AND abs", "ROL abs", "BBR2 zpr",
    "BMI rel", "AND izy", "AND izp", "*NOP", "BIT zpx", "AND zpx", "ROL zpx", "RMB3 zp",  // 30
    "SEC", "AND aby", "DEC A", "*NOP", "BIT abx", "AND abx", "ROL abx", "BBR3 zpr",
    "RTI", "EOR izx", "*NOP #", "*NOP", "*NOP zp", "EOR zp", "LSR zp", "RMB4 zp",  // 40
    "PHA", "EOR #", "LSR A", "*NOP", "JMP abs", "EOR abs", "LSR abs", "BBR4 zpr",
    "BVC rel", "EOR izy", "EOR izp", "*NOP", "*NOP zpx", "EOR zpx", "LSR zpx", "RMB5 zp",  // 50
    "CLI", "EOR aby", "PHY", "*NOP", "*NOP abs", "EOR abx", "LSR abx", "BBR5 zpr",
    "RTS", "ADC izx", "*NOP #", "*NOP", "STZ zp", "ADC zp", "ROR zp", "RMB6 zp",  // 60
    "PLA", "ADC #", "ROR A", "*NOP", "JMP ind", "ADC abs", "ROR abs", "BBR6 zpr",
    "BVS rel", "ADC izy", "ADC izp", "*NOP", "STZ zpx", "ADC zpx", "ROR zpx", "RMB7 zp",  // 70
    "SEI", "ADC aby", "PLY", "*NOP", "JMP iax", "ADC abx", "ROR abx", "BBR7 zpr",
    "BRA rel", "STA izx", "*NOP #", "*NOP", "STY zp", "STA zp", "STX zp", "SMB0 zp",  // 80
    "DEY", "BIT #", "TXA", "*NOP", "STY abs", "STA abs", "STX abs", "BBS0 zpr",
    "BCC rel", "STA izy", "STA izp", "*NOP", "STY zpx", "STA zpx", "STX zpy", "SMB1 zp",  // 90
    "TYA", "STA aby", "TXS", "*NOP", "STZ abs", "STA abx", "STZ abx", "BBS1 zpr",
    "LDY #", "LDA izx", "LDX #", "*NOP", "LDY zp", "LDA zp", "LDX zp", "SMB2 zp",  // A0
    "TAY", "LDA #", "TAX", "*NOP", "LDY abs", "LDA abs", "LDX abs", "BBS2 zpr",
    "BCS rel", "LDA izy", "LDA izp", "*NOP", "LDY zpx", "LDA zpx", "LDX zpy", "SMB3 zp",  // B0
    "CLV", "LDA aby", "TSX", "*NOP", "LDY abx", "LDA abx", "LDX aby", "BBS3 zpr",
    "CPY #", "CMP izx", "*NOP #", "*NOP", "CPY zp", "CMP zp", "DEC zp", "SMB4 zp",  // C0
    "INY", "CMP #", "DEX", "WAI", "CPY abs", "CMP abs", "DEC abs", "BBS4 zpr",
    "BNE rel", "CMP izy", "CMP izp", "*NOP", "*NOP zpx", "CMP zpx", "DEC zpx", "SMB5 zp",  // D0
    "CLD", "CMP aby", "PHX", "STP", "*NOP abs", "CMP abx", "DEC abx", "BBS5 zpr",
    "CPX #", "SBC izx", "*NOP #", "*NOP", "CPX zp", "SBC zp", "INC zp", "SMB6 zp",  // E0
    "INX", "SBC #", "NOP", "*NOP", "CPX abs", "SBC abs", "INC abs", "BBS6 zpr",
    "BEQ rel", "SBC izy", "SBC izp", "*NOP", "*NOP zpx", "SBC zpx", "INC zpx", "SMB7 zp",  // F0
    "SED", "SBC aby", "PLX", "*NOP", "*NOP abs", "SBC abx", "INC abx", "BBS7 zpr",
};

// clang-format on

constexpr const char* ModeNames[] = {"",    "A",   "#",   "zp",  "zpx", "zpy", "abs", "abx",
                                     "aby", "ind", "izx", "izy", "rel", "izp", "iax", "zpr"};

std::string shown(const OpcodeText& opcode) {
  const std::string mode = ModeNames[static_cast<std::size_t>(opcode.mode)];
  return (opcode.undocumented ? "*" : "") + std::string(opcode.mnemonic) + (mode.empty() ? "" : " ") + mode;
}

TEST(OpcodeText, every_opcode_has_the_name_and_mode_of_the_manuals) {
  for (std::size_t opcode = 0; opcode < 256; ++opcode) {
    EXPECT_EQ(shown(opcode_text(Variant::Nmos, static_cast<std::uint8_t>(opcode))), NmosNames[opcode]) << opcode;
    EXPECT_EQ(shown(opcode_text(Variant::Ricoh2A03, static_cast<std::uint8_t>(opcode))), NmosNames[opcode]) << opcode;
    EXPECT_EQ(shown(opcode_text(Variant::Cmos, static_cast<std::uint8_t>(opcode))), CmosNames[opcode]) << opcode;
  }
}

}  // namespace
}  // namespace inlay::m6502
