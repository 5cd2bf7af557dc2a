// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `inlay-filter merge`.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command/job.h"
#include "command/message.h"
#include "command/output.h"
#include "command/run.h"

namespace inlay::filter::command {

namespace {

Result<std::string> read_all(const std::string& file) {
  const bool standard = file == "-";
  const std::string name = standard ? "standard input" : file;
  const auto failed = [&] {
    return Error(ErrorKind::File, std::string("cannot be read: ") + std::strerror(errno), {.file = name});
  };
  const int descriptor = standard ? STDIN_FILENO : open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed();
  std::string text;
  std::vector<char> block(std::size_t{64} << 10);
  ssize_t size;
  while ((size = read(descriptor, block.data(), block.size())) > 0) {
    text.append(block.data(), static_cast<std::size_t>(size));
    // What is none is not read to its end, which may be far away.
    if (text.size() >= PartialMark.size() && !text.starts_with(PartialMark)) break;
  }
  std::optional<Error> error;
  if (size < 0) error = failed();
  if (!standard) close(descriptor);
  if (error) return *std::move(error);
  return text;
}

/// Whether each shard is there, and once.
Result<void> check_shards(const std::vector<std::int64_t>& parts) {
  std::string missing;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i] == 0) missing += (missing.empty() ? "" : ", ") + std::to_string(i + 1);
  if (missing.empty()) return {};
  return Error(ErrorKind::InvalidArgument,
               "of " + std::to_string(parts.size()) + " shards these are missing: " + missing);
}

Result<int> merge(const Options& options) {
  std::optional<Partial> all;
  std::vector<std::int64_t> parts;  // how many there are of each shard
  for (const std::string& file : options.files) {
    INLAY_TRY(const std::string text, read_all(file));
    INLAY_TRY(Partial part, parse_partial(text, file));
    if (!all) {
      parts.resize(static_cast<std::size_t>(part.shard.count));
    } else if (const std::optional<std::string> other = difference(part, *all)) {
      return Error(ErrorKind::InvalidArgument, "is of another command than " + options.files[0] + ": " + *other,
                   {.file = file});
    } else if (!options.format && part.format != all->format) {
      return Error(ErrorKind::InvalidArgument,
                   "was to be written in another --format than " + options.files[0] + "; say one to merge",
                   {.file = file});
    }
    if (parts[static_cast<std::size_t>(part.shard.number - 1)]++ > 0)
      return Error(ErrorKind::InvalidArgument, "is shard " + std::to_string(part.shard.number) + " a second time",
                   {.file = file});
    if (!all) {
      all = std::move(part);
    } else {
      all->groups.merge(part.groups);
      all->passed += part.passed;
    }
  }
  INLAY_TRY_VOID(check_shards(parts));
  std::string text;
  const std::optional<Format> format = options.format ? options.format : all->format;
  INLAY_TRY_VOID(
      append_results(text, format.value_or(Format::Csv), all->only_count && !format, all->aggregation, all->groups));
  INLAY_TRY_VOID(write_output(text));
  return all->passed > 0 ? StatusPassed : StatusNothing;
}

}  // namespace

int run_merge(const Options& options) {
  const Result<int> status = merge(options);
  if (status) return *status;
  tell(status.error());
  return StatusError;
}

}  // namespace inlay::filter::command
