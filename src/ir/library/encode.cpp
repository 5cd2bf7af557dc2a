// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/library/encode.h"

#include <bit>

#include "base/hash.h"
#include "inlay/ir/walk.h"
#include "ir/substitute.h"

namespace inlay::ir {

namespace {

constexpr std::uint32_t Unnumbered = ~0u;

std::uint64_t further(FurtherForm form, std::uint64_t number) {
  return (number << 2 | static_cast<std::uint64_t>(form)) << 2 | static_cast<std::uint64_t>(ValueForm::Further);
}

}  // namespace

/// The operand words of an instruction.
class Operands : public Words<const Module> {
 public:
  using Words::Words;
};

void ChunkEncoder::fail(std::string message) {
  if (!error_) error_.emplace(ErrorKind::InvalidProgram, subject_ + " cannot be written: " + std::move(message));
}

bool ChunkEncoder::enter() {
  if (depth_ < DeepestNesting) return ++depth_ != 0;
  fail("types or constants lie more than " + std::to_string(DeepestNesting) + " deep in each other");
  return false;
}

Result<std::span<const std::byte>> ChunkEncoder::encode(Symbol symbol) {
  bytes_.clear();
  mentioned_.clear();
  strings_.clear();
  for (Numbers* known : {&types_, &consts_, &functions_, &data_}) known->clear();
  location_ = {};
  function_ = {};
  depth_ = 0;
  switch (symbol.kind) {
    case SymbolKind::None:
      break;
    case SymbolKind::Function:
      function(FunctionId{symbol.id});
      break;
    case SymbolKind::Data:
      data(DataId{symbol.id});
      break;
    case SymbolKind::Type:
      type_definition(TypeId{symbol.id});
      break;
  }
  base::Bytes size;
  base::Writer(size).number(bytes_.size());
  body_end_ = size.size() + bytes_.size();
  bytes_.insert(bytes_.begin(), size.begin(), size.end());
  declarations();
  if (error_) return *error_;
  return std::span<const std::byte>(bytes_);
}

void ChunkEncoder::declarations() {
  for (std::size_t i = 0; i < mentioned_.size(); ++i) {
    const Value mentioned = mentioned_[i];
    if (mentioned.is_function()) {
      const Function& f = m_.functions[mentioned.function()];
      if (f.flags & FunctionReserved) fail("'@" + std::string(m_.text(f.name)) + "' is used but not declared");
      out_.number(f.flags & KeptFunctionFlags);
      type(f.signature);
    } else {
      const Data& d = m_.data[mentioned.data()];
      if (d.flags & DataReserved) fail("'@" + std::string(m_.text(d.name)) + "' is used but not declared");
      out_.number(d.flags & KeptDataFlags);
      if (d.flags & DataTable)
        out_.number(d.size / 8);
      else
        type(d.type);
    }
  }
}

void ChunkEncoder::function(FunctionId id) {
  const Function& f = m_.functions[id];
  subject_ = "'@" + std::string(m_.text(f.name)) + "'";
  if (!(f.flags & (FunctionDefined | FunctionAssembly | FunctionExtern))) fail("it has no body");
  function_ = id;
  out_.number(f.flags & KeptFunctionFlags);
  parameters(f.parameters);
  type(f.signature);
  location(f.location);
  if (f.flags & FunctionAssembly) {
    const std::uint32_t n = f.assembly ? m_.extra[f.assembly] : 0;
    out_.number(n);
    for (std::uint32_t i = 0; i < n; ++i) {
      out_.number((&m_.extra[f.assembly])[1 + 2 * i]);
      string(StringId{(&m_.extra[f.assembly])[2 + 2 * i]});
    }
  }
  number_instructions(f);
  bool named = false;
  for (BlockId b = f.first_block; b < f.end_block; b.value++) named |= static_cast<bool>(m_.blocks[b].name);
  for (InstId i = f.first; i < f.end; i.value++) named |= static_cast<bool>(m_.name_of(i));
  const bool body = f.flags & FunctionDefined;
  out_.number((body ? BodyBlocks : 0u) | (named ? BodyNames : 0u));
  if (body && !error_) blocks(f);
  if (body && named && !error_) names(f);
}

void ChunkEncoder::number_instructions(const Function& f) {
  at_ = 0;
  const std::uint32_t most = f.end.value - f.first.value;
  order_.assign(most, Unnumbered);
  for (BlockId b = f.first_block; b < f.end_block; b.value++) {
    InstId i = m_.blocks[b].first;
    for (; i >= f.first && i < f.end && at_ < most; i = m_.insts[i].next) order_[i.value - f.first.value] = at_++;
    if (i) return fail("its instructions do not lie where they should; verify() tells more");
    const InstId last = m_.blocks[b].last;
    if (!last || !ends_block(m_.insts[last].op())) return fail("a block does not end; verify() tells more");
  }
}

void ChunkEncoder::blocks(const Function& f) {
  out_.number(f.end_block.value - f.first_block.value);
  out_.number(at_);
  at_ = 0;
  for (BlockId b = f.first_block; b < f.end_block; b.value++) {
    const Block& block = m_.blocks[b];
    out_.number(block.parameters);
    std::uint32_t parameters = block.parameters;
    for (InstId i = block.first; i; i = m_.insts[i].next, ++at_) {
      const Inst& inst = m_.insts[i];
      const Location place = m_.locations[i];
      const unsigned located = place == location_ ? 0 : LocatedBit;
      if (parameters > 0) {  // the operation is known
        --parameters;
        out_.byte(located);
      } else {
        out_.byte(static_cast<unsigned>(inst.op()) | located);
      }
      if (located) location(place);
      if (info(inst.op()).types != TypesNothing) type(inst.type());
      if (inst.op() != Op::Param) operands(inst);
    }
  }
}

void ChunkEncoder::names(const Function& f) {
  for (BlockId b = f.first_block; b < f.end_block; b.value++) {
    string(m_.blocks[b].name);
    for (InstId i = m_.blocks[b].first; i; i = m_.insts[i].next)
      if (info(m_.insts[i].op()).yields != Yields::Nothing) string(m_.name_of(i));
  }
}

void ChunkEncoder::target(BlockId block, Operands& words) {
  out_.number(block.value - m_.functions[function_].first_block.value);
  const std::uint32_t n = words.next();
  out_.number(n);
  for (std::uint32_t i = 0; i < n; ++i) value(Value::of_bits(words.next()));
}

void ChunkEncoder::operands(const Inst& inst) {
  Operands words(m_, inst);
  for (char letter : info(inst.op()).slots) {
    const auto slot = static_cast<Slot>(letter);
    switch (slot) {
      case Slot::Number:
      case Slot::Field:
      case Slot::Method:
        out_.number(words.next());
        break;
      case Slot::Text:
        string(StringId{words.next()});
        break;
      case Slot::Args:
      case Slot::Numbers: {
        const std::uint32_t n = words.next();
        out_.number(n);
        for (std::uint32_t i = 0; i < n; ++i) {
          if (slot == Slot::Args)
            value(Value::of_bits(words.next()));
          else
            out_.number(words.next());
        }
        break;
      }
      case Slot::Target:
        target(BlockId{words.next()}, words);
        break;
      case Slot::Cases: {
        const std::uint32_t n = words.next();
        out_.number(n);
        for (std::uint32_t i = 0; i < n; ++i) {
          value(Value::of_bits(words.next()));
          const BlockId block{words.next()};
          target(block, words);
        }
        break;
      }
      default:
        value(Value::of_bits(words.next()));
    }
  }
}

void ChunkEncoder::data(DataId id) {
  const Data& d = m_.data[id];
  subject_ = "'@" + std::string(m_.text(d.name)) + "'";
  out_.number(d.flags & KeptDataFlags);
  parameters(d.parameters);
  type(d.type);
  location(d.location);
  if (d.flags & DataExtern) return;
  if (d.bytes && !(d.flags & (DataTable | DataZero))) {
    out_.number(d.size);
    out_.raw({&m_.bytes[d.bytes], d.size});
  } else {
    out_.number(0);
  }
  const std::uint32_t n = d.relocations ? m_.extra[d.relocations] : 0;
  out_.number(n);
  std::int64_t before = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t* words = &m_.extra[d.relocations] + 1 + std::size_t{i} * 3;
    if (!(d.flags & DataTable)) {  // where entries of tables lie is known
      out_.signed_number(words[0] - before);
      out_.signed_number(static_cast<std::int32_t>(words[2]));
      before = words[0];
    }
    value(Value::of_bits(words[1]));
  }
}

void ChunkEncoder::type_definition(TypeId id) {
  const Type& t = m_.types[id];
  subject_ = "'" + std::string(m_.text(t.name)) + "'";
  const bool interface = t.kind == TypeKind::Interface;
  out_.number(interface ? 1 : 0);
  parameters(t.parameters);
  fields(t, interface ? 2 : 3);
}

void ChunkEncoder::parameters(ExtraId list) {
  if (!list) return out_.number(0);
  const std::uint32_t n = m_.extra[list];
  out_.number(std::uint64_t{n} + 1);
  for (std::uint32_t i = 0; i < n; ++i) {
    string(StringId{(&m_.extra[list])[1 + 2 * i]});
    type(TypeId{(&m_.extra[list])[2 + 2 * i]});
  }
}

void ChunkEncoder::arguments(ExtraId list) {
  const std::span<const std::uint32_t> words = m_.list(list);
  out_.number(words.size());
  for (std::uint32_t word : words) {
    out_.byte(is_type_argument(word) ? 1 : 0);
    if (is_type_argument(word))
      type(TypeId{word});
    else
      value(Value::of_bits(word));
  }
}

void ChunkEncoder::fields(const Type& t, unsigned words_each) {
  out_.number(t.count);
  for (std::uint32_t i = 0; i < t.count; ++i) {
    string(StringId{(&m_.extra[t.list])[i * words_each]});
    type(TypeId{(&m_.extra[t.list])[i * words_each + 1]});
  }
}

void ChunkEncoder::types(std::span<const std::uint32_t> words) {
  out_.number(words.size());
  for (std::uint32_t word : words) type(TypeId{word});
}

void ChunkEncoder::type(TypeId id) {
  if (id.value < NewType) return out_.number(id.value);
  if (const auto known = types_.find(id.value); known != types_.end()) return out_.number(NewType + known->second);
  if (!enter()) return;
  out_.number(NewType);
  new_type(m_.types[id]);
  --depth_;
  const auto number = static_cast<std::uint32_t>(types_.size() + 1);
  types_.emplace(id.value, number);
}

void ChunkEncoder::new_type(const Type& t) {
  const auto form = [&](TypeForm form) { out_.byte(static_cast<unsigned>(form)); };
  switch (t.kind) {
    case TypeKind::Fn:
    case TypeKind::Closure:
      form(t.kind == TypeKind::Fn ? TypeForm::Fn : TypeForm::Closure);
      type(t.element);
      return types(m_.words(t.list, t.count));
    case TypeKind::Vector:
      form(TypeForm::Vector);
      type(t.element);
      return out_.number(t.count);
    case TypeKind::Array:
      form(TypeForm::Array);
      type(t.element);
      return value(t.length);
    case TypeKind::Slice:
      form(TypeForm::Slice);
      return type(t.element);
    case TypeKind::TypeParam:
      form(TypeForm::Parameter);
      return out_.number(t.count);
    case TypeKind::Interface:
      form(TypeForm::Interface);
      return string(t.name);
    case TypeKind::Struct:
      if (t.generic) {
        form(TypeForm::Instance);
        string(t.name);
        return arguments(t.arguments);
      }
      form(t.name ? TypeForm::Struct : TypeForm::Fields);
      return t.name ? string(t.name) : fields(t, 3);
    default:
      return fail("it mentions a type that is none");
  }
}

void ChunkEncoder::string(StringId id) {
  if (!id) return out_.number(0);
  text(m_.text(id));
}

void ChunkEncoder::text(std::string_view text) {
  const auto number = static_cast<std::uint32_t>(strings_.size() + 1);
  const auto [known, added] = strings_.emplace(text, number);
  if (!added) return out_.number(NewString + known->second);
  out_.number(NewString);
  out_.text(text);
}

void ChunkEncoder::value(Value v) {
  const auto plain = [&](ValueForm form, std::uint64_t number) {
    out_.number(number << 2 | static_cast<std::uint64_t>(form));
  };
  if (!v) return out_.number(further(FurtherForm::None, 0));
  if (v.is_number()) {
    const std::int64_t n = v.number();
    return plain(ValueForm::Number, static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63));
  }
  if (v.is_const()) {
    const auto known = consts_.find(v.constant().value);
    if (known != consts_.end()) return plain(ValueForm::Constant, known->second);
    plain(ValueForm::Constant, 0);
    return constant(v.constant());
  }
  if (v.is_function()) return symbol(functions_, v);
  if (v.is_data()) return symbol(data_, v);
  const Function& f = m_.functions[function_];
  const std::uint32_t place = v.inst().value - f.first.value;
  if (!function_ || place >= order_.size() || order_[place] == Unnumbered)
    return fail("it uses an instruction that is not in a block of it");
  const std::uint32_t number = order_[place];
  if (number < at_) return plain(ValueForm::Before, at_ - number - 1);
  out_.number(further(FurtherForm::Behind, number - at_));
}

void ChunkEncoder::constant(ConstId id) {
  if (!enter()) return;
  const Const& c = m_.consts[id];
  out_.byte(static_cast<unsigned>(c.kind));
  type(c.type);
  switch (c.kind) {
    case ConstKind::Int:
      out_.signed_number(static_cast<std::int64_t>(c.bits));
      break;
    case ConstKind::Float:  // most have zeros at the low end
      out_.number(c.type == F32 ? __builtin_bswap32(static_cast<std::uint32_t>(c.bits)) : __builtin_bswap64(c.bits));
      break;
    case ConstKind::Zero:
      break;
    case ConstKind::Lanes: {
      const auto lanes = m_.words(ExtraId{static_cast<std::uint32_t>(c.bits)}, m_.types[c.type].count);
      out_.number(lanes.size());
      for (std::uint32_t lane : lanes) value(Value::of_bits(lane));
      break;
    }
    case ConstKind::SizeOf:
    case ConstKind::AlignOf:
    case ConstKind::TypeRecord:
      type(TypeId{static_cast<std::uint32_t>(c.bits)});
      break;
    case ConstKind::Param:
      out_.number(c.bits);
      break;
  }
  --depth_;
  const auto number = static_cast<std::uint32_t>(consts_.size() + 1);
  consts_.emplace(id.value, number);
}

void ChunkEncoder::symbol(const Numbers& known, Value v) {
  const bool is_function = v.is_function();
  const FurtherForm form = is_function ? FurtherForm::Function : FurtherForm::Data;
  const std::uint32_t id = is_function ? v.function().value : v.data().value;
  if (id == 0) return fail("it mentions a function or data that is none");
  if (const auto found = known.find(id); found != known.end()) return out_.number(further(form, found->second));
  if (!enter()) return;
  out_.number(further(form, 0));
  new_symbol(v);
  --depth_;
  Numbers& numbers = is_function ? functions_ : data_;
  const auto number = static_cast<std::uint32_t>(numbers.size() + 1);
  numbers.emplace(id, number);
}

void ChunkEncoder::new_symbol(Value v) {
  const auto write = [&](const auto& entry) {
    string(entry.name);
    out_.byte(entry.generic ? 1 : 0);
    if (entry.generic)
      arguments(entry.arguments);
    else
      mentioned_.push_back(v);
  };
  if (v.is_function())
    write(m_.functions[v.function()]);
  else
    write(m_.data[v.data()]);
}

void ChunkEncoder::location(Location place) {
  if (place == location_) return out_.number(static_cast<std::uint64_t>(LocationForm::Same));
  const Location before = std::exchange(location_, place);
  if (!place) return out_.number(static_cast<std::uint64_t>(LocationForm::None));
  if (place.file() != before.file()) {
    out_.number(static_cast<std::uint64_t>(LocationForm::File));
    text(m_.path(place.file()));
    return out_.number(place.line());
  }
  const std::int64_t lines = std::int64_t{place.line()} - before.line();
  const std::uint64_t folded = static_cast<std::uint64_t>(lines) << 1 ^ static_cast<std::uint64_t>(lines >> 63);
  out_.number(static_cast<std::uint64_t>(LocationForm::Lines) + folded - 1);
}

}  // namespace inlay::ir
