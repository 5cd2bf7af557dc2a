// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as C has them: a function pointer and the struct that it takes first.
#include "builder.h"
#include "shapes.h"

namespace fuzz {

namespace {

template <class R>
struct Closure {
  R (*run)(const Closure*, Env&);
  void (*destroy)(const Closure*);
};

template <class R, class F>
struct ClosureOf : Closure<R> {
  explicit ClosureOf(F f) : Closure<R>{&call, &free}, operation(std::move(f)) {}
  static R call(const Closure<R>* self, Env& env) { return static_cast<const ClosureOf*>(self)->operation(env); }
  static void free(const Closure<R>* self) { delete static_cast<const ClosureOf*>(self); }
  F operation;
};

template <class R>
class Owner {
 public:
  Owner() = default;
  explicit Owner(const Closure<R>* closure) : closure_(closure) {}
  Owner(Owner&& other) noexcept : closure_(std::exchange(other.closure_, nullptr)) {}
  Owner& operator=(Owner&& other) noexcept {
    std::swap(closure_, other.closure_);
    return *this;
  }
  ~Owner() {
    if (closure_) closure_->destroy(closure_);
  }
  R operator()(Env& env) const { return closure_->run(closure_, env); }

 private:
  const Closure<R>* closure_ = nullptr;
};

struct StructShape {
  template <class R>
  using Code = Owner<R>;
  template <class R, class F>
  static Code<R> make(F operation) {
    return Code<R>(new ClosureOf<R, F>(std::move(operation)));
  }
};

using Root = Whole<StructShape>;

Int run(const Root* root, Env& env) { return (*root)(env); }

/// Many kinds of parameters, so that binding each kind is tried on changing code.
Int run_bound(const Root& root, std::int8_t tiny, Env& env, double real, bool flag, Pair pair, const Triple* triple,
              unsigned short add, float single) {
  env.reals[0] = flag ? real : single;
  env.slots[5] = tiny + add;
  bump(pair, tiny);
  env.pair = pair;
  if (triple) env.slots[1] = triple->y;
  return root(env);
}

}  // namespace

inlay::Result<Candidate> as_structs(const inlay::Jit& jit, const Program& program, const inlay::CompileOptions& options,
                                    const inlay::FreezeOptions& freeze) {
  auto tree = jit.freeze([&] { return Builder<StructShape>().whole(program); }, freeze);
  INLAY_TRY(auto compiled, jit.optimize(run, tree, options));
  return Candidate{[tree](Env& env) { return run(tree.get(), env); }, std::move(compiled)};
}

inlay::Result<BoundCandidate> with_bound_arguments(const inlay::Jit& jit, const Program& program,
                                                   const inlay::CompileOptions& options, std::uint64_t seed) {
  using inlay::constant;
  using std::placeholders::_1, std::placeholders::_2;
  Random random(seed);
  auto tree = jit.freeze([&] { return Builder<StructShape>().whole(program); });
  auto tiny = static_cast<std::int8_t>(random.number());
  bool flag = random.one_in(2);
  Pair pair{static_cast<std::int32_t>(random.number()), random.real()};
  static const Triple open{1, 22, 3};
  const Triple* triple = random.one_in(2) ? &open : nullptr;
  auto add = static_cast<unsigned short>(random.number());
  auto single = static_cast<float>(random.real());
  INLAY_TRY(auto compiled,
            jit.specialize_with(options, run_bound, constant(tree), constant(tiny), _2, _1, constant(flag),
                                constant(pair), constant(triple), constant(add), constant(single)));
  return BoundCandidate{
      [=](double real, Env& env) { return run_bound(*tree, tiny, env, real, flag, pair, triple, add, single); },
      std::move(compiled)};
}

}  // namespace fuzz
