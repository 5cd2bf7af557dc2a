// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tiers/batch.h"

#include <algorithm>

#include "codegen/diagnostics.h"
#include "codegen/join.h"

#include <llvm/Linker/Linker.h>

namespace inlay::jit {

namespace {

/// A member whose module goes into the batch.
struct Part {
  BatchMember* member;
  std::string entry;
  Built built;       // its symbols are those of the batch
  double share = 0;  // of what is done for all of them
};

/// Whether nothing but the entry is visible to other modules, so that they can become one.
bool keeps_to_itself(const llvm::Module& module, const std::string& entry) {
  if (!module.getModuleInlineAsm().empty()) return false;
  for (const llvm::GlobalValue& global : module.global_values()) {
    if (global.isDeclaration() || global.hasLocalLinkage() || global.hasAvailableExternallyLinkage()) continue;
    if (global.getName() != entry) return false;
  }
  return true;
}

/// Two modules may have one name for different frozen objects, and their contents may be of different times.
void make_names_unique(Prepared& prepared, const std::string& entry) {
  for (HostSymbol& symbol : prepared.built.symbols) {
    llvm::GlobalValue* global = prepared.module->getNamedValue(symbol.name);
    symbol.name += "." + entry;
    if (global) global->setName(symbol.name);
  }
}

/// As many bodies to inline as each of them would have had alone.
codegen::JoinOptions join_options(std::size_t parts) {
  codegen::JoinOptions options;
  options.total_limit *= static_cast<std::uint32_t>(parts);
  return options;
}

/// Gives each part its share of `us`.
void share_out(std::vector<Part>& parts, double us, double Report::* time) {
  for (Part& part : parts) part.member->report.*time += us * part.share;
}

/// Makes one object of the module of all of them.
Result<codegen::Object> emit_all(const Engine& engine, runtime::Workspace& workspace, llvm::Module& module,
                                 codegen::Machine& machine, Level level, std::vector<Part>& parts) {
  Stopwatch watch;
  INLAY_TRY_VOID(codegen::join(module, workspace.bodies, join_options(parts.size())));
  INLAY_TRY_VOID(codegen::check(module));
  share_out(parts, watch.lap_us(), &Report::optimize_us);
  Report together;
  INLAY_TRY(codegen::Object object,
            make_object(module, machine, engine.options(), level, /*keep_debug_info=*/false, together));
  share_out(parts, together.optimize_us, &Report::optimize_us);
  share_out(parts, together.emit_us, &Report::emit_us);
  return object;
}

/// Links the object and gives each part a code of its own: what it reads, and where it begins.
Result<void> link_all(Engine& engine, codegen::Object object, std::vector<Part>& parts) {
  Stopwatch watch;
  std::vector<HostSymbol> symbols;
  std::map<std::string, std::string> titles;
  for (const Part& part : parts) {
    symbols.insert(symbols.end(), part.built.symbols.begin(), part.built.symbols.end());
    // The entry's own name is a number. What is compiled alone is marked so as well.
    const Report& report = part.member->report;
    titles[part.entry] = report.name.empty() ? report.function + " [clone .inlay]" : report.name;
  }
  INLAY_TRY(std::shared_ptr<Code> batch, engine.link(std::move(object), symbols, std::move(titles)));
  std::vector<Compiled> all;
  for (Part& part : parts) {
    Compiled compiled;
    compiled.code = std::make_shared<Code>();
    compiled.code->batch = batch;
    give_memory(*compiled.code, part.built, part.member->holds);
    compiled.code->bytes = static_cast<std::uint64_t>(static_cast<double>(batch->bytes) * part.share);
    INLAY_TRY(compiled.entry, engine.address(*batch, part.entry));
    all.push_back(std::move(compiled));
  }
  share_out(parts, watch.lap_us(), &Report::link_us);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Report& report = parts[i].member->report;
    report.code_bytes = all[i].code->bytes;
    report.compiled = true;
    parts[i].member->result = std::move(all[i]);
  }
  return {};
}

/// Specializes each member and puts what comes of it into `all`.
std::vector<Part> prepare_all(Engine& engine, runtime::Workspace& workspace, llvm::Module& all,
                              std::vector<BatchMember>& members) {
  std::vector<Part> parts;
  llvm::Linker linker(all);
  for (BatchMember& member : members) {
    const std::string entry = engine.unique_name("inlay.entry.");
    Result<Prepared> prepared =
        prepare(workspace, member.make_entry, member.options, engine.options(), entry, member.report);
    if (!prepared) {
      member.result = std::move(prepared).error();
      continue;
    }
    if (!keeps_to_itself(*prepared->module, entry)) continue;
    make_names_unique(*prepared, entry);
    if (linker.linkInModule(std::move(prepared->module))) return {};  // half of it may be there
    parts.push_back({&member, entry, std::move(prepared->built)});
  }
  double instructions = 0;
  for (const Part& part : parts) instructions += 1 + part.member->report.instructions;
  for (Part& part : parts) part.share = (1 + part.member->report.instructions) / instructions;
  return parts;
}

}  // namespace

bool can_be_batched(const Engine& engine, const CompileOptions& options) {
  return !options.explain_code && !engine.options().cache;  // machine code is explained of one object
}

void compile_batch(Engine& engine, Level level, std::vector<BatchMember>& members) {
  Result<codegen::Machine*> machine = codegen::machine_of_thread(codegen::Cpu::Host);
  if (!machine) return;
  std::vector<Part> parts;
  Result<codegen::Object> object = [&]() -> Result<codegen::Object> {
    Engine::Borrowed workspace(engine);
    codegen::Diagnostics diagnostics((*workspace).context);
    std::unique_ptr<llvm::Module> all = runtime::new_module((*workspace).context, "batch");
    (*workspace).uses += static_cast<unsigned>(members.size()) - 1;
    parts = prepare_all(engine, *workspace, *all, members);
    if (parts.empty()) return Error(ErrorKind::Codegen, "nothing is left of the batch");
    return emit_all(engine, *workspace, *all, **machine, level, parts);
  }();
  // Whatever is wrong with them together, each one gets its own answer when it is compiled alone.
  if (!object || !link_all(engine, *std::move(object), parts)) return;
  if (parts.size() > 1) engine.tally().count(&Counters::batches);
}

}  // namespace inlay::jit
