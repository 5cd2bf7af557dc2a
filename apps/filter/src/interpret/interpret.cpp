// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program is prepared into steps of one size: constants lie in their slots before the first row, jumps to where the
// outcome is known lead to the outcome, and a test with the jump behind it is one step. Nothing is allocated for a row.
#include "interpret/interpret.h"

#include <algorithm>
#include <vector>

#include "interpret/load.h"
#include "runtime/sets.h"

namespace inlay::filter {

namespace {

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

/// As a condition has it: NULL does not hold.
bool is_true(const Slot& slot) { return !slot.null && slot.bits != 0; }

void set_boolean(Slot& slot, bool value, bool null) {
  slot.bits = value && !null;
  slot.null = null;
}

void and_slots(const Slot& a, const Slot& b, Slot& result) {
  const bool is_false = (!a.null && !a.bits) || (!b.null && !b.bits);
  set_boolean(result, !is_false, !is_false && (a.null || b.null));
}

void or_slots(const Slot& a, const Slot& b, Slot& result) {
  const bool holds = is_true(a) || is_true(b);
  set_boolean(result, holds, !holds && (a.null || b.null));
}

Slot slot_of(const Value& value) {
  Slot slot;
  slot.null = value.null;
  if (value.null) {
    slot.text = Text();
  } else if (value.type == Type::Text) {
    slot.text = Text(value.text);
  } else if (value.type == Type::Real) {
    slot.real = value.real;
  } else {
    slot.bits = value.bits;
  }
  return slot;
}

}  // namespace

struct InterpretedProgram::State {
  const Program* program = nullptr;
  std::vector<Step> steps;
  std::vector<std::uint32_t> arguments;
  std::vector<ColumnLoad> loads;
  std::vector<Slot> slots;  // as they are before the first row
  std::vector<std::shared_ptr<const void>> sets;
  std::uint32_t start = 0, pass = 0, fail = 0;  // steps
};

namespace {

using State = InterpretedProgram::State;

/// One per run: slots, and the addresses of operands among them.
struct Frame {
  explicit Frame(const State& state) : slots(state.slots), arguments(state.arguments.size()) {
    for (std::size_t i = 0; i != arguments.size(); ++i) arguments[i] = &slots[state.arguments[i]];
  }
  std::vector<Slot> slots;
  std::vector<const Slot*> arguments;
};

bool any_null(const Slot* const* arguments, unsigned count) {
  for (unsigned i = 0; i != count; ++i)
    if (arguments[i]->null) return true;
  return false;
}

void set_found(const Step& step, bool found, Slot& result) { set_boolean(result, found, !found && step.has_null); }

bool in_few(const Set& set, const Slot& slot) {
  return std::any_of(set.values.begin(), set.values.end(), [&](const Value& v) { return v.bits == slot.bits; });
}

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

/// Makes a State of a Program.
struct Preparation {
  const Program& program;
  State& state;
  std::vector<std::uint32_t> step_of = {};   // by instruction
  std::vector<bool> targets = {};            // instructions that jumps lead to
  std::vector<bool> nullable = {};           // slots that may hold NULL
  std::vector<const Value*> constants = {};  // by slot

  void operands(Step& step, const Instruction& instruction) {
    step.count = instruction.count;
    step.first = static_cast<std::uint32_t>(state.arguments.size());
    state.arguments.insert(state.arguments.end(), instruction.operands, instruction.operands + instruction.count);
  }

  std::uint32_t load_number(std::uint32_t column) {
    for (std::size_t i = 0; i != state.loads.size(); ++i)
      if (state.loads[i].column == column) return static_cast<std::uint32_t>(i);
    state.loads.push_back(make_load(*program.schema, *program.registry, ColumnId(column)));
    return static_cast<std::uint32_t>(state.loads.size() - 1);
  }

  void call(Step& step, const Instruction& instruction) {
    const Function& function = (*program.registry)[FunctionId(instruction.a)];
    step.call = function.call;
    if (instruction.op == Op::Prepared) step.object = program.objects[instruction.b].get();
    const bool raises = function.traits.raises || function.traits.allocates;
    bool strict = false;
    if (function.traits.nulls == Nulls::Strict) {
      for (unsigned i = 0; i != instruction.count; ++i) strict |= nullable[instruction.operands[i]];
    }
    if (strict) {
      step.code = raises ? Code::CallStrictRaising : Code::CallStrict;
    } else {
      step.code = raises ? Code::CallRaising : Code::Call;
    }
  }

  void in_set(Step& step, const Instruction& instruction) {
    const Set& set = program.sets[instruction.b];
    step.has_null = set.has_null;
    if (set.type == Type::Boolean) {
      step.code = Code::InFew;
      step.object = &set;
      return;
    }
    step.code = set.type == Type::Text ? Code::InTexts : set.type == Type::Real ? Code::InReals : Code::InIntegers;
    state.sets.push_back(set.table ? set.table : make_set(set.type, set.values));
    step.object = state.sets.back().get();
  }

  /// Whether the way from an instruction leads to Done with a value that is known, and with which.
  std::uint32_t outcome(std::uint32_t number) const {
    const auto& code = program.code;
    SlotNumber copied = 0;
    const Value* value = nullptr;
    for (int limit = 8; limit != 0; --limit) {
      const Instruction& instruction = code[number];
      if (instruction.op == Op::Copy && constants[instruction.operands[0]]) {
        copied = instruction.result;
        value = constants[instruction.operands[0]];
        ++number;
      } else if (instruction.op == Op::Jump) {
        number = instruction.target;
      } else if (instruction.op == Op::Done) {
        if (!value || value->null || copied != instruction.operands[0]) return 0;
        return value->bits ? state.pass : state.fail;
      } else {
        return 0;
      }
    }
    return 0;
  }

  Step make(std::uint32_t number) {
    const Instruction& instruction = program.code[number];
    Step step;
    step.result = instruction.result;
    step.target = instruction.target;
    operands(step, instruction);
    switch (instruction.op) {
      case Op::Load:
        step.other = load_number(instruction.a);
        step.code = state.loads[step.other].raises ? Code::LoadRaising : Code::Load;
        break;
      case Op::Constant:
        break;  // no step
      case Op::Call:
      case Op::Prepared:
        call(step, instruction);
        break;
      case Op::And:
        step.code = Code::And;
        break;
      case Op::Or:
        step.code = Code::Or;
        break;
      case Op::Not:
        step.code = Code::Not;
        break;
      case Op::IsNull:
        step.code = Code::IsNull;
        break;
      case Op::InSet:
        in_set(step, instruction);
        break;
      case Op::Lookup:
        step.code = Code::Lookup;
        step.other = load_number(instruction.a);
        step.table = instruction.b;
        break;
      case Op::Copy:
        step.code = Code::Copy;
        break;
      case Op::Jump:
        step.code = Code::Jump;
        break;
      case Op::JumpUnless:
        step.code = Code::JumpUnless;
        break;
      case Op::JumpIf:
        step.code = Code::JumpIf;
        break;
      case Op::Done:
        step.code = Code::Done;
        break;
    }
    return step;
  }

  static bool jumps(Op op) { return op == Op::Jump || op == Op::JumpUnless || op == Op::JumpIf; }
  static bool decides(Op op) {
    return op != Op::Constant && op != Op::Copy && op != Op::Done && op != Op::Load && !jumps(op);
  }

  void run() {
    const auto& code = program.code;
    targets.resize(code.size());
    nullable.resize(program.slots.size());
    constants.resize(program.slots.size());
    state.slots.resize(program.slots.size());
    for (const Instruction& instruction : code) {
      if (jumps(instruction.op)) {
        targets[instruction.target] = true;
      } else if (instruction.op == Op::Constant) {
        constants[instruction.result] = &program.constants[instruction.a];
        state.slots[instruction.result] = slot_of(program.constants[instruction.a]);
      }
      if (instruction.op != Op::Done && !jumps(instruction.op) && instruction.nullable) {
        nullable[instruction.result] = true;
      }
    }
    // Outcomes first, so that targets can name them.
    state.steps.resize(3);
    state.pass = 1;
    state.fail = 2;
    state.steps[state.pass].code = Code::Pass;
    state.steps[state.fail].code = Code::Fail;
    state.start = 3;
    step_of.resize(code.size());
    std::vector<std::uint32_t> instruction_of(3);
    for (std::uint32_t i = 0; i != code.size(); ++i) {
      step_of[i] = static_cast<std::uint32_t>(state.steps.size());
      if (code[i].op == Op::Constant) continue;
      state.steps.push_back(make(i));
      instruction_of.push_back(i);
    }
    for (std::uint32_t s = state.start; s != state.steps.size(); ++s) {
      Step& step = state.steps[s];
      const std::uint32_t i = instruction_of[s];
      if (jumps(code[i].op)) {
        const std::uint32_t known = program.type == Type::Boolean ? outcome(code[i].target) : 0;
        step.target = known ? known : step_of[code[i].target];
      } else if (const std::uint32_t known = program.type == Type::Boolean ? outcome(i) : 0) {
        // Where a way falls through to its end.
        step.code = Code::Jump;
        step.target = known;
      }
    }
    for (std::uint32_t s = state.start; s + 1 < state.steps.size(); ++s) {
      const Instruction& test = code[instruction_of[s]];
      const Instruction& jump = code[instruction_of[s + 1]];
      if (!decides(test.op) || targets[instruction_of[s + 1]]) continue;
      if (jump.op != Op::JumpUnless && jump.op != Op::JumpIf) continue;
      if (jump.operands[0] != test.result) continue;
      state.steps[s].then = jump.op == Op::JumpIf ? Then::If : Then::Unless;
      state.steps[s].target = state.steps[s + 1].target;
    }
  }
};

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

InterpretedProgram::InterpretedProgram(const Program& program) {
  auto state = std::make_unique<State>();
  state->program = &program;
  Preparation preparation{.program = program, .state = *state};
  preparation.run();
  state_ = std::move(state);
}

InterpretedProgram::InterpretedProgram(InterpretedProgram&&) noexcept = default;
InterpretedProgram& InterpretedProgram::operator=(InterpretedProgram&&) noexcept = default;
InterpretedProgram::~InterpretedProgram() = default;

const Program& InterpretedProgram::program() const { return *state_->program; }

std::int64_t interpret_filter(const InterpretedProgram& program, const ColumnData* columns, Scope& scope,
                              const std::uint8_t* const* tables, std::int64_t begin, std::int64_t end,
                              std::uint8_t* pass) {
  const State& state = program.state();
  Frame frame(state);
  for (std::int64_t row = begin; row < end; ++row) {
    const Step* last = run_row(state, frame, columns, scope, tables, row);
    if (!last) return row;
    *pass++ = last->code == Code::Done ? is_true(*frame.arguments[last->first]) : last->code == Code::Pass;
  }
  return end;
}

std::int64_t interpret_project(const InterpretedProgram& program, const ColumnData* columns, Scope& scope,
                               const std::uint8_t* const* tables, const std::uint32_t* selection, std::int64_t first,
                               std::int64_t count, const ProjectionOut& out) {
  const State& state = program.state();
  Frame frame(state);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = selection ? selection[i] : first + i;
    const Step* last = run_row(state, frame, columns, scope, tables, row);
    if (!last) return i;
    if (last->code == Code::Done) {
      store(out, state.program->type, i, *frame.arguments[last->first]);
    } else {
      Slot known;
      known.bits = last->code == Code::Pass;
      store(out, Type::Boolean, i, known);
    }
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
