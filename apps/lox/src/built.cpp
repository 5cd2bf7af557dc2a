// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "built.h"

#include "calls.h"
#include "error.h"
#include "vm.h"

#include <pthread.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

namespace lox {
namespace {

constexpr std::size_t stack_bytes = 64 << 20;
constexpr std::size_t stack_reserve = 1 << 20;  // for what calls no Lox

template <int Slots>
Value run_built(const Function* function, const Statement* body, Vm& vm, Closure* closure, Roots roots, Object* self,
                const Value* arguments) {
  return run_body<Slots>(function, *body, vm, closure, roots, self, arguments);
}

// As those of inlay-lox (commands.h).
constexpr int status_runtime_error = 70;
constexpr int status_output_error = 74;

int fail_to_run(int status, const char* what, const char* why) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %s%s\n", program_invocation_short_name, what, why);
  return status;
}

int run_program(const BuiltProgram& program, std::uintptr_t stack_limit) {
  Vm vm;
  vm.set_stack_limit(stack_limit);
  vm.add(program.constants, program.function_count, program.global_count);
  vm.define_natives(program.clock);
  try {
    vm.run(*program.script);
    vm.flush();
    return 0;
  } catch (const RuntimeError& error) {
    std::fflush(stdout);
    std::fputs(to_text(error).c_str(), stderr);
    return status_runtime_error;
  } catch (const OutputError& error) {
    return fail_to_run(status_output_error, "cannot write to standard output: ", std::strerror(error.error));
  } catch (const std::bad_alloc&) {
    return fail_to_run(status_runtime_error, "not enough memory", "");
  } catch (const std::exception& error) {
    return fail_to_run(status_runtime_error, error.what(), "");
  }
}

struct Run {
  const BuiltProgram& program;
  int status = 0;
};

void* run_thread(void* argument) {
  auto& run = *static_cast<Run*>(argument);
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  run.status = run_program(run.program, here - stack_bytes + stack_reserve);
  return nullptr;
}

}  // namespace

RunBuilt run_built_for(int slots) {
  if (slots <= slot_sizes[0]) return run_built<slot_sizes[0]>;
  if (slots <= slot_sizes[1]) return run_built<slot_sizes[1]>;
  if (slots <= slot_sizes[2]) return run_built<slot_sizes[2]>;
  return run_built<slot_sizes[3]>;
}

const void* built_address(const void* object) { return object; }

}  // namespace lox

int lox_run_built_program(const lox::BuiltProgram* program, const lox::BuiltFunction* functions, std::size_t count) {
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  for (std::size_t i = 0; i < count; ++i) functions[i].function->code = functions[i].code;
  lox::Run run{*program};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, lox::stack_bytes);
  const int error = pthread_create(&thread, &attributes, lox::run_thread, &run);
  pthread_attr_destroy(&attributes);
  if (error != 0) return lox::fail_to_run(lox::status_runtime_error, "cannot start a thread: ", std::strerror(error));
  pthread_join(thread, nullptr);
  return run.status;
}
