// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies of jit.h: from C++ types to requests. Included by it.
#pragma once

#include <cstring>
#include <tuple>

#include "inlay/ir/layout.h"

namespace inlay {

namespace detail {

template <std::size_t N>
auto all_placeholders() {
  auto all =
      std::make_tuple(std::placeholders::_1, std::placeholders::_2, std::placeholders::_3, std::placeholders::_4,
                      std::placeholders::_5, std::placeholders::_6, std::placeholders::_7, std::placeholders::_8);
  static_assert(N <= std::tuple_size_v<decltype(all)>, "more than eight free arguments");
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::make_tuple(std::get<I>(all)...);
  }(std::make_index_sequence<N>{});
}

/// Adds the free parameters A... behind the bound ones of a request.
template <class... A>
void add_free(Request& request, bool by_reference) {
  int index = 0;
  [[maybe_unused]] auto add = [&](ValueType type, bool reference) {
    Parameter parameter;
    parameter.type = type;
    parameter.by_reference = by_reference && !reference;
    parameter.free_index = index++;
    request.parameters.push_back(std::move(parameter));
    request.free.push_back(type);
  };
  (add(value_type<A>(), std::is_reference_v<A>), ...);
}

inline void add_bound_pointer(Request& request, const void* pointer) {
  Parameter parameter;
  parameter.bound = bytes_of(pointer);
  request.parameters.push_back(std::move(parameter));
}

template <auto Original, class R, class... A>
void set_ways(FunctionState& state, bool verify) {
  state.ways.original = reinterpret_cast<void*>(Original);
  state.ways.counting = reinterpret_cast<void*>(&call_counting<Original, R, A...>);
  state.ways.quick = reinterpret_cast<void*>(&call_quick<R, A...>);
  state.ways.gated = reinterpret_cast<void*>(&call_gated<R, A...>);
  state.ways.unversioned = reinterpret_cast<void*>(&call_unversioned<R, A...>);
  if (verify) state.ways.verifying = reinterpret_cast<void*>(&run_both<R, A...>);
  state.entry.store(state.ways.original);
}

/// How libstdc++ lays out a std::function.
struct FunctionLayout {
  std::byte functor[16];
  const void* manager;
  const void* invoker;
};

template <class R, class... A>
R call_function(const FunctionState* state, Pass<A>... arguments) {
  return (*static_cast<const std::function<R(A...)>*>(state->callable.get()))(std::forward<A>(arguments)...);
}

template <class F, class R, class... A>
R call_object(const F* object, A... arguments) {
  return (*const_cast<F*>(object))(std::forward<A>(arguments)...);
}

template <class F, class R, class... A>
R call_kept_object(const FunctionState* state, Pass<A>... arguments) {
  return (*static_cast<F*>(state->callable.get()))(std::forward<A>(arguments)...);
}

template <class Base, class Method, class Tree>
struct BoundMethod {
  Tree tree;
  Base* object;
  Method method;
};

template <class Bound, class R, class... A>
R call_method(const FunctionState* state, Pass<A>... arguments) {
  auto* bound = static_cast<Bound*>(state->callable.get());
  return (bound->object->*bound->method)(std::forward<A>(arguments)...);
}

/// Where a pointer to member function leads for this object (Itanium C++ ABI, 2.3).
struct MethodAddress {
  const void* function;
  const void* self;
};
template <class Base, class Method>
MethodAddress resolve(Base* object, Method method) {
  struct {
    std::ptrdiff_t pointer, adjustment;
  } parts;
  static_assert(sizeof parts == sizeof method);
  std::memcpy(&parts, &method, sizeof parts);
  auto* self = reinterpret_cast<const char*>(object) + parts.adjustment;
  if (!(parts.pointer & 1)) return {reinterpret_cast<const void*>(parts.pointer), self};
  const char* table;
  std::memcpy(&table, self, sizeof table);
  const void* function;
  std::memcpy(&function, table + parts.pointer - 1, sizeof function);
  return {function, self};
}

template <class R, class... P, class... B>
Request make_request(R (*fn)(P...), std::vector<std::shared_ptr<frozen::Region>> holds, const B&... bindings) {
  static_assert(sizeof...(B) == sizeof...(P), "every parameter needs a binding: constant(x) or a placeholder");
  static_assert(placeholders_complete<B...>, "the placeholders must be _1 to _n, without a gap");
  Request request;
  request.target = reinterpret_cast<const void*>(fn);
  request.what = "a function";
  request.holds = std::move(holds);
  (request.parameters.push_back(describe<P>(bindings)), ...);
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    (request.free.push_back(
         value_type<std::tuple_element_t<position_of<static_cast<int>(K) + 1, B...>(), std::tuple<P...>>>()),
     ...);
  }(std::make_index_sequence<count_free<B...>>{});
  return request;
}

/// A function with some arguments bound, as the original that a handle falls back to.
template <class Fn, class Bindings>
struct BoundCall;

template <class R, class... P, class... B>
struct BoundCall<R (*)(P...), std::tuple<B...>> {
  R (*fn)(P...);
  std::tuple<Kept<P, B>...> kept;
  std::tuple<B...> bindings;  // they hold the frozen memory that `kept` points into
  std::shared_ptr<void> owner;

  template <class... A>
  static R call(const FunctionState* state, Pass<A>... arguments) {
    auto* self = static_cast<BoundCall*>(state->callable.get());
    std::tuple<Pass<A>...> given(std::forward<Pass<A>>(arguments)...);
    return [&]<std::size_t... I>(std::index_sequence<I...>) -> R {
      return self->fn(static_cast<P>(choose<P, B>(std::get<I>(self->kept), given))...);
    }(std::index_sequence_for<P...>{});
  }
};

template <class T>
constexpr ProgramType program_type() {
  using Plain = std::remove_cv_t<T>;
  if constexpr (std::is_void_v<T>)
    return ProgramType::Void;
  else if constexpr (std::is_pointer_v<T> || std::is_reference_v<T>)
    return ProgramType::Pointer;
  else if constexpr (std::is_enum_v<Plain>)
    return program_type<std::underlying_type_t<Plain>>();
  else if constexpr (std::is_same_v<Plain, bool>)
    return ProgramType::Bool;
  else if constexpr (std::is_same_v<Plain, float>)
    return ProgramType::F32;
  else if constexpr (std::is_same_v<Plain, double>)
    return ProgramType::F64;
  else if constexpr (std::is_integral_v<Plain> && sizeof(T) <= 8)
    return sizeof(T) == 1   ? ProgramType::I8
           : sizeof(T) == 2 ? ProgramType::I16
           : sizeof(T) == 4 ? ProgramType::I32
                            : ProgramType::I64;
  else if constexpr (std::is_same_v<Plain, ir::SliceLayout>)
    return ProgramType::Slice;
  else if constexpr (std::is_same_v<Plain, ir::InterfaceLayout>)
    return ProgramType::Interface;
  else if constexpr (std::is_same_v<Plain, ir::ClosureLayout>)
    return ProgramType::Closure;
  else
    return ProgramType::None;
}

template <class R, class... A>
R call_program(const FunctionState* state, Pass<A>... arguments) {
  return reinterpret_cast<R (*)(A...)>(state->callable.get())(std::forward<Pass<A>>(arguments)...);
}

}  // namespace detail

template <class R, class... A>
Result<Function<R(A...)>> Jit::compile_program(R (*)(A...), ir::Module& module, std::string_view name,
                                               const ProgramOptions& options) const {
  constexpr detail::ProgramType signature[] = {detail::program_type<R>(), detail::program_type<A>()...};
  static_assert(((detail::program_type<A>() != detail::ProgramType::None) && ... &&
                 (detail::program_type<R>() != detail::ProgramType::None)),
                "programs have no such type; see inlay/ir/layout.h for slices, interfaces and closures");
  auto state = detail::new_function_state();
  detail::set_ways<&detail::call_program<R, A...>, R, A...>(*state, /*verify=*/false);
  if (auto compiled = detail::compile_program(*this, engine_, module, name, options, signature, *state); !compiled)
    return std::move(compiled).error();
  return Function<R(A...)>(std::move(state));
}

template <class R, class... A>
Result<Function<R(A...)>> Jit::optimize_function(const std::function<R(A...)>* tree, std::shared_ptr<void> owner,
                                                 std::shared_ptr<frozen::Region> region,
                                                 const CompileOptions& options) const {
#ifndef __GLIBCXX__
  static_assert(sizeof(R*) == 0, "std::function is only known in libstdc++'s layout");
#endif
  static_assert(sizeof(std::function<R(A...)>) == sizeof(detail::FunctionLayout));
  auto* layout = reinterpret_cast<const detail::FunctionLayout*>(tree);
  auto state = detail::new_function_state();
  state->callable = std::shared_ptr<void>(std::move(owner), const_cast<std::function<R(A...)>*>(tree));
  detail::set_ways<&detail::call_function<R, A...>, R, A...>(*state, options.verify);
  detail::Request request;
  request.target = layout->manager ? layout->invoker : nullptr;
  request.what = "a std::function";
  if (region) request.holds.push_back(std::move(region));
  detail::add_bound_pointer(request, layout->functor);
  detail::add_free<A...>(request, /*by_reference=*/true);
  return finish<R, A...>(std::move(request), options, std::move(state));
}

template <class F, class R, class... A>
Result<Function<R(A...)>> Jit::optimize_callable(R (*)(A...), const Frozen<F>& callable,
                                                 const CompileOptions& options) const {
  auto state = detail::new_function_state();
  state->callable = std::shared_ptr<void>(std::make_shared<Frozen<F>>(callable), const_cast<F*>(callable.get()));
  detail::set_ways<&detail::call_kept_object<F, R, A...>, R, A...>(*state, options.verify);
  detail::Request request;
  request.target = reinterpret_cast<const void*>(&detail::call_object<F, R, A...>);
  request.what = "a callable object";
  request.holds.push_back(callable.region());
  detail::add_bound_pointer(request, callable.get());
  detail::add_free<A...>(request, /*by_reference=*/false);
  return finish<R, A...>(std::move(request), options, std::move(state));
}

template <class Base, class R, class... A, class Method, class Tree>
Result<Function<R(A...)>> Jit::optimize_method(Base* object, Method method, const Tree& tree,
                                               const CompileOptions& options) const {
  using Bound = detail::BoundMethod<Base, Method, Tree>;
  auto state = detail::new_function_state();
  state->callable = std::make_shared<Bound>(Bound{tree, object, method});
  detail::set_ways<&detail::call_method<Bound, R, A...>, R, A...>(*state, options.verify);
  detail::MethodAddress at = object ? detail::resolve(object, method) : detail::MethodAddress{};
  detail::Request request;
  request.target = at.function;
  request.what = "a virtual function";
  request.holds.push_back(tree.region());
  detail::add_bound_pointer(request, at.self);
  detail::add_free<A...>(request, /*by_reference=*/false);
  return finish<R, A...>(std::move(request), options, std::move(state));
}

template <class R, class... P, class... B>
auto Jit::bind_and_compile(R (*fn)(P...), const CompileOptions& options,
                           std::vector<std::shared_ptr<frozen::Region>> holds, std::shared_ptr<void> owner,
                           const B&... bindings) const {
  detail::Request request = detail::make_request(fn, std::move(holds), bindings...);
  using Call = detail::BoundCall<R (*)(P...), std::tuple<B...>>;
  auto state = detail::new_function_state();
  state->callable = std::make_shared<Call>(Call{fn, {detail::keep<P>(bindings)...}, {bindings...}, std::move(owner)});
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    using All = std::tuple<P...>;
    return [&]<class... A>(std::type_identity<std::tuple<A...>>) {
      detail::set_ways<&Call::template call<A...>, R, A...>(*state, options.verify);
      return finish<R, A...>(std::move(request), options, std::move(state));
    }(std::type_identity<
               std::tuple<std::tuple_element_t<detail::position_of<static_cast<int>(K) + 1, B...>(), All>...>>{});
  }(std::make_index_sequence<detail::count_free<B...>>{});
}

}  // namespace inlay
