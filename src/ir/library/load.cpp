// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/library/load.h"

#include <algorithm>

#include "ir/substitute.h"

namespace inlay::ir {

namespace {

constexpr std::uint32_t Undefined = FunctionExtern | FunctionReserved;

bool is_defined(const Module& m, Symbol symbol) {
  switch (symbol.kind) {
    case SymbolKind::None:
      return false;
    case SymbolKind::Function:
      return (m.functions[FunctionId{symbol.id}].flags & Undefined) == 0;
    case SymbolKind::Data:
      return (m.data[DataId{symbol.id}].flags & (DataExtern | DataReserved)) == 0;
    case SymbolKind::Type:
      return (m.types[TypeId{symbol.id}].flags & TypeIncomplete) == 0;
  }
  return false;
}

/// The body of a chunk, without what it mentions; all of it if it is damaged.
std::span<const std::byte> body_of(std::span<const std::byte> chunk) {
  base::Reader in(chunk);
  const std::uint64_t size = in.number();
  const std::size_t number = chunk.size() - in.left();
  return in.good() && size <= in.left() ? chunk.first(number + static_cast<std::size_t>(size)) : chunk;
}

std::string shown(std::string_view name) { return "'@" + std::string(name) + "'"; }

}  // namespace

std::string Loader::subject(const LibraryEntry& entry) const {
  const std::string name(library_.name(entry));
  return (entry.flags & EntryType ? "'" + name + "'" : shown(name)) + " of the library '" + library_.file + "'";
}

Error Loader::conflict(std::string_view name, const std::string& here, const std::string& there) const {
  return {ErrorKind::InvalidProgram, shown(name) + " is " + here + " in the program and " + there +
                                         " in the library '" + library_.file + "'; give one of them another name"};
}

Result<void> Loader::check_same(Symbol symbol, const LibraryEntry& entry, std::span<const std::byte> chunk) {
  const std::string_view name = library_.name(entry);
  if (symbol.kind != SymbolKind::Type && known_same_.contains(name)) return {};
  INLAY_TRY(const std::span<const std::byte> here, encoder_.encode(symbol));
  const std::span<const std::byte> body = body_of(chunk);
  if (!std::ranges::equal(here.first(encoder_.body_end()), body))
    return Error(ErrorKind::InvalidProgram,
                 subject(entry) + " is another one than that of the program; give one of them another name");
  if (symbol.kind != SymbolKind::Type) known_same_.insert(name);
  return {};
}

Result<void> Loader::load(const LibraryEntry& entry) {
  const std::string_view name = library_.name(entry);
  if (entry.flags & EntryType) {
    if (seen_types_.insert(name).second) INLAY_TRY_VOID(load_type(entry));
    return load_types();
  }
  INLAY_TRY(const std::span<const std::byte> chunk, library_.chunk(entry));
  const Symbol known = m_.find(name);
  const bool function = entry.flags & EntryFunction;
  if (known.kind != SymbolKind::None && (known.kind == SymbolKind::Function) != function)
    return conflict(name, function ? "data" : "a function", function ? "a function" : "data");
  if (known.kind == SymbolKind::None || !is_defined(m_, known)) return load_symbol(entry, chunk);
  if (library_.find(Section::Symbols, name)) return check_same(known, entry, chunk);
  return {};
}

Result<void> Loader::load_symbol(const LibraryEntry& entry, std::span<const std::byte> chunk) {
  const std::string_view name = library_.name(entry);
  const bool function = entry.flags & EntryFunction;
  const Symbol known = m_.find(name);
  const TypeId declared =
      !function || known.kind == SymbolKind::None ? TypeId{} : m_.functions[FunctionId{known.id}].signature;
  ChunkDecoder decoder(m_, chunk, subject(entry));
  INLAY_TRY_VOID(function ? decoder.function(name) : decoder.data(name));
  note_types(decoder);
  INLAY_TRY_VOID(load_types());
  INLAY_TRY_VOID(decoder.finish());
  const Symbol loaded = m_.find(name);
  if (function) loaded_generic_ |= (m_.functions[FunctionId{loaded.id}].flags & FunctionGeneric) != 0;
  const bool table = !function && m_.data[DataId{loaded.id}].flags & DataTable;
  const TypeId type = function ? m_.functions[FunctionId{loaded.id}].signature : m_.data[DataId{loaded.id}].type;
  if (declared && declared != type && !table) return conflict(name, m_.to_string(declared), m_.to_string(type));
  known_same_.insert(name);
  for (const NamedElsewhere& declaration : decoder.declarations()) INLAY_TRY_VOID(declare(declaration));
  return {};
}

void Loader::note_types(const ChunkDecoder& decoder) {
  for (std::string_view name : decoder.types())
    if (seen_types_.insert(name).second) wanted_types_.push_back(name);
}

Result<void> Loader::load_types() {
  while (!wanted_types_.empty()) {
    const std::string_view name = wanted_types_.back();
    wanted_types_.pop_back();
    // What has no entry is named only, there as here.
    if (const std::optional<LibraryEntry> entry = library_.find(Section::Types, name))
      INLAY_TRY_VOID(load_type(*entry));
  }
  return {};
}

Result<void> Loader::load_type(const LibraryEntry& entry) {
  const std::string_view name = library_.name(entry);
  INLAY_TRY(const std::span<const std::byte> chunk, library_.chunk(entry));
  const TypeId known = m_.find_type(name);
  if (known && is_defined(m_, {SymbolKind::Type, known.value}))
    return check_same({SymbolKind::Type, known.value}, entry, chunk);
  ChunkDecoder decoder(m_, chunk, subject(entry));
  INLAY_TRY_VOID(decoder.type_definition(name));
  note_types(decoder);
  return {};
}

Result<void> Loader::declare(const NamedElsewhere& declaration) {
  if (declaration.symbol.is_function()) return declare_function(declaration.symbol.function(), declaration);
  return declare_data(declaration.symbol.data(), declaration);
}

/// A name that the library keeps to itself means the library's definition, whatever others call so.
Result<void> Loader::check_own(Symbol symbol, std::string_view name) {
  const std::optional<LibraryEntry> entry = library_.find(Section::Symbols, name);
  if (!entry || entry->flags & EntryExported) return {};
  if (is_defined(m_, symbol)) {
    INLAY_TRY(const std::span<const std::byte> chunk, library_.chunk(*entry));
    return check_same(symbol, *entry, chunk);
  }
  own_.insert(library_.name(*entry));
  return {};
}

Result<void> Loader::declare_function(FunctionId id, const NamedElsewhere& d) {
  Function& f = m_.functions[id];
  const std::string_view name = m_.text(f.name);
  if (f.flags & FunctionReserved) {
    if (!(d.flags & FunctionGeneric)) {
      f.signature = d.type;
      f.flags = FunctionExtern | (d.flags & (FunctionNoInline | FunctionCold));
    }
  } else if (f.signature != d.type) {
    return conflict(name, m_.to_string(f.signature), m_.to_string(d.type));
  }
  return check_own({SymbolKind::Function, id.value}, name);
}

Result<void> Loader::declare_data(DataId id, const NamedElsewhere& d) {
  const std::string_view name = m_.text(m_.data[id].name);
  if (m_.data[id].flags & DataReserved) {
    if (!(d.flags & DataGeneric)) m_.add_data(name, d.type, {}, {}, (d.flags & DataMutable) | DataExtern);
  } else if (!(d.flags & DataTable) && m_.data[id].type != d.type) {
    return conflict(name, m_.to_string(m_.data[id].type), m_.to_string(d.type));
  }
  return check_own({SymbolKind::Data, id.value}, name);
}

Result<void> Loader::finish() {
  if (loaded_generic_) {
    // An instance that was mentioned before its generic was known has no signature yet.
    for (FunctionId id{1}; id.value < m_.functions.count(); ++id.value) {
      const Function f = m_.functions[id];
      if (!f.generic || f.signature) continue;
      const Function& generic = m_.functions[f.generic];
      if (!generic.signature) continue;
      const std::span<const std::uint32_t> words = m_.list(f.arguments);
      const std::vector<std::uint32_t> arguments(words.begin(), words.end());
      m_.functions[id].signature = substitute(m_, generic.signature, arguments);
    }
  }
  if (m_.error()) return *m_.error();
  return {};
}

}  // namespace inlay::ir
