// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The handle of everything that Inlay compiles.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "inlay/gate.h"
#include "inlay/policy.h"
#include "inlay/report.h"
#include "inlay/signature.h"

namespace inlay {

namespace jit {
struct Managed;
}

namespace detail {

struct FunctionState;

/// The ways that calls of a handle go in, as functions of one type: R (*)(const FunctionState*, Pass<A>...).
struct Ways {
  void* original = nullptr;   // calls what was handed over
  void* counting = nullptr;   // counts, and calls the original
  void* quick = nullptr;      // counts, and calls what `target` says, through the gate
  void* gated = nullptr;      // calls what `target` says, through the gate
  void* verifying = nullptr;  // calls both and compares, through the gate; null: verify mode is off
};

/// What all copies of a handle share. Compiled code gets its address as first argument and reads `bound` through it, so
/// the first field stays where it is.
struct FunctionState {
  const std::byte* bound = nullptr;     // bytes of bound arguments that could not become constants
  std::atomic<void*> entry = nullptr;   // where calls go: one of the ways, or compiled code that stays
  std::atomic<void*> target = nullptr;  // compiled code that may be replaced while it runs: only behind the gate
  std::atomic<std::uint32_t> until_sample = 1;  // calls to count until one is looked at
  Ways ways;
  std::shared_ptr<void> callable;  // what `ways.original` calls
  std::vector<std::byte> bound_bytes;
  std::shared_ptr<jit::Managed> managed;                    // the library's side; null before it was asked
  std::atomic<std::uint64_t> verified = 0, mismatches = 0;  // calls in verify mode

  FunctionState() = default;
  FunctionState(const FunctionState&) = delete;
  ~FunctionState();
};

/// Processor clock ticks: only differences mean something.
inline std::uint64_t ticks() { return __builtin_ia32_rdtsc(); }

/// A call that was looked at has ended after so many ticks. May swap the state's entry; may compile.
void add_sample(const FunctionState& state, std::uint64_t elapsed) noexcept;

/// Looks at one call.
class Sample {
 public:
  explicit Sample(const FunctionState& state) : state_(state), began_(ticks()) {}
  Sample(const Sample&) = delete;
  ~Sample() { add_sample(state_, ticks() - began_); }

 private:
  const FunctionState& state_;
  std::uint64_t began_;
};

/// Whether this call is to be looked at. Threads that count at the same time may lose counts, which matters to nobody.
inline bool count_call(const FunctionState& state) {
  auto& until_sample = const_cast<FunctionState&>(state).until_sample;
  const std::uint32_t left = until_sample.load(std::memory_order_relaxed);
  if (left <= 1) return true;
  until_sample.store(left - 1, std::memory_order_relaxed);
  return false;
}

template <class R, class... A>
using EntryOf = R (*)(const FunctionState*, Pass<A>...);

template <class R, class... A>
[[gnu::noinline]] R call_sampled(const FunctionState* state, void* to, Pass<A>... arguments) {
  const Sample sample(*state);
  return reinterpret_cast<EntryOf<R, A...>>(to)(state, std::forward<Pass<A>>(arguments)...);
}

template <class R, class... A>
R call_counting(const FunctionState* state, Pass<A>... arguments) {
  void* to = state->ways.original;
  if (count_call(*state)) [[unlikely]]
    return call_sampled<R, A...>(state, to, std::forward<Pass<A>>(arguments)...);
  return reinterpret_cast<EntryOf<R, A...>>(to)(state, std::forward<Pass<A>>(arguments)...);
}

template <class R, class... A>
R call_quick(const FunctionState* state, Pass<A>... arguments) {
  const Entered entered;
  void* to = state->target.load(std::memory_order_acquire);
  if (count_call(*state)) [[unlikely]]
    return call_sampled<R, A...>(state, to, std::forward<Pass<A>>(arguments)...);
  return reinterpret_cast<EntryOf<R, A...>>(to)(state, std::forward<Pass<A>>(arguments)...);
}

template <class R, class... A>
R call_gated(const FunctionState* state, Pass<A>... arguments) {
  const Entered entered;
  void* to = state->target.load(std::memory_order_acquire);
  return reinterpret_cast<EntryOf<R, A...>>(to)(state, std::forward<Pass<A>>(arguments)...);
}

Tier tier_of(const FunctionState& state) noexcept;
Report report_of(const FunctionState& state);
Result<void> compile_now(const FunctionState& state, Tier tier);
void invalidate(const FunctionState& state) noexcept;
void add_back_edges(const FunctionState& state, std::uint64_t count) noexcept;

}  // namespace detail

template <class Signature>
class Function;

/// A function that was handed to Inlay. Calls run the original, or code that was compiled from it, as the Jit's policy
/// says; the code may be replaced at any time, also while it runs. Copies are the same function. Everything here is
/// safe from any number of threads at once; calls are, as far as the original is. It keeps alive what it needs: its
/// code, and the frozen memory that the code was made from.
template <class R, class... A>
class Function<R(A...)> {
 public:
  R operator()(A... arguments) const {
    auto entry = reinterpret_cast<detail::EntryOf<R, A...>>(state_->entry.load(std::memory_order_acquire));
    return entry(state_.get(), std::forward<A>(arguments)...);
  }

  /// What calls that begin now run.
  Tier tier() const { return detail::tier_of(*state_); }
  /// Whether that is compiled code.
  bool compiled() const { return tier() != Tier::Original; }
  /// What was done to make that code, what was not, and why. A copy; of the last attempt, if that failed.
  Report explain() const { return detail::report_of(*state_); }

  /// Compiles in this thread, whatever the policy and its budgets say, unless there is code of this tier or a better
  /// one. The error says why there is none; the original goes on to be called then.
  Result<void> compile_now(Tier tier = Tier::Optimized) const { return detail::compile_now(*state_, tier); }
  /// Drops the compiled code, and whatever is being compiled: calls that begin from here on run the original, and count
  /// from the beginning. Calls under way finish in the old code, whose memory comes back afterwards.
  void invalidate() const { detail::invalidate(*state_); }
  /// For interpreters that count: so many jumps backward were taken in the original, each as hot as a call.
  void add_back_edges(std::uint64_t count = 1) const { detail::add_back_edges(*state_, count); }

  /// In verify mode: how many calls were compared, and how many differed.
  std::uint64_t verified_calls() const { return state_->verified.load(); }
  std::uint64_t mismatches() const { return state_->mismatches.load(); }

  explicit Function(std::shared_ptr<detail::FunctionState> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<detail::FunctionState> state_;
};

}  // namespace inlay
