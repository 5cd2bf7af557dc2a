// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A reader for each format.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "inlay/m6502/image.h"

namespace inlay::m6502 {

inline constexpr std::string_view Sim65Signature = "sim65", NesSignature = "NES\x1a";
/// What is there is not the file's: a program of sim65 must end below.
inline constexpr std::uint16_t Sim65ProgramsEnd = 0xFFF4;

Result<Image> read_intel_hex(std::span<const std::uint8_t> bytes, const std::string& file);
Result<Image> read_sim65(std::span<const std::uint8_t> bytes, const std::string& file);
Result<Image> read_prg(std::span<const std::uint8_t> bytes, const std::string& file);
Result<Image> read_nes(std::span<const std::uint8_t> bytes, const std::string& file);

}  // namespace inlay::m6502
