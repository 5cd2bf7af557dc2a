// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a call of a random program came to, and the random inputs and options of such calls.
#pragma once

#include <functional>
#include <string>

#include "environment.h"
#include "inlay/options.h"
#include "program.h"

namespace fuzz {

/// What a call came to.
struct Outcome {
  std::int64_t result = 0;
  std::string exception;
  Env env;
  Globals globals;

  bool operator==(const Outcome&) const = default;
  std::string to_string() const {
    std::string text = exception.empty() ? "returned " + std::to_string(result) : "threw " + exception;
    return text + "; " + env.to_string() + "; globals " + std::to_string(globals.global) + " " +
           std::to_string(globals.function_static) + " " + std::to_string(globals.thread_local_value);
  }
};

template <class Call>
Outcome outcome_of(const Env& start, const Call& call) {
  Outcome outcome;
  outcome.env = start;
  set_globals({3, 4, 5});
  try {
    outcome.result = call(outcome.env);
  } catch (const Trap& trap) {
    outcome.exception = "Trap " + std::to_string(trap.code);
  } catch (const std::exception& error) {
    outcome.exception = error.what();
  } catch (int value) {
    outcome.exception = "int " + std::to_string(value);
  }
  outcome.globals = globals();
  return outcome;
}

inline Env random_env(Random& random) {
  Env env;
  for (std::int64_t& slot : env.slots) slot = random.number();
  for (double& real : env.reals) real = random.real();
  return env;
}

/// Mostly the defaults at a level that compiles fast, and sometimes limits that are too small and odd policies.
inline inlay::CompileOptions random_options(Random& random) {
  inlay::CompileOptions options;
  options.level = random.one_in(4) ? inlay::Level::O2 : random.one_in(2) ? inlay::Level::O1 : inlay::Level::O0;
  if (random.one_in(8)) options.max_instructions = static_cast<unsigned>(random.below(800));
  if (random.one_in(8)) options.max_depth = static_cast<unsigned>(random.below(12));
  if (random.one_in(8)) options.max_rounds = 1 + static_cast<unsigned>(random.below(3));
  if (random.one_in(6)) {
    std::uint64_t salt = random.next();
    options.inline_policy = [salt](const inlay::CallSite& site) {
      return static_cast<inlay::InlineChoice>((std::hash<std::string_view>()(site.callee) ^ salt) % 4);
    };
  }
  return options;
}

inline unsigned random_size(Random& random) {
  return random.one_in(12) ? 150 : static_cast<unsigned>(4 + random.below(40));
}

}  // namespace fuzz
