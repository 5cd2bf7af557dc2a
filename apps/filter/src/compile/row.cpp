// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Slots that one instruction writes are values of the IR; only those that several write (Copy) lie in memory, which
// costs the optimizer time. NULL is a second value, there only where the plan says that NULL may be. What NULL operands
// decide is decided with arithmetic where computing for nothing is harmless and cheap, and with branches elsewhere.
#include "compile/row.h"

#include "compile/emit.h"

#include <algorithm>
#include <bit>

namespace inlay::filter {

using ir::BlockId;
using ir::Bool;
using ir::F64;
using ir::I32;
using ir::I64;
using ir::Ptr;
using ir::TypeId;

namespace {

bool jumps(Op op) { return op == Op::Jump || op == Op::JumpUnless || op == Op::JumpIf; }
bool writes(Op op) { return !jumps(op) && op != Op::Done; }

}  // namespace

RowEmitter::RowEmitter(const Program& program, ir::Builder& builder, bool bitmaps)
    : program_(program), b_(builder), m_(builder.module()), text_(m_.slice(ir::I8)), bitmaps_(bitmaps) {
  // As in batch.h and scope.h.
  column_type_ = m_.named_struct("Column");
  m_.define_struct(column_type_, {{"values", Ptr},
                                  {"extra", Ptr},
                                  {"validity", Ptr},
                                  {"offset", I64},
                                  {"dictionary", Ptr},
                                  {"dictionary_size", I64}});
  scope_type_ = m_.named_struct("Scope");
  m_.define_struct(scope_type_, {{"fault", I32},
                                 {"column", I32},
                                 {"offender", text_},
                                 {"message", Ptr},
                                 {"objects", Ptr},
                                 {"memory", Ptr},
                                 {"memory_end", Ptr},
                                 {"arena", Ptr}});
  find_slots();
}

/// Which slots can be values: those that one instruction writes, and that have been written on every way to whatever
/// reads them.
void RowEmitter::find_slots() {
  const std::size_t slots = program_.slots.size(), words = (slots + 63) / 64;
  in_memory_.assign(slots, 0);
  nullable_.assign(slots, 0);
  is_target_.assign(program_.code.size(), 0);
  std::vector<std::uint8_t> writers(slots);
  using Written = std::vector<std::uint64_t>;
  std::vector<Written> at(program_.code.size());  // of targets: what each way there has written
  Written now(words);
  bool reached = true;
  for (std::size_t i = 0; i < program_.code.size(); ++i) {
    const Instruction& inst = program_.code[i];
    if (is_target_[i]) {
      for (std::size_t w = 0; w < words; ++w) now[w] = reached ? now[w] & at[i][w] : at[i][w];
      reached = true;
      at[i] = {};
    }
    for (unsigned o = 0; o < inst.count; ++o)
      if (const SlotNumber slot = inst.operands[o]; !(now[slot / 64] >> (slot % 64) & 1)) in_memory_[slot] = 1;
    if (writes(inst.op)) {
      if (writers[inst.result]++) in_memory_[inst.result] = 1;
      nullable_[inst.result] |= inst.nullable ? 1 : 0;
      now[inst.result / 64] |= std::uint64_t{1} << (inst.result % 64);
    }
    if (jumps(inst.op)) {
      if (is_target_[inst.target]) {
        for (std::size_t w = 0; w < words; ++w) at[inst.target][w] &= now[w];
      } else {
        at[inst.target] = now;
      }
      is_target_[inst.target] = 1;
    }
    if (inst.op == Op::Jump) reached = false;
  }
}

TypeId RowEmitter::type(Type type) const {
  switch (type) {
    case Type::Boolean:
      return Bool;
    case Type::Real:
      return F64;
    case Type::Text:
      return text_;
    case Type::Integer:
    case Type::Date:
    case Type::Timestamp:
      break;
  }
  return I64;
}

void RowEmitter::begin() {
  columns_ = b_.parameter(0);
  scope_ = b_.parameter(1);
  tables_ = b_.parameter(2);
  fault_ = b_.field(scope_type_, scope_, 0);
  slots_.resize(program_.slots.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!in_memory_[i]) continue;
    slots_[i].value = b_.slot(type(program_.slots[i]));
    if (nullable_[i]) slots_[i].null = b_.slot(Bool);
  }
  for (const Instruction& inst : program_.code)
    if (inst.op == Op::Call && (*program_.registry)[FunctionId(inst.a)].traits.nulls == Nulls::Handled && !null_result_)
      null_result_ = b_.slot(Bool);
  if (!program_.objects.empty() || !program_.sets.empty()) objects_ = b_.load(Ptr, b_.field(scope_type_, scope_, 4));
  for (const ColumnId column : program_.columns) begin_column(column);
  if (program_.tables.empty()) return;
  const TypeId array = m_.array(Ptr, program_.tables.size());
  for (std::size_t i = 0; i < program_.tables.size(); ++i)
    tables_of_.push_back(b_.load(Ptr, b_.at_index(array, tables_, i)));
}

Held RowEmitter::row(ir::Value row, BlockId fault) {
  row_ = row;
  fault_block_ = fault;
  blocks_.assign(program_.code.size(), BlockId{});
  for (std::size_t i = 0; i < program_.code.size(); ++i)
    if (is_target_[i]) blocks_[i] = b_.block();
  for (std::size_t i = 0; i < program_.code.size(); ++i) {
    const Instruction& inst = program_.code[i];
    if (is_target_[i]) {
      if (!b_.ended()) b_.jump(blocks_[i]);
      b_.start(blocks_[i]);
    } else if (b_.ended()) {
      continue;  // nothing leads here
    }
    if (inst.op == Op::Done) return get(inst.operands[0]);
    const auto on = [&](std::size_t target) {
      if (!blocks_[target]) blocks_[target] = b_.block();
      return blocks_[target];
    };
    switch (inst.op) {
      case Op::Jump:
        b_.jump(on(inst.target));
        break;
      case Op::JumpUnless:
      case Op::JumpIf: {
        const ir::Value holds = truth(get(inst.operands[0]));
        const BlockId next = b_.block();
        if (inst.op == Op::JumpIf)
          b_.branch(holds, on(inst.target), next);
        else
          b_.branch(holds, next, on(inst.target));
        b_.start(next);
        break;
      }
      default:
        instruction(inst);
    }
  }
  return {};
}

void RowEmitter::instruction(const Instruction& inst) {
  const auto operand = [&](unsigned i) { return get(inst.operands[i]); };
  switch (inst.op) {
    case Op::Load:
      return set(inst, load(ColumnId(inst.a)));
    case Op::Constant:
      return set(inst, constant(program_.constants[inst.a]));
    case Op::Call:
    case Op::Prepared:
      return set(inst, call(inst));
    case Op::And:
      return set(inst, three_valued(true, operand(0), operand(1)));
    case Op::Or:
      return set(inst, three_valued(false, operand(0), operand(1)));
    case Op::Not: {
      const Held held = operand(0);
      return set(inst, {negated(held.value), held.null});
    }
    case Op::IsNull: {
      const Held held = operand(0);
      return set(inst, {held.null ? held.null : m_.boolean(false), {}});
    }
    case Op::InSet:
      return set(inst, in_set(inst));
    case Op::Lookup:
      return set(inst, lookup(inst));
    case Op::Copy:
      return set(inst, operand(0));
    default:
      return;
  }
}

void RowEmitter::set(const Instruction& inst, const Held& held) {
  const SlotNumber slot = inst.result;
  if (!in_memory_[slot]) {
    slots_[slot] = {held.value, nullable_[slot] ? held.null : ir::Value()};
    return;
  }
  b_.store(type(program_.slots[slot]), held.value, slots_[slot].value);
  if (nullable_[slot]) b_.store(Bool, held.null ? held.null : m_.boolean(false), slots_[slot].null);
}

Held RowEmitter::get(SlotNumber slot) {
  const Held& held = slots_[slot];
  if (!in_memory_[slot]) return held;
  return {b_.load(type(program_.slots[slot]), held.value), held.null ? b_.load(Bool, held.null) : ir::Value()};
}

ir::Value RowEmitter::truth(const Held& held) {
  return held.null ? b_.binary(ir::Op::And, Bool, held.value, negated(held.null)) : held.value;
}

ir::Value RowEmitter::or_zero(const Held& held, Type type) {
  const TypeId known = this->type(type);
  const ir::Value zero = m_.zero(known);
  if (!held.null || held.value == zero) return held.value;
  // A plain number would take its type from the other one, which may be one, too.
  const bool plain = held.value.is_number();
  return b_.select(
      held.null, zero,
      plain ? m_.constant({ir::ConstKind::Int, known, static_cast<std::uint64_t>(held.value.number())}) : held.value);
}

ir::Value RowEmitter::any(ir::Value a, ir::Value b) {
  if (!a || !b) return a ? a : b;
  return b_.binary(ir::Op::Or, Bool, a, b);
}

ir::Value RowEmitter::negated(ir::Value truth) {
  if (truth.is_number()) return m_.boolean(truth.number() == 0);
  return b_.append(ir::Op::Not, Bool, truth.bits);
}

void RowEmitter::leave_if_raised() {
  const BlockId next = b_.block();
  b_.branch(b_.binary(ir::Op::Eq, I32, b_.load(I32, fault_), 0), next, fault_block_);
  b_.start(next);
}

ir::Value RowEmitter::object(std::size_t number) {
  const TypeId array = m_.array(Ptr, program_.objects.size() + program_.sets.size());
  return b_.load(Ptr, b_.at_index(array, objects_, number));
}

ir::Value RowEmitter::call_runtime(std::string_view symbol, std::initializer_list<TypeId> parameters, TypeId result,
                                   std::initializer_list<ir::Operand> arguments) {
  return b_.call(m_.function(symbol, m_.signature(parameters, result), ir::FunctionExtern), arguments);
}

/// NULL, unless one of them decides: false for AND, true for OR.
Held RowEmitter::three_valued(bool is_and, const Held& a, const Held& b) {
  const auto both = [&](ir::Value x, ir::Value y) { return b_.binary(ir::Op::And, Bool, x, y); };
  const auto no = [&](ir::Value x) { return negated(x); };
  const ir::Value null = any(a.null, b.null);
  if (!null) return {b_.binary(is_and ? ir::Op::And : ir::Op::Or, Bool, a.value, b.value), {}};
  const auto decides = [&](const Held& held) {
    const ir::Value value = is_and ? no(held.value) : held.value;
    return held.null ? both(value, no(held.null)) : value;
  };
  const ir::Value decided = any(decides(a), decides(b));
  // Where nothing decides, and nothing is NULL, all are true for AND, false for OR.
  return {is_and ? no(decided) : decided, both(null, no(decided))};
}

Held RowEmitter::constant(const Value& value) {
  if (value.null) return {m_.zero(type(value.type)), m_.boolean(true)};
  switch (value.type) {
    case Type::Boolean:
      return {m_.boolean(value.bits != 0), {}};
    case Type::Real:
      return {m_.float_bits(F64, std::bit_cast<std::uint64_t>(value.real)), {}};
    case Type::Text:
      return {text(value.text), {}};
    case Type::Integer:
    case Type::Date:
    case Type::Timestamp:
      break;
  }
  return {m_.integer(I64, value.bits), {}};
}

ir::Value RowEmitter::text(std::string_view bytes) {
  // With a byte behind it, so that an empty text lies somewhere.
  const ir::DataId data = m_.add_text("", std::string(bytes) + '\0');
  return b_.make_slice(text_, data, bytes.size());
}

}  // namespace inlay::filter
