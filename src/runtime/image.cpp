// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/image.h"

#include <algorithm>
#include <cstring>

#include "base/hash.h"

namespace inlay::runtime {

namespace {

Error damaged(const std::string& what) {
  return {ErrorKind::DamagedImage, what + "; embed the runtime again with `inlay embed`"};
}

/// Whether a table of `count` records of `size` bytes at `offset` lies inside `total` bytes, aligned for its records.
bool table_fits(std::uint64_t offset, std::uint64_t count, std::uint64_t size, std::uint64_t total) {
  return offset % 8 == 0 && offset <= total && count <= (total - offset) / size;
}

}  // namespace

Result<Image> Image::open(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(ImageHeader))
    return damaged("the runtime image is " + std::to_string(bytes.size()) + " bytes, shorter than its header");
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(ImageHeader) != 0)
    return damaged("the runtime image is not aligned to 8 bytes");
  Image image;
  image.bytes_ = bytes;
  image.header_ = reinterpret_cast<const ImageHeader*>(bytes.data());
  const ImageHeader& h = *image.header_;
  if (h.magic != ImageMagic) return damaged("this is not a runtime image (wrong first bytes)");
  if (h.format != ImageFormat)
    return Error(ErrorKind::WrongVersion, "the runtime image has format " + std::to_string(h.format) +
                                              ", this Inlay reads format " + std::to_string(ImageFormat) +
                                              "; embed the runtime again with this version's `inlay embed`");
  if (h.total_size > bytes.size())
    return damaged("the runtime image is truncated: " + std::to_string(bytes.size()) + " of " +
                   std::to_string(h.total_size) + " bytes are there");
  if (h.total_size < sizeof(ImageHeader) ||
      !table_fits(h.symbols_offset, h.symbol_count, sizeof(SymbolRecord), h.total_size) ||
      !table_fits(h.chunks_offset, h.chunk_count, sizeof(ChunkRecord), h.total_size) ||
      !table_fits(h.strings_offset, h.strings_size, 1, h.total_size))
    return damaged("a table of the runtime image lies outside of it");
  image.bytes_ = bytes.first(h.total_size);
  image.symbols_ = reinterpret_cast<const SymbolRecord*>(bytes.data() + h.symbols_offset);
  image.chunks_ = reinterpret_cast<const ChunkRecord*>(bytes.data() + h.chunks_offset);
  return image;
}

std::string_view Image::string(std::uint64_t offset, std::uint64_t size) const {
  if (offset > header_->strings_size || size > header_->strings_size - offset) return {};
  return {reinterpret_cast<const char*>(bytes_.data() + header_->strings_offset + offset), size};
}

std::optional<std::uint32_t> Image::find(std::string_view name) const {
  std::span<const SymbolRecord> all = symbols();
  auto at = std::lower_bound(all.begin(), all.end(), name,
                             [&](const SymbolRecord& s, std::string_view n) { return symbol_name(s) < n; });
  if (at == all.end() || symbol_name(*at) != name) return std::nullopt;
  return static_cast<std::uint32_t>(at - all.begin());
}

Result<std::span<const std::byte>> Image::chunk(std::uint32_t index) const {
  if (index >= header_->chunk_count)
    return damaged("the runtime image '" + std::string(name()) + "' has no chunk " + std::to_string(index));
  const ChunkRecord& record = chunks_[index];
  if (record.offset > bytes_.size() || record.size > bytes_.size() - record.offset)
    return damaged("chunk " + std::to_string(index) + " of the runtime image '" + std::string(name()) +
                   "' lies outside of it");
  std::span<const std::byte> data = bytes_.subspan(record.offset, record.size);
  if (base::hash(data) != record.checksum)
    return damaged("chunk " + std::to_string(index) + " of the runtime image '" + std::string(name()) +
                   "' does not match its checksum");
  return data;
}

Result<void> Image::verify() const {
  if (base::hash(bytes_.subspan(sizeof(ImageHeader))) != header_->digest)
    return damaged("the runtime image '" + std::string(name()) + "' does not match its digest");
  std::string_view last;
  for (const SymbolRecord& s : symbols()) {
    std::string_view current = symbol_name(s);
    if (current.empty() || current <= last) return damaged("the symbols of the runtime image are not in order");
    last = current;
    if ((s.flags & Defined) && s.chunk >= header_->chunk_count)
      return damaged("the symbol '" + std::string(current) + "' refers to a chunk that does not exist");
  }
  for (std::uint32_t i = 0; i < header_->chunk_count; ++i) {
    Result<std::span<const std::byte>> data = chunk(i);
    if (!data) return std::move(data).error();
  }
  return {};
}

}  // namespace inlay::runtime
