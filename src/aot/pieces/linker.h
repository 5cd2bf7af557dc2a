// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Our own linker, inside.
// The file and the memory:
//
//   headers, constants, words of addresses   read only
//   code                                     read and executed
//   variables; zeros, not in the file        read and written
//   sections, symbols                        not in memory
//
// Segments follow each other in the file without gaps. In memory each begins in a page of its own, at the place in it
// that it has in the file; so the first and last page of a segment show bytes of its neighbours too.
#pragma once

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "aot/pieces/executable.h"
#include "aot/pieces/layout.h"
#include "aot/pieces/symbols.h"

namespace inlay::aot {

constexpr std::uint64_t Base = 0x400000;
constexpr std::uint64_t Page = 0x1000;
constexpr std::size_t Segments = 4;
constexpr auto Breakpoint = std::byte{0xcc};  // between functions

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t align) {
  return (value + align - 1) & ~(align - 1);
}

constexpr bool is_got(FixupKind kind) { return kind >= FixupKind::Got32; }

/// How an instruction gets at an address that lies in a word of its own, and how it can do without.
enum class Access { Word, Lea, Call, Jump };

inline Access access_of(const Piece& piece, const Blob& blob, const Fixup& fixup) {
  if (fixup.kind == FixupKind::Got32 || fixup.addend != -4 || fixup.offset < 2) return Access::Word;
  const std::byte* at = piece.bytes.data() + blob.begin + fixup.offset;
  const auto operation = std::to_integer<unsigned>(at[-2]), operands = std::to_integer<unsigned>(at[-1]);
  if (operation == 0x8b) return Access::Lea;
  if (fixup.kind == FixupKind::GotRelaxed && operation == 0xff && operands == 0x15) return Access::Call;
  if (fixup.kind == FixupKind::GotRelaxed && operation == 0xff && operands == 0x25) return Access::Jump;
  return Access::Word;
}

/// Links once; then pieces can be replaced by others of the same shape (relink.cpp).
class Linker {
 public:
  Linker(std::span<const Piece* const> pieces, const Names& names, const ExecutableOptions& options, base::Bytes& file)
      : pieces_(pieces.begin(), pieces.end()), names_(names), options_(options), file_(file) {}

  Result<void> run() {
    INLAY_TRY(layout_, lay_out(pieces_, names_));
    find_words();
    INLAY_TRY_VOID(place());
    INLAY_TRY_VOID(write_blobs());
    write_headers();
    return {};
  }

  /// A piece that takes the place of another one; or the same, whose bytes are others now.
  struct Change {
    std::uint32_t place;  // among the pieces
    const Piece* piece;
  };
  /// Makes the file what run() would make of the changed pieces, from what it made before, which is still in the file.
  /// False if it takes run(): then this is of no more use, and what the file says is of none.
  bool relink(std::span<const Change> changes);

 private:
  /// Gives a word to each symbol whose address must lie in one.
  void find_words() {
    words_.assign(names_.size() + 1, 0);
    for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = *pieces_[i];
      for (const Blob& blob : piece.blobs) {
        for (const Fixup& fixup : piece.fixups_of(blob)) {
          if (!is_got(fixup.kind) || access_of(piece, blob, fixup) != Access::Word) continue;
          // A place without a name has a word for itself alone; names share theirs.
          if (fixup.own) {
            own_words_.push_back({i, fixup.target});
          } else if (words_[fixup.target] == 0) {
            worded_.push_back(fixup.target);
            words_[fixup.target] = static_cast<std::uint32_t>(worded_.size());
          }
        }
      }
    }
  }

  /// Where each kind begins. False if that is too far away.
  bool place_kinds() {
    auto size = [&](BlobKind kind) { return layout_.sizes[static_cast<std::size_t>(kind)]; };
    auto align = [&](BlobKind kind) { return layout_.alignments[static_cast<std::size_t>(kind)]; };
    std::uint64_t at = sizeof(Elf64_Ehdr) + Segments * sizeof(Elf64_Phdr);
    begin(BlobKind::Constant) = at = round_up(at, align(BlobKind::Constant));
    at += size(BlobKind::Constant);
    words_begin_ = at = round_up(at, 8);
    at += 8 * (worded_.size() + own_words_.size());
    begin(BlobKind::Code) = at = round_up(at, align(BlobKind::Code));
    at += size(BlobKind::Code);
    begin(BlobKind::Variable) = at = round_up(at, align(BlobKind::Variable));
    at += size(BlobKind::Variable);
    loaded_end_ = at;
    begin(BlobKind::Zero) = round_up(at, align(BlobKind::Zero));
    // Alignments above a page hold too: each segment is moved on by whole multiples of the largest one.
    std::uint64_t step = Page;
    for (std::uint64_t alignment : layout_.alignments) step = std::max(step, alignment);
    shift_[static_cast<std::size_t>(BlobKind::Constant)] = Base;
    shift_[static_cast<std::size_t>(BlobKind::Code)] = Base + step;
    shift_[static_cast<std::size_t>(BlobKind::Variable)] = Base + 2 * step;
    shift_[static_cast<std::size_t>(BlobKind::Zero)] = Base + 2 * step;
    return begin(BlobKind::Zero) + size(BlobKind::Zero) <= INT32_MAX - 4 * step - Base;
  }

  Result<void> place() {
    if (!place_kinds())
      return Error(ErrorKind::LinkFailed, "the program is too large: code and data do not fit into 2 GB");
    SymbolWriter symbols(names_);
    if (!options_.strip) list_symbols(symbols);
    file_.clear();
    file_.resize(loaded_end_);
    if (!options_.strip) append_symbols(symbols);
    return {};
  }

  std::uint64_t& begin(BlobKind kind) { return begin_[static_cast<std::size_t>(kind)]; }

  std::uint64_t offset_in_file(std::uint32_t piece, std::uint32_t blob) const {
    return begin_[static_cast<std::size_t>(pieces_[piece]->blobs[blob].kind)] + layout_.offset_of(piece, blob);
  }
  std::uint64_t address_of(std::uint32_t piece, std::uint32_t blob) const {
    return offset_in_file(piece, blob) + shift_[static_cast<std::size_t>(pieces_[piece]->blobs[blob].kind)];
  }
  std::uint64_t address_of(DefinedAt at) const {
    const Definition& definition = pieces_[at.piece]->definitions[at.definition];
    return address_of(at.piece, definition.blob) + definition.offset;
  }

  Error undefined(std::uint32_t user, std::uint32_t symbol) const {
    return {ErrorKind::UndefinedSymbol, "'" + names_.text(pieces_[user]->name()) + "' needs '" +
                                            names_.text(SymbolId{symbol}) +
                                            "', which nothing defines; link with what does"};
  }

  Result<void> write_blobs() {
    const std::uint64_t code = begin(BlobKind::Code);
    std::fill_n(file_.begin() + static_cast<std::ptrdiff_t>(code),
                layout_.sizes[static_cast<std::size_t>(BlobKind::Code)], Breakpoint);
    for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = *pieces_[i];
      for (std::uint32_t k = 0; k < piece.blobs.size(); ++k) {
        const Blob& blob = piece.blobs[k];
        if (blob.kind == BlobKind::Zero || layout_.repeated[layout_.first[i] + k]) continue;
        const std::uint64_t offset = offset_in_file(i, k);
        if (blob.size > 0) std::memcpy(&file_[offset], &piece.bytes[blob.begin], blob.size);
        const std::uint64_t shift = shift_[static_cast<std::size_t>(blob.kind)];
        for (const Fixup& fixup : piece.fixups_of(blob))
          INLAY_TRY_VOID(apply(i, blob, fixup, offset + fixup.offset, shift));
      }
    }
    for (std::size_t i = 0; i < worded_.size(); ++i)
      put(words_begin_ + 8 * i, address_of(layout_.definitions[worded_[i]]), 8);
    return {};
  }

  /// `at`: in the file; `shift`: from there to memory.
  Result<void> apply(std::uint32_t user, const Blob& blob, const Fixup& fixup, std::uint64_t at, std::uint64_t shift) {
    std::uint64_t symbol;
    if (fixup.own) {
      symbol = address_of(user, fixup.target);
    } else {
      const DefinedAt found = layout_.definitions[fixup.target];
      if (!found) return undefined(user, fixup.target);
      symbol = address_of(found);
    }
    if (is_got(fixup.kind)) {
      switch (access_of(*pieces_[user], blob, fixup)) {
        case Access::Word:
          symbol = word_for(fixup, symbol) + Base;
          break;
        case Access::Lea:
          file_[at - 2] = std::byte{0x8d};
          break;
        case Access::Call:
          file_[at - 2] = std::byte{0x67};  // a prefix that says nothing here, for the length
          file_[at - 1] = std::byte{0xe8};
          break;
        case Access::Jump:
          file_[at - 2] = std::byte{0xe9};
          file_[at + 3] = std::byte{0x90};
          at -= 1;
          break;
      }
    }
    const std::uint64_t whole = symbol + static_cast<std::uint64_t>(fixup.addend);
    std::uint64_t value = whole;
    bool fits = true;
    switch (fixup.kind) {
      case FixupKind::Absolute64:
        break;
      case FixupKind::Relative64:
        value -= at + shift;
        break;
      case FixupKind::Absolute32:
        fits = value <= UINT32_MAX;
        break;
      case FixupKind::Signed32:
        fits = static_cast<std::int64_t>(value) == static_cast<std::int32_t>(value);
        break;
      case FixupKind::Relative32:
      case FixupKind::Call32:
      case FixupKind::Got32:
      case FixupKind::GotRelaxed:
      case FixupKind::GotRexRelaxed:
        value -= at + shift;
        fits = static_cast<std::int64_t>(value) == static_cast<std::int32_t>(value);
        break;
    }
    if (!fits)
      return Error(ErrorKind::LinkFailed,
                   "'" + names_.text(pieces_[user]->name()) + "' cannot reach " +
                       (fixup.own ? std::string("its own data") : "'" + names_.text(SymbolId{fixup.target}) + "'") +
                       ": too far away for its code");
    put(at, value, width_of(fixup.kind));
    return {};
  }

  /// Where in the file the word with an address lies; words of places without names are filled here.
  std::uint64_t word_for(const Fixup& fixup, std::uint64_t address) {
    if (!fixup.own) return words_begin_ + 8 * (words_[fixup.target] - 1);
    const std::uint64_t word = words_begin_ + 8 * (worded_.size() + next_own_word_++);
    put(word, address, 8);
    return word;
  }

  void put(std::uint64_t at, std::uint64_t value, unsigned width) { std::memcpy(&file_[at], &value, width); }

  /// In the order of the table: local ones first.
  template <class Visit>
  void for_each_symbol(Visit&& visit) const {
    for (const bool exported : {false, true}) {
      for (std::uint32_t i = 0; i < pieces_.size(); ++i) {
        for (std::uint32_t k = 0; k < pieces_[i]->definitions.size(); ++k) {
          const Definition& definition = pieces_[i]->definitions[k];
          const DefinedAt known = layout_.definitions[definition.name.value];
          if (definition.exported == exported && known.piece == i && known.definition == k) visit(known, definition);
        }
      }
    }
  }

  void list_symbols(SymbolWriter& symbols) const {
    for_each_symbol([&](DefinedAt at, const Definition& definition) {
      const BlobKind kind = pieces_[at.piece]->blobs[definition.blob].kind;
      symbols.add(definition.name, definition.exported, kind == BlobKind::Code ? STT_FUNC : STT_OBJECT,
                  section_of(kind), address_of(at), definition.size);
    });
  }

  enum Sections : std::uint16_t { NoSection, Rodata, Text, Data, Bss, Symtab, Strtab, Shstrtab, SectionCount };
  static constexpr char SectionNames[] = "\0.rodata\0.text\0.data\0.bss\0.symtab\0.strtab\0.shstrtab";

  static std::uint16_t section_of(BlobKind kind) {
    switch (kind) {
      case BlobKind::Code:
        return Text;
      case BlobKind::Constant:
        return Rodata;
      case BlobKind::Variable:
        return Data;
      case BlobKind::Zero:
        return Bss;
    }
    return NoSection;
  }

  /// Sections of what is in memory.
  void describe_kinds() {
    auto size = [&](BlobKind kind) { return layout_.sizes[static_cast<std::size_t>(kind)]; };
    auto describe = [&](Sections number, Elf64_Word type, Elf64_Xword flags, BlobKind kind, std::uint64_t bytes) {
      Elf64_Shdr& section = sections_[number];
      section.sh_type = type;
      section.sh_flags = flags;
      section.sh_offset = std::min(begin(kind), loaded_end_);
      section.sh_addr = begin(kind) + shift_[static_cast<std::size_t>(kind)];
      section.sh_size = bytes;
      section.sh_addralign = layout_.alignments[static_cast<std::size_t>(kind)];
    };
    describe(Rodata, SHT_PROGBITS, SHF_ALLOC, BlobKind::Constant,
             words_begin_ + 8 * (worded_.size() + own_words_.size()) - begin(BlobKind::Constant));
    describe(Text, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, BlobKind::Code, size(BlobKind::Code));
    describe(Data, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, BlobKind::Variable, size(BlobKind::Variable));
    describe(Bss, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, BlobKind::Zero, size(BlobKind::Zero));
  }

  void append_symbols(const SymbolWriter& symbols) {
    auto append = [&](const void* bytes, std::size_t size, std::size_t align) {
      const std::size_t offset = round_up(file_.size(), align);
      file_.resize(offset + size);
      std::memcpy(&file_[offset], bytes, size);
      return offset;
    };
    std::array<Elf64_Shdr, SectionCount>& sections = sections_;
    sections = {};
    describe_kinds();
    const std::size_t table = symbols.entries().size() * sizeof(Elf64_Sym);
    sections[Symtab] = {.sh_name = 0,
                        .sh_type = SHT_SYMTAB,
                        .sh_flags = 0,
                        .sh_addr = 0,
                        .sh_offset = append(symbols.entries().data(), table, 8),
                        .sh_size = table,
                        .sh_link = Strtab,
                        .sh_info = symbols.locals(),
                        .sh_addralign = 8,
                        .sh_entsize = sizeof(Elf64_Sym)};
    auto strings = [&](Sections number, const char* bytes, std::size_t length) {
      sections[number].sh_type = SHT_STRTAB;
      sections[number].sh_offset = append(bytes, length, 1);
      sections[number].sh_size = length;
      sections[number].sh_addralign = 1;
    };
    strings(Strtab, symbols.strings().data(), symbols.strings().size());
    strings(Shstrtab, SectionNames, sizeof SectionNames);
    std::uint32_t name = 1;
    for (std::size_t i = 1; i < SectionCount; ++i) {
      sections[i].sh_name = name;
      name += static_cast<std::uint32_t>(std::strlen(SectionNames + name)) + 1;
    }
    sections_at_ = append(sections.data(), sizeof sections, 8);
  }

  void write_headers() {
    Elf64_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_entry = address_of(layout_.definitions[options_.entry.value]);
    header.e_phoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = Segments;
    header.e_shentsize = sizeof(Elf64_Shdr);
    if (sections_at_ != 0) {
      header.e_shoff = sections_at_;
      header.e_shnum = SectionCount;
      header.e_shstrndx = Shstrtab;
    }
    std::memcpy(file_.data(), &header, sizeof header);

    auto segment = [&](std::uint32_t flags, BlobKind kind, std::uint64_t from, std::uint64_t to, std::uint64_t zeros) {
      const std::uint64_t address = from + shift_[static_cast<std::size_t>(kind)];
      const Elf64_Word type = to - from + zeros > 0 ? PT_LOAD : PT_NULL;
      return Elf64_Phdr{.p_type = type,
                        .p_flags = flags,
                        .p_offset = from,
                        .p_vaddr = address,
                        .p_paddr = address,
                        .p_filesz = to - from,
                        .p_memsz = to - from + zeros,
                        .p_align = Page};
    };
    const std::uint64_t end = begin(BlobKind::Zero) + layout_.sizes[static_cast<std::size_t>(BlobKind::Zero)];
    const std::uint64_t data = begin(BlobKind::Variable), code = begin(BlobKind::Code);
    Elf64_Phdr stack = {};
    stack.p_type = PT_GNU_STACK;
    stack.p_flags = PF_R | PF_W;
    const std::array<Elf64_Phdr, Segments> segments = {
        segment(PF_R, BlobKind::Constant, 0, words_begin_ + 8 * (worded_.size() + own_words_.size()), 0),
        segment(PF_R | PF_X, BlobKind::Code, code, code + layout_.sizes[static_cast<std::size_t>(BlobKind::Code)], 0),
        segment(PF_R | PF_W, BlobKind::Variable, data, loaded_end_,
                layout_.sizes[static_cast<std::size_t>(BlobKind::Zero)] ? end - loaded_end_ : 0),
        stack};
    std::memcpy(file_.data() + sizeof header, segments.data(), sizeof segments);
  }

  std::vector<const Piece*> pieces_;
  const Names& names_;
  const ExecutableOptions options_;
  base::Bytes& file_;
  Layout layout_;
  std::vector<std::uint32_t> words_;   // by symbol: the number of its word, from 1 on
  std::vector<std::uint32_t> worded_;  // symbols that have one
  struct OwnWord {
    std::uint32_t piece, blob;
  };
  std::vector<OwnWord> own_words_;
  std::size_t next_own_word_ = 0;
  std::array<std::uint64_t, BlobKinds> begin_ = {};  // of the kinds, in the file
  std::array<std::uint64_t, BlobKinds> shift_ = {};  // from there to memory
  std::uint64_t words_begin_ = 0, loaded_end_ = 0, sections_at_ = 0;
  std::array<Elf64_Shdr, SectionCount> sections_ = {};

  // For relink(), all in the order in which it goes through them.
  struct BlobPlace {
    std::uint64_t offset;  // among those of its kind
    std::uint32_t size;
    BlobKind kind;
    std::uint8_t align_log2;
  };
  struct FixupPlace {
    std::uint32_t blob, at;  // where
    std::uint32_t target;    // a blob
    std::int64_t addend;
    FixupKind kind;
  };
  struct SymbolPlace {
    std::uint32_t blob, offset;
  };
  struct Range {
    std::uint32_t begin = 0, end = 0;
  };
  bool flatten();
  bool flatten(std::uint32_t piece);
  bool fits_in(const Change& change) const;
  bool move(std::span<const Change> changes);
  void fill_behind(std::uint32_t number);
  void move_symbols(std::span<const Change> changes);
  bool apply_all();
  bool flat_ = false;
  std::size_t fixups_when_flat_ = 0;
  std::vector<BlobPlace> blobs_;
  std::vector<FixupPlace> fixups_;
  std::vector<Range> fixups_of_;  // by piece
  std::vector<SymbolPlace> symbols_;
  std::vector<std::uint64_t> addresses_;  // of blobs
  base::Bytes before_;                    // the file before the last change: its memory is used again
};

}  // namespace inlay::aot
