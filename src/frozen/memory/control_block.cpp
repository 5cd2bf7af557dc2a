// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Any word may look like a vtable pointer, so nothing is followed on trust: a vtable and its type_info must lie in a
// loaded program or library, and are read by read_safely(), as another thread may unload it.
#include "frozen/memory/control_block.h"

#include <cxxabi.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <typeinfo>

#include "frozen/registry.h"

namespace inlay::frozen {
namespace {

// The Itanium C++ ABI's layout of std::type_info and of __si_class_type_info (one base, public, at offset 0).
struct TypeInfoWords {
  const std::byte* vtable;
  const char* name;
};
struct SingleBaseWords {
  TypeInfoWords type;
  const std::byte* base;
};
struct VtableHead {  // what lies before the address that a vtable pointer holds
  std::ptrdiff_t offset_to_top;
  const std::byte* type;
};

struct ABase {
  virtual ~ABase() = default;
};
struct ADerived final : ABase {};

// The vtable pointer that every type_info of a class with a single base has.
const std::byte* single_base_vtable() {
  const std::byte* vtable;
  std::memcpy(&vtable, static_cast<const void*>(&typeid(ADerived)), sizeof vtable);
  return vtable;
}

// std::_Sp_counted_base<some lock policy>
constexpr char CountedBase[] = "St16_Sp_counted_baseI";
constexpr int DeepestHierarchy = 8;

int add_segments(dl_phdr_info* info, std::size_t, void* into) {
  auto& modules = *static_cast<std::vector<std::pair<const std::byte*, const std::byte*>>*>(into);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) & segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    const auto* begin = reinterpret_cast<const std::byte*>(info->dlpi_addr + segment.p_vaddr);
    modules.emplace_back(begin, begin + segment.p_memsz);
  }
  return 0;
}

}  // namespace

ControlBlockFinder::ControlBlockFinder() {
  dl_iterate_phdr(add_segments, &modules_);
  std::sort(modules_.begin(), modules_.end());
}

bool ControlBlockFinder::in_loaded_module(const void* address) const {
  const auto* byte = static_cast<const std::byte*>(address);
  const auto after = std::upper_bound(modules_.begin(), modules_.end(), byte,
                                      [](const std::byte* at, const auto& segment) { return at < segment.first; });
  return after != modules_.begin() && byte < std::prev(after)->second;
}

bool ControlBlockFinder::is_control_block(const std::byte* object, std::size_t size) {
  if (size < CountsEnd) return false;
  const std::byte* vtable;
  std::memcpy(&vtable, object, sizeof vtable);
  if (reinterpret_cast<std::uintptr_t>(vtable) % alignof(void*) != 0 || !in_loaded_module(vtable)) return false;
  const auto [known, is_new] = vtables_.try_emplace(vtable, false);
  if (is_new) known->second = derives_from_counted_base(vtable);
  return known->second;
}

bool ControlBlockFinder::derives_from_counted_base(const std::byte* vtable) const {
  VtableHead head;
  if (!read_safely(vtable - sizeof head, sizeof head, &head) || head.offset_to_top != 0) return false;
  const std::byte* type = head.type;
  for (int depth = 0; depth < DeepestHierarchy && in_loaded_module(type); ++depth) {
    TypeInfoWords words;
    char name[sizeof CountedBase] = {};
    if (!read_safely(type, sizeof words, &words)) return false;
    if (!in_loaded_module(words.name) || !read_safely(words.name, sizeof name, name)) return false;
    const char* text = name[0] == '*' ? name + 1 : name;  // the star marks a name that is unique to its library
    if (std::strncmp(text, CountedBase, sizeof CountedBase - 2) == 0) return true;
    SingleBaseWords single;
    if (words.vtable != single_base_vtable() || !read_safely(type, sizeof single, &single)) return false;
    type = single.base;
  }
  return false;
}

}  // namespace inlay::frozen
