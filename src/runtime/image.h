// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An image: the bitcode of one runtime, cut into chunks that load alone, with an index by name and, for an image that
// is linked into this process, by address.
//
//   header | symbols, sorted by name | chunks | strings | bitcode of the chunks
//
// Nothing is decoded when an image is opened: a look-up by name is a binary search in the mapped bytes, and each chunk
// carries its own checksum, verified when it is first loaded. So the cost of a use does not grow with the image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "inlay/result.h"

namespace inlay::runtime {

constexpr std::uint32_t ImageMagic = 0x59414c49;  // "ILAY"
constexpr std::uint32_t ImageFormat = 2;          // also of what native code and the library say to each other
/// The section that holds an image in an object file.
constexpr const char* ImageSection = "inlay_image";

enum class SymbolKind : std::uint32_t { Function = 0, Variable = 1 };

enum SymbolFlags : std::uint32_t {
  Defined = 1,   // this image has a body or an initial value
  Constant = 2,  // a variable whose contents never change
  Exported = 4,  // visible to the linker under its own name
  ThreadLocal = 8,
  AsksInline = 16,  // a function that wants to be inlined wherever it is called (INLAY_INLINE)
};

struct ImageHeader {
  std::uint32_t magic, format;
  std::uint32_t llvm_major, llvm_minor;
  std::uint64_t digest;      // of everything behind the header: the image's identity
  std::uint64_t total_size;  // header included
  std::uint32_t symbol_count, chunk_count;
  std::uint64_t symbols_offset, chunks_offset, strings_offset, strings_size;
  std::uint32_t name, name_size;  // the runtime's name, in the strings
};

struct SymbolRecord {
  std::uint32_t name, name_size;  // in the strings
  SymbolKind kind;
  std::uint32_t flags;
  std::uint32_t chunk;         // index of the chunk with the definition, if Defined
  std::uint32_t instructions;  // of a function's body
  std::uint64_t size;          // bytes of a variable
  std::uint64_t body;          // hash of the definition: what two runtimes define alike may be taken from either
};

struct ChunkRecord {
  std::uint64_t offset, size, checksum;
};

/// A checked view of an image's bytes; they must outlive it.
class Image {
 public:
  /// Checks the header and the bounds of the tables (not of each record): constant time.
  static Result<Image> open(std::span<const std::byte> bytes);

  const ImageHeader& header() const { return *header_; }
  std::string_view name() const { return string(header_->name, header_->name_size); }
  std::span<const SymbolRecord> symbols() const { return {symbols_, header_->symbol_count}; }
  std::string_view symbol_name(const SymbolRecord& s) const { return string(s.name, s.name_size); }

  /// Index of the symbol of that name.
  std::optional<std::uint32_t> find(std::string_view name) const;

  /// The chunk's bitcode; an error if it lies outside the image or its checksum differs.
  Result<std::span<const std::byte>> chunk(std::uint32_t index) const;

  /// Reads everything: the digest and every record, chunk and name. For `inlay list --verify` and tests.
  Result<void> verify() const;

 private:
  std::string_view string(std::uint64_t offset, std::uint64_t size) const;

  std::span<const std::byte> bytes_;
  const ImageHeader* header_ = nullptr;
  const SymbolRecord* symbols_ = nullptr;
  const ChunkRecord* chunks_ = nullptr;
};

/// A symbol of an image that is linked into this process.
struct SymbolRef {
  const Image* image = nullptr;
  std::uint32_t index = 0;
  const void* address = nullptr;  // null: the program does not contain it
  bool ambiguous = false;         // another runtime defines this name differently, elsewhere: it says nothing
  const SymbolRecord& record() const { return image->symbols()[index]; }
  std::string_view name() const { return image->symbol_name(record()); }
};

/// Looks in every image that is registered. Safe from any thread. Libraries that do not see each other's symbols may
/// define the same name in two ways; such a name is `ambiguous`, and nobody should act on it.
std::optional<SymbolRef> find_symbol(std::string_view name);

/// The function of a runtime that begins at `address`, or the variable that holds it (one that a runtime defines, or at
/// least mentions), and the distance from its beginning.
struct SymbolAt {
  SymbolRef symbol;
  std::uint64_t offset = 0;
};
std::optional<SymbolAt> find_symbol_at(const void* address);

/// The same, if the symbol's name leads to it and to nothing else: only then may code call it by that name. The
/// evaluator and the cache, which asks what the evaluator asked, must agree in this.
std::optional<SymbolAt> find_named_symbol_at(const void* address);

/// What find_symbol() and the bodies depend on, in a word: which images there are, what each of them holds, which of
/// their symbols the program contains, and which names lead to one place or to several. Not where anything lies.
base::Hash128 identity_of_runtimes();

/// The images of this process, and those that were refused when their runtime was loaded.
std::vector<const Image*> registered_images();
std::vector<Error> refused_images();

}  // namespace inlay::runtime
