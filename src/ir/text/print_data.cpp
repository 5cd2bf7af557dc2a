// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Data as its type says: bytes and relocations become numbers, texts and names again.
#include <algorithm>
#include <cstring>

#include "ir/substitute.h"
#include "ir/text/printer.h"

namespace inlay::ir {

void Printer::data(DataId id) {
  const Data& d = m_.data[id];
  if (d.flags & DataReserved) {
    out_ += "; @";
    name(m_.text(d.name));
    out_ += " is used and not declared\n";
    return;
  }
  if (d.flags & DataExported) out_ += "export ";
  if (d.flags & DataExtern) out_ += "extern ";
  out_ += d.flags & DataTable ? "table @" : d.flags & DataMutable ? "var @" : "data @";
  name(m_.text(d.name));
  if (d.flags & DataTable) {
    table(d);
  } else {
    bytes_ = d.flags & DataZero || !d.bytes ? std::span<const std::byte>() : std::span(&m_.bytes[d.bytes], d.size);
    relocations_.clear();
    unplaced_.clear();
    next_relocation_ = 0;
    const std::uint32_t* words = &m_.extra[d.relocations];
    for (std::size_t i = 0; d.relocations && i < words[0]; ++i) {
      const std::uint32_t* relocation = words + 1 + 3 * i;
      relocations_.push_back({relocation[0], Value::of_bits(relocation[1]), static_cast<std::int32_t>(relocation[2])});
    }
    std::sort(relocations_.begin(), relocations_.end(),
              [](const Relocation& a, const Relocation& b) { return a.offset < b.offset; });
    const Type& t = m_.types[d.type];
    const bool text = t.kind == TypeKind::Array && t.element == I8 && relocations_.empty() && as_text(0, d.size);
    if (!text || d.flags & DataExtern) {
      out_ += " : ";
      type(d.type);
    }
    if (!(d.flags & DataExtern)) {
      out_ += " = ";
      initial(d.type, 0);
      while (next_relocation_ < relocations_.size()) unplaced_.push_back(relocations_[next_relocation_++]);
      for (std::size_t i = 0; i < unplaced_.size(); ++i) {
        ((out_ += i ? ", " : " at ") += std::to_string(unplaced_[i].offset)) += ' ';
        address(unplaced_[i]);
      }
    }
  }
  location(d.location);
  out_ += '\n';
}

void Printer::table(const Data& d) {
  generic_parameters(d.parameters);
  if (d.type) {
    out_ += " : ";
    type(d.type);
  }
  if (!(d.flags & DataExtern)) {
    out_ += " = {";
    const std::uint32_t* words = &m_.extra[d.relocations];
    std::size_t next = 0;
    for (std::uint32_t offset = 0; offset < d.size; offset += 8) {
      out_ += offset ? ", " : " ";
      const bool known = d.relocations && next < words[0] && words[1 + 3 * next] == offset;
      if (known)
        symbol(Value::of_bits(words[2 + 3 * next++]));
      else
        out_ += "null";
    }
    out_ += d.size ? " }" : "}";
  }
  scope_ = {};
}

std::uint64_t Printer::bits(std::uint64_t offset, unsigned size) const {
  std::uint64_t bits = 0;
  if (offset + size <= bytes_.size()) std::memcpy(&bits, bytes_.data() + offset, size);
  return bits;
}

bool Printer::is_zero(std::uint64_t offset, std::uint64_t size) const {
  if (next_relocation_ < relocations_.size() && relocations_[next_relocation_].offset < offset + size) return false;
  if (offset >= bytes_.size()) return true;
  const auto part = bytes_.subspan(offset, std::min<std::uint64_t>(size, bytes_.size() - offset));
  return std::all_of(part.begin(), part.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

bool Printer::as_text(std::uint64_t offset, std::uint64_t size) const {
  if (size == 0 || offset + size > bytes_.size()) return false;
  const auto part = bytes_.subspan(offset, size);
  const auto printable = std::count_if(part.begin(), part.end(), [](std::byte byte) {
    return (byte >= std::byte{' '} && byte < std::byte{0x7f}) || byte == std::byte{'\n'} || byte == std::byte{'\t'};
  });
  return static_cast<std::uint64_t>(printable) * 4 >= size * 3;
}

/// The relocation of an address there; what was passed by lies where no address is.
Relocation* Printer::relocation_at(std::uint64_t offset) {
  while (next_relocation_ < relocations_.size() && relocations_[next_relocation_].offset < offset)
    unplaced_.push_back(relocations_[next_relocation_++]);
  const bool here = next_relocation_ < relocations_.size() && relocations_[next_relocation_].offset == offset;
  return here ? &relocations_[next_relocation_++] : nullptr;
}

void Printer::address(const Relocation& relocation) {
  if (relocation.symbol.is_symbol())
    symbol(relocation.symbol);
  else
    out_ += value_text(m_, relocation.symbol, scope_);
  if (relocation.addend == 0) return;
  out_ += relocation.addend < 0 ? " - " : " + ";
  out_ += std::to_string(std::abs(static_cast<std::int64_t>(relocation.addend)));
}

void Printer::pointer(std::uint64_t offset) {
  if (const Relocation* relocation = relocation_at(offset))
    address(*relocation);
  else if (const std::uint64_t number = bits(offset, 8))
    out_ += std::to_string(number);
  else
    out_ += "null";
}

void Printer::scalar(TypeId type, std::uint64_t offset) {
  const std::uint32_t size = m_.types[type].size;
  const std::uint64_t value = bits(offset, size);
  if (type == I64) {
    if (const Relocation* relocation = relocation_at(offset)) return address(*relocation);
  }
  if (type == Bool) {
    out_ += value ? "true" : "false";
  } else if (m_.is_float(type)) {
    constant({ConstKind::Float, type, value}, type);
  } else {
    const unsigned unused = 64 - size * 8;
    out_ += std::to_string(static_cast<std::int64_t>(value << unused) >> unused);
  }
}

void Printer::initial(TypeId type, std::uint64_t offset) {
  const Type& t = m_.types[type];
  const bool composed = t.kind == TypeKind::Array || t.kind == TypeKind::Struct || t.kind == TypeKind::Vector ||
                        t.kind == TypeKind::Slice || t.kind == TypeKind::Interface || t.kind == TypeKind::Closure;
  if (composed && is_zero(offset, t.size)) {
    out_ += "zero";
    return;
  }
  switch (t.kind) {
    case TypeKind::Bool:
    case TypeKind::I8:
    case TypeKind::I16:
    case TypeKind::I32:
    case TypeKind::I64:
    case TypeKind::F32:
    case TypeKind::F64:
      return scalar(type, offset);
    case TypeKind::Ptr:
    case TypeKind::Fn:
      return pointer(offset);
    case TypeKind::Vector:
      return elements(t.element, t.count, offset);
    case TypeKind::Array: {
      const std::uint64_t length =
          t.length.is_number() ? static_cast<std::uint64_t>(t.length.number()) : m_.consts[t.length.constant()].bits;
      const bool passed =
          next_relocation_ < relocations_.size() && relocations_[next_relocation_].offset < offset + t.size;
      if (t.element != I8 || passed || !as_text(offset, length)) return elements(t.element, length, offset);
      return quoted({reinterpret_cast<const char*>(bytes_.data()) + offset, length});
    }
    case TypeKind::Struct:
      return structure(type, offset);
    case TypeKind::Slice:
      pointer(offset);
      out_ += '[';
      scalar(I64, offset + 8);
      out_ += ']';
      return;
    case TypeKind::Interface:
    case TypeKind::Closure:
      out_ += "{ ";
      pointer(offset);
      out_ += ", ";
      pointer(offset + 8);
      out_ += " }";
      return;
    case TypeKind::Void:
    case TypeKind::TypeParam:
      out_ += "zero";
      return;
  }
}

void Printer::elements(TypeId element, std::uint64_t count, std::uint64_t offset) {
  out_ += '[';
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i) out_ += ", ";
    initial(element, offset + i * m_.types[element].size);
  }
  out_ += ']';
}

void Printer::structure(TypeId type, std::uint64_t offset) {
  const Type& t = m_.types[type];
  out_ += '{';
  for (std::size_t i = 0; i < t.count; ++i) {
    const std::uint32_t* words = &m_.extra[t.list] + i * 3;
    out_ += i ? ", " : " ";
    initial(TypeId{words[1]}, offset + words[2]);
  }
  out_ += t.count ? " }" : "}";
}

}  // namespace inlay::ir
