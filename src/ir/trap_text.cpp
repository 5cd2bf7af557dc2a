// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/trap_text.h"

#include <array>

namespace inlay::ir {

std::string trap_text(TrapKind kind, std::string_view message, std::int64_t a, std::int64_t b) {
  constexpr auto texts = std::to_array<std::string_view>({
#define INLAY_IR_TRAP(Name, text) text,
      INLAY_IR_TRAPS(INLAY_IR_TRAP)
#undef INLAY_IR_TRAP
  });
  if (kind == TrapKind::Message) return std::string(message);
  const auto number = static_cast<std::size_t>(kind);
  if (number >= texts.size()) return "a trap of an unknown kind";
  std::string out;
  std::int64_t next = a;
  for (std::string_view rest = texts[number]; !rest.empty();) {
    const std::size_t at = rest.find("{}");
    out += rest.substr(0, at);
    if (at == std::string_view::npos) break;
    out += std::to_string(next);
    next = b;
    rest.remove_prefix(at + 2);
  }
  return out;
}

}  // namespace inlay::ir
