// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/link/unwind.h"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "frozen/recording.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/ExecutionEngine/Orc/Shared/SimplePackedSerialization.h>

extern "C" {
void __register_frame(const void* section);
void __deregister_frame(const void* section_or_table);
// Of libgcc only. The table: addresses of sections, then null. The object is the unwinder's to use, and ours to keep.
[[gnu::weak]] void __register_frame_info_table(void* table, void* object);
[[gnu::weak]] void* __deregister_frame_info(const void* table);
[[gnu::weak]] const void* _Unwind_Find_FDE(const void* pc, void* bases);
}

namespace inlay::jit {

namespace {

namespace jitlink = llvm::jitlink;
namespace orc = llvm::orc;
namespace shared = llvm::orc::shared;

/// Larger ones take longer to sort at each change, smaller ones make a longer list to walk.
constexpr std::uintptr_t Stretch = 16 * 1024;

/// A section that describes nothing. Each table begins with it: the unwinder takes a table for empty whose first word
/// has 32 zeros at its end, and so may a section's address. Not both of these.
alignas(8) constexpr std::uint32_t nothing[4] = {};

const void* first_entry() {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&nothing[0])) ? &nothing[0] : &nothing[2];
}

/// What the unwinder knows a registered table by: six words of its own, of which newer ones may want more.
struct Object {
  void* words[8] = {};
  std::chrono::steady_clock::time_point removed;
};

struct Group {
  std::vector<const void*> sections;
  std::unique_ptr<const void*[]> table;  // as registered; null if there are no sections
  std::unique_ptr<Object> object;
};

struct Groups {
  std::mutex mutex;
  std::map<std::uintptr_t, Group> by_stretch;
  std::deque<std::unique_ptr<Object>> removed;
};

// Never destroyed: code may live in statics.
Groups& groups() {
  static Groups& instance = *new Groups;
  return instance;
}

/// An object for a new table. The unwinder gives up its lock before it has read all that it wants of the object that a
/// function was found in: it takes for granted that this one stays as long as the function. So one that was removed
/// keeps what it says for a second and a thousand changes, which is for what takes nanoseconds.
std::unique_ptr<Object> take_object(Groups& all) {
  constexpr std::size_t AtLeast = 1000;
  constexpr auto LongEnough = std::chrono::seconds(1);
  if (all.removed.size() < AtLeast || std::chrono::steady_clock::now() - all.removed.front()->removed < LongEnough)
    return std::make_unique<Object>();
  std::unique_ptr<Object> object = std::move(all.removed.front());
  all.removed.pop_front();
  return object;
}

/// Makes what the group holds known. With the lock held.
void publish(Groups& all, Group& group) {
  const std::unique_ptr<const void*[]> old_table = std::move(group.table);
  std::unique_ptr<Object> old_object = std::move(group.object);
  if (!group.sections.empty()) {
    const std::size_t count = group.sections.size();
    group.table = std::make_unique<const void*[]>(count + 2);
    group.table[0] = first_entry();
    std::copy(group.sections.begin(), group.sections.end(), &group.table[1]);
    group.object = take_object(all);
    __register_frame_info_table(group.table.get(), group.object->words);
    // Looking for what nobody has makes it sort the new table now, not when somebody throws.
    void* bases[3];
    _Unwind_Find_FDE(reinterpret_cast<const void*>(1), bases);
  }
  if (!old_object) return;
  __deregister_frame_info(old_table.get());
  old_object->removed = std::chrono::steady_clock::now();
  all.removed.push_back(std::move(old_object));
}

/// Whether libgcc_s defines a version of its symbols.
bool has_version(const char* wanted) {
  void* library = dlopen("libgcc_s.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (!library) return false;
  link_map* map = nullptr;
  bool found = false;
  if (dlinfo(library, RTLD_DI_LINKMAP, &map) == 0) {
    const char* strings = nullptr;
    const ElfW(Verdef)* version = nullptr;
    std::size_t count = 0;
    for (const ElfW(Dyn)* entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
      // The loader has made addresses of the file's offsets; of those of the versions only some loaders.
      if (entry->d_tag == DT_STRTAB) strings = reinterpret_cast<const char*>(entry->d_un.d_ptr);
      if (entry->d_tag == DT_VERDEFNUM) count = entry->d_un.d_val;
      if (entry->d_tag == DT_VERDEF)
        version = reinterpret_cast<const ElfW(Verdef)*>(
            entry->d_un.d_ptr < map->l_addr ? entry->d_un.d_ptr + map->l_addr : entry->d_un.d_ptr);
    }
    for (; strings && version && count > 0; --count) {
      const auto* at = reinterpret_cast<const char*>(version);
      const auto* name = reinterpret_cast<const ElfW(Verdaux)*>(at + version->vd_aux);
      found |= std::strcmp(strings + name->vda_name, wanted) == 0;
      version = reinterpret_cast<const ElfW(Verdef)*>(at + version->vd_next);
    }
  }
  dlclose(library);
  return found;
}

using Call = shared::WrapperFunctionCall;
using Arguments = shared::SPSArgList<shared::SPSExecutorAddr, shared::SPSExecutorAddr>;
using Wrapper = shared::WrapperFunction<shared::SPSError(shared::SPSExecutorAddr, shared::SPSExecutorAddr)>;

shared::CWrapperFunctionBuffer register_call(const char* arguments, std::size_t size) {
  const auto call = [](orc::ExecutorAddr code, orc::ExecutorAddr frames) -> llvm::Error {
    register_frames(unwind_registration(), code.toPtr<const void*>(), frames.toPtr<const void*>());
    return llvm::Error::success();
  };
  return Wrapper::handle(arguments, size, call).release();
}

shared::CWrapperFunctionBuffer remove_call(const char* arguments, std::size_t size) {
  const auto call = [](orc::ExecutorAddr code, orc::ExecutorAddr frames) -> llvm::Error {
    remove_frames(unwind_registration(), code.toPtr<const void*>(), frames.toPtr<const void*>());
    return llvm::Error::success();
  };
  return Wrapper::handle(arguments, size, call).release();
}

llvm::Error add_actions(jitlink::LinkGraph& graph) {
  jitlink::Section* section = graph.findSectionByName(".eh_frame");
  if (!section) return llvm::Error::success();
  const jitlink::SectionRange frames(*section);
  if (frames.empty()) return llvm::Error::success();
  orc::ExecutorAddr code(~std::uint64_t{0});
  for (jitlink::Section& candidate : graph.sections()) {
    if ((static_cast<unsigned>(candidate.getMemProt()) & static_cast<unsigned>(orc::MemProt::Exec)) == 0) continue;
    for (const jitlink::Block* block : candidate.blocks()) code = std::min(code, block->getAddress());
  }
  llvm::Expected<Call> begin =
      Call::Create<Arguments>(orc::ExecutorAddr::fromPtr(&register_call), code, frames.getStart());
  if (!begin) return begin.takeError();
  llvm::Expected<Call> end = Call::Create<Arguments>(orc::ExecutorAddr::fromPtr(&remove_call), code, frames.getStart());
  if (!end) return end.takeError();
  graph.allocActions().push_back({std::move(*begin), std::move(*end)});
  return llvm::Error::success();
}

class UnwindPlugin : public orc::LinkGraphLinkingLayer::Plugin {
 public:
  void modifyPassConfig(orc::MaterializationResponsibility&, jitlink::LinkGraph&,
                        jitlink::PassConfiguration& passes) override {
    passes.PostFixupPasses.push_back(add_actions);  // when addresses are known
  }
  llvm::Error notifyFailed(orc::MaterializationResponsibility&) override { return llvm::Error::success(); }
  llvm::Error notifyRemovingResources(orc::JITDylib&, orc::ResourceKey) override { return llvm::Error::success(); }
  void notifyTransferringResources(orc::JITDylib&, orc::ResourceKey, orc::ResourceKey) override {}
};

}  // namespace

UnwindRegistration unwind_registration() {
  static const UnwindRegistration suits = __register_frame_info_table && __deregister_frame_info && _Unwind_Find_FDE &&
                                                  has_version("GCC_3.0") && !has_version("GCC_13.0.0")
                                              ? UnwindRegistration::Groups
                                              : UnwindRegistration::Single;
  return suits;
}

void register_frames(UnwindRegistration how, const void* code, const void* frames) {
  if (how == UnwindRegistration::Single) return __register_frame(frames);
  const frozen::Unrecorded unrecorded;
  Groups& all = groups();
  const std::lock_guard lock(all.mutex);
  Group& group = all.by_stretch[reinterpret_cast<std::uintptr_t>(code) / Stretch];
  group.sections.push_back(frames);
  publish(all, group);
}

void remove_frames(UnwindRegistration how, const void* code, const void* frames) {
  if (how == UnwindRegistration::Single) return __deregister_frame(frames);
  const frozen::Unrecorded unrecorded;
  Groups& all = groups();
  const std::lock_guard lock(all.mutex);
  const auto found = all.by_stretch.find(reinterpret_cast<std::uintptr_t>(code) / Stretch);
  if (found == all.by_stretch.end()) return;
  std::erase(found->second.sections, frames);
  publish(all, found->second);
  if (found->second.sections.empty()) all.by_stretch.erase(found);
}

std::shared_ptr<orc::LinkGraphLinkingLayer::Plugin> new_unwind_plugin() { return std::make_shared<UnwindPlugin>(); }

}  // namespace inlay::jit
