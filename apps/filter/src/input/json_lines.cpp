// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// JSON Lines as a Source.
#include <algorithm>
#include <mutex>
#include <new>

#include "input/columns.h"
#include "input/json_rows.h"
#include "input/source.h"
#include "input/text_batches.h"

namespace inlay::filter {

namespace {

constexpr Marks LineMarks{.delimiter = '\n', .quote = 0, .line_end = '\n'};

class JsonLinesSource final : public Source {
 public:
  JsonLinesSource(std::unique_ptr<TextReader> reader, const TextOptions& options, Schema schema,
                  std::vector<TypeOrigin> origins, std::optional<Error> broken, bool whole)
      : name_(options.name),
        batches_(std::move(reader), LineMarks, true, 1, options),
        schema_(std::move(schema)),
        broken_(std::move(broken)),
        whole_(whole) {
    for (std::uint32_t i = 0; i < schema_.size(); ++i) used_.push_back(i);
    origins_ = std::move(origins);
  }

  const Schema& schema() const override { return schema_; }
  std::optional<std::int64_t> size() const override { return batches_.size(); }
  Result<std::optional<InputBatch>> next() override { return batches_.next(); }

  void assume(ColumnId id, Type type) override {
    schema_ = with_column(schema_, id, typed_column(schema_[id].name, type));
  }

  void use(std::span<const ColumnId> columns) override {
    used_.clear();
    for (const ColumnId column : columns) used_.push_back(column.value - 1);
  }
  void keep(std::span<const ColumnId> columns) override {
    kept_.clear();
    for (const ColumnId column : columns) kept_.push_back(column.value - 1);
  }

  bool has_no_rows() override { return batches_.only_empty_lines(); }
  void watch() override { watching_ = true; }
  bool has_later_columns() const override { return !whole_; }
  std::optional<Error> unread_beginning() const override { return broken_; }

  void split(InputBatch& batch) const override {
    try {
      JsonParser parser = take_parser();
      const auto memory = std::make_shared<BatchMemory>(pool_);
      memory->text = std::move(batch.memory);
      const JsonRows rows = parser.read(batch.text, batch.batch.rows, schema_, used_, kept_, *memory, watching_);
      batch.batch.rows = rows.rows;
      batch.batch.columns = memory->columns;
      batch.written = memory->written;
      batch.others = memory->others;
      batch.text = rows.text;
      batch.row_ends = rows.row_ends;
      batch.lines = rows.lines;
      batch.memory = memory;
      if (rows.fault) batch.error = error_of(*rows.fault, batch.first_line);
      const std::lock_guard<std::mutex> lock(mutex_);
      parsers_.push_back(std::move(parser));
    } catch (const std::bad_alloc&) {
      refuse_for_memory(batch, name_);
    }
  }

 private:
  Error error_of(const JsonFault& fault, std::int64_t first_line) const {
    Error error(ErrorKind::File, fault.message, {.file = name_, .line = line_number(first_line + fault.line)});
    if (!fault.column || origins_[*fault.column] == TypeOrigin::Given) return error;
    return std::move(error).with_note("types are those of the first rows; --types '" +
                                      schema_.columns()[*fault.column].name + "=" +
                                      std::string(to_string(fault.fitting)) + "' reads this one, too");
  }

  JsonParser take_parser() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (parsers_.empty()) return {};
    JsonParser parser = std::move(parsers_.back());
    parsers_.pop_back();
    return parser;
  }

  std::string name_;
  TextBatches batches_;
  Schema schema_;
  std::optional<Error> broken_;  // what ended the sample
  bool whole_;                   // the sample was all there is
  bool watching_ = false;
  std::vector<std::uint32_t> used_, kept_;
  std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>();
  mutable std::mutex mutex_;
  mutable std::vector<JsonParser> parsers_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_json_lines(int file, TextOptions options) {
  INLAY_TRY(std::unique_ptr<TextReader> reader, open_text_input(file, options));
  INLAY_TRY(const Sample taken, take_sample(*reader, options, 0, 1));
  if (is_blank(taken)) {
    const std::vector<std::pair<std::string, std::optional<Type>>> columns(options.types.begin(), options.types.end());
    return make_empty_source(columns);
  }
  const std::string_view sample = taken.text;
  std::size_t bom = 0;
  if (sample.starts_with("\xef\xbb\xbf")) bom = 3;
  Schema schema;
  auto [members, fault] = JsonParser().members(sample.substr(bom));
  std::optional<Error> broken;
  if (fault)
    broken = Error(ErrorKind::File, std::move(fault->message),
                   {.file = options.name, .line = line_number(std::int64_t{1} + fault->line)});
  // None could be read: that is told, and not that there is no such column.
  if (members.empty() && broken) return *std::move(broken);
  // A member may come later than the first rows: --types tells of it.
  for (const auto& [name, type] : options.types) {
    const auto known = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.first == name; });
    if (known == members.end())
      members.emplace_back(name, type);
    else
      known->second = type;
  }
  std::vector<TypeOrigin> origins;
  for (auto& [name, type] : members) {
    const auto given = [&](const auto& entry) { return entry.first == name; };
    const bool is_given = std::any_of(options.types.begin(), options.types.end(), given);
    origins.push_back(is_given ? TypeOrigin::Given : type ? TypeOrigin::Inferred : TypeOrigin::Unknown);
    schema.add(typed_column(std::move(name), type.value_or(Type::Text)));
  }
  reader->advance(bom);
  return std::unique_ptr<Source>(std::make_unique<JsonLinesSource>(std::move(reader), options, std::move(schema),
                                                                   std::move(origins), std::move(broken), taken.whole));
}

}  // namespace inlay::filter
