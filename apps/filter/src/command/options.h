// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of `inlay-filter`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/filter/filter.h"
#include "inlay/result.h"
#include "output/list.h"
#include "output/partial.h"
#include "output/write.h"

namespace inlay::filter::command {

inline constexpr int StatusPassed = 0, StatusNothing = 1, StatusError = 2;  // as grep's

enum class InputFormat : std::uint8_t { ByName, Csv, Tsv, JsonLines, Sqlite };

struct Options {
  std::string condition;
  std::vector<std::string> files;  // `-` is standard input

  std::vector<ListItem> select;
  std::optional<std::int64_t> limit;  // of the rows written
  bool count = false;
  std::vector<AggregateItem> aggregates;
  std::vector<ListItem> group_by;
  std::optional<Format> format;

  InputFormat input_format = InputFormat::ByName;
  std::vector<std::pair<std::string, Type>> types;
  std::optional<bool> header;
  char delimiter = 0;
  std::vector<std::string> nulls;  // cells of CSV that are NULL
  std::string table;

  int threads = 1;
  std::optional<Shard> shard;
  std::vector<Trait> traits;  // what was said of input and results, so that merge sees what belongs together
  FilterOptions filter;
  bool explain = false;
  bool json = false;
  bool quiet = false;

  bool merge = false;  // `files` are parts

  /// Whether all columns are written, but not rows as they stood if there are others beside them.
  bool all_columns() const;
  bool aggregating() const { return count || !aggregates.empty() || !group_by.empty(); }
};

/// What is asked for, or the status to end with at once: help was printed, or what is wrong.
struct Parsed {
  Options options;
  std::optional<int> status;
};
Parsed parse_command_line(int argc, char** argv);

}  // namespace inlay::filter::command
