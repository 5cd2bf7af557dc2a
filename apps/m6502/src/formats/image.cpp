// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/image.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/word.h"
#include "formats/readers.h"

namespace inlay::m6502 {

namespace {

constexpr std::size_t MemorySize = 0x10000;

bool begins_with(std::span<const std::uint8_t> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) {
           return static_cast<std::uint8_t>(a) == b;
         });
}

bool ends_with(const std::string& name, std::string_view ending) {
  return name.size() >= ending.size() && std::equal(ending.rbegin(), ending.rend(), name.rbegin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

ImageFormat guess_format(std::span<const std::uint8_t> bytes, const ImageOptions& options) {
  if (options.load) return ImageFormat::Binary;
  if (begins_with(bytes, Sim65Signature)) return ImageFormat::Sim65;
  if (begins_with(bytes, NesSignature)) return ImageFormat::Nes;
  for (const std::string_view ending : {".hex", ".ihex", ".ihx"})
    if (ends_with(options.file, ending)) return ImageFormat::IntelHex;
  if (ends_with(options.file, ".prg")) return ImageFormat::Prg;
  return ImageFormat::Binary;
}

Result<Image> read_binary(std::span<const std::uint8_t> bytes, const ImageOptions& options) {
  if (bytes.empty()) return Error(ErrorKind::InvalidProgram, "the file is empty", {.file = options.file});
  if (!options.load && bytes.size() != MemorySize)
    return Error(ErrorKind::InvalidArgument,
                 "a binary of " + std::to_string(bytes.size()) +
                     " bytes; say where it goes with --load, or what it is with --format",
                 {.file = options.file});
  const std::uint16_t load = options.load.value_or(0);
  if (load + bytes.size() > MemorySize)
    return Error(ErrorKind::InvalidArgument,
                 std::to_string(bytes.size()) + " bytes go beyond $FFFF from where --load has them begin",
                 {.file = options.file});
  Image image;
  image.parts.push_back({load, {bytes.begin(), bytes.end()}});
  return image;
}

}  // namespace

std::string_view to_string(ImageFormat format) {
  switch (format) {
    case ImageFormat::Binary:
      return "binary";
    case ImageFormat::IntelHex:
      return "hex";
    case ImageFormat::Sim65:
      return "sim65";
    case ImageFormat::Prg:
      return "prg";
    case ImageFormat::Nes:
      return "nes";
  }
  return "";
}

Result<Image> read_image(std::span<const std::uint8_t> bytes, const ImageOptions& options) {
  const ImageFormat format = options.format.value_or(guess_format(bytes, options));
  if (options.load && format != ImageFormat::Binary)
    return Error(
        ErrorKind::InvalidArgument,
        "--load is for binaries; a file of the format " + std::string(to_string(format)) + " says itself where it goes",
        {.file = options.file});
  switch (format) {
    case ImageFormat::Binary:
      return read_binary(bytes, options);
    case ImageFormat::IntelHex:
      return read_intel_hex(bytes, options.file);
    case ImageFormat::Sim65:
      return read_sim65(bytes, options.file);
    case ImageFormat::Prg:
      return read_prg(bytes, options.file);
    case ImageFormat::Nes:
      return read_nes(bytes, options.file);
  }
  return Error(ErrorKind::InvalidArgument, "a format that there is not");
}

std::vector<std::uint8_t> memory_of(const Image& image) {
  std::vector<std::uint8_t> memory(MemorySize);
  // Where nobody answers, the bus of a NES mostly has what a trace shows as FF.
  if (image.format == ImageFormat::Nes) std::fill(memory.begin() + 0x2000, memory.begin() + 0x8000, 0xFF);
  for (const Image::Part& part : image.parts)
    std::copy_n(part.bytes.begin(), std::min(part.bytes.size(), MemorySize - part.address),
                memory.begin() + part.address);
  return memory;
}

std::uint16_t start_of(const Image& image) {
  if (image.start) return *image.start;
  const bool has_vector = std::any_of(image.parts.begin(), image.parts.end(), [](const Image::Part& part) {
    return part.address <= ResetVector && part.address + part.bytes.size() >= ResetVector + 2u;
  });
  if (!has_vector) return image.parts.empty() ? 0 : image.parts.front().address;
  const std::vector<std::uint8_t> memory = memory_of(image);
  return word(memory[ResetVector], memory[ResetVector + 1]);
}

}  // namespace inlay::m6502
