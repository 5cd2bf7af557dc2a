// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files as the command line names them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command/options.h"
#include "input/source.h"

namespace inlay::filter::command {

struct Input {
  std::unique_ptr<Source> source;
  std::string name;  // for messages
  InputFormat format = InputFormat::Csv;
  std::vector<TypeOrigin> origins = {};  // of the columns' types, as the first file's
};

/// `first` is the schema of the first file, if this is another one: whose types and header it then has, so that a
/// column does not change its type in the middle of the output.
Result<Input> open_input(const std::string& file, const Options& options, const Input* first);

/// Whether options that only CSV has are given where no file is CSV.
Result<void> check_options(const Options& options);

/// The bytes of a regular file; an error for what has none that are known, which cannot be divided among shards.
Result<std::int64_t> size_for_shards(const std::string& file);

/// A regular file by its name (not its folder), its size and what it begins with, so that another one of that name is
/// told from it, on another machine, too.
Result<std::string> describe_file(const std::string& file);

/// By name or beginning, never ByName.
InputFormat format_of(const std::string& file, const Options& options);

}  // namespace inlay::filter::command
