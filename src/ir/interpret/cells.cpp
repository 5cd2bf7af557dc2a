// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstring>

#include "ir/interpret/state.h"

namespace inlay::ir {

std::size_t value_size(const Module& module, TypeId id) {
  const Type& type = module.types[id];
  switch (type.kind) {
    case TypeKind::Slice:
    case TypeKind::Interface:
    case TypeKind::Closure:
      return 16;
    case TypeKind::Vector:
      return type.count * lane_size(module.types[type.element].kind);
    default:
      return lane_size(type.kind);
  }
}

std::size_t cell_size(const Module& module, TypeId type) { return (value_size(module, type) + 7) / 8 * 8; }

Lanes lanes_of(const Module& module, TypeId id) {
  const Type& type = module.types[id];
  if (type.kind == TypeKind::Vector) return {module.types[type.element].kind, type.count};
  return {type.kind, 1};
}

void set_cell(const Module& module, TypeId type, const std::byte* from, std::byte* cell) {
  const std::size_t size = value_size(module, type);
  if (size < 8) std::memset(cell, 0, 8);
  std::memcpy(cell, from, size);
  if (type == Bool) cell[0] &= std::byte{1};
}

const std::byte* operand(Interpreter::State& s, const Frame& frame, Value value, TypeId type, Scalar& scratch) {
  const Module& m = s.module;
  if (value.is_inst()) return frame.memory + frame.code->cells[value.inst().value - frame.code->first];
  if (value.is_const()) {
    const Const& c = m.consts[value.constant()];
    if (c.kind == ConstKind::Zero) {
      std::memset(scratch.bytes, 0, cell_size(m, type));
      return scratch.bytes;
    }
    if (c.kind == ConstKind::Lanes) {
      const TypeId element = m.types[c.type].element;
      const std::size_t size = value_size(m, element);
      for (std::uint32_t i = 0; i < m.types[c.type].count; ++i) {
        const std::uint32_t word = (&m.extra[ExtraId{static_cast<std::uint32_t>(c.bits)}])[i];
        const std::uint64_t bits = constant_bits(s, Value::of_bits(word));
        std::memcpy(scratch.bytes + i * size, &bits, size);
      }
      return scratch.bytes;
    }
  }
  const std::uint64_t bits = constant_bits(s, value);
  const std::size_t size = value_size(m, type);
  std::memset(scratch.bytes, 0, 8);
  std::memcpy(scratch.bytes, &bits, size < 8 ? size : 8);
  if (type == Bool) scratch.bytes[0] &= std::byte{1};
  return scratch.bytes;
}

}  // namespace inlay::ir
