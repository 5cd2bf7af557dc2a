// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counting, and finding code by program counter, from any number of interpreters at once. Both happen on each pass of
// an entry(), so they take no lock: a slot for each program counter, with a list of versions that only grows.
#include "inlay/hot.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>

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

struct HotCode::State {
  State(std::shared_ptr<jit::Engine> its_engine, const HotOptions& its_options)
      : engine(std::move(its_engine)), options(its_options) {}
  ~State() {
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
  std::vector<jit::Pin> pins_for(const Slot& slot, const jit::EntryPlace& place, const std::uint64_t* words,
                                 bool last) const;

  std::shared_ptr<jit::Engine> engine;
  HotOptions options;
  std::deque<Watched> watched;
  std::array<Slot, Slots> slots;
  mutable std::mutex mutex;  // of what follows, and of compiling
  bool told_unfrozen = false;
  struct Made {
    HotEntry entry;
    const Version* version;  // null: it could not be compiled
  };
  std::deque<Made> made;
  std::deque<Version> versions;
  std::deque<Sample> samples;
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

bool leads_to_frozen(const jit::EntryPlace& place, const std::vector<jit::Pin>& pins) {
  return std::any_of(pins.begin(), pins.end(), [&](const jit::Pin& pin) {
    return place.words[pin.word] == jit::Word::Pointer && frozen::find(reinterpret_cast<const void*>(pin.value));
  });
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

const Version* HotCode::State::compile(Slot& slot, const Watched& function, const jit::EntryPlace& place,
                                       std::uint64_t key, const std::uint64_t* words) {
  std::unique_lock lock(mutex, std::try_to_lock);
  if (!lock) return nullptr;  // another thread is compiling; this one goes on
  const frozen::Unrecorded unrecorded;
  unsigned count = 0;
  for (const Version* version = slot.versions.load(); version; version = version->next) ++count;
  if (count >= options.max_versions || made.size() >= options.max_entries) {
    slot.done = true;
    return nullptr;
  }
  const bool last = count > 0 && count + 1 == options.max_versions;
  std::vector<jit::Pin> pins = pins_for(slot, place, words, last);
  slot.sample = nullptr;
  HotEntry entry;
  entry.at = offset_in_program(key);
  entry.report.function = specialize::readable(function.points.resume);
  if (!leads_to_frozen(place, pins)) {
    // Said once. It may be frozen later, or another program may come to lie here.
    if (std::exchange(told_unfrozen, true)) return nullptr;
    entry.report.remarks.push_back({Remark::Kind::NotCompiled,
                                    "",
                                    "nothing that the interpreter has at hand at its entry leads to frozen memory; "
                                    "freeze the program before it runs",
                                    {}});
    made.push_back({std::move(entry), nullptr});
    return nullptr;
  }
  Result<jit::Compiled> compiled = jit::compile_entry(
      *engine, options.compile, entry.report, [&](specialize::Symbols& symbols, const std::string& name) {
        return jit::build_hot_entry(symbols, function.points, place, pins, name);
      });
  if (!compiled) {
    // Once is enough: it would fail again.
    slot.done = true;
    entry.report.compiled = false;
    entry.report.remarks.push_back(
        {Remark::Kind::NotCompiled, "", compiled.error().message(), compiled.error().place()});
    made.push_back({std::move(entry), nullptr});
    return nullptr;
  }
  Version& version = versions.emplace_back();
  version.place = &place;
  version.key = key;
  version.pins = std::move(pins);
  version.code = compiled->entry;
  version.owner = std::move(compiled->code);
  version.next = slot.versions.load();
  made.push_back({std::move(entry), &version});
  slot.versions.store(&version, std::memory_order_release);
  return &version;
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
    Watched& function = state->watched.emplace_back(Watched{{asked}, state.get(), std::move(points), address});
    runtime::Entries* nobody = nullptr;
    if (!address->compare_exchange_strong(nobody, &function))
      return Error(ErrorKind::InvalidArgument,
                   "this interpreter's runtime is watched already; keep one HotCode for it");
  }
  if (state->watched.empty())
    return Error(ErrorKind::InvalidArgument,
                 "nothing in the runtime '" + std::string(image.name()) +
                     "' can be entered: say inlay::entry(pc) where a guest function begins and on jumps backward, in "
                     "functions without setjmp and arrays of variable length");
  return HotCode(std::move(state));
}

}  // namespace inlay
