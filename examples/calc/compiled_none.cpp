// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stands in for compiled.cpp where calc is built without Inlay.
#include "compiled.h"

#include <stdexcept>

namespace calc {

bool can_compile() { return false; }

Compiled compile_native(const syntax::Program&) { throw std::runtime_error("this calc was built without Inlay"); }

void build_executable(const syntax::Program&, const std::string&) {
  throw std::runtime_error("this calc was built without Inlay");
}

}  // namespace calc
