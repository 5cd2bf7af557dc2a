// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One step for all rows of a block, then the next one: what a step costs beside its function is paid once for a block,
// and a function that is called again and again is predicted. Rows that jump wait at their target; as jumps lead
// forward only, the steps are gone through once.
#include <numeric>

#include "interpret/steps.h"
#include "runtime/sets.h"

namespace inlay::filter {

namespace {

using State = InterpretedProgram::State;

constexpr std::int64_t FewestRows = 16;
constexpr std::uint32_t MostPlaces = 200;
constexpr std::uint32_t MostTargets = 2000;

Slot known_slot(bool value) {
  Slot slot;
  slot.bits = value;
  return slot;
}

const Slot False = known_slot(false), True = known_slot(true);

}  // namespace

bool Blocks::suits(const State& state, std::int64_t rows) {
  return rows >= FewestRows && state.places <= MostPlaces && state.targets <= MostTargets;
}

Blocks::Blocks(const State& state)
    : state_(state),
      slots_(std::size_t{state.places} * Size),
      operands_(state.arguments.size()),
      waiting_(state.targets) {
  for (std::size_t i = 0; i != operands_.size(); ++i) {
    const Argument& argument = state.arguments[i];
    if (argument.constant) {
      operands_[i] = {&state.constants[argument.number], 0};
    } else {
      operands_[i] = {places(argument.number), ~std::size_t{0}};
    }
  }
}

bool Blocks::filter(const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables,
                    const std::int64_t* row_of, std::int64_t count, std::uint8_t* pass) {
  if (!run(columns, scope, tables, row_of, count)) return false;
  std::fill_n(pass, count, std::uint8_t{0});
  const Rows& passed = waiting(state_.pass);
  for (std::uint32_t i = 0; i != passed.count; ++i) pass[passed.rows[i]] = 1;
  const Operand value = operands_[state_.steps.back().first];
  for (std::uint32_t i = 0; i != active_.count; ++i) pass[active_.rows[i]] = is_true(value.of(active_.rows[i]));
  return true;
}

bool Blocks::project(const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables,
                     const std::int64_t* row_of, std::int64_t count, const Slot** results) {
  if (!run(columns, scope, tables, row_of, count)) return false;
  const Rows& passed = waiting(state_.pass);
  const Rows& failed = waiting(state_.fail);
  for (std::uint32_t i = 0; i != passed.count; ++i) results[passed.rows[i]] = &True;
  for (std::uint32_t i = 0; i != failed.count; ++i) results[failed.rows[i]] = &False;
  const Operand value = operands_[state_.steps.back().first];
  for (std::uint32_t i = 0; i != active_.count; ++i) results[active_.rows[i]] = &value.of(active_.rows[i]);
  return true;
}

/// What is left in active_ has come to Done, the last step.
bool Blocks::run(const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables, const std::int64_t* row_of,
                 std::int64_t count) {
  active_.count = static_cast<std::uint32_t>(count);
  std::iota(active_.rows, active_.rows + count, std::uint8_t{0});
  for (Rows& rows : waiting_) rows.count = 0;
  const auto end = static_cast<std::uint32_t>(state_.steps.size());
  for (std::uint32_t s = state_.start;;) {
    if (active_.count == 0) {
      s = state_.next_target[s];
      if (s == end) return true;
    }
    if (state_.next_target[s] == s) {
      const Rows& arrived = waiting(s);
      std::copy_n(arrived.rows, arrived.count, active_.rows + active_.count);
      active_.count += arrived.count;
    }
    const Step& step = state_.steps[s];
    if (step.code == Code::Done) return true;
    if (active_.count != 0 && !perform(step, columns, scope, tables, row_of)) return false;
    s += step.then == Then::Nothing ? 1 : 2;
  }
}

/// Splits the active rows in those that go on and those that jump.
void Blocks::decide(Operand condition, std::uint32_t target, bool jumps_if) {
  Rows& jumped = waiting(target);
  std::uint32_t stay = 0, leave = jumped.count;
  const std::uint32_t count = active_.count;
  // Both lists get the row, and one of them keeps it: no jump that could be mispredicted. A list that is full already
  // is written one place beyond its end, where `spare` lies.
  for (std::uint32_t i = 0; i != count; ++i) {
    const std::uint8_t row = active_.rows[i];
    const bool jumps = is_true(condition.of(row)) == jumps_if;
    active_.rows[stay] = row;
    jumped.rows[leave] = row;
    stay += !jumps;
    leave += jumps;
  }
  active_.count = stay;
  jumped.count = leave;
}

/// results[row] <- get(row), for each active row.
template <class Get>
void Blocks::each(const Step& step, Get get) {
  Slot* results = places(step.result);
  for (std::uint32_t i = 0; i != active_.count; ++i) get(active_.rows[i], results[active_.rows[i]]);
}

bool Blocks::call(const Step& step, Scope& scope) {
  const bool strict = step.code == Code::CallStrict || step.code == Code::CallStrictRaising;
  const bool raising = step.code == Code::CallRaising || step.code == Code::CallStrictRaising;
  const Operand* operands = operands_.data() + step.first;
  const auto function = step.call;
  const void* object = step.object;
  if (step.count == 1 && !strict) {
    const Operand a = operands[0];
    each(step, [&](std::uint8_t row, Slot& result) {
      const Slot* arguments[] = {&a.of(row)};
      function(scope, arguments, object, result);
    });
  } else if (step.count == 2 && !strict) {
    const Operand a = operands[0], b = operands[1];
    each(step, [&](std::uint8_t row, Slot& result) {
      const Slot* arguments[] = {&a.of(row), &b.of(row)};
      function(scope, arguments, object, result);
    });
  } else {
    each(step, [&](std::uint8_t row, Slot& result) {
      const Slot* arguments[8];
      for (unsigned o = 0; o != step.count; ++o) arguments[o] = &operands[o].of(row);
      if (strict && any_null(arguments, step.count)) {
        set_null(result);
      } else {
        function(scope, arguments, object, result);
      }
    });
  }
  // The first row that raised is not known here, and need not be.
  return !raising || scope.fault == Fault::None;
}

bool Blocks::perform(const Step& step, const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables,
                     const std::int64_t* row_of) {
  const Operand* operands = operands_.data() + step.first;
  const Operand a = step.count != 0 ? operands[0] : Operand();
  auto in = [&](auto has) {
    each(step, [&](std::uint8_t row, Slot& result) {
      if (a.of(row).null) {
        set_boolean(result, false, true);
      } else {
        set_found(step, has(a.of(row)), result);
      }
    });
  };
  switch (step.code) {
    case Code::Load:
    case Code::LoadRaising: {
      const ColumnLoad& load = state_.loads[step.other];
      load.rows(load, columns[load.column - 1], row_of, active_.rows, active_.count, scope, places(step.result));
      if (step.code == Code::LoadRaising && scope.fault != Fault::None) return false;
      break;
    }
    case Code::Call:
    case Code::CallStrict:
    case Code::CallRaising:
    case Code::CallStrictRaising:
      if (!call(step, scope)) return false;
      break;
    case Code::And:
      each(step, [&](std::uint8_t row, Slot& result) { and_slots(a.of(row), operands[1].of(row), result); });
      break;
    case Code::Or:
      each(step, [&](std::uint8_t row, Slot& result) { or_slots(a.of(row), operands[1].of(row), result); });
      break;
    case Code::Not:
      each(step, [&](std::uint8_t row, Slot& result) { set_boolean(result, !a.of(row).bits, a.of(row).null); });
      break;
    case Code::IsNull:
      each(step, [&](std::uint8_t row, Slot& result) { set_boolean(result, a.of(row).null, false); });
      break;
    case Code::InIntegers:
      in([&](const Slot& slot) { return inlay_filter_in_integers(step.object, slot.bits); });
      break;
    case Code::InReals:
      in([&](const Slot& slot) { return inlay_filter_in_reals(step.object, slot.real); });
      break;
    case Code::InTexts:
      in([&](const Slot& slot) { return inlay_filter_in_texts(step.object, slot.text); });
      break;
    case Code::InFew:
      in([&](const Slot& slot) { return in_few(*static_cast<const Set*>(step.object), slot); });
      break;
    case Code::Lookup: {
      const ColumnLoad& load = state_.loads[step.other];
      const ColumnData& data = columns[load.column - 1];
      const std::uint8_t* table = tables[step.table];
      each(step, [&](std::uint8_t row, Slot& result) {
        const std::int64_t entry = dictionary_entry(load, data, row_of[row]);
        const std::uint8_t found = entry < 0 ? 2 : table[entry];
        set_boolean(result, found == 1, found > 1);
      });
      break;
    }
    case Code::Copy:
      each(step, [&](std::uint8_t row, Slot& result) { result = a.of(row); });
      break;
    case Code::Jump: {
      Rows& jumped = waiting(step.target);
      std::copy_n(active_.rows, active_.count, jumped.rows + jumped.count);
      jumped.count += active_.count;
      active_.count = 0;
      break;
    }
    case Code::JumpUnless:
      decide(a, step.target, false);
      break;
    case Code::JumpIf:
      decide(a, step.target, true);
      break;
    case Code::Done:
    case Code::Pass:
    case Code::Fail:
      break;
  }
  if (step.then != Then::Nothing) {
    decide({places(step.result), ~std::size_t{0}}, step.target, step.then == Then::If);
  }
  return true;
}

}  // namespace inlay::filter
