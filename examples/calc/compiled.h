// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only part of calc that knows Inlay: closures in, native code out.
#pragma once

#include "environment.h"
#include "syntax.h"

#include <functional>
#include <string>

namespace calc {

/// A program that Inlay compiled.
struct Compiled {
  std::function<void(Env&)> run;
  std::string report;  // what was folded, inlined and left as a call
};

/// The closures of a program as native code. What comes back owns all that it needs. Like `build_executable`, throws
/// std::runtime_error if this machine cannot compile.
Compiled compile_native(const syntax::Program& program);

/// Writes an executable that runs the program without calc and without Inlay.
void build_executable(const syntax::Program& program, const std::string& file);

}  // namespace calc
