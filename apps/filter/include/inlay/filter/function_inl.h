// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From the C++ type of a function to its Function. Included by function.h.
#pragma once

namespace inlay::filter {

namespace detail {

/// The parameters of a C++ function, sorted: scope first, then arguments, one of which may be a prepared object.
template <class Signature>
struct Signatures;

template <class R, class... P>
struct Signatures<R(P...)> {
  static constexpr std::size_t Count = sizeof...(P);
  using Parameters = std::tuple<P...>;
  template <std::size_t I>
  using Parameter = std::tuple_element_t<I, Parameters>;
  static constexpr bool HasScope = [] {
    if constexpr (Count > 0)
      return std::is_same_v<Parameter<0>, Scope&>;
    else
      return false;
  }();
};

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
    } else if constexpr (std::is_pointer_v<T>) {
      return nullptr;  // of a function that Handled calls
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
      } else if constexpr (std::is_pointer_v<T>) {
        return nullptr;  // of a function that Strict calls
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
  Function function{.name = std::move(name), .result = type_of<R>, .symbol = std::move(symbol), .traits = traits};
  bool flag = false;
  auto add = [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_same_v<T, const void*>) {
      function.parameters.push_back(Type::Text);  // what the constant is; Text but for what traits.prepare says
    } else if constexpr (!std::is_same_v<T, Scope&> && !std::is_same_v<T, bool*>) {
      if (traits.nulls == Nulls::Strict || !std::exchange(flag, !flag)) function.parameters.push_back(type_of<T>);
    }
  };
  (add(std::type_identity<P>{}), ...);
  if (traits.nulls == Nulls::Strict) {
    function.call = &Strict<F, R, P...>::call;
  } else {
    function.call = &Handled<F, R, P...>::call;
  }
  return function;
}

}  // namespace detail

/// The Function of a C++ function: `function_of<&discount>("discount", "discount", {.cost = 3})`.
template <auto F>
Function function_of(std::string name, std::string symbol, FunctionTraits traits = {}) {
  return detail::describe<F>(F, std::move(name), std::move(symbol), traits);
}

}  // namespace inlay::filter

/// Adds the extern "C" function `cpp_name` to a Registry under a name of the language.
#define INLAY_FILTER_FUNCTION(registry, name, cpp_name, ...) \
  (registry).add(::inlay::filter::function_of<&cpp_name>(name, #cpp_name, ##__VA_ARGS__))
