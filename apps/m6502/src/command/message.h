// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the command says on standard error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "inlay/m6502/labels.h"
#include "inlay/result.h"

namespace inlay::m6502::command {

inline constexpr int StatusGood = 0, StatusBad = 1, StatusError = 2;

void tell(const Error& error);
/// The status to end with; an error is told.
int status_of(const Result<int>& result);
/// A line of the command's own.
void tell(const std::string& text);

/// `$C000`, and its label if it has one: `$C000 (_main)`.
std::string shown(std::uint16_t address, const Labels& labels);

/// A label, or a hexadecimal number with or without `$` or `0x` before it. `what` begins the message: `--pc`.
Result<std::uint16_t> parse_address(std::string_view text, const Labels& labels, const std::string& what);

}  // namespace inlay::m6502::command
