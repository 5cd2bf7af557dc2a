// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What becomes of a place that was passed often.
#include <algorithm>
#include <utility>

#include "frozen/recording.h"
#include "frozen/registry.h"
#include "frozen/source.h"
#include "jit/build.h"
#include "jit/hot/state.h"
#include "jit/observe/trace.h"
#include "jit/tiers/epoch.h"

namespace inlay {

namespace {

using jit::HotJob;
using jit::HotSlot;
using jit::HotVersion;

/// What a pass counts among functions that wait to be compiled too: as a call of so many processor ticks.
constexpr double TicksPerPass = 1000;

std::int64_t offset_in_program(std::uint64_t key) {
  std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(key));
  return static_cast<std::int64_t>(object ? key - reinterpret_cast<std::uint64_t>(object->begin) : key);
}

/// The guest's function and line as annotate_source() said, behind the name that the user gave all of it.
std::string name_of_place(const std::string& given, std::uint64_t key) {
  if (!frozen::any_source()) return given;
  std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(key));
  const std::shared_ptr<const frozen::SourceTable> table = object ? frozen::source_of(object->region) : nullptr;
  std::optional<frozen::SourcePlace> place = table ? table->code_at(key) : std::nullopt;
  if (!place) return given;
  std::string name = given.empty() ? "" : given + ' ';
  name += place->function->name;
  const std::string& file = place->function->file;
  return name + " (" + file.substr(file.rfind('/') + 1) + ':' + std::to_string(place->line) + ')';
}

}  // namespace

/// What is to be compiled, if anything: decided in the thread that passes the entry, which knows what is there.
std::optional<HotJob> HotCode::State::job_for(HotSlot& slot, const Watched& function, const jit::EntryPlace& place,
                                              std::uint64_t key, const std::uint64_t* words) {
  const unsigned count = jit::count_versions(slot);
  unsigned all = 0;
  {
    std::lock_guard lock(versions->mutex);
    all = versions->linked;
  }
  std::lock_guard lock(mutex);
  if (count >= options.max_versions) {
    slot.done = true;
    return std::nullopt;
  }
  if (all + waiting >= options.max_entries) return std::nullopt;  // until others go
  const bool last = count > 0 && count + 1 == options.max_versions;
  HotJob job{++last_id, &slot, &function, &place, key, jit::pins_for(slot, place, words, last), {}, {}, {}};
  job.entry.at = offset_in_program(key);
  job.entry.report.function = specialize::readable(function.points.resume);
  job.entry.report.name = name_of_place(options.compile.name, key);
  for (const jit::Pin& pin : job.pins) {
    if (place.words[pin.word] != jit::Word::Pointer) continue;
    std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(pin.value));
    if (!object) continue;
    job.reads.push_back({object->id, 0, 0});
    job.regions.push_back(object->region);
  }
  engine->tally().count(&Counters::asked);
  if (!engine->has_budget()) {
    refuse(job, all + waiting > 0);
    return std::nullopt;
  }
  if (job.regions.empty()) {
    // Said once. It may be frozen later, or another program may come to lie here.
    if (!std::exchange(told_unfrozen, true))
      fail(job,
           Error(ErrorKind::InvalidArgument,
                 "nothing that the interpreter has at hand at its entry leads to frozen memory; freeze the program "
                 "before it runs"));
    return std::nullopt;
  }
  if (jit::HotSample* sample = slot.sample.load()) sample->count = 0;
  return job;
}

/// Compiles, and offers the version to interpreters; null if there is none. Then::Enter: with this thread inside.
HotVersion* HotCode::State::run(HotJob job, Then then) {
  const frozen::Unrecorded unrecorded;
  jit::reclaim_what_was_left();  // so that programs that come and go do not need a thread that does nothing else
  jit::Tally& tally = engine->tally();
  const Report unmade = job.entry.report;
  for (int attempt = 0; attempt < jit::MostAttempts; ++attempt) {
    std::vector<std::shared_ptr<frozen::Region>> holds;  // as long as this takes
    for (const std::weak_ptr<frozen::Region>& region : job.regions) {
      holds.push_back(region.lock());
      if (holds.back()) continue;
      tally.count(&Counters::cancelled);  // the program is gone
      return nullptr;
    }
    jit::Span span(engine->trace(), "compile", unmade.title());
    span.note("function", unmade.function);
    span.note("at", std::to_string(job.entry.at));
    job.entry.report = unmade;
    std::vector<jit::Pin> pins = job.pins;
    const jit::Subject subject = jit::subject_of(job.function->points, *job.place, pins);
    std::optional<jit::CpuTime> time(tally);
    Result<jit::Compiled> compiled = jit::compile_entry(
        *engine, jit::with_policy(options.compile, engine->policy()), job.entry.report,
        [&](specialize::Symbols& symbols, const std::string& name) {
          return jit::build_way_in(symbols, job.function->points, *job.place, pins, name);
        },
        {}, &subject);
    time.reset();
    if (!compiled && compiled.error().kind() == ErrorKind::Changed) continue;
    if (!compiled) {
      job.slot->done = true;  // once is enough: it would fail again
      std::lock_guard lock(mutex);
      fail(job, std::move(compiled).error());
      return nullptr;
    }
    // As build_way_in() does it where it is called.
    std::uint64_t offset = 0;
    std::erase_if(pins, [&](const jit::Pin&) {
      const bool unknown = std::ranges::find(compiled->unknown_bound, offset) != compiled->unknown_bound.end();
      offset += sizeof(jit::Pin::value);
      return unknown;
    });
    auto version = std::make_shared<HotVersion>();
    version->home = versions;
    version->id = job.id;
    version->slot = job.slot;
    version->place = job.place;
    version->key = job.key;
    version->pins = std::move(pins);
    version->entry = job.entry;
    version->code = compiled->entry;
    version->owner = std::move(compiled->code);
    holds.insert(holds.end(), version->owner->regions.begin(), version->owner->regions.end());
    version->owner->regions.clear();
    version->set_regions(holds);
    std::vector<frozen::Read> reads = version->owner->reads;
    reads.insert(reads.end(), job.reads.begin(), job.reads.end());
    if (then == Then::Enter && !version->enter()) continue;
    if (!jit::add_version(version, reads)) continue;
    tally.count(&Counters::optimized);
    return version.get();
  }
  std::lock_guard lock(mutex);
  fail(job, Error(ErrorKind::Changed, "what the program reads has changed each time that it was compiled"));
  return nullptr;
}

/// Leaves a place to the interpreter since the budget is used up. The mutex is held.
void HotCode::State::refuse(HotJob& job, bool is_any_code_left) {
  if (!std::exchange(told_budget, true)) fail(job, jit::budget_is_used_up());
  if (engine->has_time()) {  // memory for code may come back when programs go
    job.slot->refusals.fetch_add(1);
    return;
  }
  job.slot->done = true;
  if (!is_any_code_left) stop_watching();  // to ask costs something with each pass
}

/// Notes why there is no code. The mutex is held.
void HotCode::State::fail(HotJob& job, Error error) {
  engine->tally().count(&Counters::failed);
  job.entry.report.compiled = false;
  job.entry.report.remarks.push_back({Remark::Kind::NotCompiled, "", error.message(), error.place()});
  failures.emplace(job.id, std::move(job.entry));
  if (failures.size() > std::max(options.max_entries, 1u)) failures.erase(failures.begin());
}

HotVersion* HotCode::State::compile(HotSlot& slot, const Watched& function, const jit::EntryPlace& place,
                                    std::uint64_t key, const std::uint64_t* words) {
  if (slot.busy.exchange(true)) return nullptr;  // another thread is at it; this one goes on
  const frozen::Unrecorded unrecorded;
  if (!engine->has_budget()) jit::reclaim_what_was_left();  // what is given back may be enough
  std::optional<HotJob> job = job_for(slot, function, place, key, words);
  if (job && options.background && push(*job)) return nullptr;  // busy until it is done
  HotVersion* version = job ? run(*std::move(job), Then::Enter) : nullptr;
  slot.busy = false;
  return version;
}

/// Has it compiled in the background; false if there is nobody to do that.
bool HotCode::State::push(const HotJob& job) {
  {
    std::lock_guard lock(mutex);
    ++waiting;
  }
  const double priority = TicksPerPass * job.slot->passes.load(std::memory_order_relaxed);
  auto shared = std::make_shared<HotJob>(job);
  const bool pushed = engine->pool().push(priority, [presence = presence, shared] {
    State* state = nullptr;
    {
      std::lock_guard lock(presence->mutex);
      state = presence->state;
      if (!state) return;
      ++presence->running;
    }
    {
      std::lock_guard lock(state->mutex);
      --state->waiting;
    }
    HotSlot& slot = *shared->slot;
    state->run(std::move(*shared), Then::Offer);
    slot.busy = false;
    std::lock_guard lock(presence->mutex);
    if (--presence->running == 0) presence->all_done.notify_all();
  });
  if (pushed) return true;
  std::lock_guard lock(mutex);
  --waiting;
  return false;
}

}  // namespace inlay
