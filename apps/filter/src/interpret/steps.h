// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program as the interpreter runs it: steps of one size, in which constants have their place before the first row,
// jumps to where the outcome is known lead to the outcome, and a test with the jump behind it is one step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "interpret/interpret.h"
#include "interpret/load.h"

namespace inlay::filter {

enum class Code : std::uint8_t {
  Load,
  LoadRaising,
  Call,        // no operand can be NULL
  CallStrict,  // NULL, without a call, if an operand is NULL
  CallRaising,
  CallStrictRaising,
  And,
  Or,
  Not,
  IsNull,
  InIntegers,
  InReals,
  InTexts,
  InFew,  // Booleans
  Lookup,
  Copy,
  Jump,
  JumpUnless,
  JumpIf,
  Done,
  Pass,  // as Done, with true
  Fail,  // as Done, with false
};

/// What comes right behind a test whose result decides.
enum class Then : std::uint8_t { Nothing, Unless, If };

struct Step {
  Code code = Code::Done;
  Then then = Then::Nothing;
  bool has_null = false;  // In…
  std::uint8_t count = 0;
  std::uint32_t result = 0;
  std::uint32_t first = 0;   // operands in State::arguments
  std::uint32_t target = 0;  // of the jump, or of `then`
  std::uint32_t other = 0;   // Load, Lookup: in State::loads
  std::uint32_t table = 0;   // Lookup
  decltype(Function::call) call = nullptr;
  const void* object = nullptr;  // Prepared: the object; In…: the set
};

/// An operand: a number of State::constants, or of a place in the frame.
struct Argument {
  std::uint32_t number = 0;
  bool constant = false;
};

struct InterpretedProgram::State {
  const Program* program = nullptr;
  std::vector<Step> steps;
  std::vector<Argument> arguments;
  std::vector<ColumnLoad> loads;
  std::vector<Slot> constants;
  std::uint32_t places = 0;  // that a row needs: slots whose lives do not overlap share one
  std::vector<std::shared_ptr<const void>> sets;
  std::uint32_t start = 0, pass = 0, fail = 0;  // steps
  std::vector<std::uint32_t> next_target;       // by step: the first one from here on that is jumped to
  std::vector<std::uint32_t> target_number;     // by step: which of the targets it is; pass and fail are 0 and 1
  std::uint32_t targets = 0;
};

/// As a condition has it: NULL does not hold.
inline bool is_true(const Slot& slot) { return !slot.null && slot.bits != 0; }

inline void set_boolean(Slot& slot, bool value, bool null) {
  slot.bits = value && !null;
  slot.null = null;
}

inline void and_slots(const Slot& a, const Slot& b, Slot& result) {
  const bool is_false = (!a.null && !a.bits) || (!b.null && !b.bits);
  set_boolean(result, !is_false, !is_false && (a.null || b.null));
}

inline void or_slots(const Slot& a, const Slot& b, Slot& result) {
  const bool holds = is_true(a) || is_true(b);
  set_boolean(result, holds, !holds && (a.null || b.null));
}

inline bool any_null(const Slot* const* arguments, unsigned count) {
  for (unsigned i = 0; i != count; ++i)
    if (arguments[i]->null) return true;
  return false;
}

inline bool in_few(const Set& set, const Slot& slot) {
  return std::any_of(set.values.begin(), set.values.end(), [&](const Value& v) { return v.bits == slot.bits; });
}

inline void set_found(const Step& step, bool found, Slot& result) {
  set_boolean(result, found, !found && step.has_null);
}

inline void set_null(Slot& slot) {
  slot.text = Text();
  slot.null = true;
}

/// Runs rows in blocks: all rows of a block go through one step, then through the next. `row_of` are their numbers.
/// Answers false, having changed nothing but memory for texts, if a row raised: which one is first, and what it raises,
/// rows one by one will tell.
class Blocks {
 public:
  static constexpr std::int64_t Size = 128;

  explicit Blocks(const InterpretedProgram::State& state);
  /// Whether there are enough rows for blocks, and the program's places fit the caches; else rows are run one by one.
  static bool suits(const InterpretedProgram::State& state, std::int64_t rows);

  bool filter(const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables, const std::int64_t* row_of,
              std::int64_t count, std::uint8_t* pass);
  /// `results[i]` is where the value of row i lies.
  bool project(const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables, const std::int64_t* row_of,
               std::int64_t count, const Slot** results);

 private:
  struct Rows {
    std::uint32_t count = 0;
    std::uint8_t rows[Size + 1];  // one to spare: see decide()
  };
  struct Operand {
    const Slot* base = nullptr;
    std::size_t mask = 0;  // 0: one for all rows
    const Slot& of(std::size_t row) const { return base[row & mask]; }
  };

  bool run(const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables, const std::int64_t* row_of,
           std::int64_t count);
  bool perform(const Step& step, const ColumnData* columns, Scope& scope, const std::uint8_t* const* tables,
               const std::int64_t* row_of);
  template <class Get>
  void each(const Step& step, Get get);
  bool call(const Step& step, Scope& scope);
  void decide(Operand condition, std::uint32_t target, bool jumps_if);
  Rows& waiting(std::uint32_t step) { return waiting_[state_.target_number[step]]; }
  Slot* places(std::uint32_t number) { return slots_.data() + std::size_t{number} * Size; }

  const InterpretedProgram::State& state_;
  std::vector<Slot> slots_;
  std::vector<Operand> operands_;
  std::vector<Rows> waiting_;  // rows that jumped, by target_number
  Rows active_;
};

}  // namespace inlay::filter
