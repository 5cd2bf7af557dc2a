// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Closures that reach beyond their arguments: exceptions, globals, statics, thread-locals.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

namespace effects {

using Int = std::int64_t;
using Code = std::function<Int(Int)>;

struct Failure : std::runtime_error {
  Failure(const std::string& text, Int c) : std::runtime_error(text), code(c) {}
  Int code;
};

Code throw_if_negative();
Code catch_failure(Code inner, Int otherwise);
Code rethrow(Code inner);
Code clean_up(Code inner, Int* cleaned);
Code call_host(Int (*function)(Int));
Code throw_through(Int (*function)(Int));  // noexcept nowhere; the host throws
Code call_twice(Code inner);
Code not_throwing(Code inner);  // its own frame is noexcept: would terminate

extern Int global;
Int& static_counter();
extern thread_local Int per_thread;
Code count_global();
Code count_static();
Code count_per_thread();
Code construct_static();  // a function static that only compiled code may reach first
Int constructed();

}  // namespace effects
