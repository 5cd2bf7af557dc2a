// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/image.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::m6502 {
namespace {

using Bytes = std::vector<std::uint8_t>;

Result<Image> read(const std::string& text, const std::string& file, ImageOptions options = {}) {
  options.file = file;
  return read_image({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, options);
}

std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::string error_of(const Result<Image>& image) { return image ? "no error" : image.error().to_string(); }

TEST(Image, hex_records_become_memory) {
  const auto image = read(":03020000A90F0243\n:0202030060EA AF\n", "a.hex");
  EXPECT_FALSE(image);
  const auto good = read(":03020000A90F0241\r\n:0202030060EAAF\n:00000001FF\n", "a.HEX");
  ASSERT_TRUE(good) << error_of(good);
  EXPECT_EQ(good->parts.size(), 1u);
  EXPECT_EQ(good->parts[0].address, 0x200);
  EXPECT_EQ(good->parts[0].bytes, (Bytes{0xA9, 0x0F, 0x02, 0x60, 0xEA}));
  EXPECT_EQ(start_of(*good), 0x200);
}

TEST(Image, hex_says_where_to_start_in_either_way) {
  EXPECT_EQ(start_of(read(":0400000300000400F5\n:01040000EA11\n:00000001FF", "a.hex").value()), 0x400);
  EXPECT_EQ(start_of(read(":0400000500000400F3\n:01040000EA11\n:00000001FF", "a.hex").value()), 0x400);
}

TEST(Image, files_without_a_program_are_refused) {
  EXPECT_EQ(error_of(read(":00000001FF\n", "a.hex")),
            "a.hex:1: error: there is no data before the end record [invalid-program]");
  EXPECT_EQ(error_of(read(":0400000300000400F5\n:00000001FF", "a.hex")),
            "a.hex:2: error: there is no data before the end record [invalid-program]");
}

TEST(Image, hex_errors_tell_line_and_what_would_do) {
  EXPECT_EQ(error_of(read("\n:0102000011EC\n0000\n", "a.hex")),
            "a.hex:3:1: error: a record begins with ':' [invalid-program]");
  EXPECT_EQ(error_of(read(":01020000x1EC\n", "a.hex")), "a.hex:1:10: error: no hexadecimal digit [invalid-program]");
  EXPECT_EQ(error_of(read(":0102000011E\n", "a.hex")),
            "a.hex:1: error: an odd number of digits; two make a byte [invalid-program]");
  EXPECT_EQ(error_of(read(":0202000011EB\n", "a.hex")),
            "a.hex:1: error: the length says 2 bytes of data, but there are 1 [invalid-program]");
  EXPECT_EQ(error_of(read(":0102000011ED\n", "a.hex")),
            "a.hex:1:12: error: the sum is wrong: EC would be right [invalid-program]");
  EXPECT_EQ(error_of(read(":0102000011EC\n", "a.hex")),
            "a.hex:1: error: the end record ':00000001FF' is missing; the file may be cut off [invalid-program]");
  EXPECT_EQ(error_of(read(":00000001FF\n:00000001FF\n", "a.hex")),
            "a.hex:2: error: a record behind the end record; that must be the last [invalid-program]");
  EXPECT_EQ(error_of(read(":02FFFF00010200FD\n", "a.hex")).substr(0, 40), "a.hex:1: error: the length says 2 bytes ");
  EXPECT_EQ(error_of(read(":02FFFF000102FD\n", "a.hex")),
            "a.hex:1: error: the data goes beyond $FFFF [invalid-program]");
  EXPECT_EQ(error_of(read(":020000040001F9\n", "a.hex")),
            "a.hex:1: error: addresses beyond $FFFF; a 6502 has 64 KiB [invalid-program]");
  EXPECT_EQ(error_of(read(":00000009F7\n", "a.hex")),
            "a.hex:1: error: a record of type 9; there are 0 to 5 [invalid-program]");
  EXPECT_EQ(error_of(read(":00\n", "a.hex")),
            "a.hex:1: error: 1 byte; the shortest record has 5: length, address, type and sum [invalid-program]");
}

TEST(Image, a_binary_needs_a_place) {
  EXPECT_EQ(error_of(read("abc", "game.bin")),
            "game.bin: error: a binary of 3 bytes; say where it goes with --load, or what it is with --format "
            "[invalid-argument]");
  EXPECT_EQ(error_of(read("abc", "game.bin", {.file = {}, .format = {}, .load = 0xFFFE})),
            "game.bin: error: 3 bytes go beyond $FFFF from where --load has them begin [invalid-argument]");
  EXPECT_EQ(error_of(read("", "game.bin")), "game.bin: error: the file is empty [invalid-program]");
  const auto image = read("abc", "game.bin", {.file = {}, .format = {}, .load = 0x1000});
  ASSERT_TRUE(image);
  EXPECT_EQ(start_of(*image), 0x1000);
  EXPECT_EQ(memory_of(*image)[0x1002], 'c');
}

TEST(Image, a_binary_with_a_reset_vector_starts_there) {
  EXPECT_EQ(start_of(read(text({0x34, 0x12}), "rom", {.file = {}, .format = {}, .load = 0xFFFC}).value()), 0x1234);
  std::string all(0x10000, '\0');
  all[0xFFFD] = 4;
  EXPECT_EQ(start_of(read(all, "all.bin").value()), 0x400);
}

TEST(Image, sim65_programs_say_where_they_go_and_for_which_processor) {
  const std::string header = std::string("sim65") + text({2, 1, 0x20, 0x00, 0x03, 0x05, 0x03});
  const auto image = read(header + "abc", "program");
  ASSERT_TRUE(image) << error_of(image);
  EXPECT_EQ(image->format, ImageFormat::Sim65);
  EXPECT_EQ(image->variant, Variant::Cmos);
  EXPECT_EQ(image->c_stack, 0x20);
  EXPECT_EQ(image->parts[0].address, 0x300);
  EXPECT_EQ(start_of(*image), 0x305);
  EXPECT_EQ(memory_of(*image)[0xFFFD], 0x03);
}

TEST(Image, sim65_programs_that_cannot_be_run_say_why) {
  EXPECT_EQ(error_of(read("sim65", "p")),
            "p: error: no header of sim65: 12 bytes that begin with 'sim65' [invalid-program]");
  EXPECT_EQ(error_of(read("sim65" + text({3, 0, 0, 0, 2, 0, 2}), "p")),
            "p: error: version 3 of sim65's format; cc65 2.18 and later write 2 [invalid-program]");
  EXPECT_EQ(error_of(read("sim65" + text({2, 9, 0, 0, 2, 0, 2}), "p")),
            "p: error: made for processor 9; there are 0, a 6502, and 1, a 65C02 [invalid-program]");
  EXPECT_EQ(error_of(read("sim65" + text({2, 0, 0, 0xF3, 0xFF, 0, 2, 1, 2}), "p")),
            "p: error: 2 bytes do not fit below $FFF4, where system calls are entered [invalid-program]");
}

TEST(Image, a_prg_starts_at_its_address_or_where_basic_goes) {
  EXPECT_EQ(start_of(read(text({0x00, 0xC0, 0xEA}), "a.prg").value()), 0xC000);
  const Bytes basic = {0x01, 0x08, 0x0B, 0x08, 0x0A, 0x00, 0x9E, '2', '0', '6', '2', 0, 0, 0, 0, 0xEA};
  EXPECT_EQ(start_of(read(text(basic), "a.PRG").value()), 2062);
  EXPECT_EQ(error_of(read("a", "a.prg")),
            "a.prg: error: no program: two bytes of address, then what goes there [invalid-program]");
  EXPECT_EQ(error_of(read(text({0xFF, 0xFF, 1, 2}), "a.prg")),
            "a.prg: error: the program goes beyond $FFFF [invalid-program]");
  EXPECT_EQ(error_of(read("abc", "a.prg", {.file = {}, .format = ImageFormat::Prg, .load = 1})).substr(0, 40),
            "a.prg: error: --load is for binaries; a ");
}

std::string nes(int banks, int mapper, std::size_t size) {
  std::string file =
      std::string("NES\x1a") + text({static_cast<std::uint8_t>(banks), 1, static_cast<std::uint8_t>(mapper << 4),
                                     static_cast<std::uint8_t>(mapper & 0xF0)});
  file.resize(16 + size);
  file.back() = 0x12;
  file[16 + size - 4] = 0x04, file[16 + size - 3] = static_cast<char>(0xC0);
  return file;
}

TEST(Image, a_cartridge_of_one_bank_is_there_twice) {
  const auto image = read(nes(1, 0, 0x4000), "game");
  ASSERT_TRUE(image) << error_of(image);
  EXPECT_EQ(image->variant, Variant::Ricoh2A03);
  EXPECT_EQ(memory_of(*image)[0xBFFF], 0x12);
  EXPECT_EQ(memory_of(*image)[0xFFFF], 0x12);
  EXPECT_EQ(start_of(*image), 0xC004);
}

TEST(Image, cartridges_that_cannot_be_run_say_why) {
  EXPECT_EQ(error_of(read(nes(1, 4, 0x4000), "game")),
            "game: error: a cartridge with mapper 4; only those without one (0) can be run [invalid-program]");
  EXPECT_EQ(error_of(read(nes(8, 0, 0x4000), "game")),
            "game: error: 8 banks of 16 KiB; without a mapper there are 1 or 2 [invalid-program]");
  EXPECT_EQ(error_of(read(nes(2, 0, 0x4000), "game")),
            "game: error: the file is cut off: it must have 32784 bytes or more [invalid-program]");
}

TEST(Image, whatever_bytes_there_are_there_is_an_answer) {
  constexpr ImageFormat Formats[] = {ImageFormat::Binary, ImageFormat::IntelHex, ImageFormat::Sim65, ImageFormat::Prg,
                                     ImageFormat::Nes};
  constexpr std::string_view Beginnings[] = {"", ":", "sim65\x02", "NES\x1a\x01", ":10000000", "\x01\x08"};
  std::mt19937 random(6502);
  int good = 0;
  for (int k = 0; k < 20000; ++k) {
    std::string bytes(Beginnings[random() % std::size(Beginnings)]);
    const bool digits = random() % 2 == 0;
    for (std::size_t count = random() % 60; count > 0; --count)
      bytes += digits ? "0123456789ABCDEF:\r\n"[random() % 19] : static_cast<char>(random());
    ImageOptions options{.file = "x", .format = Formats[random() % std::size(Formats)], .load = {}};
    if (random() % 2 == 0) options.load = static_cast<std::uint16_t>(random());
    const Result<Image> image = read(bytes, "x", options);
    if (!image) continue;
    ++good;
    EXPECT_EQ(memory_of(*image).size(), 0x10000u);
    start_of(*image);
  }
  EXPECT_GT(good, 1000);
}

}  // namespace
}  // namespace inlay::m6502
