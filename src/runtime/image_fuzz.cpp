// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Damaged images must be refused, or answer within their bounds. An input is an image itself, or, where it begins with
// 'P', changes to a sound one: offset (2 bytes), value (8 bytes), and so on, after which the digest is made right
// again, so that the search gets past it without a seed.
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/hash.h"
#include "inlay/runtime.h"
#include "runtime/image.h"
#include "runtime/test_image.h"

namespace {

using namespace inlay::runtime;

void read_all(const Image& image) {
  std::size_t total = image.name().size();
  for (const SymbolRecord& symbol : image.symbols()) {
    std::string_view name = image.symbol_name(symbol);
    for (char c : name) total += static_cast<unsigned char>(c);
  }
  for (const char* name : {"twice", "caller", "more7", "zzz", ""}) total += image.find(name).value_or(0);
  for (std::uint32_t i = 0; i < std::min(image.header().chunk_count, 64u); ++i)
    if (auto chunk = image.chunk(i); chunk && !chunk->empty()) total += static_cast<std::size_t>(chunk->back());
  if (image.verify()) ++total;
  asm volatile("" : : "r"(total));  // keeps the reads
}

std::vector<std::byte> changed_image(std::span<const std::byte> changes) {
  static const std::vector<std::byte> sound = test_image(8);
  std::vector<std::byte> bytes = sound;
  constexpr std::size_t Step = 10;
  for (; changes.size() >= Step; changes = changes.subspan(Step)) {
    std::uint16_t at;
    std::memcpy(&at, changes.data(), sizeof at);
    if (at + 8u <= bytes.size()) std::memcpy(&bytes[at], &changes[2], 8);
  }
  auto* header = reinterpret_cast<ImageHeader*>(bytes.data());
  if (header->total_size >= sizeof(ImageHeader) && header->total_size <= bytes.size())
    header->digest = inlay::base::hash(
        std::span<const std::byte>(bytes).subspan(sizeof(ImageHeader), header->total_size - sizeof(ImageHeader)));
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::byte> input(reinterpret_cast<const std::byte*>(data), size);
  std::vector<std::byte> changed;
  if (!input.empty() && input[0] == std::byte{'P'}) {
    changed = changed_image(input.subspan(1));
    input = changed;
  }
  AlignedBytes bytes(input);
  if (inlay::Result<Image> image = Image::open(bytes.span())) read_all(*image);
  if (size % 16 == 0) {  // files are slow
    std::string path =
        (std::filesystem::temp_directory_path() / ("inlay_image_fuzz_" + std::to_string(::getpid()))).string();
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
    (void)inlay::list_runtimes(path, size % 32 == 0);
    std::remove(path.c_str());
  }
  return 0;
}
