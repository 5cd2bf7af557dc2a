// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/support.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aot/support_text.h"
#include "codegen/emit.h"
#include "codegen/pipeline.h"
#include "inlay/ir/layout.h"
#include "inlay/ir/text.h"
#include "inlay/llvm.h"
#include "inlay/lower.h"
#include "ir/symbol_names.h"

#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/Module.h>
#include <llvm/Object/ArchiveWriter.h>
#include <llvm/Support/raw_ostream.h>

namespace inlay::aot {

namespace {

/// The texts of traps, as the support code looks for them.
std::string trap_texts() {
  constexpr const char* texts[] = {
#define INLAY_IR_TRAP(name, text) text,
      INLAY_IR_TRAPS(INLAY_IR_TRAP)
#undef INLAY_IR_TRAP
  };
  std::string names, declarations;
  for (std::size_t i = 0; i < std::size(texts); ++i) {
    const std::string name = "@inlay.trap_text." + std::to_string(i);
    declarations += "data " + name + " = \"" + texts[i] + "\\x00\"\n";
    names += (i == 0 ? "" : ", ") + name;
  }
  return declarations + "data @inlay.trap_texts : [" + std::to_string(std::size(texts)) + "]ptr = [" + names + "]\n";
}

Result<Unit> unit_of(const std::string& text, const char* file, Architecture architecture) {
  INLAY_TRY(ir::Module module, ir::parse(text, {.file = file}));
  ir::allow_own_names(module);
  return lower(module, {.architecture = architecture});
}

Result<std::string> make_trap_bitcode(Architecture architecture) {
  INLAY_TRY(Unit unit, unit_of(trap_program(), "support/trap.inlay", architecture));
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  llvm::WriteBitcodeToFile(module_of(unit), stream);
  return bytes;
}

Result<std::string> make_archive(Architecture architecture) {
  struct Source {
    const char* text;
    const char* file;
  };
  std::vector<Source> sources = {{SupportTextOfMemory, "memory"}};
  if (architecture == Architecture::X86_64) sources.push_back({SupportTextOfMath, "math"});
  INLAY_TRY(codegen::Machine * machine,
            codegen::machine_of_thread({.cpu = codegen::Cpu::Portable, .architecture = architecture}));
  std::vector<codegen::Object> objects;
  std::vector<llvm::NewArchiveMember> members;
  for (const Source& source : sources) {
    INLAY_TRY(Unit unit, unit_of(source.text, source.file, architecture));
    codegen::optimize(module_of(unit), *machine, Level::O2);
    INLAY_TRY(codegen::Object object, codegen::emit(module_of(unit), *machine, Level::O2));
    objects.push_back(std::move(object));
    members.emplace_back(llvm::MemoryBufferRef(objects.back().bytes->getBuffer(), source.file));
  }
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> archive = llvm::writeArchiveToBuffer(
      members, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU,
      /*Deterministic=*/true, /*Thin=*/false, [](llvm::Error warning) { llvm::consumeError(std::move(warning)); });
  if (!archive) return Error(ErrorKind::LinkFailed, llvm::toString(archive.takeError()));
  return (*archive)->getBuffer().str();
}

/// Made once for each architecture; an error is given again to everybody who asks.
template <Result<std::string> make(Architecture)>
Result<llvm::MemoryBufferRef> once(Architecture architecture, const char* name) {
  static std::mutex mutex;
  static std::optional<Result<std::string>> made[ArchitectureCount];
  std::lock_guard lock(mutex);
  std::optional<Result<std::string>>& result = made[static_cast<unsigned>(architecture)];
  if (!result) result.emplace(make(architecture));
  if (!*result) return Error(result->error());
  return llvm::MemoryBufferRef(**result, name);
}

}  // namespace

std::string trap_program() { return SupportTextOfTrap + trap_texts(); }

Result<llvm::MemoryBufferRef> trap_bitcode(Architecture architecture) {
  return once<make_trap_bitcode>(architecture, "support/trap");
}

Result<llvm::MemoryBufferRef> support_archive(Architecture architecture) {
  return once<make_archive>(architecture, "support");
}

}  // namespace inlay::aot
