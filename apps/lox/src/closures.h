// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a resolved tree to closures: one small lambda for each node, which holds the closures of the node's children.
#pragma once

#include "function.h"
#include "syntax.h"

#include <functional>
#include <string>
#include <unordered_map>

namespace inlay {
class GuestSource;
}

namespace lox {

/// What the closures of a program need from who makes them.
struct CompileContext {
  int first_constant = 0;                // numbers of constants in the Vm begin here
  Shape first_shape = first_free_shape;  // of functions: one each from here on
  std::function<Site*()> new_site;       // memory for one, which is not constant
  /// Globals that hold this one function for ever, once they are declared. What calls them knows that from the start.
  std::unordered_map<int, const syntax::Function*> settled = {};
  inlay::GuestSource* source = nullptr;  // where closures came from, for debuggers and reports; or null
  std::string file;                      // of the source
};

/// The program, whose script is its last function. Throws nothing but bad_alloc: a resolved tree has no errors.
Program compile(const syntax::Function& script, const CompileContext& context);

}  // namespace lox
