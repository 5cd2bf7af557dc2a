// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/expression.h"
#include "language/binder.h"
#include "language/syntax.h"

namespace inlay::filter {

Result<NodeId> parse(Expressions& expressions, std::string_view text) {
  INLAY_TRY(const Syntax syntax, parse_syntax(text));
  return Binder(expressions, syntax, text).bind();
}

}  // namespace inlay::filter
