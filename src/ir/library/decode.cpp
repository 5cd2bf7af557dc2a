// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is defined; decode_parts.cpp reads what definitions consist of.
#include "ir/library/decode.h"

#include <cstring>

#include "inlay/ir/walk.h"
#include "ir/substitute.h"

namespace inlay::ir {

void ChunkDecoder::fail(std::string message) {
  if (!error_) error_.emplace(ErrorKind::InvalidProgram, subject_ + " " + std::move(message));
  in_.fail();
}

Result<void> ChunkDecoder::result() {
  if (!in_.good()) fail("is damaged; write the library anew");
  if (error_) return *error_;
  if (m_.error()) return *m_.error();
  return {};
}

Result<void> ChunkDecoder::function(std::string_view name) {
  read_function(name);
  read_declarations();
  return result();
}

Result<void> ChunkDecoder::data(std::string_view name) {
  read_data(name);
  read_declarations();
  return result();
}

Result<void> ChunkDecoder::type_definition(std::string_view name) {
  read_type(name);
  read_declarations();
  return result();
}

void ChunkDecoder::read_declarations() {
  if (good() && in_.left() != body_left_) fail("is damaged: its parts do not have the sizes that it says");
  for (std::size_t i = 0; i < mentioned_.size() && good(); ++i) {
    NamedElsewhere d{mentioned_[i], word(), {}};
    const bool table = d.symbol.is_data() && d.flags & DataTable;
    if (table)
      d.type = m_.array(Ptr, word());
    else
      d.type = type();
    if (d.symbol.is_function() && m_.types[d.type].kind != TypeKind::Fn) fail("mentions a function without signature");
    if (good()) declarations_.push_back(d);
  }
  if (good() && !in_.at_end()) fail("is damaged: something follows its end");
}

void ChunkDecoder::read_function(std::string_view name) {
  body_left_ = word();
  if (body_left_ > in_.left()) return in_.fail();
  body_left_ = in_.left() - body_left_;
  const std::uint32_t flags = word();
  if (flags & ~KeptFunctionFlags) return fail("has attributes that do not exist");
  const std::optional<std::vector<GenericParameter>> generic = parameters();
  const TypeId signature = type();
  const Location place = location();
  if (!good()) return;
  if (generic.has_value() != ((flags & FunctionGeneric) != 0)) return fail("is not sure whether it is generic");
  if (m_.types[signature].kind != TypeKind::Fn) return fail("has no signature");

  const FunctionId id = m_.function_named(name);
  if (!id) return in_.fail();
  m_.functions[id].flags = FunctionReserved;  // it may have been declared as external
  m_.function(name, signature, flags & ~std::uint32_t{FunctionAssembly | FunctionGeneric});
  m_.functions[id].location = place;
  if (generic) m_.make_generic(id, *generic);
  if (flags & FunctionAssembly) assembly(id);
  const std::uint32_t body = word();
  if (body & ~std::uint32_t{BodyBlocks | BodyNames}) return fail("has a body of an unknown kind");
  const bool has_body = (flags & (FunctionExtern | FunctionAssembly)) == 0;
  if (good() && has_body != ((body & BodyBlocks) != 0)) return fail("is not sure whether it has a body");
  if (good() && has_body) blocks(id, (body & BodyNames) != 0);
}

void ChunkDecoder::assembly(FunctionId id) {
  const std::uint32_t n = count();
  for (std::uint32_t i = 0; i < n && good(); ++i) {
    const std::uint32_t architecture = word();
    const StringId body = string();
    if (architecture >= ArchitectureCount) return fail("is written for a processor that is unknown here");
    if (good()) m_.set_assembly(id, static_cast<Architecture>(architecture), m_.text(body));
  }
  if (good() && n == 0) fail("has no assembly");
}

void ChunkDecoder::blocks(FunctionId id, bool named) {
  blocks_ = count();
  insts_ = count();
  if (!good()) return;
  if (blocks_ == 0 || insts_ < blocks_) return fail("has a block without end");
  Function& f = m_.functions[id];
  first_ = InstId{m_.insts.count()};
  first_block_ = m_.blocks.add_uninitialized(blocks_);
  if (!first_block_) return in_.fail();
  std::memset(static_cast<void*>(&m_.blocks[first_block_]), 0, blocks_ * sizeof(Block));
  at_ = 0;
  for (std::uint32_t b = 0; b < blocks_ && good(); ++b) block(BlockId{first_block_.value + b});
  if (good() && at_ != insts_) fail("has fewer instructions than it says");
  if (good() && named) names();
  if (!good()) return;
  f.flags |= FunctionDefined;
  f.first = first_;
  f.end = InstId{m_.insts.count()};
  f.first_block = first_block_;
  f.end_block = BlockId{first_block_.value + blocks_};
}

void ChunkDecoder::block(BlockId id) {
  Block& block = m_.blocks[id];
  block.parameters = count();
  block.first = InstId{m_.insts.count()};
  for (std::uint32_t i = 0; good(); ++i) {
    if (at_ == insts_) return fail("has more instructions than it says");
    const unsigned byte = in_.byte();
    const unsigned number = byte & ~LocatedBit;
    const bool parameter = i < block.parameters;
    if (parameter ? number != 0 : number <= static_cast<unsigned>(Op::Param) || number >= OpCount)
      return fail("has an operation that does not exist");
    const Op op = parameter ? Op::Param : static_cast<Op>(number);
    instruction(op, i, (byte & LocatedBit) != 0);
    if (!good()) return;
    block.last = InstId{m_.insts.count() - 1};
    if (ends_block(op)) return;
    m_.insts[block.last].next = InstId{m_.insts.count()};
  }
}

void ChunkDecoder::instruction(Op op, std::uint32_t parameter, bool located) {
  if (located) location_ = location();
  const TypeId type = info(op).types != TypesNothing ? this->type() : TypeId{};
  words_.clear();
  if (op == Op::Param)
    words_.push_back(parameter);
  else
    operands(op);
  if (!good()) return;
  Inst inst;
  inst.op_and_type = Inst::pack(op, type);
  if (!words_.empty()) inst.a = words_[0];
  const std::span<const std::uint32_t> rest =
      words_.empty() ? std::span<const std::uint32_t>() : std::span(words_).subspan(1);
  if (fits_inline(info(op).slots)) {
    if (!rest.empty()) inst.b = rest[0];
  } else if (rest.size() != 1 || rest[0] != 0) {  // one empty list takes no place
    const ExtraId list = m_.extra.add_uninitialized(static_cast<std::uint32_t>(rest.size()));
    if (!list) return in_.fail();
    std::memcpy(&m_.extra[list], rest.data(), rest.size_bytes());
    inst.b = list.value;
  }
  if (!m_.insts.add(inst) || !m_.locations.add(location_)) return in_.fail();
  ++at_;
}

void ChunkDecoder::target() {
  const std::uint32_t block = word();
  if (block >= blocks_) return fail("jumps to a block that does not exist");
  words_.push_back(first_block_.value + block);
  const std::uint32_t n = count();
  words_.push_back(n);
  for (std::uint32_t i = 0; i < n && good(); ++i) words_.push_back(value().bits);
}

void ChunkDecoder::operands(Op op) {
  for (char letter : info(op).slots)
    if (good()) operand(static_cast<Slot>(letter));
}

void ChunkDecoder::operand(Slot slot) {
  switch (slot) {
    case Slot::Number:
    case Slot::Field:
    case Slot::Method:
      words_.push_back(word());
      return;
    case Slot::Text:
      words_.push_back(string().value);
      return;
    case Slot::Target:
      return target();
    case Slot::Args:
    case Slot::Numbers:
    case Slot::Cases: {
      const std::uint32_t n = count();
      words_.push_back(n);
      for (std::uint32_t i = 0; i < n && good(); ++i) {
        words_.push_back(slot == Slot::Numbers ? word() : value().bits);
        if (slot == Slot::Cases) target();
      }
      return;
    }
    default:
      words_.push_back(value().bits);
  }
}

void ChunkDecoder::names() {
  for (std::uint32_t b = 0; b < blocks_ && good(); ++b) {
    Block& block = m_.blocks[BlockId{first_block_.value + b}];
    block.name = string();
    for (InstId i = block.first; i && good(); i = m_.insts[i].next) {
      if (info(m_.insts[i].op()).yields == Yields::Nothing) continue;
      const StringId name = string();
      if (name) m_.set_name(i, name);
    }
  }
}

void ChunkDecoder::read_data(std::string_view name) {
  body_left_ = word();
  if (body_left_ > in_.left()) return in_.fail();
  body_left_ = in_.left() - body_left_;
  Pending d;
  d.name = name;
  d.flags = word();
  if (d.flags & ~KeptDataFlags) return fail("has attributes that do not exist");
  d.parameters = parameters();
  d.type = type();
  d.location = location();
  if (!good()) return;
  const bool table = d.flags & DataTable;
  if (d.parameters.has_value() != ((d.flags & DataGeneric) != 0) || (d.parameters && !table))
    return fail("is not sure whether it is generic");
  if (!table && !d.type) return fail("has no type");
  const DataId id = m_.data_named(name);
  if (!id) return in_.fail();
  if (!(d.flags & DataExtern)) {
    d.bytes = in_.raw(word());
    if (good() && d.bytes.empty() != ((d.flags & (DataZero | DataTable)) != 0))
      return fail("is not sure whether it is zero");
    const std::uint32_t n = count();
    std::int64_t at = 0;
    for (std::uint32_t i = 0; i < n && good(); ++i) {
      Relocation r;
      if (table) {
        at = std::int64_t{i} * 8;
      } else {
        const std::int64_t distance = in_.signed_number();
        at = distance < -at || distance > ~std::uint32_t{0} - at ? -1 : at + distance;
        r.addend = static_cast<std::int32_t>(in_.signed_number());
      }
      r.offset = static_cast<std::uint32_t>(at);
      r.symbol = value();
      if (!good()) return;
      const bool record = r.symbol.is_const() && m_.consts[r.symbol.constant()].kind == ConstKind::TypeRecord;
      if (at < 0 || !(r.symbol.is_function() || (!table && (r.symbol.is_data() || record))))
        return fail("points from where it has no place, or to nothing");
      d.relocations.push_back(r);
    }
  }
  if (good()) pending_ = std::move(d);
}

Result<void> ChunkDecoder::finish() {
  if (!pending_) return result();
  const Pending& d = *pending_;
  const DataId id = m_.data_named(d.name);
  Data reserved;  // it may have been declared as external
  reserved.name = m_.data[id].name;
  reserved.flags = DataReserved;
  m_.data[id] = reserved;
  const std::uint32_t flags = d.flags & ~std::uint32_t{DataZero | DataGeneric};
  m_.add_data(d.name, d.type, d.bytes, d.relocations, flags);
  if (d.flags & DataTable) m_.data[id].size = static_cast<std::uint32_t>(d.relocations.size() * 8);
  for (const Relocation& r : d.relocations)
    if (std::uint64_t{r.offset} + 8 > m_.data[id].size) fail("points from where it has no place");
  m_.data[id].location = d.location;
  if (d.parameters) m_.make_generic(id, *d.parameters);
  return result();
}

void ChunkDecoder::read_type(std::string_view name) {
  body_left_ = word();
  if (body_left_ > in_.left()) return in_.fail();
  body_left_ = in_.left() - body_left_;
  const bool interface = in_.number_up_to(1) == 1;
  const std::optional<std::vector<GenericParameter>> generic = parameters();
  const std::vector<NamedType> named = fields();
  if (!good()) return;
  if (interface && generic) return fail("is a generic interface, which there is not");
  const TypeId id = named_type(name, interface ? TypeKind::Interface : TypeKind::Struct);
  if (!good()) return;
  if (generic) m_.make_generic(id, *generic);
  if (!interface) return m_.define_struct(id, named);
  for (const NamedType& method : named)
    if (m_.types[method.type].kind != TypeKind::Fn) return fail("has a method without signature");
  m_.define_interface(id, named);
}

}  // namespace inlay::ir
