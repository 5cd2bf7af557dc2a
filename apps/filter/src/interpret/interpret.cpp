// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows are run in blocks (blocks.cpp). Where one of a block raises, and for the few programs that need too much memory
// for blocks, they are run one by one, here. Nothing is allocated for a row.
#include "interpret/interpret.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "interpret/steps.h"
#include "runtime/sets.h"

namespace inlay::filter {

namespace {

using State = InterpretedProgram::State;

/// One per run: what rows leave, and the addresses of operands among it.
struct Frame {
  // A program of constants alone has no places, but its last step has a result, as all have, that nobody reads.
  explicit Frame(const State& state) : slots(std::max(state.places, 1u)), arguments(state.arguments.size()) {
    for (std::size_t i = 0; i != arguments.size(); ++i) {
      const Argument& argument = state.arguments[i];
      arguments[i] = argument.constant ? &state.constants[argument.number] : &slots[argument.number];
    }
  }
  std::vector<Slot> slots;
  std::vector<const Slot*> arguments;
};

/// Where a step with `then` goes on.
inline const Step* next(const Step* steps, const Step* step, const Slot& result) {
  switch (step->then) {
    case Then::Nothing:
      return step + 1;
    case Then::Unless:
      return is_true(result) ? step + 2 : steps + step->target;
    case Then::If:
      return is_true(result) ? steps + step->target : step + 2;
  }
  return step + 1;
}

/// Runs one row, up to Done, Pass or Fail, which it answers; null where the row raised.
const Step* run_row(const State& state, Frame& frame, const ColumnData* columns, Scope& scope,
                    const std::uint8_t* const* tables, std::int64_t row) {
  const Step* steps = state.steps.data();
  const Step* step = steps + state.start;
  Slot* slots = frame.slots.data();
  const Slot* const* all = frame.arguments.data();
  for (;;) {
    Slot& result = slots[step->result];
    const Slot* const* arguments = all + step->first;
    switch (step->code) {
      case Code::Load:
      case Code::LoadRaising: {
        const ColumnLoad& load = state.loads[step->other];
        load.function(load, columns[load.column - 1], row, scope, result);
        if (step->code == Code::LoadRaising && scope.fault != Fault::None) return nullptr;
        break;
      }
      case Code::Call:
        step->call(scope, arguments, step->object, result);
        break;
      case Code::CallStrict:
        if (any_null(arguments, step->count)) {
          result.text = Text();
          result.null = true;
        } else {
          step->call(scope, arguments, step->object, result);
        }
        break;
      case Code::CallRaising:
        step->call(scope, arguments, step->object, result);
        if (scope.fault != Fault::None) return nullptr;
        break;
      case Code::CallStrictRaising:
        if (any_null(arguments, step->count)) {
          result.text = Text();
          result.null = true;
        } else {
          step->call(scope, arguments, step->object, result);
          if (scope.fault != Fault::None) return nullptr;
        }
        break;
      case Code::And:
        and_slots(*arguments[0], *arguments[1], result);
        break;
      case Code::Or:
        or_slots(*arguments[0], *arguments[1], result);
        break;
      case Code::Not:
        set_boolean(result, !arguments[0]->bits, arguments[0]->null);
        break;
      case Code::IsNull:
        set_boolean(result, arguments[0]->null, false);
        break;
      case Code::InIntegers:
        if (arguments[0]->null) {
          set_boolean(result, false, true);
        } else {
          set_found(*step, inlay_filter_in_integers(step->object, arguments[0]->bits), result);
        }
        break;
      case Code::InReals:
        if (arguments[0]->null) {
          set_boolean(result, false, true);
        } else {
          set_found(*step, inlay_filter_in_reals(step->object, arguments[0]->real), result);
        }
        break;
      case Code::InTexts:
        if (arguments[0]->null) {
          set_boolean(result, false, true);
        } else {
          set_found(*step, inlay_filter_in_texts(step->object, arguments[0]->text), result);
        }
        break;
      case Code::InFew:
        if (arguments[0]->null) {
          set_boolean(result, false, true);
        } else {
          set_found(*step, in_few(*static_cast<const Set*>(step->object), *arguments[0]), result);
        }
        break;
      case Code::Lookup: {
        const ColumnLoad& load = state.loads[step->other];
        const std::int64_t entry = dictionary_entry(load, columns[load.column - 1], row);
        const std::uint8_t found = entry < 0 ? 2 : tables[step->table][entry];
        set_boolean(result, found == 1, found > 1);
        break;
      }
      case Code::Copy:
        result = *arguments[0];
        break;
      case Code::Jump:
        step = steps + step->target;
        continue;
      case Code::JumpUnless:
        step = is_true(*arguments[0]) ? step + 1 : steps + step->target;
        continue;
      case Code::JumpIf:
        step = is_true(*arguments[0]) ? steps + step->target : step + 1;
        continue;
      case Code::Done:
      case Code::Pass:
      case Code::Fail:
        return step;
    }
    step = next(steps, step, result);
  }
}

void store(const ProjectionOut& out, Type type, std::int64_t at, const Slot& slot) {
  switch (type) {
    case Type::Boolean:
      static_cast<std::uint8_t*>(out.values)[at] = is_true(slot);
      break;
    case Type::Real:
      static_cast<double*>(out.values)[at] = slot.null ? 0 : slot.real;
      break;
    case Type::Text:
      static_cast<Text*>(out.values)[at] = slot.null ? Text() : slot.text;
      break;
    default:
      static_cast<std::int64_t*>(out.values)[at] = slot.null ? 0 : slot.bits;
      break;
  }
  if (out.nulls) out.nulls[at] = slot.null;
}

}  // namespace

namespace {

std::int64_t filter_rows(const State& state, const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables,
                         std::int64_t begin, std::int64_t end, std::uint8_t* pass) {
  Frame frame(state);
  for (std::int64_t row = begin; row < end; ++row) {
    const Step* last = run_row(state, frame, columns, scope, tables, row);
    if (!last) return row;
    *pass++ = last->code == Code::Done ? is_true(*frame.arguments[last->first]) : last->code == Code::Pass;
  }
  return end;
}

std::int64_t project_rows(const State& state, const ColumnData* columns, Scope& scope,
                          const std::uint8_t* const* tables, const std::int64_t* row_of, std::int64_t count,
                          const ProjectionOut& out, std::int64_t at) {
  Frame frame(state);
  for (std::int64_t i = 0; i < count; ++i) {
    const Step* last = run_row(state, frame, columns, scope, tables, row_of[i]);
    if (!last) return i;
    Slot known;
    known.bits = last->code == Code::Pass;
    store(out, state.program->type, at + i, last->code == Code::Done ? *frame.arguments[last->first] : known);
  }
  return count;
}

/// As if nothing had happened: the rows are run again.
void forget(Scope& scope) {
  scope.fault = Fault::None;
  scope.column = 0;
  scope.offender = {};
  scope.message = nullptr;
}

}  // namespace

std::int64_t interpret_filter(const InterpretedProgram& program, const ColumnData* columns, Scope& scope,
                              const std::uint8_t* const* tables, std::int64_t begin, std::int64_t end,
                              std::uint8_t* pass) {
  const State& state = program.state();
  if (!Blocks::suits(state, end - begin)) return filter_rows(state, columns, scope, tables, begin, end, pass);
  Blocks blocks(state);
  std::int64_t row_of[Blocks::Size];
  for (std::int64_t row = begin; row < end;) {
    const std::int64_t count = std::min(end - row, Blocks::Size);
    std::iota(row_of, row_of + count, row);
    if (!blocks.filter(columns, scope, tables, row_of, count, pass)) {
      forget(scope);
      const std::int64_t stopped = filter_rows(state, columns, scope, tables, row, row + count, pass);
      if (stopped != row + count) return stopped;
    }
    row += count;
    pass += count;
  }
  return end;
}

std::int64_t interpret_project(const InterpretedProgram& program, const ColumnData* columns, Scope& scope,
                               const std::uint8_t* const* tables, const std::uint32_t* selection, std::int64_t first,
                               std::int64_t count, const ProjectionOut& out) {
  const State& state = program.state();
  std::optional<Blocks> blocks;
  if (Blocks::suits(state, count)) blocks.emplace(state);
  std::int64_t row_of[Blocks::Size];
  const Slot* results[Blocks::Size];
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t now = std::min(count - done, Blocks::Size);
    for (std::int64_t i = 0; i != now; ++i) row_of[i] = selection ? selection[done + i] : first + done + i;
    if (blocks && blocks->project(columns, scope, tables, row_of, now, results)) {
      for (std::int64_t i = 0; i != now; ++i) store(out, state.program->type, done + i, *results[i]);
    } else {
      if (blocks) forget(scope);
      const std::int64_t stopped = project_rows(state, columns, scope, tables, row_of, now, out, done);
      if (stopped != now) return done + stopped;
    }
    done += now;
  }
  return count;
}

bool interpret_dictionary(const DictionaryTest& test, const ColumnData& column, Scope& scope, std::uint8_t* table) {
  if (column.dictionary_size <= 0) return true;
  const InterpretedProgram program(*test.program);
  std::vector<ColumnData> columns(test.column.value);
  columns[test.column.value - 1] = *column.dictionary;
  std::vector<std::uint8_t> nulls(static_cast<std::size_t>(column.dictionary_size));
  const ProjectionOut out{table, nulls.data()};
  const std::int64_t done =
      interpret_project(program, columns.data(), scope, nullptr, nullptr, 0, column.dictionary_size, out);
  for (std::int64_t i = 0; i != done; ++i)
    if (nulls[static_cast<std::size_t>(i)]) table[i] = 2;
  return done == column.dictionary_size;
}

}  // namespace inlay::filter
