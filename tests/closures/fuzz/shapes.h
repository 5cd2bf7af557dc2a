// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random programs as closures of each shape, compiled. The bodies are in the runtime, one file a shape.
#pragma once

#include <functional>

#include "environment.h"
#include "inlay/jit.h"
#include "program.h"

namespace fuzz {

struct Candidate {
  std::function<std::int64_t(Env&)> original;
  inlay::Function<std::int64_t(Env&)> compiled;
};

using Shape = inlay::Result<Candidate> (*)(const inlay::Jit& jit, const Program& program,
                                           const inlay::CompileOptions& options, const inlay::FreezeOptions& freeze);

inlay::Result<Candidate> as_std_functions(const inlay::Jit&, const Program&, const inlay::CompileOptions&,
                                          const inlay::FreezeOptions&);
inlay::Result<Candidate> as_lambdas(const inlay::Jit&, const Program&, const inlay::CompileOptions&,
                                    const inlay::FreezeOptions&);
inlay::Result<Candidate> as_structs(const inlay::Jit&, const Program&, const inlay::CompileOptions&,
                                    const inlay::FreezeOptions&);
inlay::Result<Candidate> as_nodes(const inlay::Jit&, const Program&, const inlay::CompileOptions&,
                                  const inlay::FreezeOptions&);

/// A program that takes arguments beside its environment, some of them bound: jit.specialize.
struct BoundCandidate {
  std::function<std::int64_t(double, Env&)> original;
  inlay::Function<std::int64_t(double, Env&)> compiled;
};
inlay::Result<BoundCandidate> with_bound_arguments(const inlay::Jit&, const Program&, const inlay::CompileOptions&,
                                                   std::uint64_t seed);

}  // namespace fuzz
