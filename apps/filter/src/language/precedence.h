// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How tightly operators bind, for the parser and the printer: as in PostgreSQL, but that `~` stands with LIKE.
#pragma once

#include <cstdint>

namespace inlay::filter {

enum class Precedence : std::uint8_t {
  None,  // all of an expression
  Or,
  And,
  Not,
  Is,
  Comparison,  // = <> < <= > >=; not chained
  Pattern,     // LIKE ILIKE ~ !~ BETWEEN IN; not chained
  Join,        // ||
  Sum,         // + -
  Product,     // * / %
  Prefix,      // -
  Cast,        // ::
  Primary,
};

}  // namespace inlay::filter
