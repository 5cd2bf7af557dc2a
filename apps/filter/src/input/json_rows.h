// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// JSON Lines to rows: one object a line, its members by name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlay/filter/schema.h"
#include "inlay/result.h"
#include "input/buffers.h"

namespace inlay::filter {

/// What ended a text early.
struct JsonFault {
  std::int64_t line = 0;  // counted from the text's first, which is 0
  std::string message;
  std::optional<std::uint32_t> column = {};  // whose type, from 0, does not fit a value
  Type fitting = Type::Text;                 // that would have
};

/// Rows of a text; what it points to lies in the text and in the BatchMemory.
struct JsonRows {
  std::int64_t rows = 0;
  std::string_view text;                    // of these rows: that of the input, or a copy without empty lines
  std::span<const std::uint32_t> row_ends;  // in `text`
  std::span<const std::uint32_t> lines;     // of each row, from 0; empty: one line a row
  std::optional<JsonFault> fault;           // at the row behind these
};

/// The members of the objects in a text, in the order in which they appear first, with types that fit their values;
/// without values, none.
struct JsonMembers {
  std::vector<std::pair<std::string, std::optional<Type>>> members;
  std::optional<JsonFault> fault;  // of the line that ended the text: some may be missing
};

/// One thread's, used again and again.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();
  JsonParser(JsonParser&&) noexcept;

  /// Reads a text of whole lines into memory.columns, of which those of `used` get values, and those of `kept`, which
  /// are some of these, into memory.written. `rows` is the number of lines or more. With `watch`, memory.others tells
  /// of the other members that are not null.
  JsonRows read(std::string_view text, std::int64_t rows, const Schema& schema, std::span<const std::uint32_t> used,
                std::span<const std::uint32_t> kept, BatchMemory& memory, bool watch = false);
  JsonMembers members(std::string_view text);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace inlay::filter
