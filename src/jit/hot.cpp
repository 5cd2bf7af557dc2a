// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counting, and finding code by program counter, from any number of interpreters at once. Both happen on each pass of
// an entry(), so they take no lock that anybody holds for long: slots to count in (hot_slots.h), with lists of versions
// (hot_versions.h).
#include "inlay/hot.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "frozen/recording.h"
#include "frozen/registry.h"
#include "jit/build.h"
#include "jit/epoch.h"
#include "jit/hot_entry.h"
#include "jit/hot_slots.h"
#include "jit/hot_versions.h"
#include "jit/trace.h"
#include "runtime/image.h"
#include "runtime/names.h"

namespace inlay {

namespace {

using jit::HotSlot;
using jit::HotVersion;

/// One activation of an interpreter is left and entered again so often, each time deeper in the stack; then it stays in
/// the interpreter.
constexpr std::uint64_t MaxDepth = 64;
/// Less often where that would fill the stack with copies of its stack variables.
constexpr std::uint64_t MaxBytesOfFrames = 512 * 1024;
/// To look at one in so many passes is enough to see what stays the same.
constexpr std::uint32_t ObservedEach = 8;
/// A compilation that overlapped with a change of what it read is made again, so often.
constexpr int MostAttempts = 3;
/// Each time that code is dropped since what it read has changed doubles the threshold, so often.
constexpr std::uint32_t MostDoublings = 10;
/// What a pass counts among functions that wait to be compiled too: as a call of so many processor ticks.
constexpr double TicksPerPass = 1000;

}  // namespace

/// One function with hints, which asks us: an interpreter, or each of the handlers that make one.
struct Watched : runtime::Entries {
  HotCode::State* state;
  jit::EntryPoints points;
  std::atomic<Entries*>* variable;  // of the native code
};

namespace {

/// One piece of code to compile.
struct Job {
  std::uint64_t id;  // in the order in which they were asked for
  HotSlot* slot;
  const Watched* function;
  const jit::EntryPlace* place;
  std::uint64_t key;
  std::vector<jit::Pin> pins;
  std::vector<frozen::Read> reads;  // the objects that the pins lead to, as far as that they are there
  std::vector<std::weak_ptr<frozen::Region>> regions;  // of these
  HotEntry entry;
};

/// Whether the HotCode is still there, for jobs in the background.
struct Presence {
  const pid_t process = getpid();  // after fork(), a child has none of the threads that run jobs
  std::mutex mutex;
  std::condition_variable all_done;
  HotCode::State* state;  // null: it goes, or is gone
  unsigned running = 0;
};

}  // namespace

struct HotCode::State {
  State(std::shared_ptr<jit::Engine> its_engine, const HotOptions& its_options)
      : engine(std::move(its_engine)),
        options(its_options),
        versions(std::make_shared<jit::HotVersions>(*engine)),
        presence(std::make_shared<Presence>()) {
    presence->state = this;
  }
  ~State();

  runtime::Way* ask(const Watched& function, std::uint32_t number, std::uint64_t key, const std::uint64_t* words);
  HotVersion* compile(HotSlot& slot, const Watched& function, const jit::EntryPlace& place, std::uint64_t key,
                      const std::uint64_t* words);
  std::optional<Job> job_for(HotSlot& slot, const Watched& function, const jit::EntryPlace& place, std::uint64_t key,
                             const std::uint64_t* words);
  bool push(const Job& job);
  enum class Then { Offer, Enter };
  HotVersion* run(Job job, Then then);
  void fail(Job& job, Error error);

  std::shared_ptr<jit::Engine> engine;
  HotOptions options;
  std::deque<Watched> watched;
  jit::HotSlots slots;
  const std::shared_ptr<jit::HotVersions> versions;
  const std::shared_ptr<Presence> presence;
  mutable std::mutex mutex;  // of what follows; not held while LLVM works
  bool told_unfrozen = false, told_budget = false;
  std::uint64_t last_id = 0;
  unsigned waiting = 0;                        // jobs that have not begun
  std::map<std::uint64_t, HotEntry> failures;  // the newest ones
};

namespace {

const jit::EntryPlace* place_of(const jit::EntryPoints& points, std::uint32_t number) {
  for (const jit::EntryPlace& place : points.places)
    if (place.number == number) return &place;
  return nullptr;
}

std::int64_t offset_in_program(std::uint64_t key) {
  std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(key));
  return static_cast<std::int64_t>(object ? key - reinterpret_cast<std::uint64_t>(object->begin) : key);
}

/// Whether much of this thread's stack is left. Handlers that tail-call one another cannot count how often they were
/// entered and left.
bool has_room() {
  struct Stack {
    Stack() {
      const frozen::Unrecorded unrecorded;
      pthread_attr_t attributes;
      if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
      void* lowest = nullptr;
      if (pthread_attr_getstack(&attributes, &lowest, &size) == 0) begin = reinterpret_cast<std::uintptr_t>(lowest);
      pthread_attr_destroy(&attributes);
    }
    std::uintptr_t begin = 0;
    std::size_t size = 0;
  };
  static thread_local const Stack stack;
  const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack.begin;
  return at >= stack.size || at > stack.size / 2;  // a stack of the program's own is not known
}

/// Where this thread has gone on in compiled code, and not been seen to come back: a bit for each depth. An activation
/// that was entered at one depth comes back one deeper. Guest calls within it may be taken for it.
thread_local constinit std::uint64_t entered_at = 0;

void notice_exit(const Watched& function, std::uint32_t depth) {
  if (depth == 0 || depth > 64) return;
  const std::uint64_t bit = std::uint64_t{1} << (depth - 1);
  if (!(entered_at & bit)) return;
  entered_at &= ~bit;
  jit::Engine& engine = *function.state->engine;
  jit::count(engine.tally().exits);
  if (engine.trace()) jit::trace_event(engine.trace(), "exit", specialize::readable(function.points.resume));
}

runtime::Way* asked(runtime::Entries* entries, std::uint32_t place, std::uint32_t depth, std::uint64_t key,
                    const std::uint64_t* words) noexcept try {
  auto* function = static_cast<Watched*>(entries);
  notice_exit(*function, depth);
  const std::uint64_t bytes = 2 * std::max<std::uint64_t>(function->points.frame_bytes, 1);  // the way in, the way out
  if (depth >= std::min(MaxDepth, MaxBytesOfFrames / bytes) || !has_room()) return nullptr;
  runtime::Way* way = function->state->ask(*function, place, key, words);
  if (way) entered_at |= std::uint64_t{1} << depth;
  return way;
} catch (...) {  // out of memory: the interpreter goes on
  return nullptr;
}

}  // namespace

HotCode::State::~State() {
  for (Watched& function : watched) {
    runtime::Entries* self = &function;
    function.variable->compare_exchange_strong(self, nullptr);
  }
  if (presence->process == getpid()) {
    std::unique_lock lock(presence->mutex);
    presence->state = nullptr;  // what has not begun does not begin any more
    presence->all_done.wait(lock, [this] { return presence->running == 0; });
  }
  engine->tally().cancelled.fetch_add(waiting, std::memory_order_relaxed);
  jit::drop_versions(*versions);
}

runtime::Way* HotCode::State::ask(const Watched& function, std::uint32_t number, std::uint64_t key,
                                  const std::uint64_t* words) {
  const jit::EntryPlace* place = place_of(function.points, number);
  HotSlot* slot = place ? slots.find(*place, key) : nullptr;
  if (!slot) return nullptr;
  HotVersion* version = jit::enter_version(*slot, *place, key, words);
  if (!version) {
    if (slot->done.load(std::memory_order_relaxed)) return nullptr;
    const std::uint32_t passes = slot->passes.fetch_add(1, std::memory_order_relaxed) + 1;
    if (passes % ObservedEach == 0 || options.threshold < 8 * ObservedEach) jit::observe(*slot, *place, words);
    const std::uint32_t changes = slot->changes.load(std::memory_order_relaxed);
    const std::uint64_t threshold = std::uint64_t{std::max(options.threshold, 1u)} << std::min(changes, MostDoublings);
    if (passes % threshold != 0) return nullptr;
    version = compile(*slot, function, *place, key, words);
    if (!version) return nullptr;
  }
  version->entered.fetch_add(1, std::memory_order_relaxed);
  jit::count(engine->tally().entered);
  return version;
}

/// What is to be compiled, if anything: decided in the thread that passes the entry, which knows what is there.
std::optional<Job> HotCode::State::job_for(HotSlot& slot, const Watched& function, const jit::EntryPlace& place,
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
  Job job{++last_id, &slot, &function, &place, key, jit::pins_for(slot, place, words, last), {}, {}, {}};
  job.entry.at = offset_in_program(key);
  job.entry.report.function = specialize::readable(function.points.resume);
  for (const jit::Pin& pin : job.pins) {
    if (place.words[pin.word] != jit::Word::Pointer) continue;
    std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(pin.value));
    if (!object) continue;
    job.reads.push_back({object->id, 0, 0});
    job.regions.push_back(object->region);
  }
  jit::count(engine->tally().asked);
  if (!engine->has_budget()) {
    slot.done = true;
    if (!std::exchange(told_budget, true))
      fail(job, Error(ErrorKind::InvalidArgument, "the budget for compiling is used up; see Policy"));
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
HotVersion* HotCode::State::run(Job job, Then then) {
  const frozen::Unrecorded unrecorded;
  jit::collect_retired();  // so that programs that come and go do not need a thread that does nothing else
  jit::Tally& tally = engine->tally();
  const Report unmade = job.entry.report;
  for (int attempt = 0; attempt < MostAttempts; ++attempt) {
    std::vector<std::shared_ptr<frozen::Region>> holds;  // as long as this takes
    for (const std::weak_ptr<frozen::Region>& region : job.regions) {
      holds.push_back(region.lock());
      if (holds.back()) continue;
      jit::count(tally.cancelled);  // the program is gone
      return nullptr;
    }
    jit::Span span(engine->trace(), "compile", unmade.function);
    span.note("at", std::to_string(job.entry.at));
    job.entry.report = unmade;
    std::vector<jit::Pin> pins = job.pins;
    const jit::Subject subject = jit::subject_of(job.function->points, *job.place, pins);
    std::optional<jit::CpuTime> time(tally);
    Result<jit::Compiled> compiled = jit::compile_entry(
        *engine, options.compile, job.entry.report,
        [&](specialize::Symbols& symbols, const std::string& name) {
          return jit::build_hot_entry(symbols, job.function->points, *job.place, pins, name);
        },
        {}, &subject);
    time.reset();
    if (!compiled) {
      job.slot->done = true;  // once is enough: it would fail again
      std::lock_guard lock(mutex);
      fail(job, std::move(compiled).error());
      return nullptr;
    }
    // As build_hot_entry() does it where it is called.
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
    jit::count(tally.optimized);
    return version.get();
  }
  std::lock_guard lock(mutex);
  fail(job, Error(ErrorKind::BrokenPromise, "what the program reads has changed each time that it was compiled"));
  return nullptr;
}

/// Notes why there is no code. The mutex is held.
void HotCode::State::fail(Job& job, Error error) {
  jit::count(engine->tally().failed);
  job.entry.report.compiled = false;
  job.entry.report.remarks.push_back({Remark::Kind::NotCompiled, "", error.message(), error.place()});
  failures.emplace(job.id, std::move(job.entry));
  if (failures.size() > std::max(options.max_entries, 1u)) failures.erase(failures.begin());
}

HotVersion* HotCode::State::compile(HotSlot& slot, const Watched& function, const jit::EntryPlace& place,
                                    std::uint64_t key, const std::uint64_t* words) {
  if (slot.busy.exchange(true)) return nullptr;  // another thread is at it; this one goes on
  const frozen::Unrecorded unrecorded;
  std::optional<Job> job = job_for(slot, function, place, key, words);
  if (job && options.background && push(*job)) return nullptr;  // busy until it is done
  HotVersion* version = job ? run(*std::move(job), Then::Enter) : nullptr;
  slot.busy = false;
  return version;
}

/// Has it compiled in the background; false if there is nobody to do that.
bool HotCode::State::push(const Job& job) {
  {
    std::lock_guard lock(mutex);
    ++waiting;
  }
  const double priority = TicksPerPass * job.slot->passes.load(std::memory_order_relaxed);
  auto shared = std::make_shared<Job>(job);
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

std::vector<HotEntry> HotCode::entries() const {
  std::map<std::uint64_t, HotEntry> all;
  {
    std::lock_guard lock(state_->mutex);
    all = state_->failures;
  }
  {
    std::lock_guard lock(state_->versions->mutex);
    for (const auto& [id, version] : state_->versions->all)
      if (version->is_linked) all.emplace(id, version->entry).first->second.entered = version->entered.load();
  }
  std::vector<HotEntry> entries;
  for (auto& [id, entry] : all) entries.push_back(std::move(entry));
  return entries;
}

Result<HotCode> detail::compile_hot(std::shared_ptr<jit::Engine> engine, const void* interpreter,
                                    const HotOptions& options) {
  const frozen::Unrecorded unrecorded;
  std::optional<runtime::SymbolAt> found = runtime::find_symbol_at(interpreter);
  if (!found || found->offset != 0)
    return Error(ErrorKind::NotFound,
                 "no runtime that is linked into this program has the code of this function; "
                 "compile the source that defines it with inlay_add_runtime");
  auto state = std::make_shared<HotCode::State>(std::move(engine), options);
  const runtime::Image& image = *found->symbol.image;
  for (const runtime::SymbolRecord& symbol : image.symbols()) {
    std::string name(image.symbol_name(symbol));
    const std::size_t suffix = name.find(runtime::EntriesSuffix);
    if (suffix == std::string::npos) continue;
    std::optional<runtime::SymbolRef> variable = runtime::find_symbol(name);
    if (!variable || variable->ambiguous || !variable->address) continue;
    // Internal functions and their variables end alike, in what makes both unique.
    name.erase(suffix, std::strlen(runtime::EntriesSuffix));
    jit::Engine::Borrowed workspace(*state->engine);
    INLAY_TRY(jit::EntryPoints points, jit::find_entry_points((*workspace).bodies, name));
    if (points.places.empty()) continue;
    auto* address = static_cast<std::atomic<runtime::Entries*>*>(const_cast<void*>(variable->address));
    if (address->load())
      return Error(ErrorKind::InvalidArgument,
                   "this interpreter's runtime is watched already; keep one HotCode for it");
    state->watched.push_back(Watched{{asked}, state.get(), std::move(points), address});
  }
  if (state->watched.empty())
    return Error(ErrorKind::InvalidArgument,
                 "nothing in the runtime '" + std::string(image.name()) +
                     "' can be entered: say inlay::entry(pc) where a guest function begins and on jumps backward, in "
                     "functions without setjmp and arrays of variable length");
  if (state->engine->policy().when == Policy::When::Never) return HotCode(std::move(state));
  // From here on running interpreters may ask. Nothing fails any more, but that another was quicker: what it watches is
  // its own.
  for (Watched& function : state->watched) {
    runtime::Entries* nobody = nullptr;
    function.variable->compare_exchange_strong(nobody, &function);
  }
  return HotCode(std::move(state));
}

}  // namespace inlay
