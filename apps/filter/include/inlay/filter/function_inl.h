// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the C++ type of a function to its Function. Included by function.h.
#pragma once

namespace inlay::filter {

namespace detail {

/// The parameters of a C++ function: scope first, then arguments, one of which may be a prepared object; or each with a
/// flag behind it and a `bool*` at the end. What compiled code passes is told from these.
template <class Signature>
struct Signatures;

template <class R, class... P>
struct Signatures<R(P...)> {
  static constexpr std::size_t Count = sizeof...(P);
  using Parameters = std::tuple<P...>;
  template <std::size_t I>
  using Parameter = std::tuple_element_t<I, Parameters>;

  template <class T>
  static constexpr std::size_t number_of = (0 + ... + std::size_t{std::is_same_v<P, T>});
  template <class T, std::size_t I>
  static constexpr bool is() {
    if constexpr (I < Count)
      return std::is_same_v<Parameter<I>, T>;
    else
      return false;
  }

  static constexpr bool HasScope = is<Scope&, 0>();
  static constexpr bool HandlesNull = is<bool*, Count - 1>();
  /// Which argument is the prepared object; -1: none.
  static constexpr int Prepared = [] {
    int at = HasScope ? -1 : 0, found = -1;
    ((found = std::is_same_v<P, const void*> ? at : found, ++at), ...);
    return found;
  }();
  static constexpr bool EachHasFlag = []<std::size_t... I>(std::index_sequence<I...>) {
    constexpr std::size_t First = HasScope ? 1 : 0;
    return (Count - First) % 2 == 1 && ((I % 2 == First || I < First || is<bool, I>()) && ...);
  }(std::make_index_sequence<Count == 0 ? 0 : Count - 1>());

  static_assert(number_of<Scope&> == HasScope, "the Scope& comes first");
  static_assert(number_of<const void*> <= 1, "one argument can be prepared");
  static_assert(number_of<bool*> == HandlesNull, "the bool* comes last");
  static_assert(!HandlesNull || EachHasFlag, "behind each argument there is a bool, which tells whether it is NULL");
  static_assert(!HandlesNull || Prepared < 0, "a function that is called for NULL gets no prepared object");
};

/// Why a function is not what its traits say; none if it is.
template <class Signature>
std::string contradiction(const FunctionTraits& traits) {
  using S = Signatures<Signature>;
  if (!S::HasScope && (traits.raises || traits.allocates)) return "it is to raise or to allocate, but takes no Scope&";
  if (!S::HandlesNull && traits.nulls == Nulls::Handled)
    return "it is to be called for NULL, but has no bool* at its end to tell of a NULL";
  if (S::Prepared < 0 && traits.prepare) return "an argument is to be prepared, but it takes no const void*";
  if (S::Prepared >= 0 && !traits.prepare) return "it takes a const void*, but nothing prepares that";
  if (S::Prepared >= 0 && traits.prepared >= 0 && traits.prepared != S::Prepared)
    return "argument " + std::to_string(traits.prepared) + " is to be prepared, but its const void* is argument " +
           std::to_string(S::Prepared);
  return {};
}

template <auto F, class R, class... P>
struct Strict {
  using S = Signatures<R(P...)>;

  template <std::size_t I>
  static auto argument(Scope& scope, const Slot* const*& next, const void* prepared) ->
      typename S::template Parameter<I> {
    using T = typename S::template Parameter<I>;
    if constexpr (std::is_same_v<T, Scope&>) {
      return scope;
    } else if constexpr (std::is_same_v<T, const void*>) {
      return prepared;
    } else {
      return from_slot<T>(**next++);
    }
  }

  static void call(Scope& scope, const Slot* const* arguments, const void* prepared, Slot& result) {
    result.null = false;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      // Braces: arguments are evaluated from left to right.
      std::tuple<P...> all{argument<I>(scope, arguments, prepared)...};
      to_slot(result, std::apply(F, all));
    }(std::index_sequence_for<P...>{});
  }
};

template <auto F, class R, class... P>
struct Handled {
  using S = Signatures<R(P...)>;

  static void call(Scope& scope, const Slot* const* arguments, const void*, Slot& result) {
    bool null = false;
    const Slot* last = nullptr;
    auto argument = [&]<class T>(std::type_identity<T>) -> T {
      if constexpr (std::is_same_v<T, Scope&>) {
        return scope;
      } else if constexpr (std::is_same_v<T, bool*>) {
        return &null;
      } else if constexpr (std::is_same_v<T, bool>) {
        // A flag, unless it is a Boolean argument, which comes first.
        if (last) return std::exchange(last, nullptr)->null;
        last = *arguments++;
        return !last->null && last->bits != 0;
      } else {
        // A slot that is NULL may hold what was there before; compiled code has zeros, too.
        last = *arguments++;
        return last->null ? T{} : from_slot<T>(*last);
      }
    };
    std::tuple<P...> all{argument(std::type_identity<P>{})...};
    to_slot(result, std::apply(F, all));
    result.null = null;
  }
};

template <auto F, class R, class... P>
Function describe(R (*)(P...), std::string name, std::string symbol, FunctionTraits traits) {
  using S = Signatures<R(P...)>;
  Function function{.name = std::move(name), .result = type_of<R>, .symbol = std::move(symbol), .traits = traits};
  function.refusal = contradiction<R(P...)>(traits);
  // What the C++ function takes decides. With a scope, of which nothing is told, it may raise.
  function.traits.raises = S::HasScope && (traits.raises || !traits.allocates);
  function.traits.allocates = S::HasScope && traits.allocates;
  function.traits.nulls = S::HandlesNull ? Nulls::Handled : Nulls::Strict;
  function.traits.prepared = S::Prepared;
  bool flag = false;
  auto add = [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_same_v<T, const void*>) {
      function.parameters.push_back(Type::Text);  // what the constant is; Text but for what traits.prepare says
    } else if constexpr (!std::is_same_v<T, Scope&> && !std::is_same_v<T, bool*>) {
      if (!S::HandlesNull || !std::exchange(flag, !flag)) function.parameters.push_back(type_of<T>);
    }
  };
  (add(std::type_identity<P>{}), ...);
  if constexpr (S::HandlesNull)
    function.call = &Handled<F, R, P...>::call;
  else
    function.call = &Strict<F, R, P...>::call;
  return function;
}

}  // namespace detail

/// The Function of a C++ function: `function_of<&discount>("discount", "discount", {.cost = 3})`. What it takes, its
/// declaration tells: a Scope& makes it one that may raise (unless it only allocates), a `bool*` at the end one that is
/// called for NULL. Traits that say otherwise are kept as its `refusal`.
template <auto F>
Function function_of(std::string name, std::string symbol, FunctionTraits traits = {}) {
  return detail::describe<F>(F, std::move(name), std::move(symbol), traits);
}

}  // namespace inlay::filter

/// Adds the extern "C" function `cpp_name` to a Registry under a name of the language.
#define INLAY_FILTER_FUNCTION(registry, name, cpp_name, ...) \
  (registry).add(::inlay::filter::function_of<&cpp_name>(name, #cpp_name, ##__VA_ARGS__))
