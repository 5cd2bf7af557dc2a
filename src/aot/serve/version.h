// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which build of Inlay this is.
#pragma once

#include <optional>
#include <string>

namespace inlay::aot {

/// Of the build of Inlay that `address` lies in: two with the same one understand each other and make the same files.
/// Nothing if it was linked without a build id: then it cannot be told from others.
std::optional<std::string> version_at(const void* address);
/// Of this one; empty if it has none, and nobody has that. A program that only asks servers, and is not linked with the
/// library, defines it itself: it is the version of the library beside it (src/tool/version.cpp.in).
const std::string& version_text();

}  // namespace inlay::aot
