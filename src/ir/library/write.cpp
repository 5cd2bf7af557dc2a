// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module as a library: its definitions in order of their names.
#include <algorithm>
#include <cstring>

#include "base/hash.h"
#include "inlay/ir/library.h"
#include "ir/library/encode.h"
#include "ir/library/format.h"

namespace inlay::ir {

std::uint64_t operations_hash() {
  static const std::uint64_t hash = [] {
    base::Bytes bytes;
    base::Writer out(bytes);
    for (const OpInfo& op : OpInfos) {
      out.text(op.text);
      out.text(op.slots);
      out.number(op.types);
      out.number(static_cast<std::uint64_t>(op.yields));
      out.number(op.flags);
    }
    return base::hash(bytes);
  }();
  return hash;
}

std::uint64_t header_hash(const LibraryHeader& header) { return base::hash(&header, offsetof(LibraryHeader, hash)); }

std::uint64_t chunk_checksum(std::uint32_t flags, std::string_view name, std::span<const std::byte> chunk) {
  const std::uint64_t parts[] = {base::hash(chunk), base::hash(name.data(), name.size()), flags};
  return base::hash(parts, sizeof parts);
}

namespace {

struct Definition {
  std::string_view name;
  Symbol symbol;
  std::uint32_t flags;
};

void sort(std::vector<Definition>& definitions) {
  std::sort(definitions.begin(), definitions.end(),
            [](const Definition& a, const Definition& b) { return a.name < b.name; });
}

struct Contents {
  std::vector<Definition> symbols, types, declarations;
};

Contents contents_of(const Module& m) {
  Contents all;
  for (FunctionId id{1}; id.value < m.functions.count(); ++id.value) {
    const Function& f = m.functions[id];
    if (f.generic || f.flags & FunctionReserved) continue;
    const std::uint32_t flags = EntryFunction | (f.flags & FunctionExported ? EntryExported : 0u);
    auto& list = f.flags & FunctionExtern ? all.declarations : all.symbols;
    list.push_back({m.text(f.name), {SymbolKind::Function, id.value}, flags});
  }
  for (DataId id{1}; id.value < m.data.count(); ++id.value) {
    const Data& d = m.data[id];
    if (d.generic || d.flags & DataReserved) continue;
    const std::uint32_t flags = EntryData | (d.flags & DataExported ? EntryExported : 0u);
    auto& list = d.flags & DataExtern ? all.declarations : all.symbols;
    list.push_back({m.text(d.name), {SymbolKind::Data, id.value}, flags});
  }
  for (TypeId id{1}; id.value < m.types.count(); ++id.value) {
    const Type& t = m.types[id];
    if (!t.name || t.generic || t.flags & TypeIncomplete) continue;
    all.types.push_back({m.text(t.name), {SymbolKind::Type, id.value}, EntryType});
  }
  for (auto* list : {&all.symbols, &all.types, &all.declarations}) sort(*list);
  return all;
}

}  // namespace

Result<std::vector<std::byte>> to_library(const Module& module) {
  if (module.error()) return *module.error();
  const Contents all = contents_of(module);
  std::vector<LibraryEntry> entries;
  base::Bytes names, chunks;
  ChunkEncoder encoder(module);
  for (const auto* list : {&all.symbols, &all.types, &all.declarations}) {
    for (const Definition& d : *list) {
      INLAY_TRY(const std::span<const std::byte> chunk, encoder.encode(d.symbol));
      const std::uint64_t checksum = chunk_checksum(d.flags, d.name, chunk);
      entries.push_back({static_cast<std::uint32_t>(names.size()), static_cast<std::uint32_t>(d.name.size()),
                         static_cast<std::uint32_t>(chunks.size()),
                         static_cast<std::uint32_t>(chunk.size() + sizeof checksum), d.flags});
      base::Writer(names).raw(std::as_bytes(std::span(d.name.data(), d.name.size())));
      base::Writer(chunks).raw(std::as_bytes(std::span(&checksum, 1)));
      base::Writer(chunks).raw(chunk);
      if (names.size() + chunks.size() > ~0u - (entries.size() + 3) * sizeof(LibraryEntry))
        return Error(ErrorKind::InvalidProgram, "the program is too large for one library; make several of it");
    }
  }

  LibraryHeader header;
  std::memcpy(header.magic, LibraryMagic, sizeof LibraryMagic);
  header.version = LibraryVersion;
  header.symbols = static_cast<std::uint32_t>(all.symbols.size());
  header.types = static_cast<std::uint32_t>(all.types.size());
  header.declarations = static_cast<std::uint32_t>(all.declarations.size());
  header.operations = operations_hash();
  header.names_size = names.size();
  const std::size_t before_chunks = sizeof header + entries.size() * sizeof(LibraryEntry) + names.size();
  header.size = before_chunks + chunks.size();
  header.hash = header_hash(header);
  for (LibraryEntry& entry : entries) entry.chunk += static_cast<std::uint32_t>(before_chunks);

  base::Bytes out;
  out.reserve(header.size);
  base::Writer writer(out);
  writer.raw(std::as_bytes(std::span(&header, 1)));
  writer.raw(std::as_bytes(std::span(entries)));
  writer.raw(names);
  writer.raw(chunks);
  return out;
}

}  // namespace inlay::ir
