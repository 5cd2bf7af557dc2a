// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a written program does when it traps: it says why and where, walks its stack, and ends by SIGABRT. The code is
// written in the program IR (support/trap.inlay); here it is joined with programs that need it.
#pragma once

#include <map>
#include <string>

#include "inlay/architecture.h"
#include "inlay/result.h"

namespace llvm {
class Module;
}

namespace inlay::aot {

/// The table of a program's functions by which a trap walks the stack, and how many entries it has
/// (support/trap.inlay).
inline constexpr const char* FunctionTableName = "inlay_functions";
inline constexpr const char* FunctionCountName = "inlay_function_count";
/// A function without a byte, behind the others.
inline constexpr const char* EndOfCodeName = "inlay.end";

/// One module on its way to an object.
class Traps {
 public:
  /// At first: notes what the module says of its functions, as long as it does.
  explicit Traps(const llvm::Module& module);

  /// Before optimizing: gives the module a body for `inlay_trap` if it calls it, and its functions frame pointers.
  Result<void> join(llvm::Module& module, Architecture architecture);

  /// After optimizing: the table by which a walk of the stack finds what the functions that are left are called.
  void add_table(llvm::Module& module) const;

 private:
  struct Origin {
    std::string file;
    unsigned line = 0;
  };

  bool needed_ = false;
  std::map<std::string, Origin> origins_;  // by function
};

}  // namespace inlay::aot
