// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which build of a program or library something in memory belongs to.
#pragma once

#include <optional>
#include <string>

namespace inlay::cache {

/// The build id (a note that the linker writes: a hash of all of the file) of what `address` lies in, as raw bytes.
/// Nothing if it was linked without one.
std::optional<std::string> build_id_of(const void* address);

}  // namespace inlay::cache
