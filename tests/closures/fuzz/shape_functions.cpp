// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures as std::function, each holding its children by value.
#include "builder.h"
#include "shapes.h"

namespace fuzz {

namespace {

struct FunctionShape {
  template <class R>
  using Code = std::function<R(Env&)>;
  template <class R, class F>
  static Code<R> make(F operation) {
    return operation;
  }
};

}  // namespace

inlay::Result<Candidate> as_std_functions(const inlay::Jit& jit, const Program& program,
                                          const inlay::CompileOptions& options, const inlay::FreezeOptions& freeze) {
  auto tree = jit.freeze([&] { return std::function<Int(Env&)>(Builder<FunctionShape>().whole(program)); }, freeze);
  INLAY_TRY(auto compiled, jit.optimize(tree, options));
  return Candidate{[tree](Env& env) { return (*tree)(env); }, std::move(compiled)};
}

}  // namespace fuzz
