// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stack.h"

#include <pthread.h>

#include <algorithm>
#include <cstddef>
#include <system_error>

namespace lox {
namespace {

// Addresses only: pages come when they are used.
constexpr std::size_t stack_bytes = std::size_t{128} << 20;
// The expressions of one function may stand syntax::max_depth levels deep in one another, and the limit of calls knows
// nothing of that. As a closure each level takes some 200 bytes, or 4 KiB if it is a call with many arguments.
constexpr std::size_t reserve_bytes = std::size_t{64} << 20;

struct Call {
  const std::function<int()>& body;
  int result = 0;
};

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

void* run(void* argument) {
  auto& call = *static_cast<Call*>(argument);
  call.result = call.body();
  return nullptr;
}

}  // namespace

int run_on_large_stack(const std::function<int()>& body) {
  Call call{body};
  pthread_attr_t attributes;
  check(pthread_attr_init(&attributes), "cannot prepare a thread");
  pthread_t thread = {};
  int error = pthread_attr_setstacksize(&attributes, stack_bytes);
  if (error == 0) error = pthread_create(&thread, &attributes, run, &call);
  pthread_attr_destroy(&attributes);
  check(error, "cannot start a thread with a stack of 128 MiB");
  check(pthread_join(thread, nullptr), "cannot wait for a thread");
  return call.result;
}

std::uintptr_t stack_limit() {
  pthread_attr_t attributes;
  check(pthread_getattr_np(pthread_self(), &attributes), "cannot find the stack of this thread");
  void* lowest = nullptr;
  std::size_t size = 0;
  const int error = pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  check(error, "cannot find the stack of this thread");
  // On another thread than ours the stack may be small.
  return reinterpret_cast<std::uintptr_t>(lowest) + std::min(reserve_bytes, size / 2);
}

}  // namespace lox
