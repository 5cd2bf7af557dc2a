// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests of the evaluator's parts: a file of LLVM IR in, text out, compared with the CHECK lines of the same file.
//
// The functions and variables of a file are a runtime of their own, as if they had been embedded. Lines of the file say
// what is done with them; an argument is `i32 3`, `ptr @program+8`, or `_` if not known:
//
//   ; RUN: fold @f                       what each instruction of a function without known arguments folds to
//   ; RUN: analyse @f(i32 3, _) ...      the nodes: block, context, pins, what is known there, successors
//   ; RUN: specialize @f(i32 3, _) ...   the function that analyse and emit make, as one step of the evaluator
//   ; RUN: compile @f(i32 3, _) ...      all of the evaluator, on a function that calls @f so; and its report
//   ; RUN: virtual-state @f              the function with its virtual state held in registers
//   ; RUN: tracked-state @f              the function with scopes of aliasing for its tracked state
//   ; EMBED                              first, embedding adds resume functions, and the hints get their bundles
//
// Limits may follow: `contexts=2`, `versions=`, `instructions=`, `copies=`, `nodes=`, `places=`, `promoted=`, `exit=`
// (a context's number); for `compile` the ones of CompileOptions, `rounds=` and `depth=` among them.
//
// With INLAY_IR_PRINT=1 in the environment, a test prints what its file gives.
#pragma once

#include <string>

namespace inlay::specialize {

/// Does what the RUN lines of a file ask for. `complaint`: what must never be, in any file: code that LLVM's verifier
/// refuses, a placeholder that is left, a RUN line that says nothing.
struct Outcome {
  std::string text;
  std::string complaint;
};
Outcome run_file(const std::string& text);

/// What differs from the CHECK lines of `file`; empty if nothing does.
std::string compare_with_checks(const std::string& file, const std::string& output);

}  // namespace inlay::specialize
