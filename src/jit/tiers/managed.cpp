// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tiers/managed.h"

#include <utility>

#include "frozen/recording.h"
#include "jit/entry.h"
#include "jit/observe/trace.h"
#include "jit/tiers/batch.h"
#include "jit/tiers/epoch.h"
#include "jit/tiers/heat.h"
#include "specialize/symbols.h"

namespace inlay {

namespace jit {

namespace {

std::string name_of(const detail::Request& request) {
  std::optional<runtime::SymbolAt> found = runtime::find_symbol_at(request.target);
  return found ? specialize::readable(std::string(found->symbol.name())) : request.what;
}

void add_failure(Report& report, const Error& error) {
  report.compiled = false;
  report.remarks.insert(report.remarks.begin(), {Remark::Kind::NotCompiled, "", error.message(), error.place()});
}

}  // namespace

Managed::Managed(std::shared_ptr<Engine> its_engine, detail::Request its_request, const CompileOptions& its_options)
    : engine(std::move(its_engine)), request(std::move(its_request)), options(its_options), name(name_of(request)) {}

void lead_to_original(Managed& managed) {
  detail::FunctionState& state = *managed.state;
  state.generic.store(state.ways.original, std::memory_order_release);
  if (managed.versions) return;
  state.target.store(state.ways.original, std::memory_order_release);
  const bool counts = managed.engine->policy().when != Policy::When::Never && !managed.given_up;
  state.entry.store(counts ? state.ways.counting : state.ways.original, std::memory_order_release);
}

std::shared_ptr<Installation> uninstall(Managed& managed, std::string why) {
  ++managed.generation;
  if (std::exchange(managed.asked, Tier::Original) != Tier::Original)
    managed.engine->tally().count(&Counters::cancelled);
  managed.failure.reset();
  managed.heat = {};
  managed.last_sample = 0;
  managed.interval = FirstInterval;
  managed.edges = {};
  std::shared_ptr<Installation> old = std::move(managed.current);
  if (!old) return nullptr;
  managed.may_be_replaced = true;
  if (managed.state) {
    managed.state->until_sample.store(FirstInterval, std::memory_order_relaxed);
    lead_to_original(managed);
  }
  if (old->stays) managed.kept.push_back(old->compiled.code);
  managed.report = managed.empty_report();
  managed.report.remarks.push_back({Remark::Kind::NotCompiled, "", std::move(why), {}});
  managed.engine->tally().count(&Counters::invalidated);
  trace_event(managed.engine->trace(), "invalidate", managed.title());
  return old;
}

void drop(std::shared_ptr<Installation> old) {
  if (!old) return;
  old->dependency = {};
  reclaim(std::move(old));
}

namespace {

/// Whether the function still wants code of this tier; then which generation of it.
std::optional<std::uint64_t> begin(Managed& managed, Tier tier) {
  std::lock_guard lock(managed.mutex);
  if (managed.state && managed.tier() < tier) return managed.generation;
  if (std::exchange(managed.asked, Tier::Original) != Tier::Original)
    managed.engine->tally().count(&Counters::cancelled);
  return std::nullopt;
}

/// Leads calls to the code if it is still wanted. False if what it read has changed meanwhile.
bool offer(Managed& managed, Tier tier, std::uint64_t generation, Compiled compiled, Report report) {
  auto fresh = std::make_shared<Installation>(managed, tier, generation, std::move(compiled), std::move(report));
  frozen::Dependency dependency = frozen::depend(*fresh, fresh->compiled.code->reads);
  if (!dependency) return false;
  Tally& tally = managed.engine->tally();
  if (!fresh->installed) {
    tally.count(&Counters::discarded);
    return true;
  }
  tally.count(&Counters::swaps);
  trace_event(managed.engine->trace(), "swap", managed.title(), {{"to", std::string(to_string(tier))}});
  tally.count(tier == Tier::Quick ? &Counters::quick : &Counters::optimized);
  {
    std::lock_guard lock(managed.mutex);
    if (managed.current == fresh) fresh->dependency = std::move(dependency);
  }
  drop(std::move(fresh->replaced));
  return true;
}

void fail(Managed& managed, std::uint64_t generation, Error error, Report report) {
  add_failure(report, error);
  managed.engine->tally().count(&Counters::failed);
  std::lock_guard lock(managed.mutex);
  if (managed.generation != generation) return;
  managed.asked = Tier::Original;
  managed.failure = std::move(error);
  if (!managed.current) managed.report = std::move(report);
}

CompileOptions options_for(const Managed& managed, Tier tier) {
  CompileOptions options = managed.options;
  if (tier == Tier::Quick) options.level = Level::Quick;
  return options;
}

void compile_one(Managed& managed, Tier tier) {
  Engine& engine = *managed.engine;
  for (int attempt = 0; attempt < MostAttempts; ++attempt) {
    const std::optional<std::uint64_t> generation = begin(managed, tier);
    if (!generation) return;
    Report report = managed.empty_report();
    Span span(engine.trace(), "compile", managed.title());
    span.note("function", managed.name);
    span.note("tier", std::string(to_string(tier)));
    const std::optional<Subject> subject = subject_of(managed.request);
    Result<Compiled> compiled = [&] {
      const CpuTime time(engine.tally());
      return compile_entry(
          engine, options_for(managed, tier), report,
          [&](specialize::Symbols& symbols, const std::string& name) {
            return build_entry(symbols, managed.request, {name}, report);
          },
          managed.request.holds, subject ? &*subject : nullptr);
    }();
    const bool again = attempt + 1 < MostAttempts;
    if (!compiled && compiled.error().kind() == ErrorKind::Changed && again) continue;
    if (!compiled) return fail(managed, *generation, std::move(compiled).error(), std::move(report));
    if (offer(managed, tier, *generation, *std::move(compiled), report)) return;
    if (!again) fail(managed, *generation, changed_each_time(), std::move(report));
  }
}

std::string titles_of(const std::vector<BatchMember>& members) {
  std::string titles;
  for (const BatchMember& member : members) titles += (titles.empty() ? "" : ", ") + member.report.title();
  return titles;
}

/// Several functions at once, of the quick tier. A function that cannot be compiled so is compiled alone.
void compile_together(Engine& engine, const std::vector<std::shared_ptr<Managed>>& functions) {
  std::vector<Managed*> wanting;
  std::vector<std::uint64_t> generations;
  std::vector<BatchMember> members;
  std::vector<Managed*> alone;
  for (const std::shared_ptr<Managed>& function : functions) {
    const CompileOptions options = options_for(*function, Tier::Quick);
    if (!can_be_batched(engine, options)) {
      alone.push_back(function.get());
      continue;
    }
    const std::optional<std::uint64_t> generation = begin(*function, Tier::Quick);
    if (!generation) continue;
    wanting.push_back(function.get());
    generations.push_back(*generation);
    BatchMember& member = members.emplace_back();
    member.options = options;
    member.report = function->empty_report();
    member.holds = function->request.holds;
  }
  for (std::size_t i = 0; i < members.size(); ++i)
    members[i].make_entry = [&request = wanting[i]->request, &report = members[i].report](specialize::Symbols& symbols,
                                                                                          const std::string& name) {
      return build_entry(symbols, request, {name}, report);
    };
  if (members.size() > 1) {
    Span span(engine.trace(), "compile", std::to_string(members.size()) + " functions");
    span.note("tier", std::string(to_string(Tier::Quick)));
    span.note("functions", titles_of(members));
    const CpuTime time(engine.tally());
    compile_batch(engine, Level::Quick, members);
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    BatchMember& member = members[i];
    if (!member.result)
      alone.push_back(wanting[i]);
    else if (!*member.result)
      fail(*wanting[i], generations[i], std::move(*member.result).error(), std::move(member.report));
    else if (!offer(*wanting[i], Tier::Quick, generations[i], *std::move(*member.result), std::move(member.report)))
      alone.push_back(wanting[i]);
  }
  for (Managed* function : alone) compile_one(*function, Tier::Quick);
}

}  // namespace

void Installation::install() noexcept {
  std::lock_guard lock(managed.mutex);
  if (!managed.state || managed.generation != generation || managed.tier() >= tier) return;
  installed = true;
  detail::FunctionState& state = *managed.state;
  if (managed.versions) {
    state.generic.store(compiled.entry, std::memory_order_release);
  } else {
    void* entry = compiled.entry;
    if (state.ways.verifying)
      entry = state.ways.verifying;
    else if (tier < managed.engine->policy().highest)
      entry = state.ways.quick;
    else if (managed.may_be_replaced)
      entry = state.ways.gated;
    else
      stays = true;
    state.target.store(compiled.entry, std::memory_order_release);
    state.entry.store(entry, std::memory_order_release);
  }
  replaced = std::move(managed.current);
  if (replaced && replaced->stays) managed.kept.push_back(replaced->compiled.code);
  managed.current = shared_from_this();
  managed.report = std::move(report);
  managed.asked = Tier::Original;
  managed.failure.reset();
}

void Installation::retire(const frozen::Retirement& why) noexcept {
  std::lock_guard lock(managed.mutex);
  if (managed.current.get() != this) return;
  const char* what = why.cause == frozen::Retirement::Cause::Changed     ? " has changed"
                     : why.cause == frozen::Retirement::Cause::Withdrawn ? " is not promised to be constant any more"
                                                                         : " was freed";
  // Neither it nor its code may be destroyed here. Its dependency is spent.
  reclaim_later(uninstall(managed, "its code was dropped: '" + std::string(why.region) + "'" + what));
}

void compile_managed(Engine& engine, const std::vector<std::shared_ptr<Managed>>& functions, Tier tier) {
  const frozen::Unrecorded unrecorded;
  for (const auto& function : functions) function->compiling.fetch_add(1);
  if (tier == Tier::Quick && functions.size() > 1)
    compile_together(engine, functions);
  else
    for (const auto& function : functions) compile_one(*function, tier);
  for (const auto& function : functions) {
    function->compiling.fetch_sub(1);
    function->compiling.notify_all();
  }
}

}  // namespace jit

}  // namespace inlay
