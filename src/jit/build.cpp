// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/build.h"

#include <algorithm>
#include <unordered_map>

#include "codegen/code_map.h"
#include "codegen/guest_levels.h"
#include "codegen/join.h"
#include "codegen/pipeline.h"
#include "jit/observe/tools.h"
#include "jit/observe/trace.h"
#include "specialize/specialize.h"

#include <llvm/IR/DebugInfoMetadata.h>

namespace inlay::jit {

namespace {

void add_host_symbols(const specialize::Symbols& symbols, std::vector<HostSymbol>& into,
                      std::vector<std::shared_ptr<frozen::Region>>& regions) {
  for (const auto& [symbol, object] : symbols.frozen_objects()) {
    into.push_back({symbol->getName().str(), object.begin});
    if (std::find(regions.begin(), regions.end(), object.region) == regions.end()) regions.push_back(object.region);
  }
  regions.insert(regions.end(), symbols.held().begin(), symbols.held().end());
}

/// Fills in the machine code of the report's guest instructions, which the ranges call by their numbers.
void add_functions(std::vector<codegen::MappedFunction> functions, Report& report) {
  std::unordered_map<unsigned, GuestInstruction*> by_number;
  for (GuestInstruction& guest : report.guest) by_number[guest.number] = &guest;
  for (codegen::MappedFunction& function : functions) {
    const auto index = static_cast<unsigned>(report.functions.size());
    report.functions.push_back(
        {specialize::readable(function.symbol), function.size, function.shared, std::move(function.assembly)});
    for (codegen::GuestRange& range : function.ranges) {
      auto guest = by_number.find(range.guest);
      if (guest == by_number.end()) continue;
      guest->second->code.push_back({index, range.offset, range.size});
      guest->second->assembly += range.assembly;
    }
  }
}

/// Says of each guest instruction which machine code it became.
Result<void> explain_code(const codegen::Object& object, codegen::Machine& machine, Report& report) {
  INLAY_TRY(std::vector<codegen::MappedFunction> functions, codegen::read_code_map(object, machine));
  add_functions(std::move(functions), report);
  return {};
}

/// The phases, as the report tells how long each of them took.
void trace_phases(const Engine& engine, Clock::time_point at, const Report& report) {
  if (!engine.trace()) return;
  const std::pair<const char*, double> phases[] = {{"load", report.load_us},
                                                   {"specialize", report.specialize_us},
                                                   {"optimize", report.optimize_us},
                                                   {"emit", report.emit_us},
                                                   {"link", report.link_us}};
  for (const auto& [name, us] : phases) {
    const Clock::time_point end =
        at + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::micro>(us));
    if (us > 0) trace_span(engine.trace(), "phase", name, at, end);
    at = end;
  }
}

/// Everything that happens in the workspace: LLVM IR from beginning to end. Nothing else is locked meanwhile.
Result<Built> build_in(runtime::Workspace& workspace, MakeEntry make_entry, const CompileOptions& options,
                       const JitOptions& jit_options, const std::string& name, Report& report, frozen::ReadLog* log) {
  INLAY_TRY(codegen::Machine * machine, codegen::machine_of_thread(codegen::Cpu::Host));
  INLAY_TRY(Prepared prepared, prepare(workspace, make_entry, options, jit_options, name, report, log));
  Stopwatch watch;
  llvm::Module& module = *prepared.module;
  INLAY_TRY_VOID(codegen::join(module, workspace.bodies));
  INLAY_TRY_VOID(codegen::check(module));  // wrong only through our own mistake; then the original is the answer
  const double join_us = watch.lap_us();
  INLAY_TRY(prepared.built.object,
            make_object(module, *machine, jit_options, options.level, options.explain_code, report));
  report.optimize_us += join_us;
  if (options.explain_code) INLAY_TRY_VOID(explain_code(prepared.built.object, *machine, report));
  return std::move(prepared.built);
}

}  // namespace

std::vector<std::string> source_units(const llvm::Module& module) {
  std::vector<std::string> names;
  for (const llvm::DICompileUnit* unit : module.debug_compile_units()) names.push_back(unit->getFilename().str());
  return names;
}

Result<void> explain_lines(const codegen::Object& object, codegen::Machine& machine, std::span<const std::string> units,
                           Report& report) {
  INLAY_TRY(codegen::LineMap map, codegen::read_line_map(object, machine, units));
  for (codegen::SourceLine& line : map.lines) {
    GuestInstruction& guest = report.guest.emplace_back();
    guest.at = line.line;
    guest.number = static_cast<unsigned>(report.guest.size());
    guest.source = {.file = std::move(line.file), .line = line.line};
    guest.source_function = std::move(line.function);
  }
  add_functions(std::move(map.functions), report);
  // A line that only a range within another stood for.
  std::erase_if(report.guest, [](const GuestInstruction& each) { return each.code.empty(); });
  return {};
}

Result<codegen::Object> make_object(llvm::Module& module, codegen::Machine& machine, const JitOptions& jit_options,
                                    Level level, bool keep_debug_info, Report& report) {
  Stopwatch watch;
  prepare_for_tools(module, jit_options, keep_debug_info);
  codegen::optimize(module, machine, level);
  // Then also what LLVM inlined is at one of the guest's places.
  if (jit_options.only_guest && wants_lines(jit_options) && !keep_debug_info) codegen::keep_guest_levels(module);
  report.optimize_us = watch.lap_us();
  INLAY_TRY(codegen::Object object, codegen::emit(module, machine, level));
  report.emit_us = watch.lap_us();
  return object;
}

CompileOptions with_policy(CompileOptions options, const Policy& policy) {
  if (policy.highest == Tier::Quick) options.level = Level::Quick;
  return options;
}

Error changed_each_time() {
  return {ErrorKind::Changed, "what the function reads has changed each time that it was compiled"};
}

Result<Prepared> prepare(runtime::Workspace& workspace, MakeEntry make_entry, const CompileOptions& options,
                         const JitOptions& jit_options, const std::string& name, Report& report, frozen::ReadLog* log) {
  Stopwatch watch;
  Prepared prepared{runtime::new_module(workspace.context, name), {}};
  specialize::Symbols symbols(*prepared.module, workspace.bodies);
  if (log) symbols.log_reads_to(*log);
  INLAY_TRY(llvm::Function * entry, make_entry(symbols, name));
  report.load_us = watch.lap_us();
  INLAY_TRY_VOID(specialize::specialize(symbols, *entry, options, report, wants_lines(jit_options)));
  symbols.show_contents();
  Built& built = prepared.built;
  built.entry = entry->getName().str();
  built.reads = symbols.reads();
  add_host_symbols(symbols, built.symbols, built.regions);  // before the optimizer drops those that nothing needs
  report.specialize_us = watch.lap_us();
  return prepared;
}

Result<Built> build(Engine& engine, const CompileOptions& options, Report& report, MakeEntry make_entry,
                    const Subject* subject) {
  if (process_is_ending())
    return Error(ErrorKind::InvalidArgument, "nothing is compiled any more while the process ends");
  CacheQuery cached(engine, options, subject);
  if (cached.on())
    if (std::optional<Built> found = cached.find(report)) {
      trace_event(engine.trace(), "cache hit", report.title());
      return *std::move(found);
    }
  Engine::Borrowed workspace(engine);
  // The same name in each process, so that the same code is the same object. Code is linked by itself.
  const std::string name = subject ? subject->name : engine.unique_name("inlay.entry.");
  INLAY_TRY(Built built, build_in(*workspace, make_entry, options, engine.options(), name, report,
                                  cached.on() ? &cached.log() : nullptr));
  if (cached.on()) cached.keep(built, report);
  return built;
}

void give_memory(Code& code, Built& built, const std::vector<std::shared_ptr<frozen::Region>>& holds) {
  code.regions = std::move(built.regions);
  code.reads = std::move(built.reads);
  for (const auto& region : holds)
    if (region) code.regions.push_back(region);
}

Result<Compiled> link(Engine& engine, Built built, Report& report,
                      const std::vector<std::shared_ptr<frozen::Region>>& holds) {
  Stopwatch watch;
  Compiled compiled;
  std::map<std::string, std::string> titles;
  if (!report.name.empty()) titles.emplace(built.entry, report.name);
  INLAY_TRY(compiled.code, engine.link(std::move(built.object), built.symbols, std::move(titles)));
  give_memory(*compiled.code, built, holds);
  compiled.unknown_bound = std::move(built.unknown_bound);
  INLAY_TRY(compiled.entry, engine.address(*compiled.code, built.entry));
  report.link_us = watch.lap_us();
  report.code_bytes = compiled.code->bytes;
  report.compiled = true;
  return compiled;
}

Result<Compiled> compile_entry(Engine& engine, const CompileOptions& options, Report& report, MakeEntry make_entry,
                               const std::vector<std::shared_ptr<frozen::Region>>& holds, const Subject* subject) {
  const Clock::time_point began = Clock::now();
  Result<Built> built = build(engine, options, report, make_entry, subject);
  Result<Compiled> compiled =
      built ? link(engine, *std::move(built), report, holds) : Result<Compiled>(std::move(built).error());
  trace_phases(engine, began, report);
  return compiled;
}

Result<Compiled> compile_plain(Engine& engine, std::string title, std::vector<HostSymbol> symbols,
                               MakeEntry make_entry) {
  Built built;
  Report report;
  report.name = std::move(title);
  built.entry = engine.unique_name("inlay.plain.");
  {
    Engine::Borrowed workspace(engine);
    INLAY_TRY(codegen::Machine * machine, codegen::machine_of_thread(codegen::Cpu::Host));
    std::unique_ptr<llvm::Module> module = runtime::new_module((*workspace).context, built.entry);
    specialize::Symbols unit(*module, (*workspace).bodies);
    INLAY_TRY_VOID(make_entry(unit, built.entry));
    add_host_symbols(unit, symbols, built.regions);
    INLAY_TRY_VOID(codegen::check(*module));
    INLAY_TRY(built.object,
              make_object(*module, *machine, engine.options(), Level::O1, /*keep_debug_info=*/false, report));
  }
  built.symbols = std::move(symbols);
  return link(engine, std::move(built), report);
}

}  // namespace inlay::jit
