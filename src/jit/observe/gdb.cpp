// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The list and the function that debuggers set a breakpoint in are LLVM's: a program has only one of each where a
// debugger surely looks. LLVM's own plugin never takes an object off the list (release 22), so it is not used here.
#include "jit/observe/gdb.h"

#include <mutex>

#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h>
#include <llvm/Object/ELF.h>

extern "C" {
extern jit_descriptor __jit_debug_descriptor;
void __jit_debug_register_code();
}

namespace inlay::jit {

struct GdbObject::Entry {
  std::string bytes;
  jit_code_entry link = {};
};

namespace {

std::mutex& list_mutex() {
  static auto& mutex = *new std::mutex;  // code may be dropped while the program's statics are destroyed
  return mutex;
}

void tell(jit_actions_t action, jit_code_entry& entry) {
  __jit_debug_descriptor.relevant_entry = &entry;
  __jit_debug_descriptor.action_flag = action;
  __jit_debug_register_code();
  __jit_debug_descriptor.relevant_entry = nullptr;
  __jit_debug_descriptor.action_flag = JIT_NOACTION;
}

}  // namespace

void set_addresses(std::string& object, llvm::jitlink::LinkGraph& graph) {
  using File = llvm::object::ELF64LEFile;
  llvm::Expected<File> file = File::create(object);
  if (!file) return llvm::consumeError(file.takeError());
  auto sections = file->sections();
  if (!sections) return llvm::consumeError(sections.takeError());
  for (const File::Elf_Shdr& header : *sections) {
    if (!(header.sh_flags & llvm::ELF::SHF_ALLOC)) continue;
    llvm::Expected<llvm::StringRef> name = file->getSectionName(header);
    if (!name) {
      llvm::consumeError(name.takeError());
      continue;
    }
    llvm::jitlink::Section* section = graph.findSectionByName(*name);
    if (!section || section->blocks().empty()) continue;
    // The headers are in `object`, which is ours to change.
    const_cast<File::Elf_Shdr&>(header).sh_addr = llvm::jitlink::SectionRange(*section).getStart().getValue();
  }
}

void set_titles_of_symbols(std::string& object, const std::map<std::string, std::string>& titles) {
  using File = llvm::object::ELF64LEFile;
  if (titles.empty()) return;
  llvm::Expected<File> file = File::create(object);
  if (!file) return llvm::consumeError(file.takeError());
  auto sections = file->sections();
  if (!sections) return llvm::consumeError(sections.takeError());
  for (const File::Elf_Shdr& header : *sections) {
    if (header.sh_type != llvm::ELF::SHT_SYMTAB) continue;
    auto symbols = file->symbols(&header);
    auto strings = file->getSection(header.sh_link);
    if (!symbols || !strings) {
      if (!symbols) llvm::consumeError(symbols.takeError());
      if (!strings) llvm::consumeError(strings.takeError());
      return;
    }
    auto old = file->getStringTable(**strings);
    if (!old) return llvm::consumeError(old.takeError());
    // A table of strings with the new ones behind the old ones, at the end of the file: what is there stays in place.
    std::string table = old->str();
    for (const File::Elf_Sym& symbol : *symbols) {
      llvm::Expected<llvm::StringRef> name = symbol.getName(*old);
      if (!name) {
        llvm::consumeError(name.takeError());
        continue;
      }
      auto title = titles.find(name->str());
      if (title == titles.end()) continue;
      const_cast<File::Elf_Sym&>(symbol).st_name = static_cast<std::uint32_t>(table.size());  // `object` is ours
      table += title->second;
      table += '\0';
    }
    const_cast<File::Elf_Shdr&>(**strings).sh_offset = object.size();
    const_cast<File::Elf_Shdr&>(**strings).sh_size = table.size();
    object += table;  // from here on the file's parts are somewhere else
    return;
  }
}

GdbObject::GdbObject(std::string bytes) : entry_(std::make_unique<Entry>()) {
  entry_->bytes = std::move(bytes);
  jit_code_entry& link = entry_->link;
  link.symfile_addr = entry_->bytes.data();
  link.symfile_size = entry_->bytes.size();
  std::lock_guard lock(list_mutex());
  link.next_entry = __jit_debug_descriptor.first_entry;
  if (link.next_entry) link.next_entry->prev_entry = &link;
  __jit_debug_descriptor.first_entry = &link;
  tell(JIT_REGISTER_FN, link);
}

GdbObject::~GdbObject() {
  jit_code_entry& link = entry_->link;
  std::lock_guard lock(list_mutex());
  (link.prev_entry ? link.prev_entry->next_entry : __jit_debug_descriptor.first_entry) = link.next_entry;
  if (link.next_entry) link.next_entry->prev_entry = link.prev_entry;
  tell(JIT_UNREGISTER_FN, link);
}

}  // namespace inlay::jit
