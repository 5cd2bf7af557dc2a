// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tiers/versions.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "frozen/recording.h"
#include "frozen/registry.h"
#include "jit/entry.h"
#include "jit/observe/trace.h"
#include "jit/tiers/dispatch.h"
#include "jit/tiers/epoch.h"
#include "jit/tiers/heat.h"
#include "jit/tiers/managed.h"

namespace inlay::jit {

namespace {

/// Values beyond are not noted until some of these are forgotten.
constexpr std::size_t MostCandidates = 64;
/// A value must be called so much more often than a version's own to take its place.
constexpr std::uint64_t WorthReplacing = 2;
/// What is known of a value from fewer samples is too uncertain for that: values that are all called alike would take
/// each other's place for ever.
constexpr unsigned SamplesToReplace = 32;

Values values_of(const Versions& versions, const std::uint64_t* arguments) {
  Values values;
  for (const unsigned argument : versions.arguments) values.push_back(arguments[argument]);
  return values;
}

/// Calls `see(parameter, value)` for each promoted parameter.
template <class Parameters, class See>
void for_each_promoted(Parameters& parameters, const Values& values, See see) {
  std::size_t next = 0;
  for (auto& parameter : parameters)
    if (parameter.promoted) see(parameter, values[next++]);
}

/// Whether code may know this: pointers only if they lead to constant memory or a runtime's symbol. Not to be asked
/// under the function's mutex: a region may end here.
bool can_be_known(const detail::Request& request, const Values& values) {
  bool can = true;
  for_each_promoted(request.parameters, values, [&](const detail::Parameter& parameter, std::uint64_t value) {
    const auto* pointer = reinterpret_cast<const void*>(value);
    if (parameter.type.value_class == detail::ValueClass::Pointer && pointer && !frozen::find(pointer) &&
        !runtime::find_symbol_at(pointer))
      can = false;
  });
  return can;
}

/// Half of what was noted, so that values that were hot long ago go.
void forget_some(std::vector<Candidate>& candidates) {
  for (Candidate& candidate : candidates) candidate.heat.calls /= 2, candidate.heat.ticks /= 2;
  std::erase_if(candidates, [](const Candidate& candidate) { return candidate.heat.calls == 0 && !candidate.asked; });
  if (candidates.size() < MostCandidates) return;
  auto coldest = std::min_element(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.asked != b.asked ? b.asked : a.heat.calls < b.heat.calls;
  });
  if (!coldest->asked) candidates.erase(coldest);
}

/// Equal ones are counted, so that there are not more and more of them.
void add_remark(Report& report, std::string reason) {
  for (Remark& remark : report.remarks)
    if (remark.kind == Remark::Kind::NotCompiled && remark.reason == reason) {
      ++remark.count;
      return;
    }
  report.remarks.push_back({Remark::Kind::NotCompiled, "", std::move(reason), {}});
}

Candidate* find(Versions& versions, const Values& values) {
  auto found = std::find_if(versions.candidates.begin(), versions.candidates.end(),
                            [&](const Candidate& candidate) { return candidate.values == values; });
  return found == versions.candidates.end() ? nullptr : &*found;
}

/// Whether there is a version for these values.
bool has_version(const Versions& versions, const Values& values) {
  return std::any_of(versions.all.begin(), versions.all.end(),
                     [&](const auto& version) { return version->values == values; });
}

/// The version to give up for this candidate; null if none is called so little.
std::shared_ptr<VersionCode> coldest_version(Versions& versions, const Candidate& candidate) {
  std::shared_ptr<VersionCode> coldest;
  std::uint64_t least = ~std::uint64_t{0};
  for (const auto& version : versions.all) {
    const std::uint64_t calls = version->calls_now() - version->calls_before;
    if (calls < least) least = calls, coldest = version;
  }
  if (candidate.samples < SamplesToReplace || candidate.recent.calls / WorthReplacing < least) return nullptr;
  return coldest;
}

/// The request with the promoted arguments bound to these values, as far as the code is concerned.
detail::Request request_with(const detail::Request& request, const Values& values) {
  detail::Request with = request;
  for_each_promoted(with.parameters, values, [](detail::Parameter& parameter, const std::uint64_t& value) {
    parameter.bound.resize(parameter.type.size);  // the machine is little-endian
    std::memcpy(parameter.bound.data(), &value, parameter.type.size);
  });
  return with;
}

std::vector<std::shared_ptr<frozen::Region>> holds_of(const detail::Request& request, const Values& values) {
  std::vector<std::shared_ptr<frozen::Region>> holds = request.holds;
  for_each_promoted(request.parameters, values, [&](const detail::Parameter& parameter, std::uint64_t value) {
    if (parameter.type.value_class != detail::ValueClass::Pointer) return;
    if (std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(value)))
      holds.push_back(object->region);
  });
  return holds;
}

Result<std::shared_ptr<VersionCode>> make_version(Managed& managed, const Values& values) {
  Engine& engine = *managed.engine;
  if (!can_be_known(managed.request, values))
    return Error(ErrorKind::InvalidArgument,
                 "a promoted pointer leads to memory that is neither frozen nor promised constant");
  const detail::Request request = request_with(managed.request, values);
  auto version = std::make_shared<VersionCode>();
  version->managed = &managed;
  version->values = values;
  version->report = managed.empty_report();
  for (int attempt = 0; attempt < MostAttempts; ++attempt) {
    Report report = managed.empty_report();
    Span span(engine.trace(), "compile", managed.title());
    span.note("function", managed.name);
    span.note("tier", "version");
    const CompileOptions options = with_policy(managed.options, engine.policy());
    const std::optional<Subject> subject = subject_of(request);
    const CpuTime time(engine.tally());
    INLAY_TRY(version->compiled, compile_entry(
                                     engine, options, report,
                                     [&](specialize::Symbols& symbols, const std::string& name) {
                                       return build_entry(symbols, request, {name}, report);
                                     },
                                     holds_of(managed.request, values), subject ? &*subject : nullptr));
    version->report = std::move(report);
    version->dependency = frozen::depend(*version, version->compiled.code->reads);
    if (version->dependency) return version;
  }
  return changed_each_time();
}

Result<Compiled> make_dispatch(Managed& managed, const std::vector<std::shared_ptr<VersionCode>>& versions) {
  std::vector<DispatchCase> cases;
  std::vector<HostSymbol> symbols;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const std::string number = std::to_string(i);
    cases.push_back({"inlay.version." + number, "inlay.calls." + number, versions[i]->values});
    symbols.push_back({cases.back().symbol, versions[i]->compiled.entry});
    symbols.push_back({cases.back().counter, &versions[i]->calls});
  }
  return compile_plain(*managed.engine, managed.title() + " [versions]", std::move(symbols),
                       [&](specialize::Symbols& unit, const std::string& name) {
                         return build_dispatch(unit, managed.request, {name}, cases);
                       });
}

/// A new dispatch for the versions as they are, put in place; again, as long as these change meanwhile. If that fails,
/// there is none.
void renew_dispatch(Managed& managed) {
  for (;;) {
    auto dispatch = std::make_shared<Dispatch>();
    std::uint64_t serial = 0;
    {
      std::lock_guard lock(managed.mutex);
      dispatch->versions = managed.versions->all;
      serial = managed.versions->serial;
    }
    std::optional<Error> error;
    if (dispatch->versions.empty()) {
      dispatch = nullptr;
    } else if (Result<Compiled> made = make_dispatch(managed, dispatch->versions); made) {
      dispatch->compiled = *std::move(made);
    } else {
      error = std::move(made).error();
      dispatch = nullptr;
    }
    std::shared_ptr<Dispatch> old;
    {
      std::lock_guard lock(managed.mutex);
      if (managed.versions->serial != serial) continue;
      if (error)
        add_remark(managed.report, "there is no way to the versions: " + error->message());
      else
        managed.versions->renewing = false;
      old = std::exchange(managed.versions->dispatch, dispatch);
      if (managed.state)
        managed.state->target.store(dispatch ? dispatch->compiled.entry : managed.state->ways.unversioned,
                                    std::memory_order_release);
    }
    managed.engine->tally().count(&Counters::swaps);
    trace_event(managed.engine->trace(), "swap", managed.title(), {{"to", "versions"}});
    reclaim(std::move(old));
    return;
  }
}

}  // namespace

void VersionCode::retire(const frozen::Retirement&) noexcept {
  valid.store(false);
  std::lock_guard lock(managed->mutex);
  Versions& versions = *managed->versions;
  auto is_this = [&](const auto& version) { return version.get() == this; };
  // No dispatch may lead there any more, be it that another version is just taking its place. A new one for the others
  // is made when a call is looked at.
  if (versions.dispatch &&
      std::any_of(versions.dispatch->versions.begin(), versions.dispatch->versions.end(), is_this)) {
    if (managed->state) managed->state->target.store(managed->state->ways.unversioned, std::memory_order_release);
    reclaim_later(std::move(versions.dispatch));
  }
  const auto found = std::find_if(versions.all.begin(), versions.all.end(), is_this);
  if (found == versions.all.end()) return;
  if (Candidate* candidate = find(versions, values)) candidate->asked = false;
  reclaim_later(std::move(*found));
  versions.all.erase(found);
  ++versions.serial;
  managed->engine->tally().count(&Counters::invalidated);
  trace_event(managed->engine->trace(), "invalidate", report.title());
}

/// The value that is expected, as word_of() has it: with its sign in front.
static std::uint64_t given_value(const detail::Parameter& parameter) {
  std::uint64_t value = 0;
  std::memcpy(&value, parameter.bound.data(), std::min(parameter.bound.size(), sizeof value));
  const unsigned unused = 64 - 8 * static_cast<unsigned>(std::min(parameter.bound.size(), sizeof value));
  if (parameter.type.value_class != detail::ValueClass::Signed) return value;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
}

std::unique_ptr<Versions> versions_for(detail::Request& request) {
  auto versions = std::make_unique<Versions>();
  for (detail::Parameter& parameter : request.parameters) {
    if (!parameter.promoted) continue;
    versions->arguments.push_back(static_cast<unsigned>(parameter.free_index));
    versions->expected.push_back(!parameter.bound.empty());
    versions->given.push_back(parameter.bound.empty() ? 0 : given_value(parameter));
    parameter.bound.clear();
  }
  if (versions->arguments.empty()) return nullptr;
  return versions;
}

std::optional<Values> note_values(Managed& managed, const std::uint64_t* arguments, const Heat& heat) {
  Versions& versions = *managed.versions;
  const Policy& policy = managed.engine->policy();
  if (policy.when == Policy::When::Never || managed.options.max_promoted == 0) return std::nullopt;
  if (!versions.dispatch && !versions.all.empty() && !std::exchange(versions.renewing, true)) return Values();
  const Values values = values_of(versions, arguments);
  Candidate* candidate = find(versions, values);
  if (!candidate) {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (versions.expected[i] && values[i] != versions.given[i]) return std::nullopt;
    if (versions.candidates.size() >= MostCandidates) forget_some(versions.candidates);
    if (versions.candidates.size() >= MostCandidates) return std::nullopt;
    candidate = &versions.candidates.emplace_back();
    candidate->values = values;
  }
  candidate->heat += heat;
  candidate->recent += heat;
  ++candidate->samples;
  if (candidate->asked || candidate->failed) return std::nullopt;
  if (policy.when == Policy::When::Now ? candidate->heat.calls < 2 : !is_worth_optimizing(candidate->heat, policy))
    return std::nullopt;
  if (versions.all.size() >= managed.options.max_promoted && !coldest_version(versions, *candidate))
    return std::nullopt;
  candidate->asked = true;
  return values;
}

void compile_version(Managed& managed, const Values& values) {
  const frozen::Unrecorded unrecorded;
  if (values.empty()) return renew_dispatch(managed);
  Tally& tally = managed.engine->tally();
  std::uint64_t times_taken = 0;
  {
    std::lock_guard lock(managed.mutex);
    Versions& versions = *managed.versions;
    const Candidate* candidate = find(versions, values);
    if (!managed.state || !candidate || !candidate->asked || has_version(versions, values)) {
      tally.count(&Counters::cancelled);
      return;
    }
    times_taken = versions.times_taken;
  }
  Result<std::shared_ptr<VersionCode>> version = make_version(managed, values);
  std::shared_ptr<VersionCode> evicted;
  bool wanted = false;
  {
    std::lock_guard lock(managed.mutex);
    Versions& versions = *managed.versions;
    Candidate* candidate = find(versions, values);
    if (!version) {
      // What changed while it was compiled may be quiet next time.
      if (candidate) candidate->failed = version.error().kind() != ErrorKind::Changed, candidate->asked = false;
      tally.count(&Counters::failed);
      add_remark(managed.report, "a version was not compiled: " + version.error().message());
      return;
    }
    // Who took all versions away since has dropped this one as well; what is asked for now is another one's.
    const bool is_this_one = candidate && candidate->asked && versions.times_taken == times_taken;
    wanted = managed.state && is_this_one && (*version)->valid.load();
    if (wanted && versions.all.size() >= managed.options.max_promoted) {
      evicted = coldest_version(versions, *candidate);
      wanted = evicted != nullptr;  // others that were asked for at the same time have come first
    }
    if (is_this_one && !wanted) candidate->asked = false;
    if (wanted) {
      if (evicted) std::erase(versions.all, evicted);
      if (Candidate* given_up = evicted ? find(versions, evicted->values) : nullptr)
        given_up->asked = false, given_up->heat = {};
      versions.all.push_back(*version);
      ++versions.serial;
      for (const auto& one : versions.all) one->calls_before = one->calls_now();
      for (Candidate& one : versions.candidates) one.recent = {}, one.samples = 0;
    }
  }
  if (!wanted) {
    (*version)->dependency = {};
    tally.count(&Counters::discarded);
    return;
  }
  tally.count(&Counters::versions);
  renew_dispatch(managed);
  if (!evicted) return;
  // From here on no call begins in it.
  evicted->dependency = {};
  reclaim(std::move(evicted));
  tally.count(&Counters::evicted);
  trace_event(managed.engine->trace(), "evict", managed.title());
}

Dropped take_versions(Managed& managed) {
  Versions& versions = *managed.versions;
  Dropped dropped{std::move(versions.dispatch), std::move(versions.all)};
  versions.all.clear();
  ++versions.serial;
  ++versions.times_taken;
  for (Candidate& candidate : versions.candidates)
    candidate.asked = false, candidate.heat = candidate.recent = {}, candidate.samples = 0;
  if (managed.state) managed.state->target.store(managed.state->ways.unversioned, std::memory_order_release);
  return dropped;
}

void drop_versions(Dropped dropped) {
  for (const auto& version : dropped.versions) version->dependency = {};
  reclaim(std::move(dropped.dispatch));
  for (auto& version : dropped.versions) reclaim(std::move(version));
}

}  // namespace inlay::jit
