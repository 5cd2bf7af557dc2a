// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Regular expressions, by RE2: time linear in the text, whatever the pattern. One object is searched by all threads.
#include <re2/re2.h>

#include <memory>
#include <string>

#include "runtime/register.h"

namespace inlay::filter {

namespace {

Result<std::shared_ptr<const void>> prepare_expression(const Value& constant) {
  RE2::Options options(RE2::Quiet);
  auto expression = std::make_shared<RE2>(constant.text, options);
  if (expression->ok()) return std::shared_ptr<const void>(std::move(expression));
  return Error(ErrorKind::InvalidProgram, "not a regular expression: " + expression->error());
}

}  // namespace

/// Whether a part of the text matches. Of a text that is not UTF-8, parts that are can match.
extern "C" bool inlay_filter_matches(Text text, const void* expression) {
  const re2::StringPiece all(text.data, static_cast<std::size_t>(text.size));
  return RE2::PartialMatch(all, *static_cast<const RE2*>(expression));
}

void add_expressions(Registry& registry) {
  const FunctionTraits search{.cost = 100, .prepare = prepare_expression, .prepared = 1};
  INLAY_FILTER_FUNCTION(registry, "~", inlay_filter_matches, search);
  INLAY_FILTER_FUNCTION(registry, "regexp_matches", inlay_filter_matches, search);
}

}  // namespace inlay::filter
