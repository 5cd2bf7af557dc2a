// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cache/build_id.h"

#include <link.h>

#include <cstdint>
#include <cstring>

namespace inlay::cache {

namespace {

struct Search {
  std::uintptr_t address;
  std::optional<std::string> found;
};

bool holds(const dl_phdr_info& loaded, std::uintptr_t address) {
  for (unsigned i = 0; i < loaded.dlpi_phnum; ++i) {
    const ElfW(Phdr) & segment = loaded.dlpi_phdr[i];
    const std::uintptr_t begin = loaded.dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && address >= begin && address - begin < segment.p_memsz) return true;
  }
  return false;
}

std::optional<std::string> find_note(const char* notes, std::size_t size, std::size_t alignment) {
  const auto round_up = [&](std::size_t n) { return (n + alignment - 1) / alignment * alignment; };
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes, sizeof note);
    const std::size_t name_at = sizeof note, value_at = round_up(name_at + note.n_namesz),
                      end = round_up(value_at + note.n_descsz);
    if (value_at + note.n_descsz > size) return std::nullopt;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU && note.n_descsz > 0 &&
        std::memcmp(notes + name_at, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0)
      return std::string(notes + value_at, note.n_descsz);
    if (end >= size) return std::nullopt;
    notes += end;
    size -= end;
  }
  return std::nullopt;
}

int look(dl_phdr_info* loaded, std::size_t, void* argument) {
  auto& search = *static_cast<Search*>(argument);
  if (!holds(*loaded, search.address)) return 0;
  for (unsigned i = 0; i < loaded->dlpi_phnum && !search.found; ++i) {
    const ElfW(Phdr) & segment = loaded->dlpi_phdr[i];
    if (segment.p_type == PT_NOTE)
      search.found = find_note(reinterpret_cast<const char*>(loaded->dlpi_addr + segment.p_vaddr), segment.p_memsz,
                               segment.p_align == 8 ? 8 : 4);
  }
  return 1;
}

}  // namespace

std::optional<std::string> build_id_of(const void* address) {
  Search search{reinterpret_cast<std::uintptr_t>(address), std::nullopt};
  dl_iterate_phdr(look, &search);
  return search.found;
}

}  // namespace inlay::cache
