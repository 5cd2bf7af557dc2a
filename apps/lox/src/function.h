// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A Lox program as closures: what compile() makes of a tree. All of it is constant, but for what is Mutable.
#pragma once

#include "heap.h"
#include "site.h"
#include "syntax.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <inlay/frozen.h>

namespace lox {

struct Frame;
struct Function;
struct Loop;
class Vm;

/// What a statement wants to happen after it. The value of a return is in the frame.
enum class Flow : std::uint8_t { Next, Return };

using Expression = std::function<Value(Frame&)>;
using Statement = std::function<Flow(Frame&)>;

/// Runs a function. `roots`: of the new frame. `self`: the instance, of methods. It roots what it uses of `closure`,
/// `self` and the arguments itself, so who calls need not.
using Code = Value (*)(const Function* function, Vm& vm, Closure* closure, Roots roots, Object* self,
                       const Value* arguments);

/// Goes on with a loop, before its condition.
using LoopCode = Flow (*)(const Loop* loop, Frame& frame);

/// Where a closure finds what it captures: in a slot of the function that makes it, or among that function's captures.
struct CaptureFrom {
  bool from_slot;
  int index;
};

/// A function of the program.
struct Function {
  std::string name;  // empty: the script
  int line = 0;
  syntax::FunctionKind kind = syntax::FunctionKind::Script;
  int arity = 0;
  int first_parameter = 0;  // its slot
  int slot_count = 0;       // of variables
  int closure_root = -1;    // where the closure is rooted, if its captures or class are used; else -1
  int root_count = 0;       // most roots in use where it calls, those of variables among them
  bool calls = false;       // or may call
  bool allocates = false;   // or may; otherwise nothing has to be rooted
  bool small = false;       // direct calls are better than a function of its own
  Shape shape = no_shape;   // of its closures
  std::vector<int> boxed;   // parameters that are captured
  std::vector<CaptureFrom> captures;
  Statement body;
  Code direct = nullptr;  // runs it

  inlay::Mutable<Code> code;             // what calls go to
  inlay::Mutable<std::uint32_t> heat;    // calls and jumps back, until somebody thinks of compiling it
  inlay::Mutable<const void*> compiled;  // what the TierUp has made of it, or null
};

/// What people call it.
inline std::string name_of(const Function& function) { return function.name.empty() ? "script" : function.name; }

/// A loop, as something that can be compiled by itself while it runs.
struct Loop {
  const Function* function;  // around it
  int line;
  Expression condition;  // empty: for ever
  Statement body;
  Expression increment;  // or empty
  LoopCode direct;       // in a frame of its own

  inlay::Mutable<std::uint32_t> heat;
  inlay::Mutable<const void*> compiled;  // as a function's
};

struct Program {
  std::vector<std::unique_ptr<Function>> functions;  // the script is the last one
  std::vector<std::unique_ptr<Loop>> loops;
  std::vector<std::unique_ptr<Site>> complete_sites;  // constant, as Site::Kind says
  std::vector<std::string> constants;                 // texts

  const Function* script() const { return functions.back().get(); }
};

}  // namespace lox
