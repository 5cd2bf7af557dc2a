// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An object is a graph: sections, and relocations that lead from one to another. A section with symbols that others see
// is the root of a piece. What is reached from a root over sections that are no roots belongs to its piece; where the
// way leads to another root, it leaves the piece by that root's name. Of a section of mergeable entries (literals,
// strings) a piece takes the entries that it mentions.
#include "aot/pieces/split.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELF.h>

namespace inlay::aot {

namespace {

using Elf = llvm::object::ELFFile<llvm::object::ELF64LE>;
using Section = Elf::Elf_Shdr;
using Symbol = Elf::Elf_Sym;
using Rela = Elf::Elf_Rela;
namespace elf = llvm::ELF;

constexpr std::uint64_t LargestSection = std::uint64_t{1} << 30;

Error refuse(std::string what) {
  return {ErrorKind::Codegen, "the object cannot be cut into pieces: " + std::move(what)};
}

template <class T>
Result<T> take(llvm::Expected<T> expected) {
  if (expected) return std::move(*expected);
  return refuse(llvm::toString(expected.takeError()));
}

std::optional<FixupKind> kind_of(std::uint32_t type) {
  switch (type) {
    case elf::R_X86_64_64:
      return FixupKind::Absolute64;
    case elf::R_X86_64_32:
      return FixupKind::Absolute32;
    case elf::R_X86_64_32S:
      return FixupKind::Signed32;
    case elf::R_X86_64_PC32:
      return FixupKind::Relative32;
    case elf::R_X86_64_PLT32:
      return FixupKind::Call32;
    case elf::R_X86_64_PC64:
      return FixupKind::Relative64;
    case elf::R_X86_64_GOTPCREL:
      return FixupKind::Got32;
    case elf::R_X86_64_GOTPCRELX:
      return FixupKind::GotRelaxed;
    case elf::R_X86_64_REX_GOTPCRELX:
      return FixupKind::GotRexRelaxed;
    default:
      return std::nullopt;
  }
}

/// What is known of a section.
struct Part {
  std::string name;
  const Section* header = nullptr;
  std::span<const std::byte> bytes;
  std::vector<const Rela*> relocations;  // by offset
  std::vector<std::uint32_t> symbols;    // those that others see
  bool taken = false;                    // in pieces: neither debug information nor unwind tables
  bool named = false;                    // has a local symbol: is what it is, not only what it holds
  std::uint32_t owner = 0;               // of a named local part: the root whose piece has it
};

bool is_mergeable(const Part& part) {
  return (part.header->sh_flags & elf::SHF_MERGE) && part.header->sh_entsize > 0 && part.relocations.empty() &&
         part.symbols.empty();
}

class Splitter {
 public:
  Splitter(Elf file, Names& names) : file_(std::move(file)), names_(names) {}

  Result<std::vector<Piece>> run() {
    INLAY_TRY_VOID(read_sections());
    INLAY_TRY_VOID(read_symbols());
    INLAY_TRY_VOID(read_relocations());
    std::vector<Piece> pieces;
    for (std::uint32_t root = 1; root < parts_.size(); ++root) {
      if (parts_[root].symbols.empty()) continue;
      INLAY_TRY(Piece piece, cut(root));
      pieces.push_back(std::move(piece));
    }
    return pieces;
  }

 private:
  Result<void> read_sections() {
    const Elf::Elf_Ehdr& header = file_.getHeader();
    if (header.e_machine != elf::EM_X86_64 || header.e_type != elf::ET_REL)
      return refuse("it is no relocatable object for x86-64");
    INLAY_TRY(Elf::Elf_Shdr_Range sections, take(file_.sections()));
    parts_.resize(sections.size());
    for (std::size_t i = 1; i < sections.size(); ++i) {
      const Section& section = sections[i];
      Part& part = parts_[i];
      part.header = &section;
      INLAY_TRY(llvm::StringRef name, take(file_.getSectionName(section)));
      part.name = name.str();
      if (section.sh_type == elf::SHT_SYMTAB) symbol_table_ = &section;
      if (!(section.sh_flags & elf::SHF_ALLOC) || part.name == ".eh_frame" || part.name == ".note.gnu.property")
        continue;
      if (section.sh_flags & elf::SHF_TLS) return refuse("'" + part.name + "' holds thread-local variables");
      if (section.sh_flags & (elf::SHF_GNU_RETAIN | elf::SHF_LINK_ORDER | elf::SHF_COMPRESSED))
        return refuse("'" + part.name + "' is kept for a reason that is not known here");
      if (section.sh_type != elf::SHT_PROGBITS && section.sh_type != elf::SHT_NOBITS)
        return refuse("'" + part.name + "' is a section of a kind that is not known here");
      if (section.sh_size > LargestSection) return refuse("'" + part.name + "' is too large");
      if (section.sh_addralign > 4096 || (section.sh_addralign & (section.sh_addralign - 1)))
        return refuse("'" + part.name + "' asks for an alignment of " + std::to_string(section.sh_addralign));
      part.taken = true;
      if (section.sh_type == elf::SHT_NOBITS) continue;
      INLAY_TRY(llvm::ArrayRef<std::uint8_t> bytes, take(file_.getSectionContents(section)));
      part.bytes = std::as_bytes(std::span(bytes.data(), bytes.size()));
    }
    return {};
  }

  Result<void> read_symbols() {
    INLAY_TRY(symbols_, take(file_.symbols(symbol_table_)));
    if (!symbol_table_) return {};
    INLAY_TRY(strings_, take(file_.getStringTableForSymtab(*symbol_table_)));
    for (std::uint32_t i = 1; i < symbols_.size(); ++i) {
      const Symbol& symbol = symbols_[i];
      if (symbol.getType() == elf::STT_FILE || symbol.st_shndx == elf::SHN_UNDEF) continue;
      INLAY_TRY(std::string name, name_of(i));
      if (symbol.st_shndx >= parts_.size()) return refuse("'" + name + "' lies in no section of its own");
      Part& part = parts_[symbol.st_shndx];
      if (symbol.getType() == elf::STT_SECTION || !part.taken) continue;
      if (symbol.getType() == elf::STT_TLS || symbol.getType() == elf::STT_GNU_IFUNC)
        return refuse("'" + name + "' is a symbol of a kind that is not known here");
      if (symbol.st_value > part.header->sh_size || symbol.st_size > part.header->sh_size - symbol.st_value)
        return refuse("'" + name + "' lies outside its section");
      if (symbol.getBinding() == elf::STB_LOCAL) {
        // Private names (.L...) only reach the symbol table when a relocation needs them.
        if (!name.starts_with(".L")) part.named = true;
      } else if (name.empty()) {
        return refuse("a symbol that others see has no name");
      } else {
        part.symbols.push_back(i);
      }
    }
    for (Part& part : parts_)
      std::sort(part.symbols.begin(), part.symbols.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(std::uint64_t{symbols_[a].st_value}, a) < std::pair(std::uint64_t{symbols_[b].st_value}, b);
      });
    return {};
  }

  Result<void> read_relocations() {
    for (const Part& part : parts_) {
      if (!part.header || (part.header->sh_type != elf::SHT_RELA && part.header->sh_type != elf::SHT_REL)) continue;
      const std::uint32_t into = part.header->sh_info;
      if (into == 0 || into >= parts_.size()) return refuse("'" + part.name + "' relocates no section");
      if (!parts_[into].taken) continue;
      if (part.header->sh_type == elf::SHT_REL) return refuse("'" + part.name + "' has relocations without addends");
      INLAY_TRY(Elf::Elf_Rela_Range relocations, take(file_.relas(*part.header)));
      std::vector<const Rela*>& list = parts_[into].relocations;
      for (const Rela& relocation : relocations) list.push_back(&relocation);
      std::sort(list.begin(), list.end(), [](const Rela* a, const Rela* b) {
        return std::pair(std::uint64_t{a->r_offset}, a) < std::pair(std::uint64_t{b->r_offset}, b);
      });
    }
    return {};
  }

  Result<std::string> name_of(std::uint32_t symbol) const {
    INLAY_TRY(llvm::StringRef name, take(symbols_[symbol].getName(strings_)));
    return name.str();
  }

  /// The piece that is made at present.
  struct Making {
    std::uint32_t root;
    Piece piece;
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> blobs;  // by section and entry
    std::vector<std::pair<std::uint32_t, std::uint32_t>> to_do;              // section, blob: relocations
  };

  Result<Piece> cut(std::uint32_t root) {
    Making making{.root = root, .piece = {}, .blobs = {}, .to_do = {}};
    INLAY_TRY(std::uint32_t blob, whole_section(making, root));
    for (std::uint32_t number : parts_[root].symbols) {
      const Symbol& symbol = symbols_[number];
      INLAY_TRY(std::string name, name_of(number));
      making.piece.definitions.push_back({.name = names_.add(name),
                                          .blob = blob,
                                          .offset = static_cast<std::uint32_t>(symbol.st_value),
                                          .size = static_cast<std::uint32_t>(symbol.st_size),
                                          .exported = symbol.getVisibility() == elf::STV_DEFAULT,
                                          .weak = symbol.getBinding() == elf::STB_WEAK});
    }
    // Blobs in the order in which they are first mentioned: the same whatever else the object holds.
    for (std::size_t i = 0; i < making.to_do.size(); ++i) {
      const auto [section, number] = making.to_do[i];
      making.piece.blobs[number].first_fixup = static_cast<std::uint32_t>(making.piece.fixups.size());
      for (const Rela* relocation : parts_[section].relocations) {
        INLAY_TRY(Fixup fixup, fixup_of(making, section, *relocation));
        making.piece.fixups.push_back(fixup);
      }
      making.piece.blobs[number].end_fixup = static_cast<std::uint32_t>(making.piece.fixups.size());
    }
    if (!is_sound(making.piece, names_)) return refuse("a relocation lies outside its section");
    return std::move(making.piece);
  }

  static BlobKind kind_of(const Section& section) {
    if (section.sh_type == elf::SHT_NOBITS) return BlobKind::Zero;
    if (section.sh_flags & elf::SHF_EXECINSTR) return BlobKind::Code;
    return BlobKind::Constant;
  }

  std::uint32_t add_blob(Making& making, const Part& part, std::span<const std::byte> bytes, std::uint32_t size) {
    Blob blob;
    blob.kind = kind_of(*part.header);
    // Constants with addresses are only writable for a loader that relocates them.
    const bool constant = part.name.starts_with(".data.rel.ro") || part.name.starts_with(".rodata");
    if (blob.kind == BlobKind::Constant && (part.header->sh_flags & elf::SHF_WRITE) && !constant)
      blob.kind = BlobKind::Variable;
    std::uint64_t align = part.header->sh_addralign;
    while (align > 1) align >>= 1, ++blob.align_log2;
    blob.begin = static_cast<std::uint32_t>(making.piece.bytes.size());
    blob.size = size;
    making.piece.bytes.insert(making.piece.bytes.end(), bytes.begin(), bytes.end());
    making.piece.blobs.push_back(blob);
    return static_cast<std::uint32_t>(making.piece.blobs.size() - 1);
  }

  Result<std::uint32_t> whole_section(Making& making, std::uint32_t section) {
    Part& part = parts_[section];
    const auto known = making.blobs.find({section, 0});
    if (known != making.blobs.end()) return known->second;
    const bool variable = (part.header->sh_flags & elf::SHF_WRITE) && !part.name.starts_with(".data.rel.ro");
    const bool code = (part.header->sh_flags & elf::SHF_EXECINSTR) != 0;
    if (section != making.root && (part.named || variable || code)) {
      if (part.owner != 0 && part.owner != making.root)
        return refuse("'" + part.name + "' is shared by several functions");
      part.owner = making.root;
    }
    const std::uint32_t blob = add_blob(making, part, part.bytes, static_cast<std::uint32_t>(part.header->sh_size));
    making.blobs[{section, 0}] = blob;
    making.to_do.emplace_back(section, blob);
    return blob;
  }

  /// The entry of a mergeable section at an offset, and where in it the offset lies.
  Result<std::pair<std::uint32_t, std::uint64_t>> entry_at(Making& making, std::uint32_t section, std::uint64_t at) {
    const Part& part = parts_[section];
    if (at >= part.bytes.size()) return refuse("a literal lies outside '" + part.name + "'");
    const std::uint64_t step = part.header->sh_entsize;
    std::uint64_t begin = at / step * step, end = begin + step;
    if (part.header->sh_flags & elf::SHF_STRINGS) {
      if (step != 1) {
        begin = 0, end = part.bytes.size();  // rare: all of them, as one
      } else {
        while (begin > 0 && part.bytes[begin - 1] != std::byte{0}) --begin;
        end = at;
        while (end < part.bytes.size() && part.bytes[end] != std::byte{0}) ++end;
        ++end;
      }
    }
    if (end > part.bytes.size()) return refuse("the last entry of '" + part.name + "' is cut off");
    const auto key = std::make_pair(section, begin);
    auto known = making.blobs.find(key);
    if (known == making.blobs.end()) {
      const std::uint32_t blob =
          add_blob(making, part, part.bytes.subspan(begin, end - begin), static_cast<std::uint32_t>(end - begin));
      making.piece.blobs[blob].mergeable = true;
      known = making.blobs.emplace(key, blob).first;
    }
    return std::make_pair(known->second, at - begin);
  }

  Result<Fixup> fixup_of(Making& making, std::uint32_t section, const Rela& relocation) {
    const Part& from = parts_[section];
    const std::optional<FixupKind> kind = aot::kind_of(relocation.getType(false));
    if (!kind)
      return refuse("'" + from.name + "' has a relocation of kind " + std::to_string(relocation.getType(false)) +
                    ", which is not known here");
    if (relocation.r_offset > from.header->sh_size) return refuse("a relocation lies outside '" + from.name + "'");
    const std::uint32_t number = relocation.getSymbol(false);
    if (number == 0 || number >= symbols_.size()) return refuse("a relocation of '" + from.name + "' names no symbol");
    const Symbol& symbol = symbols_[number];
    Fixup fixup{
        .offset = static_cast<std::uint32_t>(relocation.r_offset), .kind = *kind, .addend = relocation.r_addend};
    if (symbol.st_shndx == elf::SHN_UNDEF) {
      INLAY_TRY(std::string name, name_of(number));
      if (name.empty()) return refuse("'" + from.name + "' needs a symbol without a name");
      fixup.target = names_.add(name).value;
      return fixup;
    }
    if (symbol.st_shndx >= parts_.size() || !parts_[symbol.st_shndx].taken)
      return refuse("'" + from.name + "' needs what is not part of the program");
    const std::uint32_t target = symbol.st_shndx;
    const Part& part = parts_[target];
    if (symbol.getBinding() != elf::STB_LOCAL) {
      INLAY_TRY(std::string name, name_of(number));
      if (target == making.root && symbol.getBinding() != elf::STB_WEAK)
        return own(making, fixup, target, symbol.st_value);
      fixup.target = names_.add(name).value;
      return fixup;
    }
    if (!part.symbols.empty() && target != making.root) {
      // Another root, by the place in its section: as its first symbol, and how far from that.
      const std::uint32_t first = part.symbols.front();
      INLAY_TRY(std::string name, name_of(first));
      fixup.target = names_.add(name).value;
      fixup.addend = add_wrapping(fixup.addend, symbol.st_value - symbols_[first].st_value);
      return fixup;
    }
    if (!is_mergeable(part)) return own(making, fixup, target, symbol.st_value);
    // The addend of a section's own symbol tells which entry is meant, and LLVM uses that symbol only where nothing
    // else is added; instructions add how far they are from their ends.
    std::uint64_t at = symbol.st_value;
    if (symbol.getType() == elf::STT_SECTION) {
      if ((from.header->sh_flags & elf::SHF_EXECINSTR) && *kind != FixupKind::Absolute64 &&
          *kind != FixupKind::Absolute32 && *kind != FixupKind::Signed32)
        return refuse("'" + from.name + "' does not tell which entry of '" + part.name + "' it needs");
      at += static_cast<std::uint64_t>(fixup.addend);
      fixup.addend = 0;
    }
    INLAY_TRY(const auto entry, entry_at(making, target, at));
    fixup.own = true;
    fixup.target = entry.first;
    fixup.addend = add_wrapping(fixup.addend, entry.second);
    return fixup;
  }

  Result<Fixup> own(Making& making, Fixup fixup, std::uint32_t section, std::uint64_t at) {
    INLAY_TRY(std::uint32_t blob, whole_section(making, section));
    fixup.own = true;
    fixup.target = blob;
    fixup.addend = add_wrapping(fixup.addend, at);
    return fixup;
  }

  Elf file_;
  Names& names_;
  std::vector<Part> parts_;
  const Section* symbol_table_ = nullptr;
  Elf::Elf_Sym_Range symbols_;
  llvm::StringRef strings_;
};

}  // namespace

Result<std::vector<Piece>> split_object(std::string_view object, Names& names) {
  INLAY_TRY(Elf file, take(Elf::create(llvm::StringRef(object.data(), object.size()))));
  return Splitter(std::move(file), names).run();
}

}  // namespace inlay::aot
