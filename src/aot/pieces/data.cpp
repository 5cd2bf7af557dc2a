// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/data.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>

#include "aot/trap.h"
#include "codegen/lower/lower.h"
#include "inlay/ir/layout.h"

namespace inlay::aot {

namespace {

/// Zeros that nobody may write lie in the file, unless they are many.
constexpr std::uint32_t ManyZeros = 4096;
constexpr std::uint8_t WordAlignLog2 = 3;
constexpr std::size_t RelocationWords = 3;

void append_text(Piece& piece, std::string_view text) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(text.data(), text.size()));
  piece.bytes.insert(piece.bytes.end(), bytes.begin(), bytes.end());
  piece.bytes.push_back(std::byte{0});
}

}  // namespace

SymbolId ModuleSymbols::function(ir::FunctionId id) {
  SymbolId& known = at(functions_, id.value);
  return known ? known : known = names_.add(codegen::symbol_name(module_, id));
}

SymbolId ModuleSymbols::data(ir::DataId id) {
  SymbolId& known = at(data_, id.value);
  return known ? known : known = names_.add(codegen::symbol_name(module_, id));
}

SymbolId ModuleSymbols::record(ir::FunctionId id) {
  SymbolId& known = at(records_, id.value);
  return known ? known : known = names_.add(codegen::record_name(module_, id));
}

Piece data_piece(const ir::Module& module, ir::DataId id, ModuleSymbols& symbols) {
  const ir::Data& data = module.data[id];
  Piece piece;
  Blob blob;
  blob.size = std::max(data.size, 1u);  // each has an address of its own
  // Tables have no type, or that of an interface, which is not what lies there.
  blob.align_log2 = (data.flags & ir::DataTable) || !data.type ? WordAlignLog2 : module.types[data.type].align_log2;
  const bool variable = (data.flags & ir::DataMutable) != 0;
  const bool zero = (data.flags & ir::DataZero) || !data.bytes;
  if (zero && (variable || data.size > ManyZeros)) {
    blob.kind = BlobKind::Zero;
  } else {
    blob.kind = variable ? BlobKind::Variable : BlobKind::Constant;
    piece.bytes.resize(blob.size);
    if (!zero && data.size > 0) std::memcpy(piece.bytes.data(), &module.bytes[data.bytes], data.size);
    const std::span<const std::uint32_t> relocations =
        data.relocations
            ? module.words(ir::ExtraId{data.relocations.value + 1}, RelocationWords * module.extra[data.relocations])
            : std::span<const std::uint32_t>();
    for (std::size_t i = 0; i + RelocationWords <= relocations.size(); i += RelocationWords) {
      const ir::Value symbol = ir::Value::of_bits(relocations[i + 1]);
      const SymbolId target = symbol.is_function() ? symbols.function(symbol.function()) : symbols.data(symbol.data());
      piece.fixups.push_back({.offset = relocations[i],
                              .kind = FixupKind::Absolute64,
                              .target = target.value,
                              .addend = static_cast<std::int32_t>(relocations[i + 2])});
    }
  }
  blob.end_fixup = static_cast<std::uint32_t>(piece.fixups.size());
  piece.blobs.push_back(blob);
  piece.definitions.push_back({.name = symbols.data(id),
                               .blob = 0,
                               .offset = 0,
                               .size = data.size,
                               .exported = (data.flags & ir::DataExported) != 0});
  return piece;
}

Piece record_piece(const ir::Module& module, std::span<const ir::FunctionId> functions, ModuleSymbols& symbols) {
  constexpr auto Size = static_cast<std::uint32_t>(sizeof(ir::FunctionRecord));
  Piece piece;
  // One blob for the records, one for all texts.
  piece.bytes.resize(functions.size() * Size);
  std::unordered_map<std::uint32_t, std::size_t> files;  // by FileId: where the path lies
  const std::size_t texts = piece.bytes.size();
  for (std::uint32_t i = 0; i < functions.size(); ++i) {
    auto point = [&](std::size_t field, std::size_t to) {
      piece.fixups.push_back({.offset = i * Size + static_cast<std::uint32_t>(field),
                              .kind = FixupKind::Absolute64,
                              .own = true,
                              .target = 1,
                              .addend = static_cast<std::int64_t>(to - texts)});
    };
    point(offsetof(ir::FunctionRecord, name), piece.bytes.size());
    append_text(piece, module.full_name(functions[i]));
    const ir::FileId file = module.functions[functions[i]].location.file();
    const auto [known, added] = files.try_emplace(file.value, piece.bytes.size());
    if (added) append_text(piece, file ? module.path(file) : std::string_view());
    point(offsetof(ir::FunctionRecord, file), known->second);
    piece.definitions.push_back({.name = symbols.record(functions[i]), .blob = 0, .offset = i * Size, .size = Size});
  }
  piece.blobs.push_back({.kind = BlobKind::Constant,
                         .align_log2 = WordAlignLog2,
                         .begin = 0,
                         .size = static_cast<std::uint32_t>(texts),
                         .first_fixup = 0,
                         .end_fixup = static_cast<std::uint32_t>(piece.fixups.size())});
  piece.blobs.push_back({.kind = BlobKind::Constant,
                         .align_log2 = 0,
                         .begin = static_cast<std::uint32_t>(texts),
                         .size = static_cast<std::uint32_t>(piece.bytes.size() - texts)});
  update_lines(piece, module, functions);
  return piece;
}

void update_lines(Piece& records, const ir::Module& module, std::span<const ir::FunctionId> functions) {
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const std::uint32_t line = module.functions[functions[i]].location.line();
    std::memcpy(&records.bytes[i * sizeof(ir::FunctionRecord) + offsetof(ir::FunctionRecord, line)], &line,
                sizeof line);
  }
}

Piece function_table(std::span<const ir::FunctionId> functions, ModuleSymbols& symbols, Names& names) {
  constexpr std::uint32_t Entry = 8, RecordAt = 4;
  Piece piece;
  const auto count = static_cast<std::uint32_t>(functions.size());
  auto distance = [&](std::uint32_t offset, SymbolId to) {
    piece.fixups.push_back({.offset = offset, .kind = FixupKind::Relative32, .target = to.value});
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    distance(i * Entry, symbols.function(functions[i]));
    distance(i * Entry + RecordAt, symbols.record(functions[i]));
  }
  distance(count * Entry, names.add(EndOfCodeName));
  piece.bytes.resize((count + 1) * Entry);
  piece.blobs.push_back({.kind = BlobKind::Constant,
                         .align_log2 = WordAlignLog2,
                         .begin = 0,
                         .size = (count + 1) * Entry,
                         .first_fixup = 0,
                         .end_fixup = static_cast<std::uint32_t>(piece.fixups.size())});
  piece.definitions.push_back({.name = names.add(FunctionTableName), .size = (count + 1) * Entry});
  return piece;
}

Piece function_count(std::span<const ir::FunctionId> functions, Names& names) {
  Piece piece;
  const std::uint64_t count = functions.size() + 1;
  piece.bytes.resize(sizeof count);
  std::memcpy(piece.bytes.data(), &count, sizeof count);
  piece.blobs.push_back({.kind = BlobKind::Constant, .align_log2 = WordAlignLog2, .begin = 0, .size = sizeof count});
  piece.definitions.push_back({.name = names.add(FunctionCountName), .size = sizeof count});
  return piece;
}

Piece end_of_code(Names& names) {
  Piece piece;
  piece.blobs.push_back({.kind = BlobKind::Code});
  piece.definitions.push_back({.name = names.add(EndOfCodeName)});
  return piece;
}

}  // namespace inlay::aot
