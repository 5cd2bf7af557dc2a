// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counting, and finding code by program counter, from any number of interpreters at once. Both happen on each pass of
// an entry(), so they take no lock that anybody holds for long: slots to count in (slots.h), with lists of versions
// (versions.h).
#include "inlay/hot.h"

#include <pthread.h>

#include <algorithm>
#include <cstring>

#include "frozen/recording.h"
#include "jit/hot/state.h"
#include "jit/observe/trace.h"
#include "jit/tiers/heat.h"
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

const jit::EntryPlace* place_of(const jit::EntryPoints& points, std::uint32_t number) {
  for (const jit::EntryPlace& place : points.places)
    if (place.number == number) return &place;
  return nullptr;
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
  engine.tally().count(&Counters::exits);
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

/// From here on interpreters do not ask any more, but for those that are just about to.
void HotCode::State::stop_watching() {
  for (Watched& function : watched) {
    runtime::Entries* self = &function;
    function.variable->compare_exchange_strong(self, nullptr);
  }
}

HotCode::State::~State() {
  stop_watching();
  if (presence->process == getpid()) {
    std::unique_lock lock(presence->mutex);
    presence->state = nullptr;  // what has not begun does not begin any more
    presence->all_done.wait(lock, [this] { return presence->running == 0; });
  }
  engine->tally().count(&Counters::cancelled, waiting);
  jit::give_up_all(*versions);
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
    const std::uint32_t doublings =
        slot->changes.load(std::memory_order_relaxed) + slot->refusals.load(std::memory_order_relaxed);
    const std::uint64_t threshold = std::uint64_t{std::max(options.threshold, 1u)}
                                    << std::min(doublings, jit::MostDoublings);
    if (passes % threshold != 0) return nullptr;
    version = compile(*slot, function, *place, key, words);
    if (!version) return nullptr;
  }
  version->entered.fetch_add(1, std::memory_order_relaxed);
  engine->tally().count(&Counters::entered);
  return version;
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
