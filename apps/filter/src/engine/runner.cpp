// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <chrono>

#include "engine/fault.h"
#include "engine/state.h"
#include "engine/tables.h"
#include "inlay/trap.h"

namespace inlay::filter {

namespace {

using Clock = std::chrono::steady_clock;

/// Rows between two looks at the clock, and at whether there is better code.
std::int64_t rows_at_once(Tier tier, std::int64_t rows) {
  switch (tier) {
    case Tier::Interpreter:
      return std::min<std::int64_t>(rows, 1024);
    case Tier::Quick:
      return std::min<std::int64_t>(rows, 16384);
    case Tier::Optimized:
      break;
  }
  return rows;
}

Result<Cpu> cpu_named(const std::string& name) {
  Cpu cpu = Cpu::Native;
  if (name == "baseline")
    cpu = Cpu::Baseline;
  else if (name == "avx2")
    cpu = Cpu::Avx2;
  else if (name == "avx512")
    cpu = Cpu::Avx512;
  else if (name != "native")
    return Error(ErrorKind::InvalidArgument, "no processor is called '" + name + "'; native, baseline, avx2, avx512");
  if (!supports(cpu))
    return Error(ErrorKind::InvalidArgument, "this processor has no " + name + "; native always works");
  return cpu;
}

/// The error of a batch, whose row it names as the input counts it.
Error raised_error(const Runner::State& state, const Batch& batch, const Scope& scope,
                   const std::uint8_t* const* tables, std::int64_t row) {
  const Program& program = state.plan.program;
  std::string_view expression;
  if (row >= 0) {
    const std::size_t inst = find_raising(program, batch, tables, row);
    if (inst < state.texts.size()) expression = state.texts[inst];
  }
  return fault_error(scope, program, row < 0 ? row : batch.first_row + row, expression);
}

/// Blocks from `begin` on up to `end`: `interpret` or `call`, for a part of them, answers how far it came. Then so does
/// this. `behind`: how many more are to come.
template <class Interpret, class Call>
std::int64_t run_blocks(Runner::State& state, bool bitmaps, std::int64_t begin, std::int64_t end, Interpret interpret,
                        Call call, std::int64_t behind) {
  Clock::time_point before = Clock::now();
  while (begin < end) {
    const Code* code = state.code(bitmaps);
    const Tier tier = code ? code->tier : Tier::Interpreter;
    const std::int64_t stop = begin + rows_at_once(tier, end - begin);
    const std::int64_t done = code ? call(*code, begin, stop) : interpret(begin, stop);
    const Clock::time_point now = Clock::now();
    state.count(bitmaps, tier, done - begin, std::chrono::nanoseconds(now - before).count(), end - done + behind);
    before = now;
    begin = done;
    if (done < stop) break;
  }
  return begin;
}

/// A filter's two ways to do rows [begin, end).
struct FilterRun {
  std::int64_t interpret(std::int64_t begin, std::int64_t end, std::uint8_t* pass) const {
    return interpret_filter(*state.interpreted, columns, scope, tables, begin, end, pass);
  }
  std::int64_t call(const Code& code, std::int64_t begin, std::int64_t end, std::uint8_t* pass) const {
    return code.filter->function(columns, &scope, tables, begin, end, pass);
  }

  const Runner::State& state;
  const ColumnData* columns;
  Scope& scope;
  const std::uint8_t* const* tables;
};

/// The scope may outlast the runner whose objects it shows.
class ObjectsInScope {
 public:
  ObjectsInScope(Scope& scope, const std::vector<const void*>& objects) : scope_(scope) {
    scope.objects = objects.data();
  }
  ~ObjectsInScope() { scope_.objects = nullptr; }
  ObjectsInScope(const ObjectsInScope&) = delete;
  ObjectsInScope& operator=(const ObjectsInScope&) = delete;

 private:
  Scope& scope_;
};

/// Whether the columns are there that the program reads.
bool has_columns(const Program& program, const Batch& batch) {
  return program.columns.empty() || program.columns.back().value <= batch.columns.size();
}

/// Prepares what a batch needs, has `run` do its rows up to `end`, and makes an error where it stops before. A batch
/// without rows needs nothing, and has perhaps no columns.
template <class Run>
Result<void> run_batch(Runner::State& state, const Batch& batch, Scope& scope, std::int64_t* raised, Run run) {
  if (batch.rows <= 0) return {};
  if (!has_columns(state.plan.program, batch))
    return Error(ErrorKind::InvalidArgument,
                 "the batch has " + std::to_string(batch.columns.size()) + " columns, and the condition asks for more");
  const bool bitmaps = has_bitmaps(state.plan.program, batch);
  state.compile_first(bitmaps);
  const ObjectsInScope objects(scope, state.objects);
  BatchTables tables;
  std::int64_t row = -1;
  if (prepare_tables(state.plan.program, batch, scope, tables)) {
    try {
      const std::optional<std::int64_t> stopped = run(tables.addresses.data(), bitmaps);
      if (!stopped) return {};
      row = *stopped;
    } catch (const Trapped& trapped) {  // a batch that contradicts its schema
      return Error(ErrorKind::InvalidArgument, std::string("the batch is not as its schema says: ") + trapped.what());
    }
  }
  if (raised) *raised = row;
  return raised_error(state, batch, scope, tables.addresses.data(), row);
}

}  // namespace

Result<std::shared_ptr<Runner>> Runner::create(Plan plan, Kind kind, const FilterOptions& options,
                                               const Expressions* expressions) {
  if (kind == Kind::Filter && plan.program.type != Type::Boolean)
    return Error(ErrorKind::InvalidProgram,
                 "a condition is boolean, this is " + std::string(to_string(plan.program.type)));
  INLAY_TRY(const Cpu cpu, cpu_named(options.cpu));
  return std::make_shared<Runner>(std::make_shared<State>(std::move(plan), kind, options, cpu, expressions));
}

Result<void> Runner::filter(const Batch& batch, Scope& scope, std::uint8_t* pass, std::int64_t* raised) {
  State& state = *state_;
  return run_batch(state, batch, scope, raised, [&](const auto* tables, bool bitmaps) {
    const FilterRun run{state, batch.columns.data(), scope, tables};
    const std::int64_t done = run_blocks(
        state, bitmaps, 0, batch.rows,
        [&](std::int64_t begin, std::int64_t end) { return run.interpret(begin, end, pass + begin); },
        [&](const Code& code, std::int64_t begin, std::int64_t end) {
          return run.call(code, begin, end, pass + begin);
        },
        batch.rows_behind);
    return done < batch.rows ? std::optional(done) : std::nullopt;
  });
}

Result<void> Runner::filter_blocks(const Batch& batch, Scope& scope, std::span<std::uint8_t> room,
                                   const std::function<void(std::int64_t, std::span<const std::uint8_t>)>& take,
                                   std::int64_t* raised) {
  State& state = *state_;
  const auto most = static_cast<std::int64_t>(room.size());
  return run_batch(state, batch, scope, raised, [&](const auto* tables, bool bitmaps) -> std::optional<std::int64_t> {
    const FilterRun run{state, batch.columns.data(), scope, tables};
    for (std::int64_t first = 0; first < batch.rows; first += most) {
      const std::int64_t end = std::min(batch.rows, first + most);
      const auto pass = [&](std::int64_t row) { return room.data() + (row - first); };
      const std::int64_t done = run_blocks(
          state, bitmaps, first, end,
          [&](std::int64_t begin, std::int64_t stop) { return run.interpret(begin, stop, pass(begin)); },
          [&](const Code& code, std::int64_t begin, std::int64_t stop) {
            return run.call(code, begin, stop, pass(begin));
          },
          batch.rows - end + batch.rows_behind);
      if (done < end) return done;
      take(first, room.first(static_cast<std::size_t>(end - first)));
    }
    return std::nullopt;
  });
}

Result<void> Runner::project(const Batch& batch, Scope& scope, const std::uint32_t* selection, std::int64_t first,
                             std::int64_t count, const ProjectionOut& out, std::int64_t* raised) {
  State& state = *state_;
  const Type type = state.plan.program.type;
  if (state.plan.program.nullable && !out.nulls && count > 0)
    return Error(ErrorKind::InvalidArgument, "the value may be NULL, and there is no room to say so");
  const ColumnData* columns = batch.columns.data();
  const std::int64_t size = type == Type::Boolean ? 1 : type == Type::Text ? sizeof(Text) : 8;
  const auto from = [&](std::int64_t begin) {
    return ProjectionOut{static_cast<std::byte*>(out.values) + begin * size, out.nulls ? out.nulls + begin : nullptr};
  };
  const auto rows_from = [&](std::int64_t begin) { return selection ? selection + begin : nullptr; };
  // As many of those to come as of these.
  const double part = batch.rows > 0 ? static_cast<double>(count) / static_cast<double>(batch.rows) : 0;
  const auto behind = static_cast<std::int64_t>(part * static_cast<double>(batch.rows_behind));
  return run_batch(state, batch, scope, raised,
                   [&](const std::uint8_t* const* tables, bool bitmaps) -> std::optional<std::int64_t> {
                     const std::int64_t done = run_blocks(
                         state, bitmaps, 0, count,
                         [&](std::int64_t begin, std::int64_t end) {
                           return begin + interpret_project(*state.interpreted, columns, scope, tables,
                                                            rows_from(begin), first + begin, end - begin, from(begin));
                         },
                         [&](const Code& code, std::int64_t begin, std::int64_t end) {
                           const ProjectionOut part = from(begin);
                           return begin + code.projection->function(columns, &scope, tables, rows_from(begin),
                                                                    first + begin, end - begin, &part);
                         },
                         behind);
                     if (done == count) return std::nullopt;
                     return selection ? selection[done] : first + done;
                   });
}

const Plan& Runner::plan() const { return state_->plan; }

Tier Runner::tier() const { return state_->tier(); }

Runner::Statistics Runner::statistics() const { return state_->statistics(); }

void Runner::settle() {
  if (const Jit* jit = shared_jit(nullptr)) jit->wait_for_background();
}

}  // namespace inlay::filter
