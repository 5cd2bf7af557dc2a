// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A process with a cache: compiles random programs and some of the runtime's functions, and prints one line with what
// they compute and what the cache did.
//
//   cache_process FOLDER FIRST_SEED LAST_SEED [verify]
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../closures/fuzz/outcome.h"
#include "../closures/fuzz/shapes.h"
#include "codegen/target.h"
#include "inlay/inlay.h"
#include "runtime.h"
#include "runtime/unit.h"

namespace {

using namespace fuzz;

std::uint64_t digest = 0;

void add(const std::string& text) { digest = digest * 1099511628211u + std::hash<std::string>()(text); }

int fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  return 1;
}

cached::Node* leaf(long value) { return new cached::Node{value}; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return fail("usage: cache_process FOLDER FIRST_SEED LAST_SEED [verify]");
  auto cache = inlay::Cache::directory({.path = argv[1]});
  if (!cache) return fail(cache.error().to_string());
  auto jit = inlay::Jit::create({.cache = *cache});
  if (!jit) return fail(jit.error().to_string());
  inlay::CompileOptions options;
  options.level = inlay::Level::O1;
  options.verify = argc > 4 && std::strcmp(argv[4], "verify") == 0;
  std::uint64_t mismatches = 0, compiled = 0;

  const auto tree = jit->freeze([] { return cached::Node{3, leaf(4), leaf(5), 0}; });
  auto polynomial =
      jit->specialize_with(options, &cached::polynomial, inlay::constant(tree.get()), std::placeholders::_1);
  if (!polynomial || !polynomial->compiled()) return fail("the polynomial was not compiled");
  add(std::to_string((*polynomial)(7)));
  mismatches += polynomial->mismatches();
  ++compiled;

  // Without lambdas: their variants are copied word by word, with bytes that nobody wrote.
  constexpr Shape shapes[] = {as_std_functions, as_structs, as_nodes};
  for (std::uint64_t seed = std::strtoull(argv[2], nullptr, 10); seed <= std::strtoull(argv[3], nullptr, 10); ++seed) {
    Random random(seed);
    const Program program = random_program(seed, {.size = random_size(random), .globals = !options.verify});
    auto candidate = shapes[seed % 3](*jit, program, options, {});
    if (!candidate || !candidate->compiled.compiled()) return fail("a program was not compiled");
    ++compiled;
    for (int i = 0; i < 3; ++i) {
      const Env start = random_env(random);
      const Outcome expected = outcome_of(start, candidate->original), seen = outcome_of(start, candidate->compiled);
      if (!(expected == seen)) return fail("seed " + std::to_string(seed) + " computes something else");
      add(seen.to_string());
    }
    mismatches += candidate->compiled.mismatches();
  }
  const inlay::CacheStatistics statistics = cache->statistics();
  for (const auto& failure : statistics.failures) std::fprintf(stderr, "%s\n", failure.reason.c_str());
  std::printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", digest, compiled,
              statistics.hits, statistics.misses, mismatches, inlay::codegen::machines_made(),
              inlay::runtime::workspaces_made());
  return 0;
}
