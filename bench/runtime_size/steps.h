// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interface of the generated runtimes: chains of steps, each with a function of its own.
#pragma once

namespace bench {

struct Step;
using StepFunction = long (*)(const Step*, long);

struct Step {
  StepFunction run;
  long constant;
  const Step* next;
};

extern const StepFunction step_functions[];
extern const int step_function_count;

}  // namespace bench
