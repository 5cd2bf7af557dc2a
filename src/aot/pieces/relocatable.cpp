// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/relocatable.h"

#include <elf.h>

#include <array>
#include <cstring>
#include <string>

#include "aot/pieces/layout.h"
#include "aot/pieces/symbols.h"

namespace inlay::aot {

namespace {

constexpr std::uint32_t RelocationTypes[FixupKinds] = {
    R_X86_64_64,   R_X86_64_32,       R_X86_64_32S,       R_X86_64_PC32,          R_X86_64_PLT32,
    R_X86_64_PC64, R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX,
};

/// Numbers of sections: the kinds of blobs come first, 1 and up.
enum : std::uint16_t { RelaCode = BlobKinds + 1, RelaConstant, RelaVariable, Note, Symtab, Strtab, Shstrtab, Count };
// Constants hold addresses, which a loader may have to write; after that they are read only.
constexpr const char* SectionNames[Count] = {
    "",           ".text",           ".data.rel.ro", ".data",   ".bss",     ".rela.text", ".rela.data.rel.ro",
    ".rela.data", ".note.GNU-stack", ".symtab",      ".strtab", ".shstrtab"};

constexpr std::uint16_t section_of(BlobKind kind) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(kind) + 1);
}

class ObjectWriter {
 public:
  ObjectWriter(std::span<const Piece* const> pieces, const Names& names)
      : pieces_(pieces), names_(names), symbols_(names), numbers_(names.size() + 1) {}

  Result<base::Bytes> run() {
    INLAY_TRY(layout_, lay_out(pieces_, names_));
    add_symbols();
    for (std::uint32_t i = 0; i < BlobKinds - 1; ++i) contents_[i].resize(layout_.sizes[i]);
    for (std::uint32_t i = 0; i < pieces_.size(); ++i)
      for (std::uint32_t k = 0; k < pieces_[i]->blobs.size(); ++k) add_blob(i, k);
    return file();
  }

 private:
  void add_symbols() {
    for (unsigned kind = 0; kind < BlobKinds; ++kind)
      symbols_.add(SymbolId{}, false, STT_SECTION, static_cast<std::uint16_t>(kind + 1), 0, 0);
    for (const bool exported : {false, true}) {
      for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
        for (std::uint32_t k = 0; k < pieces_[i]->definitions.size(); ++k) {
          const Definition& definition = pieces_[i]->definitions[k];
          const DefinedAt known = layout_.definitions[definition.name.value];
          if (definition.exported != exported || known.piece != i || known.definition != k) continue;
          const BlobKind kind = pieces_[i]->blobs[definition.blob].kind;
          numbers_[definition.name.value] =
              symbols_.add(definition.name, exported, kind == BlobKind::Code ? STT_FUNC : STT_OBJECT, section_of(kind),
                           layout_.offset_of(i, definition.blob) + definition.offset, definition.size, definition.weak);
        }
      }
    }
  }

  void add_blob(std::uint32_t piece_number, std::uint32_t blob_number) {
    const Piece& piece = *pieces_[piece_number];
    const Blob& blob = piece.blobs[blob_number];
    if (blob.kind == BlobKind::Zero || layout_.repeated[layout_.first[piece_number] + blob_number]) return;
    const auto kind = static_cast<std::size_t>(blob.kind);
    const std::uint64_t offset = layout_.offset_of(piece_number, blob_number);
    const std::span<const std::byte> bytes = piece.bytes_of(blob);
    std::copy(bytes.begin(), bytes.end(), contents_[kind].begin() + static_cast<std::ptrdiff_t>(offset));
    for (const Fixup& fixup : piece.fixups_of(blob)) {
      Elf64_Rela relocation = {};
      relocation.r_offset = offset + fixup.offset;
      relocation.r_addend = fixup.addend;
      std::uint32_t symbol;
      if (fixup.own) {
        // The symbol of the section, which has the section's number.
        symbol = section_of(piece.blobs[fixup.target].kind);
        relocation.r_addend = add_wrapping(relocation.r_addend, layout_.offset_of(piece_number, fixup.target));
      } else {
        std::uint32_t& number = numbers_[fixup.target];
        if (number == 0) number = symbols_.add(SymbolId{fixup.target}, true, STT_NOTYPE, SHN_UNDEF, 0, 0);
        symbol = number;
      }
      relocation.r_info =
          ELF64_R_INFO(static_cast<Elf64_Xword>(symbol), RelocationTypes[static_cast<unsigned>(fixup.kind)]);
      relocations_[kind].push_back(relocation);
    }
  }

  base::Bytes file() {
    base::Bytes file(sizeof(Elf64_Ehdr));
    std::array<Elf64_Shdr, Count> sections = {};
    std::string names;
    auto append = [&](std::uint16_t number, const void* bytes, std::size_t size, std::uint64_t align) {
      file.resize((file.size() + align - 1) / align * align);
      sections[number].sh_offset = file.size();
      sections[number].sh_size = size;
      sections[number].sh_addralign = align;
      const auto* begin = static_cast<const std::byte*>(bytes);
      file.insert(file.end(), begin, begin + size);
    };
    for (unsigned kind = 0; kind < BlobKinds; ++kind) {
      const auto number = static_cast<std::uint16_t>(kind + 1);
      const bool code = kind == static_cast<unsigned>(BlobKind::Code);
      sections[number].sh_type = SHT_PROGBITS;
      sections[number].sh_flags = static_cast<Elf64_Xword>(SHF_ALLOC) | (code ? SHF_EXECINSTR : SHF_WRITE);
      if (kind < BlobKinds - 1)
        append(number, contents_[kind].data(), contents_[kind].size(), layout_.alignments[kind]);
    }
    Elf64_Shdr& zero = sections[section_of(BlobKind::Zero)];
    zero.sh_type = SHT_NOBITS;
    zero.sh_offset = file.size();
    zero.sh_size = layout_.sizes[BlobKinds - 1];
    zero.sh_addralign = layout_.alignments[BlobKinds - 1];
    for (unsigned kind = 0; kind < BlobKinds - 1; ++kind) {
      const auto number = static_cast<std::uint16_t>(RelaCode + kind);
      append(number, relocations_[kind].data(), relocations_[kind].size() * sizeof(Elf64_Rela), 8);
      sections[number].sh_type = SHT_RELA;
      sections[number].sh_flags = SHF_INFO_LINK;
      sections[number].sh_link = Symtab;
      sections[number].sh_info = kind + 1;
      sections[number].sh_entsize = sizeof(Elf64_Rela);
    }
    append(Note, nullptr, 0, 1);  // says that the stack is not run
    sections[Note].sh_type = SHT_PROGBITS;
    append(Symtab, symbols_.entries().data(), symbols_.entries().size() * sizeof(Elf64_Sym), 8);
    sections[Symtab].sh_type = SHT_SYMTAB;
    sections[Symtab].sh_link = Strtab;
    sections[Symtab].sh_info = symbols_.locals();
    sections[Symtab].sh_entsize = sizeof(Elf64_Sym);
    append(Strtab, symbols_.strings().data(), symbols_.strings().size(), 1);
    sections[Strtab].sh_type = SHT_STRTAB;
    for (unsigned i = 0; i < Count; ++i) {
      sections[i].sh_name = static_cast<Elf64_Word>(names.size());
      names += SectionNames[i];
      names += '\0';
    }
    append(Shstrtab, names.data(), names.size(), 1);
    sections[Shstrtab].sh_type = SHT_STRTAB;

    file.resize((file.size() + 7) / 8 * 8);
    Elf64_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_REL;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_shoff = file.size();
    header.e_ehsize = sizeof header;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = Count;
    header.e_shstrndx = Shstrtab;
    std::memcpy(file.data(), &header, sizeof header);
    const auto* begin = reinterpret_cast<const std::byte*>(sections.data());
    file.insert(file.end(), begin, begin + sizeof sections);
    return file;
  }

  std::span<const Piece* const> pieces_;
  const Names& names_;
  Layout layout_;
  SymbolWriter symbols_;
  std::vector<std::uint32_t> numbers_;  // by SymbolId: the number in the symbol table, 0 for none yet
  std::array<base::Bytes, BlobKinds - 1> contents_;
  std::array<std::vector<Elf64_Rela>, BlobKinds - 1> relocations_;
};

}  // namespace

Result<base::Bytes> to_object(std::span<const Piece* const> pieces, const Names& names) {
  return ObjectWriter(pieces, names).run();
}

}  // namespace inlay::aot
