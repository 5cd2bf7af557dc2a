// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "effects.h"

#include "inlay/annotate.h"

namespace effects {

Code throw_if_negative() {
  return [](Int x) {
    if (x < 0) throw Failure("negative: " + std::to_string(x), x);
    return x;
  };
}
Code catch_failure(Code inner, Int otherwise) {
  return [=](Int x) {
    try {
      return inner(x);
    } catch (const Failure& failure) {
      return otherwise + failure.code;
    }
  };
}
Code rethrow(Code inner) {
  return [=](Int x) {
    try {
      return inner(x);
    } catch (Failure& failure) {
      failure.code *= 2;
      throw;
    }
  };
}
Code clean_up(Code inner, Int* cleaned) {
  return [=](Int x) {
    struct Note {
      Int* cleaned;
      ~Note() { ++*cleaned; }
    } note{cleaned};
    return inner(x) + 1;
  };
}
Code call_host(Int (*function)(Int)) {
  return [function](Int x) { return function(x) + 1; };
}
Code throw_through(Int (*function)(Int)) {
  return [function](Int x) {
    try {
      return function(x);
    } catch (const std::logic_error& error) {
      return static_cast<Int>(std::string(error.what()).size());
    }
  };
}
Code call_twice(Code inner) {
  return [inner](Int x) { return inner(inner(x)); };
}
Code not_throwing(Code inner) {
  return [inner](Int x) noexcept { return inner(x); };
}

Int global = 1;
thread_local Int per_thread = 100;

namespace {
Int built = 0;
struct Built {
  Built() { ++built; }
  Int value = 8;
};
INLAY_NOINLINE Int first() { return 10; }
}  // namespace

Int& static_counter() {
  static Int counter = first();
  return counter;
}
Code count_global() {
  return [](Int x) { return global += x; };
}
Code count_static() {
  return [](Int x) { return static_counter() += x; };
}
Code count_per_thread() {
  return [](Int x) { return per_thread += x; };
}
Code construct_static() {
  return [](Int x) {
    static Built once;
    return once.value + x;
  };
}
Int constructed() { return built; }

}  // namespace effects
