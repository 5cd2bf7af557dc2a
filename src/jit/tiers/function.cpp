// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What handles ask of the library: inlay/function.h, seen from behind.
#include "inlay/function.h"

#include <algorithm>
#include <utility>

#include "frozen/recording.h"
#include "jit/tiers/heat.h"
#include "jit/tiers/managed.h"

namespace inlay {

namespace jit {

namespace {

/// Has a version made, in the background if there are threads for that.
void ask_for_version(const std::shared_ptr<Managed>& managed, Values values, double heat) {
  Engine& engine = *managed->engine;
  engine.tally().count(&Counters::asked);
  const bool renews = values.empty();           // only the way to what there is
  if (!renews && !engine.has_budget()) return;  // its candidate stays as it is: asked for
  const bool pushed =
      engine.policy().when != Policy::When::Now &&
      engine.pool().push(heat, [weak = std::weak_ptr(managed), values, renews] {
        if (std::shared_ptr<Managed> still = weak.lock(); still && (renews || still->engine->has_budget()))
          compile_version(*still, values);
      });
  if (!pushed) compile_version(*managed, values);
}

/// Whether nobody has invalidated it since it was asked for.
bool is_still_asked(Managed& managed) {
  std::lock_guard lock(managed.mutex);
  return managed.asked != Tier::Original;
}

/// Leaves a function that was asked for as it is if nothing is left to compile it with, and says so. If that is memory,
/// it is asked for again when it has become as hot once more: memory may have come back. Time does not.
bool is_refused(Managed& managed) {
  if (managed.engine->has_budget()) return false;
  std::lock_guard lock(managed.mutex);
  managed.asked = Tier::Original;
  managed.heat = {};
  if (managed.current) return true;
  managed.report.remarks = {{Remark::Kind::NotCompiled, "", budget_is_used_up().message(), {}}};
  if (!managed.engine->has_time() && managed.state) {
    managed.given_up = true;
    lead_to_original(managed);
  }
  return true;
}

/// A job of the pool, for several functions.
void make_quick(const std::vector<std::weak_ptr<void>>& items) {
  std::vector<std::shared_ptr<Managed>> functions;
  for (const std::weak_ptr<void>& item : items)
    if (auto still = std::static_pointer_cast<Managed>(item.lock());
        still && is_still_asked(*still) && !is_refused(*still))  // others may have used the budget up meanwhile
      functions.push_back(std::move(still));
  if (!functions.empty()) compile_managed(*functions.front()->engine, functions, Tier::Quick);
}

/// The tier to ask for now, if any; from here on it is asked for. The function's mutex is held.
std::optional<Tier> take_wish(Managed& managed) {
  const std::optional<Tier> wanted = wanted_tier(managed, managed.engine->policy());
  if (wanted) managed.asked = *wanted;
  return wanted;
}

/// Has a function compiled, in the background if there are threads for that.
void ask(const std::shared_ptr<Managed>& managed, Tier tier, double heat) {
  Engine& engine = *managed->engine;
  engine.tally().count(&Counters::asked);
  if (is_refused(*managed)) return;
  // The job does not keep the function: who drops it does not wait for that.
  const bool pushed = tier == Tier::Quick ? engine.pool().push(heat, &make_quick, managed)
                                          : engine.pool().push(heat, [weak = std::weak_ptr(managed), tier] {
                                              if (std::shared_ptr<Managed> still = weak.lock();
                                                  still && is_still_asked(*still) && !is_refused(*still))
                                                compile_managed(*still->engine, {still}, tier);
                                            });
  if (!pushed) compile_managed(engine, {managed}, tier);
}

}  // namespace

}  // namespace jit

namespace detail {

std::shared_ptr<FunctionState> new_function_state() {
  const frozen::Unrecorded unrecorded;
  return std::make_shared<FunctionState>();
}

FunctionState::~FunctionState() {
  if (!managed) return;
  const frozen::Unrecorded unrecorded;
  std::shared_ptr<jit::Installation> current;
  std::vector<std::shared_ptr<jit::Code>> kept;
  jit::Dropped versions;
  {
    std::lock_guard lock(managed->mutex);
    managed->state = nullptr;
    if (std::exchange(managed->asked, Tier::Original) != Tier::Original && managed->compiling == 0)
      managed->engine->tally().count(&Counters::cancelled);
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
  managed->report = managed->empty_report();
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
    wanted = jit::take_wish(managed);
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
    jit::add_edges(managed, count);
    wanted = jit::take_wish(managed);
    ticks = managed.heat.ticks;
  }
  if (wanted) jit::ask(managed.shared_from_this(), *wanted, ticks);
} catch (...) {
}

void compile_soon(const FunctionState& state, Tier tier) noexcept try {
  const frozen::Unrecorded unrecorded;
  jit::Managed& managed = *state.managed;
  double ticks = 0;
  {
    std::lock_guard lock(managed.mutex);
    const Policy& policy = managed.engine->policy();
    tier = std::min(tier, policy.highest);
    if (policy.when == Policy::When::Never || managed.failure || std::max(managed.tier(), managed.asked) >= tier)
      return;
    managed.asked = tier;
    ticks = managed.heat.ticks;
  }
  jit::ask(managed.shared_from_this(), tier, ticks);
} catch (...) {  // out of memory: what there is will do
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
  if (!managed.current && managed.asked != Tier::Original)
    report.remarks.push_back(
        {Remark::Kind::NotCompiled, "", "it is being compiled, or waits for that; see Jit::wait_for_background()", {}});
  else if (!managed.current && !managed.failure && !managed.given_up &&
           managed.engine->policy().when != Policy::When::Never)
    report.remarks.push_back(
        {Remark::Kind::NotCompiled,
         "",
         "it was not hot enough so far: " + std::to_string(managed.heat.calls) + " calls counted, " +
             std::to_string(static_cast<std::uint64_t>(managed.heat.ticks / jit::ticks_per_us())) + " us in them",
         {}});
  return report;
}

Result<void> compile_now(const FunctionState& state, Tier tier) {
  const frozen::Unrecorded unrecorded;
  const std::shared_ptr<jit::Managed> managed = state.managed;
  for (;;) {
    {
      std::lock_guard lock(managed->mutex);
      if (managed->tier() >= tier) return {};
    }
    const unsigned compiling = managed->compiling.load();
    if (compiling == 0 || managed->engine->pool().is_of_another_process()) break;
    managed->compiling.wait(compiling);
  }
  jit::compile_managed(*managed->engine, {managed}, tier);
  std::lock_guard lock(managed->mutex);
  if (managed->tier() >= tier) return {};
  if (managed->failure) return *managed->failure;
  return Error(ErrorKind::Changed, "the function was invalidated while it was compiled");
}

void invalidate(const FunctionState& state) noexcept {
  const frozen::Unrecorded unrecorded;
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
