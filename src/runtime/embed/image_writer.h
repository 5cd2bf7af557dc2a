// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A prepared module → an image.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <llvm/IR/Module.h>

namespace inlay::runtime {

struct WrittenImage {
  std::vector<std::byte> bytes;
  std::vector<llvm::GlobalValue*> symbols;  // of the module, in the order of the image's symbols
};

/// Cuts `module` into chunks of a few definitions each and indexes them by name. The module is not changed.
WrittenImage write_image(llvm::Module& module, const std::string& runtime_name);

}  // namespace inlay::runtime
