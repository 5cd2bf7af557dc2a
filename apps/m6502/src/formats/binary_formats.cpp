// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The formats with a header.
#include <algorithm>
#include <optional>
#include <string_view>

#include "core/word.h"
#include "formats/readers.h"

namespace inlay::m6502 {

namespace {

Error wrong(std::string message, const std::string& file) {
  return {ErrorKind::InvalidProgram, std::move(message), {.file = file}};
}

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) { return word(bytes[at], bytes[at + 1]); }

Image::Part part(std::uint16_t address, std::span<const std::uint8_t> bytes) {
  return {address, {bytes.begin(), bytes.end()}};
}

/// Where `10 SYS 2064` at the beginning of a program in BASIC leads.
std::optional<std::uint16_t> basic_start(std::span<const std::uint8_t> program) {
  constexpr std::size_t TokenPlace = 4;  // behind the next line's address and the line's number
  constexpr std::uint8_t SysToken = 0x9E;
  if (program.size() <= TokenPlace || program[TokenPlace] != SysToken) return std::nullopt;
  std::size_t at = TokenPlace + 1;
  while (at < program.size() && (program[at] == ' ' || program[at] == '(')) ++at;
  std::uint32_t address = 0;
  bool any = false;
  for (; at < program.size() && program[at] >= '0' && program[at] <= '9' && address <= 0xFFFF; ++at) {
    address = address * 10 + program[at] - '0';
    any = true;
  }
  if (!any || address > 0xFFFF) return std::nullopt;
  return static_cast<std::uint16_t>(address);
}

}  // namespace

Result<Image> read_sim65(std::span<const std::uint8_t> bytes, const std::string& file) {
  constexpr std::size_t HeaderSize = 12;
  constexpr std::uint8_t Version = 2;
  const std::size_t signature = Sim65Signature.size();
  if (bytes.size() < HeaderSize ||
      !std::equal(Sim65Signature.begin(), Sim65Signature.end(), bytes.begin(),
                  [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }))
    return wrong("no header of sim65: 12 bytes that begin with 'sim65'", file);
  if (bytes[signature] != Version)
    return wrong("version " + std::to_string(bytes[signature]) + " of sim65's format; cc65 2.18 and later write 2",
                 file);
  const std::uint8_t processor = bytes[signature + 1];
  if (processor > 1)
    return wrong("made for processor " + std::to_string(processor) + "; there are 0, a 6502, and 1, a 65C02", file);
  Image image;
  image.format = ImageFormat::Sim65;
  image.variant = processor == 0 ? Variant::Nmos : Variant::Cmos;
  image.c_stack = bytes[signature + 2];
  const std::uint16_t load = word_at(bytes, signature + 3), start = word_at(bytes, signature + 5);
  const auto body = bytes.subspan(HeaderSize);
  if (body.empty()) return wrong("there is no program behind the header", file);
  if (load + body.size() > Sim65ProgramsEnd)
    return wrong(std::to_string(body.size()) + " bytes do not fit below $FFF4, where system calls are entered", file);
  image.parts.push_back(part(load, body));
  image.parts.push_back({ResetVector, {bytes[signature + 5], bytes[signature + 6]}});
  image.start = start;
  return image;
}

Result<Image> read_prg(std::span<const std::uint8_t> bytes, const std::string& file) {
  constexpr std::size_t HeaderSize = 2;
  constexpr std::uint16_t BasicStart = 0x0801;
  if (bytes.size() <= HeaderSize) return wrong("no program: two bytes of address, then what goes there", file);
  const std::uint16_t load = word_at(bytes, 0);
  const auto body = bytes.subspan(HeaderSize);
  if (load + body.size() > 0x10000) return wrong("the program goes beyond $FFFF", file);
  Image image;
  image.format = ImageFormat::Prg;
  image.parts.push_back(part(load, body));
  image.start = load;
  if (load == BasicStart)
    if (const auto start = basic_start(body)) image.start = start;
  return image;
}

Result<Image> read_nes(std::span<const std::uint8_t> bytes, const std::string& file) {
  constexpr std::size_t HeaderSize = 16, TrainerSize = 512, BankSize = 0x4000;
  constexpr std::uint8_t TrainerBit = 0x04;
  if (bytes.size() < HeaderSize || !std::equal(NesSignature.begin(), NesSignature.end(), bytes.begin()))
    return wrong("no header of iNES: 16 bytes that begin with 'NES'", file);
  const int mapper = bytes[6] >> 4 | (bytes[7] & 0xF0);
  if (mapper != 0)
    return wrong("a cartridge with mapper " + std::to_string(mapper) + "; only those without one (0) can be run", file);
  const std::size_t banks = bytes[4];
  if (banks != 1 && banks != 2)
    return wrong(std::to_string(banks) + " banks of 16 KiB; without a mapper there are 1 or 2", file);
  const std::size_t begin = HeaderSize + ((bytes[6] & TrainerBit) != 0 ? TrainerSize : 0);
  if (bytes.size() < begin + banks * BankSize)
    return wrong("the file is cut off: it must have " + std::to_string(begin + banks * BankSize) + " bytes or more",
                 file);
  Image image;
  image.format = ImageFormat::Nes;
  image.variant = Variant::Ricoh2A03;
  const auto program = bytes.subspan(begin, banks * BankSize);
  image.parts.push_back(part(0x8000, program));
  if (banks == 1) image.parts.push_back(part(0xC000, program));
  return image;
}

}  // namespace inlay::m6502
