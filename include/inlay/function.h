// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The handle of everything that Inlay compiles.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "inlay/report.h"
#include "inlay/signature.h"

namespace inlay {

namespace detail {

/// What all copies of a handle share. Compiled code gets its address as first argument and reads `bound` through it, so
/// the first field stays where it is.
struct FunctionState {
  const std::byte* bound = nullptr;    // bytes of bound arguments that could not become constants
  std::atomic<void*> entry = nullptr;  // R (*)(const FunctionState*, Pass<A>...)
  void* original = nullptr;            // of the same type: calls what was handed over
  void* compiled = nullptr;            // of the same type, or null
  std::shared_ptr<void> callable;      // what `original` calls
  std::vector<std::byte> bound_bytes;
  std::shared_ptr<void> code;  // keeps compiled code, and the frozen memory that it reads
  Report report;
  std::atomic<std::uint64_t> verified = 0, mismatches = 0;  // calls in verify mode
};

}  // namespace detail

template <class Signature>
class Function;

/// A function that was handed to Inlay: compiled code if there is some, else the original. Copies share it. Calls are
/// safe from any number of threads at once, as far as the original is. It keeps alive what it needs: its code, and the
/// frozen memory that the code was made from.
template <class R, class... A>
class Function<R(A...)> {
 public:
  using Entry = R (*)(const detail::FunctionState*, detail::Pass<A>...);

  R operator()(A... arguments) const {
    auto entry = reinterpret_cast<Entry>(state_->entry.load(std::memory_order_relaxed));
    return entry(state_.get(), std::forward<A>(arguments)...);
  }

  /// Whether calls run compiled code.
  bool compiled() const { return state_->report.compiled; }
  /// What was done, what was not, and why.
  const Report& explain() const { return state_->report; }
  /// In verify mode: how many calls were compared, and how many differed.
  std::uint64_t verified_calls() const { return state_->verified.load(); }
  std::uint64_t mismatches() const { return state_->mismatches.load(); }

  explicit Function(std::shared_ptr<detail::FunctionState> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<detail::FunctionState> state_;
};

}  // namespace inlay
