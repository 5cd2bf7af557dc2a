// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is done with the rows of one file: the options, compiled for its columns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/input.h"
#include "command/options.h"
#include "command/pipeline.h"
#include "output/columns.h"

namespace inlay::filter::command {

/// What a thread keeps between batches.
struct Workplace {
  Evaluator evaluator;
  std::vector<Values> keys, values;
  std::optional<Groups> groups;
};

class Job {
 public:
  /// `all`: the names of the columns to write where the options do not name any.
  static Result<Job> compile(const Options& options, const Input& input, const std::vector<ListItem>& all);

  /// The columns that are read, for Source::use().
  const std::vector<ColumnId>& columns() const { return columns_; }
  /// And of these the ones for Source::keep().
  const std::vector<ColumnId>& kept() const { return kept_; }
  bool as_they_stood() const { return as_they_stood_; }
  /// Whether all there is of a row is written, but not as it stood: for Source::watch().
  bool watches() const { return watches_; }
  /// Whether it is for JSON, whose values are kept as they are written.
  bool of_json() const { return of_json_; }
  const Aggregation& aggregation() const { return aggregation_; }
  const std::vector<TypeOrigin>& origins() const { return origins_; }
  const Schema& schema() const { return schema_; }
  const Compiled& condition() const { return condition_; }

  /// What comes before the first row.
  std::string header(const Input& input) const;
  /// Splits, filters, and writes or adds up.
  Done work(const Source& source, const std::string& file, InputBatch batch, Workplace& workplace) const;

 private:
  explicit Job(Compiled condition) : condition_(std::move(condition)) {}
  void use(const Compiled& expression, bool of_value);
  /// How many of the rows selected are written: all, but those from the first on that has more than is written.
  std::size_t count_whole(const InputBatch& batch, std::span<const std::uint32_t> selection) const;
  std::size_t write(const InputBatch& batch, Workplace& workplace, Done& done) const;
  void add_up(const InputBatch& batch, Workplace& workplace) const;

  Schema schema_;
  Compiled condition_;
  bool as_they_stood_ = false, watches_ = false, of_json_ = false, silent_ = false, aggregating_ = false,
       with_header_ = true, limited_ = false;
  std::vector<OutputColumn> selected_;
  std::vector<bool> as_cells_, as_tokens_;  // of these: whether they are written as they stood
  std::optional<TableWriter> writer_;
  std::vector<OutputColumn> keys_;
  std::vector<std::optional<Compiled>> arguments_;
  Aggregation aggregation_;
  std::vector<ColumnId> columns_, kept_;
  std::vector<TypeOrigin> origins_;
  std::vector<ColumnId> doubtful_;  // taken as text because nothing told their type
};

/// Writes the options' aggregates; `aggregation` is of the first file, if there was one.
Result<void> append_results(std::string& out, Format format, bool only_count, const Aggregation& aggregation,
                            const Groups& groups);

Format output_format(const Options& options, const Input& input);
/// Whether rows are written as they are in the input, which must be text then.
bool writes_as_they_stood(const Options& options, const Input& input);

}  // namespace inlay::filter::command
