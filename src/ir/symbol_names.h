// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names of symbols: which ones a program may have, and which ones Inlay adds to them.
#pragma once

#include <string_view>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// What compiled code calls where it traps (inlay/ir/layout.h). A program may have one of its own.
inline constexpr std::string_view TrapName = "inlay_trap";

/// What begins so is Inlay's own.
inline constexpr std::string_view OwnPrefix = "inlay.";
/// Likewise; but what is the program's runtime may be called so, and be declared.
inline constexpr std::string_view OwnPrefixInC = "inlay_";

/// Before the name of a function: its FunctionRecord (inlay/ir/layout.h); the copy of it that is inlined; where it
/// traps.
inline constexpr std::string_view RecordPrefix = "inlay.record.";
inline constexpr std::string_view InlinePrefix = "inlay.inline.";
inline constexpr std::string_view SitesPrefix = "inlay.sites.";

/// Follows, in its symbol, the name of what is the program's own and called like something of the C library.
inline constexpr std::string_view OwnSuffix = ".own";

/// What is wrong with the name of a function or of data that lies here or, `external`, elsewhere; null if nothing is.
const char* why_not_a_name(std::string_view name, bool external);

/// For the code that Inlay brings along, written as programs are: until the module is reset, all names that LLVM can
/// take are good for it.
void allow_own_names(Module& module);
bool are_own_names_allowed(const Module& module);

}  // namespace inlay::ir
