// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs as files have them.
//
//   auto image = read_image(bytes, {.file = "game.prg"});
//   load_image(machine, image.value());                     // inlay/m6502/load_image.h
//   machine.run(1'000'000);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/m6502/cpu.h"
#include "inlay/result.h"

namespace inlay::m6502 {

enum class ImageFormat : std::uint8_t {
  Binary,    // bytes of memory, and nothing else
  IntelHex,  // records of text
  Sim65,     // what cc65 makes for the targets sim6502 and sim65c02
  Prg,       // the C64's: two bytes say where the rest goes
  Nes,       // iNES without a mapper
};

/// `binary`, `hex`, `sim65`, `prg`, `nes`.
std::string_view to_string(ImageFormat format);

struct Image {
  struct Part {
    std::uint16_t address = 0;
    std::vector<std::uint8_t> bytes;
  };

  ImageFormat format = ImageFormat::Binary;
  std::vector<Part> parts;  // later ones replace what earlier ones have there
  /// Where it begins, if it says that.
  std::optional<std::uint16_t> start;
  /// What it says that it was made for.
  std::optional<Variant> variant;
  /// Sim65: where in page 0 the pointer to C's stack is, which system calls need.
  std::uint8_t c_stack = 0;
};

struct ImageOptions {
  std::string file;  // for messages, and its ending for the format
  /// Else what the file's first bytes or its name's ending say, and Binary if they say nothing.
  std::optional<ImageFormat> format;
  /// Where a Binary goes: needed unless it is 64 KiB.
  std::optional<std::uint16_t> load;
};

/// InvalidProgram with file, and line if it has lines; InvalidArgument for options that do not fit the file.
Result<Image> read_image(std::span<const std::uint8_t> bytes, const ImageOptions& options);

/// The 64 KiB that are there at the start.
std::vector<std::uint8_t> memory_of(const Image& image);
/// Where it begins: `start`, or what the reset vector says if it has one, or where its first part is.
std::uint16_t start_of(const Image& image);

}  // namespace inlay::m6502
