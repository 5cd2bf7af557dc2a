// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/options.h"

#include <algorithm>
#include <cstdlib>

#include "jit/observe/tools.h"

namespace inlay::jit {

namespace {

/// Applies one word; those that are not known here are words of the policy.
Result<void> apply(std::string_view word, JitOptions& options, Environment& environment) {
  constexpr std::string_view Trace = "trace=";
  if (word.starts_with(Trace) && word.size() > Trace.size()) {
    environment.trace_file = word.substr(Trace.size());
    if (!options.trace) options.trace = inlay::Trace::start();
    return {};
  }
  if (take_tool_word(word, options)) return {};
  constexpr std::string_view Cache = "cache";
  if (word == Cache || word.starts_with("cache=")) {
    CacheOptions where;
    if (word != Cache) where.path = word.substr(Cache.size() + 1);
    if (word != Cache && where.path.empty())
      return Error(ErrorKind::InvalidArgument, "'cache=' names no folder; 'cache' alone stands for the default one");
    INLAY_TRY(options.cache, inlay::Cache::directory(where));
    return {};
  }
  INLAY_TRY(options.policy, Policy::parse(word, options.policy));
  return {};
}

}  // namespace

std::string_view take_word(std::string_view& words) {
  const std::string_view word = words.substr(0, words.find(','));
  words.remove_prefix(std::min(word.size() + 1, words.size()));
  return word;
}

Result<Environment> apply_environment(JitOptions& options) {
  Environment environment;
  const char* text = std::getenv("INLAY_JIT");
  std::string_view words = text ? text : "";
  while (!words.empty()) {
    Result<void> applied = apply(take_word(words), options, environment);
    if (!applied)
      return std::move(applied).error().with_note(
          "in the environment variable INLAY_JIT, which takes trace=FILE, cache, cache=FOLDER, gdb, lines, guest, "
          "hosts, perf=map and perf=dump as well");
  }
  return environment;
}

}  // namespace inlay::jit
