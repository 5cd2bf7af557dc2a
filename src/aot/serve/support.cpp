// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/serve/support.h"

#include <mutex>
#include <optional>

#include "aot/start.h"
#include "aot/support.h"
#include "codegen/emit.h"
#include "codegen/lower/lower.h"
#include "codegen/pipeline.h"
#include "codegen/target.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"
#include "ir/symbol_names.h"

#include <llvm/IR/Module.h>
#include <llvm/Object/Archive.h>
#include <llvm/Target/TargetMachine.h>

namespace inlay::aot {

namespace {

std::string text_of(const codegen::Object& object) { return object.bytes->getBuffer().str(); }

/// What traps call, with a section for each function.
Result<std::string> trap_object() {
  INLAY_TRY(ir::Module program, ir::parse(trap_program(), {.file = "support/trap.inlay"}));
  ir::allow_own_names(program);
  INLAY_TRY_VOID(ir::verify(program));
  INLAY_TRY(const ir::Reach reach, ir::expand(program));
  llvm::LLVMContext context;
  llvm::Module module("support/trap", context);
  INLAY_TRY_VOID(codegen::lower_functions(module, program,
                                          {.functions = reach.functions,
                                           .data = reach.data,
                                           .visible = {},
                                           .inlining = {},
                                           .architecture = Architecture::X86_64,
                                           .debug = false,
                                           .frame_pointers = true,
                                           .independent = true}));
  INLAY_TRY_VOID(codegen::lower_records(module, program, reach.functions, true));
  INLAY_TRY(std::unique_ptr<codegen::Machine> machine, codegen::Machine::create(codegen::Cpu::Portable));
  llvm::TargetOptions& options = machine->target().Options;
  options.FunctionSections = options.DataSections = options.UniqueSectionNames = true;
  codegen::optimize(module, *machine, Level::O2);
  INLAY_TRY(const codegen::Object object, codegen::emit(module, *machine, Level::O2));
  return text_of(object);
}

Result<std::vector<std::string>> make(bool status) {
  std::vector<std::string> objects;
  INLAY_TRY(const codegen::Object start, start_object({.kind = Kind::Executable,
                                                       .architecture = Architecture::X86_64,
                                                       .freestanding = true,
                                                       .status = status,
                                                       .initializers = false}));
  objects.push_back(text_of(start));
  INLAY_TRY(std::string trap, trap_object());
  objects.push_back(std::move(trap));
  INLAY_TRY(const llvm::MemoryBufferRef bytes, support_archive(Architecture::X86_64));
  auto refuse = [](llvm::Error error) { return Error(ErrorKind::Codegen, llvm::toString(std::move(error))); };
  llvm::Expected<std::unique_ptr<llvm::object::Archive>> archive = llvm::object::Archive::create(bytes);
  if (!archive) return refuse(archive.takeError());
  llvm::Error error = llvm::Error::success();
  for (const llvm::object::Archive::Child& child : (*archive)->children(error)) {
    llvm::Expected<llvm::StringRef> member = child.getBuffer();
    if (!member) return refuse(member.takeError());
    objects.push_back(member->str());
  }
  if (error) return refuse(std::move(error));
  return objects;
}

}  // namespace

Result<const std::vector<std::string>*> support_objects(const ir::Module& module) {
  static std::mutex mutex;
  static std::optional<std::vector<std::string>> made[2];
  const ir::Symbol main = module.find("main");
  const bool status = main.kind != ir::SymbolKind::Function ||
                      module.types[module.functions[ir::FunctionId{main.id}].signature].element != ir::Void;
  std::lock_guard lock(mutex);
  std::optional<std::vector<std::string>>& objects = made[status];
  if (!objects) {
    INLAY_TRY(objects, make(status));
  }
  return &*objects;
}

}  // namespace inlay::aot
