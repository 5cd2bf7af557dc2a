// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Binding arguments of the function that is specialized, as std::bind does: constant(x) for those that are known,
// placeholders for those that stay.
#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <variant>

#include "inlay/frozen.h"
#include "inlay/signature.h"

namespace inlay {

/// Names an argument whose value is known. For a parameter that is a reference, the object that is named is bound; it
/// must live as long as the specialized function. Folding what a pointer or reference leads to needs that memory to be
/// frozen or promised constant.
/// Of a Frozen<T>, the specialized function keeps the memory.
template <class T>
struct Constant {
  const T* object;
  std::shared_ptr<frozen::Region> region = nullptr;
};
template <class T>
Constant<T> constant(const T& value) {
  return {std::addressof(value)};
}
template <class T>
Constant<T> constant(const Frozen<T>& value) {
  return {value.get(), value.region()};
}

/// A placeholder for an argument that stays, but is worth knowing: the handle makes versions of the function for values
/// that calls often pass, and calls them where that value is passed again.
template <int N>
struct Promoted {};
template <class P>
  requires(std::is_placeholder_v<P> > 0)
constexpr Promoted<std::is_placeholder_v<P>> promote(P) {
  return {};
}

/// The same for one value that is known from the beginning.
template <int N, class T>
struct Expected {
  T value;
};
template <class P, class T>
  requires(std::is_placeholder_v<P> > 0)
constexpr Expected<std::is_placeholder_v<P>, T> expect(P, T value) {
  return {value};
}

}  // namespace inlay

template <int N>
struct std::is_placeholder<inlay::Promoted<N>> : std::integral_constant<int, N> {};
template <int N, class T>
struct std::is_placeholder<inlay::Expected<N, T>> : std::integral_constant<int, N> {};

namespace inlay {
namespace detail {

template <class B>
constexpr bool is_promoted = false;
template <int N>
constexpr bool is_promoted<Promoted<N>> = true;
template <class B>
constexpr bool is_expected = false;
template <int N, class T>
constexpr bool is_expected<Expected<N, T>> = true;

template <class B>
constexpr int placeholder = std::is_placeholder_v<std::remove_cvref_t<B>>;

/// The position of the binding that is placeholder `k`, or sizeof...(B) if there is none.
template <int K, class... B>
constexpr std::size_t position_of() {
  std::size_t at = 0, found = sizeof...(B);
  ((placeholder<B> == K ? found = at++ : at++), ...);
  return found;
}

template <class... B>
constexpr int count_free = ((placeholder<B> > 0 ? 1 : 0) + ... + 0);

template <class... B>
constexpr bool placeholders_complete = []<std::size_t... K>(std::index_sequence<K...>) {
  return ((position_of<static_cast<int>(K) + 1, B...>() < sizeof...(B)) && ...);
}(std::make_index_sequence<count_free<B...>>{});

/// The value that a binding gives to a parameter of type P, kept for calls of the original.
template <class P, class T>
decltype(auto) bound_value(const Constant<T>& binding) {
  static_assert(std::is_convertible_v<const T&, P> || (std::is_reference_v<P> && std::is_convertible_v<T&, P>),
                "the constant does not convert to the type of its parameter");
  if constexpr (std::is_reference_v<P>)
    return static_cast<P>(const_cast<T&>(*binding.object));
  else
    return static_cast<P>(*binding.object);
}

/// Storage for it: a reference is kept as a pointer, and nothing for a placeholder.
template <class P, class B>
using Kept =
    std::conditional_t<(placeholder<B> > 0), std::monostate,
                       std::conditional_t<std::is_reference_v<P>, std::remove_reference_t<P>*, std::remove_cv_t<P>>>;

template <class P, class B>
Kept<P, B> keep(const B& binding) {
  if constexpr (placeholder<B> > 0)
    return {};
  else if constexpr (std::is_reference_v<P>)
    return std::addressof(bound_value<P>(binding));
  else
    return bound_value<P>(binding);
}

template <class P, class B>
Parameter describe(const B& binding) {
  Parameter parameter;
  parameter.type = value_type<P>();
  if constexpr (placeholder<B> > 0) {
    parameter.free_index = placeholder<B> - 1;
    if constexpr (is_promoted<B> || is_expected<B>) {
      static_assert(is_scalar_value<P> && !std::is_floating_point_v<P>,
                    "only integers of up to 64 bits, enumerations, bool and pointers have versions");
      parameter.promoted = true;
      if constexpr (is_expected<B>) {
        static_assert(std::is_convertible_v<decltype(binding.value), P>,
                      "the expected value does not convert to the type of its parameter");
        parameter.bound = bytes_of(static_cast<std::remove_cv_t<P>>(binding.value));
      }
    }
  } else {
    static_assert(std::is_reference_v<P> || std::is_trivially_copyable_v<P>,
                  "a class with a copy constructor of its own can only be bound through a reference parameter");
    parameter.bound = bytes_of(keep<P>(binding));
  }
  return parameter;
}

/// One argument of a call of the original: the bound value, or the caller's.
template <class P, class B, class Arguments>
decltype(auto) choose(Kept<P, B>& kept, Arguments& arguments) {
  if constexpr (placeholder<B> > 0)
    return static_cast<Pass<P>>(std::get<placeholder<B> - 1>(arguments));
  else if constexpr (std::is_reference_v<P>)
    return static_cast<P>(*kept);
  else
    return P(kept);
}

}  // namespace detail
}  // namespace inlay
