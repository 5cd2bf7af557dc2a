// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an open library is, and loading definitions from one.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "inlay/ir/library.h"
#include "ir/library/decode.h"
#include "ir/library/encode.h"
#include "ir/library/format.h"

namespace inlay::ir {

/// A file in memory. If another process cuts the file off, what lay behind is gone, as with any mapping.
struct Mapping {
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();
  std::span<const std::byte> bytes;
};

enum class Section : std::uint8_t { Symbols, Types, Declarations };

struct Library::State {
  Mapping mapping;
  std::span<const std::byte> bytes;
  std::string file;  // or what it is called
  std::string_view names;
  std::array<std::size_t, 3> ends{};  // of the sections, in entries

  std::size_t begin(Section section) const {
    return section == Section::Symbols ? 0 : ends[static_cast<std::size_t>(section) - 1];
  }
  std::size_t end(Section section) const { return ends[static_cast<std::size_t>(section)]; }
  LibraryEntry entry(std::size_t index) const;
  /// Empty where the entry is damaged.
  std::string_view name(const LibraryEntry& entry) const;
  std::optional<LibraryEntry> find(Section section, std::string_view name) const;
  /// What the entry says, its checksum tested.
  Result<std::span<const std::byte>> chunk(const LibraryEntry& entry) const;
  Error damaged(std::string what) const;
};

/// Loads definitions of one library into one module, and with them the named types that they mention.
class Loader {
 public:
  Loader(Module& module, const Library::State& library) : m_(module), library_(library), encoder_(module) {}

  /// A definition or declaration. One that the module has is left alone if it says the same; else that is an error.
  Result<void> load(const LibraryEntry& entry);
  /// To be called once after all else: gives instances of generics their signatures.
  Result<void> finish();
  /// Whether what was loaded means the library's own definition of that name, which others do not see.
  bool needs_own(std::string_view name) const { return own_.contains(name); }
  const Library::State& library() const { return library_; }

 private:
  Result<void> load_symbol(const LibraryEntry& entry, std::span<const std::byte> chunk);
  Result<void> load_types();
  Result<void> load_type(const LibraryEntry& entry);
  Result<void> declare(const NamedElsewhere& declaration);
  Result<void> declare_function(FunctionId id, const NamedElsewhere& declaration);
  Result<void> declare_data(DataId id, const NamedElsewhere& declaration);
  /// That what the module has says the same as the chunk.
  Result<void> check_same(Symbol symbol, const LibraryEntry& entry, std::span<const std::byte> chunk);
  Result<void> check_own(Symbol symbol, std::string_view name);
  void note_types(const ChunkDecoder& decoder);
  Error conflict(std::string_view name, const std::string& here, const std::string& there) const;
  std::string subject(const LibraryEntry& entry) const;

  Module& m_;
  const Library::State& library_;
  ChunkEncoder encoder_;
  std::unordered_set<std::string_view> seen_types_;  // names in the library, as all of these
  std::unordered_set<std::string_view> known_same_, own_;
  std::vector<std::string_view> wanted_types_;
  bool loaded_generic_ = false;
};

}  // namespace inlay::ir
