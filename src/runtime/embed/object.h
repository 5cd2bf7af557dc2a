// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The part of a runtime's object file that makes the runtime known to Inlay.
#pragma once

#include <string>

#include "runtime/embed/image_writer.h"

namespace inlay::runtime {

/// The one symbol that every runtime defines: naming it makes the linker take the runtime out of its archive, also
/// where the program calls no function of it (`-u inlay_runtime_calc`; inlay_add_runtime does so).
std::string anchor_name(const std::string& runtime_name);

/// Adds to `module` the image's bytes (in their own section), the table of its symbols' addresses, and a constructor
/// and destructor that register and unregister both.
void add_registration(llvm::Module& module, const WrittenImage& image, const std::string& runtime_name);

}  // namespace inlay::runtime
