// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend.h"

#include "parser.h"

namespace lox {

int GlobalNames::index_of(std::string_view name) {
  const auto [entry, is_new] = indices_.try_emplace(std::string(name), count());
  if (is_new) names_.emplace_back(name);
  return entry->second;
}

Parsed parse(std::string_view source, GlobalNames& globals) { return Parser(source, globals).parse_script(); }

}  // namespace lox
