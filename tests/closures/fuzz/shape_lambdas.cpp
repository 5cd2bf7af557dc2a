// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as lambdas with captures. Operations on leaves hold them by their type, all else through std::function.
#include <variant>

#include "builder.h"
#include "shapes.h"

namespace fuzz {

namespace {

/// Integer leaves by value and type inside the closure that uses them; everything else on the heap.
template <class R>
class Held {
 public:
  Held() = default;
  template <class F>
  explicit Held(F operation) {
    if constexpr (std::is_same_v<F, Number> || std::is_same_v<F, Slot>)
      leaf_ = operation;
    else
      code_ = [operation = std::move(operation)](Env& env) { return operation(env); };
  }
  R operator()(Env& env) const {
    if constexpr (std::is_same_v<R, Int>) {
      if (const auto* number = std::get_if<Number>(&leaf_)) return (*number)(env);
      if (const auto* slot = std::get_if<Slot>(&leaf_)) return (*slot)(env);
    }
    return code_(env);
  }

 private:
  std::variant<std::monostate, Number, Slot> leaf_;
  std::function<R(Env&)> code_;
};

struct LambdaShape {
  template <class R>
  using Code = Held<R>;
  template <class R, class F>
  static Code<R> make(F operation) {
    return Held<R>(std::move(operation));
  }
};

}  // namespace

inlay::Result<Candidate> as_lambdas(const inlay::Jit& jit, const Program& program, const inlay::CompileOptions& options,
                                    const inlay::FreezeOptions& freeze) {
  auto tree = jit.freeze(
      [&] {
        return [whole = Builder<LambdaShape>().whole(program), calls = 0](Env& env) {
          return calls == 0 ? whole(env) : -1;
        };
      },
      freeze);
  INLAY_TRY(auto compiled, jit.optimize<Int(Env&)>(tree, options));
  return Candidate{[tree](Env& env) { return (*tree)(env); }, std::move(compiled)};
}

}  // namespace fuzz
