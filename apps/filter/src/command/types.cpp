// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/types.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "input/infer.h"
#include "language/json.h"
#include "language/scanner.h"
#include "language/source_error.h"
#include "language/syntax.h"
#include "language/wanted.h"

namespace inlay::filter::command {

namespace {

constexpr std::string_view NoValues = "has no values in the first rows, which tell types";

std::string advice(const std::string& name, std::string_view type) {
  return "--types '" + name + "=" + std::string(type) + "'";
}

/// A string of JSON, whose quote stands before it, is a text whatever it says.
bool is_json_string(Text cell, std::string_view text) {
  return cell.data > text.data() && cell.data < text.data() + text.size() && cell.data[-1] == '"';
}

}  // namespace

void name_columns(Input& input, const Options& options) {
  std::vector<std::pair<std::string, std::optional<Type>>> columns(options.types.begin(), options.types.end());
  const auto add = [&](const std::string& expression) {
    const Result<Syntax> syntax = parse_syntax(expression);
    if (!syntax) return;
    for (const SyntaxNode& node : syntax->nodes) {
      if (node.form != Form::Column) continue;
      const std::string& name = syntax->names[node.index];
      if (std::ranges::none_of(columns, [&](const auto& column) { return column.first == name; }))
        columns.emplace_back(name, std::nullopt);
    }
  };
  add(options.condition);
  for (const ListItem& item : options.select) add(item.expression);
  for (const ListItem& item : options.group_by) add(item.expression);
  for (const AggregateItem& item : options.aggregates) add(item.argument);
  input.source = make_empty_source(columns);
  input.origins.assign(input.source->origins().begin(), input.source->origins().end());
}

void settle_types(Input& input, const Options& options) {
  const Schema schema = input.source->schema();
  std::vector<bool> unknown;
  for (const TypeOrigin origin : input.origins) unknown.push_back(origin == TypeOrigin::Unknown);
  if (std::find(unknown.begin(), unknown.end(), true) == unknown.end()) return;
  const Registry& registry = options.filter.functions ? *options.filter.functions : Registry::standard();
  std::vector<std::optional<Type>> wanted = wanted_types(options.condition, schema, unknown, registry, true);
  const auto ask = [&](const std::string& expression) {
    const std::vector<std::optional<Type>> more = wanted_types(expression, schema, unknown, registry, false);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (!wanted[i]) wanted[i] = more[i];
  };
  for (const ListItem& item : options.select) ask(item.expression);
  for (const ListItem& item : options.group_by) ask(item.expression);
  for (const AggregateItem& item : options.aggregates) {
    ask(item.argument);
    const bool adds = item.kind == AggregateKind::Sum || item.kind == AggregateKind::Average;
    // Nothing is added up: any number will do.
    if (!adds || !input.source->has_no_rows()) continue;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (unknown[i] && !wanted[i] && schema.find(item.argument) == ColumnId(static_cast<std::uint32_t>(i + 1)))
        wanted[i] = Type::Integer;
  }
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (unknown[i] && wanted[i]) input.source->assume(ColumnId(static_cast<std::uint32_t>(i + 1)), *wanted[i]);
}

Error unknown_type(const Input& input, ColumnId column, const std::string& aggregate) {
  const std::string& name = input.source->schema()[column].name;
  return {ErrorKind::InvalidArgument,
          aggregate + ": column " + quoted(name) + " " + std::string(NoValues) + "; say " + advice(name, "integer") +
              ", or what it is",
          {.file = input.name}};
}

std::optional<RowError> find_misfit(const InputBatch& batch, const Schema& schema, std::span<const ColumnId> columns) {
  std::optional<RowError> found;
  std::int64_t rows = batch.batch.rows;
  for (const ColumnId id : columns) {
    const auto* const cells = reinterpret_cast<const Text*>(batch.batch.columns[id.value - 1].values);
    for (std::int64_t row = 0; row < rows; ++row) {
      const Text cell = cells[row];
      if (!cell.data || cell.size == 0) continue;
      const Type type = type_of_text(cell);
      if (type == Type::Text || is_json_string(cell, batch.text)) continue;
      const std::string& name = schema[id].name;
      const std::string named(to_string(type));
      found = RowError{
          .error = Error(ErrorKind::Trap, "column " + quoted(name) + " " + std::string(NoValues) +
                                              ", and was taken as text, but " + quoted(cell) + " reads as " + named +
                                              "; say " + advice(name, named) + " or " + advice(name, "text")),
          .row = row};
      rows = row;  // the next columns: only what comes before
    }
  }
  return found;
}

Error suggest_type(Error error, std::int64_t row, const InputBatch& batch, const Schema& schema,
                   std::span<const TypeOrigin> origins, std::span<const ColumnId> columns) {
  if (row < 0) return error;
  for (const ColumnId id : columns) {
    const Column& column = schema[id];
    const bool inferred = origins[id.value - 1] == TypeOrigin::Inferred || origins[id.value - 1] == TypeOrigin::Unknown;
    if (!inferred || column.storage != Storage::Cell) continue;
    if (!error.message().ends_with("in column '" + one_line(column.name) + "'")) continue;
    const Text cell = reinterpret_cast<const Text*>(batch.batch.columns[id.value - 1].values)[row];
    if (!cell.data) continue;
    const Type fitting = joined(column.type, type_of_text(cell));
    if (fitting != column.type)
      return std::move(error).with_note("types are those of the first rows; " +
                                        advice(column.name, to_string(fitting)) + " reads this one, too");
  }
  return error;
}

std::string describe_types(const Schema& schema, std::span<const TypeOrigin> origins,
                           std::span<const ColumnId> columns) {
  std::string text;
  for (const ColumnId id : columns)
    text += (text.empty() ? "" : ", ") + name_text(schema[id].name) + " " + std::string(to_string(schema[id].type)) +
            " (" + std::string(to_string(origins[id.value - 1])) + ")";
  return text;
}

std::string describe_types_json(const Schema& schema, std::span<const TypeOrigin> origins,
                                std::span<const ColumnId> columns) {
  std::string text = "[";
  for (const ColumnId id : columns) {
    text += text.size() > 1 ? ",{\"name\":" : "{\"name\":";
    append_json(text, schema[id].name);
    text += ",\"type\":\"" + std::string(to_string(schema[id].type)) + "\",\"origin\":\"" +
            std::string(to_string(origins[id.value - 1])) + "\"}";
  }
  return text + "]";
}

}  // namespace inlay::filter::command
