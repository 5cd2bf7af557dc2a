// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The handle of everything that Inlay compiles.
#pragma once

#include <atomic>
#include <cstdint>
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

/// A version of a function with promoted arguments.
struct FunctionVersion {
  std::vector<std::int64_t> values;  // of the promoted arguments, in the order of the parameters; pointers as addresses
  std::uint64_t calls = 0;
  Report report;
};

namespace detail {

struct FunctionState;

/// The ways that calls of a handle go in, as functions of one type: R (*)(const FunctionState*, Pass<A>...).
struct Ways {
  void* original = nullptr;     // calls what was handed over
  void* counting = nullptr;     // counts, and calls the original
  void* quick = nullptr;        // counts, and calls what `target` says, through the gate
  void* gated = nullptr;        // calls what `target` says, through the gate
  void* verifying = nullptr;    // calls both and compares, through the gate; null: verify mode is off
  void* unversioned = nullptr;  // of promoted arguments with other values than there are versions for: counts, and
                                // calls what `generic` says; always behind the gate
};

/// What all copies of a handle share. Compiled code gets its address as first argument and reads the first two fields
/// through it, so they stay where they are.
struct FunctionState {
  const std::byte* bound = nullptr;      // bytes of bound arguments that could not become constants
  void* unversioned = nullptr;           // the way of that name
  std::atomic<void*> entry = nullptr;    // where calls go: one of the ways, or compiled code that stays
  std::atomic<void*> target = nullptr;   // compiled code that may be replaced while it runs: only behind the gate
  std::atomic<void*> generic = nullptr;  // of a function with versions: its code for all other values, or the original
  std::atomic<std::uint32_t> until_sample = 2;  // calls to count until one is looked at
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

/// A call that was looked at has ended after so many ticks. May swap the state's entry; may compile. `arguments`: one
/// word for each, of a function with versions; else null.
void add_sample(const FunctionState& state, std::uint64_t elapsed, const std::uint64_t* arguments) noexcept;

/// Looks at one call.
class Sample {
 public:
  explicit Sample(const FunctionState& state, const std::uint64_t* arguments = nullptr)
      : state_(state), arguments_(arguments), began_(ticks()) {}
  Sample(const Sample&) = delete;
  ~Sample() { add_sample(state_, ticks() - began_, arguments_); }

 private:
  const FunctionState& state_;
  const std::uint64_t* arguments_;
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

/// `Original` by its name, so that counting is part of it and not another jump.
template <auto Original, class R, class... A>
R call_counting(const FunctionState* state, Pass<A>... arguments) {
  if (count_call(*state)) [[unlikely]]
    return call_sampled<R, A...>(state, reinterpret_cast<void*>(Original), std::forward<Pass<A>>(arguments)...);
  return Original(state, std::forward<Pass<A>>(arguments)...);
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

/// An argument as a word, to tell values apart: an integer, with its sign or zeros in front, or an address.
template <class A>
std::uint64_t word_of(const A& argument) {
  if constexpr (std::is_pointer_v<A>)
    return reinterpret_cast<std::uintptr_t>(argument);
  else if constexpr (std::is_integral_v<A> || std::is_enum_v<A>)
    return static_cast<std::uint64_t>(argument);
  else
    return 0;
}

template <class R, class... A>
[[gnu::noinline]] R call_sampled_with(const FunctionState* state, void* to, Pass<A>... arguments) {
  const std::uint64_t words[] = {word_of(arguments)..., 0};
  const Sample sample(*state, words);
  return reinterpret_cast<EntryOf<R, A...>>(to)(state, std::forward<Pass<A>>(arguments)...);
}

template <class R, class... A>
R call_unversioned(const FunctionState* state, Pass<A>... arguments) {
  void* to = state->generic.load(std::memory_order_acquire);
  if (count_call(*state)) [[unlikely]]
    return call_sampled_with<R, A...>(state, to, std::forward<Pass<A>>(arguments)...);
  return reinterpret_cast<EntryOf<R, A...>>(to)(state, std::forward<Pass<A>>(arguments)...);
}

Tier tier_of(const FunctionState& state) noexcept;
Report report_of(const FunctionState& state);
Result<void> compile_now(const FunctionState& state, Tier tier);
void compile_soon(const FunctionState& state, Tier tier) noexcept;
void invalidate(const FunctionState& state) noexcept;
void add_back_edges(const FunctionState& state, std::uint64_t count) noexcept;
std::vector<FunctionVersion> versions_of(const FunctionState& state);

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

  /// What a call does now, for callers that keep it in a struct of their own: `call(self, arguments…)`, at the cost of
  /// one indirect call. It goes on to do that: ask again when there may be better code (see tier()). Valid as long as a
  /// copy of this handle lives.
  struct Entry {
    R (*call)(const void* self, detail::Pass<A>... arguments);
    const void* self;
  };
  Entry entry() const {
    return {reinterpret_cast<R (*)(const void*, detail::Pass<A>...)>(state_->entry.load(std::memory_order_acquire)),
            state_.get()};
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
  /// For interpreters that count by themselves: asks for code of this tier or a better one, which the Jit's threads
  /// make; this thread, if there are none. Nothing happens if it was asked for already, could not be compiled, or the
  /// policy or its budgets are against it. Of functions whose Jit does not compile at once (Policy::hot()).
  void compile_soon(Tier tier = Tier::Optimized) const { detail::compile_soon(*state_, tier); }

  /// Drops the compiled code, and whatever is being compiled: calls that begin from here on run the original, and count
  /// from the beginning. Calls under way finish in the old code, whose memory comes back afterwards.
  void invalidate() const { detail::invalidate(*state_); }
  /// For interpreters that count: so many jumps backward were taken in the original. Each counts as a call, and the
  /// time since the last time that this was said counts as time in the function.
  void add_back_edges(std::uint64_t count = 1) const { detail::add_back_edges(*state_, count); }

  /// Of a function with promoted arguments: its versions, those made first in front. tier() and explain() are of the
  /// code for all other values.
  std::vector<FunctionVersion> versions() const { return detail::versions_of(*state_); }

  /// In verify mode: how many calls were compared, and how many differed.
  std::uint64_t verified_calls() const { return state_->verified.load(); }
  std::uint64_t mismatches() const { return state_->mismatches.load(); }

  explicit Function(std::shared_ptr<detail::FunctionState> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<detail::FunctionState> state_;
};

}  // namespace inlay
