// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tree is walked with a list of tasks in place of recursion: a condition of 100,000 terms, or one as deep, is
// nothing special.
//
// A value may be used again wherever the instruction that computes it dominates. Jumps lead forward only, so the tree
// of dominators grows with the code: a block's parent is the nearest common ancestor of all the blocks that lead to it.
#include "plan/emit.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "plan/cost.h"
#include "plan/flow.h"
#include "plan/rewrite.h"
#include "runtime/sets.h"

namespace inlay::filter {

namespace {

/// Lists that are longer are searched in a table.
constexpr std::size_t LongestComparedList = 8;
constexpr std::size_t LongestComparedTexts = 4;
/// As vector code, comparisons stay cheap for longer.
constexpr std::size_t LongestStraightList = 16;
/// Nanoseconds from which on a column is not read again on another way: numbers of text files.
constexpr double CostlyLoad = 4;
/// Values in one node's chain of definitions that are looked at for one that dominates.
constexpr int DefinitionsSeen = 8;

using Label = std::uint32_t;
constexpr Label NoLabel = std::numeric_limits<Label>::max();

enum class Kind : std::uint8_t {
  Value,      // have the node in a slot
  Finish,     // its operands are there
  Condition,  // go to `yes` if the node is true, else to `no`; one of them is what comes next
  Test,       // the same, the node being in a slot
  Bind,       // `yes` is here
  Goto,       // go to `yes`
  Copy,       // `slot` <- node
  CopyKnown,  // `slot` <- a Boolean constant, `index`
  Combine,    // And, Or: `slot` <- `slot` and operand `index`, which is there
  Chain,      // And, Or: all operands are there
  Skip,       // And, Or: go to `yes` if `slot` decides
  Define,     // the node is in `slot` from here on
};

struct Task {
  Kind kind;
  NodeId node = {};
  Label yes = NoLabel, no = NoLabel;
  bool yes_is_next = true;
  SlotNumber slot = 0;
  std::uint32_t index = 0;
};

Set make_in_set(const Expressions& expressions, std::span<const NodeId> constants, bool straight) {
  Set set;
  set.type = expressions.constant(constants[0]).type;
  for (NodeId node : constants) {
    const Value& value = expressions.constant(node);
    if (value.null) {
      set.has_null = true;
    } else {
      set.type = value.type;
      set.values.push_back(value);
    }
  }
  std::ranges::sort(set.values, [](const Value& a, const Value& b) { return compare_values(a, b) < 0; });
  const auto doubles =
      std::ranges::unique(set.values, [](const Value& a, const Value& b) { return compare_values(a, b) == 0; });
  set.values.erase(doubles.begin(), doubles.end());
  const std::size_t numbers = straight ? LongestStraightList : LongestComparedList;
  const std::size_t longest = set.type == Type::Text ? LongestComparedTexts : numbers;
  if (set.type != Type::Boolean && set.values.size() > longest) set.table = make_set(set.type, set.values);
  return set;
}

class Emitter {
 public:
  /// `shared`: columns that lie on several ways, and are to be read on the first one that a row takes.
  Emitter(const Expressions& expressions, const Decisions& decisions, PreparedObjects& objects,
          const std::vector<NodeId>& shared = {})
      : e_(expressions), decisions_(decisions), objects_(objects), last_(expressions.size() + 1) {
    for (NodeId node : shared) shared_.emplace(node.value, Shared());
    program_.schema = &e_.schema();
    program_.registry = &e_.registry();
    program_.straight = decisions.straight;
  }

  Result<Program> run(NodeId root, Wanted wanted) {
    program_.type = e_[root].type;
    SlotNumber value = 0;
    const bool is_leaf = !is_connective(root) || tested_at_once(root);
    begin_shared();
    if (wanted == Wanted::Value || decisions_.straight || is_leaf) {
      push({.kind = Kind::Value, .node = root});
      INLAY_TRY_VOID(work());
      value = slot_of(root);
    } else {
      value = new_slot(Type::Boolean);
      const Label yes = new_label(), no = new_label(), end = new_label();
      push_all({{.kind = Kind::Condition, .node = root, .yes = yes, .no = no},
                {.kind = Kind::Bind, .yes = yes},
                {.kind = Kind::CopyKnown, .slot = value, .index = 1},
                {.kind = Kind::Goto, .yes = end},
                {.kind = Kind::Bind, .yes = no},
                {.kind = Kind::CopyKnown, .slot = value, .index = 0},
                {.kind = Kind::Bind, .yes = end}});
      INLAY_TRY_VOID(work());
    }
    program_.nullable = nullable_[value];
    return finish(value);
  }

  /// Of costly columns, those that are read in several places.
  std::vector<NodeId> repeated() const {
    std::vector<NodeId> result;
    for (const auto& [number, times] : loads_)
      if (times > 1) result.push_back(NodeId(number));
    return result;
  }

 private:
  void push(Task task) { tasks_.push_back(task); }
  /// To be done in the order given.
  void push_all(std::initializer_list<Task> tasks) {
    tasks_.insert(tasks_.end(), std::rbegin(tasks), std::rend(tasks));
  }

  Result<void> work() {
    while (!tasks_.empty()) {
      const Task task = tasks_.back();
      tasks_.pop_back();
      INLAY_TRY_VOID(perform(task));
    }
    return {};
  }

  Result<void> perform(const Task& task) {
    switch (task.kind) {
      case Kind::Value:
        if (!known(task.node)) begin_value(task.node);
        return {};
      case Kind::Finish:
        return finish_value(task.node);
      case Kind::Condition:
        begin_condition(task);
        return {};
      case Kind::Test:
        test(task);
        return {};
      case Kind::Bind:
        bind(task.yes);
        return {};
      case Kind::Goto:
        jump(Op::Jump, 0, task.yes);
        return {};
      case Kind::Copy:
        copy(task.slot, slot_of(task.node), task.node);
        return {};
      case Kind::CopyKnown:
        copy(task.slot, constant_slot(Value::of(task.index != 0)), {});
        return {};
      case Kind::Combine:
        combine(task);
        return {};
      case Kind::Chain:
        chain(task.node);
        return {};
      case Kind::Skip:
        skip(task);
        return {};
      case Kind::Define:
        define(task.node, task.slot);
        return {};
    }
    return {};
  }

  // Blocks.

  Label new_label() {
    labels_.emplace_back();
    return static_cast<Label>(labels_.size() - 1);
  }

  void jump(Op op, SlotNumber condition, Label label) {
    if (!reachable_) return;
    Instruction instruction;
    instruction.op = op;
    if (op != Op::Jump) {
      instruction.count = 1;
      instruction.operands[0] = condition;
    }
    Place& place = labels_[label];
    place.block = place.jumps.empty() ? block_ : flow_.common(place.block, block_);
    place.jumps.push_back(static_cast<std::uint32_t>(program_.code.size()));
    program_.code.push_back(instruction);
    if (op == Op::Jump) {
      reachable_ = false;
    } else {
      block_ = flow_.add(block_);
    }
  }

  void bind(Label label) {
    Place& place = labels_[label];
    if (place.jumps.empty()) return;
    const auto here = static_cast<std::uint32_t>(program_.code.size());
    for (std::uint32_t number : place.jumps) program_.code[number].target = here;
    block_ = flow_.add(reachable_ ? flow_.common(place.block, block_) : place.block);
    reachable_ = true;
  }

  // Slots.

  SlotNumber new_slot(Type type) {
    program_.slots.push_back(type);
    nullable_.push_back(false);
    return static_cast<SlotNumber>(program_.slots.size() - 1);
  }

  SlotNumber constant_slot(const Value& value) {
    if (value.type == Type::Boolean) {
      SlotNumber& known = booleans_[value.null ? 2 : value.bits != 0];
      if (known == NoLabel) known = new_constant(value);
      return known;
    }
    return new_constant(value);
  }

  SlotNumber new_constant(const Value& value) {
    const SlotNumber slot = new_slot(value.type);
    nullable_[slot] = value.null;
    Instruction instruction;
    instruction.op = Op::Constant;
    instruction.nullable = value.null;
    instruction.result = slot;
    instruction.a = static_cast<std::uint32_t>(program_.constants.size());
    program_.constants.push_back(value);
    constants_.push_back(instruction);
    return slot;
  }

  void add(Instruction instruction) {
    if (!reachable_) return;
    nullable_[instruction.result] = nullable_[instruction.result] || instruction.nullable;
    program_.code.push_back(instruction);
  }

  void copy(SlotNumber to, SlotNumber from, NodeId node) {
    Instruction instruction;
    instruction.op = Op::Copy;
    instruction.nullable = nullable_[from];
    instruction.result = to;
    instruction.count = 1;
    instruction.operands[0] = from;
    instruction.node = node;
    add(instruction);
  }

  SlotNumber operation(Op op, std::initializer_list<SlotNumber> operands, NodeId node) {
    Instruction instruction;
    instruction.op = op;
    instruction.node = node;
    instruction.result = new_slot(Type::Boolean);
    for (SlotNumber operand : operands) {
      instruction.operands[instruction.count++] = operand;
      if (op != Op::IsNull) instruction.nullable |= nullable_[operand];
    }
    add(instruction);
    return instruction.result;
  }

  void define(NodeId node, SlotNumber slot) {
    definitions_.push_back({block_, slot, last_[node.value]});
    last_[node.value] = static_cast<std::uint32_t>(definitions_.size());
  }

  /// The definition that dominates here.
  const SlotNumber* find(NodeId node) const {
    std::uint32_t number = last_[node.value];
    for (int seen = 0; number != 0 && seen != DefinitionsSeen; ++seen) {
      const Definition& definition = definitions_[number - 1];
      if (flow_.dominates(definition.block, block_)) return &definition.slot;
      number = definition.before;
    }
    return nullptr;
  }

  bool known(NodeId node) const { return !reachable_ || find(node); }

  SlotNumber slot_of(NodeId node) {
    if (const SlotNumber* slot = find(node)) return *slot;
    return new_slot(e_[node].type);  // of code that nothing leads to
  }

  // Nodes.

  bool is_connective(NodeId node) const { return e_[node].kind == NodeKind::And || e_[node].kind == NodeKind::Or; }
  bool tested_at_once(NodeId node) const {
    return decisions_.prefixes.contains(node.value) || decisions_.dictionaries.contains(node.value);
  }

  std::span<const NodeId> ordered(NodeId node) const {
    const auto found = decisions_.order.find(node.value);
    return found == decisions_.order.end() ? e_.operands(node) : std::span<const NodeId>(found->second);
  }

  void begin_condition(const Task& task) {
    const NodeId node = task.node;
    if (is_connective(node) && !tested_at_once(node)) {
      const bool is_and = e_[node].kind == NodeKind::And;
      const auto operands = ordered(node);
      for (std::size_t i = operands.size(); i-- != 0;) {
        if (i + 1 == operands.size()) {
          push({.kind = Kind::Condition,
                .node = operands[i],
                .yes = task.yes,
                .no = task.no,
                .yes_is_next = task.yes_is_next});
          continue;
        }
        // A test that is one instruction falls through to the next one.
        const Label next = is_connective(operands[i]) ? new_label() : NoLabel;
        if (next != NoLabel) push({.kind = Kind::Bind, .yes = next});
        push({.kind = Kind::Condition,
              .node = operands[i],
              .yes = is_and ? next : task.yes,
              .no = is_and ? task.no : next,
              .yes_is_next = is_and});
      }
      return;
    }
    Task later = task;
    later.kind = Kind::Test;
    push(later);
    push({.kind = Kind::Value, .node = node});
  }

  void test(const Task& task) {
    if (!reachable_) return;
    const SlotNumber slot = slot_of(task.node);
    if (task.yes_is_next) {
      jump(Op::JumpUnless, slot, task.no);
    } else {
      jump(Op::JumpIf, slot, task.yes);
    }
  }

  void begin_value(NodeId node) {
    const Node& n = e_[node];
    if (tested_at_once(node)) {
      push({.kind = Kind::Finish, .node = node});
      const auto found = decisions_.prefixes.find(node.value);
      if (found != decisions_.prefixes.end() && !decisions_.dictionaries.contains(node.value)) {
        push({.kind = Kind::Value, .node = found->second.operand});
      }
      return;
    }
    switch (n.kind) {
      case NodeKind::Constant:
        define_at_start(node, constant_slot(e_.constant(node)));
        return;
      case NodeKind::And:
      case NodeKind::Or:
        begin_connective(node);
        return;
      case NodeKind::Case:
        begin_case(node);
        return;
      case NodeKind::In:
        push_all({{.kind = Kind::Value, .node = e_.operands(node)[0]}, {.kind = Kind::Finish, .node = node}});
        return;
      default: {
        push({.kind = Kind::Finish, .node = node});
        const auto operands = e_.operands(node);
        for (std::size_t i = operands.size(); i-- != 0;) {
          if (!is_prepared(n, i)) push({.kind = Kind::Value, .node = operands[i]});
        }
      }
    }
  }

  bool is_prepared(const Node& node, std::size_t operand) const {
    if (node.kind != NodeKind::Call) return false;
    const FunctionTraits& traits = e_.registry()[node.function].traits;
    return traits.prepare && traits.prepared == static_cast<int>(operand);
  }

  void define_at_start(NodeId node, SlotNumber slot) {
    definitions_.push_back({Flow::Start, slot, last_[node.value]});
    last_[node.value] = static_cast<std::uint32_t>(definitions_.size());
  }

  void begin_connective(NodeId node) {
    const auto operands = e_.operands(node);
    if (decisions_.straight) {
      push({.kind = Kind::Chain, .node = node});
      for (std::size_t i = operands.size(); i-- != 0;) push({.kind = Kind::Value, .node = operands[i]});
      return;
    }
    const SlotNumber slot = new_slot(Type::Boolean);
    const Label end = new_label();
    push({.kind = Kind::Define, .node = node, .slot = slot});
    push({.kind = Kind::Bind, .yes = end});
    for (std::size_t i = operands.size(); i-- != 0;) {
      if (i == 0) {
        push({.kind = Kind::Copy, .node = operands[0], .slot = slot});
      } else {
        push({.kind = Kind::Combine, .node = node, .slot = slot, .index = static_cast<std::uint32_t>(i)});
      }
      push({.kind = Kind::Value, .node = operands[i]});
      if (i != 0) push({.kind = Kind::Skip, .node = node, .yes = end, .slot = slot});
    }
  }

  /// False AND anything, true OR anything.
  void skip(const Task& task) {
    if (!reachable_) return;
    if (e_[task.node].kind == NodeKind::Or) return jump(Op::JumpIf, task.slot, task.yes);
    if (!nullable_[task.slot]) return jump(Op::JumpUnless, task.slot, task.yes);
    jump(Op::JumpIf, operation(Op::Not, {task.slot}, task.node), task.yes);
  }

  void combine(const Task& task) {
    const Op op = e_[task.node].kind == NodeKind::And ? Op::And : Op::Or;
    const SlotNumber other = slot_of(e_.operands(task.node)[task.index]);
    copy(task.slot, operation(op, {task.slot, other}, task.node), task.node);
  }

  void chain(NodeId node) {
    const Op op = e_[node].kind == NodeKind::And ? Op::And : Op::Or;
    const auto operands = e_.operands(node);
    SlotNumber slot = slot_of(operands[0]);
    for (NodeId operand : operands.subspan(1)) slot = operation(op, {slot, slot_of(operand)}, node);
    define(node, slot);
  }

  void begin_case(NodeId node) {
    const auto operands = e_.operands(node);
    const SlotNumber slot = new_slot(e_[node].type);
    const Label end = new_label();
    push({.kind = Kind::Define, .node = node, .slot = slot});
    push({.kind = Kind::Bind, .yes = end});
    push_all(
        {{.kind = Kind::Value, .node = operands.back()}, {.kind = Kind::Copy, .node = operands.back(), .slot = slot}});
    for (std::size_t i = operands.size() - 1; i != 0; i -= 2) {
      const NodeId condition = operands[i - 2], value = operands[i - 1];
      const Label yes = new_label(), no = new_label();
      push_all({{.kind = Kind::Condition, .node = condition, .yes = yes, .no = no},
                {.kind = Kind::Bind, .yes = yes},
                {.kind = Kind::Value, .node = value},
                {.kind = Kind::Copy, .node = value, .slot = slot},
                {.kind = Kind::Goto, .yes = end},
                {.kind = Kind::Bind, .yes = no}});
    }
  }

  Result<void> finish_value(NodeId node) {
    if (!reachable_) return {};
    const Node& n = e_[node];
    Instruction instruction;
    instruction.node = node;
    instruction.result = new_slot(n.type);
    if (auto found = decisions_.dictionaries.find(node.value); found != decisions_.dictionaries.end()) {
      lookup(instruction, found->second);
    } else if (auto any = decisions_.prefixes.find(node.value); any != decisions_.prefixes.end()) {
      instruction.op = Op::Prepared;
      instruction.a = any->second.function.value;
      instruction.b = object_number(any->second.object);
      operand(instruction, any->second.operand);
    } else if (n.kind == NodeKind::Column) {
      const Column& column = e_.schema()[n.column];
      instruction.op = Op::Load;
      instruction.a = n.column.value;
      instruction.nullable = column.dictionary || column.validity != Validity::All;
      program_.raises |= n.raises;
      if (load_cost(column) >= CostlyLoad) ++loads_[node.value];
      if (shared_.contains(node.value)) return load_shared(instruction);
    } else if (n.kind == NodeKind::Call) {
      INLAY_TRY_VOID(call(instruction, node));
    } else if (n.kind == NodeKind::In) {
      in(instruction, node);
    } else {
      instruction.op = n.kind == NodeKind::Not ? Op::Not : Op::IsNull;
      operand(instruction, e_.operands(node)[0]);
      if (n.kind == NodeKind::IsNull) instruction.nullable = false;
    }
    add(instruction);
    define(node, instruction.result);
    return {};
  }

  void begin_shared() {
    for (auto& [number, shared] : shared_) {
      const NodeId node(number);
      const Type type = e_[node].type;
      shared.value = new_slot(type);
      shared.known = new_slot(Type::Boolean);
      // Some value, for what nobody reads before it is known.
      Value nothing = Value::null_of(type);
      nothing.null = false;
      copy(shared.value, constant_slot(nothing), node);
      copy(shared.known, constant_slot(Value::of(false)), node);
    }
  }

  Result<void> load_shared(const Instruction& load) {
    Shared& shared = shared_.at(load.node.value);
    const Label known = new_label();
    if (std::exchange(shared.seen, true)) jump(Op::JumpIf, shared.known, known);
    add(load);
    copy(shared.value, load.result, load.node);
    copy(shared.known, constant_slot(Value::of(true)), load.node);
    bind(known);
    define(load.node, shared.value);
    return {};
  }

  /// Adds an operand, and that the result may be NULL if it may.
  void operand(Instruction& instruction, NodeId node) {
    const SlotNumber slot = slot_of(node);
    instruction.operands[instruction.count++] = slot;
    instruction.nullable |= nullable_[slot];
  }

  void lookup(Instruction& instruction, const DictionaryTest& test) {
    instruction.op = Op::Lookup;
    instruction.a = test.column.value;
    instruction.b = static_cast<std::uint32_t>(program_.tables.size());
    instruction.nullable = true;
    program_.tables.push_back(test);
  }

  Result<void> call(Instruction& instruction, NodeId node) {
    const Function& function = e_.registry()[e_[node].function];
    const auto operands = e_.operands(node);
    if (operands.size() > std::size(instruction.operands)) {
      return Error(ErrorKind::InvalidProgram, "function '" + function.name + "' has more than 8 parameters");
    }
    if (!function.refusal.empty()) {
      return Error(ErrorKind::InvalidProgram, "'" + function.name + "' cannot be called: " + function.refusal);
    }
    instruction.op = Op::Call;
    instruction.a = e_[node].function.value;
    for (std::size_t i = 0; i != operands.size(); ++i) {
      if (!is_prepared(e_[node], i)) {
        operand(instruction, operands[i]);
        continue;
      }
      if (e_[operands[i]].kind != NodeKind::Constant) {
        return Error(ErrorKind::InvalidProgram,
                     "argument " + std::to_string(i + 1) + " of '" + function.name + "' must be a constant");
      }
      const Value& constant = e_.constant(operands[i]);
      if (constant.null) return null_result(instruction, node);
      INLAY_TRY(auto object, prepared(function, constant, node));
      instruction.op = Op::Prepared;
      instruction.b = object_number(object);
    }
    if (function.traits.nulls == Nulls::Handled) instruction.nullable = e_[node].nullable;
    program_.raises |= function.traits.raises || function.traits.allocates;
    return {};
  }

  /// The other operands were computed, for they may raise; the result is NULL.
  Result<void> null_result(Instruction& instruction, NodeId node) {
    instruction.op = Op::Copy;
    instruction.count = 1;
    instruction.operands[0] = constant_slot(Value::null_of(e_[node].type));
    instruction.nullable = true;
    return {};
  }

  Result<std::shared_ptr<const void>> prepared(const Function& function, const Value& constant, NodeId node) {
    auto found = objects_.find(node.value);
    if (found != objects_.end()) return found->second;
    auto object = function.traits.prepare(constant);
    if (object) objects_.emplace(node.value, *object);
    return object;
  }

  std::uint32_t object_number(std::shared_ptr<const void> object) {
    program_.objects.push_back(std::move(object));
    return static_cast<std::uint32_t>(program_.objects.size() - 1);
  }

  void in(Instruction& instruction, NodeId node) {
    const auto operands = e_.operands(node);
    instruction.op = Op::InSet;
    instruction.b = static_cast<std::uint32_t>(program_.sets.size());
    program_.sets.push_back(make_in_set(e_, operands.subspan(1), decisions_.straight));
    operand(instruction, operands[0]);
    instruction.nullable |= program_.sets.back().has_null;
  }

  Result<Program> finish(SlotNumber value) {
    Instruction done;
    done.op = Op::Done;
    done.count = 1;
    done.operands[0] = value;
    done.nullable = nullable_[value];
    program_.code.push_back(done);
    // Constants come first: they are there wherever one jumps.
    const auto shift = static_cast<std::uint32_t>(constants_.size());
    for (Instruction& instruction : program_.code) {
      const bool jumps = instruction.op == Op::Jump || instruction.op == Op::JumpIf || instruction.op == Op::JumpUnless;
      if (jumps) instruction.target += shift;
      if (instruction.op == Op::Load || instruction.op == Op::Lookup) {
        program_.columns.push_back(ColumnId(instruction.a));
      }
    }
    program_.code.insert(program_.code.begin(), constants_.begin(), constants_.end());
    std::ranges::sort(program_.columns);
    const auto doubles = std::ranges::unique(program_.columns);
    program_.columns.erase(doubles.begin(), doubles.end());
    return std::move(program_);
  }

  struct Place {
    Flow::Block block = 0;             // common to all that jump here
    std::vector<std::uint32_t> jumps;  // instructions
  };
  struct Shared {
    SlotNumber value = 0, known = 0;
    bool seen = false;  // there is a load before
  };
  struct Definition {
    Flow::Block block;
    SlotNumber slot;
    std::uint32_t before;  // of the same node: 1 more than its number
  };

  const Expressions& e_;
  const Decisions& decisions_;
  PreparedObjects& objects_;
  Program program_;
  std::vector<Instruction> constants_;
  SlotNumber booleans_[3] = {NoLabel, NoLabel, NoLabel};
  std::vector<bool> nullable_;  // by slot
  std::vector<Task> tasks_;
  std::vector<Place> labels_;
  std::vector<Definition> definitions_;
  std::vector<std::uint32_t> last_;               // by node
  std::map<std::uint32_t, Shared> shared_;        // by node
  std::map<std::uint32_t, std::uint32_t> loads_;  // costly ones, by node
  Flow flow_;
  Flow::Block block_ = Flow::Start;
  bool reachable_ = true;
};

}  // namespace

Result<Program> emit(const Expressions& expressions, NodeId root, Wanted wanted, const Decisions& decisions,
                     PreparedObjects& objects) {
  Emitter emitter(expressions, decisions, objects);
  INLAY_TRY(Program program, emitter.run(root, wanted));
  const std::vector<NodeId> repeated = emitter.repeated();
  if (repeated.empty()) return program;
  return Emitter(expressions, decisions, objects, repeated).run(root, wanted);
}

}  // namespace inlay::filter
