// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/aot.h"

#include "aot/link.h"
#include "aot/output.h"
#include "aot/prepare.h"
#include "aot/support.h"
#include "runtime/unit.h"

#include <llvm/Object/ArchiveWriter.h>

namespace inlay::aot {

namespace {

constexpr unsigned DataMode = 0644;
constexpr unsigned ProgramMode = 0755;

std::string_view view(const llvm::MemoryBuffer& buffer) { return buffer.getBuffer(); }

std::string name_of(Unit& unit) { return unit.state().module->getName().str(); }

/// A name that every archiver takes.
std::string member_name(Unit& unit) {
  std::string name = name_of(unit);
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.') c = '_';
  return (name.empty() ? "unit" : name) + ".o";
}

Result<void> refuse_libraries(const Options& options) {
  if (options.libraries.empty()) return {};
  return Error(ErrorKind::InvalidArgument, "an object or static library is not linked with others; name '" +
                                               options.libraries.front() + "' where it is linked into a program");
}

/// The function in which a program begins.
Result<std::string> begin_of(Unit& unit, const Options& options) {
  const llvm::Module& module = *unit.state().module;
  if (options.freestanding) {
    INLAY_TRY(const bool own_start, defines(module, "_start"));
    if (own_start) return std::string("_start");
  }
  INLAY_TRY(const bool has_main, defines(module, "main"));
  if (has_main) return std::string("main");
  return Error(ErrorKind::InvalidArgument, "the unit '" + name_of(unit) + "' defines no 'main'" +
                                               (options.freestanding ? " and no '_start'" : "") +
                                               ", where a program begins; define one");
}

Result<void> write_linked(Unit& unit, const std::string& path, const Options& options, Kind kind) {
  std::vector<std::string> entries = options.entries;
  LinkJob job{.start = {.kind = kind, .architecture = options.architecture, .freestanding = options.freestanding},
              .name = name_of(unit),
              .shared_name = path.substr(path.rfind('/') + 1),
              .objects = {},
              .archives = {},
              .libraries = options.libraries,
              .exports = {},
              .strip = options.strip};
  if (kind == Kind::Executable) {
    INLAY_TRY(std::string begin, begin_of(unit, options));
    job.own_start = begin == "_start";
    const llvm::Function* function = unit.state().module->getFunction(begin);
    job.start.status = !function || !function->getReturnType()->isVoidTy();
    entries = {begin};
  }
  INLAY_TRY(Output output, Output::create(path));
  const bool fixed = kind == Kind::Executable && options.freestanding;
  INLAY_TRY(Prepared prepared, prepare(unit, std::move(entries), options,
                                       fixed ? codegen::Position::Fixed : codegen::Position::Independent));
  job.objects = {prepared.object.bytes->getMemBufferRef()};
  job.exports = prepared.entries;
  job.start.initializers = prepared.initializers;
  if (options.freestanding) {
    INLAY_TRY(llvm::MemoryBufferRef archive, support_archive(options.architecture));
    job.archives = {archive};
  }
  StageClock clock(options.stages);
  INLAY_TRY(const std::string temporary, output.name());
  INLAY_TRY_VOID(link(job, temporary));
  clock.done("link");
  return output.commit(ProgramMode);
}

}  // namespace

Result<void> write_object(Unit& unit, const std::string& path, const Options& options) {
  INLAY_TRY_VOID(refuse_libraries(options));
  INLAY_TRY(Output output, Output::create(path));
  INLAY_TRY(Prepared prepared, prepare(unit, options.entries, options));
  INLAY_TRY_VOID(output.write(view(*prepared.object.bytes)));
  return output.commit(DataMode);
}

Result<void> write_static_library(Unit& unit, const std::string& path, const Options& options) {
  INLAY_TRY_VOID(refuse_libraries(options));
  INLAY_TRY(Output output, Output::create(path));
  INLAY_TRY(Prepared prepared, prepare(unit, options.entries, options));
  std::string name = member_name(unit);
  llvm::NewArchiveMember member(llvm::MemoryBufferRef(prepared.object.bytes->getBuffer(), name));
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> archive = llvm::writeArchiveToBuffer(
      member, llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU, /*Deterministic=*/true,
      /*Thin=*/false, [](llvm::Error warning) { llvm::consumeError(std::move(warning)); });
  if (!archive) return Error(ErrorKind::LinkFailed, llvm::toString(archive.takeError()));
  INLAY_TRY_VOID(output.write(view(**archive)));
  return output.commit(DataMode);
}

Result<void> write_shared_library(Unit& unit, const std::string& path, const Options& options) {
  return write_linked(unit, path, options, Kind::SharedLibrary);
}

Result<void> write_executable(Unit& unit, const std::string& path, const Options& options) {
  return write_linked(unit, path, options, Kind::Executable);
}

}  // namespace inlay::aot
