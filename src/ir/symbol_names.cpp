// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/symbol_names.h"

#include "ir/state.h"

namespace inlay::ir {

const char* why_not_a_name(std::string_view name, bool external) {
  if (name.empty()) return "it has no name";
  bool zero = false;  // most names are too short for memchr
  for (char c : name) zero |= c == '\0';
  if (zero) return "the name has a zero byte in it";
  if (name[0] != '\1' && name[0] != 'l' && name[0] != 'i') return nullptr;
  if (name.starts_with('\1')) return "no symbol can have that name; give it another one";
  if (name.starts_with("llvm.")) return "only LLVM's own functions have such a name; give it another one";
  if (name.starts_with(OwnPrefix) || (name.starts_with(OwnPrefixInC) && !external && name != TrapName))
    return "only what Inlay adds to programs has such a name; give it another one";
  return nullptr;
}

void allow_own_names(Module& module) { module.state_->own_names = true; }
bool are_own_names_allowed(const Module& module) { return module.state_->own_names; }

}  // namespace inlay::ir
