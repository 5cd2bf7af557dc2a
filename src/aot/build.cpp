// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two ways to one file. An executable that needs nothing but itself is put together from the code of single functions,
// by a server or here; everything else goes through one unit and LLD.
#include "inlay/build.h"

#include <optional>

#include "aot/output.h"
#include "aot/prepare.h"
#include "inlay/aot.h"
#include "inlay/ir.h"
#include "inlay/lower.h"
#include "inlay/runtime.h"
#include "inlay/serve.h"
#include "runtime/unit.h"

namespace inlay {

namespace {

constexpr unsigned DataMode = 0644;

Result<void> write_library(ir::Module& module, const BuildOptions& options) {
  StageClock clock(options.stages);
  INLAY_TRY_VOID(ir::verify(module));
  clock.done("verify");
  INLAY_TRY(const std::vector<std::byte> bytes, ir::to_library(module));
  INLAY_TRY(aot::Output output, aot::Output::create(options.output));
  INLAY_TRY_VOID(output.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  INLAY_TRY_VOID(output.commit(DataMode));
  clock.done("write");
  return {};
}

/// Whether it was built from pieces; false if it needs more than that.
Result<bool> build_from_pieces(const BuildOptions& options, const aot::BuildRequest& request) {
  Result<std::optional<aot::BuildReport>> served =
      options.server ? aot::try_server(request, options.socket) : Result<std::optional<aot::BuildReport>>(std::nullopt);
  Result<aot::BuildReport> report = !served   ? Result<aot::BuildReport>(std::move(served).error())
                                    : *served ? Result<aot::BuildReport>(**std::move(served))
                                              : aot::build_program(request);
  // What pieces cannot be made of, or what they lack, LLD may know.
  const ErrorKind why = report ? ErrorKind::InvalidArgument : report.error().kind();
  if (why == ErrorKind::Codegen || why == ErrorKind::UndefinedSymbol) return false;
  if (!report) return std::move(report).error();
  if (options.stages)
    for (const auto& [stage, milliseconds] : report->times) options.stages->times.push_back({stage, milliseconds});
  return true;
}

Result<void> write_unit(Unit& unit, const BuildOptions& options) {
  aot::Options writing;
  writing.level = options.level;
  writing.strip = options.strip;
  writing.debug = options.debug;
  writing.native = options.native;
  writing.architecture = options.architecture;
  writing.libraries = options.libraries;
  writing.profile = options.profile;
  writing.stages = options.stages;
  writing.freestanding = options.freestanding;
  if (!options.freestanding && options.libraries.empty()) {
    INLAY_TRY(const bool needs, aot::needs_libraries(*unit.state().module));
    writing.freestanding = !needs;
  }
  switch (options.form) {
    case BuildForm::Executable:
      return aot::write_executable(unit, options.output, writing);
    case BuildForm::SharedLibrary:
      return aot::write_shared_library(unit, options.output, writing);
    case BuildForm::StaticLibrary:
      return aot::write_static_library(unit, options.output, writing);
    case BuildForm::Object:
      return aot::write_object(unit, options.output, writing);
    case BuildForm::Library:
      break;
  }
  return {};
}

}  // namespace

Result<void> build(const BuildOptions& options) {
  INLAY_TRY(const std::optional<aot::BuildRequest> request, aot::request_for(options));
  if (request && linked_runtimes().empty()) {
    INLAY_TRY(const bool done, build_from_pieces(options, *request));
    if (done) return {};
  }
  StageClock clock(options.stages);
  INLAY_TRY(ir::Module module, ir::Module::create());
  INLAY_TRY_VOID(ir::load(module, options.programs));
  clock.done("read", [&] { return ir::print(module, {.locations = false}); });
  if (options.form == BuildForm::Library) return write_library(module, options);
  if (options.form == BuildForm::Executable) INLAY_TRY_VOID(ir::check_main(module));
  LowerOptions lowering;
  lowering.architecture = options.architecture;
  lowering.debug = options.debug;
  lowering.frame_pointers = true;
  lowering.facts = options.level == Level::O2 || options.level == Level::O3;
  lowering.stages = options.stages;
  INLAY_TRY(Unit unit, lower(module, lowering));
  unit.state().used_up = true;
  return write_unit(unit, options);
}

}  // namespace inlay
