// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a program begins.
#pragma once

#include "inlay/ir/module.h"
#include "inlay/result.h"

namespace inlay::ir {

/// What `main` may be: it takes nothing, or how many arguments there are (i32) and where (ptr), and gives the exit
/// status (i32) or nothing, which is 0.
struct MainForm {
  bool arguments = false;
  bool status = true;
};

/// Of the function `@main` of the module; an error if there is none, or it is anything else.
Result<MainForm> form_of_main(const Module& module);

/// An error if form_of_main() would refuse a `@main` that the module defines, and in which the program begins: it does
/// not define `@_start` itself.
Result<void> check_main(const Module& module);

}  // namespace inlay::ir
