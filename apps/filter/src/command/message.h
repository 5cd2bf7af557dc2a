// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the command says on standard error.
#pragma once

#include <cstdint>
#include <string_view>

#include "inlay/filter/batch.h"
#include "inlay/result.h"
#include "input/source.h"

namespace inlay::filter::command {

void tell(const Error& error);

/// An error of an expression that an option has: with the option's name for that of the expression.
Error in_option(const Error& error, std::string_view option);
template <class T>
Result<T> in_option(Result<T> result, std::string_view option) {
  if (!result) return in_option(result.error(), option);
  return result;
}

/// Whether the error is of an expression with a column that is not there.
bool is_unknown_column(const Error& error);

/// An error in a row of a batch: with file, line and the line's text. `text` is the batch's before it was split.
Error locate_row(Error error, std::int64_t row, const InputBatch& batch, std::string_view text,
                 const std::string& file);
/// An error of the input itself, which has its place: with the line's text, if it is one of these.
Error quote_line(Error error, const InputBatch& batch, std::string_view text);

}  // namespace inlay::filter::command
