// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/managed.h"

#include <utility>

#include "frozen/recording.h"
#include "jit/batch.h"
#include "jit/entry.h"
#include "jit/epoch.h"
#include "jit/heat.h"
#include "jit/trace.h"
#include "specialize/symbols.h"

namespace inlay {

namespace jit {

namespace {

/// A compilation that overlapped with a change of what it read is made again, so often.
constexpr int MostAttempts = 3;

}  // namespace

std::string name_of(const detail::Request& request) {
  std::optional<runtime::SymbolAt> found = runtime::find_symbol_at(request.target);
  return found ? specialize::readable(std::string(found->symbol.name())) : request.what;
}

namespace {

void add_failure(Report& report, const Error& error) {
  report.compiled = false;
  report.remarks.insert(report.remarks.begin(), {Remark::Kind::NotCompiled, "", error.message(), error.place()});
}

/// Where calls of a function go that has no code. Its versions stay, and calls that fit one.
void lead_to_original(Managed& managed) {
  detail::FunctionState& state = *managed.state;
  state.generic.store(state.ways.original, std::memory_order_release);
  if (managed.versions) return;
  state.target.store(state.ways.original, std::memory_order_release);
  state.entry.store(managed.engine->policy().when == Policy::When::Never ? state.ways.original : state.ways.counting,
                    std::memory_order_release);
}

/// Leads calls back to the original. The function's mutex is held; what is returned is to be dropped without it, by
/// drop().
std::shared_ptr<Installation> uninstall(Managed& managed, std::string why) {
  ++managed.generation;
  if (std::exchange(managed.asked, Tier::Original) != Tier::Original) count(managed.engine->tally().cancelled);
  managed.failure.reset();
  managed.heat = {};
  managed.last_sample = 0;
  managed.interval = 1;
  std::shared_ptr<Installation> old = std::move(managed.current);
  if (!old) return nullptr;
  managed.may_be_replaced = true;
  if (managed.state) {
    managed.state->until_sample.store(1, std::memory_order_relaxed);
    lead_to_original(managed);
  }
  if (old->stays) managed.kept.push_back(old->compiled.code);
  std::string function = std::move(managed.report.function);
  managed.report = {};
  managed.report.function = std::move(function);
  managed.report.remarks.push_back({Remark::Kind::NotCompiled, "", std::move(why), {}});
  count(managed.engine->tally().invalidated);
  trace_event(managed.engine->trace(), "invalidate", managed.report.function);
  return old;
}

/// Gives up code that calls under way may still run.
void drop(std::shared_ptr<Installation> old) {
  if (!old) return;
  old->dependency = {};
  retire(std::move(old));
}

/// Whether the function still wants code of this tier; then which generation of it.
std::optional<std::uint64_t> begin(Managed& managed, Tier tier) {
  std::lock_guard lock(managed.mutex);
  if (managed.state && managed.tier() < tier) return managed.generation;
  if (std::exchange(managed.asked, Tier::Original) != Tier::Original) count(managed.engine->tally().cancelled);
  return std::nullopt;
}

/// Leads calls to the code if it is still wanted. False if what it read has changed meanwhile.
bool offer(Managed& managed, Tier tier, std::uint64_t generation, Compiled compiled, Report report) {
  auto fresh = std::make_shared<Installation>(managed, tier, generation, std::move(compiled), std::move(report));
  frozen::Dependency dependency = frozen::depend(*fresh, fresh->compiled.code->reads);
  if (!dependency) return false;
  Tally& tally = managed.engine->tally();
  if (!fresh->installed) {
    count(tally.discarded);
    return true;
  }
  count(tally.swaps);
  trace_event(managed.engine->trace(), "swap", name_of(managed.request), {{"to", std::string(to_string(tier))}});
  count(tier == Tier::Quick ? tally.quick : tally.optimized);
  {
    std::lock_guard lock(managed.mutex);
    if (managed.current == fresh) fresh->dependency = std::move(dependency);
  }
  drop(std::move(fresh->replaced));
  return true;
}

void fail(Managed& managed, std::uint64_t generation, Error error, Report report) {
  add_failure(report, error);
  count(managed.engine->tally().failed);
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

void compile_one(Managed& managed, Tier tier) {
  Engine& engine = *managed.engine;
  for (int attempt = 0; attempt < MostAttempts; ++attempt) {
    const std::optional<std::uint64_t> generation = begin(managed, tier);
    if (!generation) return;
    Report report;
    report.function = name_of(managed.request);
    Span span(engine.trace(), "compile", report.function);
    span.note("tier", std::string(to_string(tier)));
    const Clock::time_point began = Clock::now();
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
    trace_phases(engine, began, report);
    if (!compiled) return fail(managed, *generation, std::move(compiled).error(), std::move(report));
    if (offer(managed, tier, *generation, *std::move(compiled), report)) return;
    if (attempt + 1 == MostAttempts)
      fail(managed, *generation,
           Error(ErrorKind::BrokenPromise, "what the function reads has changed each time that it was compiled"),
           std::move(report));
  }
}

/// Several functions at once, of the quick tier. A function that cannot be compiled so is compiled alone.
void compile_together(Engine& engine, const std::vector<Managed*>& functions) {
  std::vector<Managed*> wanting;
  std::vector<std::uint64_t> generations;
  std::vector<BatchMember> members;
  std::vector<Managed*> alone;
  for (Managed* function : functions) {
    const CompileOptions options = options_for(*function, Tier::Quick);
    if (!can_be_batched(options)) {
      alone.push_back(function);
      continue;
    }
    const std::optional<std::uint64_t> generation = begin(*function, Tier::Quick);
    if (!generation) continue;
    wanting.push_back(function);
    generations.push_back(*generation);
    BatchMember& member = members.emplace_back();
    member.options = options;
    member.report.function = name_of(function->request);
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
  retire_later(uninstall(managed, "its code was dropped: '" + std::string(why.region) + "'" + what));
}

void compile_managed(Engine& engine, const std::vector<std::shared_ptr<Managed>>& functions, Tier tier) {
  const frozen::Unrecorded unrecorded;
  const auto set_compiling = [](Managed& function, bool now) {
    now ? function.compiling.fetch_add(1) : function.compiling.fetch_sub(1);
    if (!now) function.compiling.notify_all();
  };
  // A cache keeps functions one by one.
  if (tier != Tier::Quick || functions.size() == 1 || engine.options().cache) {
    for (const std::shared_ptr<Managed>& function : functions) {
      set_compiling(*function, true);
      compile_one(*function, tier);
      set_compiling(*function, false);
    }
    return;
  }
  std::vector<Managed*> together;
  for (const std::shared_ptr<Managed>& function : functions) {
    set_compiling(*function, true);
    together.push_back(function.get());
  }
  compile_together(engine, together);
  for (Managed* function : together) set_compiling(*function, false);
}

namespace {

/// Has a version made, in the background if there are threads for that.
void ask_for_version(const std::shared_ptr<Managed>& managed, Values values, double heat) {
  Engine& engine = *managed->engine;
  count(engine.tally().asked);
  if (!engine.has_budget()) return;  // its candidate stays as it is: asked for
  const bool pushed =
      engine.policy().when != Policy::When::Now && engine.pool().push(heat, [weak = std::weak_ptr(managed), values] {
        if (std::shared_ptr<Managed> still = weak.lock()) compile_version(*still, values);
      });
  if (!pushed) compile_version(*managed, values);
}

/// Whether nobody has invalidated it since it was asked for.
bool is_still_asked(Managed& managed) {
  std::lock_guard lock(managed.mutex);
  return managed.asked != Tier::Original;
}

/// A job of the pool, for several functions.
void make_quick(const std::vector<std::weak_ptr<void>>& items) {
  std::vector<std::shared_ptr<Managed>> functions;
  for (const std::weak_ptr<void>& item : items)
    if (auto still = std::static_pointer_cast<Managed>(item.lock()); still && is_still_asked(*still))
      functions.push_back(std::move(still));
  if (!functions.empty()) compile_managed(*functions.front()->engine, functions, Tier::Quick);
}

/// Has a function compiled, in the background if there are threads for that.
void ask(const std::shared_ptr<Managed>& managed, Tier tier, double heat) {
  Engine& engine = *managed->engine;
  count(engine.tally().asked);
  if (!engine.has_budget()) {
    std::lock_guard lock(managed->mutex);
    managed->asked = Tier::Original;
    managed->failure = Error(ErrorKind::InvalidArgument, "the budget for compiling is used up; see Policy");
    if (!managed->current)
      managed->report.remarks = {{Remark::Kind::NotCompiled, "", std::string(managed->failure->message()), {}}};
    return;
  }
  // The job does not keep the function: who drops it does not wait for that.
  const bool pushed = tier == Tier::Quick
                          ? engine.pool().push(heat, &make_quick, managed)
                          : engine.pool().push(heat, [weak = std::weak_ptr(managed), tier] {
                              if (std::shared_ptr<Managed> still = weak.lock(); still && is_still_asked(*still))
                                compile_managed(*still->engine, {still}, tier);
                            });
  if (!pushed) compile_managed(engine, {managed}, tier);
}

}  // namespace

}  // namespace jit

namespace detail {

FunctionState::~FunctionState() {
  if (!managed) return;
  std::shared_ptr<jit::Installation> current;
  std::vector<std::shared_ptr<jit::Code>> kept;
  jit::Dropped versions;
  {
    std::lock_guard lock(managed->mutex);
    managed->state = nullptr;
    if (std::exchange(managed->asked, Tier::Original) != Tier::Original && managed->compiling == 0)
      jit::count(managed->engine->tally().cancelled);
    current = std::move(managed->current);
    kept.swap(managed->kept);
    if (managed->versions) versions = jit::take_versions(*managed);
  }
  if (current) current->dependency = {};
  for (const auto& version : versions.versions) version->dependency = {};
}

void manage(const std::shared_ptr<jit::Engine>& engine, Request request, const CompileOptions& options,
            FunctionState& state) {
  const frozen::Unrecorded unrecorded;  // within a freeze(), what LLVM allocates is not the user's tree
  std::unique_ptr<jit::Versions> versions = jit::versions_for(request);
  for (const Parameter& parameter : request.parameters) {
    const std::size_t end = state.bound_bytes.size() + bound_space(parameter);
    state.bound_bytes.insert(state.bound_bytes.end(), parameter.bound.begin(), parameter.bound.end());
    state.bound_bytes.resize(end);
  }
  state.bound = state.bound_bytes.data();
  auto managed = std::make_shared<jit::Managed>(engine, std::move(request), options);
  managed->state = &state;
  managed->report.function = jit::name_of(managed->request);
  managed->versions = std::move(versions);
  state.managed = managed;
  jit::lead_to_original(*managed);
  if (managed->versions) {
    state.unversioned = state.ways.unversioned;
    state.target.store(state.ways.unversioned);
    state.entry.store(state.ways.verifying ? state.ways.verifying : state.ways.gated);
  }
  const Policy& policy = engine->policy();
  if (policy.when == Policy::When::Now) jit::compile_managed(*engine, {managed}, policy.highest);
  if (policy.when == Policy::When::Never)
    managed->report.remarks.push_back(
        {Remark::Kind::NotCompiled, "", "the policy says that nothing is compiled; see Policy and INLAY_JIT", {}});
}

void add_sample(const FunctionState& state, std::uint64_t elapsed, const std::uint64_t* arguments) noexcept try {
  const frozen::Unrecorded unrecorded;
  jit::Managed& managed = *state.managed;
  std::optional<Tier> wanted;
  std::optional<jit::Values> values;
  double ticks = 0;
  {
    std::unique_lock lock(managed.mutex, std::try_to_lock);
    if (!lock) return;  // another thread looks at it
    const jit::Heat heat = jit::add_heat(managed, elapsed);
    const_cast<FunctionState&>(state).until_sample.store(managed.interval, std::memory_order_relaxed);
    if (managed.versions && arguments) values = jit::note_values(managed, arguments, heat);
    wanted = jit::wanted_tier(managed, managed.engine->policy());
    if (wanted) managed.asked = *wanted;
    ticks = managed.heat.ticks;
  }
  if (values) jit::ask_for_version(managed.shared_from_this(), *std::move(values), ticks);
  if (wanted) jit::ask(managed.shared_from_this(), *wanted, ticks);
} catch (...) {  // out of memory: what there is will do
}

void add_back_edges(const FunctionState& state, std::uint64_t count) noexcept try {
  const frozen::Unrecorded unrecorded;
  jit::Managed& managed = *state.managed;
  std::optional<Tier> wanted;
  double ticks = 0;
  {
    std::lock_guard lock(managed.mutex);
    managed.heat.calls += count;
    wanted = jit::wanted_tier(managed, managed.engine->policy());
    if (!wanted) return;
    managed.asked = *wanted;
    ticks = managed.heat.ticks;
  }
  jit::ask(managed.shared_from_this(), *wanted, ticks);
} catch (...) {
}

std::vector<FunctionVersion> versions_of(const FunctionState& state) {
  const frozen::Unrecorded unrecorded;
  std::vector<FunctionVersion> versions;
  std::lock_guard lock(state.managed->mutex);
  if (!state.managed->versions) return versions;
  for (const auto& version : state.managed->versions->all)
    versions.push_back({{version->values.begin(), version->values.end()}, version->calls_now(), version->report});
  return versions;
}

Tier tier_of(const FunctionState& state) noexcept {
  std::lock_guard lock(state.managed->mutex);
  return state.managed->tier();
}

Report report_of(const FunctionState& state) {
  const frozen::Unrecorded unrecorded;
  jit::Managed& managed = *state.managed;
  std::lock_guard lock(managed.mutex);
  Report report = managed.report;
  if (!managed.current && !managed.failure && managed.engine->policy().when != Policy::When::Never)
    report.remarks.push_back(
        {Remark::Kind::NotCompiled,
         "",
         "it was not hot enough so far: " + std::to_string(managed.heat.calls) + " calls counted, " +
             std::to_string(static_cast<std::uint64_t>(managed.heat.ticks / jit::ticks_per_us())) + " us in them",
         {}});
  return report;
}

Result<void> compile_now(const FunctionState& state, Tier tier) {
  const std::shared_ptr<jit::Managed> managed = state.managed;
  for (;;) {
    {
      std::lock_guard lock(managed->mutex);
      if (managed->tier() >= tier) return {};
    }
    const unsigned compiling = managed->compiling.load();
    if (compiling == 0) break;
    managed->compiling.wait(compiling);
  }
  jit::compile_managed(*managed->engine, {managed}, tier);
  std::lock_guard lock(managed->mutex);
  if (managed->tier() >= tier) return {};
  if (managed->failure) return *managed->failure;
  return Error(ErrorKind::InvalidArgument, "the function was invalidated while it was compiled");
}

void invalidate(const FunctionState& state) noexcept {
  jit::Managed& managed = *state.managed;
  std::shared_ptr<jit::Installation> old;
  jit::Dropped versions;
  {
    std::lock_guard lock(managed.mutex);
    old = jit::uninstall(managed, "its code was dropped: invalidate() was called");
    if (managed.versions) versions = jit::take_versions(managed);
  }
  jit::drop(std::move(old));
  jit::drop_versions(std::move(versions));
}

}  // namespace detail

}  // namespace inlay
