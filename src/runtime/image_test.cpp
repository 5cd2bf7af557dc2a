// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/image.h"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <random>

#include "base/hash.h"
#include "inlay/runtime.h"
#include "runtime/test_image.h"

#include <gtest/gtest.h>

namespace inlay::runtime {
namespace {

/// Reads whatever can be read of an image that may be damaged; what counts is to come back.
void read_all(const Image& image) {
  (void)image.name();
  for (const SymbolRecord& symbol : image.symbols()) (void)image.symbol_name(symbol);
  for (const char* name : {"twice", "caller", "more7", "zzz", ""}) (void)image.find(name);
  for (std::uint32_t i = 0; i < std::min(image.header().chunk_count, 100u); ++i) (void)image.chunk(i);
  (void)image.chunk(~0u);
  (void)image.verify();
}

TEST(Image, finds_each_symbol_by_name) {
  std::vector<std::byte> bytes = test_image();
  Result<Image> image = Image::open(bytes);
  ASSERT_TRUE(image) << image.error().to_string();
  EXPECT_TRUE(image->verify());
  EXPECT_EQ(image->name(), "test");
  EXPECT_GT(image->header().chunk_count, 2u);
  for (std::uint32_t i = 0; i < image->symbols().size(); ++i)
    EXPECT_EQ(image->find(image->symbol_name(image->symbols()[i])), i);
  for (const char* absent : {"", "a", "twic", "twice2", "zzz", "more40"}) EXPECT_FALSE(image->find(absent)) << absent;
}

TEST(Image, tells_kinds_and_what_is_defined) {
  std::vector<std::byte> bytes = test_image(0);
  Image image = Image::open(bytes).value();
  auto record = [&](const char* name) { return image.symbols()[image.find(name).value()]; };
  EXPECT_EQ(record("twice").kind, SymbolKind::Function);
  EXPECT_EQ(record("twice").instructions, 2u);
  EXPECT_TRUE(record("twice").flags & Defined);
  EXPECT_FALSE(record("missing").flags & Defined);
  EXPECT_FALSE(record("outside").flags & Defined);
  EXPECT_EQ(record("table").kind, SymbolKind::Variable);
  EXPECT_EQ(record("table").size, 16u);
  EXPECT_TRUE(record("table").flags & Constant);
  EXPECT_FALSE(record("counter").flags & Constant);
}

TEST(Image, refuses_every_truncation) {
  std::vector<std::byte> whole = test_image();
  std::span<const std::byte> bytes(whole);
  for (std::size_t size = 0; size < whole.size(); size += size < 1000 ? 1 : 61) {
    AlignedBytes cut(bytes.first(size));
    Result<Image> image = Image::open(cut.span());
    ASSERT_FALSE(image) << size;
    ASSERT_EQ(image.error().kind(), ErrorKind::DamagedImage) << size;
    ASSERT_NE(image.error().message().find("inlay embed"), std::string::npos) << image.error().message();
  }
}

TEST(Image, bears_every_changed_byte_of_its_tables) {
  std::vector<std::byte> whole = test_image();
  Image image = Image::open(whole).value();
  std::size_t tables = sizeof(ImageHeader) + image.header().symbol_count * sizeof(SymbolRecord) +
                       image.header().chunk_count * sizeof(ChunkRecord);
  AlignedBytes changed(whole);
  for (std::size_t at = 0; at < tables; ++at) {
    for (unsigned flip : {0x01u, 0x80u, 0xffu}) {
      changed.span()[at] ^= std::byte(flip);
      Result<Image> opened = Image::open(changed.span());
      if (opened) {
        read_all(*opened);
        bool seen = !opened->verify();
        EXPECT_TRUE(seen || at < sizeof(ImageHeader)) << "change at " << at << " was not seen";
      }
      changed.span()[at] ^= std::byte(flip);
    }
  }
}

TEST(Image, bears_random_damage) {
  std::vector<std::byte> whole = test_image();
  std::mt19937_64 random(1);
  for (int round = 0; round < 3000; ++round) {
    AlignedBytes damaged(whole);
    for (unsigned i = 0, count = 1 + random() % 8; i < count; ++i)
      damaged.span()[random() % whole.size()] ^= std::byte(1u << random() % 8);
    if (Result<Image> image = Image::open(damaged.span())) read_all(*image);
  }
}

TEST(Image, refuses_a_changed_chunk_when_it_is_read) {
  std::vector<std::byte> bytes = test_image();
  std::uint32_t last = Image::open(bytes)->header().chunk_count - 1;
  auto data = Image::open(bytes)->chunk(last).value();
  const_cast<std::byte&>(data[data.size() / 2]) ^= std::byte{4};
  Result<Image> image = Image::open(bytes);
  ASSERT_TRUE(image) << "opening does not read chunks";
  EXPECT_TRUE(image->chunk(0));
  Result<std::span<const std::byte>> chunk = image->chunk(last);
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().kind(), ErrorKind::DamagedImage);
  EXPECT_NE(chunk.error().message().find("checksum"), std::string::npos) << chunk.error().message();
  EXPECT_FALSE(image->verify());
}

TEST(Image, refuses_another_format) {
  std::vector<std::byte> bytes = test_image();
  reinterpret_cast<ImageHeader*>(bytes.data())->format = ImageFormat + 1;
  Result<Image> image = Image::open(bytes);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind(), ErrorKind::WrongVersion);
}

TEST(Image, refuses_an_unaligned_address) {
  std::vector<std::byte> bytes = test_image(0);
  bytes.insert(bytes.begin(), std::byte{0});
  Result<Image> image = Image::open(std::span(bytes).subspan(1));
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind(), ErrorKind::DamagedImage);
}

TEST(Image, sizes_and_offsets_near_the_largest_number_do_not_wrap) {
  std::vector<std::byte> whole = test_image(0);
  using Change = void (*)(ImageHeader&, std::uint64_t);
  const Change changes[] = {[](ImageHeader& h, std::uint64_t v) { h.total_size = v; },
                            [](ImageHeader& h, std::uint64_t v) { h.symbols_offset = v; },
                            [](ImageHeader& h, std::uint64_t v) { h.chunks_offset = v; },
                            [](ImageHeader& h, std::uint64_t v) { h.strings_offset = v; },
                            [](ImageHeader& h, std::uint64_t v) { h.strings_size = v; },
                            [](ImageHeader& h, std::uint64_t v) { h.symbol_count = static_cast<std::uint32_t>(v); },
                            [](ImageHeader& h, std::uint64_t v) { h.chunk_count = static_cast<std::uint32_t>(v); },
                            [](ImageHeader& h, std::uint64_t v) { h.name = static_cast<std::uint32_t>(v); },
                            [](ImageHeader& h, std::uint64_t v) { h.name_size = static_cast<std::uint32_t>(v); }};
  for (Change change : changes) {
    for (std::uint64_t value : {~0ull, ~7ull, 1ull << 63, (1ull << 63) - 8, 1ull << 32, 0ull, 8ull}) {
      AlignedBytes changed(whole);
      change(*reinterpret_cast<ImageHeader*>(changed.span().data()), value);
      if (Result<Image> image = Image::open(changed.span())) read_all(*image);
    }
  }
}

// Listing reads the same bytes from a file.
class ListedFile : public ::testing::Test {
 protected:
  Result<std::vector<RuntimeListing>> list(std::span<const std::byte> bytes, bool verify) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return list_runtimes(path_, verify);
  }
  ~ListedFile() override { std::remove(path_.c_str()); }
  std::string path_ = ::testing::TempDir() + "inlay_listed_" + std::to_string(::getpid());
};

TEST_F(ListedFile, bare_image_is_listed) {
  auto listings = list(test_image(0), true);
  ASSERT_TRUE(listings) << listings.error().to_string();
  ASSERT_EQ(listings->size(), 1u);
  EXPECT_EQ(listings->front().name, "test");
  EXPECT_TRUE(listings->front().llvm_version.starts_with("22.")) << listings->front().llvm_version;
}

TEST_F(ListedFile, two_images_one_behind_the_other_are_listed) {
  std::vector<std::byte> twice = test_image(0), image = twice;
  twice.insert(twice.end(), image.begin(), image.end());
  auto listings = list(twice, true);
  ASSERT_TRUE(listings);
  EXPECT_EQ(listings->size(), 2u);
}

TEST_F(ListedFile, truncated_or_changed_image_is_refused) {
  std::vector<std::byte> whole = test_image(0);
  for (std::size_t size = 4; size < whole.size(); size += 97)
    EXPECT_FALSE(list(std::span(whole).first(size), true)) << size;
  std::mt19937_64 random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::byte> changed = whole;
    std::size_t at = sizeof(ImageHeader) + random() % (whole.size() - sizeof(ImageHeader));
    changed[at] ^= std::byte(1u << random() % 8);
    (void)list(changed, false);
    EXPECT_FALSE(list(changed, true)) << at;
  }
}

TEST_F(ListedFile, other_files_are_refused_in_words) {
  auto absent = list_runtimes(path_ + ".absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind(), ErrorKind::File);
  for (const char* text : {"", "x", "some text that is no object file"}) {
    auto other = list(std::as_bytes(std::span(text, std::strlen(text))), false);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind(), ErrorKind::InvalidArgument) << other.error().to_string();
  }
}

}  // namespace
}  // namespace inlay::runtime
