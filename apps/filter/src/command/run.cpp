// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "command/input.h"
#include "command/job.h"
#include "command/message.h"
#include "command/output.h"
#include "command/pipeline.h"
#include "command/types.h"
#include "engine/explain.h"
#include "language/scanner.h"

namespace inlay::filter::command {

namespace {

class Run {
 public:
  explicit Run(const Options& options) : options_(options), workplaces_(static_cast<std::size_t>(options.threads)) {}

  /// The exit status.
  int all() {
    Result<void> result = files();
    if (result && options_.aggregating() && !options_.quiet) result = write_results();
    if (!result) error_ = result.error();
    return end();
  }

 private:
  /// Says what is left to say.
  int end() {
    progress_.reset();
    if (error_) tell(*error_);
    if (options_.explain && job_) {
      const std::string types = describe_types(job_->schema(), job_->origins(), job_->columns());
      std::fprintf(stderr, "%scolumns: %s\n", explain(job_->condition().planned).c_str(),
                   types.empty() ? "none" : types.c_str());
    }
    if (options_.json) tell_statistics();
    if (error_) return StatusError;
    return passed_ > 0 ? StatusPassed : StatusNothing;
  }

  Result<void> files() {
    INLAY_TRY_VOID(check_options(options_));
    INLAY_TRY_VOID(measure());
    // Where rows go to the terminal, they show how far we are.
    const bool apart = options_.quiet || options_.aggregating() || isatty(STDOUT_FILENO) == 0;
    progress_.emplace(apart, total_);
    for (const std::string& file : options_.files) {
      INLAY_TRY_VOID(one(file));
      if (enough()) return {};
    }
    if (first_ || !spare_) return {};
    if (spare_->source->is_empty() && spare_->format == InputFormat::JsonLines) name_columns(*spare_, options_);
    return read(*std::move(spare_));
  }

  /// Sizes, for shards and for progress.
  Result<void> measure() {
    std::int64_t total = 0;
    traits_ = options_.traits;
    for (const std::string& file : options_.files) {
      const Result<std::int64_t> size = size_for_shards(file);
      if (!size && options_.shard) return size.error();
      if (!size) return {};  // opening it says why, if it cannot be read
      total += *size;
      if (!options_.shard) continue;
      const std::size_t number = traits_.size() - options_.traits.size() + 1;
      INLAY_TRY(std::string described, describe_file(file));
      traits_.push_back({"input " + std::to_string(number), std::move(described)});
    }
    total_ = total;
    return {};
  }

  Result<void> one(const std::string& file) {
    INLAY_TRY(Input input, open_input(file, options_, first_ ? &*first_ : nullptr));
    // Where nothing tells the types of its columns, a file that follows does.
    if (first_ ? !input.source->is_empty() : !input.source->has_no_rows()) {
      INLAY_TRY_VOID(read(std::move(input)));
    } else if (!first_ && (!spare_ || (spare_->source->is_empty() && !input.source->is_empty()))) {
      spare_ = std::move(input);
    }
    before_ += size_of(file);
    ++files_;
    return {};
  }

  Result<void> read(Input input) {
    if (!first_) settle_types(input, options_);
    INLAY_TRY_VOID(prepare(input));
    if (enough()) return {};
    input.source->use(job_->columns());
    input.source->keep(job_->kept());
    if (job_->watches()) input.source->watch();
    Source& source = *input.source;
    std::int64_t offset = 0, batches = 0;
    const Stages stages{.next = [&] { return next(source, input.format == InputFormat::Sqlite, offset, batches); },
                        .work =
                            [&](InputBatch&& batch, int thread) {
                              return job_->work(source, input.name, std::move(batch),
                                                workplaces_[static_cast<std::size_t>(thread)]);
                            },
                        .finish = [&](Done&& done) { return finish(std::move(done)); }};
    // A thread is not worth it for a file that one reads at once.
    const bool small = source.size() && *source.size() <= TextOptions().batch_bytes;
    run(stages, small ? 1 : options_.threads);
    if (!first_) first_ = std::move(input);
    return {};
  }

  static std::int64_t size_of(const std::string& file) {
    const Result<std::int64_t> size = size_for_shards(file);
    return size ? *size : 0;
  }

  /// Compiles for the columns of this input, unless they are those of the last one.
  Result<void> prepare(const Input& input) {
    const Schema& schema = input.source->schema();
    if (job_) {
      INLAY_TRY_VOID(check_format(input));
      // Nothing else of the input is part of a job: where rows are written as they stand, all inputs are text by now.
      const bool same = std::ranges::equal(job_->schema().columns(), schema.columns()) &&
                        output_format(options_, input) == format_ &&
                        (input.format == InputFormat::JsonLines) == job_->of_json() &&
                        writes_as_they_stood(options_, input) == job_->as_they_stood();
      if (same) return {};
    } else {
      // Those of nothing are only what the options have names of.
      if (!input.source->is_empty())
        for (const Column& column : schema.columns()) all_.push_back({column.name, name_text(column.name)});
    }
    Result<Job> compiled = Job::compile(options_, input, all_);
    if (!compiled) return explain_missing(compiled.error(), input);
    Job job = *std::move(compiled);
    if (!job_) {
      format_ = output_format(options_, input);
      aggregation_ = job.aggregation();
      job_.emplace(std::move(job));
      if (options_.shard && options_.shard->number > 1) return {};
      return write_output(job_->header(input));
    }
    INLAY_TRY_VOID(check_like_first(job, input));
    collect();
    job_.emplace(std::move(job));
    return {};
  }

  /// What else there is to say of a column that is not there.
  Error explain_missing(Error error, const Input& input) const {
    if (!is_unknown_column(error)) return error;
    if (input.source->is_empty())
      return Error(ErrorKind::File, "is empty: there are no columns", {.file = input.name}).with_note(error.message());
    if (std::optional<Error> unread = input.source->unread_beginning()) return *std::move(unread);
    const auto note = [&error](std::string text) { static_cast<void>(std::move(error).with_note(std::move(text))); };
    if (first_) note("in " + input.name + ", which has other columns than the first file");
    if (input.source->has_later_columns())
      note("columns are the members of the first rows, of 256 KiB; --types 'name=integer' adds one that comes later");
    return error;
  }

  /// Rows of one output are written in one way.
  Result<void> check_format(const Input& input) const {
    if (options_.aggregating() || options_.quiet) return {};
    const bool rows = writes_as_they_stood(options_, input);
    const bool like_first = rows == job_->as_they_stood() && (!rows || input.source->form() == first_->source->form());
    if (like_first && (options_.format || output_format(options_, input) == format_)) return {};
    return Error(ErrorKind::InvalidArgument, "has another format than the first file; --format has both written alike",
                 {.file = input.name});
  }

  Result<void> check_like_first(const Job& job, const Input& input) const {
    if (job.aggregation() != aggregation_)
      return Error(ErrorKind::InvalidArgument, "columns have other types than in the first file; --types tells them",
                   {.file = input.name});
    if (options_.aggregating() || options_.quiet) return {};
    const bool rows = job.as_they_stood();
    const auto name = [](const Column& column) { return column.name; };
    if (rows && format_ != Format::JsonLines &&
        !std::ranges::equal(job.schema().columns(), job_->schema().columns(), {}, name, name))
      return Error(ErrorKind::InvalidArgument, "has other columns than the first file; --select chooses some of them",
                   {.file = input.name});
    return {};
  }

  /// The next batch that is this shard's. Files of text are divided by bytes, into neighbouring parts; tables by turns.
  Result<std::optional<InputBatch>> next(Source& source, bool table, std::int64_t& offset,
                                         std::int64_t& batches) const {
    while (true) {
      // What other shards have is not split.
      const bool alone = options_.threads == 1 && !options_.shard;
      INLAY_TRY(std::optional<InputBatch> batch, alone ? source.next_alone() : source.next());
      if (!batch || !options_.shard) return batch;
      batch->batch.rows_behind /= options_.shard->count;
      const std::int64_t at = before_ + std::exchange(offset, offset + batch->bytes);
      std::int64_t shard = batches++ % options_.shard->count + 1;
      if (!table) shard = shard_at(at);
      if (shard == options_.shard->number) return batch;
      if (!table && shard > options_.shard->number) return std::optional<InputBatch>();
    }
  }

  std::int64_t shard_at(std::int64_t offset) const {
    const Integer128 product = static_cast<Integer128>(offset) * options_.shard->count;
    return std::min(static_cast<std::int64_t>(product / std::max<std::int64_t>(*total_, 1)) + 1, options_.shard->count);
  }

  /// Whether as many rows are written as --limit says.
  bool enough() const { return options_.limit && !options_.quiet && passed_ >= *options_.limit; }

  /// What is behind the last row that is wanted is nothing, be it an error.
  void cut(Done& done) const {
    if (!options_.limit || options_.quiet || passed_ + done.passed < *options_.limit) return;
    done.passed = *options_.limit - passed_;
    done.output.resize(done.passed > 0 ? done.row_ends[static_cast<std::size_t>(done.passed - 1)] : 0);
    done.error.reset();
  }

  bool finish(Done&& done) {
    cut(done);
    rows_ += done.rows;
    passed_ += done.passed;
    bytes_ += done.bytes;
    if (options_.quiet && passed_ > 0) std::_Exit(end());
    if (const Result<void> written = write_output(done.output); !written)
      error_ = written.error();
    else if (done.error)
      error_ = std::move(done.error);
    // At once: other threads may be waiting for input that does not come, and everything before this is written.
    if (error_ || enough()) std::_Exit(end());
    progress_->update(bytes_, rows_);
    return true;
  }

  /// What the threads have added up.
  void collect() {
    for (Workplace& workplace : workplaces_) {
      if (!workplace.groups) continue;
      if (total_groups_)
        total_groups_->merge(*workplace.groups);
      else
        total_groups_ = std::move(workplace.groups);
      workplace.groups.reset();
    }
  }

  Result<void> write_results() {
    collect();
    if (!total_groups_) total_groups_.emplace(aggregation_);
    const bool only_count = options_.count && options_.group_by.empty();
    if (options_.shard)
      return write_output(to_text(Partial{.shard = *options_.shard,
                                          .traits = traits_,
                                          .format = options_.format,
                                          .only_count = only_count,
                                          .passed = passed_,
                                          .aggregation = aggregation_,
                                          .groups = *std::move(total_groups_)}));
    std::string text;
    INLAY_TRY_VOID(append_results(text, format_, only_count && !options_.format, aggregation_, *total_groups_));
    return write_output(text);
  }

  void tell_statistics() const {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    std::fprintf(
        stderr,
        "{\"files\":%lld,\"rows\":%lld,\"passed\":%lld,\"bytes\":%lld,\"seconds\":%.6f,\"threads\":%d%s%s%s%s}\n",
        static_cast<long long>(files_), static_cast<long long>(rows_), static_cast<long long>(passed_),
        static_cast<long long>(bytes_), seconds, options_.threads, job_ ? ",\"columns\":" : "",
        job_ ? describe_types_json(job_->schema(), job_->origins(), job_->columns()).c_str() : "",
        job_ ? ",\"condition\":" : "", job_ ? explain_json(job_->condition().planned).c_str() : "");
  }

  const Options& options_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::optional<std::int64_t> total_;  // bytes
  std::vector<Trait> traits_;          // of all shards
  std::optional<Progress> progress_;
  std::optional<Input> first_;
  std::optional<Input> spare_;  // without rows: the first if there is none that has some
  std::vector<ListItem> all_;   // the columns of the first file
  std::optional<Job> job_;
  Format format_ = Format::Csv;
  Aggregation aggregation_;
  std::vector<Workplace> workplaces_;  // by thread
  std::optional<Groups> total_groups_;
  std::int64_t before_ = 0;  // bytes of the files before this one
  std::int64_t files_ = 0, rows_ = 0, passed_ = 0, bytes_ = 0;
  std::optional<Error> error_;
};

}  // namespace

int run_filter(const Options& options) { return Run(options).all(); }

}  // namespace inlay::filter::command
