// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions, and instructions as the letters of their operations say. An instruction may be broken in any way.
#include <algorithm>

#include "inlay/ir/walk.h"
#include "ir/substitute.h"
#include "ir/text/names.h"
#include "ir/text/printer.h"

namespace inlay::ir {

namespace {

constexpr std::uint32_t MostShown = 8;     // of a list
constexpr std::size_t LongestShown = 200;  // of a text

bool is_known(Op op) { return op != Op::None && static_cast<std::uint32_t>(op) < OpCount; }

/// The words of an instruction; 0 where they would lie outside the table.
class SafeWords {
 public:
  SafeWords(const Module& module, const Inst& inst)
      : m_(module), inst_(inst), inline_(fits_inline(info(inst.op()).slots)) {}

  std::uint32_t next() {
    const std::uint32_t word = at_++;
    if (word == 0) return inst_.a;
    if (inline_) return inst_.b;
    const std::uint64_t place = std::uint64_t{inst_.b} + word - 1;
    return inst_.b != 0 && place < m_.extra.count() ? m_.extra[ExtraId{static_cast<std::uint32_t>(place)}] : 0;
  }
  /// How many words follow, of which each entry of a list takes at least one.
  std::uint32_t count() {
    const std::uint32_t count = next();
    const std::uint64_t place = std::uint64_t{inst_.b} + at_ - 1;
    const std::uint64_t left = inst_.b != 0 && place < m_.extra.count() ? m_.extra.count() - place : 0;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, left));
  }
  void skip(std::uint32_t words) { at_ += words; }

 private:
  const Module& m_;
  const Inst& inst_;
  bool inline_;
  std::uint32_t at_ = 0;
};

}  // namespace

void Printer::make_unique(std::string_view name, std::uint32_t id,
                          std::unordered_map<std::uint32_t, std::string>& renamed) {
  if (name.empty() || taken_.try_emplace(name, 0).second) return;
  std::string unique;
  do {
    unique = std::string(name) + '.' + std::to_string(++taken_[name]);
  } while (taken_.contains(unique));
  std::string& kept = renamed[id] = std::move(unique);
  taken_.emplace(kept, 0);
}

void Printer::begin_function(const Function& f) {
  f_ = f;
  scope_ = f.generic ? ExtraId{} : f.parameters;
  if (f_.end.value > m_.insts.count() || f_.first > f_.end) f_.end = f_.first = {};
  if (f_.end_block.value > m_.blocks.count() || f_.first_block > f_.end_block) f_.end_block = f_.first_block = {};
  renamed_.clear();
  renamed_blocks_.clear();
  number_values();
  name_blocks();
}

void Printer::number_values() {
  position_.assign(f_.end.value - f_.first.value, 0);
  taken_.clear();
  std::uint32_t count = 0;
  for (std::uint32_t b = f_.first_block.value; b < f_.end_block.value; ++b) {
    for (InstId id = m_.blocks[BlockId{b}].first; id >= f_.first && id < f_.end; id = m_.insts[id].next) {
      std::uint32_t& position = position_[id.value - f_.first.value];
      if (position != 0) break;  // going round in circles
      position = ++count;
      make_unique(m_.text(m_.name_of(id)), id.value, renamed_);
    }
  }
}

void Printer::name_blocks() {
  taken_.clear();
  for (std::uint32_t b = f_.first_block.value; b < f_.end_block.value; ++b)
    make_unique(m_.text(m_.blocks[BlockId{b}].name), b, renamed_blocks_);
}

void Printer::value_name(InstId id) {
  out_ += '%';
  if (id < f_.first || id >= f_.end) {
    const std::string_view elsewhere = m_.text(m_.name_of(id));
    if (elsewhere.empty())
      (out_ += '?') += std::to_string(id.value);
    else
      name(elsewhere);
    return;
  }
  if (!renamed_.empty()) {
    if (const auto renamed = renamed_.find(id.value); renamed != renamed_.end()) return name(renamed->second);
  }
  const std::string_view text = m_.text(m_.name_of(id));
  const std::uint32_t position = position_[id.value - f_.first.value];
  if (!text.empty())
    name(text);
  else
    out_ += position ? std::to_string(position - 1) : '?' + std::to_string(id.value);
}

void Printer::block_name(BlockId id) {
  if (id < f_.first_block || id >= f_.end_block) {
    out_ += "b?" + std::to_string(id.value);
    return;
  }
  const auto renamed = renamed_blocks_.find(id.value);
  const std::string_view text = renamed != renamed_blocks_.end() ? renamed->second : m_.text(m_.blocks[id].name);
  if (text.empty())
    (out_ += 'b') += std::to_string(id.value - f_.first_block.value);
  else if (is_automatic_block(text))
    quoted(text);
  else
    name(text);
}

std::vector<InstId> Printer::parameters_of(BlockId block) const {
  std::vector<InstId> parameters;
  InstId id = m_.blocks[block].first;
  while (id >= f_.first && id < f_.end && m_.insts[id].op() == Op::Param && parameters.size() < position_.size()) {
    parameters.push_back(id);
    id = m_.insts[id].next;
  }
  return parameters;
}

void Printer::function(FunctionId id) {
  const Function& f = m_.functions[id];
  if (f.flags & FunctionReserved) {
    out_ += "; @";
    name(m_.text(f.name));
    out_ += " is used and not declared\n";
    return;
  }
  const bool defined = (f.flags & FunctionDefined) != 0;
  begin_function(defined ? f : Function{});
  function_head(f, defined && f_.first_block < f_.end_block ? parameters_of(f_.first_block) : std::vector<InstId>{});
  if (defined) {
    out_ += " {";
    location(f.location);
    out_ += '\n';
    for (std::uint32_t b = f_.first_block.value; b < f_.end_block.value; ++b) block(BlockId{b});
    out_ += '}';
  } else if (f.assembly) {
    assembly(f);
  } else if (!(f.flags & FunctionExtern)) {
    out_ += " ; has no body";
  }
  out_ += '\n';
  scope_ = {};
}

void Printer::block(BlockId id) {
  const std::vector<InstId> parameters = parameters_of(id);
  const bool entry = id == f_.first_block;
  if (!entry || !m_.text(m_.blocks[id].name).empty()) {
    block_name(id);
    for (std::size_t i = 0; i < parameters.size() && !entry; ++i) {
      out_ += i ? ", " : "(";
      value_name(parameters[i]);
      out_ += ": ";
      type(m_.insts[parameters[i]].type());
    }
    out_ += !entry && !parameters.empty() ? "):\n" : ":\n";
  }
  InstId inst = parameters.empty() ? m_.blocks[id].first : m_.insts[parameters.back()].next;
  for (std::size_t n = 0; inst >= f_.first && inst < f_.end && n < position_.size(); ++n) {
    out_ += "  ";
    one(inst);
    location(m_.locations[inst]);
    out_ += '\n';
    inst = m_.insts[inst].next;
  }
}

void Printer::instruction(InstId id) {
  if (!m_.insts.contains(id)) {
    out_ += '?';
    return;
  }
  for (const Function& f : m_.functions.entries()) {
    if (id < f.first || id >= f.end) continue;
    begin_function(f);
    break;
  }
  one(id);
}

void Printer::one(InstId id) {
  const Inst& inst = m_.insts[id];
  const Op op = inst.op();
  if (!is_known(op)) {
    value_name(id);
    out_ += " = ?";
    return;
  }
  const OpInfo& i = info(op);
  const bool yields = i.yields == Yields::Returned
                          ? is_type(inst.type(), TypeKind::Fn) && m_.types[inst.type()].element != Void
                          : i.yields != Yields::Nothing;
  if (yields) {
    value_name(id);
    out_ += " = ";
  }
  out_ += i.text;
  if (i.types != TypesNothing || inst.type()) {
    out_ += ' ';
    type(inst.type());
  }
  operands(inst);
}

/// How many of so many elements are to be written; if those are fewer, `...` follows.
std::uint32_t Printer::shown(std::uint32_t count) const {
  return length_ == Length::Short ? std::min(count, MostShown) : count;
}

void Printer::operands(const Inst& inst) {
  SafeWords words(m_, inst);
  const TypeId type = inst.type();
  const bool known = m_.types.contains(type);
  const auto part = [&](TypeKind kind) { return is_type(type, kind) ? m_.types[type].element : TypeId{}; };
  const auto cut = [&](std::uint32_t some, std::uint32_t count) {
    if (some == count) return;
    out_ += ", ...";
    words.skip(count - some);
  };
  const auto target = [&] {
    const BlockId block{words.next()};
    block_name(block);
    const std::uint32_t count = words.count(), some = shown(count);
    for (std::uint32_t i = 0; i < some; ++i) {
      out_ += i ? ", " : "(";
      value(Value::of_bits(words.next()), parameter_of(block, i));
    }
    cut(some, count);
    if (count) out_ += ')';
  };
  bool first = true;
  Value before;
  for (char letter : info(inst.op()).slots) {
    const auto slot = static_cast<Slot>(letter);
    if (slot != Slot::Args) out_ += first || slot == Slot::Cases ? " " : ", ";
    first = false;
    switch (slot) {
      case Slot::Typed:
      case Slot::Returned:
        value(before = Value::of_bits(words.next()), type);
        break;
      case Slot::Pointer:
        value(Value::of_bits(words.next()), Ptr);
        break;
      case Slot::Index:
        value(Value::of_bits(words.next()), I64);
        break;
      case Slot::Bool:
      case Slot::Truth:
        value(Value::of_bits(words.next()), Bool);
        break;
      case Slot::Element:
        value(Value::of_bits(words.next()), part(TypeKind::Vector));
        break;
      case Slot::Other:
      case Slot::InterfaceOf:
        value_of_own_type(before = Value::of_bits(words.next()));
        break;
      case Slot::Code:
      case Slot::ClosureOf:
      case Slot::Callee:
        value(Value::of_bits(words.next()), {});
        break;
      case Slot::Number:
        out_ += std::to_string(words.next());
        break;
      case Slot::Field:
        field(known ? type : TypeId{}, words.next());
        break;
      case Slot::Method:
        method(before, words.next());
        break;
      case Slot::Text:
        quoted(m_.text(StringId{words.next()}).substr(0, length_ == Length::Short ? LongestShown : std::string::npos));
        break;
      case Slot::Args: {
        const std::uint32_t count = words.count(), some = shown(count);
        out_ += '(';
        for (std::uint32_t i = 0; i < some; ++i) {
          if (i) out_ += ", ";
          const bool wanted = is_type(type, TypeKind::Fn) && i < m_.types[type].count;
          value(Value::of_bits(words.next()), wanted ? m_.parameter_type(type, i) : TypeId{});
        }
        cut(some, count);
        out_ += ')';
        break;
      }
      case Slot::Numbers: {
        const std::uint32_t count = words.count(), some = shown(count);
        out_ += '[';
        for (std::uint32_t i = 0; i < some; ++i) (out_ += i ? ", " : "") += std::to_string(words.next());
        cut(some, count);
        out_ += ']';
        break;
      }
      case Slot::Target:
        target();
        break;
      case Slot::Cases: {
        const std::uint32_t count = words.count(), some = shown(count);
        out_ += '[';
        for (std::uint32_t i = 0; i < some; ++i) {
          if (i) out_ += ", ";
          value(Value::of_bits(words.next()), type);
          out_ += ": ";
          target();
        }
        if (some != count) out_ += ", ...";  // nothing comes behind cases
        out_ += ']';
        break;
      }
    }
  }
}

TypeId Printer::parameter_of(BlockId block, std::uint32_t number) const {
  if (block < f_.first_block || block >= f_.end_block) return {};
  // Mostly they stand in a row.
  InstId id{m_.blocks[block].first.value + number};
  const auto good = [&] {
    return id >= f_.first && id < f_.end && m_.insts[id].op() == Op::Param && m_.insts[id].a == number;
  };
  if (good()) return m_.insts[id].type();
  id = m_.blocks[block].first;
  for (std::uint32_t i = 0; i < number && m_.insts.contains(id); ++i) id = m_.insts[id].next;
  return good() ? m_.insts[id].type() : TypeId{};
}

void Printer::number(std::int64_t number, TypeId expected) {
  if (expected == Bool && (number == 0 || number == 1))
    out_ += number ? "true" : "false";
  else
    out_ += std::to_string(number);
}

void Printer::value(Value value, TypeId expected) {
  if (!value)
    out_ += '?';
  else if (value.is_inst())
    value_name(value.inst());
  else if (value.is_number())
    number(value.number(), expected);
  else if (value.is_symbol())
    symbol(value);
  else if (m_.consts.contains(value.constant()))
    constant(m_.consts[value.constant()], expected);
  else
    out_ += '?';
}

void Printer::constant(const Const& c, TypeId expected) {
  const auto of_type = [&](const char* word) {
    (out_ += word) += '(';
    type(TypeId{static_cast<std::uint32_t>(c.bits)});
    out_ += ')';
  };
  switch (c.kind) {
    case ConstKind::Int:
      return number(static_cast<std::int64_t>(c.bits), expected);
    case ConstKind::Float:
      out_ += float_text(c.type, c.bits);
      return;
    case ConstKind::Zero:
      if (c.type == Bool || m_.is_int(c.type)) return number(0, c.type);
      out_ += c.type == Ptr ? "null" : m_.is_float(c.type) ? "0.0" : "zero";
      return;
    case ConstKind::Lanes: {
      out_ += '<';
      const bool vector = is_type(c.type, TypeKind::Vector) && c.bits < m_.extra.count();
      const std::uint32_t count = vector ? m_.types[c.type].count : 0;
      for (std::uint32_t i = 0; i < count && c.bits + i < m_.extra.count(); ++i) {
        if (i) out_ += ", ";
        const Value lane = Value::of_bits(m_.extra[ExtraId{static_cast<std::uint32_t>(c.bits + i)}]);
        const bool nested = lane.is_const() && m_.consts.contains(lane.constant()) &&
                            m_.consts[lane.constant()].kind == ConstKind::Lanes;
        if (nested)
          out_ += '?';
        else
          value(lane, m_.types[c.type].element);
      }
      out_ += '>';
      return;
    }
    case ConstKind::SizeOf:
      return of_type("sizeof");
    case ConstKind::AlignOf:
      return of_type("alignof");
    case ConstKind::TypeRecord:
      return of_type("typeof");
    case ConstKind::Param:
      out_ += parameter_text(m_, static_cast<std::uint32_t>(c.bits), scope_);
      return;
  }
}

void Printer::value_of_own_type(Value value) {
  if (value.is_const() && m_.consts.contains(value.constant())) {
    const Const& c = m_.consts[value.constant()];
    const bool told = c.kind == ConstKind::SizeOf || c.kind == ConstKind::AlignOf || c.kind == ConstKind::TypeRecord ||
                      c.kind == ConstKind::Param || (c.kind == ConstKind::Zero && c.type == Ptr);
    if (!told) {
      type(c.type);
      out_ += ' ';
    }
  }
  this->value(value, {});
}

void Printer::field(TypeId type, std::uint32_t number) {
  if (type) {
    const TypeId generic = m_.types[type].generic;
    const Type& t = m_.types[m_.types[type].kind == TypeKind::Struct && generic ? generic : type];
    const auto name_of = [&](std::size_t i) { return (&m_.extra[t.list])[i * 3]; };
    bool unique = t.kind == TypeKind::Struct && number < t.count;
    for (std::size_t i = 0; unique && i < number; ++i) unique = name_of(i) != name_of(number);
    if (unique && !m_.text(StringId{name_of(number)}).empty()) return name(m_.text(StringId{name_of(number)}));
  }
  out_ += std::to_string(number);
}

void Printer::method(Value object, std::uint32_t number) {
  TypeId type;
  if (object.is_inst() && object.inst() >= f_.first && object.inst() < f_.end) {
    const Inst& inst = m_.insts[object.inst()];
    if (is_known(inst.op()) && m_.types.contains(inst.type())) type = m_.result_type(inst);
  } else if (object.is_const() && m_.consts.contains(object.constant())) {
    type = m_.consts[object.constant()].type;
  }
  if (is_type(type, TypeKind::Interface) && number < m_.types[type].count) {
    const Type& t = m_.types[type];
    const auto name_of = [&](std::size_t i) { return (&m_.extra[t.list])[i * 2]; };
    bool unique = true;
    for (std::size_t i = 0; unique && i < number; ++i) unique = name_of(i) != name_of(number);
    if (unique && !m_.text(StringId{name_of(number)}).empty()) return name(m_.text(StringId{name_of(number)}));
  }
  out_ += std::to_string(number);
}

}  // namespace inlay::ir
