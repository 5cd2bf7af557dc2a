// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "built.h"

#include "calls.h"
#include "error.h"
#include "stack.h"
#include "status.h"
#include "vm.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

namespace lox {
namespace {

template <int Slots>
Value run_built(const Function* function, const Statement* body, Vm& vm, Closure* closure, Roots roots, Object* self,
                const Value* arguments) {
  return run_body<Slots>(function, *body, vm, closure, roots, self, arguments);
}

int fail_to_run(int status, const char* what, const char* why) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %s%s\n", program_invocation_short_name, what, why);
  return status;
}

int run_program(const BuiltProgram& program) {
  try {
    Vm vm;
    vm.set_stack_limit(stack_limit());
    vm.add(program.constants, program.function_count, program.global_count);
    vm.define_natives(program.clock);
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

}  // namespace

RunBuilt run_built_for(int slots) {
  return with_slots(slots, [](auto size) -> RunBuilt { return run_built<size>; });
}

const void* built_address(const void* object) { return object; }

}  // namespace lox

int lox_run_built_program(const lox::BuiltProgram* program, const lox::BuiltFunction* functions, std::size_t count) {
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  for (std::size_t i = 0; i < count; ++i) functions[i].function->code = functions[i].code;
  try {
    return lox::run_on_large_stack([&] { return lox::run_program(*program); });
  } catch (const std::exception& error) {
    return lox::fail_to_run(lox::status_runtime_error, error.what(), "");
  }
}
