// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What happens on a write to write-protected memory.
#pragma once

namespace inlay::frozen {

/// Puts our SIGSEGV handler before the one there is. Done once in a process, when the first page is to be protected; a
/// handler that is installed later must hand on what it does not know.
void install_fault_handler();

}  // namespace inlay::frozen
