// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/serve/support.h"

namespace inlay::aot {

Result<std::vector<std::string>> support_objects(const ir::Module&) { return std::vector<std::string>(); }

}  // namespace inlay::aot
