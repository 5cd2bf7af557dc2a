// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLD's messages, as one Error.
#pragma once

#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay::aot {

/// UndefinedSymbol with the symbols and who needs them, if that is what `text` says, otherwise LinkFailed; what LLD
/// said becomes the notes, with the unit's name in place of the anonymous files.
Error link_error(std::string_view text, const std::string& name);

}  // namespace inlay::aot
