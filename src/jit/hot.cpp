// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counting, and finding code by program counter, from any number of interpreters at once. Both happen on each pass of
// an entry(), so they take no lock: a slot for each program counter, with a list of versions that only grows.
#include "inlay/hot.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/hash.h"
#include "frozen/recording.h"
#include "frozen/registry.h"
#include "jit/build.h"
#include "jit/hot_entry.h"
#include "runtime/entries.h"
#include "runtime/image.h"
#include "runtime/names.h"

namespace inlay {

namespace {

/// One activation of an interpreter is left and entered again so often, each time deeper in the stack; then it stays in
/// the interpreter.
constexpr std::uint64_t MaxDepth = 64;
/// Less often where that would fill the stack with copies of its stack variables.
constexpr std::uint64_t MaxBytesOfFrames = 512 * 1024;
constexpr std::size_t Slots = 4096;
constexpr std::size_t Probes = 16;
/// Of the words beyond, it is not observed whether they stay the same.
constexpr std::size_t Observed = 64;
/// To look at one in so many passes is enough to see what stays the same.
constexpr std::uint32_t ObservedEach = 8;

/// What an entry was passed with at first, and what has changed since.
struct Sample {
  std::vector<std::uint64_t> words;
  std::atomic<std::uint64_t> changed = 0;  // a bit for each
};

struct Version {
  const jit::EntryPlace* place;
  std::uint64_t key;
  std::vector<jit::Pin> pins;
  void* code;
  std::shared_ptr<jit::Code> owner;
  mutable std::atomic<std::uint64_t> entered = 0;
  const Version* next = nullptr;
};

struct Slot {
  std::atomic<std::uint64_t> tag = 0;  // 0: free
  std::atomic<std::uint32_t> passes = 0;
  std::atomic<bool> done = false;  // nothing more will be compiled
  std::atomic<bool> busy = false;  // something is being compiled
  std::atomic<const Version*> versions = nullptr;
  std::atomic<Sample*> sample = nullptr;
};

}  // namespace

/// One function with hints, which asks us: an interpreter, or each of the handlers that make one.
struct Watched : runtime::Entries {
  HotCode::State* state;
  jit::EntryPoints points;
  std::atomic<Entries*>* variable;  // of the native code
};

/// One piece of code to compile.
struct Job {
  Slot* slot;
  const Watched* function;
  const jit::EntryPlace* place;
  std::uint64_t key;
  std::vector<jit::Pin> pins;
  std::vector<std::shared_ptr<frozen::Region>> holds;  // what the pins lead to
  HotEntry entry;
};

struct HotCode::State {
  State(std::shared_ptr<jit::Engine> its_engine, const HotOptions& its_options)
      : engine(std::move(its_engine)), options(its_options) {}
  ~State() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    more.notify_one();
    if (worker.joinable()) worker.join();
    for (Watched& function : watched) {
      runtime::Entries* self = &function;
      function.variable->compare_exchange_strong(self, nullptr);
    }
  }

  void* ask(const Watched& function, std::uint32_t number, std::uint64_t key, const std::uint64_t* words);
  Slot* slot_of(const jit::EntryPlace& place, std::uint64_t key);
  void observe(Slot& slot, const jit::EntryPlace& place, const std::uint64_t* words);
  const Version* compile(Slot& slot, const Watched& function, const jit::EntryPlace& place, std::uint64_t key,
                         const std::uint64_t* words);
  std::optional<Job> job_for(Slot& slot, const Watched& function, const jit::EntryPlace& place, std::uint64_t key,
                             const std::uint64_t* words);
  const Version* run(Job job);
  void fail(Job& job, Error error);
  void work();
  std::vector<jit::Pin> pins_for(const Slot& slot, const jit::EntryPlace& place, const std::uint64_t* words,
                                 bool last) const;

  std::shared_ptr<jit::Engine> engine;
  HotOptions options;
  std::deque<Watched> watched;
  std::array<Slot, Slots> slots;
  mutable std::mutex mutex;  // of what follows; not held while LLVM works
  bool told_unfrozen = false;
  struct Made {
    HotEntry entry;
    const Version* version;  // null: it could not be compiled
  };
  std::deque<Made> made;
  std::deque<Version> versions;
  std::deque<Sample> samples;
  std::deque<Job> jobs;  // for the worker
  std::condition_variable more;
  bool stopping = false;
  std::thread worker;
};

namespace {

const jit::EntryPlace* place_of(const jit::EntryPoints& points, std::uint32_t number) {
  for (const jit::EntryPlace& place : points.places)
    if (place.number == number) return &place;
  return nullptr;
}

std::uint64_t value_of(const jit::EntryPlace& place, unsigned word, const std::uint64_t* words) {
  return words[word] - (place.words[word] == jit::Word::IntoFrame ? words[place.frame_of[word]] : 0);
}

bool fits(const Version& version, const jit::EntryPlace& place, std::uint64_t key, const std::uint64_t* words) {
  if (version.place != &place || version.key != key) return false;
  for (const jit::Pin& pin : version.pins)
    if (value_of(place, pin.word, words) != pin.value) return false;
  return true;
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

void* asked(runtime::Entries* entries, std::uint32_t place, std::uint32_t depth, std::uint64_t key,
            const std::uint64_t* words) noexcept {
  auto* function = static_cast<Watched*>(entries);
  const std::uint64_t bytes = 2 * std::max<std::uint64_t>(function->points.frame_bytes, 1);  // the way in, the way out
  if (depth >= std::min(MaxDepth, MaxBytesOfFrames / bytes) || !has_room()) return nullptr;
  return function->state->ask(*function, place, key, words);
}

}  // namespace

Slot* HotCode::State::slot_of(const jit::EntryPlace& place, std::uint64_t key) {
  std::uint64_t what[] = {key, reinterpret_cast<std::uintptr_t>(&place)};
  const std::uint64_t tag = base::hash(what, sizeof what) | 1;
  for (std::size_t i = 0; i < Probes; ++i) {
    Slot& slot = slots[(tag / 2 + i) % Slots];
    std::uint64_t there = slot.tag.load(std::memory_order_relaxed);
    if (there == 0 && slot.tag.compare_exchange_strong(there, tag)) return &slot;
    if (there == tag) return &slot;
  }
  return nullptr;  // so many programs are counted that this one is not
}

void* HotCode::State::ask(const Watched& function, std::uint32_t number, std::uint64_t key,
                          const std::uint64_t* words) {
  const jit::EntryPlace* place = place_of(function.points, number);
  Slot* slot = place ? slot_of(*place, key) : nullptr;
  if (!slot) return nullptr;
  const Version* version = slot->versions.load(std::memory_order_acquire);
  while (version && !fits(*version, *place, key, words)) version = version->next;
  if (!version) {
    if (slot->done.load(std::memory_order_relaxed)) return nullptr;
    const std::uint32_t passes = slot->passes.fetch_add(1, std::memory_order_relaxed) + 1;
    if (passes % ObservedEach == 0 || options.threshold < 8 * ObservedEach) observe(*slot, *place, words);
    if (passes % std::max(options.threshold, 1u) != 0) return nullptr;
    version = compile(*slot, function, *place, key, words);
    if (!version) return nullptr;
  }
  version->entered.fetch_add(1, std::memory_order_relaxed);
  return version->code;
}

void HotCode::State::observe(Slot& slot, const jit::EntryPlace& place, const std::uint64_t* words) {
  const std::size_t count = std::min(place.words.size(), Observed);
  Sample* sample = slot.sample.load(std::memory_order_acquire);
  if (!sample) {
    std::unique_lock lock(mutex, std::try_to_lock);
    if (!lock || slot.sample.load(std::memory_order_relaxed)) return;
    const frozen::Unrecorded unrecorded;
    sample = &samples.emplace_back();
    for (unsigned i = 0; i < count; ++i) sample->words.push_back(value_of(place, i, words));
    slot.sample.store(sample, std::memory_order_release);
    return;
  }
  std::uint64_t changed = 0;
  for (unsigned i = 0; i < sample->words.size(); ++i)
    changed |= static_cast<std::uint64_t>(sample->words[i] != value_of(place, i, words)) << i;
  if (changed & ~sample->changed.load(std::memory_order_relaxed)) sample->changed.fetch_or(changed);
}

/// What to take for constant: the program counter and, but for the last version, all that leads to memory that may be
/// frozen and all that was the same each time.
std::vector<jit::Pin> HotCode::State::pins_for(const Slot& slot, const jit::EntryPlace& place,
                                               const std::uint64_t* words, bool last) const {
  const Sample* sample = slot.sample.load(std::memory_order_acquire);
  const std::uint64_t changed = sample ? sample->changed.load() : ~std::uint64_t{0};
  std::vector<jit::Pin> pins;
  for (unsigned i = 0; i < place.words.size(); ++i) {
    const std::uint64_t value = value_of(place, i, words);
    const bool same = sample && i < sample->words.size() && sample->words[i] == value && !(changed >> i & 1);
    bool pinned = place.is_key[i];
    switch (place.words[i]) {
      case jit::Word::Other:
      case jit::Word::Dead:
        continue;
      case jit::Word::Number:
      case jit::Word::IntoFrame:
        pinned |= same && !last;
        break;
      case jit::Word::Pointer:
        pinned |= same || !last;
        break;
    }
    if (pinned) pins.push_back({i, value});
  }
  return pins;
}

/// What is to be compiled, if anything: decided in the thread that passes the entry, which knows what is there.
std::optional<Job> HotCode::State::job_for(Slot& slot, const Watched& function, const jit::EntryPlace& place,
                                           std::uint64_t key, const std::uint64_t* words) {
  std::lock_guard lock(mutex);
  const frozen::Unrecorded unrecorded;
  unsigned count = 0;
  for (const Version* version = slot.versions.load(); version; version = version->next) ++count;
  if (count >= options.max_versions || made.size() + jobs.size() >= options.max_entries) {
    slot.done = true;
    return std::nullopt;
  }
  const bool last = count > 0 && count + 1 == options.max_versions;
  Job job{&slot, &function, &place, key, pins_for(slot, place, words, last), {}, {}};
  job.entry.at = offset_in_program(key);
  job.entry.report.function = specialize::readable(function.points.resume);
  for (const jit::Pin& pin : job.pins)
    if (place.words[pin.word] == jit::Word::Pointer)
      if (std::optional<frozen::Object> object = frozen::find(reinterpret_cast<const void*>(pin.value)))
        job.holds.push_back(object->region);
  if (job.holds.empty()) {
    // Said once. It may be frozen later, or another program may come to lie here.
    if (std::exchange(told_unfrozen, true)) return std::nullopt;
    fail(job, Error(ErrorKind::InvalidArgument,
                    "nothing that the interpreter has at hand at its entry leads to frozen memory; freeze the program "
                    "before it runs"));
    return std::nullopt;
  }
  slot.sample = nullptr;
  return job;
}

const Version* HotCode::State::run(Job job) {
  const frozen::Unrecorded unrecorded;
  const jit::Subject subject = jit::subject_of(job.function->points, *job.place, job.pins);
  Result<jit::Compiled> compiled = jit::compile_entry(
      *engine, options.compile, job.entry.report,
      [&](specialize::Symbols& symbols, const std::string& name) {
        return jit::build_hot_entry(symbols, job.function->points, *job.place, job.pins, name);
      },
      job.holds, &subject);
  if (compiled) {
    // As build_hot_entry() does it where it is called.
    std::uint64_t offset = 0;
    std::erase_if(job.pins, [&](const jit::Pin&) {
      const bool unknown = std::ranges::find(compiled->unknown_bound, offset) != compiled->unknown_bound.end();
      offset += sizeof(jit::Pin::value);
      return unknown;
    });
  }
  std::lock_guard lock(mutex);
  if (!compiled) {
    job.slot->done = true;  // once is enough: it would fail again
    fail(job, std::move(compiled).error());
    return nullptr;
  }
  Version& version = versions.emplace_back();
  version.place = job.place;
  version.key = job.key;
  version.pins = std::move(job.pins);
  version.code = compiled->entry;
  version.owner = std::move(compiled->code);
  version.next = job.slot->versions.load();
  made.push_back({std::move(job.entry), &version});
  job.slot->versions.store(&version, std::memory_order_release);
  return &version;
}

/// Notes why there is no code. The mutex is held.
void HotCode::State::fail(Job& job, Error error) {
  job.entry.report.compiled = false;
  job.entry.report.remarks.push_back({Remark::Kind::NotCompiled, "", error.message(), error.place()});
  made.push_back({std::move(job.entry), nullptr});
}

const Version* HotCode::State::compile(Slot& slot, const Watched& function, const jit::EntryPlace& place,
                                       std::uint64_t key, const std::uint64_t* words) {
  if (slot.busy.exchange(true)) return nullptr;  // another thread is at it; this one goes on
  std::optional<Job> job = job_for(slot, function, place, key, words);
  if (job && options.background) {
    std::lock_guard lock(mutex);
    const frozen::Unrecorded unrecorded;
    if (!worker.joinable()) worker = std::thread([this] { work(); });
    jobs.push_back(*std::move(job));
    more.notify_one();
    return nullptr;  // busy until it is done
  }
  const Version* version = job ? run(*std::move(job)) : nullptr;
  slot.busy = false;
  return version;
}

void HotCode::State::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    more.wait(lock, [this] { return stopping || !jobs.empty(); });
    if (stopping) return;
    Job job = std::move(jobs.front());
    jobs.pop_front();
    Slot& slot = *job.slot;
    lock.unlock();
    run(std::move(job));
    slot.busy = false;
    lock.lock();
  }
}

std::vector<HotEntry> HotCode::entries() const {
  std::lock_guard lock(state_->mutex);
  std::vector<HotEntry> all;
  for (const State::Made& made : state_->made) {
    all.push_back(made.entry);
    if (made.version) all.back().entered = made.version->entered.load();
  }
  return all;
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
  // From here on running interpreters may ask. Nothing fails any more, but that another was quicker: what it watches is
  // its own.
  for (Watched& function : state->watched) {
    runtime::Entries* nobody = nullptr;
    function.variable->compare_exchange_strong(nobody, &function);
  }
  return HotCode(std::move(state));
}

}  // namespace inlay
