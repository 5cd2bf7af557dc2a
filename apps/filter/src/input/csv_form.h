// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a CSV file is written, told from its beginning.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inlay/result.h"
#include "input/csv_split.h"
#include "input/source.h"

namespace inlay::filter {

struct CsvBeginning {
  CsvForm form;
  std::size_t bom = 0;      // bytes before the first record
  std::size_t header = 0;   // bytes of the header after the BOM, with the empty lines before it; 0: none
  std::string header_text;  // the header with its line end
  std::int64_t header_lines = 0;
  std::vector<std::string> names;
  std::vector<Type> types;
  std::vector<TypeOrigin> origins;  // of these
};

/// Whether a text is encoded otherwise than in UTF-8 or its like, and then what with: `UTF-16`.
std::string_view foreign_encoding(std::string_view text);

/// What a file is that is no text, by its first bytes, and what would do: `compressed by gzip; …`. Empty: it may be
/// one.
std::string_view foreign_format(std::string_view text);

/// CR is the line end where there is no LF outside quotes.
char line_end_of(std::string_view text, char quote);

/// `sample` begins where the input begins and ends where a record ends; `whole`: where the input ends.
Result<CsvBeginning> find_form(std::string_view sample, const TextOptions& options);

}  // namespace inlay::filter
