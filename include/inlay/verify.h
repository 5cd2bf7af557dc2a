// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verify mode: each call runs the original and the compiled code, on copies of the state, and compares.
#pragma once

#include <concepts>
#include <cstring>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <typeinfo>

#include "inlay/function.h"

namespace inlay {

/// How verify mode copies and compares a T that a function can change through a reference or pointer: copies with T's
/// copy constructor, compares with == if T has it, else by bytes if T is trivially copyable, else not at all.
template <class T>
struct VerifyDefaults {
  /// Whether copy() gives a T of its own, so that both runs can change theirs. Where it is false for an argument, calls
  /// are not verified: the original runs alone.
  static constexpr bool can_copy = std::is_copy_constructible_v<T>;
  /// Whether a T* argument leads to one T, and not to an array of unknown length: only then can what it leads to be
  /// copied. A reference always leads to one.
  static constexpr bool pointer_is_to_one = false;
  static T copy(const T& value) { return value; }
  static bool equal(const T& a, const T& b) {
    if constexpr (std::is_floating_point_v<T>)
      return std::memcmp(&a, &b, sizeof(T)) == 0 || (a != a && b != b);
    else if constexpr (std::equality_comparable<T>)
      return a == b || (!(a == a) && !(b == b));
    else if constexpr (std::has_unique_object_representations_v<T>)
      return std::memcmp(&a, &b, sizeof(T)) == 0;
    else
      return true;
  }
};

/// Specialize it for a type that needs something else, and inherit the rest from VerifyDefaults. The specialization
/// must be seen before a handle with that type is made.
template <class T>
struct VerifyTraits : VerifyDefaults<T> {};

namespace detail {

/// One argument, saved before the original runs so that the compiled code can run from the same state.
template <class A>
struct Saved {  // scalars and values: they cannot carry anything back
  using Value = std::remove_cvref_t<A>;
  static constexpr bool possible = std::is_copy_constructible_v<Value>;
  explicit Saved(const Value& value) : copy(value) {}
  Value copy;
  Value& again() { return copy; }
  bool agrees(const Value&) { return true; }
};

template <class T>
  requires(!std::is_const_v<T>)
struct Saved<T&> {
  static constexpr bool possible = VerifyTraits<T>::can_copy;
  explicit Saved(T& value) : copy(VerifyTraits<T>::copy(value)) {}
  T copy;
  T& again() { return copy; }
  bool agrees(const T& original) { return VerifyTraits<T>::equal(copy, original); }
};

template <class T>
struct Saved<const T&> {  // the original cannot change it, so both may look at the same
  static constexpr bool possible = true;
  explicit Saved(const T& value) : reference(value) {}
  const T& reference;
  const T& again() { return reference; }
  bool agrees(const T&) { return true; }
};

template <class T>
  requires(!std::is_const_v<T>)
struct Saved<T*> {
  // What is behind it may change, and how much there is nobody says, unless VerifyTraits does.
  static constexpr bool possible = [] {
    if constexpr (std::is_void_v<T>)
      return false;
    else if constexpr (std::is_function_v<T>)
      return true;
    else if constexpr (!VerifyTraits<T>::pointer_is_to_one)
      return false;  // T may be incomplete
    else
      return VerifyTraits<T>::can_copy;
  }();
  using Copy = std::conditional_t<possible && !std::is_function_v<T>, T, char>;
  explicit Saved(T* value) : pointer(value) {
    if constexpr (std::is_same_v<Copy, T>)
      if (value) copy.emplace(VerifyTraits<T>::copy(*value));
  }
  T* pointer;
  std::optional<Copy> copy;
  T* again() {
    if constexpr (std::is_same_v<Copy, T>)
      return copy ? &*copy : nullptr;
    else
      return pointer;
  }
  bool agrees(T* original) {
    if constexpr (std::is_same_v<Copy, T>)
      return !original || VerifyTraits<T>::equal(*copy, *original);
    else
      return true;
  }
};

/// What a call came to: a value, or an exception of some type.
template <class R>
struct Outcome {
  std::conditional_t<
      std::is_void_v<R>, std::optional<char>,
      std::conditional_t<std::is_reference_v<R>, std::optional<std::remove_reference_t<R>*>, std::optional<R>>>
      value;
  std::exception_ptr exception;

  template <class Call>
  void run(Call&& call) {
    try {
      if constexpr (std::is_void_v<R>)
        call(), value = 1;
      else if constexpr (std::is_reference_v<R>)
        value = std::addressof(call());
      else
        value.emplace(call());
    } catch (...) {
      exception = std::current_exception();
    }
  }
  static const char* type_of(const std::exception_ptr& e) {
    try {
      std::rethrow_exception(e);
    } catch (const std::exception& known) {
      return typeid(known).name();
    } catch (...) {
      return "";
    }
  }
  bool agrees(const Outcome& other) const {
    if (exception || other.exception)
      return exception && other.exception && std::strcmp(type_of(exception), type_of(other.exception)) == 0;
    if constexpr (std::is_void_v<R> || std::is_reference_v<R>)
      return true;  // where a result lies may differ by copy
    else if constexpr (std::is_pointer_v<R>)
      return true;
    else
      return VerifyTraits<R>::equal(*value, *other.value);
  }
  R take() {
    if (exception) std::rethrow_exception(exception);
    if constexpr (std::is_reference_v<R>)
      return static_cast<R>(**value);
    else if constexpr (!std::is_void_v<R>)
      return std::move(*value);
  }
};

/// The entry of a function in verify mode. The original runs last and on the caller's own arguments: its effects count.
template <class R, class... A>
R run_both(const FunctionState* state, Pass<A>... arguments) {
  using Entry = EntryOf<R, A...>;
  const Entered entered;
  std::optional<Sample> sample;
  if (!state->unversioned && count_call(*state)) sample.emplace(*state);  // of a function with versions, another counts
  auto* counters = const_cast<FunctionState*>(state);
  auto original = reinterpret_cast<Entry>(state->ways.original);
  if constexpr ((Saved<A>::possible && ...)) {
    auto compiled = reinterpret_cast<Entry>(state->target.load(std::memory_order_acquire));
    std::tuple<Saved<A>...> saved{Saved<A>(arguments)...};
    Outcome<R> fast, truth;
    std::apply(
        [&](auto&... copies) {
          fast.run([&]() -> R { return compiled(state, static_cast<Pass<A>>(copies.again())...); });
        },
        saved);
    truth.run([&]() -> R { return original(state, static_cast<Pass<A>>(arguments)...); });
    bool same =
        fast.agrees(truth) && std::apply([&](auto&... copies) { return (copies.agrees(arguments) && ...); }, saved);
    counters->verified.fetch_add(1, std::memory_order_relaxed);
    if (!same) counters->mismatches.fetch_add(1, std::memory_order_relaxed);
    return truth.take();
  } else {
    return original(state, static_cast<Pass<A>>(arguments)...);
  }
}

}  // namespace detail
}  // namespace inlay
