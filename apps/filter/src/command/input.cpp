// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "command/cut_files.h"
#include "language/nearest.h"

namespace inlay::filter::command {

namespace {

bool is_standard_input(const std::string& file) { return file == "-"; }

std::string name_of(const std::string& file) { return is_standard_input(file) ? "standard input" : file; }

Error system_error(const std::string& file, const char* what) {
  return {ErrorKind::File, std::string(what) + ": " + std::strerror(errno), {.file = name_of(file)}};
}

bool begins_as_sqlite(const std::string& file) {
  static constexpr std::string_view Magic("SQLite format 3\0", 16);
  struct stat status;
  // Not of a pipe: what is read of it is gone.
  if (stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  std::array<char, Magic.size()> begin{};
  const ssize_t size = read(descriptor, begin.data(), begin.size());
  close(descriptor);
  return size == static_cast<ssize_t>(Magic.size()) && std::string_view(begin.data(), begin.size()) == Magic;
}

bool ends_in(const std::string& file, std::initializer_list<std::string_view> endings) {
  const std::string name = lower_case(file);
  for (const std::string_view ending : endings)
    if (name.ends_with(ending)) return true;
  return false;
}

Result<int> open_file(const std::string& file) {
  const int descriptor =
      is_standard_input(file) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    now_reading(name_of(file));
    return descriptor;
  }
  const bool absent = errno == ENOENT;
  Error error = system_error(file, "cannot be read");
  if (absent && file.starts_with('-'))
    static_cast<void>(std::move(error).with_note("what stands behind -- is no option; options go before it"));
  return error;
}

std::vector<std::pair<std::string, Type>> types_of(const Schema& schema) {
  std::vector<std::pair<std::string, Type>> types;
  for (const Column& column : schema.columns()) types.emplace_back(column.name, column.type);
  return types;
}

/// The types of a file that is not the first one are given by that: how that knew them is what matters.
std::vector<TypeOrigin> origins_of(const Source& source, const Input* first) {
  std::vector<TypeOrigin> origins(source.origins().begin(), source.origins().end());
  if (!first) return origins;
  const std::span<const Column> columns = source.schema().columns(), known = first->source->schema().columns();
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (std::size_t k = 0; k < known.size(); ++k)
      if (known[k].name == columns[i].name) origins[i] = first->origins[k];
  return origins;
}

}  // namespace

InputFormat format_of(const std::string& file, const Options& options) {
  if (options.input_format != InputFormat::ByName) return options.input_format;
  if (is_standard_input(file)) return InputFormat::Csv;
  if (ends_in(file, {".jsonl", ".ndjson", ".json"})) return InputFormat::JsonLines;
  if (begins_as_sqlite(file)) return InputFormat::Sqlite;
  return ends_in(file, {".tsv", ".tab"}) ? InputFormat::Tsv : InputFormat::Csv;
}

namespace {

Result<Input> open_any(const std::string& file, const Options& options, const Input* first) {
  Input input{.source = nullptr, .name = name_of(file), .format = format_of(file, options)};
  if (input.format == InputFormat::Sqlite) {
    if (is_standard_input(file))
      return Error(ErrorKind::InvalidArgument, "an SQLite database is read from a file, not from standard input");
    INLAY_TRY(const int descriptor, open_file(file));  // SQLite's own message does not say why
    struct stat status;
    const bool other =
        fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && !begins_as_sqlite(file);
    close(descriptor);
    if (other)
      return Error(ErrorKind::InvalidArgument,
                   std::string("is no SQLite database") + (options.table.empty() ? "" : "; --table is of these"),
                   {.file = input.name});
    INLAY_TRY(input.source, open_sqlite(file, options.table, options.types, first != nullptr));
    return input;
  }
  TextOptions text;
  text.name = input.name;
  text.types = options.types;
  text.header = options.header;
  text.delimiter = options.delimiter;
  text.nulls = options.nulls;
  if (text.delimiter == 0 && input.format == InputFormat::Tsv) text.delimiter = '\t';
  if (input.format == InputFormat::JsonLines) {
    if (first) text.types = types_of(first->source->schema());
    INLAY_TRY(const int descriptor, open_file(file));
    INLAY_TRY(input.source, open_json_lines(descriptor, std::move(text)));
    return input;
  }
  if (first && first->format != InputFormat::Sqlite && first->format != InputFormat::JsonLines) {
    if (!text.header) text.header = !first->source->header().empty();
    text.types = types_of(first->source->schema());
    text.other_types = true;
  }
  INLAY_TRY(const int descriptor, open_file(file));
  INLAY_TRY(input.source, open_csv(descriptor, std::move(text)));
  return input;
}

}  // namespace

Result<Input> open_input(const std::string& file, const Options& options, const Input* first) {
  INLAY_TRY(Input input, open_any(file, options, first));
  input.origins = origins_of(*input.source, first);
  return input;
}

Result<void> check_options(const Options& options) {
  const char* const option = options.delimiter != 0   ? "--delimiter"
                             : !options.nulls.empty() ? "--null"
                             : !options.header        ? nullptr
                             : *options.header        ? "--header"
                                                      : "--no-header";
  if (!option) return {};
  for (const std::string& file : options.files) {
    const InputFormat format = format_of(file, options);
    if (format == InputFormat::Csv || format == InputFormat::Tsv) return {};
  }
  const std::string& first = options.files.front();
  const bool json = format_of(first, options) == InputFormat::JsonLines;
  return Error(ErrorKind::InvalidArgument,
               std::string("is ") + (json ? "JSON Lines" : "an SQLite database") + "; " + option + " is of CSV files",
               {.file = name_of(first)});
}

Result<std::int64_t> size_for_shards(const std::string& file) {
  struct stat status;
  if (is_standard_input(file) ? fstat(STDIN_FILENO, &status) != 0 : stat(file.c_str(), &status) != 0)
    return system_error(file, "cannot be read");
  if (!S_ISREG(status.st_mode))
    return Error(ErrorKind::InvalidArgument, "only files can be divided with --shard", {.file = name_of(file)});
  return static_cast<std::int64_t>(status.st_size);
}

Result<std::string> describe_file(const std::string& file) {
  constexpr std::size_t Beginning = std::size_t{64} << 10;
  INLAY_TRY(const std::int64_t size, size_for_shards(file));
  INLAY_TRY(const int descriptor, open_file(file));
  std::vector<char> begin(std::min(Beginning, static_cast<std::size_t>(size)));
  const ssize_t got = pread(descriptor, begin.data(), begin.size(), 0);
  const int reason = errno;
  close(descriptor);
  if (got < 0) {
    errno = reason;
    return system_error(file, "cannot be read");
  }
  std::uint64_t sum = 0xcbf29ce484222325;  // FNV-1a: nobody has a reason to deceive us
  for (ssize_t i = 0; i < got; ++i)
    sum = (sum ^ static_cast<unsigned char>(begin[static_cast<std::size_t>(i)])) * 0x100000001b3;
  std::array<char, 64> told;
  std::snprintf(told.data(), told.size(), ", %lld bytes, beginning %016llx", static_cast<long long>(size),
                static_cast<unsigned long long>(sum));
  return (is_standard_input(file) ? std::string() : file.substr(file.rfind('/') + 1)) + told.data();
}

}  // namespace inlay::filter::command
