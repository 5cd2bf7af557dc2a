// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What LLVM has to say, caught: LLVM prints diagnostics and exits on errors unless somebody listens.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inlay/result.h"

#include <llvm/IR/DiagnosticHandler.h>

namespace llvm {
class LLVMContext;
}

namespace inlay::codegen {

/// Listens to a context while it lives, then puts back whoever listened before.
class Diagnostics {
 public:
  explicit Diagnostics(llvm::LLVMContext& context);
  ~Diagnostics();
  Diagnostics(const Diagnostics&) = delete;

  bool failed() const { return !errors_.empty(); }
  /// The first error; the others are its notes.
  Error take(ErrorKind kind);

 private:
  llvm::LLVMContext& context_;
  std::unique_ptr<llvm::DiagnosticHandler> before_;
  std::vector<std::string> errors_;
};

}  // namespace inlay::codegen
