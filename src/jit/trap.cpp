// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/trap.h"

#include "inlay/ir/layout.h"
#include "ir/trap_text.h"
#include "jit/trap.h"

namespace inlay {

Trapped::Trapped(Error error) : std::runtime_error(error.to_string()), error_(std::move(error)) {}
Trapped::~Trapped() = default;

}  // namespace inlay

void inlay_trap(const inlay::ir::TrapSite* site, std::int64_t a, std::int64_t b) {
  using namespace inlay;
  const ir::FunctionRecord& function = *site->function;
  const std::int64_t begin = site->file ? 0 : function.line;
  Place place{site->file ? site->file : function.file, static_cast<std::uint32_t>(begin + site->line), 0};
  std::string message = ir::trap_text(site->kind, site->message ? site->message : "", a, b);
  throw Trapped(Error(ErrorKind::Trap, std::move(message) + " in @" + function.name, std::move(place)));
}
