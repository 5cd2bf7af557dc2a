// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiling in this process.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "inlay/bind.h"
#include "inlay/counters.h"
#include "inlay/frozen.h"
#include "inlay/function.h"
#include "inlay/hot.h"
#include "inlay/ir/module.h"
#include "inlay/jit_options.h"
#include "inlay/options.h"
#include "inlay/processor.h"
#include "inlay/unit.h"
#include "inlay/verify.h"

namespace inlay {

namespace jit {
class Engine;
}

class Jit;

/// How a program is compiled in this process.
struct ProgramOptions {
  Level level = Level::O2;
  /// Refused where can_run() says no.
  Processor processor = Processor::Host;
  /// Instructions that a function of a runtime may bring into the program in all places that call it. Beyond that it
  /// stays a call. Small functions are not counted.
  std::uint32_t copies_limit = std::numeric_limits<std::uint32_t>::max();
  /// The report says which machine code each line of the program became, with its assembly (Report::guest), and has
  /// all functions (Report::functions). Lines are those of the program's locations; a unit has them if it was lowered
  /// with LowerOptions::debug. Costs time to compile, and memory; the code is the same.
  bool explain_code = false;
};

namespace detail {

/// A function to specialize, by its address in this process.
struct Request {
  const void* target = nullptr;
  std::string what;  // how reports call it, where the target has no name
  std::vector<Parameter> parameters;
  std::vector<ValueType> free;                         // parameters of the compiled function
  std::vector<std::shared_ptr<frozen::Region>> holds;  // regions that bound arguments come from
};

/// _1 … _N, as a tuple.
template <std::size_t N>
auto all_placeholders();

template <class R, class... P, class... B>
Request make_request(R (*fn)(P...), std::vector<std::shared_ptr<frozen::Region>> holds, const B&... bindings);

/// A new state, which is not recorded in a freeze() that is going on: calls write into it.
std::shared_ptr<FunctionState> new_function_state();

/// Makes the state the library's: it is compiled now or later, as the engine's policy says; where that is not possible,
/// the original stays and the report says why.
void manage(const std::shared_ptr<jit::Engine>& engine, Request request, const CompileOptions& options,
            FunctionState& state);

/// The specialized function as a unit, under `name` and with the C calling convention of the free parameters.
Result<Unit> build_unit(const Request& request, const std::string& name, const CompileOptions& options);
/// The same as one more function of a unit, which does not change if that fails.
Result<void> add_to_unit(Unit& unit, const Request& request, const std::string& name, const CompileOptions& options);

/// A type of C++ as programs know it.
enum class ProgramType : std::uint8_t {
  Void,
  Bool,
  I8,
  I16,
  I32,
  I64,
  F32,
  F64,
  Pointer,
  Slice,
  Interface,
  Closure,
  None
};

/// Compiles a function of a program whose result and parameters are those, and lets the state's calls run it.
Result<void> compile_program(const Jit& jit, const std::shared_ptr<jit::Engine>& engine, ir::Module& module,
                             std::string_view name, const ProgramOptions& options,
                             std::span<const ProgramType> signature, FunctionState& state);

}  // namespace detail

/// Code that was loaded into this process from a unit. Keep it as long as its functions are used.
class Loaded {
 public:
  /// The address of a function that the unit defines, or null.
  template <class Signature>
  Signature* function(const std::string& name) const {
    return reinterpret_cast<Signature*>(address(name));
  }
  void* address(const std::string& name) const;
  const Report& report() const;

  struct State;
  explicit Loaded(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

/// Compiles functions of the runtimes that are linked into this program. Cheap to copy; copies are the same engine. Any
/// thread may use it. What it compiled outlives it.
class Jit {
 public:
  /// InvalidArgument if the policy, or the environment variable INLAY_JIT, says something that means nothing.
  static Result<Jit> create(const JitOptions& options = {});

  /// What this Jit has done so far.
  Counters counters() const;
  /// Waits until nothing is compiled in the background, and nothing waits to be. Not to be called from an
  /// inline_policy.
  void wait_for_background() const;
  /// Has one of this Jit's threads (Policy::threads) do something, such as compile(), which calls nobody back. False,
  /// and it is not done, if there are none: Policy::threads is 0, the process ends, or this is a child of fork(). What
  /// waits when the process ends is dropped; what runs then is waited for. It must not throw.
  bool run_in_background(std::function<void()> work) const;

  /// Runs `fn` and makes its result, and everything it allocates on the way, constant; see inlay/frozen.h.
  template <class Fn>
  auto freeze(Fn&& fn, FreezeOptions options = {}) const {
    return inlay::freeze(std::forward<Fn>(fn), std::move(options));
  }

  /// A frozen tree of std::function: the same signature back, compiled.
  template <class R, class... A>
  Result<Function<R(A...)>> optimize(const Frozen<std::function<R(A...)>>& tree,
                                     const CompileOptions& options = {}) const {
    return optimize_function(tree.get(), std::make_shared<Frozen<std::function<R(A...)>>>(tree), tree.region(),
                             options);
  }

  /// The same for one that is part of something frozen or promised; `tree` must outlive the result.
  template <class R, class... A>
  Result<Function<R(A...)>> optimize(const std::function<R(A...)>& tree, const CompileOptions& options = {}) const {
    return optimize_function(&tree, nullptr, nullptr, options);
  }

  template <class R, class... A>
  Result<Function<R(A...)>> optimize(std::function<R(A...)>&&, const CompileOptions& = {}) const = delete;

  /// A frozen object that can be called (a lambda with captures): `jit.optimize<int(int)>(lambda)`. This line must be
  /// in a source of a runtime, where the object's type has bitcode.
  template <class Signature, class F>
    requires std::is_class_v<F>
  Result<Function<Signature>> optimize(const Frozen<F>& callable, const CompileOptions& options = {}) const {
    return optimize_callable<F>(static_cast<Signature*>(nullptr), callable, options);
  }

  /// A frozen tree of nodes with a virtual function: `jit.optimize(tree, &Node::eval)`.
  template <class Node, class Base, class R, class... A>
  Result<Function<R(A...)>> optimize(const Frozen<std::unique_ptr<Node>>& tree, R (Base::*method)(A...) const,
                                     const CompileOptions& options = {}) const {
    return optimize_method<const Base, R, A...>(tree.get()->get(), method, tree, options);
  }
  template <class Node, class Base, class R, class... A>
  Result<Function<R(A...)>> optimize(const Frozen<std::unique_ptr<Node>>& tree, R (Base::*method)(A...),
                                     const CompileOptions& options = {}) const {
    return optimize_method<Base, R, A...>(tree.get()->get(), method, tree, options);
  }

  /// A function pointer and the frozen struct that it takes first: `jit.optimize(node.fn, frozen_node)`.
  template <class Struct, class R, class... A>
  Result<Function<R(A...)>> optimize(R (*fn)(const Struct*, A...), const Frozen<Struct>& object,
                                     const CompileOptions& options = {}) const {
    const Struct* address = object.get();
    auto bind = [&](auto... placeholders) {
      return bind_and_compile(fn, options, {object.region()}, std::make_shared<Frozen<Struct>>(object),
                              constant(address), placeholders...);
    };
    return std::apply(bind, detail::all_placeholders<sizeof...(A)>());
  }

  /// Any function of a runtime with some arguments bound: `jit.specialize(interpret, constant(code), _1)`. As with
  /// std::bind, every parameter gets a binding, and the placeholders _1 … _n order those that stay.
  template <class R, class... P, class... B>
  auto specialize(R (*fn)(P...), const B&... bindings) const {
    return bind_and_compile(fn, CompileOptions{}, {}, nullptr, bindings...);
  }
  template <class R, class... P, class... B>
  auto specialize_with(const CompileOptions& options, R (*fn)(P...), const B&... bindings) const {
    return bind_and_compile(fn, options, {}, nullptr, bindings...);
  }

  /// The same, not compiled but as a unit, whose function `name` takes the free arguments; for aot::write_executable.
  template <class R, class... P, class... B>
  static Result<Unit> unit(const std::string& name, R (*fn)(P...), const B&... bindings) {
    return detail::build_unit(detail::make_request(fn, {}, bindings...), name, CompileOptions{});
  }

  /// The same as one more function of a unit. Where the unit's code calls a function `name`, it calls this one.
  template <class R, class... P, class... B>
  static Result<void> add_to(Unit& unit, const std::string& name, R (*fn)(P...), const B&... bindings) {
    return detail::add_to_unit(unit, detail::make_request(fn, {}, bindings...), name, CompileOptions{});
  }
  /// Of the options, those for the evaluator hold: `inline_policy` and the limits. The rest is said when the unit is
  /// compiled or written.
  template <class R, class... P, class... B>
  static Result<void> add_to_with(const CompileOptions& options, Unit& unit, const std::string& name, R (*fn)(P...),
                                  const B&... bindings) {
    return detail::add_to_unit(unit, detail::make_request(fn, {}, bindings...), name, options);
  }

  /// Compiles programs where they turn out to be hot, while they run: at entry() hints, running interpreters are
  /// counted, and go on in compiled code. `interpreter` stands for its runtime: all functions there that hold such
  /// hints are watched. Only programs in frozen memory are compiled. One HotCode at a time may watch a runtime.
  template <class R, class... P>
  Result<HotCode> compile_hot(R (*interpreter)(P...), const HotOptions& options = {}) const {
    return detail::compile_hot(engine_, reinterpret_cast<const void*>(interpreter), options);
  }

  /// Compiles a function of a program (inlay/ir.h), with everything that it reaches; the program is verified first. The
  /// signature is the program's: integers by their size, float, double, bool, a pointer or reference for each ptr or
  /// function, SliceLayout, InterfaceLayout and ClosureLayout (inlay/ir/layout.h) for pairs. What traps throws Trapped
  /// (inlay/trap.h). Variables are those of this call's code, and live as long as it does.
  template <class Signature>
  Result<Function<Signature>> compile(ir::Module& module, std::string_view name, Level level = Level::O2) const {
    return compile<Signature>(module, name, ProgramOptions{.level = level});
  }
  template <class Signature>
  Result<Function<Signature>> compile(ir::Module& module, std::string_view name, const ProgramOptions& options) const {
    return compile_program(static_cast<Signature*>(nullptr), module, name, options);
  }

  /// Compiles a unit (see inlay/llvm.h) and loads it.
  Result<Loaded> load(Unit unit, Level level = Level::O2) const { return load(std::move(unit), {.level = level}); }
  Result<Loaded> load(Unit unit, const ProgramOptions& options) const;

 private:
  explicit Jit(std::shared_ptr<jit::Engine> engine) : engine_(std::move(engine)) {}

  template <class R, class... A>
  Result<Function<R(A...)>> optimize_function(const std::function<R(A...)>* tree, std::shared_ptr<void> owner,
                                              std::shared_ptr<frozen::Region> region,
                                              const CompileOptions& options) const;
  template <class F, class R, class... A>
  Result<Function<R(A...)>> optimize_callable(R (*)(A...), const Frozen<F>& callable,
                                              const CompileOptions& options) const;
  template <class Base, class R, class... A, class Method, class Tree>
  Result<Function<R(A...)>> optimize_method(Base* object, Method method, const Tree& tree,
                                            const CompileOptions& options) const;
  template <class R, class... A>
  Result<Function<R(A...)>> compile_program(R (*)(A...), ir::Module& module, std::string_view name,
                                            const ProgramOptions& options) const;
  template <class R, class... P, class... B>
  auto bind_and_compile(R (*fn)(P...), const CompileOptions& options,
                        std::vector<std::shared_ptr<frozen::Region>> holds, std::shared_ptr<void> owner,
                        const B&... bindings) const;
  template <class R, class... A>
  Result<Function<R(A...)>> finish(detail::Request request, const CompileOptions& options,
                                   std::shared_ptr<detail::FunctionState> state) const {
    detail::manage(engine_, std::move(request), options, *state);
    return Function<R(A...)>(std::move(state));
  }

  std::shared_ptr<jit::Engine> engine_;
};

}  // namespace inlay

#include "inlay/jit_inl.h"
