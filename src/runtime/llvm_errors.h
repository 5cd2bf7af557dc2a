// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The border between LLVM's way of reporting and ours.
#pragma once

#include "inlay/result.h"

#include <llvm/Support/Error.h>

namespace inlay::runtime {

/// Consumes `error`. An Error of `kind` with LLVM's text.
inline Error from_llvm(llvm::Error error, ErrorKind kind) { return {kind, llvm::toString(std::move(error))}; }

}  // namespace inlay::runtime
