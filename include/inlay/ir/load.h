// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs from files.
#pragma once

#include <span>
#include <string>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// A file's bytes, as they were when it was read, but for a mark of the encoding at the front of a text; `-`: of
/// standard input. An error if it does not exist (kind
/// NotFound), cannot be read, or has more than 1 GiB (kind File). `name`: what errors call it, if not by its path.
/// `memory`: a text that is not used any more.
Result<std::string> read_file(const std::string& path, const std::string& name = {}, std::string memory = {});

/// Adds the programs in the files to a module: texts (`.inlay`) whole, and of libraries (`.inlaylib`) what the texts
/// declare as external; if there are only libraries, all of them. Not verified yet.
Result<void> load(Module& module, std::span<const std::string> paths);

}  // namespace inlay::ir
