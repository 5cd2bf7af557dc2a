// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <utility>

#include "interpret/steps.h"
#include "runtime/sets.h"

namespace inlay::filter {

namespace {

using State = InterpretedProgram::State;

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

struct Preparation {
  const Program& program;
  State& state;
  std::vector<std::uint32_t> step_of = {};   // by instruction
  std::vector<bool> targets = {};            // instructions that jumps lead to
  std::vector<bool> nullable = {};           // slots that may hold NULL
  std::vector<const Value*> constants = {};  // by slot
  std::vector<std::uint32_t> place_of = {};  // by slot
  static constexpr std::uint32_t NoPlace = ~std::uint32_t{0};

  void operands(Step& step, const Instruction& instruction) {
    step.count = instruction.count;
    step.first = static_cast<std::uint32_t>(state.arguments.size());
    for (unsigned i = 0; i != instruction.count; ++i) {
      const SlotNumber slot = instruction.operands[i];
      state.arguments.push_back({place_of[slot], constants[slot] != nullptr});
    }
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
    if (!jumps(instruction.op) && instruction.op != Op::Done) step.result = place_of[instruction.result];
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

  /// Gives slots that live at different times one place. Jumps lead forward only, so that a slot lives from the first
  /// instruction that writes it to the last one that reads it.
  void place_slots() {
    const auto& code = program.code;
    std::vector<std::uint32_t> last(program.slots.size());
    for (std::uint32_t i = 0; i != code.size(); ++i) {
      for (unsigned o = 0; o != code[i].count; ++o) last[code[i].operands[o]] = i;
    }
    place_of.assign(program.slots.size(), NoPlace);
    std::vector<std::uint32_t> free;
    for (std::uint32_t i = 0; i != code.size(); ++i) {
      const Instruction& instruction = code[i];
      if (instruction.op == Op::Constant) {
        place_of[instruction.result] = static_cast<std::uint32_t>(state.constants.size());
        state.constants.push_back(slot_of(program.constants[instruction.a]));
        continue;
      }
      if (!jumps(instruction.op) && instruction.op != Op::Done && place_of[instruction.result] == NoPlace) {
        // Not the place of an operand: the function may write before it has read.
        if (free.empty()) free.push_back(state.places++);
        place_of[instruction.result] = free.back();
        free.pop_back();
        if (last[instruction.result] <= i) free.insert(free.begin(), place_of[instruction.result]);
      }
      for (unsigned o = 0; o != instruction.count; ++o) {
        const SlotNumber slot = instruction.operands[o];
        if (constants[slot] || last[slot] != i) continue;
        last[slot] = NoPlace;  // an operand that stands there twice
        free.push_back(place_of[slot]);
      }
    }
  }

  void run() {
    const auto& code = program.code;
    targets.resize(code.size());
    nullable.resize(program.slots.size());
    constants.resize(program.slots.size());
    for (const Instruction& instruction : code) {
      if (jumps(instruction.op)) {
        targets[instruction.target] = true;
      } else if (instruction.op == Op::Constant) {
        constants[instruction.result] = &program.constants[instruction.a];
      }
      if (instruction.op != Op::Done && !jumps(instruction.op) && instruction.nullable) {
        nullable[instruction.result] = true;
      }
    }
    place_slots();
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
    state.next_target.assign(state.steps.size() + 1, static_cast<std::uint32_t>(state.steps.size()));
    for (const Step& step : state.steps) {
      const bool jumping = step.code == Code::Jump || step.code == Code::JumpIf || step.code == Code::JumpUnless;
      if (jumping || step.then != Then::Nothing) state.next_target[step.target] = step.target;
    }
    state.target_number.assign(state.steps.size(), 0);
    state.target_number[state.fail] = 1;
    state.targets = 2;
    for (std::uint32_t s = state.start; s != state.steps.size(); ++s) {
      if (state.next_target[s] == s) state.target_number[s] = state.targets++;
    }
    for (std::size_t s = state.steps.size(); s-- != 0;) {
      state.next_target[s] = std::min(state.next_target[s], state.next_target[s + 1]);
    }
  }
};

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

}  // namespace inlay::filter
