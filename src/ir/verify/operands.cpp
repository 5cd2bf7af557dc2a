// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operands of instructions, slot by slot.
#include <algorithm>

#include "inlay/ir/walk.h"

#include "base/messages.h"
#include "ir/substitute.h"
#include "ir/verify/body.h"

namespace inlay::ir {

namespace {

std::string ordinal(unsigned n) {
  constexpr std::string_view words[] = {"first", "second", "third"};
  return n >= 1 && n <= 3 ? std::string(words[n - 1]) : std::to_string(n) + "th";
}

}  // namespace

std::string BodyChecker::operand_text() const {
  if (role_.empty()) return "the " + ordinal(operand_) + " operand";
  std::string out = std::string(role_) + ' ' + std::to_string(position_);
  if (target_ != 0) out += " of block '" + block_text(target_ - 1) + '\'';
  return out;
}

/// What most calls and jumps are. Where one is not, check_operands() says more.
bool BodyChecker::are_plain_operands(const Inst& inst) {
  const Operation& op = Operations[static_cast<std::size_t>(inst.op())];
  if (op.plain) return has_plain_words(op, inst, [&](const Cell& cell) { return reaches_here(cell); });
  const std::uint32_t* words = nullptr;
  switch (inst.op()) {
    case Op::ReturnVoid:
      return result_ == Void;
    case Op::Jump:
      words = rest_of(inst);
      return is_plain_target(BlockId{inst.a}, words);
    case Op::Branch: {
      words = rest_of(inst);
      const BlockId yes{*words++};
      if (!is_plain_value(inst.a, Bool) || !is_plain_target(yes, words)) return false;
      const BlockId no{*words++};
      return is_plain_target(no, words);
    }
    case Op::Call:
      return is_plain_call(inst);
    default:
      return false;
  }
}

/// Its words, which add_edges() has seen.
const std::uint32_t* BodyChecker::rest_of(const Inst& inst) const {
  static constexpr std::uint32_t EmptyList = 0;
  return inst.b != 0 ? &m_.extra[ExtraId{inst.b}] : &EmptyList;
}

/// Reads the arguments. The block has been linked, as all have.
bool BodyChecker::is_plain_target(BlockId id, const std::uint32_t*& arguments) {
  const Block& block = m_.blocks[id];
  const std::uint32_t n = *arguments++;
  if (n != block.parameters) return false;
  InstId parameter = block.first;
  for (std::uint32_t i = 0; i < n; ++i) {
    const Inst& inst = m_.insts[parameter];
    if (!is_plain_value(*arguments++, inst.type())) return false;
    parameter = inst.next;
  }
  return true;
}

bool BodyChecker::is_plain_call(const Inst& inst) const {
  const Value callee = inst.value_a();
  if (!callee.is_function() || !m_.functions.contains(callee.function()) ||
      m_.functions[callee.function()].signature != inst.type() || symbols_.scope(callee.function()) != 0)
    return false;
  const Type& signature = m_.types[inst.type()];
  if (inst.b == 0) return signature.count == 0;
  if (std::uint64_t{inst.b} + signature.count >= m_.extra.count() || m_.extra[ExtraId{inst.b}] != signature.count)
    return false;
  const std::uint32_t* words = &m_.extra[ExtraId{inst.b}] + 1;
  for (std::uint32_t type : m_.words(signature.list, signature.count))
    if (!is_plain_value(*words++, TypeId{type})) return false;
  return true;
}

bool BodyChecker::check_operands(const Inst& inst) {
  if (!open_words(inst)) return false;
  operand_ = 0;
  role_ = {};
  if (inst.op() == Op::ReturnVoid && result_ != Void)
    return fail("the function's result is " + type_text(result_) + "; return ends it");
  for (char letter : info(inst.op()).slots) {
    ++operand_;
    const auto slot = static_cast<Slot>(letter);
    if (!check_slot(slot, inst)) return false;
    if (malformed_) return fail_list();
  }
  return true;
}

bool BodyChecker::check_slot(Slot slot, const Inst& inst) {
  switch (slot) {
    case Slot::Typed:
      return check_value(next(), inst.type());
    case Slot::Pointer:
      return check_value(next(), Ptr);
    case Slot::Index:
      return check_value(next(), I64);
    case Slot::Bool:
      return check_value(next(), Bool);
    case Slot::Truth:
      return check_truth(inst);
    case Slot::Element:
      return check_value(next(), m_.types[inst.type()].element);
    case Slot::Other:
      return check_conversion(inst);
    case Slot::Code:
      return check_code(inst);
    case Slot::ClosureOf:
      return check_closure(inst);
    case Slot::InterfaceOf:
      return check_interface();
    case Slot::Returned:
      if (inst.type() != result_)
        return fail(result_ == Void ? "the function has no result; return_void ends it"
                                    : "the function's result is " + type_text(result_));
      return check_value(next(), result_);
    case Slot::Callee:
      return check_callee(inst);
    case Slot::Number:
      return check_number(inst);
    case Slot::Field:
      return check_field(inst);
    case Slot::Method:
      return check_method(inst);
    case Slot::Text: {
      const StringId text{next()};
      if (!text || !m_.text(text).data()) return fail("there is no such text");
      return m_.text(text).find('\0') == std::string_view::npos || fail("the text has a zero byte in it");
    }
    case Slot::Args: {
      const Type& signature = m_.types[inst.type()];
      role_ = "argument";
      target_ = 0;
      return check_list(m_.words(signature.list, signature.count), "the signature");
    }
    case Slot::Numbers:
      return check_numbers(inst);
    case Slot::Target:
      return check_target();
    case Slot::Cases:
      return check_cases(inst);
  }
  return fail("it has an operand of a kind that there is not");
}

bool BodyChecker::check_value(std::uint32_t word, TypeId wanted) {
  if (is_plain_value(word, wanted)) [[likely]]
    return true;
  const Value value = Value::of_bits(word);
  switch (word >> 30) {
    case 0:
      break;
    case 1: {
      const ConstId id = value.constant();
      if (id && id.value < types_.const_count() && m_.consts[id].type == wanted &&
          (types_.scope(id) == 0 || within(types_.scope(id), declared_))) {
        const bool record = shared_ && m_.consts[id].kind == ConstKind::TypeRecord && types_.scope(id) != 0;
        return !record || fail("a shared generic knows only how large its type parameters are, not which they are");
      }
      break;
    }
    case 2:
      if (TypeFacts::holds(wanted, value.number()) || m_.types[wanted].kind == TypeKind::TypeParam) return true;
      break;
    default:
      if (value.is_function() ? m_.functions.contains(value.function()) : m_.data.contains(value.data())) {
        const TypeId type = value.is_function() ? m_.functions[value.function()].signature : Ptr;
        if (type == wanted || (value.is_function() && stands_for(value.function(), wanted)))
          return check_symbol_scope(value);
      }
  }
  return malformed_ ? fail_list() : fail_value(word, wanted);
}

/// Whether it is the one instance of a shared generic for several, of which one has that signature.
bool BodyChecker::stands_for(FunctionId function, TypeId signature) const {
  const Function& f = m_.functions[function];
  return f.generic && m_.functions[f.generic].flags & FunctionShared && passed_alike(m_, f.signature, signature);
}

/// Says what is wrong with a value. `wanted`: its type; none, if any will do.
bool BodyChecker::fail_value(std::uint32_t word, TypeId wanted) {
  const Value value = Value::of_bits(word);
  const std::string operand = operand_text();
  const std::string not_wanted = wanted ? ", not " + type_text(wanted) : "";
  if (!value) return fail(operand + " is missing" + (wanted ? ", where " + type_text(wanted) + " is wanted" : ""));
  if (value.is_number()) {
    const std::string number = operand + " is the number " + std::to_string(value.number());
    if (!wanted) return fail(number + ", which has no type of its own");
    return fail(number +
                (m_.is_int(wanted) || wanted == Bool ? ", which does not fit " + type_text(wanted) : not_wanted));
  }
  TypeId type;
  if (value.is_inst()) {
    const std::uint32_t local = word - first_;
    if (local >= count_ || cells_[local].block == Nowhere)
      return fail(operand + ' ' + value_text(value) + " is no value of this function");
    const Cell& cell = cells_[local];
    if (cell.type == Void) return fail(operand + ' ' + value_text(value) + " yields nothing" + not_wanted);
    if (cell.type == wanted || !wanted) {
      const bool here = cell.block == block_;
      return fail(operand + ' ' + value_text(value) +
                  (here ? " is defined only later" : " is not defined on every way that leads here"));
    }
    type = cell.type;
  } else if (value.is_const()) {
    if (!value.constant() || value.constant().value >= types_.const_count())
      return fail(operand + " is a constant that there is not");
    type = m_.consts[value.constant()].type;
    if (type == wanted || !wanted) return check_scope(types_.scope(value.constant()), operand);
  } else {
    const bool known = value.is_function() ? m_.functions.contains(value.function()) : m_.data.contains(value.data());
    if (!known) return fail(operand + " is a function or data that there is not");
    type = m_.type_of(value);
  }
  return fail(operand + " is " + type_text(type) + not_wanted);
}

bool BodyChecker::check_symbol_scope(Value value) {
  const Scope scope = value.is_function() ? symbols_.scope(value.function()) : symbols_.scope(value.data());
  if (scope == 0) return true;
  if (scope == SymbolFacts::Unusable) return fail(ir::value_text(m_, value) + " is generic, and wants arguments");
  if (!check_scope(scope, ir::value_text(m_, value))) return false;
  if (!shared_) return true;
  if (value.is_data()) return fail("a shared generic cannot know which table " + ir::value_text(m_, value) + " is");
  const Function& callee = m_.functions[value.function()];
  return (m_.functions[callee.generic].flags & FunctionShared) ||
         fail("a shared generic can use " + ir::value_text(m_, value) + " only if that is shared, too");
}

/// The type of an operand that has one of its own; none if something is wrong, which is told.
TypeId BodyChecker::type_of_operand(std::uint32_t word) {
  const Value value = Value::of_bits(word);
  TypeId type;
  if (value.is_inst()) {
    const std::uint32_t local = word - first_;
    if (local < count_ && cells_[local].block != Nowhere) type = cells_[local].type;
  } else if (value.is_const()) {
    const ConstId id = value.constant();
    if (id && id.value < types_.const_count()) type = m_.consts[id].type;
  } else if (value.is_function()) {
    if (m_.functions.contains(value.function())) type = m_.functions[value.function()].signature;
  } else if (value.is_data() && m_.data.contains(value.data())) {
    type = Ptr;
  }
  if (!type || type == Void) {
    malformed_ ? fail_list() : fail_value(word, {});
    return {};
  }
  return check_value(word, type) ? type : TypeId{};
}

bool BodyChecker::check_list(std::span<const std::uint32_t> types, std::string_view role) {
  const std::uint32_t n = next();
  if (malformed_) return fail_list();
  if (n != types.size())
    return fail("it has " + base::counted(n, "argument") + ", where " + std::string(role) + " has " +
                base::counted(types.size(), "parameter"));
  position_ = 0;
  for (std::uint32_t type : types) {
    ++position_;
    if (!check_value(next(), TypeId{type})) return false;
  }
  return true;
}

bool BodyChecker::check_target() {
  const std::uint32_t local = next() - first_block_;  // add_edges() has seen it
  const Block& block = m_.blocks[BlockId{first_block_ + local}];
  const std::uint32_t n = next();
  if (n != block.parameters)
    return fail("it has " + base::counted(n, "argument") + ", where block '" + block_text(local) + "' has " +
                base::counted(block.parameters, "parameter"));
  role_ = "argument";
  target_ = local + 1;
  InstId parameter = block.first;
  for (position_ = 1; position_ <= n; ++position_) {
    if (!check_value(next(), m_.insts[parameter].type())) return false;
    parameter = m_.insts[parameter].next;
  }
  return true;
}

bool BodyChecker::check_cases(const Inst& inst) {
  const std::uint32_t n = next();
  cases_.clear();
  for (std::uint32_t i = 1; i <= n; ++i) {
    const std::uint32_t word = next();
    role_ = "case";
    position_ = i;
    target_ = 0;
    const Value value = Value::of_bits(word);
    if (!value.is_number() && !value.is_const()) return fail(operand_text() + " is no constant");
    if (!check_value(word, inst.type())) return false;
    const Const& c = m_.consts[value.is_const() ? value.constant() : ConstId{}];
    if (value.is_number())
      cases_.push_back(value.number());
    else if (c.kind == ConstKind::Int)
      cases_.push_back(static_cast<std::int64_t>(c.bits));
    else if (c.kind != ConstKind::Param)
      return fail(operand_text() + " is no number");
    if (!check_target()) return false;
  }
  std::sort(cases_.begin(), cases_.end());
  const auto twice = std::adjacent_find(cases_.begin(), cases_.end());
  return twice == cases_.end() || fail("there are two cases " + std::to_string(*twice));
}

bool BodyChecker::check_number(const Inst& inst) {
  const std::uint32_t number = next();
  if (malformed_) return fail_list();
  if (inst.op() == Op::CallVirtual)
    return number < MostEntries || fail("entry " + std::to_string(number) + " lies beyond any table");
  if (inst.op() == Op::Param) return true;
  const Type& type = m_.types[inst.type()];
  return number < type.count || fail("lane " + std::to_string(number) + " is none of " + std::to_string(type.count));
}

bool BodyChecker::check_numbers(const Inst& inst) {
  const Type& type = m_.types[inst.type()];
  const std::uint32_t n = next();
  if (malformed_) return fail_list();
  if (n != type.count)
    return fail("it has " + std::to_string(n) + " lanes, where " + type_text(inst.type()) + " has " +
                std::to_string(type.count));
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t lane = next();
    if (malformed_) return fail_list();
    if (lane >= type.count * 2)
      return fail("lane " + std::to_string(lane) + " is none of the " + std::to_string(type.count * 2) +
                  " lanes of both vectors");
  }
  return true;
}

bool BodyChecker::check_field(const Inst& inst) {
  const Type* type = &m_.types[inst.type()];
  // Of an instance that mentions parameters itself, the generic says how many there are.
  if (type->flags & TypeIncomplete && type->generic) type = &m_.types[type->generic];
  const std::uint32_t number = next();
  return number < type->count || fail("field " + std::to_string(number) + " is none of the " +
                                      std::to_string(type->count) + " of " + type_text(inst.type()));
}

bool BodyChecker::check_method(const Inst& inst) {
  const Type& interface = m_.types[interface_];
  const std::uint32_t number = next();
  if (malformed_) return fail_list();
  if (number >= interface.count)
    return fail("method " + std::to_string(number) + " is none of the " + std::to_string(interface.count) + " of " +
                type_text(interface_));
  const TypeId wanted{(&m_.extra[interface.list])[std::size_t{number} * 2 + 1]};
  return inst.type() == wanted || fail("the method is " + type_text(wanted));
}

bool BodyChecker::check_truth(const Inst& inst) {
  const std::uint32_t word = next();
  if (m_.types[inst.type()].kind != TypeKind::Vector || Value::of_bits(word).is_number())
    return check_value(word, Bool);
  const TypeId type = type_of_operand(word);
  if (!type) return false;
  const TypeId lanes = m_.truth_type(inst.type());
  return type == Bool || type == lanes || fail_value(word, lanes);
}

bool BodyChecker::check_conversion(const Inst& inst) {
  const TypeId from = type_of_operand(next());
  if (!from) return false;
  const TypeId to = inst.type();
  const auto is_vector = [&](TypeId type) { return m_.types[type].kind == TypeKind::Vector; };
  const auto lanes_of = [&](TypeId type) { return is_vector(type) ? m_.types[type].count : 1; };
  const TypeId a = is_vector(from) ? m_.types[from].element : from;
  const TypeId b = is_vector(to) ? m_.types[to].element : to;
  const std::uint32_t set = types_.set(from);
  const bool open = ((set | types_.set(to)) & TypeFacts::Dependent) != 0;  // known only where it has arguments
  const bool int_to_int = m_.is_int(a) && m_.is_int(b);
  bool good = false;
  std::uint32_t possible = TypesInt | TypesIntVector;
  switch (inst.op()) {
    case Op::Trunc:
      good = m_.is_int(a) && (b == Bool || a > b);
      break;
    case Op::Zext:
    case Op::Sext:
      good = a == Bool || (int_to_int && a < b);
      possible |= TypesBool | TypesBoolVector;
      break;
    case Op::IntToFloat:
    case Op::UintToFloat:
      good = m_.is_int(a);
      break;
    case Op::FloatToInt:
    case Op::FloatToUint:
      good = m_.is_float(a);
      possible = TypesFloat | TypesFloatVector;
      break;
    case Op::FloatCast:
      good = m_.is_float(a) && a != b;
      possible = TypesFloat | TypesFloatVector;
      break;
    default: {  // Bitcast
      possible = info(Op::Bitcast).types;
      const auto is_address = [&](TypeId type) { return type == Ptr || m_.types[type].kind == TypeKind::Fn; };
      if (is_address(from) || is_address(to))
        good = (is_address(from) || from == I64) && (is_address(to) || to == I64);
      else
        good = (set & possible) && m_.types[a].size * lanes_of(from) == m_.types[b].size * lanes_of(to);
      break;
    }
  }
  if (inst.op() != Op::Bitcast) good = good && lanes_of(from) == lanes_of(to);
  if (open ? (set & possible) != 0 : good) return true;
  return fail("it does not make " + type_text(to) + " of " + type_text(from));
}

bool BodyChecker::check_callee(const Inst& inst) {
  const std::uint32_t word = next();
  const Value value = Value::of_bits(word);
  if (!value.is_function() || !m_.functions.contains(value.function()))
    return fail("what is called is no function; call_pointer calls the address of one");
  const TypeId signature = m_.functions[value.function()].signature;
  // Of a generic, what is wrong is not the signature.
  if (signature != inst.type() && symbols_.scope(value.function()) != SymbolFacts::Unusable &&
      !stands_for(value.function(), inst.type()))
    return fail(ir::value_text(m_, value) + " is " + type_text(signature) + ", not " + type_text(inst.type()));
  return check_symbol_scope(value);
}

bool BodyChecker::check_code(const Inst& inst) {
  const TypeId code = type_of_operand(next());
  if (!code) return false;
  if (m_.types[code].kind == TypeKind::Fn && takes_pointer_first(m_, m_.types[code], m_.types[inst.type()]))
    return true;
  return fail("the first operand is " + type_text(code) + ", not a function like " + type_text(inst.type()) +
              " with ptr before");
}

bool BodyChecker::check_closure(const Inst& inst) {
  const TypeId type = type_of_operand(next());
  if (!type) return false;
  const Type& closure = m_.types[type];
  const Type& signature = m_.types[inst.type()];
  if (closure.kind == TypeKind::Closure && closure.element == signature.element && closure.count == signature.count) {
    const auto have = m_.words(closure.list, closure.count);
    const auto wanted = m_.words(signature.list, signature.count);
    if (std::equal(have.begin(), have.end(), wanted.begin())) return true;
  }
  return fail("the first operand is " + type_text(type) + ", not a closure of " + type_text(inst.type()));
}

bool BodyChecker::check_interface() {
  interface_ = type_of_operand(next());
  if (!interface_) return false;
  return m_.types[interface_].kind == TypeKind::Interface ||
         fail("the first operand is " + type_text(interface_) + ", not an interface");
}

}  // namespace inlay::ir
