// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/job.h"

#include <algorithm>
#include <utility>

#include "command/message.h"
#include "command/types.h"
#include "language/source_error.h"

namespace inlay::filter::command {

namespace {

bool is_text(const Input& input) { return input.format != InputFormat::Sqlite; }

void sort_out(std::vector<ColumnId>& columns) {
  std::sort(columns.begin(), columns.end(), [](ColumnId a, ColumnId b) { return a.value < b.value; });
  columns.erase(std::unique(columns.begin(), columns.end(), [](ColumnId a, ColumnId b) { return a.value == b.value; }),
                columns.end());
}

std::vector<std::string> names_of(const Aggregation& aggregation) {
  std::vector<std::string> names;
  for (const Key& key : aggregation.keys) names.push_back(key.name);
  for (const Aggregate& aggregate : aggregation.aggregates) names.push_back(aggregate.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<OutputColumn>& columns) {
  std::vector<std::string> names;
  for (const OutputColumn& column : columns) names.push_back(column.name);
  return names;
}

/// All columns are written: whether an input that is not the first one has these.
Result<void> check_columns(const Input& input, const std::vector<ListItem>& all) {
  const Schema& schema = input.source->schema();
  std::string message;
  for (const ListItem& item : all)
    if (!schema.find(item.name)) message = "has no column " + quoted(item.name) + ", which the first file has";
  // Members of JSON that are too many may be in no row that passes.
  if (input.format != InputFormat::JsonLines)
    for (const Column& column : schema.columns())
      if (std::ranges::find(all, column.name, &ListItem::name) == all.end())
        message = "has a column " + quoted(column.name) + ", which the first file has not";
  if (message.empty()) return {};
  return Error(ErrorKind::InvalidArgument, message + "; --select chooses some that all have", {.file = input.name});
}

/// The list, with the columns where it has `*`; without a list, these.
std::vector<ListItem> with_all(const std::vector<ListItem>& list, const std::vector<ListItem>& all) {
  if (list.empty()) return all;
  std::vector<ListItem> items;
  for (const ListItem& item : list)
    if (item.all)
      items.insert(items.end(), all.begin(), all.end());
    else
      items.push_back(item);
  return items;
}

/// A row would lose something.
Error no_column(const OtherMember& other) {
  const std::string type(to_string(other.type));
  return {ErrorKind::Trap, "member " + quoted(other.name) +
                               " is no column of the output, for it was not in the first rows; --types '" + other.name +
                               "=" + type + "' makes it one, --select chooses some"};
}

}  // namespace

Format output_format(const Options& options, const Input& input) {
  if (options.format) return *options.format;
  if (options.aggregating()) return Format::Csv;
  if (input.format == InputFormat::JsonLines) return Format::JsonLines;
  return input.source->form().delimiter == '\t' ? Format::Tsv : Format::Csv;
}

bool writes_as_they_stood(const Options& options, const Input& input) {
  return is_text(input) && options.select.empty() && !options.format && !options.aggregating();
}

/// `of_value`: not only whether it is NULL matters.
void Job::use(const Compiled& expression, bool of_value) {
  columns_.insert(columns_.end(), expression.columns.begin(), expression.columns.end());
  std::vector<ColumnId> columns = expression.interpreted;
  if (of_value && expression.column) columns.push_back(*expression.column);
  for (const ColumnId id : columns)
    if (origins_[id.value - 1] == TypeOrigin::Unknown && schema_[id].type == Type::Text) doubtful_.push_back(id);
}

Result<Job> Job::compile(const Options& options, const Input& input, const std::vector<ListItem>& all) {
  const Schema& schema = input.source->schema();
  const FilterOptions& how = options.filter;
  INLAY_TRY(Compiled condition, filter::compile(schema, options.condition, Runner::Kind::Filter, how));
  Job job(std::move(condition));
  job.schema_ = schema;
  job.origins_ = input.origins;
  job.silent_ = options.quiet;
  job.aggregating_ = options.aggregating();
  job.of_json_ = input.format == InputFormat::JsonLines;
  const Format format = output_format(options, input);
  job.as_they_stood_ = writes_as_they_stood(options, input);
  job.watches_ = job.of_json_ && !job.as_they_stood_ && !job.aggregating_ && !job.silent_ && options.all_columns();
  job.limited_ = options.limit && !job.silent_;
  job.use(job.condition_, true);

  if (job.aggregating_) {
    INLAY_TRY(job.keys_, in_option(compile_columns(schema, options.group_by, how), "--group-by"));
    for (const OutputColumn& key : job.keys_) {
      job.aggregation_.keys.push_back({.type = key.value.type, .name = key.name});
      job.use(key.value, true);
    }
    std::vector<AggregateItem> items = options.aggregates;
    if (options.count) items.push_back({.name = "count(*)", .kind = AggregateKind::Rows, .argument = {}});
    for (const AggregateItem& item : items) {
      Aggregate aggregate{.kind = item.kind, .type = Type::Integer, .name = item.name};
      job.arguments_.emplace_back();
      if (item.kind != AggregateKind::Rows) {
        INLAY_TRY(Compiled argument,
                  in_option(filter::compile(schema, item.argument, Runner::Kind::Projection, how), "--agg"));
        aggregate.type = argument.type;
        const bool of_value = item.kind != AggregateKind::Count;
        if (of_value && argument.column && input.origins[argument.column->value - 1] == TypeOrigin::Unknown &&
            !input.source->has_no_rows())
          return unknown_type(input, *argument.column, item.name);
        job.use(argument, of_value);
        job.arguments_.back() = std::move(argument);
      }
      INLAY_TRY_VOID(check(aggregate));
      job.aggregation_.aggregates.push_back(std::move(aggregate));
    }
    INLAY_TRY_VOID(check_names(format, names_of(job.aggregation_)));
  } else if (!job.as_they_stood_) {
    if (options.all_columns() && !job.silent_) {
      INLAY_TRY_VOID(check_columns(input, all));
    }
    INLAY_TRY(job.selected_, in_option(compile_columns(schema, with_all(options.select, all), how), "--select"));
    INLAY_TRY_VOID(check_names(format, names_of(job.selected_)));
    for (const OutputColumn& column : job.selected_) {
      const std::optional<ColumnId> id = column.value.column;
      job.as_cells_.push_back(id && format != Format::JsonLines && schema[*id].storage == Storage::Cell &&
                              !schema[*id].dictionary);
      // In CSV, texts are not what JSON has, and others are written alike.
      const bool number = id && (schema[*id].type == Type::Integer || schema[*id].type == Type::Real);
      job.as_tokens_.push_back(id && job.of_json_ && (format == Format::JsonLines || number));
      if (job.as_tokens_.back()) job.kept_.push_back(*id);
      job.use(column.value, !job.as_cells_.back() && !job.as_tokens_.back());
    }
    job.writer_.emplace(format, names_of(job.selected_));
    // Of text without names, these are not the file's.
    const bool csv = input.format == InputFormat::Csv || input.format == InputFormat::Tsv;
    job.with_header_ = csv ? !input.source->header().empty() : !input.source->is_empty() || !options.select.empty();
  }
  sort_out(job.columns_);
  sort_out(job.kept_);
  sort_out(job.doubtful_);
  return job;
}

std::string Job::header(const Input& input) const {
  std::string text;
  if (silent_ || aggregating_) return text;
  if (!as_they_stood_) {
    if (with_header_) writer_->append_header(text);
    return text;
  }
  text = input.source->header();
  if (!text.empty() && text.back() != '\n' && text.back() != '\r') text += '\n';
  return text;
}

std::size_t Job::count_whole(const InputBatch& batch, std::span<const std::uint32_t> selection) const {
  auto next = selection.begin();
  for (const OtherMember& other : batch.others) {
    next = std::lower_bound(next, selection.end(), other.row);
    if (next != selection.end() && *next == other.row) return static_cast<std::size_t>(next - selection.begin());
  }
  return selection.size();
}

std::size_t Job::write(const InputBatch& batch, Workplace& workplace, Done& done) const {
  Evaluator& evaluator = workplace.evaluator;
  std::string& out = done.output;
  std::vector<std::size_t>* const ends = limited_ ? &done.row_ends : nullptr;
  if (as_they_stood_) {
    append_rows(out, batch, evaluator.selection(), ends);
    return evaluator.selection().size();
  }
  workplace.values.resize(selected_.size());
  std::vector<WrittenColumn> columns(selected_.size());
  for (std::size_t i = 0; i < selected_.size(); ++i) {
    const Compiled& value = selected_[i].value;
    if (as_cells_[i]) {
      columns[i].cells = reinterpret_cast<const Text*>(batch.batch.columns[value.column->value - 1].values);
    } else if (as_tokens_[i]) {
      columns[i].tokens = batch.written[value.column->value - 1];
    } else {
      evaluator.evaluate(value, batch.batch, workplace.values[i]);
      columns[i].values = &workplace.values[i];
    }
  }
  const std::size_t whole = count_whole(batch, evaluator.selection());
  writer_->append(out, columns, evaluator.selection().first(whole), ends);
  return whole;
}

void Job::add_up(const InputBatch& batch, Workplace& workplace) const {
  Evaluator& evaluator = workplace.evaluator;
  workplace.keys.resize(keys_.size());
  workplace.values.resize(arguments_.size());
  for (std::size_t i = 0; i < keys_.size(); ++i) evaluator.evaluate(keys_[i].value, batch.batch, workplace.keys[i]);
  for (std::size_t i = 0; i < arguments_.size(); ++i)
    if (arguments_[i]) evaluator.evaluate(*arguments_[i], batch.batch, workplace.values[i]);
  if (!workplace.groups) workplace.groups.emplace(aggregation_);
  workplace.groups->add(workplace.keys, workplace.values, evaluator.selection().size());
}

Done Job::work(const Source& source, const std::string& file, InputBatch batch, Workplace& workplace) const {
  Done done;
  done.bytes = batch.bytes;
  const std::string_view text = batch.text;
  if (silent_) batch.batch.rows_behind = 0;  // the first row that passes may be the last one
  if (!batch.is_split) source.split(batch);
  done.rows = batch.batch.rows;
  Evaluator& evaluator = workplace.evaluator;
  // A batch of no rows has no columns.
  std::optional<RowError> misfit;
  if (!doubtful_.empty() && batch.batch.rows > 0) misfit = find_misfit(batch, schema_, doubtful_);
  if (misfit) batch.batch.rows = misfit->row;
  if (batch.batch.rows > 0) {
    evaluator.select(condition_, batch.batch);
    if (aggregating_ && !silent_) add_up(batch, workplace);
    std::size_t passed = evaluator.selection().size();
    if (!aggregating_ && !silent_) {
      const std::size_t written = write(batch, workplace, done);
      passed = evaluator.selection().size();
      if (written < passed) {
        const std::uint32_t row = evaluator.selection()[written];
        const auto other = std::ranges::lower_bound(batch.others, std::int64_t{row}, {}, &OtherMember::row);
        done.passed = static_cast<std::int64_t>(written);
        done.error = locate_row(no_column(*other), row, batch, text, file);
        return done;
      }
    }
    done.passed = static_cast<std::int64_t>(passed);
    if (const std::optional<RowError>& raised = evaluator.error()) {
      const Error error = suggest_type(raised->error, raised->row, batch, schema_, origins_, columns_);
      done.error = locate_row(error, raised->row, batch, text, file);
      return done;
    }
  }
  if (misfit)
    done.error = locate_row(misfit->error, misfit->row, batch, text, file);
  else if (batch.error)
    done.error = quote_line(*std::move(batch.error), batch, text);
  return done;
}

Result<void> append_results(std::string& out, Format format, bool only_count, const Aggregation& aggregation,
                            const Groups& groups) {
  if (only_count) {
    out += std::to_string(groups.states(0)[0].count) + '\n';
    return {};
  }
  std::vector<std::string> names = names_of(aggregation);
  INLAY_TRY_VOID(check_names(format, names));
  const TableWriter writer(format, std::move(names));
  writer.append_header(out);
  writer.append(out, aggregation, groups);
  return {};
}

}  // namespace inlay::filter::command
