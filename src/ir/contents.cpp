// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/contents.h"

#include "ir/substitute.h"

namespace inlay::ir {

Contents::Contents(const Module& module)
    : m_(module),
      named_(module.types.count()),
      laid_out_(module.types.count()),
      with_elements_(module.types.count()),
      consts_(module.consts.count()),
      functions_(module.functions.count()),
      data_(module.data.count()) {
  // What a type is named after stands before it in the table.
  for (std::uint32_t i = 1; i < named_.size(); ++i) named_[i] = named_now(TypeId{i});
}

const base::Hash128& Contents::named(TypeId type) const { return named_[type.value < named_.size() ? type.value : 0]; }

/// An argument of an instance. Instances may be arguments of instances, to any depth: of these, 64 bits must do.
void Contents::add_argument(std::uint32_t word) {
  if (is_type_argument(word))
    bytes_.add(named(TypeId{word}));
  else
    bytes_.add(content_hash(m_, Value::of_bits(word)));
}

base::Hash128 Contents::named_now(TypeId id) {
  const Type& type = m_.types[id];
  bytes_.clear();
  bytes_.add(type.kind);
  const auto add_list = [&](std::uint32_t words, std::uint32_t stride, bool names) {
    bytes_.add(type.count);
    for (std::uint32_t i = 0; i < words; i += stride) {
      const std::uint32_t* word = &m_.extra[type.list] + i;
      if (names) bytes_.add(m_.text(StringId{*word++}));
      bytes_.add(named(TypeId{*word}));
    }
  };
  switch (type.kind) {
    case TypeKind::Void:
    case TypeKind::Bool:
    case TypeKind::I8:
    case TypeKind::I16:
    case TypeKind::I32:
    case TypeKind::I64:
    case TypeKind::F32:
    case TypeKind::F64:
    case TypeKind::Ptr:
      break;
    case TypeKind::TypeParam:
      bytes_.add(type.count);
      break;
    case TypeKind::Vector:
      bytes_.add(type.count);
      bytes_.add(named(type.element));
      break;
    case TypeKind::Array:
      bytes_.add(named(type.element));
      bytes_.add(type.length.is_number());
      bytes_.add(type.length.is_number() ? std::uint64_t{type.length.bits} : content_hash(m_, type.length));
      break;
    case TypeKind::Slice:
      bytes_.add(named(type.element));
      break;
    case TypeKind::Fn:
    case TypeKind::Closure:
      bytes_.add(named(type.element));
      add_list(type.count, 1, false);
      break;
    case TypeKind::Interface:
      bytes_.add(m_.text(type.name));
      break;
    case TypeKind::Struct: {
      bytes_.add(m_.text(type.name));
      if (!type.name) {
        add_list(type.count * 3, 3, true);
        break;
      }
      const std::span<const std::uint32_t> arguments = m_.list(type.arguments);
      for (std::uint32_t argument : arguments) add_argument(argument);
      break;
    }
  }
  return bytes_.hash();
}

/// Whether all that lies in it is worked out; if not, it is to be done first.
bool Contents::parts_are_done(TypeId id) {
  const Type& type = m_.types[id];
  bool done = true;
  const auto need = [&](TypeId part) {
    // A type that lies in itself has no layout, and code for it is never made: that there is an answer is enough.
    if (laid_out_[part.value].progress != Progress::None) return;
    stack_.push_back(part);
    done = false;
  };
  if (type.kind == TypeKind::Array) need(type.element);
  if (type.kind == TypeKind::Struct)
    for (std::uint32_t i = 0; i < type.count; ++i) need(TypeId{(&m_.extra[type.list])[3 * i + 1]});
  return done;
}

base::Hash128 Contents::definition(TypeId id) {
  const Type& type = m_.types[id];
  const bool members = type.kind == TypeKind::Struct || type.kind == TypeKind::Interface;
  if (!members && type.kind != TypeKind::Array) return named(id);
  bytes_.clear();
  bytes_.add(named(id));
  bytes_.add(type.size);
  bytes_.add(type.align_log2);
  if (type.kind == TypeKind::Array) bytes_.add(laid_out_[type.element.value].hash);
  for (std::uint32_t i = 0; members && i < type.count; ++i) {
    const bool is_struct = type.kind == TypeKind::Struct;
    const std::uint32_t* words = &m_.extra[type.list] + std::size_t{i} * (is_struct ? 3 : 2);
    bytes_.add(m_.text(StringId{words[0]}));
    bytes_.add(is_struct ? laid_out_[words[1]].hash : named(TypeId{words[1]}));
    if (is_struct) bytes_.add(words[2]);
  }
  return bytes_.hash();
}

const base::Hash128& Contents::lay_out(TypeId id) {
  // On a stack of its own: types may be nested as deep as somebody likes.
  stack_.assign(1, id);
  while (!stack_.empty()) {
    const TypeId next = stack_.back();
    Known& known = laid_out_[next.value];
    if (known.progress != Progress::Done) {
      known.progress = Progress::Busy;
      if (!parts_are_done(next)) continue;
      known.hash = definition(next);
      known.progress = Progress::Done;
    }
    stack_.pop_back();
  }
  return laid_out_[id.value].hash;
}

const base::Hash128& Contents::with_elements(TypeId id) {
  Known& known = with_elements_[id.value];
  if (known.progress == Progress::Done) return known.hash;
  known.progress = Progress::Done;
  const Type& type = m_.types[id];
  const base::Hash128 own = laid_out(id);
  if (type.kind != TypeKind::Slice) return known.hash = own;
  const base::Hash128 element = laid_out(type.element);
  bytes_.clear();
  bytes_.add(own);
  bytes_.add(element);
  return known.hash = bytes_.hash();
}

base::Hash128 Contents::constant(ConstId id) {
  const Const& c = m_.consts[id];
  const TypeId of_type{static_cast<std::uint32_t>(c.bits)};
  Bytes bytes;
  bytes.add(c.kind);
  bytes.add(named(c.type));
  switch (c.kind) {
    case ConstKind::Int:
    case ConstKind::Float:
    case ConstKind::Zero:
    case ConstKind::Param:
      bytes.add(c.bits);
      break;
    case ConstKind::SizeOf:
    case ConstKind::AlignOf:
    case ConstKind::TypeRecord:
      bytes.add(laid_out(of_type));
      break;
    case ConstKind::Lanes:
      for (std::uint32_t lane : m_.words(ExtraId{static_cast<std::uint32_t>(c.bits)}, m_.types[c.type].count)) {
        const Value value = Value::of_bits(lane);
        bytes.add(value.is_number());
        bytes.add(value.is_number() ? std::uint64_t{lane} : content_hash(m_, value));
      }
      break;
  }
  return bytes.hash();
}

base::Hash128 Contents::symbol(Value value) {
  const bool function = value.is_function();
  base::Hash128 data_type;
  if (!function) data_type = laid_out(m_.data[value.data()].type);
  const auto write = [&](const auto& entry) {
    bytes_.clear();
    bytes_.add(function);
    bytes_.add(m_.text(entry.name));
    bytes_.add(entry.flags);
    const std::span<const std::uint32_t> arguments = m_.list(entry.arguments);
    bytes_.add(std::uint64_t{arguments.size()});
    for (std::uint32_t argument : arguments) add_argument(argument);
  };
  if (function) {
    const Function& f = m_.functions[value.function()];
    write(f);
    bytes_.add(named(f.signature));
  } else {
    const Data& d = m_.data[value.data()];
    write(d);
    bytes_.add(d.size);
    bytes_.add(data_type);
  }
  return bytes_.hash();
}

}  // namespace inlay::ir
