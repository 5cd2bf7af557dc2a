// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/message.h"

#include <cstdio>
#include <optional>

#include "formats/number.h"

namespace inlay::m6502::command {

void tell(const Error& error) {
  const std::string text = error.to_string();
  std::fprintf(stderr, "%s%s\n", error.place().known() ? "" : "inlay-6502: ", text.c_str());
}

int status_of(const Result<int>& result) {
  if (result) return *result;
  tell(result.error());
  return StatusError;
}

void tell(const std::string& text) { std::fprintf(stderr, "inlay-6502: %s\n", text.c_str()); }

std::string shown(std::uint16_t address, const Labels& labels) {
  char text[8];
  std::snprintf(text, sizeof text, "$%04X", address);
  const std::string_view name = labels.name_of(address);
  return name.empty() ? text : std::string(text) + " (" + std::string(name) + ")";
}

Result<std::uint16_t> parse_address(std::string_view text, const Labels& labels, const std::string& what) {
  if (const auto known = labels.address_of(text)) return *known;
  // As C's names are in assembly.
  if (const auto known = labels.address_of("_" + std::string(text))) return *known;
  const std::optional<std::uint32_t> value = parse_hex(text);
  if (!value)
    return Error(ErrorKind::InvalidArgument, what + ": '" + std::string(text) + "' is no hexadecimal address" +
                                                 (labels.empty() ? "" : " and no label"));
  if (*value > 0xFFFF) return Error(ErrorKind::InvalidArgument, what + ": '" + std::string(text) + "' is beyond FFFF");
  return static_cast<std::uint16_t>(*value);
}

}  // namespace inlay::m6502::command
