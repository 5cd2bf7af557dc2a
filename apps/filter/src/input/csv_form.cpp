// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/csv_form.h"

#include <algorithm>

#include "input/columns.h"
#include "input/infer.h"

namespace inlay::filter {

namespace {

// The first record of a text: its fields as they stand.
struct Record {
  std::vector<std::string_view> fields;
  std::size_t size = 0;  // with its line end
  std::int64_t lines = 0;
  bool empty() const { return fields.size() == 1 && fields[0].empty(); }
};

Record first_record(std::string_view text, const Marks& marks) {
  Record record;
  bool inside = false;
  std::size_t begin = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (marks.quote && c == marks.quote) inside = !inside;
    if (c == marks.line_end) ++record.lines;
    if (inside) continue;
    if (c == marks.line_end) break;
    if (c != marks.delimiter) continue;
    record.fields.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  std::size_t end = at;
  if (marks.line_end == '\n' && end > begin && text[end - 1] == '\r') --end;
  record.fields.push_back(text.substr(begin, end - begin));
  record.size = std::min(at + 1, text.size());
  return record;
}

char find_delimiter(std::string_view text, Marks marks, std::string_view file) {
  if (file.ends_with(".tsv") || file.ends_with(".tab")) return '\t';
  constexpr int Records = 100;
  char best = ',';
  std::size_t best_fields = 1;
  bool best_equal = false;
  for (const char candidate : {',', ';', '\t', '|'}) {
    marks.delimiter = candidate;
    std::size_t fields = 0;
    bool equal = true;
    std::string_view left = text;
    for (int i = 0; i < Records && !left.empty(); ++i) {
      const Record record = first_record(left, marks);
      left.remove_prefix(record.size);
      if (record.empty()) continue;
      if (fields == 0) fields = record.fields.size();
      equal = equal && record.fields.size() == fields;
    }
    if (fields < 2) continue;
    if (equal > best_equal || (equal == best_equal && fields > best_fields)) {
      best = candidate;
      best_fields = fields;
      best_equal = equal;
    }
  }
  return best;
}

void find_types(CsvBeginning& beginning, std::string_view text) {
  const CsvForm& form = beginning.form;
  std::vector<std::optional<Type>> known(form.columns);
  if (!text.empty()) {
    BatchMemory memory(std::make_shared<BufferPool>());
    std::vector<std::uint32_t> all(form.columns);
    for (std::uint32_t i = 0; i < form.columns; ++i) all[i] = i;
    const Extent extent = structure_code().extent(text, form.marks);
    const CsvRows rows = split_csv(text, extent.records + 1, form, all, memory);
    for (std::uint32_t i = 0; i < form.columns; ++i)
      for (std::int64_t row = 0; row < rows.rows && known[i] != Type::Text; ++row)
        if (const Text cell = rows.cells[i][row]; cell.data) join(known[i], type_of_text(cell));
  }
  for (const std::optional<Type>& type : known) {
    beginning.types.push_back(type.value_or(Type::Text));
    beginning.origins.push_back(type ? TypeOrigin::Inferred : TypeOrigin::Unknown);
  }
}

}  // namespace

std::string_view foreign_encoding(std::string_view text) {
  using namespace std::string_view_literals;
  if (text.starts_with("\xff\xfe\0\0"sv) || text.starts_with("\0\0\xfe\xff"sv)) return "UTF-32";
  if (text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv)) return "UTF-16";
  // ASCII in UTF-16 has a zero for every second byte.
  const std::size_t size = std::min<std::size_t>(text.size(), 256) & ~std::size_t{1};
  if (size < 8) return {};
  std::size_t zeros[2] = {};
  for (std::size_t i = 0; i < size; ++i) zeros[i % 2] += text[i] == 0;
  const std::size_t half = size / 2;
  return (zeros[0] == half && zeros[1] == 0) || (zeros[1] == half && zeros[0] == 0) ? "UTF-16" : "";
}

std::string_view foreign_format(std::string_view text) {
  using namespace std::string_view_literals;
  struct Format {
    std::string_view begin, advice;
  };
  static constexpr Format Formats[] = {
      {"\x1f\x8b"sv, "compressed by gzip; zcat it into standard input"sv},
      {"\x28\xb5\x2f\xfd"sv, "compressed by zstd; zstdcat it into standard input"sv},
      {"\xfd"
       "7zXZ\0"sv,
       "compressed by xz; xzcat it into standard input"sv},
      {"\x04\x22\x4d\x18"sv, "compressed by lz4; lz4cat it into standard input"sv},
      {"PK\x03\x04"sv, "a ZIP archive, as spreadsheets are; unpack it, or save it as CSV"sv},
      {"PAR1"sv, "a Parquet file; CSV, TSV, JSON Lines and SQLite are read"sv},
      {"ARROW1\0\0"sv, "an Arrow file; CSV, TSV, JSON Lines and SQLite are read"sv},
      {"SQLite format 3\0"sv, "an SQLite database, which is read from a file as such, and not as text"sv},
  };
  for (const Format& format : Formats)
    if (text.starts_with(format.begin)) return format.advice;
  if (text.starts_with("BZh") && text.substr(std::min<std::size_t>(4, text.size())).starts_with("1AY&SY"))
    return "compressed by bzip2; bzcat it into standard input";
  return {};
}

char line_end_of(std::string_view text, char quote) {
  bool inside = false;
  bool cr = false;
  for (const char c : text) {
    if (quote && c == quote) inside = !inside;
    if (inside) continue;
    if (c == '\n') return '\n';
    cr = cr || c == '\r';
  }
  return cr ? '\r' : '\n';
}

Result<CsvBeginning> find_form(std::string_view sample, const TextOptions& options) {
  CsvBeginning beginning;
  if (sample.starts_with("\xef\xbb\xbf")) beginning.bom = 3;
  sample.remove_prefix(beginning.bom);
  Marks& marks = beginning.form.marks;
  marks.quote = options.quote;
  beginning.form.nulls = options.nulls;
  marks.line_end = line_end_of(sample, marks.quote);
  marks.delimiter = options.delimiter ? options.delimiter : find_delimiter(sample, marks, options.name);
  if (marks.delimiter == marks.quote || marks.delimiter == '\n' || marks.delimiter == '\r' || marks.quote == '\n' ||
      marks.quote == '\r')
    return Error(ErrorKind::InvalidArgument,
                 "fields cannot be divided or quoted by line ends, nor both by one character", {.file = options.name});

  std::string_view left = sample;
  Record first;
  std::int64_t lines = 0;
  do {
    first = first_record(left, marks);
    left.remove_prefix(first.size);
    lines += first.lines;
  } while (first.empty() && !left.empty());
  beginning.form.columns = static_cast<std::uint32_t>(first.fields.size());

  const std::string_view record = sample.substr(sample.size() - left.size() - first.size, first.size);
  BatchMemory memory(std::make_shared<BufferPool>());
  if (const CsvRows row = split_csv(record, 1, beginning.form, {}, memory); row.fault)
    return Error(
        ErrorKind::File,
        row.fault->message + (record.starts_with('{') ? "; JSON Lines are read with --input-format jsonl" : ""),
        {.file = options.name, .line = static_cast<std::uint32_t>(1 + lines - first.lines + row.fault->line)});

  bool header = true;
  for (const std::string_view field : first.fields) {
    beginning.names.push_back(unquoted(field, marks.quote));
    header = header && type_of_text(beginning.names.back()) == Type::Text;
  }
  if (options.header.value_or(header)) {
    beginning.header = sample.size() - left.size();
    beginning.header_text = record;
    beginning.header_lines = lines;
  } else {
    beginning.names.assign(first.fields.size(), {});
  }
  beginning.names = distinct_names(std::move(beginning.names));
  find_types(beginning, sample.substr(beginning.header));
  INLAY_TRY_VOID(give_types(beginning.names, options.types, options.other_types, options.name, beginning.types,
                            beginning.origins));
  return beginning;
}

}  // namespace inlay::filter
